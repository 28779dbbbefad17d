//! The way of an export and of an import from the first entry to the closing, undisturbed.

use alloc::{format, vec};

use serde_json::json;

use crate::{combined_port::state::Standing, testing::port::*};

#[test]
fn an_export_closes_by_itself_when_all_is_tallied() {
    let port = Port::closed();
    let bill = port.bill(EXPORT);
    assert_eq!(bill.standing, Standing::Closed);
    assert!(bill.closed_at.is_some() && bill.holds.is_empty());
    assert_eq!(port.alerts(), vec![]);
    assert_eq!(port.ledger.not_folds(), vec![]);
    let container = port.json(&format!("box:{}", BOXES[0]));
    assert_eq!(container["status"], "loaded_vessel");
    assert_eq!(container["holder"], json!({ "spot": "vessel", "place": VESSEL }));
    assert_eq!(container["seals"]["numbers"], json!(["SH-001000"]));
}

#[test]
fn an_import_closes_when_tallied_gone_and_free_for_the_market() {
    let port = Port::import_ordered().do_all([import_tally()]);
    let port = port.do_all(IMPORTED.map(gate_out));
    assert_eq!(port.bill(IMPORT).standing, Standing::Open);
    let port = port.do_all([import_release(2)]);
    assert_eq!(port.bill(IMPORT).standing, Standing::Closed);
    assert_eq!(port.ledger.not_folds(), vec![]);
    assert_eq!(port.alerts(), vec![]);
}

#[test]
fn a_container_begins_a_new_trip_when_its_old_one_is_over() {
    let mut port = Port::closed();
    let again = import_manifest("trunk").with("containers", containers(&BOXES[..2]));
    let twin = import_manifest("branch").with("containers", containers(&BOXES[..2]));
    port = port.do_all([again, twin, vessel_discharge(BOXES[0])]);
    let container = port.container(BOXES[0]);
    assert_eq!(container.trip.unwrap().bill_no, IMPORT);
    assert_eq!(port.bill(EXPORT).standing, Standing::Closed);
}

#[test]
fn an_empty_container_comes_back_and_leaves_without_a_bill() {
    let empty =
        |act: Act| act.with("fullness", "empty").with("seals", json!([])).without("bill_no");
    let back = empty(gate_in(STRANGER));
    let out = empty(gate_out(STRANGER)).without("eir_no");
    let port = Port::new().do_all([back, out]);
    assert_eq!(port.json(&format!("box:{STRANGER}"))["status"], "gated_out");
}
