//! D15: the first failing rule in the rulebook's order wins.

use crate::{combined_port::tests::order::Order, refusal::Rule};

const ORDER: Order = Order {
    sources: &[
        ("reading", include_str!("../reading.rs")),
        ("anchoring", include_str!("../anchoring.rs")),
        ("keeping", include_str!("../keeping.rs")),
        ("ties", include_str!("../ties.rs")),
    ],
    decide: &[
        "anchoring::anchor",
        "anchoring::link",
        "keeping::withdraw",
        "keeping::retain",
        "keeping::destroy",
        "ties::require_evidence",
    ],
    excused: &[],
};

#[test]
fn rules_are_asked_in_the_order_of_the_rulebook() {
    // The reader sees through helpers: these stand in two files.
    let link = ORDER.rules_of("anchoring::link");
    for rule in [Rule::NoSuchFile, Rule::NoSuchSubject, Rule::FileOver, Rule::LinksFull] {
        assert!(link.contains(&rule), "{rule:?} not found in {link:?}");
    }
    ORDER.holds();
}
