//! What oil it is: grade, weight, sulphur, and what the supplier declares of it.

use alloc::{vec, vec::Vec};

use serde_json::{Value, json};

use crate::{
    refusal::Rule,
    testing::{
        oil::*,
        port::*,
        table::{Row, beside},
    },
};

fn note(field: &str, value: impl Into<Value>) -> Act {
    deliver(NOTES[0], first()).with(field, value)
}

pub(super) fn rows() -> Vec<Row> {
    let out = Port::outbound();
    let pair = |rule: Rule, bad: Act, good: Act| beside(rule, &out, vec![bad], vec![good]);
    let mut rows = vec![
        pair(
            Rule::OtherProduct,
            note("product", json!({ "grade": "RMG380", "sulphur_class": "ULSFO" })),
            note("product", rmg380()),
        ),
        // §7.2: 0.53 % against 0.50 %.
        pair(Rule::SulphurLimit, note("sulphur_pct_milli", 530), note("sulphur_pct_milli", 500)),
        pair(
            Rule::GradeLimit,
            note("viscosity_cst_milli", 380_001),
            note("viscosity_cst_milli", 380_000),
        ),
        pair(
            Rule::GradeLimit,
            note("flash_c_deci", 599).with("flash_at_or_above", false),
            note("flash_c_deci", 600).with("flash_at_or_above", false),
        ),
    ];
    rows.extend(weights(&out));
    rows.extend(declarations(&out));
    rows
}

/// 700.000 t may be stated as 700.700 t, and the volume correction as 0.9767 instead of 0.9777 is
/// too far off.
fn weights(out: &Port) -> Vec<Row> {
    let with = |field: &str, value: u64| {
        let mut m = first();
        m[field] = json!(value);
        deliver(NOTES[0], m)
    };
    // 991.0 kg/m³ at 45.5 °C: VCF 0.9791, 100 m³; then the next density, which the grade forbids.
    let dense = |density: u64, kg: u64| {
        let m = json!({ "gov_l": 100_000, "temp_c_deci": 455, "density15_g_m3": density,
            "vcf_e4": 9791, "qty_kg": kg });
        deliver(NOTES[0], m)
    };
    let light = |density: u64, vcf: u64, kg: u64| {
        let m = json!({ "gov_l": 100_000, "temp_c_deci": 455, "density15_g_m3": density,
            "vcf_e4": vcf, "qty_kg": kg });
        deliver(NOTES[0], m)
    };
    vec![
        beside(
            Rule::MassDiffers,
            out,
            vec![with("qty_kg", 700_701)],
            vec![with("qty_kg", 700_700)],
        ),
        beside(
            Rule::MassDiffers,
            out,
            vec![with("qty_kg", 699_299)],
            vec![with("qty_kg", 699_300)],
        ),
        beside(Rule::MassDiffers, out, vec![with("vcf_e4", 9767)], vec![with("vcf_e4", 9768)]),
        beside(Rule::GradeLimit, out, vec![dense(991_001, 96_921)], vec![dense(991_000, 96_921)]),
        // 787.5 kg/m³ is no oil of the two groups; 787.52 is, as light as kerosene.
        beside(
            Rule::DensityRange,
            out,
            vec![light(787_519, 9705, 76_322)],
            vec![light(787_520, 9705, 76_322)],
        ),
    ]
}

fn declarations(out: &Port) -> Vec<Row> {
    let declared = |conforms: bool, sulphur: &str, limit: Option<u32>| {
        let mut said = json!({ "conforms_18_3": conforms, "sulphur": sulphur,
            "representative_hash": hash() });
        if let Some(limit) = limit {
            said["purchaser_limit_pct_milli"] = json!(limit);
        }
        note("declaration", said)
    };
    let pair = |bad: Act, good: Act| beside(Rule::FuelStatement, out, vec![bad], vec![good]);
    vec![
        pair(declared(false, "14.1", None), declared(true, "14.1", None)),
        // 0.47 % keeps the limit of 14.1, not that of 14.4.
        pair(declared(true, "14.4", None), declared(true, "14.1", None)),
        pair(declared(true, "purchaser", Some(469)), declared(true, "purchaser", Some(470))),
    ]
}
