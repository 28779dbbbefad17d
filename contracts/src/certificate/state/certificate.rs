//! A certificate from its issue to its end.
//!
//! The record is kept small, so that its proof fits the code on the printed page: texts stay in the
//! application, of which the record has the digest.

use alloc::{collections::BTreeSet, string::String, vec::Vec};

use countersign_record::Digest;

use crate::{
    certificate::bodies::{
        CourierStep, DeliveryMode, RevocationCause, Text, UseMode, VehicleGroup,
    },
    family::{
        Said,
        desk::By,
        shapes::{part, words},
    },
};

words! {
    /// How a certificate stands.
    Standing {
        /// The office signed, the enterprise has not yet 待企业签章.
        0 Signed = "signed",
        /// Valid 有效.
        1 Valid = "valid",
        /// Valid for what is left of it 部分使用.
        2 PartlyUsed = "partly_used",
        /// Used up 用完.
        3 Exhausted = "exhausted",
        /// Another stands for it 已更换.
        4 Replaced = "replaced",
        /// Revoked 已注销.
        5 Revoked = "revoked",
        /// Its term is over 已过期.
        6 Expired = "expired",
    }
}

impl Standing {
    /// Whether its term still ends it: there is something that may be used, or will be.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Signed | Self::Valid | Self::PartlyUsed)
    }
}

part! {
    /// Who signed for a party.
    Signature {
        /// The party, its entry and when.
        1 by: By,
        /// Salted digest of the signatory's identity.
        2 officer_hash: Digest,
    }
}

part! {
    /// An item as certified, and how much of it is used.
    CertifiedItem {
        /// Its number on the certificate.
        1 no: u32,
        /// Certified quantity, thousandths of the unit.
        2 certified_milli: u64,
        /// Used quantity, thousandths of the unit.
        3 used_milli: u64,
        /// The unit in words.
        4 unit: String,
        ;
        /// HS code, n6.
        5 hs: String,
    }
}

impl CertifiedItem {
    /// What is left, thousandths of the unit.
    pub fn left_milli(&self) -> u64 {
        self.certified_milli.saturating_sub(self.used_milli)
    }
}

part! {
    /// A vehicle and which animals it carries.
    Group {
        /// The plate.
        1 plate: String,
        /// The animals' chips, n15, each once.
        2 chips: Vec<String>,
        ;
        /// The seal.
        3 seal_no: String,
        /// The guarantee letter of their temporary import.
        4 letter_no: String,
    }
}

impl From<&VehicleGroup> for Group {
    fn from(group: &VehicleGroup) -> Self {
        Self {
            plate: group.plate.clone(),
            chips: group.animals.iter().map(|a| a.chip.clone()).collect(),
            seal_no: group.seal_no.clone(),
            letter_no: group.letter_no.clone(),
        }
    }
}

part! {
    /// What was read at a gate, as far as it is not what is listed.
    Scan {
        /// Who read.
        1 by: By,
        /// Where.
        2 place: String,
        /// Listed and not read, in order.
        3 missing: Vec<String>,
        /// Read and not listed, in order.
        4 extra: Vec<String>,
    }
}

impl Scan {
    /// A reading against a list.
    pub(crate) fn of(by: By, place: String, listed: &[String], read: &[String]) -> Self {
        let set = |chips: &[String]| chips.iter().cloned().collect::<BTreeSet<_>>();
        let (listed, read) = (set(listed), set(read));
        Self {
            by,
            place,
            missing: listed.difference(&read).cloned().collect(),
            extra: read.difference(&listed).cloned().collect(),
        }
    }

    /// Whether exactly the listed animals were read.
    pub fn fits(&self) -> bool {
        self.missing.is_empty() && self.extra.is_empty()
    }

    /// The same reading against another list.
    pub(crate) fn against(self, before: &[String], listed: &[String]) -> Self {
        let there = before.iter().filter(|c| !self.missing.contains(c)).cloned();
        let read: Vec<String> = there.chain(self.extra).collect();
        Self::of(self.by, self.place, listed, &read)
    }
}

part! {
    /// How the certificate reaches the enterprise.
    Handover {
        /// The office.
        1 by: By,
        /// How.
        2 mode: DeliveryMode,
        /// Salted digest of the recipient.
        3 recipient_hash: Digest,
        ;
        /// With a courier.
        4 carriage: Carriage,
    }
}

