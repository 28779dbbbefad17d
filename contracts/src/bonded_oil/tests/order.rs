//! D15: the first failing rule in the rulebook's order wins.

use crate::{combined_port::tests::order::Order, refusal::Rule};

const ORDER: Order = Order {
    sources: &[
        ("reading", include_str!("../reading.rs")),
        ("product", include_str!("../product.rs")),
        ("account", include_str!("../account.rs")),
        ("application", include_str!("../application.rs")),
        ("movement", include_str!("../movement.rs")),
        ("delivery", include_str!("../delivery.rs")),
        ("declaration", include_str!("../declaration.rs")),
        ("corrections", include_str!("../corrections.rs")),
        ("evidence", include_str!("../../evidence/ties.rs")),
    ],
    decide: &[
        "account::open",
        "account::amend",
        "account::stock_in",
        "account::dip",
        "account::adjust",
        "account::close",
        "application::apply",
        "application::approve",
        "application::acknowledge",
        "application::write_off",
        "movement::outbound",
        "movement::countersign",
        "movement::bring_back",
        "movement::lose",
        "delivery::deliver",
        "delivery::confirm",
        "delivery::settle",
        "declaration::declare",
        "corrections::void_on_application",
        "corrections::void_delivery",
        "corrections::void_declaration",
    ],
    excused: &[],
};

#[test]
fn rules_are_asked_in_the_order_of_the_rulebook() {
    // The reader sees through helpers: these stand in four files.
    let deliver = ORDER.rules_of("delivery::deliver");
    for rule in
        [Rule::NoSuchApplication, Rule::NotNamedForIt, Rule::SulphurLimit, Rule::OverOutbound]
    {
        assert!(deliver.contains(&rule), "{rule:?} not found in {deliver:?}");
    }
    ORDER.holds();
}
