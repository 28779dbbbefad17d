//! Declarations: in one step, in advance, and in two steps (S5).

use alloc::{string::String, vec::Vec};

use super::{
    bodies::{Declaration, Item, SummaryDeclaration},
    events::{BillEvent, DeclarationEvent, EnterpriseEvent},
    holds::{Doubt, DoubtKind, HoldKind, Mismatches},
    manifest::compare_with_declaration,
    reading::{
        find_box, find_declaration, find_enterprise, on_bill, on_declaration, on_enterprise,
        require_bill,
    },
    state::{
        Bill, DeclarationRecord, DeclarationStep, Declared, DeclaredItem, Due, Flow, OpenSummary,
    },
    ties::late_filing,
};
use crate::{
    family::{Events, desk::Desk},
    identifiers::{DeclarationNumber, Uscc},
    refusal::{Refusal, Remedy, Rule},
    world::{No, Unreadable},
};

/// A declaration in one step.
pub(super) fn declare(desk: Desk<'_>, bill_no: &str, body: &Declaration) -> Result<Events, No> {
    let number = require_numbers(desk, body)?;
    let bill = require_bill(desk.world, bill_no)?;
    require_declarant(desk, body)?;
    require_undeclared(desk, bill_no, &bill, &body.entry_no)?;
    let arrived = arrived(desk, bill_no, &bill)?;
    if !body.advance {
        require_all_arrived(&bill, &arrived)?;
    }
    let declaration = Declared {
        by: desk.by(),
        entry_no: body.entry_no.clone(),
        step: DeclarationStep::Full,
        consignor_uscc: body.consignor_uscc.clone(),
        advance: body.advance,
        packages: Some(u64::from(body.packages)),
        gross_g: Some(body.gross_g),
        arrival_due: arrival_due(desk, body.advance, &bill, &arrived)?,
    };
    let declared = BillEvent::Declared {
        declaration,
        containers: body.containers.clone(),
        arrived: if body.advance { arrived } else { Vec::new() },
    };
    let after = bill.clone().take().after(&declared);
    let mut found = desk.mismatches(&bill.holds, bill.next_hold)?;
    compare_place(&mut found, &bill, &number);
    compare_with_declaration(desk, &mut found, &after)?;
    let doubts = doubts(
        desk,
        &bill,
        &number,
        &[("consignor_uscc", &body.consignor_uscc), ("agent_uscc", &body.agent_uscc)],
    );
    Ok(file(desk, bill_no, (&number, items_of(&body.items)), declared, found, doubts))
}

/// The first of two steps.
pub(super) fn summarise(
    desk: Desk<'_>,
    bill_no: &str,
    body: &SummaryDeclaration,
) -> Result<Events, No> {
    let number = DeclarationNumber::parse("entry_no", &body.entry_no)?;
    desk.require_known_district("entry_no", number.district().as_str())?;
    let bill = require_bill(desk.world, bill_no)?;
    require_undeclared(desk, bill_no, &bill, &body.entry_no)?;
    let arrived = arrived(desk, bill_no, &bill)?;
    if !body.advance {
        require_all_arrived(&bill, &arrived)?;
    }
    require_no_overdue(desk, &body.consignor_uscc)?;
    let declaration = Declared {
        by: desk.by(),
        entry_no: body.entry_no.clone(),
        step: DeclarationStep::Summary,
        consignor_uscc: body.consignor_uscc.clone(),
        advance: body.advance,
        packages: None,
        gross_g: None,
        arrival_due: arrival_due(desk, body.advance, &bill, &arrived)?,
    };
    let arrived = if body.advance { arrived } else { Vec::new() };
    let declared = BillEvent::Declared { declaration, containers: Vec::new(), arrived };
    let mut found = desk.mismatches(&bill.holds, bill.next_hold)?;
    compare_place(&mut found, &bill, &number);
    if let Some(manifest) = bill.river.as_ref().or(bill.hub.as_ref()) {
        let (kind, stated) = (HoldKind::Conveyance, &manifest.conveyance);
        let by = &manifest.by;
        found.same(kind, "conveyance_id", by, &stated.conveyance_id, &body.conveyance_id);
        found.same(kind, "voyage", by, &stated.voyage, &body.voyage);
    }
    let doubts = doubts(desk, &bill, &number, &[("consignor_uscc", &body.consignor_uscc)]);
    let item =
        DeclaredItem { hs: body.hs.clone(), qty_milli: body.qty_milli, unit: body.unit.clone() };
    let mut events = file(desk, bill_no, (&number, [item].into()), declared, found, doubts);
    let due = Due { by: desk.after("complete_declaration_ms")?, overdue: false };
    let summary = OpenSummary { bill_no: bill_no.into(), by: desk.by(), due, guarantor: None };
    let opened = EnterpriseEvent::SummaryOpened { entry_no: body.entry_no.clone(), summary };
    events.push(on_enterprise(&body.consignor_uscc, opened));
    Ok(events)
}

