//! Histories of the transfer (domain.md §2.1): any party, any kind, any order.

use alloc::{format, vec, vec::Vec};
use std::sync::LazyLock;

use serde_json::json;

use super::{Accepted, Lots, Step, back, choose, pick, up_to};
use crate::testing::port::*;

/// Ledgers in the middle of things, from which random histories go on.
pub(crate) static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    let both = |port: Port| port.do_all([import_manifest("branch"), import_manifest("trunk")]);
    vec![
        Port::filed(),
        both(Port::manifested()),
        both(Port::arrived()),
        both(Port::declared()),
        Port::planned(),
        Port::under_way(),
        Port::in_hub(),
        Port::discharged(),
        Port::sailed(),
        Port::import_landed(),
        Port::import_arrived(),
        Port::import_ordered(),
    ]
});

/// Every act of the two stories, and wrong variants of some.
pub(crate) static ACTS: LazyLock<Vec<Act>> = LazyLock::new(|| {
    let mut acts = vec![
        file_vessel(),
        file_barge(),
        manifest("branch"),
        manifest("trunk"),
        manifest("trunk").with("packages", 299),
        declaration(),
        declaration().with("advance", true),
        declaration().with("packages", 301),
        summary(),
        summary().with("advance", true),
        complete(),
        import_declaration(),
        notice(),
        feedback(),
        inspected(),
        release(),
        release().with("segment", 2),
        import_release(1),
        import_release(2),
        plan("TP1", &BOXES),
        plan("TP3", &BOXES[..2]),
        confirm("TP1", &BOXES),
        confirm("TP3", &BOXES[..2]),
        depart("TP1"),
        depart("TP3"),
        arrive("TP1"),
        arrive("TP3"),
        discharge_report("TP1"),
        discharge_report("TP3"),
        sail(),
        sail().with("voyage", "049E"),
        tally(&BOXES.map(|c| (c, "ok"))),
        tally(&[(BOXES[0], "ok"), (STRANGER, "over")]),
        tally(&[(BOXES[1], "damaged")]),
        import_tally(),
        order(),
        title("exporter"),
        withdrawal(&BOXES),
        withdrawal(&BOXES[2..]),
        import_manifest("branch"),
        import_manifest("trunk"),
        amendment().with("rolled", json!([BOXES[2]])),
        amendment().with("containers", containers(&BOXES[..2])),
        amendment().with("packages", 200),
        act(
            "river_wharf",
            "plan_amendment",
            "plan:TP1",
            json!({ "containers": BOXES[..2], "reason": "one stays" }),
        ),
        clear_hold(format!("bill:{EXPORT}")),
        clear_hold(format!("bill:{EXPORT}")).with("hold", 2),
        clear_hold(format!("bill:{IMPORT}")),
    ];
    for c in BOXES.into_iter().chain([STRANGER]) {
        acts.extend([
            gate_in(c),
            gate_out(c),
            arrival(c, EXPORT),
            load("TP1", c),
            load("TP3", c),
            discharge("TP1", c),
            discharge("TP3", c),
            vessel_load(c),
            load("TP1", c).with("seals", seal("SH-X")),
            attribute(c, "foreign"),
            attribute(c, "domestic"),
            clear_hold(format!("box:{c}")),
            clear_hold(format!("box:{c}")).with("hold", 2).with("true_value", "SH-X"),
        ]);
    }
    for c in IMPORTED {
        acts.extend([
            vessel_discharge(c),
            arrival(c, IMPORT),
            receipt(c),
            gate_out(c),
            load("TP2", c).by("hub_wharf"),
            discharge("TP2", c).by("river_wharf"),
            clear_hold(format!("box:{c}")),
            gate_in(c).without("bill_no"),
        ]);
    }
    acts
});

const PARTIES: [&str; 6] =
    ["river_customs", "hub_customs", "river_wharf", "hub_wharf", "carrier", "agent"];

/// An act of the list, one by a wrong party, a void of a past entry, a position, or a wait.
pub(crate) fn step(port: &Port, accepted: &[Accepted], lots: Lots) -> Step {
    let [what, which, who, ..] = lots;
    let act = || ACTS[pick(which, ACTS.len())].clone();
    match choose(what, &[40, 3, 4, 1, 3]) {
        0 => Step::Act(act()),
        1 => Step::Act(act().by(PARTIES[pick(who, PARTIES.len())])),
        2 => match back(accepted, "combined_port", pick(which, 40)) {
            Some(Accepted { act, entry }) if !act.subject.starts_with("ship") => {
                Step::Act(void(act.who, &act.subject, *entry))
            }
            _ => Step::Nothing,
        },
        3 => Step::Wait(up_to(which, 5 * DAY)),
        _ => Step::Act(position(port.time)),
    }
}
