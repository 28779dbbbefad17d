//! Signatures, printed pages, delivery, copies of declarations.

use alloc::{vec, vec::Vec};

use crate::{
    refusal::Rule,
    testing::{
        guarantee::grade,
        life::*,
        port::*,
        table::{Row, beside},
    },
};

pub(super) fn rows() -> Vec<Row> {
    [parties(), standings(), pages(), couriers(), copies()].into_iter().flatten().collect()
}

fn parties() -> Vec<Row> {
    let signed = Port::signed();
    let valid = Port::valid();
    // A declarant that applied for the enterprise signs for it.
    let agent = apply_form_e("B").by("other_carrier");
    let by_agent = Port::signed().issues("E265100123450002", agent);
    vec![
        beside(
            Rule::NoSuchCertificate,
            &signed,
            vec![countersign("NONE")],
            vec![countersign(FORM_E)],
        ),
        beside(
            Rule::NotIssuingOffice,
            &valid,
            vec![revoke(FORM_E).by("hub_customs")],
            vec![revoke(FORM_E)],
        ),
        beside(
            Rule::NotIssuingOffice,
            &valid,
            vec![deliver(FORM_E, "window").by("hub_customs")],
            vec![deliver(FORM_E, "window")],
        ),
        beside(
            Rule::NotCertificateHolder,
            &signed,
            vec![countersign(FORM_E).by("importer")],
            vec![countersign(FORM_E)],
        ),
        beside(
            Rule::NotCertificateHolder,
            &by_agent,
            vec![countersign(FORM_E).by("other_carrier")],
            vec![countersign("E265100123450002").by("other_carrier")],
        ),
        beside(
            Rule::NotCertificateHolder,
            &valid,
            vec![print(FORM_E, 1).by("importer")],
            vec![print(FORM_E, 1)],
        ),
    ]
}

fn standings() -> Vec<Row> {
    let (signed, valid) = (Port::signed(), Port::valid());
    let second = "E265100123450002";
    let invoice = apply_form_e("A").body["invoice"].clone();
    let new = apply_form_e("B").with("replaces", FORM_E).with("invoice", invoice);
    let replaced = Port::valid().issues(second, new).do_all([countersign(second)]);
    let revoked = Port::valid().issues(second, apply_form_e("B"));
    let revoked = revoked.do_all([countersign(second), revoke(FORM_E)]);
    let awaits = |act: Act| {
        beside(Rule::AwaitsEnterprise, &signed, vec![act.clone()], {
            vec![countersign(FORM_E), act]
        })
    };
    let other = |no: &'static str| [print(no, 1), deliver(no, "window"), consume(no, 1)];
    let each = |rule, from: &Port| -> Vec<Row> {
        let pairs = other(FORM_E).into_iter().zip(other(second));
        pairs.map(|(bad, good)| beside(rule, from, vec![bad], vec![good])).collect()
    };
    let last_day = valid.clone().after(valid.certificate(FORM_E).valid_to - valid.time - 5000);
    let over = last_day.clone().after(10_000);
    let expired = beside(Rule::CertificateExpired, &over, vec![print(FORM_E, 1)], {
        vec![apply_form_e("B")]
    });
    let mut rows: Vec<Row> = other(FORM_E).map(awaits).into();
    rows.extend(each(Rule::CertificateReplaced, &replaced));
    rows.extend(each(Rule::CertificateRevoked, &revoked));
    rows.push(expired);
    rows.push(beside(
        Rule::SignedAlready,
        &valid,
        vec![countersign(FORM_E)],
        vec![print(FORM_E, 1)],
    ));
    rows.push(beside(
        Rule::CertificateRevoked,
        &last_day,
        vec![revoke(FORM_E), revoke(FORM_E)],
        vec![revoke(FORM_E)],
    ));
    rows
}

fn pages() -> Vec<Row> {
    let valid = Port::valid();
    let printed = valid.clone().do_all([print(FORM_E, 1)]);
    let second = "E265100123450002";
    let two = printed.clone().issues(second, apply_form_e("B")).do_all([countersign(second)]);
    vec![
        beside(Rule::FieldValue, &valid, vec![print(FORM_E, 0)], vec![print(FORM_E, 1)]),
        beside(Rule::CopyNumber, &valid, vec![print(FORM_E, 2)], vec![print(FORM_E, 1)]),
        beside(Rule::CopyNumber, &printed, vec![print(FORM_E, 1)], vec![print(FORM_E, 2)]),
        beside(
            Rule::PdfDiffers,
            &printed,
            vec![print(FORM_E, 2).with("pdf", digest("another page"))],
            vec![print(FORM_E, 2)],
        ),
        beside(
            Rule::PageKnown,
            &two,
            vec![print(second, 1).with("pdf", digest(FORM_E))],
            vec![print(second, 1)],
        ),
    ]
}

fn couriers() -> Vec<Row> {
    let valid = Port::valid();
    let sent = Port::valid().do_all([send(FORM_E)]);
    let accepted = sent.clone().do_all([courier(FORM_E, "accepted")]);
    let one = |rule, from: &Port, bad: Act, good: Act| beside(rule, from, vec![bad], vec![good]);
    vec![
        one(Rule::FieldMissing, &valid, send(FORM_E).without("bag_no"), send(FORM_E)),
        one(
            Rule::FieldValue,
            &valid,
            send(FORM_E).with("mode", "window"),
            deliver(FORM_E, "window"),
        ),
        one(
            Rule::UnknownCourier,
            &valid,
            send(FORM_E).with("courier_party", id("carrier")),
            send(FORM_E),
        ),
        beside(
            Rule::DeliveryUnderWay,
            &accepted,
            vec![deliver(FORM_E, "window")],
            vec![courier(FORM_E, "returned"), deliver(FORM_E, "window")],
        ),
        one(
            Rule::NotTheCourier,
            &sent,
            courier(FORM_E, "accepted").by("other_courier"),
            courier(FORM_E, "accepted"),
        ),
        one(
            Rule::NotTheCourier,
            &Port::valid().do_all([deliver(FORM_E, "window")]),
            courier(FORM_E, "accepted"),
            send(FORM_E),
        ),
        one(Rule::CourierOrder, &sent, courier(FORM_E, "delivered"), courier(FORM_E, "accepted")),
        one(
            Rule::CourierOrder,
            &accepted,
            courier(FORM_E, "accepted"),
            courier(FORM_E, "in_transit"),
        ),
    ]
}

fn copies() -> Vec<Row> {
    let declared = Port::declared();
    let advanced = declared.clone().do_all([grade("exporter", "advanced")]);
    let copy = archive(DECLARATION, "audit");
    vec![
        beside(
            Rule::NotOnLedger,
            &advanced,
            vec![archive(IMPORT_DECLARATION, "audit")],
            vec![copy.clone()],
        ),
        beside(
            Rule::DeclarationOfOther,
            &advanced,
            vec![copy.clone().by("importer")],
            vec![copy.clone()],
        ),
        beside(
            Rule::ArchiveGrade,
            &declared,
            vec![copy.clone()],
            vec![grade("exporter", "advanced"), copy.clone()],
        ),
        beside(Rule::DeclarationNumber, &advanced, vec![copy.clone().on("archive:1")], vec![copy]),
    ]
}
