//! A rehearsal's clock: how far the clock of a node runs ahead of its machine's.
//!
//! A rehearsal plays months in minutes: its nodes are stopped, their clocks are moved, and they are
//! started again. Nodes of one network have to agree about the time, so all of a rehearsal's nodes
//! are moved alike, and no node of a network that matters is ever moved.

use std::{fs, path::Path, str::FromStr};

use serde::Deserialize;

use crate::FoundingFault;

/// The furthest that a clock is moved, either way: fifty years, in milliseconds.
pub const CLOCK_SHIFT_MS_MAX: i64 = 50 * 365 * 24 * 3_600_000;
/// The line of `node.toml`.
const SETTING: &str = "clock_ahead_ms";
/// What stands above the line.
const COMMENT: &str = "\
# For rehearsals only: this node's clock runs so far ahead of the machine's, milliseconds; all nodes
# of a rehearsal network alike.";

/// How far a node's clock runs ahead of its machine's, milliseconds; negative where it lags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct ClockShift(i64);

/// A clock cannot be moved so far.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a rehearsal's clock cannot be moved by '{0}': expected whole milliseconds, at most \
     {CLOCK_SHIFT_MS_MAX} (fifty years) either way"
)]
pub struct BadShift(String);

impl ClockShift {
    /// Milliseconds.
    pub fn ms(self) -> i64 {
        self.0
    }

    /// Whether the clock was moved at all.
    pub fn is_moved(self) -> bool {
        self.0 != 0
    }

    /// What the moved clock reads when the machine's reads `clock_ms`.
    pub fn apply(self, clock_ms: u64) -> u64 {
        clock_ms.saturating_add_signed(self.0)
    }

    /// Writes the setting into the `node.toml` of a home folder, in the place of an earlier one.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn write(self, home: &Path) -> Result<(), FoundingFault> {
        let path = home.join("config/node.toml");
        let fault = |error| FoundingFault::System { path: path.clone(), error };
        let text = fs::read_to_string(&path).map_err(fault)?;
        let is_ours = |line: &str| {
            COMMENT.lines().any(|c| c == line)
                || line.strip_prefix(SETTING).is_some_and(|rest| rest.trim_start().starts_with('='))
        };
        let kept: Vec<&str> = text.lines().filter(|line| !is_ours(line)).collect();
        let mut text = kept.join("\n").trim_end().to_owned() + "\n";
        if self.is_moved() {
            text += &format!("\n{COMMENT}\n{SETTING} = {}\n", self.0);
        }
        fs::write(&path, text).map_err(fault)
    }
}

impl TryFrom<i64> for ClockShift {
    type Error = BadShift;

    fn try_from(ms: i64) -> Result<Self, BadShift> {
        if (-CLOCK_SHIFT_MS_MAX..=CLOCK_SHIFT_MS_MAX).contains(&ms) {
            Ok(Self(ms))
        } else {
            Err(BadShift(ms.to_string()))
        }
    }
}

impl FromStr for ClockShift {
    type Err = BadShift;

    fn from_str(text: &str) -> Result<Self, BadShift> {
        text.parse::<i64>().map_err(|_| BadShift(text.into())).and_then(Self::try_from)
    }
}
