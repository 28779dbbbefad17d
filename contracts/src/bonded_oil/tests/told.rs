//! domain.md §7.2, told figure by figure: 1,200 t of RMG 380 from tank T-3 in Panyu to a ship at
//! Nansha.

use alloc::{format, vec::Vec};

use crate::{
    bonded_oil::{
        AccountView, DeliveryNote,
        state::{Basis, DeliveryStage, Stage},
    },
    refusal::{Refusal, Remedy, Rule},
    testing::{oil::*, port::*},
};

fn refused(port: &mut Port, act: &Act, rule: Rule) -> Refusal {
    let refusal = port.tries(act).unwrap_err();
    assert_eq!(refusal.rule, rule, "{refusal}");
    *refusal
}

#[test]
fn twelve_hundred_tonnes_for_one_ship() {
    let mut port = Port::stocked();
    approval(&mut port);
    first_delivery(&mut port);
    dispute(&mut port);
    balance(&mut port);
    assert_eq!(port.ledger.not_folds(), Vec::new());
}

/// Panyu approves, Nansha acknowledges, all of it goes out; 5 t more do not.
fn approval(port: &mut Port) {
    port.does(&apply());
    assert_eq!(port.application().receiving_district, "5165");
    refused(port, &acknowledge(), Rule::NotApproved);
    port.does(&approve());
    port.does(&acknowledge());
    port.does(&outbound("OUT-1", measured(1_305_575, 1_200_000)));
    port.does(&countersign("OUT-1", 1_200_000));
    let refusal = refused(port, &outbound("OUT-2", tonnes(5)), Rule::OverApproved);
    assert_eq!(refusal.found, "5.000 t");
    assert_eq!(refusal.expected, "at most 0.000 t: 1200.000 t approved, 1200.000 t out");
    assert_eq!(port.account().tanks["T-3"].book_kg(), 1_800_000);
}

/// 700.000 t that both sign; a note with sulphur 0.53 % before it is rejected for the grade.
fn first_delivery(port: &mut Port) {
    let sour = deliver(NOTES[0], first()).with("sulphur_pct_milli", 530);
    let refusal = refused(port, &sour, Rule::SulphurLimit);
    assert_eq!(
        (refusal.found.as_str(), refusal.expected.as_str()),
        ("0.53 %", "0.50 % at most: VLSFO")
    );
    assert!(refusal.chinese().contains("硫含量超出限值"));
    // 761.585 m³ at 45.5 °C and 941.2 kg/m³ are 700.000 t by VCF 0.9777.
    port.does(&deliver(NOTES[0], first()));
    port.does(&ship_confirms(NOTES[0], first()));
    let delivery = port.delivery(NOTES[0]);
    assert_eq!(delivery.stage, DeliveryStage::Settled);
    let settled = delivery.settled.unwrap();
    assert_eq!((settled.qty_kg, settled.basis), (700_000, Basis::Barge));
    assert_eq!(port.alerts(), Vec::new());
}

/// 498.600 t by the barge, 487.142 t by the ship: 2.30 % apart, so disputed until the surveyor
/// signs; a declaration that includes it is refused meanwhile.
fn dispute(port: &mut Port) {
    port.does(&deliver(NOTES[1], second()));
    port.does(&ship_confirms(NOTES[1], by_the_ship()));
    assert_eq!(port.delivery(NOTES[1]).stage, DeliveryStage::Disputed);
    let on = format!("delivery:{}", NOTES[1]);
    let alerts = port.ledger.alerts();
    let alert = alerts.iter().find(|a| a.kind == "delivery_disputed").unwrap();
    assert_eq!(alert.subject, on);
    let said: Vec<&str> = alert.statements.iter().map(|s| s.value.as_str()).collect();
    assert_eq!(said, ["498.600 t", "487.142 t"]);
    for party in ["GACC5160", "GACC5165", id("supplier"), id("bunker_barge"), id("receiving_ship")]
    {
        assert!(alert.parties.iter().any(|p| p == party), "{party}");
    }
    let refusal = refused(port, &declare(&NOTES, 1_198_600), Rule::Disputed);
    assert_eq!(refusal.found, "BDN-0002: 498.600 t by the barge, 487.142 t by the ship");
    assert_eq!(refusal.remedy, Remedy::Surveyor);
    refused(port, &write_off(), Rule::Disputed);
    let view = view(port);
    assert_eq!((view.disputes.len(), view.undeclared.len()), (1, 2));
    port.does(&settle(NOTES[1], 498_600));
    let note = DeliveryNote::of(NOTES[1], &port.delivery(NOTES[1]), &port.application());
    assert_eq!((note.qty_kg, note.basis), (Some(498_600), Some(Basis::Surveyor)));
    assert_eq!(note.signatures.len(), 3);
}

fn view(port: &Port) -> AccountView {
    AccountView::of(ACCOUNT, &port.account(), port.all_oil())
}

/// 700.000 + 498.600 + 0.900 returned + 0.500 lost = 1,200.000; the month's declaration, and the
/// write-off.
fn balance(port: &mut Port) {
    port.does(&bring_back("RET-1", returned()));
    let refusal = refused(port, &write_off(), Rule::BalanceOpen);
    assert_eq!(
        refusal.found,
        "1200.000 t outbound, 1198.600 t delivered, 0.900 t returned, 0.000 t lost"
    );
    port.does(&lose("LOSS-1", 500));
    assert_eq!(port.application().balance_kg(), 0);
    refused(port, &write_off(), Rule::NotAllDeclared);
    port.does(&declare(&NOTES, 1_198_600));
    port.does(&write_off());
    let application = port.application();
    assert_eq!(application.stage, Stage::WrittenOff);
    assert_eq!(application.outbound_kg(), 1_200_000);
    assert_eq!(application.delivered_kg(), 1_198_600);
    let view = view(port);
    assert!(view.open_approvals.is_empty() && view.undeclared.is_empty());
    assert!(view.disputes.is_empty());
    assert_eq!(view.total.closing_kg, 3_000_000 - 1_200_000 + 900);
    assert_eq!(port.alerts(), Vec::new());
}
