//! The network under test, from its founding to its end, and what it costs while it works.

mod founding;
mod outage;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::http::Client;
use indicatif::ProgressBar;

use super::{
    figures::{Latency, Offered, Run, ratio},
    lines::Lines,
    load::{Network, Tally},
    machine::{Disk, cpu_seconds, peak_rss_mib},
    wire::Wire,
    workload::{LINES, Workload},
};

pub(super) use self::outage::Outage;

/// How long nodes may take to agree on one height after the load is over.
const SETTLE_MAX: Duration = Duration::from_secs(30);
/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// How long nodes rest after their start before they count as idle.
const START_REST: Duration = Duration::from_secs(1);
/// Entries that are signed at a time while a ledger is filled.
const FILL_PIECE: usize = 20_000;
/// Submitters that fill it.
const FILL_SUBMITTERS: usize = 16;
/// Entries of each of their requests.
const FILL_EACH: usize = 250;
/// How long one piece may take.
const FILL_MAX: Duration = Duration::from_secs(3600);

/// The node processes, the entries for them, and the submitters.
pub(super) struct Rig {
    fleet: Fleet,
    folder: PathBuf,
    /// What delays the bytes between the nodes; kept because it ends when it goes.
    lines: Option<Lines>,
    wire: Wire,
    clients: Vec<Client>,
    network: Arc<Network>,
    workload: Workload,
    checks: Vec<Duration>,
    first_failure: Option<String>,
    bar: ProgressBar,
}

/// What had been used at some moment.
struct Meter {
    nodes_cpu_s: f64,
    own_cpu_s: f64,
    height: u64,
    wire_bytes: Option<u64>,
}

impl Rig {
    /// Where everything is.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Says what comes next.
    pub(super) fn say(&self, text: impl Into<String>) {
        self.bar.set_message(text.into());
        self.bar.inc(1);
    }

    /// Starts the nodes.
    ///
    /// # Errors
    /// One does not come up.
    pub(super) async fn start(&mut self) -> anyhow::Result<()> {
        self.say(format!("starting {} nodes", self.validators()));
        self.fleet.start_all().await
    }

    /// Ends the nodes.
    ///
    /// # Errors
    /// The system refused.
    pub(super) async fn end(&mut self) -> anyhow::Result<()> {
        self.fleet.kill_all().await?;
        drop(self.lines.take());
        Ok(())
    }

    /// Nodes that vote.
    pub(super) fn validators(&self) -> usize {
        self.fleet.nodes().len()
    }

    /// Files what the entries name, ships and lines and rules; the network works when this is
    /// through.
    ///
    /// # Errors
    /// An entry did not become final.
    pub(super) async fn file_ships(&mut self) -> anyhow::Result<()> {
        self.say("filing ships, guarantee lines, tanks and rules of review");
        let tally = self.network.in_order(&self.workload.filings()?).await;
        let why = tally.first_failure.unwrap_or_default();
        ensure!(tally.failed == 0, "what the entries name cannot be filed: {why}");
        Ok(())
    }

    /// Fills the ledger through the interface until it has so many entries.
    ///
    /// # Errors
    /// An entry did not become final.
    pub(super) async fn fill(&mut self, entries: u64) -> anyhow::Result<()> {
        self.say(format!("filling the ledger to {entries} entries"));
        loop {
            let missing = entries.saturating_sub(self.log_size().await?);
            let piece = FILL_PIECE.min(usize::try_from(missing).unwrap_or(FILL_PIECE));
            if piece == 0 {
                return Ok(());
            }
            let signed = self.prepare(piece)?;
            self.bar.set_message(format!("filling the ledger: {missing} of {entries} to go"));
            let tally = self.network.closed(signed, FILL_SUBMITTERS, FILL_EACH, FILL_MAX).await;
            let why = tally.first_failure.unwrap_or_default();
            ensure!(tally.failed == 0, "the ledger cannot be filled: {why}");
        }
    }

    /// Processor time of the busiest node on an idle network, percent of a core.
    ///
    /// # Errors
    /// A node has ended.
    pub(super) async fn idle(&mut self, time: Duration) -> anyhow::Result<f64> {
        self.say("the nodes are idle");
        // The start itself is not idling.
        self.settle(1).await?;
        tokio::time::sleep(START_REST).await;
        let (began, before) = (Instant::now(), self.each_cpu_s()?);
        tokio::time::sleep(time).await;
        let (took, after) = (began.elapsed().as_secs_f64(), self.each_cpu_s()?);
        let used = before.iter().zip(&after).map(|(a, b)| b - a);
        Ok(ratio(100.0 * used.fold(0.0, f64::max), took))
    }

