//! Histories of guarantees (domain.md §2.3): any party, any kind, any order, and the transfer that
//! draws on them.

use alloc::{format, string::String, vec, vec::Vec};
use std::sync::LazyLock;

use serde_json::json;

use super::{Accepted, Lots, Step, back, choose, pick, up_to};
use crate::{
    guarantee::{State, daily_fee, days_late, state::Drawdown},
    testing::{guarantee::*, port::*},
};

pub(crate) const INSURED: &str = "GI-1";
const LINES: [&str; 3] = [LINE, INSURED, CASH];
const PARTIES: [&str; 7] =
    ["river_customs", "hub_customs", "importer", "exporter", "other_carrier", "bank", "insurer"];

/// Three lines of one enterprise: a bank's, an insurer's that is tight and short, and cash.
pub(crate) fn lines() -> [Act; 6] {
    let insured = file(INSURED)
        .with("guarantor_uscc", id("insurer"))
        .with("limit_fen", 3000)
        .with("valid_to", START + 40 * DAY)
        .with("covers_late_fee", false);
    let cash = file_cash(CASH).with("limit_fen", 9000).with("scope", json!(["tax_elements"]));
    let bank = file(LINE).with("limit_fen", 10_000).with("valid_to", START + 400 * DAY);
    [
        bank,
        insured,
        cash,
        activate(LINE),
        activate(INSURED).by("insurer"),
        activate(CASH).by("river_customs"),
    ]
}

pub(crate) static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| {
    vec![
        Port::new().do_all(lines()),
        Port::import_arrived().do_all(lines()),
        Port::import_arrived().do_all(lines()).do_all([summary(), grade("importer", "advanced")]),
        Port::import_declared().do_all(lines()),
    ]
});

/// Three declarations that others keep, and the import's.
fn number(n: u8) -> String {
    if n == 0 { IMPORT_DECLARATION.into() } else { entry(u32::from(n)) }
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

/// One step of a history.
pub(crate) fn step(port: &Port, accepted: &[Accepted], lots: Lots) -> Step {
    let [what, n, a, b, c, _] = lots;
    let no = number(pick(n, 4) as u8);
    let line = LINES[pick(a, 3)];
    let fen = |most: u64| 1 + up_to(b, most - 1);
    let owner = ["bank", "insurer", "river_customs"][pick(a, 3)];
    let drawdown = match port.guarantee(&format!("drawdown:{no}")) {
        Some(State::Drawdown(d)) => Some(d.take()),
        _ => None,
    };
    let act = match choose(what, &[12, 2, 7, 4, 5, 8, 3, 4, 1, 2, 1, 8, 3, 2, 6]) {
        0 => {
            let scope = ["consolidated", "payment_term", "tax_elements"][pick(c, 3)];
            let scope = if line == CASH { "tax_elements" } else { scope };
            reserve(&no, fen(4000)).with("filing_no", line).with("scope", scope)
        }
        1 => cancel(&no).by(PARTIES[pick(a, PARTIES.len())]),
        2 => draw(&no),
        3 if a.is_multiple_of(2) => adjust(&no, fen(5000)),
        3 => adjust(&no, fen(5000)).with("due", port.time - 10 * DAY + up_to(c, 40 * DAY)),
        4 => restore(&no, payment(drawdown.as_ref(), fen(3000))).with("paid_at", port.time),
        5 => match &drawdown {
            Some(d) => claim_on(port, &no, d),
            None => return Step::Nothing,
        },
        6 => withdraw_claim(&no),
        7 => match &drawdown {
            Some(d) => settled(&no, d),
            None => return Step::Nothing,
        },
        8 => {
            because(["suspend", "resume", "resume", "resume", "resume", "close"][pick(b, 6)], line)
        }
        9 => amend(line)
            .with("limit_fen", 2000 + up_to(b, 18_000))
            .with("valid_to", port.time + up_to(c, 200 * DAY))
            .by(owner),
        10 => {
            let grades = ["advanced", "registered", "advanced", "registered", "discredited"];
            grade("importer", grades[pick(a, 5)])
        }
        11 => TRANSFERS[pick(a, TRANSFERS.len())].clone(),
        12 => match back(accepted, "combined_port", pick(a, 12)) {
            Some(Accepted { act, entry }) => void(act.who, &format!("bill:{IMPORT}"), *entry),
            None => return Step::Nothing,
        },
        13 => {
            let acts =
                [draw(&no), adjust(&no, 7), restore(&no, 7), claim(&no, 7, 0), settle(&no, 7)];
            let acts: Vec<Act> = acts.into_iter().chain([withdraw_claim(&no)]).collect();
            acts[pick(b, 6)].clone().by(PARTIES[pick(a, PARTIES.len())])
        }
        _ => return Step::Wait(up_to(a, 30 * DAY)),
    };
    Step::Act(act)
}

/// What is beyond the open tax is refused; most pay no more than that.
fn payment(drawdown: Option<&Drawdown>, fen: u64) -> u64 {
    match drawdown {
        Some(d) if !fen.is_multiple_of(8) => d.open_fen().max(1).min(fen),
        _ => fen,
    }
}

fn claim_on(port: &Port, no: &str, d: &Drawdown) -> Act {
    let fee = daily_fee(d.open_fen(), 50, days_late(d.due, port.time + 1000));
    claim(no, d.open_fen(), if d.filing_no == INSURED { 0 } else { fee })
}

fn settled(no: &str, d: &Drawdown) -> Act {
    let owed = d.claim.as_ref().map_or(1, |c| c.total_fen());
    let who = match d.filing_no.as_str() {
        INSURED => "insurer",
        CASH => "river_customs",
        _ => "bank",
    };
    settle(no, owed).by(who)
}
