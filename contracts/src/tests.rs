//! The rules about the statement itself, and the proof that no rule stands untested.

use alloc::{
    boxed::Box,
    collections::{BTreeMap, BTreeSet},
    vec,
    vec::Vec,
};

use countersign_record::{
    Digest,
    statement::{Action, Payload, Statement},
};
use serde_json::json;

use crate::{
    bonded_oil, certificate, combined_port, evidence, guarantee, membership,
    refusal::{Refusal, Rule},
    testing::{
        port::*,
        table::{self, Row, row},
    },
};

/// Submits a statement whose payload and action were changed.
fn submit(
    from: &Port,
    change: impl Fn(&mut Payload),
    action: impl Fn(&mut Action),
) -> Result<(), Box<Refusal>> {
    let mut port = from.clone();
    port.time += 1000;
    let mut sent = manifest("branch").action();
    action(&mut sent);
    let mut payload = port.statement("agent", vec![sent]).payload().clone();
    change(&mut payload);
    let statement = Statement::sign(payload, &key_of("agent")).unwrap();
    port.ledger.submit(port.time, statement).map(|_| ())
}

fn statement_row(
    rule: Rule,
    bad: impl Fn(&mut Payload) + 'static,
    good: impl Fn(&mut Payload) + 'static,
) -> Row {
    let (a, b) = (Port::filed(), Port::filed());
    row(rule, move || submit(&a, &bad, |_| ()), move || submit(&b, &good, |_| ()))
}

fn action_row(
    rule: Rule,
    bad: impl Fn(&mut Action) + 'static,
    good: impl Fn(&mut Action) + 'static,
) -> Row {
    let (a, b) = (Port::filed(), Port::filed());
    row(rule, move || submit(&a, |_| (), &bad), move || submit(&b, |_| (), &good))
}

fn seal_field(field: u32) -> impl Fn(&mut Action) {
    move |a| a.sealed = Some(BTreeMap::from([(field, Digest::of(b"salted"))]))
}

fn rows() -> Vec<Row> {
    vec![
        statement_row(Rule::OtherNetwork, |p| p.network = Digest::ZERO, |_| ()),
        // The statement's time is START + 1 s + its place; a batch comes at the next second.
        statement_row(Rule::Expired, |p| p.expires = START, |p| p.expires = START + HOUR),
        statement_row(
            Rule::ExpiresTooLate,
            |p| p.expires = p.event_time + 7 * DAY + 1,
            |p| p.expires = p.event_time + 7 * DAY,
        ),
        statement_row(
            Rule::ReferenceUsed,
            |p| p.reference = "ref-1".into(),
            |p| p.reference = "ref-1000".into(),
        ),
        action_row(Rule::UnknownFamily, |a| a.family = "freight".into(), |_| ()),
        action_row(Rule::UnknownKind, |a| a.kind = "telepathy".into(), |_| ()),
        action_row(Rule::UnknownSchema, |a| a.schema = 2, |_| ()),
        action_row(Rule::BodyMalformed, |a| a.body.push(0), |_| ()),
        action_row(Rule::SealedField, seal_field(9), seal_field(13)),
        // A field stands in the body or in a seal, never in both.
        action_row(
            Rule::SealedField,
            |a| {
                *a = manifest("branch").with("consignee", "a buyer").action();
                seal_field(13)(a);
            },
            |_| (),
        ),
        action_row(Rule::SubjectMoved, |a| a.seen = Some(1), |a| a.seen = Some(0)),
        action_row(Rule::SubjectName, |a| a.subject = "freight".into(), |_| ()),
    ]
}

