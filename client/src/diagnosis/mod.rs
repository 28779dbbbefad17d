//! Why a network stands still, from what one node says of itself: facts, one cause, its words.
//!
//! [`Facts`] are read from `/v1/status`; [`diagnose`] picks the one [`Cause`] that a person should
//! look at first; `words` has a sentence and a remedy for each, in both languages.

mod facts;
#[cfg(test)]
mod tests;
mod words;

pub use facts::Facts;

/// Batches that a node may lack before it counts as behind: the last one is always on its way.
const BEHIND_MIN: u64 = 2;
/// How far a clock may be off before it costs turns: what validators allow a proposal (D11).
const CLOCK_OFF_MS: u64 = 10_000;
/// Of the backlog, in per cent, from which on it counts as full.
const QUEUE_FULL_PERCENT: u64 = 90;
/// How the fault of a node begins that must not sign because its key may be at work elsewhere.
const DOUBLE_SIGN: &str = "double-sign guard:";

/// What stands in the way, or that nothing does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// Nothing: batches are made.
    Moves,
    /// The node lacks batches and fetches them.
    CatchingUp,
    /// The node does not answer.
    Unreachable,
    /// The validator key may be in use elsewhere.
    DoubleSign,
    /// The node's disk is full.
    DiskFull,
    /// The node does not vote for now: what its key has signed is not known well enough.
    Silent,
    /// This node executes a decided batch to something else than the quorum did.
    OwnRootsDiffer,
    /// This node has no connection at all.
    Alone,
    /// This node and those that it reaches are too few to decide.
    QuorumLost,
    /// Validators disagree about what a batch leads to.
    RootsDiffer,
    /// The others go on and this node takes in nothing.
    LeftBehind,
    /// This node's clock lags.
    ClockLags,
    /// This node's clock leads.
    ClockLeads,
    /// Another validator's clock is off.
    OthersClock,
    /// Rules are voted for that this program does not know.
    RulesUnknown,
    /// No more entries can wait.
    QueueFull,
    /// It stands still and this node sees no reason.
    Unexplained,
}

impl Cause {
    /// Every cause.
    pub const ALL: [Self; 17] = [
        Self::Moves,
        Self::CatchingUp,
        Self::Unreachable,
        Self::DoubleSign,
        Self::DiskFull,
        Self::Silent,
        Self::OwnRootsDiffer,
        Self::Alone,
        Self::QuorumLost,
        Self::RootsDiffer,
        Self::LeftBehind,
        Self::ClockLags,
        Self::ClockLeads,
        Self::OthersClock,
        Self::RulesUnknown,
        Self::QueueFull,
        Self::Unexplained,
    ];

    /// Its name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Moves => "moves",
            Self::CatchingUp => "catching_up",
            Self::Unreachable => "unreachable",
            Self::DoubleSign => "double_sign_guard",
            Self::DiskFull => "disk_full",
            Self::Silent => "guard_silent",
            Self::OwnRootsDiffer => "own_roots_differ",
            Self::Alone => "alone",
            Self::QuorumLost => "quorum_lost",
            Self::RootsDiffer => "roots_differ",
            Self::LeftBehind => "left_behind",
            Self::ClockLags => "clock_lags",
            Self::ClockLeads => "clock_leads",
            Self::OthersClock => "others_clock",
            Self::RulesUnknown => "rules_unknown",
            Self::QueueFull => "queue_full",
            Self::Unexplained => "unexplained",
        }
    }
}

/// The answer: whether it stands still, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// No batch for longer than four heartbeats.
    pub stuck: bool,
    /// What to look at first.
    pub cause: Cause,
}

/// The first cause that holds, in the order in which they explain the others.
pub fn diagnose(facts: &Facts) -> Finding {
    let stuck = facts.age_ms > facts.quiet_ms();
    let cause = on_this_node(facts)
        .or_else(|| in_the_company(facts, stuck))
        .or_else(|| if stuck { Some(unmoved(facts)) } else { beside(facts) })
        .unwrap_or(Cause::Moves);
    Finding { stuck, cause }
}

/// What keeps this node from its work, whatever the others do.
fn on_this_node(facts: &Facts) -> Option<Cause> {
    let own = [
        (facts.last_fault.as_deref().is_some_and(|f| f.contains(DOUBLE_SIGN)), Cause::DoubleSign),
        (facts.disk_full, Cause::DiskFull),
        (facts.silence.is_some(), Cause::Silent),
        (facts.cannot_follow.is_some(), Cause::OwnRootsDiffer),
    ];
    own.into_iter().find(|(holds, _)| *holds).map(|(_, cause)| cause)
}

/// Who is there. A node that does not vote may reach one other and follow all the same.
fn in_the_company(facts: &Facts, stuck: bool) -> Option<Cause> {
    if !(stuck || facts.votes) {
        return None;
    }
    if facts.connected == 0 && facts.power_total > facts.power_own {
        return Some(Cause::Alone);
    }
    (!facts.is_quorum_here()).then_some(Cause::QuorumLost)
}

/// It stands still although a quorum is connected.
fn unmoved(facts: &Facts) -> Cause {
    if facts.behind >= BEHIND_MIN {
        Cause::LeftBehind
    } else if !facts.differ.is_empty() {
        Cause::RootsDiffer
    } else {
        clock(facts).unwrap_or(Cause::Unexplained)
    }
}

/// It moves; what should be seen to all the same.
fn beside(facts: &Facts) -> Option<Cause> {
    if facts.behind >= BEHIND_MIN {
        return Some(Cause::CatchingUp);
    }
    if !facts.differ.is_empty() {
        return Some(Cause::RootsDiffer);
    }
    clock(facts)
        .or_else(|| facts.unknown_rules.map(|_| Cause::RulesUnknown))
        .or_else(|| facts.is_queue_full().then_some(Cause::QueueFull))
}

fn clock(facts: &Facts) -> Option<Cause> {
    match facts.clock_off_ms() {
        Some(off) if off < 0 => Some(Cause::ClockLags),
        Some(_) => Some(Cause::ClockLeads),
        None => (!facts.clocks_off().is_empty()).then_some(Cause::OthersClock),
    }
}
