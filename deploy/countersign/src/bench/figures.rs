//! What was measured, as numbers: percentiles, rates, and what they come to for an entry.

use std::time::Duration;

use serde::Serialize;

/// How long it took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Latency {
    /// Half were quicker.
    pub(super) p50: f64,
    /// 99 of 100 were quicker.
    pub(super) p99: f64,
    /// The slowest.
    pub(super) max: f64,
}

impl Latency {
    /// Of some durations; zeros where there are none.
    pub(super) fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        let ms = |permille| percentile(&durations, permille).as_secs_f64() * 1000.0;
        Self { p50: ms(500), p99: ms(990), max: ms(1000) }
    }
}

/// The smallest of the sorted durations that so many thousandths of them do not exceed
/// (nearest rank).
fn percentile(sorted: &[Duration], permille: usize) -> Duration {
    let rank = (sorted.len() * permille).div_ceil(1000);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

/// How entries were offered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "load")]
pub(super) enum Offered {
    /// One at a time, the network idle in between.
    Alone,
    /// So many submitters, each with one entry under way.
    Closed {
        /// How many.
        submitters: usize,
    },
    /// So many submitters, each with one sequence of entries under way.
    Bulk {
        /// How many.
        submitters: usize,
        /// Entries of a sequence.
        entries: usize,
    },
    /// So many submitters that draw on guarantee lines.
    Draws {
        /// How many.
        submitters: usize,
        /// On how many lines: one is the hot line.
        lines: usize,
    },
    /// So many submitters of statements that carry many actions each.
    Files {
        /// How many.
        submitters: usize,
        /// Actions of a statement.
        actions: usize,
    },
    /// At a rate, whatever becomes of them.
    Open {
        /// Entries a second that were offered.
        offered_per_s: f64,
    },
}

impl Offered {
    /// Actions of each statement.
    fn actions(&self) -> usize {
        match self {
            Self::Files { actions, .. } => *actions,
            _ => 1,
        }
    }
}

/// One run of a load, and what it took.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Run {
    /// How entries were offered.
    #[serde(flatten)]
    pub(super) offered: Offered,
    /// How long it ran.
    pub(super) seconds: f64,
    /// Entries with a verified receipt.
    pub(super) accepted: u64,
    /// Entries that a rule refused, or that no receipt came for.
    pub(super) failed: u64,
    /// Accepted entries a second: an entry is a statement, whatever it carries.
    pub(super) entries_per_s: f64,
    /// From submission to the verified receipt.
    pub(super) latency_ms: Latency,
    /// Processor seconds of all nodes for 1,000 entries.
    pub(super) cpu_s_per_1000: f64,
    /// Processor seconds of the load generator for 1,000 entries: on the same cores.
    pub(super) generator_cpu_s_per_1000: f64,
    /// Batches in that time.
    pub(super) batches: u64,
    /// Bytes between the nodes for an entry, all of them together; none where nobody counts them.
    pub(super) wire_bytes_per_entry: Option<f64>,
}

impl Run {
    /// Entries in a batch on average.
    pub(super) fn entries_per_batch(&self) -> f64 {
        ratio(self.accepted as f64, self.batches as f64)
    }

    /// Actions a second.
    pub(super) fn actions_per_s(&self) -> f64 {
        self.entries_per_s * self.offered.actions() as f64
    }
}

/// What the nodes spend on a batch, whatever is in it, and on each entry on top.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct Cost {
    /// Processor seconds of all nodes for a batch.
    pub(super) batch_cpu_s: f64,
    /// Processor seconds of all nodes for an entry in it.
    pub(super) entry_cpu_s: f64,
}

impl Cost {
    /// The two figures that explain the runs best (least squares); none where the runs are too
    /// much alike to tell them apart. Draws and files are entries of other kinds, and sequences come
    /// in cheaper: they are left out.
    pub(super) fn of(runs: &[Run]) -> Option<Self> {
        let (mut bb, mut be, mut ee, mut bc, mut ec) = (0.0, 0.0, 0.0, 0.0, 0.0);
        let alike = |o: &Offered| {
            matches!(o, Offered::Alone | Offered::Closed { .. } | Offered::Open { .. })
        };
        let mixed = runs.iter().filter(|r| alike(&r.offered));
        for run in mixed {
            let (b, e) = (run.batches as f64, run.accepted as f64);
            let c = run.cpu_s_per_1000 * e / 1000.0;
            bb += b * b;
            be += b * e;
            ee += e * e;
            bc += b * c;
            ec += e * c;
        }
        let determinant = bb * ee - be * be;
        let apart = determinant > 0.01 * bb * ee;
        apart.then(|| Self {
            batch_cpu_s: (bc * ee - ec * be) / determinant,
            entry_cpu_s: (ec * bb - bc * be) / determinant,
        })
    }
}

