//! `countersign snapshot`, `backup` and `prune`: what a ledger is begun from, put back from, and
//! made smaller by. They work on the files of a node: whoever may read these may do this, and no
//! door of the node leads here.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Write as _},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use countersign_client::cli::{Answer, Common, Language, output};
use countersign_genesis::load_genesis;
use countersign_node::{
    audit,
    ledger::{
        Ledger,
        snapshot::{SnapshotFault, restore},
    },
    runtime::config::Home,
};
use countersign_record::founding::Genesis;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

/// How long a snapshot or a copy may be quiet before its bar is drawn again.
const DRAW_EVERY: Duration = Duration::from_millis(200);

/// Commands about snapshots.
#[derive(Debug, Subcommand)]
pub(crate) enum SnapshotCommand {
    /// Write the ledger of a node into one file, from which another node begins; the node may run
    Create {
        /// The node's home folder
        #[arg(long)]
        home: PathBuf,
        /// The file
        #[arg(long, short)]
        output: PathBuf,
    },
    /// Begin the ledger of a node from a snapshot; everything in it is checked against the founding
    /// document in the home folder
    Restore {
        /// The file
        file: PathBuf,
        /// The home folder of a node that has no ledger yet
        #[arg(long)]
        home: PathBuf,
    },
}

/// Commands about backups.
#[derive(Debug, Subcommand)]
pub(crate) enum BackupCommand {
    /// Copy the whole ledger of a node as it stands now; the node may run
    Create {
        /// The node's home folder
        #[arg(long)]
        home: PathBuf,
        /// Where to: a folder that is not there, best on another disk
        #[arg(long, short)]
        output: PathBuf,
    },
    /// Put a copy back; what came after it is fetched from the other nodes
    Restore {
        /// The folder that was made
        folder: PathBuf,
        /// The home folder of a node that has no ledger
        #[arg(long)]
        home: PathBuf,
    },
}

/// What to prune.
#[derive(Debug, Args)]
pub(crate) struct PruneArgs {
    /// The home folder of a node that does not run
    #[arg(long)]
    home: PathBuf,
    /// The first height whose batch stays
    #[arg(long, value_name = "HEIGHT")]
    before: u64,
}

/// A home folder and its founding document.
struct Place {
    home: Home,
    genesis: Genesis,
}

impl Place {
    fn at(home: PathBuf) -> anyhow::Result<Self> {
        let home = Home::new(home);
        let genesis = load_genesis(&home.genesis_file())?;
        Ok(Self { home, genesis })
    }

    /// The ledger as it stands now, whether or not a node runs on it.
    fn look(&self) -> anyhow::Result<Ledger> {
        let folder = self.home.ledger_dir();
        ensure!(folder.is_dir(), "{} is not there: no ledger", folder.display());
        Ok(Ledger::open_beside(&folder, &self.genesis)?)
    }

    /// Where a ledger is to be made; the folder above it is there then.
    fn vacant(&self) -> anyhow::Result<PathBuf> {
        let folder = self.home.ledger_dir();
        if let Some(above) = folder.parent() {
            fs::create_dir_all(above)
                .with_context(|| format!("{} cannot be made", above.display()))?;
        }
        Ok(folder)
    }
}

/// Runs a command about snapshots.
pub(crate) fn snapshot(command: SnapshotCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        SnapshotCommand::Create { home, output } => create(&Place::at(home)?, &output, common),
        SnapshotCommand::Restore { file, home } => begin_from(&file, &Place::at(home)?, common),
    }
}

fn create(place: &Place, file: &Path, common: &Common) -> anyhow::Result<Answer> {
    let ledger = place.look()?;
    let (begun, bar) = (Instant::now(), Bar::of("heights"));
    // Beside the file first: half a snapshot is none, and must not look like one.
    let beside = file.with_extension("unfinished");
    let cannot = || format!("{} cannot be written", beside.display());
    let mut out = BufWriter::new(File::create(&beside).with_context(cannot)?);
    let made = ledger.snapshot(&mut out, |done, of| bar.show(done, of));
    let made = match made {
        Ok(made) => made,
        Err(e) => {
            fs::remove_file(&beside)?;
            return Err(e.into());
        }
    };
    out.flush().and_then(|()| out.get_ref().sync_all()).with_context(cannot)?;
    fs::rename(&beside, file).with_context(|| format!("{} cannot be made", file.display()))?;
    let took = begun.elapsed();
    if common.json {
        output::json(&json!({
            "file": file, "height": made.height, "records": made.records, "entries": made.entries,
            "bytes": made.bytes, "milliseconds": took.as_millis(),
            "entries_per_second": per_second(made.entries, took),
        }));
        return Ok(Answer::Yes);
    }
    let (file, height, records, entries) =
        (file.display(), made.height, made.records, made.entries);
    let (bytes, speed) = (made.bytes, speed(made.entries, took));
    output::line(match common.lang {
        Language::En => format!(
            "{file} ({bytes} bytes): height {height}, {records} records, {entries} entries; {speed}"
        ),
        Language::Zh => format!(
            "{file}（{bytes} 字节）：高度 {height}，{records} 条记录，{entries} 份报文；{speed}"
        ),
    });
    Ok(Answer::Yes)
}

