//! The budget: four validators under every load, beside what the machine itself can do.

use std::path::Path;

use super::{
    Plan, VALIDATORS,
    figures::{self, Offered, Run, ratio},
    machine::{Disk, Machine},
    postgres::{Loads, Postgres},
    reference::Reference,
    report::{DiskParts, Report},
    rig::Rig,
};

/// How many times too many entries are made ready.
const READY_SPARE: f64 = 1.5;
/// Most entries a second that are made ready: more than the goal asks for.
const READY_PER_S_MAX: f64 = 10_000.0;
/// The part of the best rate at which the open loop offers entries.
const HALF: f64 = 0.5;
/// Actions of the statements that carry many, one run each.
const FILES: [usize; 2] = [32, 128];
/// Submitters of sequences, and the entries of one.
const BULK: (usize, usize) = (16, 128);
/// How many times faster entries may be when they come in sequences, and still enough are ready.
const BULK_FASTER: f64 = 3.0;
/// Submitters of such statements.
const FILES_SUBMITTERS: usize = 32;
/// How many times faster actions may be when they come in files, and still enough are ready.
const FILES_FASTER: f64 = 12.0;
/// Steps of the progress display, beside those of the closed loops.
const STEPS: u64 = 15;

/// Measures everything in one run, and ends what it started.
///
/// # Errors
/// The folder cannot be used, or a node does not do its work.
pub(super) async fn measure(folder: &Path, plan: &Plan) -> anyhow::Result<Report> {
    let bar = Rig::bar(STEPS + plan.submitters.len() as u64);
    let no_delay = std::time::Duration::ZERO;
    let mut rig = Rig::found(folder, VALIDATORS, no_delay, bar.clone()).await?;
    let machine = Machine::look(rig.folder());
    rig.say("what this machine can do by itself");
    let reference = tokio::task::block_in_place(|| Reference::measure(folder, plan.reference))?;
    rig.say("what PostgreSQL does on it");
    let postgres = postgres(&mut rig, plan).await?;
    let report = drive(&mut rig, plan, machine, reference, postgres).await;
    bar.finish_and_clear();
    rig.end().await?;
    report
}

/// Before the nodes run: neither disturbs the other.
async fn postgres(rig: &mut Rig, plan: &Plan) -> anyhow::Result<Postgres> {
    if !plan.postgres {
        return Ok(Postgres::Absent("left out as asked (--no-postgres)".into()));
    }
    let specimen = rig.specimen()?;
    let loads = Loads { specimen: &specimen, clients: plan.submitters.clone(), each: plan.each };
    Ok(Postgres::measure(rig.folder(), &loads).await)
}

async fn drive(
    rig: &mut Rig,
    plan: &Plan,
    machine: Machine,
    reference: Reference,
    postgres: Postgres,
) -> anyhow::Result<Report> {
    rig.start().await?;
    let idle_percent = rig.idle(plan.idle).await?;
    rig.file_ships().await?;
    let (disk_before, log_before) = (rig.disk(), rig.log_size().await?);
    let mut runs = mixed(rig, plan).await?;
    runs.extend(draws(rig, plan, &runs).await?);
    // Before the files: theirs are bytes of another kind of entry.
    let (disk, entries) = (rig.disk(), runs.iter().map(|r| r.accepted).sum::<u64>());
    let rss_mib_max = rig.peak_rss_mib()?;
    let best = best_of(&runs);
    for actions in FILES {
        let per_s = FILES_FASTER * runs[best].entries_per_s / actions as f64;
        runs.push(rig.files(FILES_SUBMITTERS, actions, per_s, plan.each).await?);
    }
    let submitters = closed_submitters(&runs).unwrap_or(1);
    let with_all_per_s = rate_of(&runs, submitters);
    let outage = rig.outage(submitters, with_all_per_s, plan.each).await?;
    let grown = |f: fn(&Disk) -> u64| f(&disk).saturating_sub(f(&disk_before)) as f64;
    let each = |bytes: f64| ratio(bytes, entries as f64);
    Ok(Report {
        machine,
        reference,
        postgres,
        validators: rig.validators(),
        idle_percent,
        statement_bytes: rig.mean_bytes(),
        receipt_check_ms: rig.receipt_check(),
        rss_mib_max,
        disk_bytes_per_entry: each(grown(Disk::total)),
        disk_parts: DiskParts {
            tables: each(grown(|d| d.tables)),
            write_ahead: each(grown(|d| d.write_ahead)),
            consensus: each(grown(|d| d.consensus)),
            other: each(grown(|d| d.other)),
        },
        accepted: runs.iter().map(|r| r.accepted).sum::<u64>() + outage.accepted,
        outage,
        in_log: rig.log_size().await?.saturating_sub(log_before),
        roots_equal: rig.roots_equal().await?,
        first_failure: rig.first_failure(),
        cost: figures::Cost::of(&runs),
        best,
        runs,
    })
}