    /// One submitter, one entry at a time, idle in between.
    ///
    /// # Errors
    /// See [`Rig::closed`].
    pub(super) async fn alone(&mut self, entries: usize, most: Duration) -> anyhow::Result<Run> {
        let entries = self.prepare(entries)?;
        self.say("one entry at a time on an idle network");
        let before = self.meter().await?;
        let tally = self.network.alone(&entries, most).await;
        self.conclude(Offered::Alone, before, tally).await
    }

    /// So many submitters at once.
    ///
    /// # Errors
    /// A node has ended.
    pub(super) async fn closed(
        &mut self,
        submitters: usize,
        expected_per_s: f64,
        time: Duration,
    ) -> anyhow::Result<Run> {
        let entries = self.prepare((expected_per_s * time.as_secs_f64()) as usize)?;
        self.say(format!("{submitters} submitters"));
        let before = self.meter().await?;
        let tally = self.network.closed(entries, submitters, 1, time).await;
        self.conclude(Offered::Closed { submitters }, before, tally).await
    }

    /// So many submitters at once, each with sequences of so many entries.
    ///
    /// # Errors
    /// A node has ended.
    pub(super) async fn bulk(
        &mut self,
        submitters: usize,
        entries: usize,
        expected_per_s: f64,
        time: Duration,
    ) -> anyhow::Result<Run> {
        let signed = self.prepare((expected_per_s * time.as_secs_f64()) as usize)?;
        self.say(format!("{submitters} submitters of sequences of {entries} entries"));
        let before = self.meter().await?;
        let tally = self.network.closed(signed, submitters, entries, time).await;
        self.conclude(Offered::Bulk { submitters, entries }, before, tally).await
    }

    /// So many submitters that draw on one guarantee line, or on many.
    ///
    /// # Errors
    /// A node has ended.
    pub(super) async fn draws(
        &mut self,
        submitters: usize,
        hot: bool,
        expected_per_s: f64,
        time: Duration,
    ) -> anyhow::Result<Run> {
        let lines = if hot { 1 } else { LINES - 1 };
        let count = (expected_per_s * time.as_secs_f64()) as usize;
        self.bar.set_message(format!("signing {count} draws"));
        let entries = tokio::task::block_in_place(|| self.workload.prepare_draws(count, hot))?;
        self.say(format!("{submitters} submitters draw on {lines} guarantee lines"));
        let before = self.meter().await?;
        let tally = self.network.closed(entries, submitters, 1, time).await;
        self.conclude(Offered::Draws { submitters, lines }, before, tally).await
    }

    /// So many submitters of statements that carry so many actions each.
    ///
    /// # Errors
    /// A node has ended.
    pub(super) async fn files(
        &mut self,
        submitters: usize,
        actions: usize,
        expected_per_s: f64,
        time: Duration,
    ) -> anyhow::Result<Run> {
        let count = (expected_per_s * time.as_secs_f64()) as usize + submitters;
        self.bar.set_message(format!("signing {count} statements of {actions} actions"));
        let files = tokio::task::block_in_place(|| self.workload.prepare_files(count, actions))?;
        self.say(format!("{submitters} submitters of statements of {actions} actions"));
        let before = self.meter().await?;
        let tally = self.network.closed(files, submitters, 1, time).await;
        self.conclude(Offered::Files { submitters, actions }, before, tally).await
    }

    /// An entry of the mix, for who compares with it.
    ///
    /// # Errors
    /// A party is missing.
    pub(super) fn specimen(&mut self) -> anyhow::Result<Vec<u8>> {
        let one = self.workload.prepare(1)?;
        one.into_iter().next().context("no entry was made")
    }

    /// Entries at a rate.
    ///
    /// # Errors
    /// A node has ended.
    pub(super) async fn open(&mut self, per_s: f64, time: Duration) -> anyhow::Result<Run> {
        // Chance may want some more than the mean.
        let entries = self.prepare((per_s * time.as_secs_f64() * 1.2) as usize + 100)?;
        self.say(format!("{per_s:.0} entries a second"));
        let before = self.meter().await?;
        let tally = self.network.open(entries, per_s, time).await;
        self.conclude(Offered::Open { offered_per_s: per_s }, before, tally).await
    }

