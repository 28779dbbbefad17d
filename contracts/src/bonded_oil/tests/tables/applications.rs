//! Applications, the two offices, and the write-off.

use alloc::{vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        oil::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = applying();
    rows.extend(deciding());
    rows.extend(writing_off());
    rows
}

fn applying() -> Vec<Row> {
    let stocked = Port::stocked();
    let one = |rule: Rule, bad: Act| beside(rule, &stocked, vec![bad], vec![apply()]);
    let domestic = json!({ "imo": "9988774", "name": "OCEAN LANTERN", "flag": "LBR",
        "voyage": "112W", "international": false });
    let product = json!({ "grade": "RMG380", "sulphur_class": "ULSFO" });
    vec![
        one(Rule::NoSuchAccount, apply().with("account_no", "OTHER")),
        one(Rule::NoSuchTank, apply().with("tank", "T-9")),
        beside(
            Rule::ApplicationExists,
            &Port::applied(),
            vec![apply()],
            vec![apply().on("application:OIL-2026-0002")],
        ),
        one(Rule::NamedPartyRole, apply().with("barge_party", id("receiving_ship"))),
        one(Rule::NamedPartyRole, apply().with("ship_party", "91440606MA7DEM000X")),
        beside(
            Rule::NotOnAccount,
            &stocked,
            vec![apply().by("other_supplier")],
            vec![amend_account(&[], &[id("other_supplier")]), apply().by("other_supplier")],
        ),
        one(Rule::OtherProduct, apply().with("product", product)),
        one(Rule::NotInternational, apply().with("ship", domestic)),
        beside(
            Rule::StockShort,
            &stocked,
            vec![apply().with("qty_kg", 3_000_001)],
            vec![apply().with("qty_kg", 3_000_000)],
        ),
        // The statement that passes comes two seconds after the founding.
        beside(
            Rule::WindowPast,
            &stocked,
            vec![apply().with("window_to", START + 2_000)],
            vec![apply().with("window_to", START + 2_001)],
        ),
    ]
}

fn deciding() -> Vec<Row> {
    let applied = Port::applied();
    let approved = Port::approved();
    let acknowledged = Port::acknowledged();
    let refused = approve().with("decision", "refuse").with("reason", "no stock");
    vec![
        beside(
            Rule::NoSuchApplication,
            &Port::stocked(),
            vec![approve()],
            vec![apply(), approve()],
        ),
        beside(
            Rule::NotSupplyCustoms,
            &applied,
            vec![approve().by("receiving_customs")],
            vec![approve()],
        ),
        beside(Rule::ApplicationOver, &applied, vec![refused, approve()], vec![approve()]),
        beside(Rule::DecidedAlready, &approved, vec![approve()], vec![acknowledge()]),
        beside(
            Rule::OverApplied,
            &applied,
            vec![approve().with("approved_kg", 1_200_001)],
            vec![approve().with("approved_kg", 1_199_999)],
        ),
        beside(
            Rule::NotReceivingCustoms,
            &approved,
            vec![acknowledge().by("supply_customs")],
            vec![acknowledge()],
        ),
        beside(Rule::NotApproved, &applied, vec![acknowledge()], vec![approve(), acknowledge()]),
        beside(
            Rule::DecidedAlready,
            &acknowledged,
            vec![acknowledge()],
            vec![outbound("OUT-1", first())],
        ),
    ]
}

fn writing_off() -> Vec<Row> {
    let balanced = Port::balanced();
    let undeclared = Port::settled().do_all([bring_back("RET-1", returned()), lose("L-1", 500)]);
    vec![
        beside(
            Rule::NotSupplyCustoms,
            &balanced,
            vec![write_off().by("receiving_customs")],
            vec![write_off()],
        ),
        beside(
            Rule::ApplicationOver,
            &Port::written_off(),
            vec![write_off()],
            vec![open_account().on("account:OTHER")],
        ),
        beside(Rule::NotAcknowledged, &Port::approved(), vec![write_off()], vec![acknowledge()]),
        beside(
            Rule::Disputed,
            &Port::disputed().do_all([bring_back("RET-1", returned()), lose("L-1", 500)]),
            vec![write_off()],
            vec![settle(NOTES[1], 498_600), declare(&NOTES, 1_198_600), write_off()],
        ),
        beside(
            Rule::NotSettled,
            &Port::delivered(),
            vec![write_off()],
            vec![ship_confirms(NOTES[0], first())],
        ),
        beside(
            Rule::NothingOut,
            &Port::acknowledged(),
            vec![write_off()],
            vec![outbound("OUT-1", first())],
        ),
        beside(
            Rule::NotCountersigned,
            &Port::acknowledged().do_all([outbound("OUT-1", returned())]),
            vec![write_off()],
            vec![countersign("OUT-1", 900), bring_back("RET-1", returned()), write_off()],
        ),
        beside(
            Rule::BalanceOpen,
            &Port::centrally_declared().do_all([bring_back("RET-1", returned())]),
            vec![lose("LOSS-1", 499), write_off()],
            vec![lose("LOSS-1", 500), write_off()],
        ),
        beside(
            Rule::NotAllDeclared,
            &undeclared,
            vec![declare(&NOTES[..1], 700_000), write_off()],
            vec![declare(&NOTES, 1_198_600), write_off()],
        ),
        beside(
            Rule::NotNamedForIt,
            &Port::settled(),
            vec![lose("LOSS-1", 1).by("other_supplier")],
            vec![lose("LOSS-1", 1)],
        ),
    ]
}
