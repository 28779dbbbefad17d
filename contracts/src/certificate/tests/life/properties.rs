//! The invariants of domain.md §2.4 over random histories: any party, any kind, any order.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
    vec,
    vec::Vec,
};
use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::json;

use crate::{
    certificate::{
        Event, State,
        bodies::UseMode,
        events::{CertificateEvent, LetterEvent},
        evolve,
        state::{Applied, Certificate, Stage, Standing},
    },
    execute::Happening,
    family,
    testing::{life::*, port::*},
    world::Record,
};

const PARTIES: [&str; 8] = [
    "river_customs",
    "hub_customs",
    "exporter",
    "importer",
    "courier",
    "authority",
    "river_wharf",
    "other_carrier",
];
const SECOND_LETTER: &str = "TI-2";

/// Kinds, two letters, and a certificate of each kind or none yet.
static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    let letter = file_letter(SECOND_LETTER).with("return_by", START + 4 * DAY);
    let port = Port::certifying().do_all([letter]);
    vec![
        port.clone(),
        port.clone().issues(FORM_E, apply_form_e("A0")).do_all([countersign(FORM_E)]),
        port.clone().issues(HORSES, apply_horses("H0")),
        port.issues(DRUG, apply_drug("S0")).issues(PERMIT, apply_permit("P0")),
    ]
});

