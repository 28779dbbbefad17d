//! Accounts and tanks.

use alloc::{format, string::String, vec, vec::Vec};

use serde_json::{Value, json};

use crate::{
    limits::{SUPPLIERS_PER_ACCOUNT_MAX, TANKS_PER_ACCOUNT_MAX},
    refusal::Rule,
    testing::{
        oil::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = opening();
    rows.extend(stock());
    rows.extend(closing());
    rows
}

/// So many further tanks.
fn tanks(n: usize) -> Vec<Value> {
    (0..n).map(|i| tank(&format!("X-{i}"), 0)).collect()
}

fn opening() -> Vec<Row> {
    let new = Port::new();
    let stocked = Port::stocked();
    let of = |grade: &str, class: &str| {
        json!([{ "tank": "T-3", "product": { "grade": grade, "sulphur_class": class },
            "opening_kg": 0 }])
    };
    let open = |grade: &str, class: &str| open_account().with("tanks", of(grade, class));
    let other = || open_account().on("account:OTHER");
    vec![
        beside(Rule::AccountExists, &stocked, vec![open_account()], vec![other()]),
        // A district whose office is no party of this network.
        beside(
            Rule::NamedPartyRole,
            &new,
            vec![open_account().with("district", "5141")],
            vec![open_account()],
        ),
        beside(
            Rule::UnknownGrade,
            &new,
            vec![open("RMG180", "VLSFO")],
            vec![open("RMG380", "VLSFO")],
        ),
        beside(
            Rule::UnknownSulphurClass,
            &new,
            vec![open("RMG380", "HSFO")],
            vec![open("RMG380", "ULSFO")],
        ),
        beside(
            Rule::NoSuchAccount,
            &new,
            vec![stock_in("T-3", first())],
            vec![open_account(), stock_in("T-3", first())],
        ),
        beside(
            Rule::TankExists,
            &stocked,
            vec![amend_account(&[tank("T-3", 0)], &[])],
            vec![amend_account(&[tank("T-5", 0)], &[])],
        ),
        beside(
            Rule::RecordFull,
            &stocked,
            vec![amend_account(&tanks(TANKS_PER_ACCOUNT_MAX - 1), &[])],
            vec![amend_account(&tanks(TANKS_PER_ACCOUNT_MAX - 2), &[])],
        ),
        beside(
            Rule::RecordFull,
            &stocked,
            vec![amend_account(&[], &suppliers(SUPPLIERS_PER_ACCOUNT_MAX))],
            vec![amend_account(&[], &suppliers(SUPPLIERS_PER_ACCOUNT_MAX - 1))],
        ),
        beside(
            Rule::NotNamedForIt,
            &stocked,
            vec![amend_account(&[tank("T-5", 0)], &[]).by("other_warehouse")],
            vec![amend_account(&[tank("T-5", 0)], &[])],
        ),
    ]
}

/// So many credit codes with their check characters.
fn suppliers(n: usize) -> Vec<&'static str> {
    let right = |serial: usize| {
        let stem = format!("91440606MA7DEM{serial:03}");
        let ends = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
        let mut codes = ends.map(|c| format!("{stem}{c}"));
        codes.find(|c| crate::identifiers::Uscc::parse("suppliers", c).is_ok()).unwrap()
    };
    (0..n).map(right).map(|code: String| &*code.leak()).collect()
}

fn stock() -> Vec<Row> {
    let stocked = Port::stocked();
    let distillate = json!({ "grade": "DMA", "sulphur_class": "VLSFO" });
    vec![
        beside(
            Rule::NoSuchTank,
            &stocked,
            vec![stock_in("T-9", first())],
            vec![stock_in("T-3", first())],
        ),
        beside(
            Rule::NotNamedForIt,
            &stocked,
            vec![stock_in("T-3", first()).by("other_warehouse")],
            vec![stock_in("T-3", first())],
        ),
        beside(
            Rule::OtherProduct,
            &stocked,
            vec![stock_in("T-3", first()).with("product", distillate)],
            vec![stock_in("T-3", first())],
        ),
        beside(
            Rule::NotNamedForIt,
            &stocked,
            vec![dip_empty("T-4").by("other_warehouse")],
            vec![dip_empty("T-4")],
        ),
        beside(
            Rule::NotSupplyCustoms,
            &stocked,
            vec![adjust("T-3", 1).by("receiving_customs")],
            vec![adjust("T-3", 1)],
        ),
        beside(
            Rule::BookBelowZero,
            &stocked,
            vec![adjust("T-3", -3_000_001)],
            vec![adjust("T-3", -3_000_000)],
        ),
    ]
}

fn closing() -> Vec<Row> {
    let stocked = Port::stocked();
    let dipped = Port::stocked().do_all([dip("T-3", tonnes(3_000)), dip_empty("T-4")]);
    // 3,000 t may differ by 0.3 %: 9 t.
    let apart = |t: u64| Port::stocked().do_all([dip("T-3", tonnes(t)), dip_empty("T-4")]);
    vec![
        beside(Rule::OtherPeriod, &dipped, vec![close_period(2)], vec![close_period(1)]),
        beside(
            Rule::NotDipped,
            &stocked,
            vec![dip("T-3", tonnes(3_000)), close_period(1)],
            vec![dip("T-3", tonnes(3_000)), dip_empty("T-4"), close_period(1)],
        ),
        beside(
            Rule::NotNamedForIt,
            &dipped,
            vec![close_period(1).by("other_warehouse")],
            vec![close_period(1)],
        ),
        beside(
            Rule::DipDiffers,
            &apart(2_990),
            vec![close_period(1)],
            vec![adjust("T-3", -1_000), close_period(1)],
        ),
        beside(
            Rule::DipDiffers,
            &apart(3_010),
            vec![close_period(1)],
            vec![dip("T-3", tonnes(3_009)), close_period(1)],
        ),
    ]
}
