//! Central declarations.

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

const SECOND: &str = "declaration:516020260000000002";

pub(super) fn rows() -> Vec<Row> {
    let settled = Port::settled();
    let both = || declare(&NOTES, 1_198_600);
    let one = |rule: Rule, bad: Act| beside(rule, &settled, vec![bad], vec![both()]);
    let other = Port::settled().do_all([open_account().on("account:OTHER")]);
    let in_part = Port::settled().do_all([declare(&NOTES[..1], 700_000)]);
    vec![
        one(Rule::NoSuchAccount, both().with("account_no", "OTHER")),
        one(Rule::NoSuchDelivery, declare(&[NOTES[0], "BDN-9"], 700_000)),
        one(Rule::NotNamedForIt, both().by("other_supplier")),
        beside(
            Rule::OilDeclarationUsed,
            &in_part,
            vec![declare(&NOTES[1..], 498_600)],
            vec![declare(&NOTES[1..], 498_600).on(SECOND)],
        ),
        // §7.2: a declaration that includes the disputed delivery.
        beside(
            Rule::Disputed,
            &Port::disputed(),
            vec![both()],
            vec![declare(&NOTES[..1], 700_000)],
        ),
        beside(
            Rule::NotSettled,
            &Port::delivered(),
            vec![declare(&NOTES[..1], 700_000)],
            vec![ship_confirms(NOTES[0], first()), declare(&NOTES[..1], 700_000)],
        ),
        beside(
            Rule::DeliveryDeclared,
            &in_part,
            vec![both().on(SECOND)],
            vec![declare(&NOTES[1..], 498_600).on(SECOND)],
        ),
        one(Rule::OtherPeriod, both().with("period", 202_610)),
        beside(
            Rule::OtherAccount,
            &other,
            vec![both().with("account_no", json!("OTHER"))],
            vec![both()],
        ),
        one(Rule::DeclaredTotal, declare(&NOTES, 1_198_599)),
    ]
}
