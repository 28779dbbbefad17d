//! The invariants of domain.md §2.3 over random histories: any party, any kind, any order.

use alloc::{collections::BTreeSet, format, string::String, vec, vec::Vec};
use std::sync::LazyLock;

use countersign_record::statement::{self, EntryId};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    execute::Cause,
    family,
    guarantee::{
        Action, Event, KINDS, State, check_listing, daily_fee, days_late, evolve, exposure,
        state::{Stage, Standing},
    },
    testing::{guarantee::*, port::*},
    world::Record,
};

const INSURED: &str = "GI-1";
const LINES: [&str; 3] = [LINE, INSURED, CASH];
const PARTIES: [&str; 7] =
    ["river_customs", "hub_customs", "importer", "exporter", "other_carrier", "bank", "insurer"];

/// Three lines of one enterprise: a bank's, an insurer's that is tight and short, and cash.
fn lines() -> [Act; 6] {
    let insured = file(INSURED)
        .with("guarantor_uscc", id("insurer"))
        .with("limit_fen", 3000)
        .with("valid_to", START + 40 * DAY)
        .with("covers_late_fee", false);
    let cash = file_cash(CASH).with("limit_fen", 9000).with("scope", json!(["tax_elements"]));
    let bank = file(LINE).with("limit_fen", 10_000);
    [
        bank,
        insured,
        cash,
        activate(LINE),
        activate(INSURED).by("insurer"),
        activate(CASH).by("river_customs"),
    ]
}

static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    vec![
        Port::new().do_all(lines()),
        Port::import_arrived().do_all(lines()),
        Port::import_arrived().do_all(lines()).do_all([summary(), grade("importer", "advanced")]),
        Port::import_declared().do_all(lines()),
    ]
});

/// Five declarations that others keep, and the import's.
fn number(n: u8) -> String {
    if n == 0 { IMPORT_DECLARATION.into() } else { entry(u32::from(n)) }
}

#[derive(Clone, Debug)]
enum Step {
    Reserve(u8, usize, u64, usize),
    Cancel(u8, usize),
    Draw(u8),
    Adjust(u8, u64, Option<u64>),
    Restore(u8, u64),
    Claim(u8),
    WithdrawClaim(u8),
    Settle(u8),
    Line(usize, usize),
    Amend(usize, u64, u64),
    Grade(usize),
    Transfer(usize),
    Void(usize),
    Wrong(u8, usize, usize),
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let no = || 0..6_u8;
    let step = prop_oneof![
        12 => (no(), 0..3_usize, 1..5000_u64, 0..3_usize)
            .prop_map(|(n, l, fen, s)| Step::Reserve(n, l, fen, s)),
        2 => (no(), 0..PARTIES.len()).prop_map(|(n, p)| Step::Cancel(n, p)),
        7 => no().prop_map(Step::Draw),
        4 => (no(), 1..5000_u64, proptest::option::of(0..40 * DAY))
            .prop_map(|(n, fen, due)| Step::Adjust(n, fen, due)),
        5 => (no(), 1..3000_u64).prop_map(|(n, fen)| Step::Restore(n, fen)),
        5 => no().prop_map(Step::Claim),
        1 => no().prop_map(Step::WithdrawClaim),
        4 => no().prop_map(Step::Settle),
        1 => (0..3_usize, 0..3_usize).prop_map(|(l, k)| Step::Line(l, k)),
        2 => (0..3_usize, 1..12_000_u64, 0..90 * DAY).prop_map(|(l, m, t)| Step::Amend(l, m, t)),
        1 => (0..3_usize).prop_map(Step::Grade),
        8 => (0..TRANSFERS.len()).prop_map(Step::Transfer),
        3 => (0..12_usize).prop_map(Step::Void),
        2 => (no(), 0..PARTIES.len(), 0..6_usize).prop_map(|(n, p, k)| Step::Wrong(n, p, k)),
        4 => (0..25 * DAY).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..60)
}

/// What the transfer does to its declaration's drawdown.
static TRANSFERS: LazyLock<Vec<Act>> = LazyLock::new(|| {
    vec![
        import_declaration(),
        summary(),
        complete(),
        release_on(LINE),
        release_on(LINE),
        release_on(INSURED),
        release_on(CASH),
        release_on(LINE).with("segment", 2),
        release_waived(),
        import_release(1),
        import_release(2),
    ]
});

