//! Delivery notes, the ship's figures, the surveyor.

use alloc::{format, vec, vec::Vec};

use serde_json::json;

use crate::{
    limits::DELIVERIES_PER_APPLICATION_MAX,
    refusal::Rule,
    testing::{
        oil::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = delivering();
    rows.extend(confirming());
    rows.extend(settling());
    rows
}

fn delivering() -> Vec<Row> {
    let out = Port::outbound();
    let note = || deliver(NOTES[0], first());
    let pair = |rule: Rule, bad: Act, good: Act| beside(rule, &out, vec![bad], vec![good]);
    let one = |rule: Rule, bad: Act| pair(rule, bad, note());
    vec![
        one(Rule::NoSuchApplication, note().with("application_no", "OTHER")),
        one(Rule::NotNamedForIt, note().by("other_bunker_barge")),
        beside(
            Rule::DeliveryExists,
            &Port::delivered(),
            vec![note()],
            vec![ship_confirms(NOTES[0], first())],
        ),
        beside(
            Rule::NotAcknowledged,
            &Port::approved(),
            vec![note()],
            vec![acknowledge(), outbound("O", first()), countersign("O", 700_000), note()],
        ),
        pair(
            Rule::OutsideWindow,
            note().with("start_time", START + 5 * DAY + 1),
            note().with("start_time", START + 5 * DAY),
        ),
        pair(
            Rule::OutsideWindow,
            note().with("start_time", START - 1),
            note().with("start_time", START),
        ),
        one(Rule::OtherShip, note().with("imo", "9346524")),
        one(Rule::OtherShip, note().with("ship_name", "OCEAN LANTERNS")),
        one(Rule::OutsideDistrict, note().with("port", HUB)),
        // 1,305,576 l weigh 1,200.002 t, of which 1,200.000 are out.
        pair(
            Rule::OverOutbound,
            deliver(NOTES[0], measured(1_305_576, 1_200_001)),
            deliver(NOTES[0], measured(1_305_576, 1_200_000)),
        ),
        full(),
    ]
}

/// As many deliveries as fit, and one more.
fn full() -> Row {
    let note = |i: usize| deliver(&format!("N-{i}"), returned());
    let fill = |n: usize| -> Vec<Act> { (0..n).map(note).collect() };
    let most = DELIVERIES_PER_APPLICATION_MAX;
    beside(Rule::RecordFull, &Port::outbound(), fill(most + 1), fill(most))
}

fn confirming() -> Vec<Row> {
    let delivered = Port::delivered();
    let yes = || ship_confirms(NOTES[0], first());
    let mut heavy = first();
    heavy["qty_kg"] = json!(700_701);
    let mut light = first();
    light["density15_g_m3"] = json!(780_000);
    vec![
        beside(
            Rule::NoSuchDelivery,
            &Port::outbound(),
            vec![yes()],
            vec![deliver(NOTES[0], first()), yes()],
        ),
        beside(Rule::NotNamedForIt, &with_second_ship(), vec![yes().by("other_ship")], vec![yes()]),
        beside(Rule::MassDiffers, &delivered, vec![ship_confirms(NOTES[0], heavy)], vec![yes()]),
        beside(Rule::DensityRange, &delivered, vec![ship_confirms(NOTES[0], light)], vec![yes()]),
        beside(
            Rule::ConfirmedAlready,
            &delivered,
            vec![yes(), yes()],
            vec![yes(), ship_confirms(NOTES[1], second())],
        ),
    ]
}

/// Customs admits another receiving ship.
fn with_second_ship() -> Port {
    let admission = json!({ "names": { "en": "Other ship", "zh": "另一受油船" },
        "roles": ["receiving_ship"], "keys": [public("other_ship")] });
    let admit = Act {
        who: "receiving_customs",
        family: "membership",
        kind: "admit",
        subject: "party:91440783714753661E".into(),
        body: admission,
    };
    Port::delivered().do_all([admit])
}

fn settling() -> Vec<Row> {
    let disputed = Port::disputed();
    let yes = || settle(NOTES[1], 498_600);
    // A supplier that is also a surveyor may not settle its own dispute.
    let own = Port::stocked().do_all([
        amend_account(&[], &[id("other_supplier")]),
        apply().by("other_supplier"),
        approve(),
        acknowledge(),
        outbound("OUT-1", tonnes(1_200)),
        countersign("OUT-1", 1_200_000).by("other_supplier"),
        deliver(NOTES[1], second()),
        ship_confirms(NOTES[1], by_the_ship()),
    ]);
    vec![
        beside(Rule::NotIndependent, &own, vec![yes().by("other_supplier")], vec![yes()]),
        beside(Rule::NotDisputed, &disputed, vec![settle(NOTES[0], 1)], vec![yes()]),
        // 1.400 t more than the barge's figure are out and nowhere else.
        beside(
            Rule::OverOutbound,
            &disputed,
            vec![settle(NOTES[1], 500_001)],
            vec![settle(NOTES[1], 500_000)],
        ),
    ]
}
