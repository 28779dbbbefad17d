//! Sealed copies of declarations, printed by advanced certified enterprises (case 16).

use alloc::{format, vec};

use crate::{
    certificate::{
        bodies::ArchivePrint,
        events::{ArchiveEvent, Event},
    },
    combined_port::declaration_on_ledger,
    family::{self, Events, desk::Desk},
    guarantee::{bodies::Grade, ties::grade_of},
    refusal::{Refusal, Remedy, Rule},
    world::{No, SubjectKey},
};

/// The firm whose declaration it is prints a copy.
pub(in crate::certificate) fn print(
    desk: Desk<'_>,
    entry_no: &str,
    body: &ArchivePrint,
) -> Result<Events, No> {
    let Some(declared) = declaration_on_ledger(desk.world, entry_no)? else {
        let expected = "a declaration that stands on this ledger";
        return Err(Refusal::new(Rule::NotOnLedger, "entry_no", entry_no, expected)
            .mended_by(Remedy::Declarant)
            .into());
    };
    if declared.consignor_uscc != desk.actor.id {
        let (found, expected) = (&desk.actor.id, declared.consignor_uscc);
        return Err(Refusal::new(Rule::DeclarationOfOther, "signer", found, expected).into());
    }
    let grade = grade_of(desk.world, &desk.actor.id)?;
    if grade != Grade::Advanced {
        let expected = Grade::Advanced.name();
        return Err(Refusal::new(Rule::ArchiveGrade, "grade", grade.name(), expected)
            .mended_by(Remedy::Customs)
            .into());
    }
    let (by, purpose, copy) = (desk.by(), body.purpose, body.copy);
    let printed = Event::Archive(ArchiveEvent::CopyPrinted { by, purpose, copy });
    let subject = SubjectKey::new(desk.family, format!("archive:{entry_no}"));
    Ok(vec![(subject, family::Event::Certificate(printed))])
}
