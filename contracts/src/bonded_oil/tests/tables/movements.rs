//! Outbound, countersignature, return, loss.

use alloc::{format, vec, vec::Vec};

use serde_json::json;

use crate::{
    limits::VOUCHERS_PER_APPLICATION_MAX,
    refusal::Rule,
    testing::{
        oil::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let mut rows = going_out();
    rows.extend(countersigning());
    rows.extend(coming_back());
    rows
}

/// 5 t.
fn five() -> serde_json::Value {
    tonnes(5)
}

fn going_out() -> Vec<Row> {
    let acknowledged = Port::acknowledged();
    let all = || outbound("OUT-1", tonnes(1_200));
    let mut heavy = tonnes(1_200);
    heavy["qty_kg"] = json!(1_201_202);
    let emptied = Port::acknowledged().do_all([adjust("T-3", -1_800_001)]);
    let last = Port::acknowledged().after(5 * DAY - 6_000);
    vec![
        beside(Rule::NotNamedForIt, &acknowledged, vec![all().by("other_warehouse")], vec![all()]),
        beside(
            Rule::VoucherExists,
            &Port::outbound(),
            vec![outbound("OUT-1", five())],
            vec![lose("LOSS-1", 1)],
        ),
        beside(Rule::MassDiffers, &acknowledged, vec![outbound("OUT-1", heavy)], vec![all()]),
        beside(Rule::StockShort, &emptied, vec![all()], vec![adjust("T-3", 1), all()]),
        beside(
            Rule::NotApproved,
            &Port::applied(),
            vec![all()],
            vec![approve(), acknowledge(), all()],
        ),
        beside(Rule::NotAcknowledged, &Port::approved(), vec![all()], vec![acknowledge(), all()]),
        // §7.2: 5 t more than is approved.
        beside(
            Rule::OverApproved,
            &acknowledged,
            vec![all(), outbound("OUT-2", five())],
            vec![outbound("OUT-1", tonnes(1_195)), outbound("OUT-2", five())],
        ),
        beside(
            Rule::OverApproved,
            &Port::applied(),
            vec![approve().with("approved_kg", 1_199_999), acknowledge(), all()],
            vec![approve(), acknowledge(), all()],
        ),
        beside(
            Rule::OutsideWindow,
            &last,
            vec![dip_empty("T-4"), dip_empty("T-4"), all()],
            vec![all()],
        ),
        full(),
    ]
}

/// As many vouchers as fit, and one more.
fn full() -> Row {
    let fill = |n: usize| -> Vec<Act> { (0..n).map(|i| lose(&format!("L-{i}"), 1)).collect() };
    let (most, one_out) = (VOUCHERS_PER_APPLICATION_MAX, Port::outbound());
    beside(Rule::RecordFull, &one_out, fill(most), fill(most - 1))
}

fn countersigning() -> Vec<Row> {
    let out = Port::acknowledged().do_all([outbound("OUT-1", tonnes(1_200))]);
    let sign = || countersign("OUT-1", 1_200_000);
    vec![
        beside(Rule::NoSuchVoucher, &out, vec![countersign("OUT-2", 1_200_000)], vec![sign()]),
        beside(Rule::NotNamedForIt, &out, vec![sign().by("other_supplier")], vec![sign()]),
        beside(
            Rule::CountersignedAlready,
            &Port::outbound(),
            vec![sign()],
            vec![deliver(NOTES[0], first())],
        ),
        beside(Rule::CountersignDiffers, &out, vec![countersign("OUT-1", 1_199_999)], vec![sign()]),
        // What the supplier has not countersigned is not there to be delivered.
        beside(
            Rule::OverOutbound,
            &out,
            vec![deliver(NOTES[0], first())],
            vec![sign(), deliver(NOTES[0], first())],
        ),
    ]
}

fn coming_back() -> Vec<Row> {
    let settled = Port::settled();
    let back = || bring_back("RET-1", returned());
    let other = json!([{ "tank": "T-5", "product": { "grade": "RMG380",
        "sulphur_class": "ULSFO" }, "opening_kg": 0 }]);
    let two = Port::settled().do_all([amend_account(&[other[0].clone()], &[])]);
    vec![
        beside(Rule::NoSuchTank, &settled, vec![back().with("tank", "T-9")], vec![back()]),
        beside(Rule::NotNamedForIt, &settled, vec![back().by("other_warehouse")], vec![back()]),
        beside(
            Rule::OtherProduct,
            &two,
            vec![back().with("tank", "T-5")],
            vec![back().with("tank", "T-4")],
        ),
        // 1,200.000 − 700.000 − 498.600 t are left.
        beside(
            Rule::OverOutbound,
            &settled,
            vec![bring_back("RET-1", measured(1_524, 1_401))],
            vec![bring_back("RET-1", measured(1_523, 1_400))],
        ),
        beside(
            Rule::OverOutbound,
            &settled,
            vec![lose("LOSS-1", 1_401)],
            vec![lose("LOSS-1", 1_400)],
        ),
        beside(
            Rule::ApplicationOver,
            &Port::written_off(),
            vec![lose("LOSS-2", 1)],
            vec![dip_empty("T-4")],
        ),
    ]
}
