//! What stands beside certificates: letters, animals, invoices, numbers, papers, archive copies.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use countersign_record::Digest;

use crate::family::{
    desk::{By, Due},
    shapes::part,
};

part! {
    /// The guarantee letter of a temporary import.
    Letter {
        /// Who filed it.
        1 by: By,
        /// The district of that office, n4.
        2 office: String,
        /// Whose it is.
        3 enterprise: String,
        /// What it secures at most, fen.
        4 amount_fen: u64,
        /// Until when all must be back.
        5 return_by: Due,
        /// Digest of the letter.
        6 data_digest: Digest,
        /// How many animals came in under it.
        7 imported: u32,
        /// Those that are not back, by their chips, in order.
        8 away: Vec<String>,
        ;
        /// The last entry that says animals are back.
        9 returned: By,
        /// The entry with which all were back 核销.
        10 written_off: By,
    }
}

part! {
    /// An animal, by its chip.
    AnimalRecord {
        /// The letter under which it came in last.
        1 letter_no: String,
        /// The certificate with which it came.
        2 certificate: String,
        /// Whether it is still in under that letter.
        3 away: bool,
        /// The entry that says so.
        4 by: By,
    }
}

part! {
    /// Which certificates stand for which lines of an enterprise's invoice.
    InvoiceLines {
        /// Certificate to lines; line 0 stands for the whole invoice.
        1 certificates: BTreeMap<String, Vec<u32>>,
    }
}

part! {
    /// The last number given under a number rule.
    SerialRecord {
        /// The serial.
        1 last: u64,
    }
}

part! {
    /// A printed page.
    Paper {
        /// The certificate that it shows.
        1 certificate: String,
        /// How often the certificate had been corrected when it was printed.
        2 version: u32,
        /// Who printed it first.
        3 by: By,
        ;
        /// The correction since which it is outdated.
        4 outdated: By,
    }
}

part! {
    /// The sealed copies of a declaration (case 16).
    ArchiveRecord {
        /// Printed for audit 审计.
        1 audit: u32,
        /// Printed for foreign exchange 收付汇.
        2 forex: u32,
        /// Printed for finance 财务.
        3 finance: u32,
        /// The last one.
        4 by: By,
        /// SHA-256 of the last one.
        5 copy: Digest,
    }
}
