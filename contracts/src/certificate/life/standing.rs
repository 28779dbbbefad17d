//! What anybody may know of a certificate: what its page shows, and whether it still holds.

use alloc::{string::String, vec::Vec};

use countersign_record::{Digest, encoding};
use serde::Serialize;

use crate::{
    certificate::{
        bodies::{RevocationCause, Text},
        state::{Applied, Certificate, Paper, Signature, Standing},
    },
    family::{desk::By, shapes::words},
};

words! {
    /// How a certificate stands, in the words of the public page.
    Word {
        /// The enterprise has not signed 待企业签章.
        0 NotCountersigned = "not_countersigned",
        /// Its term has not begun 尚未生效.
        1 NotYetValid = "not_yet_valid",
        /// Valid 有效.
        2 Valid = "valid",
        /// Used up 已用完.
        3 UsedUp = "used_up",
        /// Another stands for it 已更换.
        4 Replaced = "replaced",
        /// Revoked 已注销.
        5 Revoked = "revoked",
        /// Its term is over 已过期.
        6 Expired = "expired",
    }
}

/// A signature as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signed {
    /// The party.
    pub party: String,
    /// The entry.
    pub entry: Digest,
    /// Ledger time, UTC milliseconds since 1970.
    pub at: u64,
}

/// An item as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownItem {
    /// Its number.
    pub no: u32,
    /// The goods in words, where the application is at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// HS code, n6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hs: Option<String>,
    /// Certified quantity, thousandths of the unit.
    pub certified_milli: u64,
    /// The unit.
    pub unit: String,
}

/// A vehicle as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Vehicle {
    /// The plate.
    pub plate: String,
    /// The animals' chips.
    pub chips: Vec<String>,
}

/// What the public page shows of a certificate: what its paper shows, and how it stands. What is
/// left of it, who used it and what for stay out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicStanding {
    /// Its number.
    pub certificate: String,
    /// What it is.
    pub title: Text,
    /// The district of the issuing office.
    pub office: String,
    /// The enterprise.
    pub enterprise: String,
    /// What is certified.
    pub items: Vec<ShownItem>,
    /// The vehicle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vehicle: Option<Vehicle>,
    /// The first moment of its term.
    pub valid_from: u64,
    /// The last moment of its term.
    pub valid_to: u64,
    /// Whether it is marked as issued retroactively.
    pub retroactive: bool,
    /// The office's signature.
    pub issued: Signed,
    /// The enterprise's signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub countersigned: Option<Signed>,
    /// How often it was corrected; pages of an earlier version are outdated.
    pub version: u32,
    /// How it stands.
    pub standing: Word,
    /// Since when.
    pub since: u64,
    /// By whose signature; nobody's where a term began or ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Signed>,
    /// The certificate that stands for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// The class of reason for which it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<RevocationCause>,
}

/// What anybody may know of a certificate at a ledger time. With its application the goods are named
/// in words, if the application is the one that was certified.
pub fn standing(
    no: &str,
    certificate: &Certificate,
    application: Option<&Applied>,
    now: u64,
) -> PublicStanding {
    let certified = application.map(|a| &a.application);
    let certified = certified.filter(|a| Digest::of(&encoding::encode(*a)) == certificate.content);
    let words = |no: u32| {
        let item = certified.and_then(|a| a.items.iter().find(|i| i.no == no));
        item.map(|i| i.description.clone())
    };
    let items = certificate.items.iter().map(|item| ShownItem {
        no: item.no,
        description: words(item.no),
        hs: item.hs.clone(),
        certified_milli: item.certified_milli,
        unit: item.unit.clone(),
    });
    let vehicle = certificate.group.as_ref();
    let (word, since, by) = word(certificate, now);
    PublicStanding {
        certificate: no.into(),
        title: certificate.title.clone(),
        office: certificate.office.clone(),
        enterprise: certificate.enterprise.clone(),
        items: items.collect(),
        vehicle: vehicle.map(|g| Vehicle { plate: g.plate.clone(), chips: g.chips.clone() }),
        valid_from: certificate.valid_from,
        valid_to: certificate.valid_to,
        retroactive: certificate.retroactive,
        issued: of_signature(&certificate.issued),
        countersigned: certificate.countersigned.as_ref().map(of_signature),
        version: certificate.version(),
        standing: word,
        since,
        by: by.map(of_by),
        replaced_by: certificate.replaced_by.clone(),
        cause: certificate.cause,
    }
}

/// How it stands at a moment, whether or not a deadline that has passed is recorded yet.
fn word(certificate: &Certificate, now: u64) -> (Word, u64, Option<&By>) {
    let (since, by) = certificate.since();
    let open = certificate.standing.is_open();
    let word = match certificate.standing {
        _ if open && now > certificate.valid_to => {
            return (Word::Expired, certificate.valid_to.saturating_add(1), None);
        }
        Standing::Signed => Word::NotCountersigned,
        Standing::Valid | Standing::PartlyUsed if now < certificate.valid_from => {
            return (Word::NotYetValid, certificate.issued.by.at, Some(&certificate.issued.by));
        }
        Standing::Valid | Standing::PartlyUsed => Word::Valid,
        Standing::Exhausted => Word::UsedUp,
        Standing::Replaced => Word::Replaced,
        Standing::Revoked => Word::Revoked,
        Standing::Expired => Word::Expired,
    };
    (word, since, by)
}

fn of_by(by: &By) -> Signed {
    Signed { party: by.party.clone(), entry: by.entry, at: by.at }
}

fn of_signature(signature: &Signature) -> Signed {
    of_by(&signature.by)
}

/// What anybody may know of a printed page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PaperStanding {
    /// The certificate that it shows.
    pub certificate: String,
    /// Which version of it.
    pub version: u32,
    /// When it was printed first, and by whom.
    pub printed: Signed,
    /// The correction since which it is outdated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outdated: Option<Signed>,
}

/// What anybody may know of a printed page.
pub fn paper_standing(paper: &Paper) -> PaperStanding {
    PaperStanding {
        certificate: paper.certificate.clone(),
        version: paper.version,
        printed: of_by(&paper.by),
        outdated: paper.outdated.as_ref().map(of_by),
    }
}
