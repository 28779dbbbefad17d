//! A row for each refusal, and beside it the row that just passes.

use alloc::{vec, vec::Vec};

use serde_json::json;

use crate::{
    refusal::Rule,
    testing::{
        guarantee::*,
        port::*,
        table::{self, Row, beside, row},
    },
};

/// Every table of this family, run; the rules that they cover.
pub(crate) fn all() -> Vec<Rule> {
    [fields(), parties(), standings(), limits(), terms(), firms(), payments(), claims(), releases()]
        .into_iter()
        .flat_map(table::hold)
        .collect()
}

#[test]
fn guarantees_keep_their_rules() {
    assert!(!all().is_empty());
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

fn limits() -> Vec<Row> {
    let active = Port::line_active();
    let used = active.clone().do_all([reserve(&entry(1), 400_000 * YUAN)]);
    let (one, two) = (entry(1), entry(2));
    vec![
        beside(
            Rule::NoHeadroom,
            &active,
            vec![reserve(&one, 1_000_000 * YUAN + 1)],
            vec![reserve(&one, 1_000_000 * YUAN)],
        ),
        beside(
            Rule::NoHeadroom,
            &used,
            vec![reserve(&two, 600_000 * YUAN + 1)],
            vec![reserve(&two, 600_000 * YUAN)],
        ),
        beside(
            Rule::NoHeadroom,
            &used,
            vec![adjust(&one, 1_000_000 * YUAN + 1)],
            vec![adjust(&one, 1_000_000 * YUAN)],
        ),
        beside(
            Rule::LimitBelowUsed,
            &used,
            vec![amend(LINE).with("limit_fen", 400_000 * YUAN - 1)],
            vec![amend(LINE).with("limit_fen", 400_000 * YUAN)],
        ),
        beside(
            Rule::DrawsLive,
            &used,
            vec![because("close", LINE)],
            vec![cancel(&one), because("close", LINE)],
        ),
        beside(
            Rule::NothingChanges,
            &used,
            vec![amend(LINE).with("limit_fen", 1_000_000 * YUAN)],
            vec![amend(LINE).with("limit_fen", 1_000_000 * YUAN + 1)],
        ),
        beside(
            Rule::NothingChanges,
            &used,
            vec![adjust(&one, 400_000 * YUAN)],
            vec![adjust(&one, 400_000 * YUAN).with("due", START + 30 * DAY)],
        ),
        beside(
            Rule::NothingChanges,
            &used,
            vec![grade("importer", "registered")],
            vec![grade("importer", "advanced")],
        ),
    ]
}

fn terms() -> Vec<Row> {
    let one = entry(1);
    let later = START + 200 * DAY;
    let over = Port::line_active().after(101 * DAY);
    let second = file("GB-2").with("valid_to", later);
    // The batches of these acts are at START + 1 s, 2 s and so on.
    let begins = Port::new().do_all([file(LINE).with("valid_from", START + 3500), activate(LINE)]);
    vec![
        beside(
            Rule::LineNotYetValid,
            &begins,
            vec![reserve(&one, 1)],
            vec![grade("exporter", "advanced"), reserve(&one, 1)],
        ),
        beside(
            Rule::LineExpired,
            &over,
            vec![reserve(&one, 1)],
            vec![second, activate("GB-2"), reserve(&one, 1).with("filing_no", "GB-2")],
        ),
        beside(
            Rule::TermOver,
            &over,
            vec![file("GB-2")],
            vec![file("GB-2").with("valid_to", later)],
        ),
        beside(
            Rule::TermOver,
            &Port::line_active(),
            vec![amend(LINE).with("valid_to", START)],
            vec![amend(LINE).with("valid_to", START + DAY)],
        ),
    ]
}

fn firms() -> Vec<Row> {
    let one = entry(1);
    let active = Port::line_active();
    let narrow =
        Port::new().do_all([file(LINE).with("beneficiaries", json!(["51"])), activate(LINE)]);
    let cash = [file_cash(CASH), activate(CASH).by("river_customs")];
    let discredited = active.clone().do_all(cash).do_all([grade("importer", "discredited")]);
    let of_exporter = [file(LINE).with("enterprise_uscc", id("exporter")), activate(LINE)];
    let exports = Port::declared().do_all(of_exporter.clone());
    vec![
        beside(
            Rule::NotBeneficiary,
            &narrow,
            vec![reserve("530420261000000001", 1)],
            vec![reserve(&one, 1)],
        ),
        beside(
            Rule::NotBeneficiary,
            &Port::new(),
            vec![file(LINE).with("beneficiaries", json!(["53"]))],
            vec![file(LINE).with("beneficiaries", json!(["53"])).by("hub_customs")],
        ),
        beside(
            Rule::ScopeMissing,
            &active,
            vec![reserve(&one, 1).with("scope", "tax_elements")],
            vec![reserve(&one, 1).with("scope", "consolidated")],
        ),
        beside(
            Rule::Discredited,
            &discredited,
            vec![reserve(&one, 1)],
            vec![reserve(&one, 1).with("filing_no", CASH)],
        ),
        beside(
            Rule::Discredited,
            &discredited,
            vec![file("GB-2").with("credit_grade", "discredited")],
            vec![file_cash("GC-2").with("credit_grade", "discredited")],
        ),
        beside(
            Rule::DeclarationOver,
            &exports.clone().do_all([withdrawal(&BOXES)]),
            vec![reserve(DECLARATION, 1).by("exporter")],
            vec![reserve(&one, 1).by("exporter")],
        ),
        beside(
            Rule::OtherConsignor,
            &Port::import_declared().do_all(of_exporter),
            vec![reserve(IMPORT_DECLARATION, 1).by("exporter")],
            vec![reserve(DECLARATION, 1).by("exporter")],
        ),
    ]
}

fn payments() -> Vec<Row> {
    let one = entry(1);
    let drawn = Port::drawn();
    let overdue = Port::overdue();
    let all = 100_000 * YUAN;
    let late = |fen| restore(&one, all).with("paid_at", START + 16 * DAY).with("late_fee_fen", fen);
    vec![
        beside(
            Rule::RestoredTooMuch,
            &drawn,
            vec![restore(&one, all + 1)],
            vec![restore(&one, all)],
        ),
        beside(
            Rule::RestoredTooMuch,
            &drawn,
            vec![restore(&one, 1), restore(&one, all)],
            vec![restore(&one, 1), restore(&one, all - 1)],
        ),
        beside(
            Rule::AssessedBelowPaid,
            &drawn,
            vec![restore(&one, 500), adjust(&one, 499)],
            vec![restore(&one, 500), adjust(&one, 500)],
        ),
        beside(Rule::LateFeeDiffers, &overdue, vec![late(50 * YUAN - 1)], vec![late(50 * YUAN)]),
        // What was paid in time and booked late owes no fee.
        beside(
            Rule::LateFeeDiffers,
            &overdue,
            vec![restore(&one, all).with("late_fee_fen", 50 * YUAN)],
            vec![restore(&one, all).with("late_fee_fen", 0)],
        ),
    ]
}

fn claims() -> Vec<Row> {
    let one = entry(1);
    let overdue = Port::overdue();
    let claimed = Port::claimed();
    let (all, fee) = (100_000 * YUAN, 50 * YUAN);
    let run = |port: Port, act: Act| move || port.clone().tries(&act).map(|_| ());
    vec![
        row(
            Rule::NotOverdue,
            run(Port::drawn(), claim(&one, all, 0)),
            run(Port::overdue(), claim(&one, all, fee)),
        ),
        beside(
            Rule::NotDeclarationOffice,
            &Port::new()
                .do_all([file(LINE).with("beneficiaries", json!(["51"])), activate(LINE)])
                .do_all([reserve(&one, all), draw(&one)])
                .after(16 * DAY),
            vec![claim(&one, all, fee).by("hub_customs")],
            vec![claim(&one, all, fee)],
        ),
        beside(
            Rule::ClaimDiffers,
            &overdue,
            vec![claim(&one, all, fee + 1)],
            vec![claim(&one, all, fee).by("hub_customs")],
        ),
        beside(
            Rule::ClaimDiffers,
            &overdue,
            vec![restore(&one, 1), claim(&one, all, fee)],
            vec![restore(&one, 1), claim(&one, all - 1, fee)],
        ),
        beside(
            Rule::NoClaim,
            &overdue,
            vec![settle(&one, all + fee)],
            vec![claim(&one, all, fee), settle(&one, all + fee)],
        ),
        beside(
            Rule::PaymentDiffers,
            &claimed,
            vec![settle(&one, all)],
            vec![settle(&one, all + fee)],
        ),
        beside(
            Rule::NotGuarantor,
            &claimed,
            vec![settle(&one, all + fee).by("insurer")],
            vec![settle(&one, all + fee)],
        ),
        // Who has called the guarantor takes no payment before the claim is taken back.
        beside(
            Rule::DrawdownStage,
            &claimed,
            vec![restore(&one, all)],
            vec![withdraw_claim(&one), restore(&one, all)],
        ),
    ]
}

fn releases() -> Vec<Row> {
    let line = [file(LINE), activate(LINE)];
    let full = Port::import_declared().do_all(line.clone());
    let summarised = Port::import_arrived().do_all([summary()]).do_all(line);
    let held = |act: Act| vec![reserve(IMPORT_DECLARATION, 1000), act];
    vec![
        beside(Rule::NotSecured, &full, vec![release_on(LINE)], held(release_on(LINE))),
        beside(Rule::NotSecured, &full, held(release_on("GB-2")), held(release_on(LINE))),
        beside(
            Rule::WaiverOneStep,
            &full.clone().do_all([grade("importer", "advanced")]),
            vec![release_waived()],
            vec![import_release(1)],
        ),
        beside(
            Rule::WaiverGrade,
            &summarised,
            vec![release_waived()],
            vec![grade("importer", "advanced"), release_waived()],
        ),
        beside(
            Rule::WaiverGrade,
            &summarised.clone().do_all([grade("importer", "discredited")]),
            vec![release_waived()],
            vec![grade("importer", "advanced"), release_waived()],
        ),
        // A waiver is no way out of a drawdown.
        beside(
            Rule::DrawdownLive,
            &summarised
                .do_all([grade("importer", "advanced"), reserve(IMPORT_DECLARATION, 1000)])
                .do_all([release_on(LINE), complete()]),
            vec![release_waived().with("segment", 2)],
            vec![release_on(LINE).with("segment", 2)],
        ),
    ]
}
