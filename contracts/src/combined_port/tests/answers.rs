//! What a terminal hears when it asks whether a box may leave.

use alloc::vec;

use crate::{
    combined_port::{Answer, may_leave},
    refusal::Rule,
    testing::port::*,
    world::World,
};

fn ask(port: &Port, c: &str) -> Answer {
    may_leave(&World::new(&port.ledger), c, port.ledger.moment()).unwrap().unwrap()
}

#[test]
fn a_box_may_leave_or_one_fact_blocks_it() {
    let a = BOXES[0];
    let held = Port::in_hub().do_all([discharge("TP1", a).with("seals", seal("SH-010001"))]);
    let held_on_board = Port::planned().do_all([load("TP1", a).with("seals", seal("SH-X"))]);
    let i = IMPORTED[0];
    let table = vec![
        (Port::gated(), a, "barge_load", Some(Rule::WrongStatus)),
        (Port::arrived(), a, "barge_load", Some(Rule::NotReleased)),
        (Port::released(), a, "barge_load", None),
        (Port::loaded(), a, "departure", None),
        (held_on_board, a, "departure", Some(Rule::Held)),
        (Port::under_way(), a, "discharge", None),
        (Port::discharged(), a, "vessel_load", None),
        (held, a, "vessel_load", Some(Rule::Held)),
        (Port::planned().do_all([withdrawal(&[a])]), a, "gate_out", None),
        (Port::import_landed(), i, "barge_load", None),
        (Port::import_declared(), i, "gate_out", Some(Rule::NotReleased)),
        (Port::import_released(), i, "gate_out", Some(Rule::NoOrder)),
        (Port::import_ordered(), i, "gate_out", None),
    ];
    for (port, c, next_move, blocked) in table {
        let answer = ask(&port, c);
        assert_eq!(answer.next_move, next_move, "{answer:?}");
        assert_eq!(answer.blocking.as_ref().map(|b| b.rule), blocked, "{answer:?}");
        assert_eq!(answer.allowed, blocked.is_none());
    }
    let gone = ask(&Port::aboard(), a);
    assert_eq!((gone.next_move, gone.allowed), ("none", false));
    let port = Port::new();
    let none = may_leave(&World::new(&port.ledger), a, port.ledger.moment()).unwrap();
    assert_eq!(none, None);
}

#[test]
fn the_answer_names_the_slot_and_the_deadline_of_an_inspection() {
    let port = Port::declared().do_all([notice(), feedback()]);
    let answer = ask(&port, BOXES[0]);
    let inspection = answer.inspection.unwrap();
    assert_eq!(inspection.slot_no.as_deref(), Some("B-07"));
    assert_eq!(answer.deadline, Some(inspection.due));
    assert_eq!(ask(&port, BOXES[1]).inspection.unwrap().slot_no, None);
}
