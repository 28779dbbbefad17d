//! Histories of bonded oil (domain.md §2.2): any party, any kind, any order.

use alloc::{format, vec, vec::Vec};
use std::sync::LazyLock;

use super::{Accepted, Lots, Step, back, choose, pick, up_to};
use crate::testing::{oil::*, port::*};

/// Ledgers in the middle of things, from which random histories go on.
pub(crate) static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    vec![
        Port::stocked(),
        Port::acknowledged(),
        Port::outbound(),
        Port::delivered(),
        Port::disputed(),
        Port::settled(),
        Port::centrally_declared(),
        Port::balanced(),
        Port::written_off(),
    ]
});

/// Every act of the story, further applications and deliveries, and wrong variants of some.
pub(crate) static ACTS: LazyLock<Vec<Act>> = LazyLock::new(|| {
    let mut acts = vec![
        open_account(),
        amend_account(&[tank("T-5", 7_000)], &[]),
        amend_account(&[], &[id("other_supplier")]),
        stock_in("T-3", first()),
        stock_in("T-4", second()),
        dip("T-3", tonnes(1_800)),
        dip("T-3", tonnes(2_990)),
        dip_empty("T-4"),
        dip_empty("T-5"),
        adjust("T-3", 900),
        adjust("T-3", -2_000_000),
        adjust("T-4", -900),
        close_period(1),
        close_period(2),
        declare(&NOTES, 1_198_600),
        declare(&NOTES[..1], 700_000),
        declare(&NOTES[1..], 498_600),
        declare(&NOTES, 1_198_600).on("declaration:516020260000000002"),
        declare(&NOTES[..1], 700_000).on("declaration:516020260000000003"),
    ];
    for application in [APPLICATION, "OIL-2026-0002"] {
        let on = |act: Act| act.on(format!("application:{application}"));
        acts.extend(
            [
                apply(),
                approve(),
                approve().with("approved_kg", 900_000),
                approve().with("decision", "refuse").with("reason", "no"),
                acknowledge(),
                acknowledge().with("decision", "refuse").with("reason", "no"),
                outbound("OUT-1", tonnes(1_200)),
                outbound("OUT-2", first()),
                outbound("OUT-3", second()),
                countersign("OUT-1", 1_200_000),
                countersign("OUT-2", 700_000),
                countersign("OUT-3", 498_600),
                bring_back("RET-1", returned()),
                bring_back("RET-2", returned()).with("tank", "T-4"),
                bring_back("RET-3", second()),
                lose("LOSS-1", 500),
                lose("LOSS-2", 1_400),
                write_off(),
            ]
            .map(on),
        );
    }
    for (bdn_no, weight) in [(NOTES[0], first()), (NOTES[1], second()), ("BDN-0003", second())] {
        let other = deliver(bdn_no, weight.clone()).with("application_no", "OIL-2026-0002");
        acts.extend([
            deliver(bdn_no, weight.clone()),
            other,
            deliver(bdn_no, weight.clone()).with("sulphur_pct_milli", 530),
            ship_confirms(bdn_no, weight),
            ship_confirms(bdn_no, by_the_ship()),
            settle(bdn_no, 498_600),
            settle(bdn_no, 487_142),
            settle(bdn_no, 500_000),
        ]);
    }
    acts
});

const PARTIES: [&str; 6] = [
    "supplier",
    "warehouse",
    "other_warehouse",
    "supply_customs",
    "receiving_customs",
    "other_supplier",
];

/// An act of the list, one by a wrong party, a void of a past entry, or a wait.
pub(crate) fn step(_: &Port, accepted: &[Accepted], lots: Lots) -> Step {
    let [what, which, who, ..] = lots;
    let act = || ACTS[pick(which, ACTS.len())].clone();
    match choose(what, &[40, 3, 5, 1]) {
        0 => Step::Act(act()),
        1 => Step::Act(act().by(PARTIES[pick(who, PARTIES.len())])),
        2 => match back(accepted, "bonded_oil", pick(which, 40)) {
            Some(Accepted { act, entry }) if !act.subject.starts_with("account") => {
                Step::Act(void_oil(act.who, &act.subject, *entry))
            }
            _ => Step::Nothing,
        },
        _ => Step::Wait(up_to(which, 3 * DAY)),
    }
}
