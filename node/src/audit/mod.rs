//! Everything that a node keeps, held against what must be there: the batches are executed again
//! from the founding document, and every stored value is compared with what follows from them.

mod repair;
mod replay;
#[cfg(test)]
mod tests;

use std::{fmt, path::Path, sync::Arc};

use countersign_record::{founding::Genesis, statement::EntryId};
use serde::Serialize;

pub use repair::{Repaired, is_in_use, repair};

use crate::{
    consensus::journal_height,
    ledger::{Difference, Ledger, LedgerFault},
    runtime::config::Home,
};
use replay::Replay;

/// What was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audited {
    /// The first height.
    pub first: u64,
    /// The last height that holds.
    pub last: u64,
    /// Entries, refused ones included, each with its signature.
    pub entries: u64,
    /// Those of them that a rule refused.
    pub refused: u64,
    /// Signatures in commit proofs.
    pub votes: u64,
    /// Stored values that were compared.
    pub values: u64,
}

/// The first place where a ledger is not what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Divergence {
    /// The height, where it has one.
    pub height: Option<u64>,
    /// The entry, where it has one.
    pub entry: Option<EntryId>,
    /// What differs.
    pub what: String,
    /// What is there.
    pub found: String,
    /// What has to be there.
    pub expected: String,
}

impl fmt::Display for Divergence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(height) = self.height {
            write!(f, "height {height}: ")?;
        }
        if let Some(entry) = self.entry {
            write!(f, "entry {entry}: ")?;
        }
        write!(f, "{}: found {}; expected {}", self.what, self.found, self.expected)
    }
}

impl From<Difference> for Divergence {
    fn from(difference: Difference) -> Self {
        let Difference { what, height, entry, found, expected } = difference;
        Self { height, entry, what, found, expected }
    }
}

impl Divergence {
    /// Something that should be readable is not.
    fn unreadable(height: Option<u64>, what: impl ToString, fault: &LedgerFault) -> Self {
        let (found, expected) = (fault.to_string(), "something that can be read".into());
        Self { height, entry: None, what: what.to_string(), found, expected }
    }
}

/// What an audit has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What was looked at.
    #[serde(flatten)]
    pub audited: Audited,
    /// The first divergence; none where everything holds.
    pub divergence: Option<Divergence>,
}

/// How far an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Batches are executed again.
    Batches {
        /// How many are done.
        done: u64,
        /// How many there are, where the ledger says so.
        of: Option<u64>,
    },
    /// Stored values are compared.
    Values {
        /// How many are done.
        done: u64,
    },
}

/// Audits the ledger in a home folder. Nothing in it changes, and a node may run on it: what counts is
/// what is there when the folder is opened. The batches are executed into `scratch`, an empty
/// folder, which takes as much room as the ledger.
///
/// # Errors
/// The folder belongs to another network or version, or the scratch folder cannot be used. A ledger
/// that cannot be read is a divergence.
pub fn audit(
    home: &Home,
    genesis: &Genesis,
    scratch: &Path,
    told: &mut dyn FnMut(Step),
) -> Result<Report, LedgerFault> {
    // Before the ledger is opened: a node that runs goes on meanwhile.
    let journal = journal_height(&home.consensus_dir());
    let kept = match open_kept(&home.ledger_dir(), genesis)? {
        Ok(kept) => kept,
        Err(divergence) => {
            let audited = Audited::default();
            return Ok(Report { audited, divergence: Some(divergence) });
        }
    };
    let onto = Arc::new(Ledger::open_scratch(scratch, genesis.clone())?);
    let report = Replay::new(&kept, onto).run(told)?;
    let divergence = report.divergence.or_else(|| behind(report.audited.last, journal?));
    Ok(Report { divergence, ..report })
}

/// Batches that the node once had: its engine's journal is further than its ledger. This is all
/// that can tell that the end of the store's own journal is cut off.
fn behind(last: u64, journal: u64) -> Option<Divergence> {
    (journal > last + 1).then(|| Divergence {
        height: Some(last + 1),
        entry: None,
        what: "the batch".into(),
        found: "nothing".into(),
        expected: format!(
            "a batch, since this node has worked on height {journal}. It is fetched from the other \
             nodes when the node runs"
        ),
    })
}

/// Opens what is kept; where that cannot be done for damage, says so.
fn open_kept(folder: &Path, genesis: &Genesis) -> Result<Result<Ledger, Divergence>, LedgerFault> {
    match Ledger::open_to_read(folder, genesis.clone()) {
        Ok(kept) => match kept.kept_first_height()? {
            0 | 1 => Ok(Ok(kept)),
            later => Err(LedgerFault::BeginsLater(later)),
        },
        Err(fault @ (LedgerFault::Open { .. } | LedgerFault::Storage(_))) => {
            let what = format!("the store in {}", folder.display());
            Ok(Err(Divergence::unreadable(None, what, &fault)))
        }
        Err(fault) => Err(fault),
    }
}