#[derive(Clone, Debug)]
enum Step {
    /// Kind, invoice, line of it, and which certificate is to be replaced.
    Apply(usize, u8, Option<u32>, Option<usize>),
    Issue(usize),
    Countersign(usize),
    Print(usize, u8),
    Deliver(usize, bool),
    Courier(usize, usize),
    Use(usize, u64),
    Scan(usize, u8),
    Correct(usize, u8),
    Agree(usize, usize),
    Revoke(usize),
    Back(usize, u8, u64),
    Wrong(usize, usize, usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let no = || 0..6_usize;
    let step = prop_oneof![
        8 => (0..5_usize, 0..2_u8, proptest::option::of(1..3_u32), proptest::option::of(no()))
            .prop_map(|(k, i, l, r)| Step::Apply(k, i, l, r)),
        8 => no().prop_map(Step::Issue),
        6 => no().prop_map(Step::Countersign),
        4 => (no(), 0..4_u8).prop_map(|(n, p)| Step::Print(n, p)),
        2 => (no(), any::<bool>()).prop_map(|(n, c)| Step::Deliver(n, c)),
        4 => (no(), 0..4_usize).prop_map(|(n, s)| Step::Courier(n, s)),
        10 => (no(), 1..3000_u64).prop_map(|(n, q)| Step::Use(n, q)),
        8 => (no(), 0..3_u8).prop_map(|(n, s)| Step::Scan(n, s)),
        3 => (no(), 0..3_u8).prop_map(|(n, s)| Step::Correct(n, s)),
        4 => (no(), 0..PARTIES.len()).prop_map(|(n, p)| Step::Agree(n, p)),
        2 => no().prop_map(Step::Revoke),
        6 => (0..2_usize, 0..4_u8, 0..12_u64).prop_map(|(l, w, c)| Step::Back(l, w, c)),
        2 => (no(), 0..PARTIES.len(), 0..5_usize).prop_map(|(n, p, k)| Step::Wrong(n, p, k)),
        4 => (0..4 * DAY).prop_map(Step::Wait),
        1 => (0..200 * DAY).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..80)
}

/// A reading or list of horses: as listed at first, with another, or fewer.
fn horses(which: u8) -> Vec<String> {
    match which {
        0 => chips(1..=12),
        1 => wrong(),
        _ => chips(1..=5),
    }
}

fn numbers(port: &Port) -> Vec<String> {
    port.certificates().into_iter().map(|(no, _)| no.into()).collect()
}

/// The nth certificate that stands for something, or the nth of all.
fn nth(port: &Port, n: usize) -> Option<String> {
    let all = port.certificates();
    let open: Vec<_> = all.iter().filter(|(_, c)| c.standing.is_open()).collect();
    let from: Vec<&str> = match open.is_empty() || n == 5 {
        true => all.iter().map(|(no, _)| *no).collect(),
        false => open.iter().map(|(no, _)| *no).collect(),
    };
    (!from.is_empty()).then(|| from[n % from.len()].into())
}

fn apply_of(port: &Port, kind: usize, invoice: u8, line: Option<u32>) -> Act {
    let no = format!("R{}", port.ledger.moment().height);
    match kind {
        0 => {
            let mut act = apply_form_e(&no);
            act.body["invoice"]["no"] = json!(format!("INV-{invoice}"));
            act.body["items"][0]["invoice_item"] = json!(line);
            act
        }
        1 => apply_drug(&no),
        2 => {
            let letter = [LETTER, SECOND_LETTER][usize::from(invoice)];
            let mut act = apply_horses(&no);
            act.body["group"]["letter_no"] = json!(letter);
            act
        }
        3 => apply_health(&no),
        _ => apply_permit(&no),
    }
}

fn waiting(port: &Port) -> Vec<(String, Applied)> {
    let states = port.ledger.records().iter().filter_map(|(k, r)| match &r.state {
        family::State::Certificate(State::Application(applied)) => {
            Some((k.subject.strip_prefix("application:")?.into(), (**applied).clone()))
        }
        _ => None,
    });
    states.filter(|(_, a): &(String, Applied)| a.stage == Stage::Passed).collect()
}

/// Issues the nth passed application: the refusal of a wrong number says the right one.
fn issue_nth(port: &mut Port, n: usize) {
    let waiting = waiting(port);
    if waiting.is_empty() {
        return;
    }
    let (application, applied) = &waiting[n % waiting.len()];
    let guess = issue("?", application, applied.by.entry);
    let Err(refusal) = port.tries(&guess) else { panic!("a number '?' was given") };
    if let Some((no, _)) = refusal.expected.split_once(", the next one") {
        let _ = port.tries(&issue(no, application, applied.by.entry));
    }
}

fn act_of(port: &Port, step: &Step) -> Option<Act> {
    Some(match step {
        Step::Countersign(n) => countersign(&nth(port, *n)?),
        Step::Print(n, other) => {
            let no = nth(port, *n)?;
            let c = port.certificate(&no);
            let page = format!("{no} {}", c.version() + u32::from(*other == 3));
            print(&no, c.prints + 1).with("pdf", digest(&page)).by(holder(&c))
        }
        Step::Deliver(n, true) => send(&nth(port, *n)?),
        Step::Deliver(n, false) => deliver(&nth(port, *n)?, "window"),
        Step::Courier(n, s) => {
            courier(&nth(port, *n)?, ["accepted", "in_transit", "delivered", "returned"][*s])
        }
        Step::Use(n, units) => {
            let no = nth(port, *n)?;
            match port.certificate(&no).use_mode {
                UseMode::Quantity => consume(&no, *units),
                UseMode::Once | UseMode::Shown => consume_whole(&no),
            }
        }
        Step::Scan(n, which) => scan(&nth(port, *n)?, &horses(*which)),
        Step::Correct(n, which) => {
            let no = nth(port, *n)?;
            let act = correct(&no, &horses(*which));
            if port.certificate(&no).group.is_some() {
                return Some(act);
            }
            act.without("group").with("remarks", "as corrected")
        }
        Step::Agree(n, p) => agree(&nth(port, *n)?).by(PARTIES[*p]),
        Step::Revoke(n) => revoke(&nth(port, *n)?),
        Step::Back(l, which, one) => {
            let letter = [LETTER, SECOND_LETTER][*l];
            let away = port.letter(letter).away;
            let one = usize::try_from(*one).unwrap();
            match which {
                0 if !away.is_empty() => back(letter, &[away[one % away.len()].clone()]),
                1 => back(letter, &[chip(13)]),
                _ if !away.is_empty() => back(letter, &away),
                _ => return None,
            }
        }
        Step::Wrong(n, p, k) => {
            let no = nth(port, *n)?;
            let acts = [countersign(&no), print(&no, 1), consume(&no, 1), revoke(&no), agree(&no)];
            acts.into_iter().nth(*k)?.by(PARTIES[*p])
        }
        Step::Apply(..) | Step::Issue(_) | Step::Wait(_) => return None,
    })
}

fn holder(certificate: &Certificate) -> &'static str {
    if certificate.enterprise == id("exporter") { "exporter" } else { "importer" }
}

