//! D15: the first failing rule in the rulebook's order wins.

use crate::{combined_port::tests::order::Order, refusal::Rule};

const ORDER: Order = Order {
    sources: &[
        ("applications", include_str!("../../reading.rs")),
        ("reading", include_str!("../../life/reading.rs")),
        ("numbers", include_str!("../../life/numbers.rs")),
        ("declared", include_str!("../../life/declared.rs")),
        ("issue", include_str!("../../life/issue.rs")),
        ("signing", include_str!("../../life/signing.rs")),
        ("papers", include_str!("../../life/papers.rs")),
        ("uses", include_str!("../../life/uses.rs")),
        ("vehicles", include_str!("../../life/vehicles.rs")),
        ("letters", include_str!("../../life/letters.rs")),
        ("archive", include_str!("../../life/archive.rs")),
    ],
    decide: &[
        "issue::issue",
        "signing::countersign",
        "signing::revoke",
        "papers::print",
        "papers::deliver",
        "papers::courier_event",
        "uses::consume",
        // What a use ends with.
        "letters::import",
        "vehicles::gate_scan",
        "vehicles::amend",
        "vehicles::agree",
        "letters::file",
        "letters::returned",
        "archive::print",
    ],
    excused: &[
        // The kind is only known once the application, or the certificate, is there.
        ("issue::issue", Rule::NotApplied, Rule::NoSuchKind),
        ("vehicles::amend", Rule::NoVehicle, Rule::NoSuchKind),
        // How many stand on an invoice or a letter is only known once they were read.
        ("issue::issue", Rule::InvoiceCertified, Rule::RecordFull),
        ("letters::import", Rule::LetterOver, Rule::RecordFull),
        // Whose declaration it should be is only known once the certificate is there.
        ("uses::consume", Rule::NoSuchCertificate, Rule::DeclarationOfOther),
        // Only a declaration on this ledger has a consignor.
        ("archive::print", Rule::NotOnLedger, Rule::DeclarationOfOther),
    ],
};

#[test]
fn rules_are_asked_in_the_order_of_the_rulebook() {
    let issue = ORDER.rules_of("issue::issue");
    for rule in [Rule::ExporterNotFiled, Rule::NotPassed, Rule::CertificateNumber] {
        assert!(issue.contains(&rule), "{rule:?} not found in {issue:?}");
    }
    let consume = ORDER.rules_of("uses::consume");
    for rule in [Rule::CertificateRevoked, Rule::OverCertified, Rule::NotOnDeclaration] {
        assert!(consume.contains(&rule), "{rule:?} not found in {consume:?}");
    }
    ORDER.holds();
}
