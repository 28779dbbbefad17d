//! From movements to entries of the family `combined_port`, ready to be signed.

use std::collections::BTreeMap;

use countersign_contracts::combined_port::{
    self,
    bodies::{Fullness, SealIssuer},
};
use countersign_record::{
    Digest,
    limits::{ACTIONS_MAX, STATEMENT_BYTES_MAX},
    statement,
};
use serde::Serialize;

use super::{
    bodies::{Made, make},
    movement::{Kind, Movement},
    reason::{Code, Position, Reason},
    report::{Report, Verdict},
};
use crate::draft::{Draft, DraftAction};

/// Which leg a load or discharge belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leg {
    /// The river leg, by barge.
    Barge,
    /// The sea leg.
    Vessel,
}

/// What EDIFACT does not say and an entry needs. Each field is an option of `countersign import`;
/// what a file says itself goes before what is given for all of its containers.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// `--place`: `UNLOCODE/n4` of the wharf that sends the file.
    pub place: Option<String>,
    /// `--bill`: the bill of lading, for containers without an RFF+BM.
    pub bill_no: Option<String>,
    /// `--batch`: the transfer plan, for barge loads and discharges.
    pub batch_no: Option<String>,
    /// `--leg`: barge or vessel; else a TDT+20 of mode 8 is a barge, and one with an IMO number a
    /// vessel.
    pub leg: Option<Leg>,
    /// `--ship`: `UN` and the IMO number, or the filed ship number; where TDT+20 has no IMO number.
    pub conveyance_id: Option<String>,
    /// `--voyage`: where TDT+20 has none.
    pub voyage: Option<String>,
    /// `--event-time`: UTC milliseconds, for moves without a time.
    pub event_time: Option<u64>,
    /// `--fullness`: where EQD does not say it.
    pub fullness: Option<Fullness>,
    /// `--seal-issuer`: where SEL does not say it, or names one that the ledger does not know.
    pub seal_issuer: Option<SealIssuer>,
    /// `--truck-plates`: put plates into gate entries, in clear, where every party reads them.
    pub truck_plates: bool,
    /// `--undoubted`: leave doubted movements out.
    pub only_undoubted: bool,
    /// What is given for one container, before anything else.
    pub containers: BTreeMap<String, Given>,
}

/// What is given for one container.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// `--seal CONTAINER=NUMBER:ISSUER`: its seals, where the file gives no numbers.
    pub seals: Vec<(String, SealIssuer)>,
    /// `--bill CONTAINER=BILL`.
    pub bill_no: Option<String>,
    /// `--eir CONTAINER=NUMBER`: its equipment receipt.
    pub eir_no: Option<String>,
    /// `--without CONTAINER`: it makes no entry.
    pub left_out: bool,
}

/// A movement that makes no entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Where its EQD stands.
    pub at: Position,
    /// The container.
    pub container: String,
    /// What happened to it.
    pub kind: Kind,
    /// Everything that is missing, and the options that would help.
    pub reasons: Vec<Reason>,
}

/// The entries of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// One statement each, of up to 128 actions, in the order of the file.
    pub drafts: Vec<Draft>,
    /// Of each draft the body of each action, encoded.
    #[serde(skip)]
    pub bodies: Vec<Vec<Vec<u8>>>,
    /// Movements that make no entry.
    pub left_out: Vec<LeftOut>,
}

impl Plan {
    /// How many actions its drafts carry; with `left_out` they are all movements of the report.
    pub fn actions(&self) -> usize {
        self.drafts.iter().map(|d| d.actions.len()).sum()
    }
}