fn begin_from(file: &Path, place: &Place, common: &Common) -> anyhow::Result<Answer> {
    let input = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let (bytes, begun, bar) = (input.metadata()?.len(), Instant::now(), Bar::of("bytes"));
    let read = restore(BufReader::new(input), &place.vacant()?, place.genesis.clone(), |done| {
        bar.show(done, bytes);
    });
    let restored = match read {
        Err(SnapshotFault::NotVerified { step, why }) if !common.json => {
            let not = common.lang.pick(("not restored", "未恢复"));
            output::line(format_args!("✗ {}: {why}\n{not}", common.lang.pick(step.text())));
            return Ok(Answer::No);
        }
        Err(SnapshotFault::NotVerified { step, why }) => {
            output::json(&json!({ "restored": false, "step": step.text().0, "why": why }));
            return Ok(Answer::No);
        }
        other => other?,
    };
    let took = begun.elapsed();
    if common.json {
        output::json(&json!({
            "restored": true, "height": restored.height, "records": restored.records,
            "entries": restored.entries, "bytes": restored.bytes,
            "milliseconds": took.as_millis(),
            "entries_per_second": per_second(restored.entries, took),
        }));
        return Ok(Answer::Yes);
    }
    let (height, records, entries) = (restored.height, restored.records, restored.entries);
    let speed = speed(entries, took);
    output::line(match common.lang {
        Language::En => format!(
            "everything leads to the header of height {height}: {records} records, {entries} \
             entries; {speed}\nstart the node: it goes on at height {}",
            height + 1
        ),
        Language::Zh => format!(
            "全部内容均与高度 {height} 的批次头一致：{records} 条记录，{entries} 份报文；{speed}\n\
             启动节点后将自高度 {} 继续",
            height + 1
        ),
    });
    Ok(Answer::Yes)
}

/// Runs a command about backups.
pub(crate) fn backup(command: BackupCommand, common: &Common) -> anyhow::Result<Answer> {
    let (ledger, to) = match command {
        BackupCommand::Create { home, output } => (Place::at(home)?.look()?, output),
        BackupCommand::Restore { folder, home } => {
            let place = Place::at(home)?;
            // It is opened as a ledger of this network, its log led to its last header.
            (Ledger::open_beside(&folder, &place.genesis)?, place.vacant()?)
        }
    };
    let (begun, bar) = (Instant::now(), Bar::counting("bytes"));
    let copied = ledger.copy(&to, |done| bar.show(done, 0))?;
    let took = begun.elapsed();
    let rate = per_second(copied.bytes, took) / 1_000_000;
    if common.json {
        output::json(&json!({
            "folder": to, "height": copied.height, "values": copied.items,
            "bytes": copied.bytes, "milliseconds": took.as_millis(),
        }));
        return Ok(Answer::Yes);
    }
    let (to, height, bytes) = (to.display(), copied.height, copied.bytes);
    output::line(match common.lang {
        Language::En => {
            format!("{to}: the ledger up to height {height}, {bytes} bytes, {rate} MB/s")
        }
        Language::Zh => format!("{to}：高度 {height} 为止的账本，{bytes} 字节，{rate} MB/s"),
    });
    Ok(Answer::Yes)
}

/// Prunes.
pub(crate) fn prune(args: &PruneArgs, common: &Common) -> anyhow::Result<Answer> {
    let place = Place::at(args.home.clone())?;
    let folder = place.home.ledger_dir();
    ensure!(folder.is_dir(), "{} is not there: no ledger", folder.display());
    ensure!(
        !audit::is_in_use(&folder)?,
        "a node runs on {}: stop it first, or set keep_heights in its config/node.toml",
        place.home.path().display()
    );
    let ledger = Ledger::open(&folder, place.genesis)?;
    let bar = Bar::of("heights");
    let to_go = args.before.min(ledger.tip().height).saturating_sub(ledger.first_height());
    let pruned = ledger.prune(args.before, |done| bar.show(done, to_go))?;
    ledger.compact()?;
    if common.json {
        output::json(&json!({ "first_height": pruned.first, "batches": pruned.batches }));
        return Ok(Answer::Yes);
    }
    let (first, batches) = (pruned.first, pruned.batches);
    output::line(match common.lang {
        Language::En => format!("{batches} batches taken away; kept from height {first} on"),
        Language::Zh => format!("已清理 {batches} 个批次；自高度 {first} 起保留"),
    });
    Ok(Answer::Yes)
}

fn per_second(count: u64, took: Duration) -> u64 {
    let rate = u128::from(count) * 1000 / took.as_millis().max(1);
    u64::try_from(rate).unwrap_or(u64::MAX)
}

fn speed(entries: u64, took: Duration) -> String {
    format!("{} entries/s, {} ms", per_second(entries, took), took.as_millis())
}

/// How far something is; drawn on a terminal only.
struct Bar(ProgressBar);

impl Bar {
    fn of(what: &'static str) -> Self {
        let bar = ProgressBar::new(0);
        let style = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} {msg} {eta}");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(DRAW_EVERY);
        Self(bar)
    }

    /// One whose end nobody knows.
    fn counting(what: &'static str) -> Self {
        let bar = Self::of(what);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {human_pos} {msg}") {
            bar.0.set_style(style);
        }
        bar
    }

    fn show(&self, done: u64, of: u64) {
        self.0.set_length(of);
        self.0.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