/// The mix of all families: alone, in closed loops, at half the best rate, and in sequences.
async fn mixed(rig: &mut Rig, plan: &Plan) -> anyhow::Result<Vec<Run>> {
    let alone = rig.alone(plan.alone, plan.each).await?;
    let mut last = (1, ratio(1000.0, alone.latency_ms.p50));
    let (mut runs, mut per_s) = (vec![alone], 0.0_f64);
    for submitters in plan.submitters.iter().map(|n| usize::from(*n)) {
        let run = rig.closed(submitters, ready_per_s(submitters, last), plan.each).await?;
        per_s = per_s.max(run.entries_per_s);
        last = (submitters, run.entries_per_s);
        runs.push(run);
    }
    runs.push(rig.open(per_s * HALF, plan.each).await?);
    runs.push(rig.bulk(BULK.0, BULK.1, per_s * BULK_FASTER, plan.each).await?);
    Ok(runs)
}

/// The submitters of the last closed loop.
fn closed_submitters(runs: &[Run]) -> Option<usize> {
    runs.iter().rev().find_map(|r| match r.offered {
        Offered::Closed { submitters } => Some(submitters),
        _ => None,
    })
}

/// Entries a second of the closed loop of so many submitters.
fn rate_of(runs: &[Run], of: usize) -> f64 {
    let is = |r: &&Run| matches!(r.offered, Offered::Closed { submitters } if submitters == of);
    runs.iter().find(is).map_or(0.0, |r| r.entries_per_s)
}

/// Draws on many lines and on one, with as many submitters as the last closed loop had.
async fn draws(rig: &mut Rig, plan: &Plan, runs: &[Run]) -> anyhow::Result<Vec<Run>> {
    let submitters = closed_submitters(runs).unwrap_or(1);
    let last = (submitters, rate_of(runs, submitters));
    let mut drawn = Vec::new();
    for hot in [false, true] {
        drawn.push(rig.draws(last.0, hot, ready_per_s(last.0, last), plan.each).await?);
    }
    Ok(drawn)
}

/// How many entries a second to have ready: more than will be taken. The rate grows at most as the
/// number of submitters does; should it grow more, the run just ends early.
pub(super) fn ready_per_s(submitters: usize, (before, per_s): (usize, f64)) -> f64 {
    let growth = ratio(submitters as f64, before as f64).max(1.0);
    (READY_SPARE * growth * per_s + 10.0).min(READY_PER_S_MAX)
}

/// The closed loop with the highest rate.
fn best_of(runs: &[Run]) -> usize {
    let closed =
        runs.iter().enumerate().filter(|(_, r)| matches!(r.offered, Offered::Closed { .. }));
    closed.max_by(|a, b| a.1.entries_per_s.total_cmp(&b.1.entries_per_s)).map_or(0, |(i, _)| i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_entries_are_ready_than_will_be_taken() {
        assert!(ready_per_s(1, (1, 50.0)) > 50.0);
        assert!(ready_per_s(256, (32, 300.0)) > 2400.0);
        assert!(ready_per_s(8, (256, 700.0)) > 700.0);
        assert!(ready_per_s(256, (1, 1000.0)) <= READY_PER_S_MAX);
    }
}