/// A part; 0 where there is nothing to divide by.
pub(super) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// The margin of a figure that is too small to be seen.
const MARGIN_MAX: f64 = 1000.0;

/// Whether more or less of a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Better {
    /// At least the goal.
    More,
    /// At most the goal.
    Less,
}

/// By what factor a goal is met (above 1) or missed (below 1). Nothing at all is as far below a
/// limit as the clock can tell.
pub(super) fn margin(found: f64, goal: f64, better: Better) -> f64 {
    match better {
        Better::Less if found <= 0.0 => MARGIN_MAX,
        Better::More => ratio(found, goal),
        Better::Less => ratio(goal, found),
    }
}

/// Three significant digits, with commas between thousands: what a reader can use.
pub(super) fn shown(value: f64) -> String {
    let digits = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((&*text, ""), |(whole, rest)| (whole, rest));
    let mut grouped = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(c);
    }
    if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(values: impl IntoIterator<Item = u64>) -> Vec<Duration> {
        values.into_iter().map(Duration::from_millis).collect()
    }

    #[test]
    fn percentiles_are_the_nearest_rank() {
        let hundred = ms(1..=100);
        assert_eq!(percentile(&hundred, 500), Duration::from_millis(50));
        assert_eq!(percentile(&hundred, 990), Duration::from_millis(99));
        assert_eq!(percentile(&hundred, 1000), Duration::from_millis(100));
        assert_eq!(percentile(&hundred, 0), Duration::from_millis(1));
    }

    #[test]
    fn percentiles_of_few_are_one_of_them() {
        assert_eq!(percentile(&[], 500), Duration::ZERO);
        assert_eq!(percentile(&ms([7]), 500), Duration::from_millis(7));
        assert_eq!(percentile(&ms([7]), 990), Duration::from_millis(7));
        assert_eq!(percentile(&ms([3, 9]), 500), Duration::from_millis(3));
        assert_eq!(percentile(&ms([3, 9]), 990), Duration::from_millis(9));
    }

    #[test]
    fn order_of_arrival_does_not_matter() {
        let latency = Latency::of(ms([30, 10, 20]));
        assert_eq!(latency, Latency { p50: 20.0, p99: 30.0, max: 30.0 });
    }

    fn run(batches: u64, accepted: u64, cpu_s: f64) -> Run {
        Run {
            offered: Offered::Alone,
            seconds: 1.0,
            accepted,
            failed: 0,
            entries_per_s: accepted as f64,
            latency_ms: Latency::default(),
            cpu_s_per_1000: 1000.0 * cpu_s / accepted as f64,
            generator_cpu_s_per_1000: 0.0,
            batches,
            wire_bytes_per_entry: None,
        }
    }

    #[test]
    fn the_cost_of_batches_and_entries_is_told_apart() {
        // 20 ms a batch and 1 ms an entry.
        let runs = [run(100, 100, 2.1), run(50, 1000, 2.0), run(10, 2000, 2.2)];
        let cost = Cost::of(&runs).expect("runs that differ");
        assert!((cost.batch_cpu_s - 0.020).abs() < 1e-9, "{cost:?}");
        assert!((cost.entry_cpu_s - 0.001).abs() < 1e-9, "{cost:?}");
        assert_eq!(Cost::of(&runs[..1]), None);
        assert_eq!(Cost::of(&[]), None);
    }

    #[test]
    fn a_file_is_one_entry_of_many_actions() {
        let files = Offered::Files { submitters: 8, actions: 32 };
        let run = Run { offered: files, ..run(10, 100, 1.0) };
        assert!((run.entries_per_s - 100.0).abs() < 1e-9);
        assert!((run.actions_per_s() - 3200.0).abs() < 1e-9);
        assert_eq!(Cost::of(&[run.clone(), run]), None);
    }

    #[test]
    fn margins_say_how_far_off() {
        assert!((margin(2500.0, 5000.0, Better::More) - 0.5).abs() < 1e-9);
        assert!((margin(0.8, 0.4, Better::Less) - 0.5).abs() < 1e-9);
        assert!((margin(0.2, 0.4, Better::Less) - 2.0).abs() < 1e-9);
        assert!((margin(0.0, 0.4, Better::Less) - MARGIN_MAX).abs() < 1e-9);
        assert!(margin(0.0, 5000.0, Better::More) < 1e-9);
    }

    #[test]
    fn numbers_are_shown_for_readers() {
        assert_eq!(shown(1_234_567.8), "1,234,568");
        assert_eq!(shown(999.4), "999");
        assert_eq!(shown(12.345), "12.3");
        assert_eq!(shown(1.234), "1.23");
        assert_eq!(shown(0.0456), "0.046");
        assert_eq!(shown(-1234.0), "-1,234");
        assert_eq!(shown(-123.0), "-123");
    }
}
