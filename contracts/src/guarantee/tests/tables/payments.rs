//! What is paid, claimed and settled, and releases on security.

use alloc::{vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        guarantee::*,
        port::*,
        table::{Row, beside, row},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [payments(), claims(), releases()].into_iter().flatten().collect()
}

fn payments() -> Vec<Row> {
    let one = entry(1);
    let drawn = Port::drawn();
    let overdue = Port::overdue();
    let all = 100_000 * YUAN;
    let late = |fen| restore(&one, all).with("paid_at", START + 16 * DAY).with("late_fee_fen", fen);
    vec![
        beside(
            Rule::RestoredTooMuch,
            &drawn,
            vec![restore(&one, all + 1)],
            vec![restore(&one, all)],
        ),
        beside(
            Rule::RestoredTooMuch,
            &drawn,
            vec![restore(&one, 1), restore(&one, all)],
            vec![restore(&one, 1), restore(&one, all - 1)],
        ),
        beside(
            Rule::AssessedBelowPaid,
            &drawn,
            vec![restore(&one, 500), adjust(&one, 499)],
            vec![restore(&one, 500), adjust(&one, 500)],
        ),
        beside(Rule::LateFeeDiffers, &overdue, vec![late(50 * YUAN - 1)], vec![late(50 * YUAN)]),
        // What was paid in time and booked late owes no fee.
        beside(
            Rule::LateFeeDiffers,
            &overdue,
            vec![restore(&one, all).with("late_fee_fen", 50 * YUAN)],
            vec![restore(&one, all).with("late_fee_fen", 0)],
        ),
    ]
}

fn claims() -> Vec<Row> {
    let one = entry(1);
    let overdue = Port::overdue();
    let claimed = Port::claimed();
    let (all, fee) = (100_000 * YUAN, 50 * YUAN);
    let run = |port: Port, act: Act| move || port.clone().tries(&act).map(|_| ());
    vec![
        row(
            Rule::NotOverdue,
            run(Port::drawn(), claim(&one, all, 0)),
            run(Port::overdue(), claim(&one, all, fee)),
        ),
        beside(
            Rule::NotDeclarationOffice,
            &Port::new()
                .do_all([file(LINE).with("beneficiaries", json!(["51"])), activate(LINE)])
                .do_all([reserve(&one, all), draw(&one)])
                .after(16 * DAY),
            vec![claim(&one, all, fee).by("hub_customs")],
            vec![claim(&one, all, fee)],
        ),
        beside(
            Rule::ClaimDiffers,
            &overdue,
            vec![claim(&one, all, fee + 1)],
            vec![claim(&one, all, fee).by("hub_customs")],
        ),
        beside(
            Rule::ClaimDiffers,
            &overdue,
            vec![restore(&one, 1), claim(&one, all, fee)],
            vec![restore(&one, 1), claim(&one, all - 1, fee)],
        ),
        beside(
            Rule::NoClaim,
            &overdue,
            vec![settle(&one, all + fee)],
            vec![claim(&one, all, fee), settle(&one, all + fee)],
        ),
        beside(
            Rule::PaymentDiffers,
            &claimed,
            vec![settle(&one, all)],
            vec![settle(&one, all + fee)],
        ),
        beside(
            Rule::NotGuarantor,
            &claimed,
            vec![settle(&one, all + fee).by("insurer")],
            vec![settle(&one, all + fee)],
        ),
        // Who has called the guarantor takes no payment before the claim is taken back.
        beside(
            Rule::DrawdownStage,
            &claimed,
            vec![restore(&one, all)],
            vec![withdraw_claim(&one), restore(&one, all)],
        ),
    ]
}

fn releases() -> Vec<Row> {
    let line = [file(LINE), activate(LINE)];
    let full = Port::import_declared().do_all(line.clone());
    let summarised = Port::import_arrived().do_all([summary()]).do_all(line);
    let held = |act: Act| vec![reserve(IMPORT_DECLARATION, 1000), act];
    vec![
        beside(Rule::NotSecured, &full, vec![release_on(LINE)], held(release_on(LINE))),
        beside(Rule::NotSecured, &full, held(release_on("GB-2")), held(release_on(LINE))),
        beside(
            Rule::WaiverOneStep,
            &full.clone().do_all([grade("importer", "advanced")]),
            vec![release_waived()],
            vec![import_release(1)],
        ),
        beside(
            Rule::WaiverGrade,
            &summarised,
            vec![release_waived()],
            vec![grade("importer", "advanced"), release_waived()],
        ),
        beside(
            Rule::WaiverGrade,
            &summarised.clone().do_all([grade("importer", "discredited")]),
            vec![release_waived()],
            vec![grade("importer", "advanced"), release_waived()],
        ),
        // A waiver is no way out of a drawdown.
        beside(
            Rule::DrawdownLive,
            &summarised
                .do_all([grade("importer", "advanced"), reserve(IMPORT_DECLARATION, 1000)])
                .do_all([release_on(LINE), complete()]),
            vec![release_waived().with("segment", 2)],
            vec![release_on(LINE).with("segment", 2)],
        ),
    ]
}
