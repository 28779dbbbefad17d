//! Histories of evidence: any party, any kind, any order, and what cites it.

use alloc::{vec, vec::Vec};
use std::sync::LazyLock;

use countersign_record::Digest;

use super::{Accepted, Lots, Step, choose, pick, up_to};
use crate::testing::{evidence::*, port::*};

pub(crate) const FILES: [&str; 4] = ["a", "b", "c", "d"];
const PARTIES: [&str; 3] = ["river_wharf", "agent", "river_customs"];

/// Containers are there, of which photographs can be taken.
pub(crate) static FROM: LazyLock<Vec<Port>> = LazyLock::new(|| vec![Port::gated()]);

/// One step of a history.
pub(crate) fn step(port: &Port, accepted: &[Accepted], lots: Lots) -> Step {
    let [what, f, p, a, b, _] = lots;
    let (words, who) = (FILES[pick(f, FILES.len())], PARTIES[pick(p, PARTIES.len())]);
    let until = |days: u64| port.time + days * DAY;
    let act = match choose(what, &[6, 3, 3, 4, 2, 2, 4, 1, 3]) {
        0 => anchor(words).with("retention_until", until(25 + up_to(a, 35))),
        1 => {
            let (no, of) = (1 + pick(a, 3) as u32, 2 + pick(b, 2) as u32);
            segment(words, no, of).with("retention_until", until(35))
        }
        2 => link(words, &box_of(pick(a, BOXES.len()))),
        3 => withdraw(words),
        4 => retain(words, until(up_to(a, 60))),
        5 => destroy(words),
        6 => {
            let anchors = accepted.iter().rev().filter(|a| a.act.kind == "anchor");
            let anchors: Vec<_> = anchors.take(6).map(|a| a.entry).collect();
            let Some(first) = anchors.get(pick(a, 6)) else { return Step::Nothing };
            let second = anchors.get(pick(b, 12)).filter(|second| *second != first);
            return Step::Act(citing(
                &[Some(first), second].into_iter().flatten().copied().collect::<Vec<_>>(),
            ));
        }
        7 => return Step::Act(citing(&[Digest::of(words.as_bytes())])),
        _ => return Step::Wait(up_to(a, 40 * DAY)),
    };
    Step::Act(act.by(who))
}
