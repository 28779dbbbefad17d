//! D15: the first failing rule in the rulebook's order wins.

use crate::{combined_port::tests::order::Order, refusal::Rule};

const ORDER: Order = Order {
    sources: &[
        ("reading", include_str!("../reading.rs")),
        ("lines", include_str!("../lines.rs")),
        ("draws", include_str!("../draws.rs")),
        ("payments", include_str!("../payments.rs")),
        ("ties", include_str!("../ties.rs")),
    ],
    decide: &[
        "lines::file",
        "lines::activate",
        "lines::suspend",
        "lines::resume",
        "lines::amend",
        "lines::close",
        "lines::grade",
        "draws::reserve",
        "draws::cancel",
        "draws::draw",
        "draws::adjust",
        "payments::restore",
        "payments::claim",
        "payments::withdraw_claim",
        "payments::settle",
        "ties::release_secured",
        "ties::release_waived",
        "ties::take_release_back",
    ],
    excused: &[],
};

#[test]
fn rules_are_asked_in_the_order_of_the_rulebook() {
    // The reader sees through helpers: these stand in three files.
    let reserve = ORDER.rules_of("draws::reserve");
    for rule in [Rule::NoSuchLine, Rule::LineExpired, Rule::Discredited, Rule::NoHeadroom] {
        assert!(reserve.contains(&rule), "{rule:?} not found in {reserve:?}");
    }
    ORDER.holds();
}