    fn prepare(&mut self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        self.bar.set_message(format!("signing {count} entries"));
        tokio::task::block_in_place(|| self.workload.prepare(count))
    }

    async fn conclude(
        &mut self,
        offered: Offered,
        before: Meter,
        tally: Tally,
    ) -> anyhow::Result<Run> {
        // The generator's work ends here; what the slowest node still does is part of the entries.
        let own_cpu_s = cpu_seconds(std::process::id())? - before.own_cpu_s;
        self.settle(0).await?;
        let after = self.meter().await?;
        let wire = before.wire_bytes.zip(after.wire_bytes);
        let accepted = tally.latencies.len();
        let seconds = tally.took.as_secs_f64();
        let thousands = accepted as f64 / 1000.0;
        self.checks.extend(tally.checks);
        self.first_failure = self.first_failure.take().or(tally.first_failure);
        Ok(Run {
            offered,
            seconds,
            accepted: accepted as u64,
            failed: tally.failed,
            entries_per_s: ratio(accepted as f64, seconds),
            latency_ms: Latency::of(tally.latencies),
            cpu_s_per_1000: ratio(after.nodes_cpu_s - before.nodes_cpu_s, thousands),
            generator_cpu_s_per_1000: ratio(own_cpu_s, thousands),
            batches: after.height - before.height,
            // A connection that was made anew counts from nothing: then there is no figure.
            wire_bytes_per_entry: wire
                .and_then(|(from, to)| to.checked_sub(from))
                .map(|bytes| ratio(bytes as f64, accepted as f64)),
        })
    }

    async fn meter(&self) -> anyhow::Result<Meter> {
        let height = self.status(&self.clients[0], "height").await?;
        Ok(Meter {
            height,
            wire_bytes: self.wire.bytes().await,
            nodes_cpu_s: self.each_cpu_s()?.iter().sum(),
            own_cpu_s: cpu_seconds(std::process::id())?,
        })
    }

    fn each_cpu_s(&self) -> anyhow::Result<Vec<f64>> {
        self.pids()?.into_iter().map(cpu_seconds).collect()
    }

    fn pids(&self) -> anyhow::Result<Vec<u32>> {
        let nodes = 0..self.fleet.nodes().len();
        nodes.map(|i| self.fleet.pid(i).context("a node has ended")).collect()
    }

    /// Waits until nothing waits any more, and all nodes are as high as the highest was.
    async fn settle(&self, least: u64) -> anyhow::Result<()> {
        let until = Instant::now() + SETTLE_MAX;
        let mut high = least;
        for client in &self.clients {
            high = high.max(self.status(client, "height").await?);
        }
        for client in &self.clients {
            while self.status(client, "height").await? < high {
                ensure!(Instant::now() < until, "{} stays behind height {high}", client.url());
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
        Ok(())
    }

    async fn status(&self, client: &Client, field: &str) -> anyhow::Result<u64> {
        let status = client.json("/v1/status").await?;
        status[field].as_u64().with_context(|| format!("{} does not say {field}", client.url()))
    }

    /// Entries in the log of the first node.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn log_size(&self) -> anyhow::Result<u64> {
        self.status(&self.clients[0], "log_size").await
    }

    /// Whether all nodes have the same roots.
    ///
    /// # Errors
    /// A node does not answer.
    pub(super) async fn roots_equal(&self) -> anyhow::Result<bool> {
        roots_equal(&self.clients).await
    }

    /// What the data of all nodes takes on disk.
    pub(super) fn disk(&self) -> Disk {
        let nodes = self.fleet.nodes().iter();
        nodes.map(|n| Disk::of(&n.home.join("data"))).fold(Disk::default(), Disk::plus)
    }

    /// The most memory that any node has had, MiB.
    ///
    /// # Errors
    /// A node has ended.
    pub(super) fn peak_rss_mib(&self) -> anyhow::Result<f64> {
        let each: Result<Vec<_>, _> = self.pids()?.into_iter().map(peak_rss_mib).collect();
        Ok(each?.into_iter().fold(0.0, f64::max))
    }

    /// The mean size of the entries.
    pub(super) fn mean_bytes(&self) -> f64 {
        self.workload.mean_bytes()
    }

    /// How long the check of a receipt took.
    pub(super) fn receipt_check(&self) -> Latency {
        Latency::of(self.checks.clone())
    }

    /// Why the first entry that failed did so.
    pub(super) fn first_failure(&self) -> Option<String> {
        self.first_failure.clone()
    }
}