fn play(port: &mut Port, steps: &[Step]) {
    for step in steps {
        let before = port.ledger.history.len();
        let stood: BTreeMap<String, Certificate> =
            port.certificates().into_iter().map(|(no, c)| (no.into(), c.clone())).collect();
        match step {
            Step::Wait(span) => port.wait(*span),
            Step::Issue(n) => issue_nth(port, *n),
            Step::Apply(kind, invoice, line, replaces) => {
                let mut act = apply_of(port, *kind, *invoice, *line);
                let no = replaces.and_then(|n| numbers(port).into_iter().nth(n));
                if let Some(no) = no {
                    act = act.with("replaces", no);
                }
                let application = act.subject.split_once(':').unwrap().1.into();
                if port.tries(&act).is_ok() {
                    let application: String = application;
                    port.does(&pass(&application));
                }
            }
            other => {
                if let Some(act) = act_of(port, other) {
                    let _ = port.tries(&act);
                }
            }
        }
        let since: Vec<Happening> = port.ledger.history[before..].to_vec();
        since.iter().for_each(|h| invariant_nothing_after_the_end(&stood, h));
        invariants(port);
    }
}

/// Nothing is printed, delivered, used, read, corrected or agreed to once a certificate is over or
/// before it is valid; a vehicle is used only if what was read is what is listed.
fn invariant_nothing_after_the_end(stood: &BTreeMap<String, Certificate>, happened: &Happening) {
    let family::Event::Certificate(Event::Certificate(event)) = &happened.event else { return };
    let no = happened.subject.subject.strip_prefix("certificate:").unwrap();
    let Some(before) = stood.get(no) else {
        assert!(matches!(event, CertificateEvent::Issued { .. }), "{event:?}");
        return;
    };
    let open = matches!(before.standing, Standing::Valid | Standing::PartlyUsed);
    match event {
        CertificateEvent::Printed { .. } | CertificateEvent::HandedOver { .. } => {
            assert!(open || before.standing == Standing::Exhausted, "{event:?} on {before:?}");
        }
        CertificateEvent::Used { by, .. } => {
            assert!(open && (before.valid_from..=before.valid_to).contains(&by.at), "{before:?}");
            if before.group.is_some() {
                assert!(before.scan.as_ref().unwrap().fits() && before.uses == 0, "{before:?}");
            }
        }
        CertificateEvent::Scanned { .. }
        | CertificateEvent::Corrected { .. }
        | CertificateEvent::Amended { .. } => assert!(open, "{event:?} on {before:?}"),
        CertificateEvent::Countersigned { .. } => assert_eq!(before.standing, Standing::Signed),
        CertificateEvent::Replaced { .. } => assert_eq!(before.standing, Standing::Valid),
        CertificateEvent::Revoked { .. } => {
            assert!(open || matches!(before.standing, Standing::Signed | Standing::Exhausted));
        }
        CertificateEvent::Expired => assert!(before.standing.is_open()),
        // A courier's report is about the bag, whatever has become of the certificate.
        CertificateEvent::CourierReported { .. } => assert!(before.handover.is_some()),
        CertificateEvent::Issued { .. } => panic!("{no} is issued twice"),
    }
}

fn invariants(port: &Port) {
    invariant_used_is_the_sum_and_within_what_is_certified(port);
    invariant_one_live_certificate_a_line(port);
    invariant_a_letter_is_written_off_when_all_are_back(port);
}

