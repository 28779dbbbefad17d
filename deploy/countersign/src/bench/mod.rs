//! `countersign bench`: a real network on this machine under load, measured through its interface.
//!
//! Node processes on loopback, entries signed beforehand, every receipt verified. What is measured
//! is what users meet: nothing is switched off, and no path is taken that they cannot. Three ways to
//! use it: the budget (four validators, all loads, references beside them), the scale (one load
//! against validators, delay and entries in the ledger), and the comparison of two earlier runs.

mod budget;
mod compare;
mod figures;
mod json;
mod lines;
mod load;
mod machine;
mod plot;
mod postgres;
mod ratios;
mod reference;
mod report;
mod rig;
mod scale;
mod wire;
mod workload;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;
use clap::Args;
use countersign::fleet::own_folder;
use countersign_client::cli::{Answer, Common};
use tokio::signal::unix::{SignalKind, signal};

/// Submitters of the closed loops.
const SUBMITTERS: &[u16] = &[1, 8, 32, 128, 256];
/// The same with `--quick`.
const SUBMITTERS_QUICK: &[u16] = &[1, 8, 32];
/// Validators of the budget.
const VALIDATORS: usize = 4;
/// Most entries that are sent alone.
const ALONE_MAX: usize = 100;
/// Most entries that a ledger is filled with.
const LEDGER_MAX: u64 = 100_000_000;

/// How often, and after what pauses, the folder is removed before that counts as impossible.
const REMOVE_TRIES: u32 = 50;
const REMOVE_PAUSE: Duration = Duration::from_millis(100);

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
    /// Leave the PostgreSQL server out, even where one can be started
    #[arg(long)]
    no_postgres: bool,
    /// Draw the figures into this file (SVG)
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Where the nodes' homes are made and left; a temporary folder that is removed by default
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Scale: networks of so many validators, one after the other
    #[arg(long, value_name = "N,N,…", value_delimiter = ',',
        value_parser = clap::value_parser!(u16).range(4..=24))]
    validators: Vec<u16>,
    /// Scale: milliseconds that bytes take from each node to each other one
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    one_way_delay: Option<u64>,
    /// Scale: measure when the ledger has so many entries
    #[arg(long, value_name = "N,N,…", value_delimiter = ',',
        value_parser = clap::value_parser!(u64).range(1..=LEDGER_MAX))]
    ledger: Vec<u64>,
    /// Measure nothing: compare what `--json` printed of this revision …
    #[arg(long, value_name = "FILE,FILE,…", value_delimiter = ',', requires = "base")]
    this: Vec<PathBuf>,
    /// … with what it printed of another one
    #[arg(long, value_name = "FILE,FILE,…", value_delimiter = ',', requires = "this")]
    base: Vec<PathBuf>,
}

/// How long everything takes.
struct Plan {
    each: Duration,
    reference: Duration,
    idle: Duration,
    alone: usize,
    submitters: Vec<u16>,
    postgres: bool,
}

impl BenchArgs {
    fn plan(&self) -> Plan {
        let seconds = Duration::from_secs;
        let submitters = |usual: &[u16]| match self.submitters.is_empty() {
            true => usual.to_vec(),
            false => self.submitters.clone(),
        };
        let postgres = !self.no_postgres;
        match self.quick {
            true => Plan {
                each: seconds(1),
                reference: Duration::from_millis(50),
                idle: seconds(1),
                alone: 5,
                submitters: submitters(SUBMITTERS_QUICK),
                postgres,
            },
            false => Plan {
                each: seconds(self.seconds),
                reference: seconds(1),
                idle: seconds(self.seconds),
                alone: ALONE_MAX,
                submitters: submitters(SUBMITTERS),
                postgres,
            },
        }
    }

    /// The networks whose scale is asked for; none where it is the budget.
    fn scale(&self) -> Option<scale::Scale> {
        let asked =
            !self.validators.is_empty() || self.one_way_delay.is_some() || !self.ledger.is_empty();
        let mut ledger = self.ledger.clone();
        ledger.sort_unstable();
        asked.then(|| scale::Scale {
            validators: match self.validators.is_empty() {
                true => vec![VALIDATORS],
                false => self.validators.iter().map(|n| usize::from(*n)).collect(),
            },
            one_way: Duration::from_millis(self.one_way_delay.unwrap_or_default()),
            ledger,
        })
    }
}

/// Measures, prints, and ends everything that it started.
pub(crate) async fn run(args: BenchArgs, common: &Common) -> anyhow::Result<Answer> {
    if !args.this.is_empty() {
        return compare::run(&args.base, &args.this, common);
    }
    let (plan, scale) = (args.plan(), args.scale());
    let (folder, made) = match &args.dir {
        Some(folder) => (folder.clone(), false),
        None => (own_folder("bench"), true),
    };
    let mut terminate = signal(SignalKind::terminate())?;
    let svg = args.svg.as_deref();
    // Whatever runs is ended when what started it goes.
    let measured = tokio::select! {
        measured = measure(&folder, &plan, scale.as_ref(), svg, common) => measured,
        _ = tokio::signal::ctrl_c() => Err(anyhow::anyhow!("interrupted")),
        _ = terminate.recv() => Err(anyhow::anyhow!("told to stop")),
    };
    if made {
        remove(&folder).await?;
    }
    Ok(if measured? { Answer::Yes } else { Answer::No })
}

/// Removes the folder. What was just killed may still be on its way out and leave a file behind.
async fn remove(folder: &Path) -> anyhow::Result<()> {
    let mut tries = REMOVE_TRIES;
    while folder.exists() {
        match std::fs::remove_dir_all(folder) {
            Err(e) if tries == 0 => {
                return Err(e).with_context(|| format!("{} cannot be removed", folder.display()));
            }
            Err(_) => tokio::time::sleep(REMOVE_PAUSE).await,
            Ok(()) => return Ok(()),
        }
        tries -= 1;
    }
    Ok(())
}

/// Measures what is asked for, and prints it; whether the figures are sound.
async fn measure(
    folder: &Path,
    plan: &Plan,
    scale: Option<&scale::Scale>,
    svg: Option<&Path>,
    common: &Common,
) -> anyhow::Result<bool> {
    match scale {
        Some(scale) => {
            let report = scale.measure(folder, plan).await?;
            report.print(common);
            svg.map(|file| report.draw(file)).transpose()?;
            Ok(report.is_sound())
        }
        None => {
            let report = budget::measure(folder, plan).await?;
            report.print(common);
            svg.map(|file| report.draw(file)).transpose()?;
            Ok(report.is_sound())
        }
    }
}
