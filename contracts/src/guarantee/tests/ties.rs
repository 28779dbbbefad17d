//! The transfer and the guarantee in one entry: a release draws, a withdrawal frees, a late second
//! step reaches the guarantor.

use alloc::{format, string::String, vec, vec::Vec};

use serde_json::json;

use crate::{
    combined_port,
    guarantee::state::Stage,
    refusal::Rule,
    testing::{guarantee::*, port::*},
};

const NO: &str = IMPORT_DECLARATION;

fn line() -> [Act; 2] {
    [file(LINE), activate(LINE)]
}

fn reserved() -> Port {
    Port::import_declared().do_all(line()).do_all([reserve(NO, 1000)])
}

fn stands(port: &Port, stage: Stage, used_fen: u64) {
    assert_eq!(port.drawdown(NO).stage, stage);
    assert_eq!(port.line(LINE).used_fen, used_fen);
    port.listing(LINE);
    assert_eq!(port.ledger.not_folds(), vec![]);
}

#[test]
fn a_release_draws_and_taking_it_back_reserves_again() {
    let mut port = reserved();
    let version = |port: &Port| {
        let records = port.ledger.records().iter();
        let line = records.filter(|(k, _)| k.subject == format!("line:{LINE}"));
        line.map(|(_, r)| r.version).sum::<u64>()
    };
    let before = version(&port);
    let release = port.does(&release_on(LINE));
    stands(&port, Stage::Drawn, 1000);
    // The due day is still the same, so the line was not touched.
    assert_eq!(version(&port), before);
    let bill = format!("bill:{IMPORT}");
    let port = port.do_all([void("river_customs", &bill, release)]);
    stands(&port, Stage::Reserved, 1000);
    let port = port.do_all([release_on(LINE), release_on(LINE).with("segment", 2)]);
    stands(&port, Stage::Drawn, 1000);
    assert_eq!(port.bill(IMPORT).release_2.unwrap().tax_reference.as_deref(), Some(LINE));
}

#[test]
fn a_release_stays_where_its_tax_is_claimed_or_partly_paid() {
    let bill = format!("bill:{IMPORT}");
    let mut port = reserved();
    let release = port.does(&release_on(LINE));
    let back = void("river_customs", &bill, release);
    let mut paid = port.clone().do_all([restore(NO, 1)]);
    assert_eq!(paid.tries(&back).unwrap_err().rule, Rule::RestsOnIt);
    let mut late = port.clone().after(20 * DAY);
    let fee = late.drawdown(NO).due;
    let fee = crate::guarantee::daily_fee(1000, 50, crate::guarantee::days_late(fee, late.time));
    late.does(&claim(NO, 1000, fee));
    assert_eq!(late.tries(&back).unwrap_err().rule, Rule::RestsOnIt);
    // Overdue alone does not stand in the way, nor tax that is paid.
    stands(&port.clone().after(20 * DAY).do_all([back.clone()]), Stage::Reserved, 1000);
    stands(&port.do_all([restore(NO, 1000), back]), Stage::Paid, 0);
}

#[test]
fn a_release_without_security_frees_the_reservation() {
    stands(&reserved().do_all([import_release(1)]), Stage::Freed, 0);
    let none = import_release(1).with("tax", "none_due").without("tax_reference");
    stands(&reserved().do_all([none]), Stage::Freed, 0);
}

#[test]
fn a_declaration_that_is_taken_back_frees_its_reservation() {
    let mut port = Port::import_arrived().do_all(line());
    let declaring = port.does(&import_declaration());
    let bill = format!("bill:{IMPORT}");
    let port = port.do_all([reserve(NO, 1000), void("importer", &bill, declaring)]);
    stands(&port, Stage::Freed, 0);
    // Declared again it reserves again: one live drawdown, more than one in its history.
    stands(&port.do_all([import_declaration(), reserve(NO, 900)]), Stage::Reserved, 900);
}

#[test]
fn goods_that_are_withdrawn_free_their_reservation_and_not_what_is_drawn() {
    let firm = file(LINE).with("enterprise_uscc", id("exporter"));
    let port =
        Port::declared().do_all([firm, activate(LINE), reserve(DECLARATION, 1000).by("exporter")]);
    let stage = |port: &Port| (port.drawdown(DECLARATION).stage, port.line(LINE).used_fen);
    let part = port.clone().do_all([withdrawal(&BOXES[..2])]);
    assert_eq!(stage(&part), (Stage::Reserved, 1000));
    assert_eq!(stage(&part.do_all([withdrawal(&BOXES[2..])])), (Stage::Freed, 0));
    let secured = release().with("tax", "guarantee").with("tax_reference", LINE);
    let drawn = port.do_all([secured, withdrawal(&BOXES)]);
    assert_eq!(stage(&drawn), (Stage::Drawn, 1000));
    // Customs frees it, having seen that nothing is due.
    let freed = drawn.do_all([cancel(DECLARATION).by("river_customs")]);
    assert_eq!(stage(&freed), (Stage::Freed, 0));
    assert_eq!(freed.ledger.not_folds(), vec![]);
}

