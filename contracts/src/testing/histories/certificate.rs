//! Histories of certificates (domain.md §2.4): any party, any kind, any order.

use alloc::{format, string::String, vec, vec::Vec};
use std::sync::LazyLock;

use serde_json::json;

use super::{Accepted, Lots, Step, choose, pick, up_to};
use crate::{
    certificate::{
        State,
        bodies::UseMode,
        state::{Applied, Certificate, Stage},
    },
    family,
    testing::{life::*, port::*},
    world::No,
};

const PARTIES: [&str; 8] = [
    "river_customs",
    "hub_customs",
    "exporter",
    "importer",
    "courier",
    "authority",
    "river_wharf",
    "other_carrier",
];
const SECOND_LETTER: &str = "TI-2";
const LETTERS: [&str; 2] = [LETTER, SECOND_LETTER];

/// What an office registers before anything can be certified: kinds, an exporter, two letters.
pub(crate) fn registered() -> Vec<Act> {
    let letter = file_letter(SECOND_LETTER).with("return_by", START + 4 * DAY);
    Port::certifying().do_all([letter]).acts
}

/// Kinds, two letters, and a certificate of each kind or none yet.
pub(crate) static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    let port = Port::new().do_all(registered());
    vec![
        port.clone(),
        port.clone().issues(FORM_E, apply_form_e("A0")).do_all([countersign(FORM_E)]),
        port.clone().issues(HORSES, apply_horses("H0")),
        port.issues(DRUG, apply_drug("S0")).issues(PERMIT, apply_permit("P0")),
    ]
});

/// A reading or list of horses: as listed at first, with another, or fewer.
fn horses(which: u32) -> Vec<String> {
    match which % 3 {
        0 => chips(1..=12),
        1 => wrong(),
        _ => chips(1..=5),
    }
}

/// A certificate that stands for something, or one of all.
fn some(port: &Port, lot: u32) -> Option<String> {
    let all = port.certificates();
    let open: Vec<_> = all.iter().filter(|(_, c)| c.standing.is_open()).collect();
    let from: Vec<&str> = match open.is_empty() || lot % 6 == 5 {
        true => all.iter().map(|(no, _)| *no).collect(),
        false => open.iter().map(|(no, _)| *no).collect(),
    };
    (!from.is_empty()).then(|| from[pick(lot / 6, from.len())].into())
}

/// An application for one of the kinds; some of them to replace a certificate.
fn apply(port: &Port, lots: Lots) -> Act {
    let [_, kind, invoice, line, replaces, _] = lots;
    let no = format!("R{}-{}", port.ledger.moment().height, line % 1000);
    let act = match pick(kind, 5) {
        0 => {
            let mut act = apply_form_e(&no);
            act.body["invoice"]["no"] = json!(format!("INV-{}", invoice % 2));
            act.body["items"][0]["invoice_item"] = json!([None, Some(1), Some(2)][pick(line, 3)]);
            act
        }
        1 => apply_drug(&no),
        2 => {
            let mut act = apply_horses(&no);
            act.body["group"]["letter_no"] = json!(LETTERS[pick(invoice, 2)]);
            act
        }
        3 => apply_health(&no),
        _ => apply_permit(&no),
    };
    let all = port.certificates();
    match all.len() {
        0 => act,
        _ if replaces.is_multiple_of(2) => act,
        count => act.with("replaces", all[pick(replaces / 2, count.min(6))].0),
    }
}

/// The applications that stand so.
fn applications(port: &Port, stage: Stage) -> Vec<(String, Applied)> {
    let mut found = Vec::new();
    for (key, record) in port.ledger.records() {
        if let family::State::Certificate(State::Application(applied)) = &record.state
            && applied.stage == stage
        {
            let no = key.subject.strip_prefix("application:").unwrap();
            found.push((no.into(), (**applied).clone()));
        }
    }
    found
}

/// An officer passes one that waits.
fn passed(port: &Port, lot: u32) -> Option<Act> {
    let waiting = applications(port, Stage::Manual);
    (!waiting.is_empty()).then(|| pass(&waiting[pick(lot, waiting.len())].0))
}

/// The office issues on one that has passed. The refusal of a wrong number says the right one.
fn issued(port: &Port, lot: u32) -> Option<Act> {
    let waiting = applications(port, Stage::Passed);
    let (application, applied) = waiting.get(pick(lot, waiting.len().max(1)))?;
    let guess = issue("?", application, applied.by.entry);
    let Err(No::Refused(refusal)) = port.would(&guess) else { return None };
    let (no, _) = refusal.expected.split_once(", the next one")?;
    Some(issue(no, application, applied.by.entry))
}

fn holder(certificate: &Certificate) -> &'static str {
    if certificate.enterprise == id("exporter") { "exporter" } else { "importer" }
}

/// One step of a history.
pub(crate) fn step(port: &Port, _: &[Accepted], lots: Lots) -> Step {
    let [what, a, ..] = lots;
    match choose(what, &[8, 9, 9, 58, 4, 1]) {
        4 => return Step::Wait(up_to(a, 4 * DAY)),
        5 => return Step::Wait(up_to(a, 200 * DAY)),
        0 => return Step::Act(apply(port, lots)),
        1 => passed(port, a),
        2 => issued(port, a),
        _ => on_a_certificate(port, lots),
    }
    .map_or(Step::Nothing, Step::Act)
}

fn on_a_certificate(port: &Port, lots: Lots) -> Option<Act> {
    let [_, a, b, c, d, _] = lots;
    let what = choose(d, &[6, 4, 2, 4, 10, 8, 3, 4, 2, 6, 2]);
    if what == 9 {
        return returned(port, b, c);
    }
    let no = some(port, a)?;
    let certificate = port.certificate(&no);
    Some(match what {
        0 => countersign(&no),
        1 => {
            let page = format!("{no} {}", certificate.version() + u32::from(b % 4 == 3));
            print(&no, certificate.prints + 1).with("pdf", digest(&page)).by(holder(&certificate))
        }
        2 if b.is_multiple_of(2) => send(&no),
        2 => deliver(&no, "window"),
        3 => courier(&no, ["accepted", "in_transit", "delivered", "returned"][pick(b, 4)]),
        4 => match certificate.use_mode {
            UseMode::Quantity => consume(&no, 1 + up_to(b, 2999)),
            UseMode::Once | UseMode::Shown => consume_whole(&no),
        },
        5 => scan(&no, &horses(b)),
        6 => {
            let act = correct(&no, &horses(b));
            match certificate.group {
                Some(_) => act,
                None => act.without("group").with("remarks", "as corrected"),
            }
        }
        7 => agree(&no).by(PARTIES[pick(b, PARTIES.len())]),
        8 => revoke(&no),
        _ => {
            let acts = [countersign(&no), print(&no, 1), consume(&no, 1), revoke(&no), agree(&no)];
            acts[pick(c, 5)].clone().by(PARTIES[pick(b, PARTIES.len())])
        }
    })
}

/// Animals come back under a letter: one of them, one that never left, or all.
fn returned(port: &Port, which: u32, one: u32) -> Option<Act> {
    let letter = LETTERS[pick(which / 4, 2)];
    let Some(State::Letter(filed)) = port.certified(&format!("letter:{letter}")) else {
        return None;
    };
    let away = &filed.away;
    match which % 4 {
        0 if !away.is_empty() => Some(back(letter, &[away[pick(one, away.len())].clone()])),
        1 => Some(back(letter, &[chip(13)])),
        _ if !away.is_empty() => Some(back(letter, away)),
        _ => None,
    }
}
