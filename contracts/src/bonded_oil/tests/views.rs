//! The delivery note and the account at a glance.

use alloc::{format, string::ToString, vec::Vec};

use serde_json::{Value, json};

use crate::{
    bonded_oil::{AccountView, DeliveryNote, state::Stage},
    testing::{oil::*, port::*},
};

fn note(port: &Port, bdn_no: &str) -> Value {
    let note = DeliveryNote::of(bdn_no, &port.delivery(bdn_no), &port.application());
    serde_json::to_value(note).unwrap()
}

/// MARPOL Annex VI, appendix V: every item has its value in the view.
#[test]
fn a_note_has_every_field_of_appendix_v() {
    let port = Port::settled();
    let note = note(&port, NOTES[1]);
    // Name and IMO number of the receiving ship; port; date of commencement.
    assert_eq!(
        (&note["ship"]["name"], &note["ship"]["imo"]),
        (&json!("OCEAN LANTERN"), &json!("9988774"))
    );
    assert_eq!((&note["port"], &note["start_time"]), (&json!(ELSEWHERE), &json!(START + HOUR)));
    // Name, address and telephone number of the supplier.
    let supplier = json!({ "party": id("supplier"), "name": "Panyu Bunker Supply",
        "address": "Lianhuashan Port, Panyu", "phone": "+86 20 0000 0000" });
    assert_eq!(note["supplier"], supplier);
    // Product name, quantity in tonnes, density at 15 °C, sulphur, flashpoint.
    assert_eq!(note["product"], rmg380());
    assert_eq!((&note["qty_kg"], &note["density15_g_m3"]), (&json!(498_600), &json!(941_200)));
    assert_eq!(note["sulphur_pct_milli"], 470);
    assert_eq!((&note["flash_c_deci"], &note["flash_at_or_above"]), (&json!(700), &json!(true)));
    // The declaration, and the seals of the sample.
    assert_eq!(note["declaration"]["conforms_18_3"], true);
    assert_eq!(note["declaration"]["sulphur"], "14.1");
    assert_eq!(note["sample_seals"], json!(["MS-0001"]));
    // Both parties' figures, the settlement, and the entries that signed them.
    assert_eq!(note["barge"]["qty_kg"], 498_600);
    assert_eq!(note["receiver"]["measured"]["qty_kg"], 487_142);
    assert_eq!((&note["basis"], &note["stage"]), (&json!("surveyor"), &json!("settled")));
    let signed = note["signatures"].as_array().unwrap();
    let roles: Vec<&str> = signed.iter().map(|s| s["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["bunker_barge", "receiving_ship", "surveyor"]);
    let delivery = port.delivery(NOTES[1]);
    assert_eq!(signed[0]["entry"], delivery.by.entry.to_string());
    assert_eq!(signed[2]["party"], id("surveyor"));
}

#[test]
fn a_disputed_note_has_no_quantity_that_holds() {
    let port = Port::disputed();
    let note = note(&port, NOTES[1]);
    assert_eq!((&note["qty_kg"], &note["basis"]), (&Value::Null, &Value::Null));
    assert_eq!(note["stage"], "disputed");
}

#[test]
fn an_account_at_a_glance() {
    let port = Port::disputed().do_all([dip("T-3", tonnes(1_790))]);
    let view = AccountView::of(ACCOUNT, &port.account(), port.all_oil());
    let rows: Vec<_> = view
        .tanks
        .iter()
        .map(|t| {
            (t.tank.as_str(), t.totals.opening_kg, t.totals.out_kg, t.totals.closing_kg, t.differs)
        })
        .collect();
    assert_eq!(rows, [("T-3", 3_000_000, 1_200_000, 1_800_000, true), ("T-4", 0, 0, 0, false)]);
    assert_eq!(view.tanks[0].dip.as_ref().unwrap().dip_kg, 1_790_000);
    let open = &view.open_approvals[0];
    assert_eq!((open.application_no.as_str(), open.stage), (APPLICATION, Stage::Acknowledged));
    assert_eq!((open.delivered_kg, open.balance_kg), (1_198_600, 1_400));
    assert_eq!((view.undeclared.len(), view.undeclared_kg), (2, 1_198_600));
    let dispute = &view.disputes[0];
    assert_eq!((dispute.barge_kg, dispute.ship_kg), (498_600, 487_142));
    assert_eq!(serde_json::to_value(&view).unwrap()["tanks"][0]["closing_kg"], 1_800_000);
}

#[test]
fn subjects_are_listed_where_they_belong() {
    let port = Port::centrally_declared();
    let account = format!("account:{ACCOUNT}");
    let application = format!("application:{APPLICATION}");
    let under = |subject: &str| port.oil(subject).listed_under();
    assert_eq!(under(&account), Vec::<alloc::string::String>::new());
    assert_eq!(under(&application), [account.clone()]);
    assert_eq!(under("delivery:BDN-0001"), [application, account.clone()]);
    assert_eq!(under(&format!("declaration:{CENTRAL}")), [account]);
}