part! {
    /// What a courier carries, and how far it has come.
    Carriage {
        /// The courier.
        1 courier: String,
        /// The courier's number.
        2 courier_no: String,
        /// The sealed bag's number.
        3 bag_no: String,
        ;
        /// The last step that the courier reported.
        4 step: CourierStep,
        /// Where.
        5 place: String,
        /// When, ledger time.
        6 at: u64,
        /// Another bag than the one that was sent, as the courier first said.
        7 other_bag: Said,
    }
}

impl Carriage {
    /// Whether the courier still has it, or is to fetch it.
    pub fn is_under_way(&self) -> bool {
        !matches!(self.step, Some(CourierStep::Delivered | CourierStep::Returned))
    }
}

part! {
    /// A correction that the other authority has not agreed to.
    Correction {
        /// The issuing office.
        1 by: By,
        /// Why.
        2 reason: String,
        ;
        /// The vehicle and its animals as they are.
        3 group: VehicleGroup,
        /// The remarks as they should be.
        4 remarks: String,
    }
}

part! {
    /// What corrections made of the certificate.
    Amended {
        /// How many there were.
        1 times: u32,
        /// The issuing office, the last time.
        2 by: By,
        /// The other authority, the last time.
        3 agreed: Signature,
        ;
        /// The vehicle and its animals as corrected.
        4 group: VehicleGroup,
        /// The remarks as corrected.
        5 remarks: String,
    }
}

part! {
    /// A certificate.
    Certificate {
        /// How it stands.
        1 standing: Standing,
        /// The code of its kind.
        2 kind: String,
        /// What it is called on paper, as its kind was registered on the day of issue.
        3 title: Text,
        /// How it is used.
        4 use_mode: UseMode,
        /// The district of the issuing office, n4.
        5 office: String,
        /// The enterprise that it is for.
        6 enterprise: String,
        /// The application.
        7 application: String,
        /// The entry that submitted what is certified.
        8 application_entry: Digest,
        /// SHA-256 of the application's body in its one encoding: all the texts of the page.
        9 content: Digest,
        /// The first moment of its term.
        10 valid_from: u64,
        /// The last moment of its term.
        11 valid_to: u64,
        /// Whether it is marked as issued retroactively.
        12 retroactive: bool,
        /// The office's signature.
        13 issued: Signature,
        /// What is certified and how much of it is used; empty for kinds that list something else.
        14 items: Vec<CertifiedItem>,
        /// How often it was used or shown.
        15 uses: u32,
        /// How many copies were printed.
        16 prints: u32,
        ;
        /// The enterprise's signature.
        17 countersigned: Signature,
        /// A declarant that applied for the enterprise.
        18 agent: String,
        /// SHA-256 of the PDF of this version, once it was printed.
        19 pdf: Digest,
        /// The vehicle and its animals.
        20 group: Group,
        /// The last reading at a gate.
        21 scan: Scan,
        /// How it reaches the enterprise.
        22 handover: Handover,
        /// A correction that waits for the other authority.
        23 correction: Correction,
        /// What corrections made of it.
        24 amended: Amended,
        /// The certificate that it replaces.
        25 replaces: String,
        /// The certificate that replaced it.
        26 replaced_by: String,
        /// Who used it up, replaced or revoked it.
        27 ended: By,
        /// Why it was revoked.
        28 cause: RevocationCause,
    }
}

impl Certificate {
    /// Whether it stands for what it certifies at a moment: signed by the office and not revoked,
    /// replaced or expired. One that is used up still stands for it.
    pub fn is_live(&self, now: u64) -> bool {
        self.standing == Standing::Exhausted || self.standing.is_open() && now <= self.valid_to
    }

    /// Whether the animals that were last read in the vehicle are not those on the list.
    pub fn is_held(&self) -> bool {
        self.scan.as_ref().is_some_and(|s| !s.fits())
    }

    /// Which version a page shows: how often it was corrected.
    pub fn version(&self) -> u32 {
        self.amended.as_ref().map_or(0, |a| a.times)
    }

    /// Since when it stands as it does, and by whose entry; nobody's where the term ended.
    pub fn since(&self) -> (u64, Option<&By>) {
        let signed = |by: &By| by.at.max(self.valid_from);
        match (self.standing, &self.ended, &self.countersigned) {
            (Standing::Expired, ..) => (self.valid_to.saturating_add(1), None),
            (Standing::Signed, ..) => (self.issued.by.at, Some(&self.issued.by)),
            (_, Some(by), _) => (by.at, Some(by)),
            (_, None, Some(second)) => (signed(&second.by), Some(&second.by)),
            (_, None, None) => (signed(&self.issued.by), Some(&self.issued.by)),
        }
    }
}
