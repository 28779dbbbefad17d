//! What an entry is, whose it is to sign, and how lines and drawdowns stand.

use alloc::{vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        guarantee::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [fields(), parties(), standings()].into_iter().flatten().collect()
}

fn fields() -> Vec<Row> {
    let new = Port::new();
    let active = Port::line_active();
    let one = |bad: Act, good: Act, rule: Rule| beside(rule, &new, vec![bad], vec![good]);
    let long = "N".repeat(21);
    vec![
        one(file(LINE).with("limit_fen", 0), file(LINE).with("limit_fen", 1), Rule::FieldValue),
        one(
            file(LINE).with("limit_fen", 1_000_000_000_000_001_u64),
            file(LINE).with("limit_fen", 1_000_000_000_000_000_u64),
            Rule::FieldValue,
        ),
        one(file(LINE).with("valid_to", START), file(LINE), Rule::FieldValue),
        one(file(LINE).with("beneficiaries", json!(["5150"])), file(LINE), Rule::FieldValue),
        one(file(LINE).with("beneficiaries", json!([])), file(LINE), Rule::FieldMissing),
        one(file(LINE).with("scope", json!([])), file(LINE), Rule::FieldMissing),
        one(
            file(LINE).with("scope", json!(["consolidated", "consolidated"])),
            file(LINE),
            Rule::DuplicateItem,
        ),
        one(file(LINE).without("guarantor_uscc"), file_cash(CASH), Rule::FieldMissing),
        one(file_cash(CASH).with("guarantor_uscc", id("bank")), file_cash(CASH), Rule::FieldValue),
        one(file(LINE).with("guarantor_uscc", "91440101MA7DEM059Q"), file(LINE), Rule::Uscc),
        one(file(&long), file(&long[1..]), Rule::FieldValue),
        one(file(LINE).on("box:1"), file(LINE), Rule::SubjectName),
        one(file(LINE).by("bank"), file(LINE), Rule::WrongRole),
        beside(
            Rule::DeclarationNumber,
            &active,
            vec![reserve("515020262000000001", 1)],
            vec![reserve("515020261000000001", 1)],
        ),
        beside(Rule::FieldValue, &active, vec![reserve(&entry(1), 0)], vec![reserve(&entry(1), 1)]),
        beside(
            Rule::District,
            &active,
            vec![reserve("519920261000000001", 1)],
            vec![reserve("515020261000000001", 1)],
        ),
    ]
}

fn parties() -> Vec<Row> {
    let filed = Port::line_filed();
    let active = Port::line_active();
    let reserved = Port::line_active().do_all([reserve(&entry(1), 1000)]);
    let (one, two) = (entry(1), entry(2));
    let other = json!(countersign_record::Digest::of(b"another letter"));
    vec![
        beside(
            Rule::NoSuchLine,
            &active,
            vec![reserve(&one, 1).with("filing_no", "NONE")],
            vec![reserve(&one, 1)],
        ),
        beside(Rule::NoSuchDrawdown, &reserved, vec![draw(&two)], vec![draw(&one)]),
        beside(
            Rule::NotFilingOffice,
            &active,
            vec![because("suspend", LINE).by("hub_customs")],
            vec![because("suspend", LINE)],
        ),
        beside(
            Rule::NotDeclarationOffice,
            &reserved,
            vec![draw(&one).by("hub_customs")],
            vec![draw(&one)],
        ),
        // The enterprise, a declarant that the line names, and the office; nobody else.
        beside(
            Rule::NotLineUser,
            &active,
            vec![reserve(&one, 1).by("other_carrier")],
            vec![reserve(&one, 1).by("exporter")],
        ),
        beside(
            Rule::NotLineUser,
            &active,
            vec![reserve(&one, 1).by("hub_customs")],
            vec![reserve(&one, 1).by("river_customs")],
        ),
        beside(
            Rule::NotGuarantor,
            &filed,
            vec![activate(LINE).by("insurer")],
            vec![activate(LINE)],
        ),
        // For cash nobody but the office signs.
        beside(
            Rule::NotFilingOffice,
            &Port::new().do_all([file_cash(CASH)]),
            vec![activate(CASH)],
            vec![activate(CASH).by("river_customs")],
        ),
        beside(Rule::FilingUsed, &filed, vec![file(LINE)], vec![file("GB-2")]),
        beside(
            Rule::UnknownGuarantor,
            &filed,
            vec![file("GB-2").with("guarantor_uscc", id("importer"))],
            vec![file("GB-2").with("guarantor_uscc", id("insurer"))],
        ),
        beside(
            Rule::GradeDiffers,
            &filed,
            vec![file("GB-2").with("credit_grade", "advanced")],
            vec![grade("importer", "advanced"), file("GB-2").with("credit_grade", "advanced")],
        ),
        beside(
            Rule::DataDiffers,
            &filed,
            vec![activate(LINE).with("data_digest", other)],
            vec![activate(LINE)],
        ),
    ]
}

fn standings() -> Vec<Row> {
    let active = Port::line_active();
    let reserved = Port::line_active().do_all([reserve(&entry(1), 1000)]);
    let suspended = active.clone().do_all([because("suspend", LINE)]);
    let one = entry(1);
    let declared = Port::import_declared().do_all([
        file(LINE),
        activate(LINE),
        reserve(IMPORT_DECLARATION, 1000),
    ]);
    vec![
        beside(
            Rule::LineStanding,
            &active,
            vec![activate(LINE)],
            vec![because("suspend", LINE), because("resume", LINE)],
        ),
        beside(
            Rule::LineStanding,
            &active,
            vec![because("resume", LINE)],
            vec![because("close", LINE)],
        ),
        beside(
            Rule::DrawdownLive,
            &reserved,
            vec![reserve(&one, 1000)],
            vec![cancel(&one), reserve(&one, 1000)],
        ),
        beside(
            Rule::DrawdownStage,
            &reserved,
            vec![restore(&one, 1000)],
            vec![draw(&one), restore(&one, 1000)],
        ),
        // After the release the enterprise cancels nothing; customs may.
        beside(
            Rule::DrawdownStage,
            &reserved.clone().do_all([draw(&one)]),
            vec![cancel(&one)],
            vec![cancel(&one).by("river_customs")],
        ),
        beside(
            Rule::DrawnByRelease,
            &declared,
            vec![draw(IMPORT_DECLARATION)],
            vec![release_on(LINE)],
        ),
        beside(
            Rule::LineNotActive,
            &suspended,
            vec![reserve(&one, 1)],
            vec![because("resume", LINE), reserve(&one, 1)],
        ),
        beside(
            Rule::LineNotActive,
            &Port::line_filed(),
            vec![reserve(&one, 1)],
            vec![activate(LINE), reserve(&one, 1)],
        ),
    ]
}
