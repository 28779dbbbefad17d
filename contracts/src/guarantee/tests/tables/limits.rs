//! What may be drawn: limit, term, scope, office, firm.

use alloc::{vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        guarantee::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [limits(), terms(), firms()].into_iter().flatten().collect()
}

fn limits() -> Vec<Row> {
    let active = Port::line_active();
    let used = active.clone().do_all([reserve(&entry(1), 400_000 * YUAN)]);
    let (one, two) = (entry(1), entry(2));
    vec![
        beside(
            Rule::NoHeadroom,
            &active,
            vec![reserve(&one, 1_000_000 * YUAN + 1)],
            vec![reserve(&one, 1_000_000 * YUAN)],
        ),
        beside(
            Rule::NoHeadroom,
            &used,
            vec![reserve(&two, 600_000 * YUAN + 1)],
            vec![reserve(&two, 600_000 * YUAN)],
        ),
        beside(
            Rule::NoHeadroom,
            &used,
            vec![adjust(&one, 1_000_000 * YUAN + 1)],
            vec![adjust(&one, 1_000_000 * YUAN)],
        ),
        beside(
            Rule::LimitBelowUsed,
            &used,
            vec![amend(LINE).with("limit_fen", 400_000 * YUAN - 1)],
            vec![amend(LINE).with("limit_fen", 400_000 * YUAN)],
        ),
        beside(
            Rule::DrawsLive,
            &used,
            vec![because("close", LINE)],
            vec![cancel(&one), because("close", LINE)],
        ),
        beside(
            Rule::NothingChanges,
            &used,
            vec![amend(LINE).with("limit_fen", 1_000_000 * YUAN)],
            vec![amend(LINE).with("limit_fen", 1_000_000 * YUAN + 1)],
        ),
        beside(
            Rule::NothingChanges,
            &used,
            vec![adjust(&one, 400_000 * YUAN)],
            vec![adjust(&one, 400_000 * YUAN).with("due", START + 30 * DAY)],
        ),
        beside(
            Rule::NothingChanges,
            &used,
            vec![grade("importer", "registered")],
            vec![grade("importer", "advanced")],
        ),
    ]
}

fn terms() -> Vec<Row> {
    let one = entry(1);
    let later = START + 200 * DAY;
    let over = Port::line_active().after(101 * DAY);
    let second = file("GB-2").with("valid_to", later);
    // The batches of these acts are at START + 1 s, 2 s and so on.
    let begins = Port::new().do_all([file(LINE).with("valid_from", START + 3500), activate(LINE)]);
    vec![
        beside(
            Rule::LineNotYetValid,
            &begins,
            vec![reserve(&one, 1)],
            vec![grade("exporter", "advanced"), reserve(&one, 1)],
        ),
        beside(
            Rule::LineExpired,
            &over,
            vec![reserve(&one, 1)],
            vec![second, activate("GB-2"), reserve(&one, 1).with("filing_no", "GB-2")],
        ),
        beside(
            Rule::TermOver,
            &over,
            vec![file("GB-2")],
            vec![file("GB-2").with("valid_to", later)],
        ),
        beside(
            Rule::TermOver,
            &Port::line_active(),
            vec![amend(LINE).with("valid_to", START)],
            vec![amend(LINE).with("valid_to", START + DAY)],
        ),
    ]
}

fn firms() -> Vec<Row> {
    let one = entry(1);
    let active = Port::line_active();
    let narrow =
        Port::new().do_all([file(LINE).with("beneficiaries", json!(["51"])), activate(LINE)]);
    let cash = [file_cash(CASH), activate(CASH).by("river_customs")];
    let discredited = active.clone().do_all(cash).do_all([grade("importer", "discredited")]);
    let of_exporter = [file(LINE).with("enterprise_uscc", id("exporter")), activate(LINE)];
    let exports = Port::declared().do_all(of_exporter.clone());
    vec![
        beside(
            Rule::NotBeneficiary,
            &narrow,
            vec![reserve("530420261000000001", 1)],
            vec![reserve(&one, 1)],
        ),
        beside(
            Rule::NotBeneficiary,
            &Port::new(),
            vec![file(LINE).with("beneficiaries", json!(["53"]))],
            vec![file(LINE).with("beneficiaries", json!(["53"])).by("hub_customs")],
        ),
        beside(
            Rule::ScopeMissing,
            &active,
            vec![reserve(&one, 1).with("scope", "tax_elements")],
            vec![reserve(&one, 1).with("scope", "consolidated")],
        ),
        beside(
            Rule::Discredited,
            &discredited,
            vec![reserve(&one, 1)],
            vec![reserve(&one, 1).with("filing_no", CASH)],
        ),
        beside(
            Rule::Discredited,
            &discredited,
            vec![file("GB-2").with("credit_grade", "discredited")],
            vec![file_cash("GC-2").with("credit_grade", "discredited")],
        ),
        // More tax is a new draw; less is not.
        beside(
            Rule::Discredited,
            &active.clone().do_all([reserve(&one, 1000), grade("importer", "discredited")]),
            vec![adjust(&one, 1001)],
            vec![adjust(&one, 999)],
        ),
        beside(
            Rule::DeclarationOver,
            &exports.clone().do_all([withdrawal(&BOXES)]),
            vec![reserve(DECLARATION, 1).by("exporter")],
            vec![reserve(&one, 1).by("exporter")],
        ),
        beside(
            Rule::OtherConsignor,
            &Port::import_declared().do_all(of_exporter),
            vec![reserve(IMPORT_DECLARATION, 1).by("exporter")],
            vec![reserve(DECLARATION, 1).by("exporter")],
        ),
    ]
}
