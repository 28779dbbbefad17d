//! What happens to letters, animals, invoices, numbers, papers and archive copies.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::{
    certificate::{
        bodies::Purpose,
        state::{AnimalRecord, ArchiveRecord, InvoiceLines, Letter, Paper, SerialRecord},
    },
    family::desk::{By, Due},
};

/// Something that happened to a guarantee letter.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LetterEvent {
    /// Customs filed it.
    #[n(0)]
    LetterFiled {
        /// The letter.
        #[n(0)]
        letter: Letter,
    },
    /// Animals came in under it.
    #[n(1)]
    AnimalsImported {
        /// The office.
        #[n(0)]
        by: By,
        /// The certificate.
        #[n(1)]
        certificate: String,
        /// Their chips.
        #[n(2)]
        chips: Vec<String>,
    },
    /// Animals are back.
    #[n(2)]
    AnimalsReturned {
        /// The office.
        #[n(0)]
        by: By,
        /// Where.
        #[n(1)]
        place: String,
        /// Their chips.
        #[n(2)]
        chips: Vec<String>,
    },
    /// All are back.
    #[n(3)]
    WrittenOff {
        /// The office.
        #[n(0)]
        by: By,
    },
    /// Not all were back in time.
    #[n(4)]
    ReturnOverdue,
}

/// Something that happened to an animal.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AnimalEvent {
    /// It came in, or is back.
    #[n(0)]
    AnimalMoved {
        /// Where it is now.
        #[n(0)]
        animal: AnimalRecord,
    },
}

/// Something that happened to an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum InvoiceEvent {
    /// A certificate stands for lines of it.
    #[n(0)]
    LinesCertified {
        /// The certificate.
        #[n(0)]
        certificate: String,
        /// The lines.
        #[n(1)]
        lines: Vec<u32>,
        /// Certificates that no longer stand for theirs.
        #[n(2)]
        over: Vec<String>,
    },
}

/// Something that happened to the numbers of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum SerialEvent {
    /// A number was given.
    #[n(0)]
    SerialGiven {
        /// The serial.
        #[n(0)]
        serial: u64,
    },
}

/// Something that happened to a printed page.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum PaperEvent {
    /// It was printed first.
    #[n(0)]
    PagePrinted {
        /// The page.
        #[n(0)]
        paper: Paper,
    },
    /// The certificate was corrected.
    #[n(1)]
    PageOutdated {
        /// By whose agreement.
        #[n(0)]
        by: By,
    },
}

/// Something that happened to the sealed copies of a declaration.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ArchiveEvent {
    /// One was printed.
    #[n(0)]
    CopyPrinted {
        /// Who.
        #[n(0)]
        by: By,
        /// What for.
        #[n(1)]
        purpose: Purpose,
        /// SHA-256 of the copy.
        #[n(2)]
        copy: Digest,
    },
}

fn nobody() -> By {
    By { party: String::new(), entry: Digest::ZERO, at: 0 }
}

/// A letter of which nothing is known yet.
pub(super) fn no_letter() -> Letter {
    Letter {
        by: nobody(),
        office: String::new(),
        enterprise: String::new(),
        amount_fen: 0,
        return_by: Due { by: 0, overdue: false },
        data_digest: Digest::ZERO,
        imported: 0,
        away: Vec::new(),
        returned: None,
        written_off: None,
    }
}

/// An invoice for which no certificate stands.
pub(super) fn no_lines() -> InvoiceLines {
    InvoiceLines { certificates: BTreeMap::new() }
}

/// A page that was never printed.
pub(super) fn no_page() -> Paper {
    Paper { certificate: String::new(), version: 0, by: nobody(), outdated: None }
}

/// A declaration of which no copy was printed.
pub(super) fn no_copies() -> ArchiveRecord {
    ArchiveRecord { audit: 0, forex: 0, finance: 0, by: nobody(), copy: Digest::ZERO }
}

/// An animal's record.
pub(super) fn moved(event: &AnimalEvent) -> AnimalRecord {
    let AnimalEvent::AnimalMoved { animal } = event;
    animal.clone()
}

/// The last number of a rule.
pub(super) fn given(event: &SerialEvent) -> SerialRecord {
    let SerialEvent::SerialGiven { serial } = event;
    SerialRecord { last: *serial }
}

impl Letter {
    /// The letter after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &LetterEvent) -> Self {
        match event.clone() {
            LetterEvent::LetterFiled { letter } => return letter,
            LetterEvent::AnimalsImported { chips, .. } => {
                let more = u32::try_from(chips.len()).unwrap_or(u32::MAX);
                self.imported = self.imported.saturating_add(more);
                self.away.extend(chips);
                self.away.sort();
                self.away.dedup();
            }
            LetterEvent::AnimalsReturned { by, chips, .. } => {
                self.away.retain(|c| !chips.contains(c));
                self.returned = Some(by);
            }
            LetterEvent::WrittenOff { by } => self.written_off = Some(by),
            LetterEvent::ReturnOverdue => self.return_by.overdue = true,
        }
        self
    }
}

impl InvoiceLines {
    /// The invoice after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &InvoiceEvent) -> Self {
        let InvoiceEvent::LinesCertified { certificate, lines, over } = event;
        self.certificates.retain(|no, _| !over.contains(no));
        self.certificates.insert(certificate.clone(), lines.clone());
        self
    }
}

impl Paper {
    /// The page after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &PaperEvent) -> Self {
        match event {
            PaperEvent::PagePrinted { paper } => return paper.clone(),
            PaperEvent::PageOutdated { by } => self.outdated = Some(by.clone()),
        }
        self
    }
}

impl ArchiveRecord {
    /// The copies after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &ArchiveEvent) -> Self {
        let ArchiveEvent::CopyPrinted { by, purpose, copy } = event;
        let count = match purpose {
            Purpose::Audit => &mut self.audit,
            Purpose::Forex => &mut self.forex,
            Purpose::Finance => &mut self.finance,
        };
        *count = count.saturating_add(1);
        self.by = by.clone();
        self.copy = *copy;
        self
    }
}
