//! The scale: one load against validators, one-way delay and entries in the ledger.

use std::{path::Path, time::Duration};

use countersign_client::cli::{Common, Language, output};
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Plan,
    budget::ready_per_s,
    figures::{Latency, Offered, Run, ratio, shown},
    machine::{Disk, Machine},
    plot::{self, Axis, Panel, Series},
    rig::Rig,
};

/// Steps of the progress display for a network, and for each measurement of it.
const STEPS: u64 = 2;
const STEPS_EACH: u64 = 3;

/// What is asked for.
pub(super) struct Scale {
    /// Networks of so many validators.
    pub(super) validators: Vec<usize>,
    /// How long bytes take between two nodes.
    pub(super) one_way: Duration,
    /// Entries in the ledger at each measurement, ascending; none is a ledger that has just begun.
    pub(super) ledger: Vec<u64>,
}

/// One measurement.
#[derive(Clone, Debug, Serialize)]
struct Point {
    validators: usize,
    one_way_ms: u64,
    ledger_entries: u64,
    alone_ms: Latency,
    /// Half of the entries that are alone are final within so many one-way delays.
    alone_p50_one_ways: Option<f64>,
    submitters: usize,
    entries_per_s: f64,
    latency_ms: Latency,
    /// All nodes together.
    cpu_s_per_1000: f64,
    /// Of one node, on average.
    cpu_s_per_1000_each: f64,
    /// All nodes together.
    disk_bytes_per_entry: f64,
    /// All nodes together.
    wire_bytes_per_entry: Option<f64>,
    rss_mib_max: f64,
}

/// All measurements.
pub(super) struct Report {
    machine: Machine,
    points: Vec<Point>,
    /// Entries that failed, logs that do not hold what receipts prove, roots that differ: none.
    faults: Vec<String>,
}

impl Scale {
    /// Measures network after network, and ends what it started.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub(super) async fn measure(&self, folder: &Path, plan: &Plan) -> anyhow::Result<Report> {
        std::fs::create_dir_all(folder)?;
        let each = self.ledger.len().max(1) as u64;
        let bar = Rig::bar(self.validators.len() as u64 * (STEPS + STEPS_EACH * each));
        let machine = Machine::look(folder);
        let mut report = Report { machine, points: Vec::new(), faults: Vec::new() };
        for (i, validators) in self.validators.iter().enumerate() {
            // A network of its own, also where a number is given twice.
            let folder = folder.join(format!("{i}-{validators}"));
            // What was measured before is of use whatever becomes of the rest.
            if let Err(e) = self.network(*validators, &folder, plan, &bar, &mut report).await {
                report.faults.push(format!("{validators} validators: {e:#}"));
            }
        }
        bar.finish_and_clear();
        Ok(report)
    }

    async fn network(
        &self,
        validators: usize,
        folder: &Path,
        plan: &Plan,
        bar: &ProgressBar,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        let mut rig = Rig::found(folder, validators, self.one_way, bar.clone()).await?;
        rig.start().await?;
        rig.file_ships().await?;
        let stops = if self.ledger.is_empty() { &[0][..] } else { &self.ledger };
        for stop in stops {
            rig.fill(*stop).await?;
            let point = self.point(&mut rig, plan, &mut report.faults).await?;
            report.points.push(point);
        }
        if !rig.roots_equal().await? {
            report.faults.push(format!("{validators} validators: their roots differ"));
        }
        report.faults.extend(rig.first_failure());
        rig.end().await
    }

    async fn point(
        &self,
        rig: &mut Rig,
        plan: &Plan,
        faults: &mut Vec<String>,
    ) -> anyhow::Result<Point> {
        let (disk, before) = (rig.disk(), rig.log_size().await?);
        let alone = rig.alone(plan.alone, plan.each).await?;
        let mut last = (1, ratio(1000.0, alone.latency_ms.p50));
        let mut runs = vec![alone];
        for submitters in plan.submitters.iter().map(|n| usize::from(*n)) {
            let run = rig.closed(submitters, ready_per_s(submitters, last), plan.each).await?;
            last = (submitters, run.entries_per_s);
            runs.push(run);
        }
        let accepted: u64 = runs.iter().map(|r| r.accepted).sum();
        let in_log = rig.log_size().await?.saturating_sub(before);
        if accepted != in_log {
            faults.push(format!("{accepted} receipts, {in_log} entries in the log"));
        }
        let grown = rig.disk().total().saturating_sub(Disk::total(&disk));
        let best = best_of(&runs);
        let Offered::Closed { submitters } = best.offered else {
            anyhow::bail!("no closed loop was run");
        };
        let (alone_ms, one_way_ms) = (runs[0].latency_ms, self.one_way.as_millis());
        Ok(Point {
            validators: rig.validators(),
            one_way_ms: u64::try_from(one_way_ms)?,
            ledger_entries: before,
            alone_ms,
            alone_p50_one_ways: (one_way_ms > 0).then(|| alone_ms.p50 / one_way_ms as f64),
            submitters,
            entries_per_s: best.entries_per_s,
            latency_ms: best.latency_ms,
            cpu_s_per_1000: best.cpu_s_per_1000,
            cpu_s_per_1000_each: ratio(best.cpu_s_per_1000, rig.validators() as f64),
            disk_bytes_per_entry: ratio(grown as f64, accepted as f64),
            wire_bytes_per_entry: best.wire_bytes_per_entry,
            rss_mib_max: rig.peak_rss_mib()?,
        })
    }
}

