//! How rules read the ledger, and the questions that many of them ask of a file.

use alloc::{format, string::ToString};

use countersign_record::Digest;

use super::{
    events::{EntryEvent, Event, FileEvent, WholeEvent},
    fields::split_subject,
    state::{AnchoringEntry, File, State, Whole},
};
use crate::{
    family::{desk::Desk, shapes::readers},
    membership::Role,
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, SubjectKey, Unreadable, World},
};

readers! {
    Evidence;
    "file" find_file on_file File File FileEvent;
    "entry" find_entry on_entry Entry AnchoringEntry EntryEvent;
    "whole" find_whole on_whole Whole Whole WholeEvent;
}

/// A file that was anchored.
pub(super) fn require_file(world: &World<'_>, file: &str) -> Result<Shared<File>, No> {
    find_file(world, file)?.ok_or_else(|| {
        let expected = "the SHA-256 of a file that was anchored";
        Refusal::new(Rule::NoSuchFile, "file", file, expected).into()
    })
}

/// The entry that anchored a file. Every file has one, so that of nobody is never answered.
pub(super) fn entry_of(
    world: &World<'_>,
    file: &File,
) -> Result<Option<Shared<AnchoringEntry>>, No> {
    Ok(find_entry(world, &file.by.entry.to_string())?)
}

/// Refuses a subject that the ledger does not have.
pub(super) fn require_subject(world: &World<'_>, field: &str, subject: &str) -> Result<(), No> {
    let known = match split_subject(subject) {
        Some((family, name)) => world.record(&SubjectKey::new(family, name))?.is_some(),
        None => false,
    };
    if known {
        return Ok(());
    }
    let expected = "a subject of this ledger, with its family";
    Err(Refusal::new(Rule::NoSuchSubject, field, subject, expected).into())
}

impl Desk<'_> {
    /// Refuses a party that did not anchor the file.
    pub(super) fn require_anchorer(&self, file: &File) -> Result<(), Refusal> {
        if self.actor.id == file.by.party {
            return Ok(());
        }
        let expected = format!("{}, which anchored it", file.by.party);
        Err(Refusal::new(Rule::NotAnchorer, "signer", &self.actor.id, expected))
    }

    /// Refuses a party that neither anchored the file nor is a customs office.
    pub(super) fn require_anchorer_or_customs(&self, file: &File) -> Result<(), Refusal> {
        if self.actor.id == file.by.party || self.actor.is(Role::Customs) {
            return Ok(());
        }
        let expected = format!("{}, which anchored it, or customs", file.by.party);
        Err(Refusal::new(Rule::NotAnchorer, "signer", &self.actor.id, expected)
            .mended_by(Remedy::Customs))
    }
}

impl File {
    /// Refuses a file that was withdrawn or destroyed.
    pub(super) fn require_live(&self) -> Result<(), Refusal> {
        if self.standing.is_live() {
            return Ok(());
        }
        let expected = "a file that somebody keeps as evidence";
        Err(Refusal::new(Rule::FileOver, "standing", self.standing.name(), expected))
    }
}

/// The digest that a subject's name is; `check` has seen to its form.
pub(super) fn digest_of(file: &str) -> Digest {
    file.parse().unwrap_or(Digest::ZERO)
}
