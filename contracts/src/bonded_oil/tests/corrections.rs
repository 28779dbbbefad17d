//! Taking a statement back: what it undoes, and what stands in its way.

use alloc::{format, string::String, vec, vec::Vec};

use countersign_record::statement::EntryId;

use crate::{
    bonded_oil::state::{DeliveryStage, Stage},
    refusal::Rule,
    testing::{oil::*, port::*},
};

fn on() -> String {
    format!("application:{APPLICATION}")
}

/// What the rule answers where an entry is taken back.
fn refused(port: &mut Port, who: &'static str, subject: &str, entry: EntryId) -> Rule {
    port.tries(&void_oil(who, subject, entry)).unwrap_err().rule
}

#[test]
fn an_application_goes_back_until_oil_is_out() {
    let mut port = Port::stocked();
    let applied = port.does(&apply());
    let approved = port.does(&approve());
    let acknowledged = port.does(&acknowledge());
    assert_eq!(refused(&mut port, "other_supplier", &on(), applied), Rule::NotYours);
    assert_eq!(refused(&mut port, "supply_customs", &on(), approved), Rule::RestsOnIt);
    let mut withdrawn = port.clone();
    withdrawn.does(&void_oil("supplier", &on(), applied));
    assert_eq!(withdrawn.application().stage, Stage::Withdrawn);
    let rule = withdrawn.tries(&outbound("OUT-1", first())).unwrap_err().rule;
    assert_eq!(rule, Rule::ApplicationOver);
    // What was withdrawn does not come back by taking an office's yes back.
    assert_eq!(refused(&mut withdrawn, "receiving_customs", &on(), acknowledged), Rule::RestsOnIt);
    assert_eq!(refused(&mut withdrawn, "supplier", &on(), applied), Rule::NothingToVoid);
    port.does(&void_oil("receiving_customs", &on(), acknowledged));
    assert_eq!(port.application().stage, Stage::Approved);
    port.does(&void_oil("supply_customs", &on(), approved));
    assert_eq!(port.application().stage, Stage::Applied);
    let port = port.do_all([approve(), acknowledge(), outbound("OUT-1", first())]);
    for (who, entry) in [("supplier", applied)] {
        assert_eq!(refused(&mut port.clone(), who, &on(), entry), Rule::RestsOnIt);
    }
}

#[test]
fn an_outbound_goes_back_into_the_book() {
    let mut port = Port::acknowledged();
    let out = port.does(&outbound("OUT-1", tonnes(1_200)));
    assert_eq!(port.account().tanks["T-3"].book_kg(), 1_800_000);
    let signed = port.does(&countersign("OUT-1", 1_200_000));
    assert_eq!(refused(&mut port, "warehouse", &on(), out), Rule::RestsOnIt);
    let mut delivered = port.clone().do_all([deliver(NOTES[0], first())]);
    assert_eq!(refused(&mut delivered, "supplier", &on(), signed), Rule::RestsOnIt);
    port.does(&void_oil("supplier", &on(), signed));
    port.does(&void_oil("warehouse", &on(), out));
    let tank = port.account().tanks["T-3"].clone();
    assert_eq!((tank.book_kg(), tank.out_kg), (3_000_000, 0));
    assert_eq!(port.application().outbound_kg(), 0);
    // The number is free again, since the voucher is gone.
    port.does(&outbound("OUT-1", tonnes(1_200)));
    assert_eq!(port.ledger.not_folds(), Vec::new());
}

#[test]
fn a_closed_period_keeps_its_outbound_and_returns() {
    let mut port = Port::acknowledged();
    let out = port.does(&outbound("OUT-1", tonnes(1_200)));
    let dips = [dip("T-3", tonnes(1_800)), dip_empty("T-4"), close_period(1)];
    let mut port = port.do_all(dips);
    assert_eq!(refused(&mut port, "warehouse", &on(), out), Rule::RestsOnIt);
    assert_eq!(port.account().tanks["T-3"].opening_kg, 1_800_000);
}

