//! The report: every interchange, message and container of a file with its outcome, in counts that
//! add up because they are counted from the list itself.

use std::collections::BTreeMap;

use countersign_record::Digest;
use serde::Serialize;

use super::{
    movement::{Kind, Movement},
    reason::{Position, Reason},
};

/// What became of a container's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Taken as it stands.
    Taken {
        /// Our reading.
        movement: Box<Movement>,
    },
    /// Taken, with doubts that a person should look at.
    Doubted {
        /// Our reading.
        movement: Box<Movement>,
        /// At least one.
        doubts: Vec<Reason>,
    },
    /// Not taken.
    Refused {
        /// At least one.
        refusals: Vec<Reason>,
    },
}

impl Outcome {
    /// A reading, doubted if there is a doubt.
    pub(crate) fn read(movement: Movement, doubts: Vec<Reason>) -> Self {
        let movement = Box::new(movement);
        if doubts.is_empty() {
            Self::Taken { movement }
        } else {
            Self::Doubted { movement, doubts }
        }
    }

    /// A refusal.
    pub(crate) fn refused(refusals: Vec<Reason>) -> Self {
        Self::Refused { refusals }
    }

    /// The reading, where it was taken, doubted or not.
    pub fn movement(&self) -> Option<&Movement> {
        match self {
            Self::Taken { movement } | Self::Doubted { movement, .. } => Some(movement),
            Self::Refused { .. } => None,
        }
    }

    /// Why it is doubted or refused.
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Taken { .. } => &[],
            Self::Doubted { doubts, .. } => doubts,
            Self::Refused { refusals } => refusals,
        }
    }

    /// Which of the three.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Taken { .. } => Verdict::Taken,
            Self::Doubted { .. } => Verdict::Doubted,
            Self::Refused { .. } => Verdict::Refused,
        }
    }
}

/// Which of the three outcomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Taken as it stands.
    Taken,
    /// Taken, with doubts.
    Doubted,
    /// Not taken.
    Refused,
}

impl Verdict {
    /// Its name in English and in Chinese.
    pub fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Taken => ("taken", "接收"),
            Self::Doubted => ("doubted", "存疑（已接收）"),
            Self::Refused => ("refused", "拒收"),
        }
    }
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub seen: usize,
    /// Taken as they stand.
    pub taken: usize,
    /// Taken, with doubts.
    pub doubted: usize,
    /// Not taken.
    pub refused: usize,
}

impl Counts {
    /// Counts outcomes; `seen` is the sum by construction.
    pub fn of(verdicts: impl Iterator<Item = Verdict>) -> Self {
        verdicts.fold(Self::default(), |mut counts, verdict| {
            counts.seen += 1;
            match verdict {
                Verdict::Taken => counts.taken += 1,
                Verdict::Doubted => counts.doubted += 1,
                Verdict::Refused => counts.refused += 1,
            }
            counts
        })
    }
}

/// One EQD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerReport {
    /// Where its EQD stands.
    pub at: Position,
    /// The number as it stands in the file.
    pub number: String,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageReport {
    /// Where it begins.
    pub at: Position,
    /// Its reference (UNH), empty where it has none.
    pub reference: String,
    /// Its type, for instance `CODECO`; empty where it has no UNH.
    pub message_type: String,
    /// Version and release, for instance `D:95B`.
    pub version: String,
    /// The users' guide that it follows, for instance `ITG13`.
    pub guide: String,
    /// The BGM code.
    pub code: String,
    /// What it reports, where that is taken.
    pub kind: Option<Kind>,
    /// The document number (BGM 1004).
    pub document: String,
    /// The function (BGM 1225), 9 for an original.
    pub function: String,
    /// How many segments it has, header and trailer included.
    pub segments: u32,
    /// Which of the three: refused as a whole, doubted for itself, or taken.
    pub verdict: Verdict,
    /// Why it is doubted or refused. A doubted message's containers are judged one by one.
    pub reasons: Vec<Reason>,
    /// Tags that say nothing that this importer uses, and how often they stand in it.
    pub not_used: BTreeMap<String, u32>,
    /// Its containers.
    pub containers: Vec<ContainerReport>,
}

/// One interchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InterchangeReport {
    /// Its reference (UNB), empty where it has none.
    pub reference: String,
    /// Who sent it.
    pub sender: String,
    /// Who was to get it.
    pub recipient: String,
    /// When it was prepared, as written.
    pub prepared: String,
    /// What is wrong with it; its messages are judged one by one.
    pub notes: Vec<Reason>,
    /// Its messages.
    pub messages: Vec<MessageReport>,
}

/// What the file is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileFacts {
    /// Its name, as the caller gave it.
    pub name: String,
    /// Its size, bytes.
    pub bytes: usize,
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many segments were seen, unreadable ones included.
    pub segments: u32,
}

/// Everything that was found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The file.
    pub file: FileFacts,
    /// Why the whole file is refused; then nothing else is reported of it.
    pub refused: Option<Reason>,
    /// Messages: taken, doubted, refused.
    pub messages: Counts,
    /// Containers: taken, doubted, refused.
    pub containers: Counts,
    /// What is in it.
    pub interchanges: Vec<InterchangeReport>,
}

impl Report {
    pub(crate) fn new(
        file: FileFacts,
        refused: Option<Reason>,
        interchanges: Vec<InterchangeReport>,
    ) -> Self {
        let interchanges = if refused.is_some() { Vec::new() } else { interchanges };
        let mut report = Self {
            file,
            refused,
            messages: Counts::default(),
            containers: Counts::default(),
            interchanges,
        };
        report.messages = Counts::of(report.all_messages().map(|m| m.verdict));
        report.containers = Counts::of(report.all_containers().map(|c| c.outcome.verdict()));
        report
    }

    /// Every message, in order.
    pub fn all_messages(&self) -> impl Iterator<Item = &MessageReport> {
        self.interchanges.iter().flat_map(|i| &i.messages)
    }

    /// Every container, in order.
    pub fn all_containers(&self) -> impl Iterator<Item = &ContainerReport> {
        self.all_messages().flat_map(|m| &m.containers)
    }

    /// Every movement that was taken, doubted or not, in order.
    pub fn movements(&self) -> impl Iterator<Item = &Movement> {
        self.all_containers().filter_map(|c| c.outcome.movement())
    }

    /// Whether everything in the file was taken without a doubt.
    pub fn is_clean(&self) -> bool {
        let clean = |c: Counts| c.seen > 0 && c.taken == c.seen;
        let notes = self.interchanges.iter().any(|i| !i.notes.is_empty());
        self.refused.is_none() && !notes && clean(self.messages) && clean(self.containers)
    }
}
