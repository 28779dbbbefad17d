//! What a guarantor answers for, read from its lines and their drawdowns at one moment (§2.5).

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use serde::Serialize;

use super::{
    set::{BadListing, check_listing},
    state::{Drawdown, Line, Stage, Standing},
};
use crate::calendar::Day;

/// A line and its live drawdowns, each with its declaration's number.
#[derive(Clone, Debug)]
pub struct Holding<'a> {
    filing_no: &'a str,
    line: &'a Line,
    live: Vec<(&'a str, &'a Drawdown)>,
}

impl<'a> Holding<'a> {
    /// A line and everything that was ever listed under it; what is not live on it is left aside.
    pub fn new(
        filing_no: &'a str,
        line: &'a Line,
        listed: impl IntoIterator<Item = (&'a str, &'a Drawdown)>,
    ) -> Self {
        let ours = |d: &Drawdown| d.stage.is_live() && d.filing_no == filing_no;
        let live = listed.into_iter().filter(|(_, d)| ours(d)).collect();
        Self { filing_no, line, live }
    }
}

/// A number of drawdowns and what is open on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Amount {
    /// How many.
    pub count: u64,
    /// What is open on them, without late fees, fen.
    pub open_fen: u64,
}

impl Amount {
    fn add(&mut self, open_fen: u64) {
        self.count = self.count.saturating_add(1);
        self.open_fen = self.open_fen.saturating_add(open_fen);
    }
}

/// One line of a guarantor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineExposure {
    /// Its filing number.
    pub filing_no: String,
    /// The enterprise whose taxes it secures.
    pub enterprise: String,
    /// How it stands.
    pub standing: Standing,
    /// Its limit, fen.
    pub limit_fen: u64,
    /// What is used, fen.
    pub used_fen: u64,
    /// What may still be drawn at this moment; nothing where it may not be drawn on, fen.
    pub headroom_fen: u64,
    /// How many drawdowns live on it.
    pub live: u64,
    /// The last moment of its term.
    pub valid_to: u64,
    /// What was paid on it so far, fen.
    pub settled_fen: u64,
}

/// A claim that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OpenClaim {
    /// The declaration.
    pub entry_no: String,
    /// The line.
    pub filing_no: String,
    /// Whose tax it is.
    pub enterprise: String,
    /// The tax, fen.
    pub principal_fen: u64,
    /// The late fee, fen.
    pub late_fee_fen: u64,
    /// When customs claimed.
    pub claimed_at: u64,
    /// Until when the guarantor should pay.
    pub answer_by: u64,
}

/// What a guarantor answers for. Days are those of China Standard Time, as `YYYY-MM-DD`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Exposure {
    /// The guarantor.
    pub guarantor: String,
    /// The moment, UTC milliseconds since 1970.
    pub at: u64,
    /// The limits of its lines that are not closed, fen.
    pub limit_fen: u64,
    /// All live drawdowns: what is open on them is what the lines have used.
    pub live: Amount,
    /// What may still be drawn at this moment, fen.
    pub headroom_fen: u64,
    /// By stage.
    pub by_stage: BTreeMap<&'static str, Amount>,
    /// By enterprise.
    pub by_enterprise: BTreeMap<String, Amount>,
    /// By class of matter.
    pub by_scope: BTreeMap<&'static str, Amount>,
    /// By the day on which they were reserved.
    pub by_day: BTreeMap<String, Amount>,
    /// By due day; of a reservation as it was counted when it was made.
    pub by_due: BTreeMap<String, Amount>,
    /// Owed, and due within 7 days from this one.
    pub due_in_7_days: Amount,
    /// Owed, and due within 30 days from this one, those of 7 days included.
    pub due_in_30_days: Amount,
    /// Overdue, claims included.
    pub overdue: Amount,
    /// Filing numbers whose term ends within 30 days, with live drawdowns.
    pub expiring_with_draws: Vec<String>,
    /// Filing numbers whose term is over, with live drawdowns.
    pub expired_with_draws: Vec<String>,
    /// Open claims.
    pub claims: Vec<OpenClaim>,
    /// What it has paid so far, fen.
    pub settled_fen: u64,
    /// Its lines.
    pub lines: Vec<LineExposure>,
}

