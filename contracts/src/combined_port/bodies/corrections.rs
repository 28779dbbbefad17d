//! Bodies of corrections: a new entry that names the old one; nothing is ever changed in place.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use crate::family::shapes::body;

body! {
    /// Body of `void`: the party that signed an entry takes it back, as long as nothing rests on it.
    Void {
        /// The entry.
        1 entry: Digest,
        /// Why, for people.
        2 reason: String,
    }
}

body! {
    /// Body of `clear_hold`, by clearance customs alone.
    ClearHold {
        /// The number of the hold on its subject.
        1 hold: u32,
        /// Entries that anchored the evidence, at least one.
        2 evidence: Vec<Digest>,
        /// Why, for people.
        3 reason: String,
        ;
        /// The value that holds from now on, where it can be named: later statements are compared
        /// with it. Seals are written ascending, with a comma and a space between them.
        4 true_value: String,
    }
}
