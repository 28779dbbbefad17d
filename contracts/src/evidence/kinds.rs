//! The one table of kinds: name, subject, body, who may sign. Any party may anchor what it has, so
//! no role is asked for; who may do what with a file that is anchored is for the rules. They read
//! every field, so none may be sealed.

use super::bodies;
use crate::family::shapes::{kinds, names};

names! {
    /// A file, by the SHA-256 of its bytes.
    File "file";
    /// An entry that anchored files, by its id.
    Entry "entry";
    /// What was anchored segment by segment, by the SHA-256 of the whole.
    Whole "whole";
}

/// The version of every body's schema.
pub const SCHEMA: u32 = 1;

kinds! {
    /// A party states that it has a file, and what the file is.
    Anchor(Anchor) "anchor" ["file"] [] [];
    /// The file is about something else too; by who anchored it, or customs.
    Link(Link) "link" ["file"] [] [];
    /// Anchored in error.
    Withdraw(Reason) "withdraw" ["file"] [] [];
    /// Its original is kept for longer; by who anchored it, or customs.
    Retain(Retention) "retain" ["file"] [] [];
    /// Its original is destroyed, its time being over.
    Destroy(Reason) "destroy" ["file"] [] [];
}
