//! D15: the first failing rule in the rulebook's order wins.

use crate::{combined_port::tests::order::Order, refusal::Rule};

const ORDER: Order = Order {
    sources: &[
        ("reading", include_str!("../reading.rs")),
        ("register", include_str!("../register.rs")),
        ("application", include_str!("../application.rs")),
        ("evidence", include_str!("../../evidence/ties.rs")),
    ],
    decide: &[
        "register::kind",
        "register::rules",
        "register::activate",
        "application::apply",
        "application::resubmit",
        // What both end with.
        "application::submit",
        "application::withdraw",
        "application::rule",
    ],
    excused: &[],
};

#[test]
fn rules_are_asked_in_the_order_of_the_rulebook() {
    let submit = ORDER.rules_of("application::submit");
    for rule in
        [Rule::ExporterNotFiled, Rule::PartMissing, Rule::TermTooLong, Rule::DeclarationGone]
    {
        assert!(submit.contains(&rule), "{rule:?} not found in {submit:?}");
    }
    ORDER.holds();
}
