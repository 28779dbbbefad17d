//! The versions of the rules: which this program knows, and what each changed.
//!
//! A network begins under the version of its founding document and goes up by a vote, one version
//! at a time, at a height that the vote names. A batch is executed under the version of its height,
//! so an old ledger replays under the rules of its day: a rule that changes asks
//! [`Moment::rules`](crate::world::Moment::rules) and keeps its old answer beside the new one. A
//! kind of entry that comes with a version is refused under those before it.
//!
//! | Version | What changed |
//! |---|---|
//! | 1 | the first |
//! | 2 | a party that votes is suspended and reinstated by a vote, not by one customs office |

use core::fmt;

/// The newest version that this program knows; it knows every one from 1 on.
pub const NEWEST: u32 = 2;

/// From this version on, only a vote suspends or reinstates a party that votes.
pub(crate) const STANDING_BY_VOTE: u32 = 2;

/// The ledger is under rules that this program does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRules {
    /// Their version.
    pub version: u32,
    /// The height that is to be executed under them.
    pub height: u64,
}

impl fmt::Display for UnknownRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, height } = self;
        write!(
            f,
            "from height {height} on the ledger is under version {version} of the rules, and this \
             program knows versions 1 to {NEWEST}. Install a newer countersign and start it again: \
             nothing is lost"
        )
    }
}

impl core::error::Error for UnknownRules {}

/// Refuses a version of the rules that this program does not know. Whoever would go on under it
/// could only guess.
///
/// # Errors
/// [`UnknownRules`].
pub fn require_known(version: u32, height: u64) -> Result<(), UnknownRules> {
    if (1..=NEWEST).contains(&version) {
        return Ok(());
    }
    Err(UnknownRules { version, height })
}