/// Σ use ≤ certified, item by item, and what the record says is used is what the history used.
fn invariant_used_is_the_sum_and_within_what_is_certified(port: &Port) {
    let mut used: BTreeMap<(&str, u32), u64> = BTreeMap::new();
    let mut uses: BTreeMap<&str, u32> = BTreeMap::new();
    for happening in &port.ledger.history {
        if let family::Event::Certificate(Event::Certificate(CertificateEvent::Used {
            items,
            ..
        })) = &happening.event
        {
            let no = happening.subject.subject.strip_prefix("certificate:").unwrap();
            *uses.entry(no).or_default() += 1;
            for row in items {
                *used.entry((no, row.item)).or_default() += row.qty_milli;
            }
        }
    }
    for (no, certificate) in port.certificates() {
        assert_eq!(uses.get(no).copied().unwrap_or_default(), certificate.uses, "{no}");
        for item in &certificate.items {
            let sum = used.get(&(no, item.no)).copied().unwrap_or_default();
            assert!(item.used_milli <= item.certified_milli, "{no}: {item:?}");
            assert_eq!(sum, item.used_milli, "{no}: {item:?}");
        }
        let whole = match certificate.use_mode {
            UseMode::Quantity => certificate.items.iter().all(|i| i.left_milli() == 0),
            UseMode::Once => certificate.uses == 1,
            UseMode::Shown => false,
        };
        let ended = matches!(certificate.standing, Standing::Revoked);
        assert!(ended || whole == (certificate.standing == Standing::Exhausted), "{no}");
    }
}

/// Of two live certificates for one line of an invoice, one only waits to replace the other.
fn invariant_one_live_certificate_a_line(port: &Port) {
    let mut lines: Vec<(String, BTreeSet<u32>, String, Certificate)> = Vec::new();
    for (no, certificate) in port.certificates() {
        if !certificate.is_live(port.time) {
            continue;
        }
        let Some(State::Application(applied)) =
            port.certified(&format!("application:{}", certificate.application))
        else {
            panic!("{no} without its application");
        };
        let Some(invoice) = &applied.application.invoice else { continue };
        let items = applied.application.items.iter();
        let of: BTreeSet<u32> = items.map(|i| i.invoice_item.unwrap_or_default()).collect();
        let name = format!("{}.{}", certificate.enterprise, invoice.no);
        lines.push((name, of, no.into(), certificate.clone()));
    }
    for (i, (invoice, a, first, left)) in lines.iter().enumerate() {
        for (other, b, second, right) in &lines[i + 1..] {
            let both = a.contains(&0) || b.contains(&0) || !a.is_disjoint(b);
            if invoice != other || !both {
                continue;
            }
            let waits = |new: &Certificate, old: &str| {
                new.standing == Standing::Signed && new.replaces.as_deref() == Some(old)
            };
            assert!(waits(left, second) || waits(right, first), "{first} and {second}");
        }
    }
}

/// A letter is written off if and only if all that came in under it are back; an animal is in under
/// one letter at most.
fn invariant_a_letter_is_written_off_when_all_are_back(port: &Port) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for letter_no in [LETTER, SECOND_LETTER] {
        let letter = port.letter(letter_no);
        let mut away: BTreeSet<String> = BTreeSet::new();
        let (mut came, mut off) = (0_u32, false);
        for happening in &port.ledger.history {
            if happening.subject.subject != format!("letter:{letter_no}") {
                continue;
            }
            match &happening.event {
                family::Event::Certificate(Event::Letter(e)) => match e {
                    LetterEvent::AnimalsImported { chips, .. } => {
                        assert!(!off, "{letter_no} is written off");
                        came += u32::try_from(chips.len()).unwrap();
                        away.extend(chips.iter().cloned());
                    }
                    LetterEvent::AnimalsReturned { chips, .. } => {
                        assert!(chips.iter().all(|c| away.remove(c)), "{chips:?}");
                    }
                    LetterEvent::WrittenOff { .. } => off = true,
                    LetterEvent::LetterFiled { .. } | LetterEvent::ReturnOverdue => {}
                },
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((letter.imported, letter.written_off.is_some()), (came, off));
        assert_eq!(letter.away.iter().cloned().collect::<BTreeSet<_>>(), away);
        assert_eq!(off, came > 0 && away.is_empty() && letter.returned.is_some());
        assert!(away.iter().all(|c| seen.insert(c.clone())), "in under two letters");
    }
}

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(from in 0..4_usize, steps in steps()) {
        let mut port = FROM[from].clone();
        play(&mut port, &steps);
        prop_assert_eq!(port.ledger.not_folds(), vec![]);
        for record in port.ledger.records().values() {
            prop_assert_eq!(&Record::parse(&record.bytes()).unwrap(), record);
        }
        for alert in port.ledger.alerts() {
            prop_assert!(!alert.en.is_empty() && !alert.zh.is_empty() && !alert.parties.is_empty());
        }
    }

    /// No number makes a rule or a fold stop, however far out it is.
    #[test]
    fn numbers_at_the_edge_are_answered(
        from in prop::sample::select(vec![0, 1, START, u64::MAX - 1]),
        to in prop::sample::select(vec![1, START + DAY, u64::MAX - 1, u64::MAX]),
        departs in prop::sample::select(vec![0, START, u64::MAX]),
        wait in prop::sample::select(vec![1, DAY, 400 * DAY]),
        back_by in prop::sample::select(vec![START + HOUR, u64::MAX]),
    ) {
        let transport = json!({ "mode": 2, "departs": departs });
        let mut permit = apply_permit("P").with("transport", transport.clone());
        permit.body["term"] = json!({ "from": from, "to": to });
        let horses = apply_horses("H").with("transport", transport.clone());
        let mut health = apply_health("L").with("transport", transport);
        health.body["isolation"]["from"] = json!(from);
        health.body["isolation"]["to"] = json!(to);
        let mut port = Port::certifying();
        let _ = port.tries(&file_letter("TI-9").with("return_by", back_by));
        for (no, name, act) in [(PERMIT, "P", permit), (HORSES, "H", horses), (HEALTH, "L", health)] {
            if port.tries(&act).is_ok() {
                let _ = port.tries(&pass(name));
                let issue = port.issue(no, name);
                let _ = port.tries(&issue);
                let _ = port.tries(&consume_whole(no));
                port.wait(wait);
                let _ = port.tries(&consume_whole(no));
            }
        }
        prop_assert_eq!(port.ledger.not_folds(), vec![]);
    }
}