fn act_of(port: &Port, step: &Step) -> Option<Act> {
    let seen = |n: u8| port.guarantee(&format!("drawdown:{}", number(n)));
    let scope = |s: usize| ["consolidated", "payment_term", "tax_elements"][s];
    Some(match step {
        Step::Reserve(n, l, fen, s) => {
            let scope = if LINES[*l] == CASH { "tax_elements" } else { scope(*s) };
            reserve(&number(*n), *fen).with("filing_no", LINES[*l]).with("scope", scope)
        }
        Step::Cancel(n, p) => cancel(&number(*n)).by(PARTIES[*p]),
        Step::Draw(n) => draw(&number(*n)),
        Step::Adjust(n, fen, None) => adjust(&number(*n), *fen),
        Step::Adjust(n, fen, Some(due)) => {
            adjust(&number(*n), *fen).with("due", port.time - 10 * DAY + due)
        }
        // What is beyond the open tax is refused; most pay no more than that.
        Step::Restore(n, fen) => {
            let open = match seen(*n) {
                Some(State::Drawdown(d)) if fen % 8 > 0 => d.open_fen().max(1),
                _ => *fen,
            };
            restore(&number(*n), open.min(*fen)).with("paid_at", port.time)
        }
        Step::Claim(n) => {
            let Some(State::Drawdown(d)) = seen(*n) else { return None };
            let fee = daily_fee(d.open_fen(), 50, days_late(d.due, port.time + 1000));
            let fee = if d.filing_no == INSURED { 0 } else { fee };
            claim(&number(*n), d.open_fen(), fee)
        }
        Step::WithdrawClaim(n) => withdraw_claim(&number(*n)),
        Step::Settle(n) => {
            let Some(State::Drawdown(d)) = seen(*n) else { return None };
            let owed = d.claim.as_ref().map_or(1, |c| c.total_fen());
            let who = [("bank", LINE), ("insurer", INSURED), ("river_customs", CASH)];
            let who = who.into_iter().find(|(_, no)| *no == d.filing_no).map_or("bank", |w| w.0);
            settle(&number(*n), owed).by(who)
        }
        Step::Line(l, k) => because(["suspend", "resume", "close"][*k], LINES[*l]),
        Step::Amend(l, limit, to) => amend(LINES[*l])
            .with("limit_fen", *limit)
            .with("valid_to", port.time + to)
            .by(["bank", "insurer", "river_customs"][*l]),
        Step::Grade(g) => grade("importer", ["advanced", "registered", "discredited"][*g]),
        Step::Transfer(i) => TRANSFERS[*i].clone(),
        Step::Wrong(n, p, k) => {
            let no = number(*n);
            let acts = [draw(&no), adjust(&no, 7), restore(&no, 7), claim(&no, 7, 0)];
            let more = [settle(&no, 7), withdraw_claim(&no)];
            acts.into_iter().chain(more).nth(*k)?.by(PARTIES[*p])
        }
        Step::Void(_) | Step::Wait(_) => return None,
    })
}

