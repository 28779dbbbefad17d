//! Whom the subjects of the family concern: the enterprise that a certificate is for and whoever
//! applies for it, a courier that carries it, an authority that has to agree. What the paper shows
//! anybody may check (`family::concern::is_public`).

use super::reading::find_certificate;
use crate::{
    certificate::state::{Applied, Certificate, Letter, State},
    family::Asker,
    membership::Role,
    world::{Unreadable, World},
};

impl State {
    /// Whether the subject of that name concerns a party.
    pub(crate) fn concerns(
        &self,
        name: &str,
        asker: &Asker,
        world: &World<'_>,
    ) -> Result<bool, Unreadable> {
        let of_certificate = |no: &str| -> Result<bool, Unreadable> {
            Ok(find_certificate(world, no)?.is_some_and(|c| c.concerns(asker)))
        };
        Ok(match self {
            // What can be applied for, and by which version of the rules it is reviewed.
            Self::Kind(_) | Self::Review(_) => true,
            // What an office looks for is its own matter, and so is how its numbers run.
            Self::Rules(_) | Self::Serial(_) => false,
            Self::Exporter(_) => asker.is_party(name),
            Self::Application(applied) => applied.concerns(asker),
            Self::Certificate(certificate) => certificate.concerns(asker),
            Self::Letter(letter) => letter.concerns(asker),
            Self::Archive(archive) => asker.said(&archive.by),
            Self::Invoice(_) => name.split_once('.').is_some_and(|(uscc, _)| asker.is_party(uscc)),
            Self::Paper(paper) => asker.said(&paper.by) || of_certificate(&paper.certificate)?,
            Self::Animal(animal) => of_certificate(&animal.certificate)?,
        })
    }
}

impl Applied {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.said(&self.by) || asker.is_party(&self.application.enterprise_uscc)
    }
}

impl Certificate {
    fn concerns(&self, asker: &Asker) -> bool {
        let carriage = self.handover.as_ref().and_then(|h| h.carriage.as_ref());
        asker.is_party(&self.enterprise)
            || self.agent.as_deref().is_some_and(|agent| asker.is_party(agent))
            || carriage.is_some_and(|c| asker.is_party(&c.courier))
            || asker.has_said(self.scan.as_ref().map(|s| &s.by))
            || asker.is(Role::Authority)
    }
}

impl Letter {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.is_party(&self.enterprise)
    }
}