/// The histories are worth something: every kind of event happens, and every standing is reached.
#[test]
fn random_histories_reach_every_event_and_standing() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut events, mut standings) = (BTreeSet::new(), BTreeSet::new());
    for i in 0..300 {
        let mut port = FROM[i % FROM.len()].clone();
        let steps = steps().new_tree(&mut runner).unwrap().current();
        play(&mut port, &steps);
        for happening in &port.ledger.history {
            let family::Event::Certificate(event) = &happening.event else { continue };
            let json = serde_json::to_value(event).unwrap();
            events.insert(String::from(json["event"].as_str().unwrap()));
        }
        standings.extend(port.certificates().iter().map(|(_, c)| c.standing));
    }
    assert_eq!(standings.len(), Standing::ALL.len(), "{standings:?}");
    for event in [
        "issued",
        "countersigned",
        "printed",
        "handed_over",
        "courier_reported",
        "used",
        "scanned",
        "corrected",
        "amended",
        "replaced",
        "revoked",
        "expired",
        "animals_imported",
        "animals_returned",
        "written_off",
        "return_overdue",
        "page_printed",
        "page_outdated",
        "lines_certified",
        "serial_given",
        "animal_moved",
    ] {
        assert!(events.contains(event), "{event} in {events:?}");
    }
}

/// Every fold is total: any event on any state, and on none.
#[test]
fn any_event_on_any_state_has_a_next_state() {
    let second = "E265100123450002";
    let invoice = apply_form_e("A").body["invoice"].clone();
    let new = apply_form_e("B").with("replaces", FORM_E).with("invoice", invoice);
    let port = Port::imported().issues(FORM_E, apply_form_e("A")).do_all([
        back(LETTER, &chips(1..=5)),
        countersign(FORM_E),
        print(FORM_E, 1),
        send(FORM_E),
        courier(FORM_E, "accepted"),
    ]);
    let port = port.issues(second, new).do_all([countersign(second), consume(second, 1)]);
    let correction = correct(second, &chips(1..=2)).without("group").with("remarks", "2 boxes");
    let port = port.do_all([correction, agree(second), revoke(second)]).after(100 * DAY);
    let mut known: Vec<Option<State>> = vec![None];
    let mut events: Vec<Event> = Vec::new();
    for happening in &port.ledger.history {
        let family::Event::Certificate(event) = &happening.event else { continue };
        events.push(event.clone());
        let last = known.iter().flatten().last().cloned();
        known.push(Some(evolve(last, event)));
    }
    for state in &known {
        for event in &events {
            let next = evolve(state.clone(), event);
            let _ = (next.next_deadline(), next.alerts("x:1"));
        }
    }
}