/// The second of two steps, under the same number.
pub(super) fn complete(desk: Desk<'_>, bill_no: &str, body: &Declaration) -> Result<Events, No> {
    require_numbers(desk, body)?;
    let bill = require_bill(desk.world, bill_no)?;
    let declared = bill.declaration.as_ref();
    if let Some(declared) = declared {
        desk.require_self("declaration", &declared.by)?;
    }
    bill.require_open()?;
    let declared = require_declared(&bill)?;
    require_entry_no(declared, &body.entry_no)?;
    if declared.step != DeclarationStep::Summary {
        let expected = "a summary declaration whose second step is open";
        let found = "a declaration that is complete";
        return Err(Refusal::new(Rule::NotSummary, "declaration", found, expected).into());
    }
    let completed = BillEvent::DeclarationCompleted {
        by: desk.by(),
        packages: u64::from(body.packages),
        gross_g: body.gross_g,
        containers: body.containers.clone(),
    };
    let mut after = bill.clone().take().after(&completed);
    // The numbers are this statement's, whoever filed the summary.
    if let Some(d) = &mut after.declaration {
        d.by = desk.by();
    }
    let mut found = desk.mismatches(&bill.holds, bill.next_hold)?;
    compare_with_declaration(desk, &mut found, &after)?;
    let mut events = alloc::vec![on_bill(bill_no, completed)];
    events.extend(found.raised.into_iter().map(|h| on_bill(bill_no, BillEvent::Held { hold: h })));
    events.extend(late_filing(desk, bill_no, declared, body.value.as_ref())?);
    let items = items_of(&body.items);
    events.push(on_declaration(&body.entry_no, DeclarationEvent::ItemsDeclared { items }));
    let settled = EnterpriseEvent::SummarySettled { entry_no: body.entry_no.clone() };
    events.push(on_enterprise(&declared.consignor_uscc, settled));
    Ok(events)
}

fn require_numbers(desk: Desk<'_>, body: &Declaration) -> Result<DeclarationNumber, No> {
    for c in &body.containers {
        desk.require_number("containers", c)?;
    }
    let number = DeclarationNumber::parse("entry_no", &body.entry_no)?;
    desk.require_known_district("entry_no", number.district().as_str())?;
    desk.require_known_district("exit_customs", &body.exit_customs)?;
    Ok(number)
}

/// Who declares stands in the declaration: for itself, or as the agent of the consignor.
fn require_declarant(desk: Desk<'_>, body: &Declaration) -> Result<(), Refusal> {
    let actor = &desk.actor.id;
    if *actor == body.consignor_uscc || *actor == body.agent_uscc {
        return Ok(());
    }
    Err(Refusal::new(Rule::NotYours, "agent_uscc", &body.agent_uscc, actor))
}

fn require_undeclared(
    desk: Desk<'_>,
    bill_no: &str,
    bill: &Bill,
    entry_no: &str,
) -> Result<(), No> {
    bill.require_open()?;
    bill.require_twins()?;
    if let Some(declared) = &bill.declaration {
        let expected = "a bill without a declaration";
        let refusal = Refusal::new(Rule::DeclaredAlready, "entry_no", &declared.entry_no, expected);
        return Err(refusal.mended_by(Remedy::Declarant).into());
    }
    match find_declaration(desk.world, entry_no)? {
        Some(used) if used.bill_no != bill_no => {
            let found = alloc::format!("{entry_no}, of bill {}", used.bill_no);
            let expected = "a number of its own for each bill";
            Err(Refusal::new(Rule::DeclarationUsed, "entry_no", found, expected).into())
        }
        _ => Ok(()),
    }
}

/// The containers of the bill that the river port's yard has reported.
pub(super) fn arrived(
    desk: Desk<'_>,
    bill_no: &str,
    bill: &Bill,
) -> Result<Vec<String>, Unreadable> {
    let mut arrived = Vec::new();
    for c in bill.containers() {
        let container = find_box(desk.world, c)?;
        let trip = container.as_ref().and_then(|b| b.trip.as_ref());
        if trip.is_some_and(|t| t.bill_no == bill_no && t.arrived.is_some()) {
            arrived.push(c.into());
        }
    }
    Ok(arrived)
}