#[test]
fn returns_and_losses_go_back_too() {
    let mut port = Port::settled();
    let back = port.does(&bring_back("RET-1", returned()));
    let lost = port.does(&lose("LOSS-1", 500));
    assert_eq!(port.application().balance_kg(), 0);
    port.does(&void_oil("warehouse", &on(), back));
    port.does(&void_oil("supplier", &on(), lost));
    assert_eq!(port.application().balance_kg(), 1_400);
    assert_eq!(port.account().tanks["T-3"].returned_kg, 0);
    // What came back into a tank and was taken off its book since cannot go a second time.
    let back = port.does(&bring_back("RET-1", returned()).with("tank", "T-4"));
    port.does(&adjust("T-4", -900));
    assert_eq!(refused(&mut port, "warehouse", &on(), back), Rule::RestsOnIt);
}

#[test]
fn a_note_goes_back_before_the_ship_has_spoken() {
    let mut port = Port::outbound();
    let noted = port.does(&deliver(NOTES[0], first()));
    let subject = format!("delivery:{}", NOTES[0]);
    let mut confirmed = port.clone().do_all([ship_confirms(NOTES[0], first())]);
    assert_eq!(refused(&mut confirmed, "bunker_barge", &subject, noted), Rule::RestsOnIt);
    assert_eq!(refused(&mut port, "other_bunker_barge", &subject, noted), Rule::NotYours);
    port.does(&void_oil("bunker_barge", &subject, noted));
    assert_eq!(port.delivery(NOTES[0]).stage, DeliveryStage::Void);
    assert_eq!(port.application().balance_kg(), 1_200_000);
    assert_eq!(refused(&mut port, "bunker_barge", &subject, noted), Rule::NothingToVoid);
    let rule = port.tries(&ship_confirms(NOTES[0], first())).unwrap_err().rule;
    assert_eq!(rule, Rule::NoSuchDelivery);
    // Its number stays used, and no deadline of it fires.
    let rule = port.tries(&deliver(NOTES[0], first())).unwrap_err().rule;
    assert_eq!(rule, Rule::DeliveryExists);
    assert_eq!(port.delivery(NOTES[0]).confirmation_due, None);
}

#[test]
fn a_declaration_goes_back_before_the_write_off() {
    let mut port = Port::settled();
    let declared = port.does(&declare(&NOTES, 1_198_600));
    let subject = format!("declaration:{CENTRAL}");
    let mut written_off =
        port.clone().do_all([bring_back("RET-1", returned()), lose("LOSS-1", 500), write_off()]);
    assert_eq!(refused(&mut written_off, "supplier", &subject, declared), Rule::RestsOnIt);
    assert_eq!(refused(&mut port, "other_supplier", &subject, declared), Rule::NotYours);
    port.does(&void_oil("supplier", &subject, declared));
    assert_eq!(port.delivery(NOTES[0]).stage, DeliveryStage::Settled);
    assert_eq!(refused(&mut port, "supplier", &subject, declared), Rule::NothingToVoid);
    let again = declare(&NOTES, 1_198_600);
    assert_eq!(port.tries(&again).unwrap_err().rule, Rule::OilDeclarationUsed);
    port.does(&again.on("declaration:516020260000000002"));
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_write_off_goes_back_and_nothing_else_does_while_it_stands() {
    let mut port = Port::settled().do_all([declare(&NOTES, 1_198_600)]);
    let back = port.does(&bring_back("RET-1", returned()));
    port.does(&lose("LOSS-1", 500));
    let off = port.does(&write_off());
    assert_eq!(refused(&mut port, "warehouse", &on(), back), Rule::RestsOnIt);
    port.does(&void_oil("supply_customs", &on(), off));
    assert_eq!(port.application().stage, Stage::Acknowledged);
    port.does(&void_oil("warehouse", &on(), back));
    assert_eq!(port.application().balance_kg(), 900);
}

#[test]
fn an_unknown_subject_has_nothing_to_take_back() {
    let mut port = Port::stocked();
    let entry = port.does(&dip_empty("T-4"));
    for subject in ["application:X", "delivery:X", "declaration:516020260000000009"] {
        assert_eq!(refused(&mut port, "warehouse", subject, entry), Rule::NothingToVoid);
    }
    let subject = format!("account:{ACCOUNT}");
    assert_eq!(refused(&mut port, "warehouse", &subject, entry), Rule::SubjectName);
}
