//! What many seeds came to, in one line.

use std::{
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe},
};

use sha2::{Digest as _, Sha256};

use super::world::{Plan, Played, World};

/// Plays one seed. A panic, of the core's or an invariant's, is a violation like any other.
pub(super) fn play(plan: Plan) -> Played {
    let mut world = World::new(plan);
    let ended = panic::catch_unwind(AssertUnwindSafe(|| world.play()));
    let mut played = world.played();
    if let Err(panic) = ended {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        played.violations.push(text.unwrap_or_else(|| "a panic without words".into()));
    }
    played
}

/// The sum of all seeds.
#[derive(Default)]
pub(super) struct Totals {
    pub(super) seeds: u64,
    pub(super) heights: u64,
    pub(super) happened: usize,
    /// Accepted entries by family.
    pub(super) families: BTreeMap<&'static str, u64>,
    pub(super) set_changes: u64,
    simulated: u64,
    /// The longest from the end of the faults until every honest node had gone on, microseconds.
    pub(super) recovery: u64,
    pub(super) faults: BTreeMap<&'static str, u64>,
    violations: u64,
    /// Over the digests of all traces.
    trace: Sha256,
    /// Seed, what was violated, and the story, of the first that failed.
    pub(super) failure: Option<String>,
}

impl Totals {
    pub(super) fn add(&mut self, plan: &Plan, played: Played) {
        self.seeds += 1;
        self.heights += played.heights;
        self.happened += played.entries;
        self.simulated += played.simulated;
        self.set_changes += played.set_changes;
        for (family, count) in played.families {
            *self.families.entry(family).or_default() += count;
        }
        self.recovery = self.recovery.max(played.recovery);
        self.trace.update(&played.digest);
        for (kind, count) in played.faults {
            *self.faults.entry(kind).or_default() += count;
        }
        if played.violations.is_empty() {
            return;
        }
        self.violations += 1;
        let seed = plan.seed;
        let what = played.violations.join("\n");
        self.failure.get_or_insert_with(|| {
            format!(
                "seed {seed} fails; `make simulate HEIGHTS=1 SEED={seed}` repeats it. The end of \
                 its story:\n{}{what}",
                played.story
            )
        });
    }

    /// Seeds, heights, entries by family, faults by kind, violations.
    pub(super) fn line(&self) -> String {
        format!(
            "simulated: {} seeds, {} heights, {} s; accepted entries: {}; {} happenings; changes of \
             the validator set {}; faults: {}; longest recovery {:.1} s; trace {}; violations: {}",
            self.seeds,
            self.heights,
            self.simulated / 1_000_000,
            listed(&self.families),
            self.happened,
            self.set_changes,
            listed(&self.faults),
            self.recovery as f64 / 1e6,
            &hex::encode(self.trace.clone().finalize())[..16],
            self.violations
        )
    }
}

fn listed(counts: &BTreeMap<&'static str, u64>) -> String {
    let each: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    each.join(", ")
}