/// Refuses where a container of the bill has not arrived.
pub(super) fn require_all_arrived(bill: &Bill, arrived: &[String]) -> Result<(), Refusal> {
    let missing: Vec<&str> =
        bill.containers().into_iter().filter(|c| !arrived.iter().any(|a| a == c)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let found = alloc::format!("none for {}", super::holds::some_of(&missing));
    let expected = "an arrival report for every container, or an advance declaration";
    Err(Refusal::new(Rule::NotArrived, "arrival", found, expected).mended_by(Remedy::OriginWharf))
}

fn arrival_due(
    desk: Desk<'_>,
    advance: bool,
    bill: &Bill,
    arrived: &[String],
) -> Result<Option<Due>, Unreadable> {
    if !advance || arrived.len() == bill.containers().len() {
        return Ok(None);
    }
    Ok(Some(Due { by: desk.after("advance_declaration_ms")?, overdue: false }))
}

/// Later summaries of a firm are refused until its overdue second step is filed (§2.6).
fn require_no_overdue(desk: Desk<'_>, consignor: &str) -> Result<(), No> {
    let firm = find_enterprise(desk.world, consignor)?;
    let open = firm.as_ref().into_iter().flat_map(|firm| &firm.open);
    match open.into_iter().find(|(_, o)| o.due.overdue || o.due.by <= desk.now.time) {
        None => Ok(()),
        Some((entry_no, open)) => {
            let found = alloc::format!("{entry_no}, due {}", open.due.by);
            let expected = "no complete declaration overdue";
            Err(Refusal::new(Rule::FirmOverdue, "consignor_uscc", found, expected)
                .mended_by(Remedy::Declarant)
                .into())
        }
    }
}

/// Declaration place = manifest code of the river port.
fn compare_place(found: &mut Mismatches<'_>, bill: &Bill, number: &DeclarationNumber) {
    if let Some(river) = &bill.river {
        let kind = HoldKind::CustomsCode;
        found.same(kind, "customs_code", &river.by, &river.customs_code, number.district());
    }
}

/// What is accepted, and should be looked at.
fn doubts(
    desk: Desk<'_>,
    bill: &Bill,
    number: &DeclarationNumber,
    codes: &[(&str, &str)],
) -> Vec<Doubt> {
    let doubt = |kind, field: &str, found: &str| Doubt {
        kind,
        field: field.into(),
        found: found.into(),
        by: desk.by(),
    };
    let fails = |code: &&(&str, &str)| {
        !Uscc::parse(code.0, code.1).is_ok_and(|u| u.organisation_code_fits())
    };
    let mut doubts: Vec<Doubt> =
        codes.iter().filter(fails).map(|(f, c)| doubt(DoubtKind::Uscc, f, c)).collect();
    if number.says_import() != (bill.flow == Flow::Import) {
        doubts.push(doubt(DoubtKind::DirectionFlag, "entry_no", number.as_str()));
    }
    doubts
}

fn file(
    desk: Desk<'_>,
    bill_no: &str,
    (number, items): (&DeclarationNumber, Vec<DeclaredItem>),
    declared: BillEvent,
    found: Mismatches<'_>,
    doubts: Vec<Doubt>,
) -> Events {
    let mut events = alloc::vec![on_bill(bill_no, declared)];
    events.extend(found.raised.into_iter().map(|h| on_bill(bill_no, BillEvent::Held { hold: h })));
    events.extend(doubts.into_iter().map(|d| on_bill(bill_no, BillEvent::Doubted { doubt: d })));
    let record = DeclarationRecord { bill_no: bill_no.into(), by: desk.by(), items };
    events.push(on_declaration(number.as_str(), DeclarationEvent::NumberUsed { record }));
    events
}

/// What others compare with: certificates read it here, not from the bill.
fn items_of(items: &[Item]) -> Vec<DeclaredItem> {
    let one = |item: &Item| DeclaredItem {
        hs: item.hs.clone(),
        qty_milli: item.qty_milli,
        unit: item.unit.clone(),
    };
    items.iter().map(one).collect()
}

/// The declaration of a bill.
pub(super) fn require_declared(bill: &Bill) -> Result<&Declared, Refusal> {
    bill.declaration.as_ref().ok_or_else(|| {
        Refusal::new(Rule::NotDeclared, "declaration", "none", "a declaration of the bill")
            .mended_by(Remedy::Declarant)
    })
}

/// The declaration number that a later step names is the bill's.
pub(super) fn require_entry_no(declared: &Declared, entry_no: &str) -> Result<(), Refusal> {
    if declared.entry_no == entry_no {
        return Ok(());
    }
    Err(Refusal::new(Rule::OtherDeclaration, "entry_no", entry_no, &declared.entry_no))
}
