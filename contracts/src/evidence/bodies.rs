//! What each kind of entry carries: one body a kind, in its one encoding and as JSON.
//!
//! The file's digest stands in the action's subject and not again in the body. Times are UTC
//! milliseconds since 1970. A field after the `;` may be absent.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use crate::family::shapes::body;

body! {
    /// A part of a film or document that was cut.
    Segment {
        /// Its number, from 1.
        1 no: u32,
        /// How many there are.
        2 of: u32,
        /// SHA-256 of the whole: all segments, one after the other.
        3 whole: Digest,
    }
}

body! {
    /// Body of `anchor`, by any party.
    Anchor {
        /// The media type in lower case, for instance `video/mp4` (RFC 6838).
        1 media_type: String,
        /// The file's length.
        2 bytes: u64,
        /// Where the original is kept, for people: an archive, a shelf, an address.
        3 kept_at: String,
        /// The last moment until which it is kept there.
        4 retention_until: u64,
        /// What it is about, at least one: each a subject of this ledger with its family, for
        /// instance `combined_port/box:CBHU7022929`.
        5 subjects: Vec<String>,
        /// Who may see it beside the party that anchors it: party ids and roles; none is nobody.
        6 readers: Vec<String>,
        ;
        /// When what it shows began.
        7 shown_from: u64,
        /// When what it shows ended; present where the beginning is.
        8 shown_until: u64,
        /// The device that made it.
        9 device: String,
        /// Where it was made, for people.
        10 place: String,
        /// The officer on the job, as a salted digest.
        11 officer_hash: Digest,
        /// The sheet of the job, as a salted digest.
        12 job_sheet_hash: Digest,
        /// Where the file is one of several that are one whole.
        13 segment: Segment,
    }
}

body! {
    /// Body of `link`.
    Link {
        /// The subject, with its family.
        1 subject: String,
    }
}

body! {
    /// Body of `withdraw` and `destroy`, by the party that anchored the file.
    Reason {
        /// Why, for people.
        1 reason: String,
    }
}

body! {
    /// Body of `retain`.
    Retention {
        /// The new last moment, later than the one before.
        1 retention_until: u64,
        /// Why, for people.
        2 reason: String,
    }
}
