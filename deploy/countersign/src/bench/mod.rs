//! `countersign bench`: a real network on this machine under load, measured through its interface.
//!
//! Four node processes on loopback, entries signed beforehand, every receipt verified. What is
//! measured is what users meet: nothing is switched off, and no path is taken that they cannot.

mod figures;
mod load;
mod machine;
mod reference;
mod report;
mod rig;
mod workload;

use std::{path::PathBuf, time::Duration};

use anyhow::Context as _;
use clap::Args;
use countersign_client::cli::{Answer, Common, entry::now_ms};
use tokio::signal::unix::{SignalKind, signal};

use self::{
    figures::Offered,
    machine::{Disk, Machine},
    reference::Reference,
    report::Report,
    rig::Rig,
};

/// Submitters of the closed loops.
const SUBMITTERS: &[u16] = &[1, 8, 32, 128, 256];
/// The same with `--quick`.
const SUBMITTERS_QUICK: &[u16] = &[1, 8, 32];
/// Most entries that are sent alone.
const ALONE_MAX: usize = 100;
/// How many times too many entries are made ready.
const READY_SPARE: f64 = 1.5;
/// Most entries a second that are made ready: more than the goal asks for.
const READY_PER_S_MAX: f64 = 10_000.0;
/// The part of the best rate at which the open loop offers entries.
const HALF: f64 = 0.5;

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// Seconds of each run
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// Submitters of the closed loops, one run each
    #[arg(long, value_name = "N,N,…", value_delimiter = ',',
        value_parser = clap::value_parser!(u16).range(1..=4096))]
    submitters: Vec<u16>,
    /// A smoke run of a few seconds: it shows that everything works, its figures mean little
    #[arg(long)]
    quick: bool,
    /// Where the nodes' homes are made and left; a temporary folder that is removed by default
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// How long everything takes.
struct Plan {
    each: Duration,
    reference: Duration,
    idle: Duration,
    alone: usize,
    submitters: Vec<u16>,
}

impl BenchArgs {
    fn plan(&self) -> Plan {
        let seconds = Duration::from_secs;
        let submitters = |usual: &[u16]| match self.submitters.is_empty() {
            true => usual.to_vec(),
            false => self.submitters.clone(),
        };
        match self.quick {
            true => Plan {
                each: seconds(1),
                reference: Duration::from_millis(50),
                idle: seconds(1),
                alone: 5,
                submitters: submitters(SUBMITTERS_QUICK),
            },
            false => Plan {
                each: seconds(self.seconds),
                reference: seconds(1),
                idle: seconds(self.seconds),
                alone: ALONE_MAX,
                submitters: submitters(SUBMITTERS),
            },
        }
    }
}

/// Measures, prints, and ends everything that it started.
pub(crate) async fn run(args: BenchArgs, common: &Common) -> anyhow::Result<Answer> {
    let plan = args.plan();
    let (folder, made) = match args.dir {
        Some(folder) => (folder, false),
        None => (std::env::temp_dir().join(format!("countersign-bench-{}", now_ms())), true),
    };
    let mut rig = Rig::found(&folder)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let measured = tokio::select! {
        measured = measure(&mut rig, &plan) => measured,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        _ = terminate.recv() => Err(anyhow::anyhow!("told to stop")),
    };
    rig.end().await?;
    if made {
        std::fs::remove_dir_all(&folder)
            .with_context(|| format!("{} cannot be removed", folder.display()))?;
    }
    let report = measured?;
    report.print(common);
    Ok(if report.is_sound() { Answer::Yes } else { Answer::No })
}

async fn measure(rig: &mut Rig, plan: &Plan) -> anyhow::Result<Report> {
    let machine = Machine::look(rig.folder());
    rig.say("what this machine can do by itself");
    let folder = rig.folder().to_path_buf();
    let reference = tokio::task::block_in_place(|| Reference::measure(&folder, plan.reference))?;
    rig.start().await?;
    let idle_percent = rig.idle(plan.idle).await?;
    rig.file_ships().await?;
    let (disk_before, log_before) = (rig.disk(), rig.log_size().await?);

    let alone = rig.alone(plan.alone, plan.each).await?;
    let mut last = (1, figures::ratio(1000.0, alone.latency_ms.p50));
    let (mut runs, mut per_s) = (vec![alone], 0.0_f64);
    for submitters in plan.submitters.iter().map(|n| usize::from(*n)) {
        let run = rig.closed(submitters, ready_per_s(submitters, last), plan.each).await?;
        per_s = per_s.max(run.entries_per_s);
        last = (submitters, run.entries_per_s);
        runs.push(run);
    }
    runs.push(rig.open(per_s * HALF, plan.each).await?);
    for hot in [false, true] {
        runs.push(rig.draws(last.0, hot, ready_per_s(last.0, last), plan.each).await?);
    }

    let accepted: u64 = runs.iter().map(|r| r.accepted).sum();
    let in_log = rig.log_size().await?.saturating_sub(log_before);
    let disk = rig.disk();
    let grown = |f: fn(&Disk) -> u64| f(&disk).saturating_sub(f(&disk_before)) as f64;
    let each = |bytes: f64| figures::ratio(bytes, accepted as f64);
    Ok(Report {
        machine,
        reference,
        idle_percent,
        statement_bytes: rig.mean_bytes(),
        receipt_check_ms: rig.receipt_check(),
        rss_mib_max: rig.peak_rss_mib()?,
        disk_bytes_per_entry: each(grown(Disk::total)),
        disk_parts: report::DiskParts {
            tables: each(grown(|d| d.tables)),
            write_ahead: each(grown(|d| d.write_ahead)),
            consensus: each(grown(|d| d.consensus)),
            other: each(grown(|d| d.other)),
        },
        accepted,
        in_log,
        roots_equal: rig.roots_equal().await?,
        first_failure: rig.first_failure(),
        cost: figures::Cost::of(&runs),
        best: best_of(&runs),
        runs,
    })
}

/// How many entries a second to have ready: more than will be taken. The rate grows at most as the
/// number of submitters does; should it grow more, the run just ends early.
fn ready_per_s(submitters: usize, (before, per_s): (usize, f64)) -> f64 {
    let growth = figures::ratio(submitters as f64, before as f64).max(1.0);
    (READY_SPARE * growth * per_s + 10.0).min(READY_PER_S_MAX)
}

/// The closed loop with the highest rate.
fn best_of(runs: &[figures::Run]) -> usize {
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