fn key_rows() -> Vec<Row> {
    let by = |who: &'static str, from: Port| {
        move || {
            let mut port = from.clone();
            port.time += 1000;
            let actions = vec![manifest("branch").action()];
            let payload = port.statement("agent", actions).payload().clone();
            let statement = Statement::sign(payload, &key_of(who)).unwrap();
            port.ledger.submit(port.time, statement).map(|_| ())
        }
    };
    let agent = |kind: &'static str, body| Act {
        who: "river_customs",
        family: "membership",
        kind,
        subject: alloc::format!("party:{}", id("agent")),
        body,
    };
    let suspended = Port::filed().do_all([agent("suspend", json!({ "reason": "x" }))]);
    let rotated = {
        use countersign_record::keys::Signer as _;
        let new = key_of("agent 2");
        let proof = new.sign(&membership::key_proof(id("agent"), &new.public()));
        let body = json!({ "key": new.public(), "proof": proof,
            "replaces": public("agent").thumbprint() });
        Port::filed().do_all([Act { who: "agent", ..agent("rotate_key", body) }])
    };
    vec![
        row(Rule::UnknownKey, by("nobody", Port::filed()), by("agent", Port::filed())),
        row(Rule::KeyRevoked, by("agent", rotated.clone()), by("agent 2", rotated)),
        row(Rule::PartySuspended, by("agent", suspended), by("agent", Port::filed())),
        row(Rule::BadSignature, || forged(1), || forged(0)),
    ]
}

/// A statement whose signature has some bits flipped.
fn forged(flip: u8) -> Result<(), Box<Refusal>> {
    let mut port = Port::filed();
    port.time += 1000;
    let mut bytes = port.statement("agent", vec![manifest("branch").action()]).bytes().to_vec();
    if let Some(last) = bytes.last_mut() {
        *last ^= flip;
    }
    port.ledger.submit(port.time, Statement::parse(&bytes).unwrap()).map(|_| ())
}

#[test]
fn every_rule_has_its_row() {
    let mut covered: BTreeSet<Rule> = table::hold(rows()).into_iter().collect();
    covered.extend(table::hold(key_rows()));
    covered.extend(membership::tests::tables());
    covered.extend(combined_port::tests::tables());
    covered.extend(bonded_oil::tests::tables());
    covered.extend(guarantee::tests::tables());
    covered.extend(certificate::tests::tables());
    covered.extend(evidence::tests::tables());
    let bare: Vec<&Rule> = Rule::ALL.iter().filter(|r| !covered.contains(r)).collect();
    assert!(bare.is_empty(), "rules without a row: {bare:?}");
}

#[test]
fn the_rulebook_ascends_and_speaks_two_languages() {
    assert!(Rule::ALL.windows(2).all(|pair| (pair[0] as u32) < pair[1] as u32));
    let texts: BTreeSet<_> = Rule::ALL.iter().map(|r| r.text()).collect();
    assert_eq!(texts.len(), Rule::ALL.len());
    assert!(texts.iter().all(|(en, zh)| en.is_ascii() && !zh.is_ascii()));
}

#[test]
fn an_entry_is_accepted_or_refused_as_a_whole() {
    let mut port = Port::filed();
    let before = snapshot(&port);
    port.time += 1000;
    let good = manifest("branch").action();
    let bad = manifest("branch").action();
    let statement = port.statement("agent", vec![good.clone(), bad]);
    let entry = port.ledger.admit(statement).unwrap();
    let outcome = port.ledger.execute(port.time, &[entry]).unwrap();
    let (record, refusal) = outcome.verdicts[0].clone().unwrap_err();
    assert_eq!((record.action, refusal.rule), (1, Rule::TwinSent));
    assert_eq!(snapshot(&port), before);
    // In its order, what an earlier action did counts for a later one.
    let second = manifest("trunk").action();
    let statement = port.statement("agent", vec![good, second]);
    port.ledger.submit(port.time + 1000, statement).unwrap();
    assert!(port.bill(EXPORT).hub.is_some());
}

#[test]
fn a_batch_of_many_is_the_same_as_many_batches_of_one_at_one_time() {
    let mut one = Port::filed();
    let acts = [manifest("branch"), manifest("trunk"), manifest("trunk")];
    let sent: Vec<Statement> =
        acts.iter().map(|a| one.statement(a.who, vec![a.action()])).collect();
    let entries: Vec<_> = sent.into_iter().map(|s| one.ledger.admit(s).unwrap()).collect();
    let outcome = one.ledger.execute(START + HOUR, &entries).unwrap();
    let accepted: Vec<bool> = outcome.verdicts.iter().map(Result::is_ok).collect();
    assert_eq!(accepted, [true, true, false]);
}