fn play(port: &mut Port, steps: &[Step]) {
    let mut transfers: Vec<(&'static str, EntryId)> = Vec::new();
    for step in steps {
        if let Step::Wait(span) = step {
            port.wait(*span);
            invariants(port);
            continue;
        }
        let act = match step {
            Step::Void(back) => match transfers.iter().rev().nth(*back) {
                Some((who, entry)) => Some(void(who, &format!("bill:{IMPORT}"), *entry)),
                None => None,
            },
            _ => act_of(port, step),
        };
        let Some(act) = act else { continue };
        let before = port.ledger.history.len();
        match port.tries(&act) {
            Ok(entry) if act.family == "combined_port" => transfers.push((act.who, entry)),
            Ok(_) => {}
            Err(_) => {
                let since = &port.ledger.history[before..];
                assert!(since.iter().all(|h| h.cause == Cause::Clock));
            }
        }
        invariants(port);
    }
}

fn invariants(port: &Port) {
    invariant_used_is_the_sum_and_within_the_limit(port);
    invariant_paid_is_what_was_due(port);
    invariant_one_release_one_drawdown(port);
}

/// 0 <= used <= limit; the live drawdowns are those that the line commits to, and sum to used.
fn invariant_used_is_the_sum_and_within_the_limit(port: &Port) {
    let all = port.drawdowns();
    for (no, line) in port.lines() {
        assert!(line.used_fen <= line.limit_fen, "{no}: {} of {}", line.used_fen, line.limit_fen);
        let ours = all.iter().copied().filter(|(_, d)| d.filing_no == no);
        let live: Vec<_> = ours.clone().filter(|(_, d)| d.stage.is_live()).collect();
        assert_eq!(live.iter().map(|(_, d)| d.open_fen()).sum::<u64>(), line.used_fen, "{no}");
        check_listing(no, line, live.iter().copied()).unwrap_or_else(|bad| panic!("{no}: {bad}"));
        let claims = live.iter().filter(|(_, d)| d.stage == Stage::Claimed).count();
        assert_eq!(u64::try_from(claims).unwrap(), line.claims_open, "{no}");
    }
}

/// No more is restored than was drawn; once it is over, what the enterprise and the guarantor paid
/// is the tax and the late fee that was claimed.
fn invariant_paid_is_what_was_due(port: &Port) {
    for (no, d) in port.drawdowns() {
        assert!(d.paid_fen <= d.amount_fen, "{no}");
        assert_eq!(d.stage.is_live(), d.open_fen() > 0, "{no}");
        match d.stage {
            Stage::Settled => {
                let due = d.amount_fen + d.claim.as_ref().unwrap().late_fee_fen;
                assert_eq!(d.paid_fen + d.guarantor_fen, due, "{no}");
            }
            Stage::Paid => assert_eq!((d.paid_fen, d.guarantor_fen), (d.amount_fen, 0), "{no}"),
            Stage::Freed | Stage::Waived | Stage::Reserved => assert_eq!(d.paid_fen, 0, "{no}"),
            _ => assert_eq!(d.guarantor_fen, 0, "{no}"),
        }
    }
}

/// A bill that was released on security has a drawdown that was drawn by that release.
fn invariant_one_release_one_drawdown(port: &Port) {
    let bill = format!("bill:{IMPORT}");
    let key = crate::world::SubjectKey::new(family::FamilyName::CombinedPort, bill);
    let Some(record) = port.ledger.records().get(&key) else { return };
    let family::State::CombinedPort(crate::combined_port::State::Bill(bill)) = &record.state else {
        return;
    };
    let tax = bill.release_1.as_ref().map(|r| r.tax);
    if tax == Some(crate::combined_port::bodies::TaxBasis::Guarantee) {
        assert!(port.drawdown(IMPORT_DECLARATION).stage != Stage::Reserved);
    }
}

/// A guarantor's totals are the sum of its live drawdowns, from every side.
fn totals(port: &Port) {
    for guarantor in ["bank", "insurer"] {
        let seen = exposure(id(guarantor), &port.holdings(), port.time).unwrap();
        let drawdowns = port.drawdowns();
        let ours = |d: &&crate::guarantee::state::Drawdown| {
            d.stage.is_live() && d.guarantor.as_deref() == Some(id(guarantor))
        };
        let sum: u64 = drawdowns.iter().map(|(_, d)| *d).filter(ours).map(|d| d.open_fen()).sum();
        assert_eq!(seen.live.open_fen, sum);
        let add = |all: &mut dyn Iterator<Item = u64>| assert_eq!(all.sum::<u64>(), sum);
        add(&mut seen.by_stage.values().map(|a| a.open_fen));
        add(&mut seen.by_enterprise.values().map(|a| a.open_fen));
        add(&mut seen.by_scope.values().map(|a| a.open_fen));
        add(&mut seen.by_day.values().map(|a| a.open_fen));
        add(&mut seen.by_due.values().map(|a| a.open_fen));
        add(&mut seen.lines.iter().map(|l| l.used_fen));
    }
}

proptest! {
    #[test]
    fn random_histories_keep_every_invariant(from in 0..4_usize, steps in steps()) {
        let mut port = FROM[from].clone();
        play(&mut port, &steps);
        totals(&port);
        prop_assert_eq!(port.ledger.not_folds(), vec![]);
        for record in port.ledger.records().values() {
            prop_assert_eq!(&Record::parse(&record.bytes()).unwrap(), record);
        }
        for alert in port.ledger.alerts() {
            prop_assert!(!alert.en.is_empty() && !alert.zh.is_empty() && !alert.parties.is_empty());
        }
    }

    #[test]
    fn whatever_bytes_arrive_there_is_an_answer(
        kind in 0..KINDS.len(),
        body in proptest::collection::vec(any::<u8>(), 0..64),
        subject in "(line|drawdown|enterprise|x):[ -~]{0,20}",
    ) {
        let action = statement::Action {
            family: "guarantee".into(),
            kind: KINDS[kind].name.into(),
            schema: 1,
            subject,
            body,
            seen: None,
            sealed: None,
        };
        let _ = Action::check(&action);
    }

    /// No number makes a rule or a fold stop, however far out it is.
    #[test]
    fn numbers_at_the_edge_are_answered(
        due in prop::sample::select(vec![0, 1, START, u64::MAX - 1, u64::MAX]),
        to in prop::sample::select(vec![START + 1, START + DAY, u64::MAX - 1, u64::MAX]),
        fen in prop::sample::select(vec![1, 999_999_999_999_999, 1_000_000_000_000_000]),
        wait in prop::sample::select(vec![1, DAY, 400 * DAY]),
    ) {
        let one = entry(1);
        let line = file(LINE).with("limit_fen", 1_000_000_000_000_000_u64).with("valid_to", to);
        let mut port = Port::new();
        for act in [line, activate(LINE), reserve(&one, fen).with("due", due), draw(&one)] {
            let _ = port.tries(&act);
        }
        port.wait(wait);
        let _ = port.tries(&adjust(&one, fen).with("due", u64::MAX - due));
        let _ = port.tries(&restore(&one, 1).with("paid_at", due));
        let _ = port.tries(&amend(LINE).with("valid_to", u64::MAX - to));
        invariants(&port);
        totals(&port);
    }
}

/// The histories are worth something: every kind is accepted, and every stage and standing reached.
#[test]
fn random_histories_reach_every_kind_and_stage() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut events, mut stages, mut standings) =
        (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for i in 0..400 {
        let mut port = FROM[i % FROM.len()].clone();
        let steps = steps().new_tree(&mut runner).unwrap().current();
        play(&mut port, &steps);
        for happening in &port.ledger.history {
            let family::Event::Guarantee(event) = &happening.event else { continue };
            let json = serde_json::to_value(event).unwrap();
            events.insert(String::from(json["event"].as_str().unwrap()));
        }
        stages.extend(port.drawdowns().iter().map(|(_, d)| d.stage));
        standings.extend(port.lines().iter().map(|(_, l)| l.standing));
    }
    assert_eq!(stages.len(), Stage::ALL.len(), "{stages:?}");
    // A line is activated before a history begins.
    assert_eq!(standings.len(), Standing::ALL.len() - 1, "{standings:?}");
    // Twelve of lines, twelve of drawdowns, one of enterprises.
    assert_eq!(events.len(), 25, "{events:?}");
}

/// Every fold is total: any event on any state, and on none.
#[test]
fn any_event_on_any_state_has_a_next_state() {
    let port = Port::claimed().do_all([
        settle(&entry(1), 100_050 * YUAN),
        reserve(&entry(2), 2000),
        adjust(&entry(2), 3000),
        draw(&entry(2)),
        restore(&entry(2), 10),
        reserve(&entry(3), 1),
        cancel(&entry(3)),
        because("suspend", LINE),
        because("resume", LINE),
        amend(LINE).with("limit_fen", 9_000_000_000_u64),
        grade("importer", "advanced"),
    ]);
    let port = port.after(120 * DAY);
    let mut known: Vec<Option<State>> = vec![None];
    let mut events: Vec<Event> = Vec::new();
    for happening in &port.ledger.history {
        let family::Event::Guarantee(event) = &happening.event else { continue };
        events.push(event.clone());
        let last = known.iter().flatten().last().cloned();
        known.push(Some(evolve(last, event)));
    }
    for state in &known {
        for event in &events {
            let _ = evolve(state.clone(), event).next_deadline();
        }
    }
}
