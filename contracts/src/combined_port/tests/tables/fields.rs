//! Identifiers and fields, which need no state or only the network's lists.

use alloc::{format, vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    let filed = Port::filed();
    let one = |bad: Act, good: Act, rule: Rule| beside(rule, &filed, vec![bad], vec![good]);
    let branch = || manifest("branch");
    let wrong = containers(&["CSQU3054384"]);
    let right = containers(&["CSQU3054383"]);
    let old = json!([{ "container_no": BOXES[0], "size_type": "2200" }]);
    let odd = json!([{ "container_no": BOXES[0], "size_type": "22g1" }]);
    let mut rows = vec![
        one(
            branch().with("containers", wrong),
            branch().with("containers", right),
            Rule::ContainerNumber,
        ),
        one(branch().with("containers", odd), branch().with("containers", old), Rule::SizeType),
        one(
            file_vessel().on("ship:UN9346525"),
            file_vessel().on("ship:UN9346524"),
            Rule::ImoNumber,
        ),
        one(branch().with("location", "CNSU1/5150"), branch(), Rule::Locode),
        one(
            branch().with("customs_code", "5199").with("location", "CNSUD/5199"),
            branch(),
            Rule::District,
        ),
        one(branch().with("location", "CNBIJ/5150"), branch(), Rule::Place),
        one(branch().with("gross_g", 0), branch().with("gross_g", 1), Rule::FieldValue),
        one(branch().with("location", HUB), branch(), Rule::FieldValue),
        one(branch().with("voyage", " "), branch(), Rule::FieldMissing),
        one(
            branch().with("containers", containers(&[BOXES[0], BOXES[0]])),
            branch().with("containers", containers(&[BOXES[0], BOXES[1]])),
            Rule::DuplicateItem,
        ),
        one(branch().on(format!("box:{}", BOXES[0])), branch(), Rule::SubjectName),
    ];
    rows.extend(declaration_rows());
    rows.extend(others());
    rows
}

fn declaration_rows() -> Vec<Row> {
    let arrived = Port::arrived();
    let one = |field: &str, bad: serde_json::Value, rule: Rule| {
        beside(rule, &arrived, vec![declaration().with(field, bad)], vec![declaration()])
    };
    vec![
        one("entry_no", json!("51502026000012345"), Rule::DeclarationNumber),
        one("exit_customs", json!("9999"), Rule::District),
        one("net_g", json!(30_000_001_u64), Rule::FieldValue),
        one("net_g", json!(27_999_999_u64), Rule::FieldValue),
        one("mode", json!(1), Rule::FieldValue),
        one("ie_date", json!("2026-13-01"), Rule::FieldValue),
        one("containers", json!([]), Rule::FieldMissing),
        one("agent_uscc", json!(""), Rule::FieldMissing),
    ]
}

fn others() -> Vec<Row> {
    let released = Port::import_released();
    let landed = Port::import_arrived();
    let declared = Port::declared();
    let relocated = Port::declared().do_all([notice(), feedback()]);
    let aboard = Port::sailed();
    vec![
        beside(
            Rule::Uscc,
            &released,
            vec![order().with("holder_uscc", "91440101MA7DEM104R")],
            vec![order()],
        ),
        beside(
            Rule::FieldMissing,
            &landed,
            vec![summary().with("licensed", true)],
            vec![
                summary()
                    .with("licensed", true)
                    .with("licence_no", "L-1")
                    .with("container_items", "1: all"),
            ],
        ),
        beside(
            Rule::SubjectName,
            &declared,
            vec![notice().with("bill_no", "OTHER")],
            vec![notice()],
        ),
        beside(
            Rule::FieldMissing,
            &relocated,
            vec![inspected().with("result", "discrepancy")],
            vec![
                inspected()
                    .with("result", "discrepancy")
                    .with("field", "packages")
                    .with("found", "310"),
            ],
        ),
        beside(
            Rule::FieldMissing,
            &declared,
            vec![release().with("tax", "paid")],
            vec![release().with("tax", "paid").with("tax_reference", "T-1")],
        ),
        beside(Rule::FieldValue, &declared, vec![release().with("segment", 3)], vec![release()]),
        beside(
            Rule::FieldValue,
            &aboard,
            vec![tally(&[(BOXES[0], "ok")]).with(
                "rows",
                json!([{ "container_no": BOXES[0],
                "packages": 0, "result": "ok" }]),
            )],
            vec![tally(&[(BOXES[0], "ok")])],
        ),
        beside(Rule::FieldValue, &Port::new(), vec![legacy(STRANGER)], vec![legacy("CSQU3054384")]),
        beside(
            Rule::ContainerNumber,
            &Port::filed(),
            vec![manifest("branch").with("containers", containers(&["CSQU3054384"]))],
            vec![
                legacy("CSQU3054384"),
                manifest("branch").with("containers", containers(&["CSQU3054384"])),
            ],
        ),
    ]
}

fn legacy(c: &str) -> Act {
    let body = json!({ "reason": "painted before 1995", "evidence": [hash()] });
    act("river_customs", "legacy_box", format!("box:{c}"), body)
}