#[test]
fn an_advanced_enterprise_leaves_a_zero_entry() {
    let summarised = Port::import_arrived().do_all([summary(), grade("importer", "advanced")]);
    let mut port = summarised.clone();
    let release = port.does(&release_waived());
    let zero = port.drawdown(NO);
    assert_eq!((zero.stage, zero.amount_fen, zero.filing_no.as_str()), (Stage::Waived, 0, ""));
    assert_eq!(zero.enterprise, id("importer"));
    let complete = port.clone().do_all([complete(), release_waived().with("segment", 2)]);
    assert_eq!(complete.drawdown(NO), zero);
    let port = port.do_all([void("river_customs", &format!("bill:{IMPORT}"), release)]);
    assert_eq!(port.drawdown(NO).stage, Stage::Freed);
    // A reservation that the waiver makes needless is freed first.
    let firm = file(LINE).with("credit_grade", "advanced");
    let port = summarised.do_all([firm, activate(LINE), reserve(NO, 1000), release_waived()]);
    stands(&port, Stage::Waived, 0);
}

/// The parties of the alert about a second step that is late.
fn told(port: &Port) -> Vec<String> {
    let late = |a: &crate::family::Alert| a.kind == "complete_declaration_overdue";
    port.ledger.alerts().into_iter().filter(late).flat_map(|a| a.parties).collect()
}

#[test]
fn a_late_second_step_is_the_guarantors_matter_too() {
    let summarised = Port::import_arrived().do_all([summary()]).do_all(line());
    let bank: String = id("bank").into();
    assert!(!told(&summarised.clone().after(15 * DAY)).contains(&bank));
    let mut port = summarised.do_all([reserve(NO, 1000)]);
    let release = port.does(&release_on(LINE));
    let late = port.clone().after(15 * DAY);
    assert_eq!(told(&late), [id("importer"), "GACC5150", id("bank")]);
    assert_eq!(told(&late.do_all([complete()])), Vec::<String>::new());
    let void = void("river_customs", &format!("bill:{IMPORT}"), release);
    assert!(!told(&port.do_all([void]).after(15 * DAY)).contains(&bank));
}

#[test]
fn a_late_second_step_costs_a_fee_of_its_value() {
    let value = json!({ "amount_minor": 123_456_789_u64, "currency": "USD" });
    let late = |span: u64, act: Act| {
        let port = Port::import_arrived().do_all([summary()]).after(span).do_all([act]);
        assert_eq!(port.ledger.not_folds(), vec![]);
        port.bill(IMPORT).late_filing
    };
    let valued = || complete().with("value", value.clone());
    // In time, and on the due day itself.
    assert_eq!(late(13 * DAY, valued()), None);
    assert_eq!(late(14 * DAY, valued()), None);
    let fee = late(17 * DAY, valued()).unwrap();
    assert_eq!((fee.days, fee.per_100000_a_day), (3, 50));
    // 1,234,567.89 at 0.05 % a day, three days: 1,851.851835.
    let fee = fee.fee.unwrap();
    assert_eq!((fee.amount_minor, fee.currency.as_str()), (185_185, "USD"));
    // The value is sealed: the days are recorded, and customs counts.
    let sealed = late(17 * DAY, complete()).unwrap();
    assert_eq!((sealed.days, sealed.fee), (3, None));
}

#[test]
fn the_release_on_a_cash_deposit_concerns_no_guarantor() {
    let cash = [file_cash(CASH), activate(CASH).by("river_customs")];
    let hold = reserve(NO, 1000).with("filing_no", CASH);
    let port = Port::import_arrived().do_all([summary()]).do_all(cash).do_all([hold]);
    let port = port.do_all([release_on(CASH)]);
    let firm = port.state(&format!("enterprise:{}", id("importer")));
    let combined_port::State::Enterprise(firm) = firm else { panic!() };
    assert_eq!(firm.open[NO].guarantor, None);
    let port = port.after(20 * DAY);
    let drawdown = port.drawdown(NO);
    let days = crate::guarantee::days_late(drawdown.due, port.time + 1000);
    let fee = crate::guarantee::daily_fee(1000, 50, days);
    let settled = settle(NO, 1000 + fee).by("river_customs");
    let port = port.do_all([claim(NO, 1000, fee), settled]);
    assert_eq!(port.line(CASH).settled_fen, 1000 + fee);
}
