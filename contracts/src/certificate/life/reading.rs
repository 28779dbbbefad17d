//! How these rules read the ledger, and the questions that many of them ask of a certificate.

use alloc::{format, string::String};

use crate::{
    certificate::{
        events::{
            AnimalEvent, CertificateEvent, Event, InvoiceEvent, LetterEvent, PaperEvent,
            SerialEvent,
        },
        state::{
            AnimalRecord, Certificate, Group, InvoiceLines, Letter, Paper, SerialRecord, Standing,
            State,
        },
    },
    family::{
        desk::{Desk, office},
        shapes::readers,
    },
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, SubjectKey, Unreadable, World},
};

readers! {
    Certificate;
    "certificate" find_certificate on_certificate Certificate Certificate CertificateEvent;
    "letter" find_letter on_letter Letter Letter LetterEvent;
    "animal" find_animal on_animal Animal AnimalRecord AnimalEvent;
    "invoice" find_invoice on_invoice Invoice InvoiceLines InvoiceEvent;
    "serial" find_serial on_serial Serial SerialRecord SerialEvent;
    "paper" find_paper on_paper Paper Paper PaperEvent;
}

/// A certificate that was issued.
pub(super) fn require_certificate(world: &World<'_>, no: &str) -> Result<Shared<Certificate>, No> {
    find_certificate(world, no)?.ok_or_else(|| {
        let expected = "a certificate that an office has issued";
        Refusal::new(Rule::NoSuchCertificate, "certificate", no, expected)
            .mended_by(Remedy::IssuingOffice)
            .into()
    })
}

/// A letter that customs has filed.
pub(super) fn require_letter(world: &World<'_>, no: &str) -> Result<Shared<Letter>, No> {
    find_letter(world, no)?.ok_or_else(|| {
        let expected = "a guarantee letter that customs has filed";
        Refusal::new(Rule::NoSuchLetter, "letter_no", no, expected)
            .mended_by(Remedy::Customs)
            .into()
    })
}

impl Desk<'_> {
    /// Refuses a party other than the office that issued the certificate.
    pub(super) fn require_issuing_office(&self, certificate: &Certificate) -> Result<(), Refusal> {
        if self.actor.district.as_deref() == Some(&certificate.office) {
            return Ok(());
        }
        let expected = office(&certificate.office);
        Err(Refusal::new(Rule::NotIssuingOffice, "signer", &self.actor.id, expected)
            .mended_by(Remedy::IssuingOffice))
    }

    /// Refuses a party that is neither the enterprise nor the declarant that applied for it.
    pub(super) fn require_enterprise(&self, certificate: &Certificate) -> Result<(), Refusal> {
        let actor = &self.actor.id;
        if *actor == certificate.enterprise || certificate.agent.as_ref() == Some(actor) {
            return Ok(());
        }
        let agent = certificate.agent.as_ref().map_or(String::new(), |a| format!(" or {a}"));
        let expected = format!("{}{agent}", certificate.enterprise);
        Err(Refusal::new(Rule::NotCertificateHolder, "signer", actor, expected)
            .mended_by(Remedy::Applicant))
    }
}

impl Certificate {
    /// Refuses a certificate that does not stand for anything at a moment: not signed by the
    /// enterprise, replaced, revoked or expired. One that is used up stands.
    pub(super) fn require_standing(&self, now: u64) -> Result<(), Refusal> {
        let no =
            |rule, found: String, expected: &str| Refusal::new(rule, "standing", found, expected);
        match self.standing {
            Standing::Replaced => {
                let by = self.replaced_by.as_deref().unwrap_or_default();
                let found = format!("replaced by {by}");
                Err(no(Rule::CertificateReplaced, found, "the certificate that stands for it")
                    .mended_by(Remedy::Applicant))
            }
            Standing::Revoked => {
                let cause = self.cause.map_or("", |c| c.name());
                let found = format!("revoked: {cause}");
                Err(no(Rule::CertificateRevoked, found, "a certificate that is not revoked")
                    .mended_by(Remedy::Applicant))
            }
            Standing::Exhausted => Ok(()),
            Standing::Expired => Err(self.expired(now)),
            Standing::Signed | Standing::Valid | Standing::PartlyUsed if now > self.valid_to => {
                Err(self.expired(now))
            }
            Standing::Signed => {
                let found = "signed by the office alone".into();
                Err(no(Rule::AwaitsEnterprise, found, "the signature of the enterprise too")
                    .mended_by(Remedy::Applicant))
            }
            Standing::Valid | Standing::PartlyUsed => Ok(()),
        }
    }

    /// Refuses a certificate of which nothing is left, too.
    pub(super) fn require_open(&self, now: u64) -> Result<(), Refusal> {
        self.require_standing(now)?;
        if self.standing != Standing::Exhausted {
            return Ok(());
        }
        let expected = "a certificate of which something is left";
        Err(Refusal::new(Rule::CertificateUsedUp, "standing", "used up", expected)
            .mended_by(Remedy::Applicant))
    }

    fn expired(&self, now: u64) -> Refusal {
        let expected = format!("at most {}, the end of its term", self.valid_to);
        Refusal::new(Rule::CertificateExpired, "valid_to", now, expected)
            .mended_by(Remedy::Applicant)
    }

    /// The vehicle that it lists.
    pub(super) fn require_group(&self) -> Result<&Group, Refusal> {
        self.group.as_ref().ok_or_else(|| {
            let expected = "a certificate that lists a vehicle and its animals";
            Refusal::new(Rule::NoVehicle, "group", "none", expected)
        })
    }
}

impl Letter {
    /// Refuses a letter that is another enterprise's, or is over.
    pub(super) fn require_for(&self, no: &str, enterprise: &str, now: u64) -> Result<(), Refusal> {
        if self.enterprise != enterprise {
            let found = format!("{no}, of {}", self.enterprise);
            return Err(Refusal::new(Rule::OtherLetter, "letter_no", found, enterprise)
                .mended_by(Remedy::Applicant));
        }
        let found = match &self.written_off {
            Some(by) => format!("{no}, written off in entry {}", by.entry),
            None if now > self.return_by.by => format!("{no}, over since {}", self.return_by.by),
            None => return Ok(()),
        };
        let expected = "a letter that secures until the animals are back";
        Err(Refusal::new(Rule::LetterOver, "letter_no", found, expected)
            .mended_by(Remedy::Applicant))
    }
}