/// The run with the highest rate; what was sent alone only where there is no other.
fn best_of(runs: &[Run]) -> &Run {
    let closed = runs.iter().skip(1);
    closed.max_by(|a, b| a.entries_per_s.total_cmp(&b.entries_per_s)).unwrap_or(&runs[0])
}

impl Report {
    /// Whether the figures belong to networks that did their work.
    pub(super) fn is_sound(&self) -> bool {
        self.faults.is_empty() && !self.points.is_empty()
    }

    /// Prints it.
    pub(super) fn print(&self, common: &Common) {
        if common.json {
            return output::json(&self.json());
        }
        let headings = match common.lang {
            Language::Zh => [
                "验证节点",
                "单程毫秒",
                "账本条数",
                "单条 p50",
                "单程数",
                "条/秒",
                "p50",
                "CPU 秒/千条",
                "每节点",
                "磁盘字节",
                "网络字节",
                "内存 MiB",
            ],
            Language::En => [
                "validators",
                "one way ms",
                "ledger",
                "alone p50",
                "one-ways",
                "entries/s",
                "p50",
                "CPU-s/1000",
                "a node",
                "disk B",
                "wire B",
                "MiB",
            ],
        };
        output::Table::new(&headings, self.points.iter().map(row_of).collect()).show();
        output::line(format_args!("\n{}", self.machine));
        for fault in &self.faults {
            output::line(match common.lang {
                Language::Zh => format!("数据不可信：{fault}"),
                Language::En => format!("THESE FIGURES ARE NOT SOUND: {fault}"),
            });
        }
    }

    fn json(&self) -> Value {
        json!({ "scale": self.points, "machine": self.machine, "sound": self.is_sound(),
            "faults": self.faults })
    }

    /// Draws the cost of an entry against what was varied: the ledger's size where it was, the
    /// validators else.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn draw(&self, file: &Path) -> anyhow::Result<()> {
        let sizes = self.points.iter().map(|p| p.ledger_entries);
        let grows = sizes.clone().max() > sizes.min().map(|least| least.saturating_mul(2));
        let cost = |title: &str, of: &dyn Fn(&Point) -> f64| match grows {
            true => self.against_ledger(title, of),
            false => self.against_validators(title, of),
        };
        plot::draw(
            file,
            &[
                cost("CPU seconds of 1,000 entries, all nodes", &|p| p.cpu_s_per_1000),
                cost("latency alone, p50, ms", &|p| p.alone_ms.p50),
                cost("bytes on disk of an entry, all nodes", &|p| p.disk_bytes_per_entry),
            ],
        )
    }

    fn against_ledger(&self, title: &str, of: &dyn Fn(&Point) -> f64) -> Panel {
        let mut counts: Vec<_> = self.points.iter().map(|p| p.validators).collect();
        counts.sort_unstable();
        counts.dedup();
        let series = counts.into_iter().map(|n| {
            let own = self.points.iter().filter(|p| p.validators == n);
            let points = own.map(|p| (p.ledger_entries as f64, of(p))).collect();
            Series { name: format!("{n} validators"), points }
        });
        let series = series.collect();
        Panel { title: title.into(), along: "entries in the ledger", axis: Axis::Times(10), series }
    }

    fn against_validators(&self, title: &str, of: &dyn Fn(&Point) -> f64) -> Panel {
        let points = self.points.iter().map(|p| (p.validators as f64, of(p))).collect();
        let one_way = self.points.first().map_or(0, |p| p.one_way_ms);
        let series = vec![Series { name: format!("one way {one_way} ms"), points }];
        Panel { title: title.into(), along: "validators", axis: Axis::Linear, series }
    }
}

fn row_of(p: &Point) -> Vec<String> {
    vec![
        p.validators.to_string(),
        p.one_way_ms.to_string(),
        shown(p.ledger_entries as f64),
        shown(p.alone_ms.p50),
        p.alone_p50_one_ways.map_or_else(|| "-".into(), shown),
        shown(p.entries_per_s),
        shown(p.latency_ms.p50),
        shown(p.cpu_s_per_1000),
        shown(p.cpu_s_per_1000_each),
        shown(p.disk_bytes_per_entry),
        p.wire_bytes_per_entry.map_or_else(|| "?".into(), shown),
        shown(p.rss_mib_max),
    ]
}