/// Makes entries of all movements of a report.
///
/// The same file with the same options gives the same drafts, byte for byte, references and expiry
/// included: sending it twice is answered with the first receipts. A reference names the file and
/// the content, so that what was left out for want of an option can be sent later.
pub fn plan(report: &Report, context: &Context) -> Plan {
    let mut left_out = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for container in report.all_containers() {
        let Some(movement) = container.outcome.movement() else { continue };
        let doubted = container.outcome.verdict() == Verdict::Doubted;
        match one(movement, context, doubted) {
            Ok(ready) => add(&mut parts, ready),
            Err(reasons) => left_out.push(LeftOut {
                at: movement.at,
                container: movement.container.clone(),
                kind: movement.kind,
                reasons,
            }),
        }
    }
    let file = report.file.sha256;
    let made = parts.into_iter().zip(1..).map(|(part, n)| part.into_draft(file, n));
    let (drafts, bodies) = made.unzip();
    Plan { drafts, bodies, left_out }
}

/// An action that is ready, with its time and its size.
struct Ready {
    draft: DraftAction,
    encoded: Vec<u8>,
    time: u64,
}

/// Bytes that an action and a statement take beside bodies, generously.
const ACTION_OVERHEAD: usize = 192;
const STATEMENT_OVERHEAD: usize = 2048;

/// The actions of one statement to be.
#[derive(Default)]
struct Part {
    actions: Vec<DraftAction>,
    bodies: Vec<Vec<u8>>,
    content: Vec<u8>,
    bytes: usize,
    time: u64,
}

impl Part {
    /// The draft, and its bodies.
    fn into_draft(self, file: Digest, number: usize) -> (Draft, Vec<Vec<u8>>) {
        let (file_hex, content) = (file.to_string(), Digest::of(&self.content).to_string());
        let draft = Draft {
            reference: format!("edi-{:.32}-{number}-{:.8}", file_hex, content),
            event_time: self.time,
            expires: None,
            documents: vec![file],
            actions: self.actions,
        };
        (draft, self.bodies)
    }
}

/// Adds an action to the last statement, or to a new one where that is full.
fn add(parts: &mut Vec<Part>, ready: Ready) {
    let bytes = ready.encoded.len() + ACTION_OVERHEAD;
    let room = STATEMENT_BYTES_MAX - STATEMENT_OVERHEAD;
    let full = |p: &Part| p.actions.len() >= ACTIONS_MAX || p.bytes + bytes > room;
    if parts.last().is_none_or(full) {
        parts.push(Part::default());
    }
    let Some(part) = parts.last_mut() else { return };
    part.bytes += bytes;
    part.time = part.time.max(ready.time);
    for piece in [ready.draft.kind.as_bytes(), ready.draft.subject.as_bytes(), &ready.encoded] {
        part.content.extend_from_slice(&Digest::of(piece).0);
    }
    part.actions.push(ready.draft);
    part.bodies.push(ready.encoded);
}

/// Makes one action, and asks the rules themselves whether they could ever take it.
fn one(movement: &Movement, context: &Context, doubted: bool) -> Result<Ready, Vec<Reason>> {
    if doubted && context.only_undoubted {
        return Err(vec![Reason::new(Code::DoubtedLeftOut, movement.at, "", "--undoubted")]);
    }
    if context.containers.get(&movement.container).is_some_and(|given| given.left_out) {
        return Err(vec![Reason::new(Code::LeftOut, movement.at, "", "--without")]);
    }
    let Made { kind, json, encoded, time } = make(movement, context)?;
    let subject = format!("box:{}", movement.container);
    let draft = DraftAction::new(FAMILY, kind, &*subject, json);
    let action = statement::Action {
        family: FAMILY.to_owned(),
        kind: kind.to_owned(),
        schema: draft.schema,
        subject,
        body: encoded.clone(),
        seen: None,
        sealed: None,
    };
    match combined_port::Action::check(&action) {
        Ok(_) => Ok(Ready { draft, encoded, time }),
        Err(no) => {
            let found = format!("{} {}: {} ({})", no.rule.name(), no.field, no.found, no.expected);
            Err(vec![Reason::new(Code::RulesRefuse, movement.at, &found, "")])
        }
    }
}

const FAMILY: &str = "combined_port";

#[cfg(test)]
#[path = "actions_tests.rs"]
mod tests;