/// What a guarantor answers for at a moment. Lines of others are left aside; every listing is
/// proven complete first.
///
/// # Errors
/// The filing number of the first line whose drawdowns are not all there, and in which way.
pub fn exposure(
    guarantor: &str,
    holdings: &[Holding<'_>],
    at: u64,
) -> Result<Exposure, (String, BadListing)> {
    let mut all = Exposure { guarantor: guarantor.into(), at, ..Exposure::default() };
    for holding in holdings.iter().filter(|h| h.line.guarantor.as_deref() == Some(guarantor)) {
        check_listing(holding.filing_no, holding.line, holding.live.iter().copied())
            .map_err(|bad| (holding.filing_no.into(), bad))?;
        all.add_line(holding);
        for (entry_no, drawdown) in &holding.live {
            all.add_drawdown(entry_no, drawdown);
        }
    }
    Ok(all)
}

impl Exposure {
    fn add_line(&mut self, holding: &Holding<'_>) {
        let line = holding.line;
        let over = self.at > line.valid_to;
        let usable = line.standing == Standing::Active && self.at >= line.valid_from && !over;
        let headroom_fen = if usable { line.headroom_fen() } else { 0 };
        if line.standing != Standing::Closed {
            self.limit_fen = self.limit_fen.saturating_add(line.limit_fen);
        }
        self.headroom_fen = self.headroom_fen.saturating_add(headroom_fen);
        self.settled_fen = self.settled_fen.saturating_add(line.settled_fen);
        let soon = Day::of(line.valid_to).since(Day::of(self.at)) <= 30;
        if line.live > 0 && over {
            self.expired_with_draws.push(holding.filing_no.into());
        } else if line.live > 0 && soon {
            self.expiring_with_draws.push(holding.filing_no.into());
        }
        self.lines.push(LineExposure {
            filing_no: holding.filing_no.into(),
            enterprise: line.enterprise.clone(),
            standing: line.standing,
            limit_fen: line.limit_fen,
            used_fen: line.used_fen,
            headroom_fen,
            live: line.live,
            valid_to: line.valid_to,
            settled_fen: line.settled_fen,
        });
    }

    fn add_drawdown(&mut self, entry_no: &str, drawdown: &Drawdown) {
        let open = drawdown.open_fen();
        self.live.add(open);
        self.by_stage.entry(drawdown.stage.name()).or_default().add(open);
        self.by_enterprise.entry(drawdown.enterprise.clone()).or_default().add(open);
        if let Some(scope) = drawdown.scope {
            self.by_scope.entry(scope.name()).or_default().add(open);
        }
        self.by_day.entry(date(drawdown.by.at)).or_default().add(open);
        self.by_due.entry(date(drawdown.due)).or_default().add(open);
        let passed = drawdown.due < self.at;
        let days = Day::of(drawdown.due).since(Day::of(self.at));
        if drawdown.stage == Stage::Claimed || drawdown.stage.is_owed() && passed {
            self.overdue.add(open);
        } else if drawdown.stage.is_owed() {
            for (within, total) in [(7, &mut self.due_in_7_days), (30, &mut self.due_in_30_days)] {
                if days <= within {
                    total.add(open);
                }
            }
        }
        if let Some(claim) = drawdown.claim.as_ref().filter(|_| drawdown.stage == Stage::Claimed) {
            self.claims.push(OpenClaim {
                entry_no: entry_no.into(),
                filing_no: drawdown.filing_no.clone(),
                enterprise: drawdown.enterprise.clone(),
                principal_fen: claim.principal_fen,
                late_fee_fen: claim.late_fee_fen,
                claimed_at: claim.by.at,
                answer_by: claim.due.by,
            });
        }
    }
}

fn date(ms: u64) -> String {
    let (year, month, day) = Day::of(ms).civil();
    format!("{year:04}-{month:02}-{day:02}")
}
