//! What must hold on every ledger with bonded oil (domain.md §2.2), by name.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};

use crate::{
    bonded_oil::{
        AccountView, Event, State,
        events::AccountEvent,
        state::{Application, DeliveryStage, Stage},
    },
    family,
    testing::{oil::*, port::*},
};

/// What holds after every step.
pub(crate) fn invariants(port: &Port) {
    let all = port.all_oil();
    invariant_tonnes_go_nowhere(&all);
    invariant_shares_are_the_deliveries(&all);
    invariant_one_declaration_a_delivery(&all);
    invariant_written_off_is_balanced(&all);
}

fn applications<'p>(all: &'p [(&str, &State)]) -> impl Iterator<Item = (&'p str, &'p Application)> {
    all.iter().filter_map(|(name, state)| match state {
        State::Application(a) => Some((*name, &**a)),
        _ => None,
    })
}

/// Deliveries + returned + loss ≤ outbound ≤ approved ≤ applied for.
fn invariant_tonnes_go_nowhere(all: &[(&str, &State)]) {
    for (name, a) in applications(all) {
        assert!(a.accounted_kg() <= a.countersigned_kg(), "{name}: {a:?}");
        assert!(a.countersigned_kg() <= a.outbound_kg(), "{name}");
        assert!(a.outbound_kg() <= a.approved_kg, "{name}");
        assert!(a.approved_kg <= a.qty_kg, "{name}");
    }
}

/// What an application counts is what its deliveries say.
fn invariant_shares_are_the_deliveries(all: &[(&str, &State)]) {
    let mut shares = BTreeMap::new();
    for (name, a) in applications(all) {
        for (bdn_no, share) in &a.deliveries {
            assert!(shares.insert(format!("delivery:{bdn_no}"), (name, share.clone())).is_none());
        }
    }
    for (name, state) in all {
        let State::Delivery(d) = state else { continue };
        if d.stage == DeliveryStage::Void {
            assert!(!shares.contains_key(*name), "{name}");
            continue;
        }
        let (application, share) = shares.remove(*name).unwrap();
        assert_eq!(application, format!("application:{}", d.note.application_no));
        assert_eq!((share.qty_kg, share.stage), (d.qty_kg(), d.stage), "{name}");
    }
    assert!(shares.is_empty());
}

/// A delivery stands in one declaration, and a declaration's total is the sum of its settled
/// deliveries.
fn invariant_one_declaration_a_delivery(all: &[(&str, &State)]) {
    let states: BTreeMap<&str, &State> = all.iter().copied().collect();
    let mut declared = BTreeSet::new();
    for (name, state) in all {
        let State::Declaration(declaration) = state else { continue };
        if declaration.void {
            continue;
        }
        let mut sum = 0;
        for bdn_no in &declaration.declared.deliveries {
            assert!(declared.insert(bdn_no.clone()), "{bdn_no} is declared twice");
            let State::Delivery(d) = states[format!("delivery:{bdn_no}").as_str()] else {
                panic!()
            };
            assert_eq!(d.stage, DeliveryStage::Declared);
            let number = d.declaration_no.as_deref().unwrap();
            assert_eq!(format!("declaration:{number}"), **name);
            sum += d.settled.as_ref().unwrap().qty_kg;
        }
        assert_eq!(sum, declaration.declared.total_kg);
    }
    for (name, state) in all {
        let State::Delivery(d) = state else { continue };
        let is = declared.contains(name.split_once(':').unwrap().1);
        assert_eq!(d.stage == DeliveryStage::Declared, is, "{name}");
    }
}

/// No write-off over a dispute, an undeclared delivery, or an open balance.
fn invariant_written_off_is_balanced(all: &[(&str, &State)]) {
    for (name, a) in applications(all).filter(|(_, a)| a.stage == Stage::WrittenOff) {
        assert_eq!(a.outbound_kg(), a.accounted_kg(), "{name}");
        assert!(a.deliveries.values().all(|d| d.stage == DeliveryStage::Declared), "{name}");
    }
}

/// Opening + in − out + returned ± adjustment = closing, per tank and account, recomputed from
/// nothing but the history.
pub(crate) fn invariant_tanks_follow_the_history(port: &Port) {
    let mut books: BTreeMap<String, i128> = BTreeMap::new();
    let mut add = |tank: &String, kg: i128| {
        let book = books.entry(tank.clone()).or_default();
        *book += kg;
        assert!(*book >= 0, "{tank} below zero");
    };
    for happening in &port.ledger.history {
        let family::Event::BondedOil(Event::Account(event)) = &happening.event else { continue };
        match event {
            AccountEvent::Opened { account } => {
                account.tanks.iter().for_each(|(n, t)| add(n, t.opening_kg.into()));
            }
            AccountEvent::AccountAmended { tanks, .. } => {
                tanks.iter().for_each(|t| add(&t.tank, t.opening_kg.into()));
            }
            AccountEvent::StockedIn { tank, qty_kg, .. }
            | AccountEvent::BroughtBack { tank, qty_kg, .. }
            | AccountEvent::OutboundVoided { tank, qty_kg } => add(tank, (*qty_kg).into()),
            AccountEvent::TakenOut { tank, qty_kg, .. }
            | AccountEvent::ReturnVoided { tank, qty_kg } => add(tank, -i128::from(*qty_kg)),
            AccountEvent::Adjusted { tank, change_kg, .. } => add(tank, (*change_kg).into()),
            AccountEvent::Dipped { .. } | AccountEvent::PeriodClosed { .. } => {}
        }
    }
    let account = port.account();
    for (name, tank) in &account.tanks {
        let credit = i128::from(tank.opening_kg) + i128::from(tank.in_kg);
        let closing = credit - i128::from(tank.out_kg)
            + i128::from(tank.returned_kg)
            + i128::from(tank.adjustment_kg);
        assert_eq!(closing, i128::from(tank.book_kg()), "{name}");
        assert_eq!(closing, books[name], "{name}");
    }
    let view = AccountView::of(ACCOUNT, &account, port.all_oil());
    assert_eq!(i128::from(view.total.closing_kg), books.values().sum::<i128>());
}

/// What tanks gave and what applications took is the same oil.
pub(crate) fn invariant_tanks_and_applications_agree(port: &Port) {
    let mut out = 0_i128;
    for happening in &port.ledger.history {
        match &happening.event {
            family::Event::BondedOil(Event::Account(AccountEvent::TakenOut { qty_kg, .. }))
            | family::Event::BondedOil(Event::Account(AccountEvent::ReturnVoided {
                qty_kg, ..
            })) => out += i128::from(*qty_kg),
            family::Event::BondedOil(Event::Account(AccountEvent::BroughtBack {
                qty_kg, ..
            }))
            | family::Event::BondedOil(Event::Account(AccountEvent::OutboundVoided {
                qty_kg,
                ..
            })) => out -= i128::from(*qty_kg),
            _ => {}
        }
    }
    let all = port.all_oil();
    let held = applications(&all)
        .map(|(_, a)| i128::from(a.outbound_kg()) - i128::from(a.returned_kg()))
        .sum::<i128>();
    assert_eq!(out, held);
}
