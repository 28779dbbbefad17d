//! Guarantee letters of temporary imports: animals come in under one, and it is written off when all
//! are back (case 40).

use alloc::{boxed::Box, format, vec, vec::Vec};

use super::reading::{find_animal, find_letter, on_animal, on_letter, require_letter};
use crate::{
    certificate::{
        bodies::{AnimalsReturned, LetterFile},
        events::{AnimalEvent, LetterEvent},
        state::{AnimalRecord, Certificate, Letter},
    },
    family::{
        Events,
        desk::{Desk, Due},
    },
    limits::ANIMALS_PER_LETTER_MAX,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// Customs files a letter.
pub(in crate::certificate) fn file(
    desk: Desk<'_>,
    no: &str,
    body: &LetterFile,
) -> Result<Events, No> {
    if let Some(used) = find_letter(desk.world, no)? {
        let found = format!("{no}, filed in entry {}", used.by.entry);
        return Err(Refusal::new(Rule::LetterUsed, "letter_no", found, "a new number").into());
    }
    let letter = Letter {
        by: desk.by(),
        office: desk.actor.district.clone().unwrap_or_default(),
        enterprise: body.enterprise_uscc.clone(),
        amount_fen: body.amount_fen,
        return_by: Due { by: body.return_by, overdue: false },
        data_digest: body.data_digest,
        imported: 0,
        away: Vec::new(),
        returned: None,
        written_off: None,
    };
    letter.require_for(no, &body.enterprise_uscc, desk.now.time)?;
    Ok(vec![on_letter(no, LetterEvent::LetterFiled { letter: Box::new(letter) })])
}

/// The animals of a vehicle come in under its letter, by the use of its certificate. An animal is
/// in under one letter at a time.
pub(super) fn import(desk: Desk<'_>, no: &str, certificate: &Certificate) -> Result<Events, No> {
    let group = certificate.group.as_ref();
    let Some((group, letter_no)) = group.and_then(|g| Some((g, g.letter_no.as_ref()?))) else {
        return Ok(Events::new());
    };
    let letter = require_letter(desk.world, letter_no)?;
    letter.require_for(letter_no, &certificate.enterprise, desk.now.time)?;
    let count = letter.away.len().saturating_add(group.chips.len());
    if count > ANIMALS_PER_LETTER_MAX {
        let expected = format!("at most {ANIMALS_PER_LETTER_MAX} under one letter");
        return Err(Refusal::new(Rule::RecordFull, "letter_no", count, expected).into());
    }
    let imported = LetterEvent::AnimalsImported {
        by: desk.by(),
        certificate: no.into(),
        chips: group.chips.clone(),
    };
    let mut events = vec![on_letter(letter_no, imported)];
    for chip in &group.chips {
        if let Some(in_already) = find_animal(desk.world, chip)?.filter(|a| a.away) {
            let found = format!("{chip}, in under {}", in_already.letter_no);
            let expected = "an animal that is not in under any letter";
            return Err(Refusal::new(Rule::AnimalInAlready, "chips", found, expected)
                .mended_by(Remedy::Customs)
                .into());
        }
        let animal = AnimalRecord {
            letter_no: letter_no.clone(),
            certificate: no.into(),
            away: true,
            by: desk.by(),
        };
        events.push(on_animal(chip, AnimalEvent::AnimalMoved { animal }));
    }
    Ok(events)
}

/// Animals are back; with the last of them the letter is written off by the same entry.
pub(in crate::certificate) fn returned(
    desk: Desk<'_>,
    no: &str,
    body: &AnimalsReturned,
) -> Result<Events, No> {
    desk.require_known_place("place", &body.place)?;
    let letter = require_letter(desk.world, no)?;
    let mut events = Events::new();
    for chip in &body.chips {
        let animal = find_animal(desk.world, chip)?;
        let Some(animal) = animal.filter(|_| letter.away.contains(chip)) else {
            let expected = format!("one of: {}", letter.away.join(", "));
            return Err(Refusal::new(Rule::AnimalNotAway, "chips", chip, expected).into());
        };
        let animal = AnimalRecord { away: false, by: desk.by(), ..animal.take() };
        events.push(on_animal(chip, AnimalEvent::AnimalMoved { animal }));
    }
    let (by, place, chips) = (desk.by(), body.place.clone(), body.chips.clone());
    events.push(on_letter(no, LetterEvent::AnimalsReturned { by, place, chips }));
    if letter.away.iter().all(|c| body.chips.contains(c)) {
        events.push(on_letter(no, LetterEvent::WrittenOff { by: desk.by() }));
    }
    Ok(events)
}
