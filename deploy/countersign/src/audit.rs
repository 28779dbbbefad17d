//! `countersign audit`: what a node keeps, executed again and compared. `countersign repair`: a
//! damaged ledger made right.

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use clap::Args;
use countersign_client::cli::{Answer, Common, output};
use countersign_genesis::load_genesis;
use countersign_node::{
    audit::{self, Audited, Divergence, Repaired, Report, Step},
    runtime::config::Home,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// How often a ledger is opened that a running node changes meanwhile.
const OPEN_TRIES: u32 = 5;

/// What to audit.
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// The node's home folder; the node may run
    #[arg(long)]
    home: PathBuf,
    /// Where the batches are executed again: as much room as the ledger takes
    #[arg(long, value_name = "DIR")]
    scratch: Option<PathBuf>,
}

/// What to repair.
#[derive(Debug, Args)]
pub(crate) struct RepairArgs {
    /// The home folder of a node that does not run
    #[arg(long)]
    home: PathBuf,
}

/// Runs an audit.
pub(crate) fn audit(args: &AuditArgs, common: &Common) -> anyhow::Result<Answer> {
    let home = Home::new(&args.home);
    let genesis = load_genesis(&home.genesis_file())?;
    let folder = home.ledger_dir();
    ensure!(folder.is_dir(), "{} is not there: nothing to audit", folder.display());
    let within = args.scratch.clone().unwrap_or_else(std::env::temp_dir);
    let begun = Instant::now();
    let in_use = audit::is_in_use(&folder).unwrap_or(false);
    let mut tries = if in_use { OPEN_TRIES } else { 1 };
    let report = loop {
        let scratch = Scratch::make(&within)?;
        let bar = Bar::new();
        let report = audit::audit(&folder, &genesis, &scratch.0, &mut |step| bar.show(step))
            .with_context(|| format!("the scratch folder is in {}", within.display()))?;
        tries -= 1;
        // A node that runs may have taken a file away between two looks.
        if report.audited.first > 0 || tries == 0 {
            break report;
        }
    };
    let took = begun.elapsed();
    if common.json {
        let mut summary = serde_json::to_value(&report)?;
        summary["home"] = json!(args.home);
        summary["network"] = json!(genesis.network());
        summary["running"] = json!(in_use);
        summary["milliseconds"] = json!(took.as_millis());
        summary["entries_per_second"] = json!(per_second(report.audited.entries, took));
        output::json(&summary);
    } else {
        say_audited(&report.audited, took);
        match &report.divergence {
            None => output::line("everything holds"),
            Some(found) => {
                output::line(format_args!("DIVERGENCE at {found}"));
                output::line(
                    "stop the node and run `countersign repair --home` with its home folder: it \
                     keeps what holds, and the node fetches the rest from the others",
                );
            }
        }
    }
    Ok(if holds(&report) { Answer::Yes } else { Answer::No })
}

/// Repairs.
pub(crate) fn repair(args: &RepairArgs, common: &Common) -> anyhow::Result<Answer> {
    let home = Home::new(&args.home);
    let genesis = load_genesis(&home.genesis_file())?;
    let begun = Instant::now();
    let bar = Bar::new();
    let repaired = audit::repair(&home, &genesis, &mut |step| bar.show(step))?;
    let took = begun.elapsed();
    let (kept, rebuilt) = match &repaired {
        Repaired::Sound(kept) => (kept, None),
        Repaired::Rebuilt { kept, damage, moved_to } => (kept, Some((damage, moved_to))),
    };
    if common.json {
        output::json(&json!({
            "home": args.home,
            "kept_heights": kept.last,
            "kept_entries": kept.entries,
            "damage": rebuilt.map(|(damage, _)| damage),
            "moved_to": rebuilt.map(|(_, moved_to)| moved_to),
            "milliseconds": took.as_millis(),
        }));
        return Ok(Answer::Yes);
    }
    say_audited(kept, took);
    match rebuilt {
        None => output::line("everything holds; nothing was changed"),
        Some((damage, moved_to)) => say_rebuilt(kept, damage, moved_to),
    }
    Ok(Answer::Yes)
}

fn say_rebuilt(kept: &Audited, damage: &Divergence, moved_to: &Path) {
    output::line(format_args!("damage: {damage}"));
    output::line(format_args!(
        "the ledger was made anew; it stands at height {}. Start the node: it fetches what is \
         missing from the others, each batch checked against its commit proof",
        kept.last
    ));
    output::line(format_args!(
        "the damaged folder is {}: delete it when the node has caught up",
        moved_to.display()
    ));
}

fn holds(report: &Report) -> bool {
    report.divergence.is_none()
}

fn say_audited(audited: &Audited, took: Duration) {
    output::line(format_args!(
        "heights {} to {}: {} entries, {} of them refused, each with its signature; {} votes in the \
         commit proofs; {} stored values; {} s, {} entries/s",
        audited.first,
        audited.last,
        audited.entries,
        audited.refused,
        audited.votes,
        audited.values,
        took.as_secs(),
        per_second(audited.entries, took)
    ));
}

fn per_second(count: u64, took: Duration) -> u128 {
    u128::from(count) * 1000 / took.as_millis().max(1)
}

/// A folder that is there as long as this lives.
struct Scratch(PathBuf);

impl Scratch {
    fn make(within: &Path) -> anyhow::Result<Self> {
        let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
        let path = within.join(format!("countersign-audit-{}-{since}", std::process::id()));
        // A folder that is there already is somebody else's: it is not used.
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("{} cannot be made", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(e) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!("{} is left behind: {e}", self.0.display());
        }
    }
}

/// How far it is, on a terminal.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:34}] {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    fn show(&self, step: Step) {
        match step {
            Step::Batches { done, of } => {
                self.0.set_message("executing batches");
                self.0.set_length(of.unwrap_or(done).max(done));
                self.0.set_position(done);
            }
            Step::Values { done } => {
                self.0.set_message("comparing stored values");
                self.0.set_length(done);
                self.0.set_position(done);
            }
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
