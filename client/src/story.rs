//! Days on the Pearl River, told through the ledger by the parties that live them: what the
//! demonstration plays and the cluster test checks. All parties and papers are fictitious.
//!
//! Five acts. One bill of forty boxes goes from Shunde to the sea at Shekou on two barges: one box
//! is opened by customs, one is held over a wrong seal, one stays behind. A ship takes twelve
//! hundred tonnes of bonded oil, and barge and ship measure the second delivery differently. Thirty
//! declarations draw on one guarantee line, and two race for the last of it. Four applications for a
//! certificate of origin meet rules that are data, and one certificate is revoked while its print is
//! in circulation. Twelve horses cross on one certificate.

mod cargo;
mod certificate;
mod copies;
mod evidence;
mod guarantee;
mod horses;
mod messages;
mod oil;
mod scenes;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use countersign_record::{statement::EntryId, verify::VerifiedReceipt};
use serde_json::Value;

use crate::{
    draft::{Draft, DraftAction},
    http::ClientFault,
    import::{
        Language, Options,
        actions::{Context, plan},
        import,
    },
    party::{NotFinal, Party},
};

pub use cargo::{BILL, Cargo};
pub use certificate::{APPROVED_BY_HAND, PRINTED};
pub use evidence::SEAL_PHOTOGRAPH;
pub use guarantee::{BANK as GUARANTOR, LINE, WAIVED};
pub use horses::{LETTER, VEHICLE};
pub use oil::{ACCOUNT, APPLICATION, DELIVERED, DISPUTED};

/// The short names under which the sample network knows the parties that play.
pub const CAST: [&str; 22] = [
    "shunde-customs",
    "shekou-customs",
    "shunde-wharf",
    "shekou-wharf",
    "barge-carrier",
    "ship-agent",
    "declarant",
    "tally",
    "exporter",
    "bank",
    "panyu-customs",
    "nansha-customs",
    "bunker-supplier",
    "bonded-warehouse",
    "bunker-barge",
    "receiving-ship",
    "surveyor",
    "importer",
    "conghua-customs",
    "stables",
    "authority",
    "courier",
];

/// Scenes of all acts.
const SCENES: usize = 17 + oil::SCENES + guarantee::SCENES + certificate::SCENES + horses::SCENES;

/// A scene of the story, in English and in Chinese.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scene {
    /// Its number, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// What happens, in English.
    pub en: &'static str,
    /// What happens, in Chinese.
    pub zh: &'static str,
}

/// Something that the story tells while it is played.
#[derive(Clone, Debug)]
pub enum Told {
    /// A scene begins.
    Scene(Scene),
    /// An entry became final, and its receipt was verified.
    Recorded(EntryId),
    /// The network refused an entry, as it should: the rule, and the sentence in both languages.
    Refused {
        /// The rule's number.
        rule: u64,
        /// The sentence in English.
        en: String,
        /// The sentence in Chinese.
        zh: String,
    },
}

/// Why the story could not go on.
#[derive(Debug, thiserror::Error)]
pub enum StoryFault {
    /// An entry that should become final did not.
    #[error("{party}, {reference}: {why}")]
    NotRecorded {
        /// Who said it.
        party: &'static str,
        /// Its reference.
        reference: String,
        /// Why not.
        why: Box<NotFinal>,
    },
    /// An entry that should be refused was not, or for another reason.
    #[error("{party}, {reference} should have been refused by {expected}: {found}")]
    NotRefused {
        /// Who said it.
        party: &'static str,
        /// Its reference.
        reference: String,
        /// The rule that should have refused it.
        expected: &'static str,
        /// What came instead.
        found: String,
    },
    /// A party that the story needs is not there.
    #[error("there is no party '{0}' in this network")]
    NoParty(&'static str),
    /// A file of the story cannot be written or imported.
    #[error("{0}")]
    File(String),
}

/// The story with its cast, being played.
pub struct Story<'a> {
    cast: BTreeMap<&'static str, Party>,
    /// Where the EDIFACT files and the evidence of the story are written.
    folder: PathBuf,
    /// 08:00 of the first day.
    morning: u64,
    /// Until when entries are valid: the story is told faster than it happened.
    expires: u64,
    cargo: Cargo,
    tell: &'a mut (dyn FnMut(Told) + Send),
    scene: usize,
    verified: u64,
}

impl<'a> Story<'a> {
    /// A story with its cast. `now` is UTC milliseconds since 1970; the story ends about then.
    ///
    /// # Errors
    /// A party is missing.
    pub fn new(
        mut parties: BTreeMap<String, Party>,
        folder: &Path,
        now: u64,
        tell: &'a mut (dyn FnMut(Told) + Send),
    ) -> Result<Self, StoryFault> {
        const HOUR: u64 = 3_600_000;
        let mut cast = BTreeMap::new();
        for name in CAST {
            cast.insert(name, parties.remove(name).ok_or(StoryFault::NoParty(name))?);
        }
        Ok(Self {
            cast,
            folder: folder.to_path_buf(),
            morning: now.saturating_sub(40 * HOUR),
            expires: now.saturating_add(24 * HOUR),
            cargo: Cargo::new(),
            tell,
            scene: 0,
            verified: 0,
        })
    }

    /// Receipts that were verified so far.
    pub fn receipts_verified(&self) -> u64 {
        self.verified
    }

    /// Plays all five acts.
    ///
    /// # Errors
    /// The first thing that does not go as it should.
    pub async fn play(&mut self) -> Result<(), StoryFault> {
        self.transfer().await?;
        self.oil().await?;
        self.guarantee().await?;
        self.certificates().await?;
        self.horses().await
    }

    fn scene(&mut self, en: &'static str, zh: &'static str) {
        self.scene += 1;
        (self.tell)(Told::Scene(Scene { number: self.scene, of: SCENES, en, zh }));
    }

    /// A time of the story: day 1 or 2, hour and minute.
    fn at(&self, day: u64, hour: u64, minute: u64) -> u64 {
        const MINUTE: u64 = 60_000;
        self.morning + ((day - 1) * 24 * 60 + hour * 60 + minute).saturating_sub(8 * 60) * MINUTE
    }

    fn draft(&self, reference: &str, time: u64, actions: Vec<DraftAction>) -> Draft {
        Draft {
            reference: reference.into(),
            event_time: time,
            expires: Some(self.expires),
            documents: Vec::new(),
            actions,
        }
    }

    fn party(&self, name: &'static str) -> Result<&Party, StoryFault> {
        self.cast.get(name).ok_or(StoryFault::NoParty(name))
    }

    /// Says something that the network accepts, and checks the receipt.
    async fn say(
        &mut self,
        party: &'static str,
        reference: &str,
        time: u64,
        actions: Vec<DraftAction>,
    ) -> Result<VerifiedReceipt, StoryFault> {
        self.say_draft(party, self.draft(reference, time, actions)).await
    }

    async fn say_draft(
        &mut self,
        party: &'static str,
        draft: Draft,
    ) -> Result<VerifiedReceipt, StoryFault> {
        let recorded = self.party(party)?.record(&draft).await;
        self.expect_receipt(party, &draft.reference, recorded)
    }

    /// What the network answered must be a receipt.
    fn expect_receipt(
        &mut self,
        party: &'static str,
        reference: &str,
        recorded: Result<VerifiedReceipt, NotFinal>,
    ) -> Result<VerifiedReceipt, StoryFault> {
        let receipt = recorded.map_err(|why| StoryFault::NotRecorded {
            party,
            reference: reference.into(),
            why: Box::new(why),
        })?;
        self.verified += 1;
        if let countersign_record::verify::VerifiedOutcome::Accepted(s) = receipt.outcome() {
            (self.tell)(Told::Recorded(s.id()));
        }
        Ok(receipt)
    }

    /// Imports a trade file as the wharf's own system would: every container in it becomes an
    /// action, or the story ends.
    async fn import(
        &mut self,
        party: &'static str,
        name: &str,
        text: &str,
        context: Context,
    ) -> Result<(), StoryFault> {
        let path = self.folder.join(name);
        std::fs::write(&path, text)
            .map_err(|e| StoryFault::File(format!("{} cannot be written: {e}", path.display())))?;
        let report = import(name, text.as_bytes(), &Options::default());
        let plan = plan(&report, &context);
        if plan.actions() != report.containers.seen {
            let report = report.display(Language::En);
            return Err(StoryFault::File(format!("{name} is not taken as a whole:\n{report}")));
        }
        for draft in plan.drafts {
            self.say_draft(party, draft).await?;
        }
        Ok(())
    }

    /// Says something that the network must refuse, by the rule of this name.
    async fn say_in_vain(
        &mut self,
        party: &'static str,
        reference: &str,
        time: u64,
        actions: Vec<DraftAction>,
        rule: &'static str,
    ) -> Result<(), StoryFault> {
        let draft = self.draft(reference, time, actions);
        let recorded = self.party(party)?.record(&draft).await;
        self.expect_refusal(party, reference, rule, recorded)
    }

    /// What the network answered must be a refusal by the rule of this name.
    fn expect_refusal(
        &mut self,
        party: &'static str,
        reference: &str,
        rule: &'static str,
        recorded: Result<VerifiedReceipt, NotFinal>,
    ) -> Result<(), StoryFault> {
        let wrong = |found: String| StoryFault::NotRefused {
            party,
            reference: reference.into(),
            expected: rule,
            found,
        };
        let problem = match recorded {
            Err(NotFinal::Client(ClientFault::Problem(problem))) => problem,
            Err(other) => return Err(wrong(other.to_string())),
            Ok(_) => return Err(wrong("it was accepted".into())),
        };
        let name = problem.refusal.as_ref().and_then(|r| r["name"].as_str());
        if name != Some(rule) {
            return Err(wrong(problem.detail.clone()));
        }
        (self.tell)(Told::Refused {
            rule: problem.rule().unwrap_or_default(),
            en: problem.detail.clone(),
            zh: problem.detail_zh.clone().unwrap_or_default(),
        });
        Ok(())
    }
}

fn action(kind: &str, subject: impl Into<String>, body: Value) -> DraftAction {
    DraftAction::new("combined_port", kind, subject, body)
}
