//! The report: how far from the goals, in ratios first; then the runs; or all of it as JSON.

use std::path::Path;

use countersign_client::cli::{Common, Language, output};
use serde::Serialize;

use super::{
    figures::{Better, Cost, Latency, Offered, Run, margin, ratio, shown},
    machine::Machine,
    plot::{self, Axis, Panel, Series},
    postgres::Postgres,
    ratios::Ratios,
    reference::Reference,
    rig::Outage,
};

/// Where the bytes of an entry are.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct DiskParts {
    /// See [`super::machine::Disk`].
    pub(super) tables: f64,
    /// See [`super::machine::Disk`].
    pub(super) write_ahead: f64,
    /// See [`super::machine::Disk`].
    pub(super) consensus: f64,
    /// See [`super::machine::Disk`].
    pub(super) other: f64,
}

/// Everything that was measured.
pub(super) struct Report {
    pub(super) machine: Machine,
    pub(super) reference: Reference,
    pub(super) postgres: Postgres,
    pub(super) validators: usize,
    pub(super) idle_percent: f64,
    pub(super) statement_bytes: f64,
    pub(super) receipt_check_ms: Latency,
    pub(super) rss_mib_max: f64,
    pub(super) disk_bytes_per_entry: f64,
    pub(super) disk_parts: DiskParts,
    pub(super) outage: Outage,
    pub(super) accepted: u64,
    pub(super) in_log: u64,
    pub(super) roots_equal: bool,
    pub(super) first_failure: Option<String>,
    pub(super) cost: Option<Cost>,
    pub(super) runs: Vec<Run>,
    pub(super) best: usize,
}

/// One line of the budget.
pub(super) struct Goal {
    pub(super) name: (&'static str, &'static str),
    unit: &'static str,
    pub(super) found: f64,
    pub(super) goal: f64,
    pub(super) better: Better,
}

impl Report {
    /// Whether the figures belong to a network that did its work: every entry in the log once, none
    /// failed, the same roots everywhere.
    pub(super) fn is_sound(&self) -> bool {
        self.accepted == self.in_log
            && self.roots_equal
            && self.outage.failed == 0
            && self.runs.iter().all(|r| r.failed == 0 && r.accepted > 0)
    }

    /// Prints it.
    pub(super) fn print(&self, common: &Common) {
        if common.json {
            return output::json(&self.json());
        }
        Ratios::of(self).print(common);
        self.print_goals(common);
        self.print_runs(common);
        self.print_rest(common);
    }

    /// The closed loop with the highest rate.
    pub(super) fn best(&self) -> &Run {
        &self.runs[self.best]
    }

    fn run_of(&self, is: impl Fn(&Offered) -> bool) -> Latency {
        self.runs.iter().find(|r| is(&r.offered)).map(|r| r.latency_ms).unwrap_or_default()
    }

    /// Entries that came many in a request.
    pub(super) fn bulk(&self) -> Option<&Run> {
        self.runs.iter().find(|r| matches!(r.offered, Offered::Bulk { .. }))
    }

    /// Draws a second on one line, and on many.
    pub(super) fn draws(&self) -> (f64, f64) {
        let rate = |hot: bool| {
            let is =
                |o: &Offered| matches!(o, Offered::Draws { lines, .. } if (*lines == 1) == hot);
            self.runs.iter().find(|r| is(&r.offered)).map_or(0.0, |r| r.entries_per_s)
        };
        (rate(true), rate(false))
    }

    /// Entries that were sent alone.
    pub(super) fn alone(&self) -> Latency {
        self.run_of(|o| matches!(o, Offered::Alone))
    }

    /// Entries at half the best rate.
    pub(super) fn half(&self) -> Latency {
        self.run_of(|o| matches!(o, Offered::Open { .. }))
    }

    /// The budget table of the design, line by line.
    pub(super) fn goals(&self) -> Vec<Goal> {
        let (best, alone, half) = (self.best(), self.alone(), self.half());
        let ((hot, many), bulk) = (self.draws(), self.bulk());
        let less = |name, unit, found, goal| Goal { name, unit, found, goal, better: Better::Less };
        let more = |name, found, goal| Goal { name, unit: "", found, goal, better: Better::More };
        vec![
            less(
                ("CPU of 1,000 entries, all nodes", "千条记录 CPU（全部节点）"),
                "s",
                best.cpu_s_per_1000,
                0.40,
            ),
            more(("entries a second", "每秒记录数"), best.entries_per_s, 5000.0),
            less(
                ("CPU of 1,000 entries in sequences", "批量提交千条记录 CPU"),
                "s",
                bulk.map_or(0.0, |r| r.cpu_s_per_1000),
                0.40,
            ),
            more(
                ("entries a second in sequences", "批量提交每秒记录数"),
                bulk.map_or(0.0, |r| r.entries_per_s),
                5000.0,
            ),
            more(
                ("draws on one line / on many", "单一额度核扣 / 多额度核扣"),
                ratio(hot, many),
                0.9,
            ),
            more(("draws a second on one line", "单一额度每秒核扣数"), hot, 5000.0),
            less(("alone, p50", "单条 p50"), "ms", alone.p50, 15.0),
            less(("alone, p99", "单条 p99"), "ms", alone.p99, 40.0),
            less(("half load, p50", "半负载 p50"), "ms", half.p50, 150.0),
            less(("half load, p99", "半负载 p99"), "ms", half.p99, 400.0),
            less(
                ("disk of an entry, all nodes", "每条占用磁盘（全部节点）"),
                "bytes",
                self.disk_bytes_per_entry,
                8000.0,
            ),
            less(("memory of a node", "单节点内存"), "MiB", self.rss_mib_max, 300.0),
            less(("idle node", "空闲节点 CPU"), "% of a core", self.idle_percent, 1.0),
            less(("receipt check, p50", "核验回执 p50"), "ms", self.receipt_check_ms.p50, 1.0),
            more(
                ("throughput without one node", "缺一节点时的吞吐比"),
                self.outage.throughput_left,
                0.75,
            ),
            more(
                ("catching up / falling behind", "追赶速度 / 落后速度"),
                self.outage.catch_up_ratio,
                10.0,
            ),
            less(("start after kill -9", "kill -9 后启动"), "s", self.outage.start_s, 5.0),
        ]
    }

    fn print_goals(&self, common: &Common) {
        let rows: Vec<_> = self
            .goals()
            .iter()
            .map(|g| {
                let margin = margin(g.found, g.goal, g.better);
                let verdict = match margin >= 1.0 {
                    true => format!("{} {}x", common.lang.pick(("met", "达标")), shown(margin)),
                    false => {
                        let missed = shown(ratio(1.0, margin));
                        format!("{} {missed}x", common.lang.pick(("MISSED by", "未达标")))
                    }
                };
                let sign = if g.better == Better::More { "≥" } else { "≤" };
                vec![
                    common.lang.pick(g.name).to_owned(),
                    format!("{} {}", shown(g.found), g.unit),
                    format!("{sign} {}", shown(g.goal)),
                    verdict,
                ]
            })
            .collect();
        let headings = match common.lang {
            Language::Zh => ["指标", "实测", "目标", "结论"],
            Language::En => ["budget", "found", "goal", "verdict"],
        };
        output::Table::new(&headings, rows).show();
    }

    fn print_runs(&self, common: &Common) {
        let rows: Vec<_> = self.runs.iter().map(|run| row_of(run, common)).collect();
        let headings = match common.lang {
            Language::Zh => [
                "负载",
                "条/秒",
                "操作/秒",
                "p50 毫秒",
                "p99 毫秒",
                "CPU 秒/千条",
                "压测端",
                "条/批",
                "网络字节/条",
                "失败",
            ],
            Language::En => [
                "load",
                "entries/s",
                "actions/s",
                "p50 ms",
                "p99 ms",
                "CPU-s/1000",
                "generator",
                "per batch",
                "wire B",
                "failed",
            ],
        };
        output::line("");
        output::Table::new(&headings, rows).show();
        if let Some(cost) = &self.cost {
            let (batch, entry) = (1000.0 * cost.batch_cpu_s, 1000.0 * cost.entry_cpu_s);
            let (batch, entry) = (shown(batch), shown(entry));
            output::line(match common.lang {
                Language::Zh => format!("\n全部节点 CPU：每批 {batch} 毫秒，另加每条 {entry} 毫秒"),
                Language::En => format!(
                    "\nCPU of all nodes: {batch} ms for a batch, and {entry} ms for each entry in it"
                ),
            });
        }
    }

    fn print_rest(&self, common: &Common) {
        let (r, d) = (&self.reference, &self.disk_parts);
        let zh = common.lang == Language::Zh;
        output::line(format_args!(
            "\nverify_strict {}/s, SHA-256 {} MB/s, fdatasync 4 kB {} ms, 1 MB {} ms",
            shown(r.verify_strict_per_s),
            shown(r.sha256_mb_per_s),
            shown(r.fdatasync_4k_ms.p50),
            shown(r.fdatasync_1m_ms.p50)
        ));
        output::line(format_args!(
            "disk: tables {}, write-ahead {}, consensus {}, other {} bytes/entry",
            shown(d.tables),
            shown(d.write_ahead),
            shown(d.consensus),
            shown(d.other)
        ));
        output::line(&self.machine);
        let (bytes, accepted) = (shown(self.statement_bytes), shown(self.accepted as f64));
        output::line(match zh {
            true => format!("{accepted} 条记录，平均 {bytes} 字节，回执均已核验"),
            false => {
                format!("{accepted} entries of {bytes} bytes on average, each receipt verified")
            }
        });
        self.print_postgres(zh);
        if !self.is_sound() {
            output::line(self.unsound(zh));
        }
    }

    fn print_postgres(&self, zh: bool) {
        match &self.postgres {
            Postgres::Ran(p) => {
                let runs = p.inserts.iter().chain(&p.draws).map(|r| {
                    let (rate, cpu) = (shown(r.entries_per_s), shown(r.cpu_s_per_1000));
                    format!("{}: {rate} {cpu}", r.clients)
                });
                let runs: Vec<_> = runs.collect();
                let (inserts, draws) = runs.split_at(p.inserts.len());
                let (inserts, draws) = (inserts.join(", "), draws.join(", "));
                let version = &p.version;
                output::line(match zh {
                    true => format!(
                        "PostgreSQL {version}（客户端：每秒，CPU 秒/千条）：插入 {inserts}；核扣 {draws}"
                    ),
                    false => format!(
                        "PostgreSQL {version} (clients: a second, CPU-s/1000): INSERT {inserts}; \
                         draws {draws}"
                    ),
                });
            }
            Postgres::Absent(why) if zh => output::line(format_args!("未测 PostgreSQL：{why}")),
            Postgres::Absent(why) => {
                output::line(format_args!("PostgreSQL was not measured: {why}"));
            }
        }
    }

    /// Draws latency and processor time against submitters.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn draw(&self, file: &Path) -> anyhow::Result<()> {
        let closed = |of: fn(&Run) -> f64| -> Vec<(f64, f64)> {
            let point = |r: &Run| match r.offered {
                Offered::Closed { submitters } => Some((submitters as f64, of(r))),
                _ => None,
            };
            self.runs.iter().filter_map(point).collect()
        };
        let series = |name: &str, points| Series { name: name.into(), points };
        let panel = |title: &str, series| Panel {
            title: title.into(),
            along: "submitters",
            axis: Axis::Times(2),
            series,
        };
        let signatures = self.validators as f64 * self.reference.verify_strict_s_per_1000;
        let level: Vec<_> = closed(|_| 0.0).into_iter().map(|(x, _)| (x, signatures)).collect();
        let mut cpu = vec![
            series("all nodes", closed(|r| r.cpu_s_per_1000)),
            series("load generator", closed(|r| r.generator_cpu_s_per_1000)),
            series("one signature check a node", level),
        ];
        let mut rates = vec![series("entries", closed(|r| r.entries_per_s))];
        if let Some(p) = self.postgres.figures() {
            let runs = |of: fn(&super::postgres::Run) -> f64| {
                p.inserts.iter().map(|r| (f64::from(r.clients), of(r))).collect()
            };
            cpu.push(series("PostgreSQL, one server", runs(|r| r.cpu_s_per_1000)));
            rates.push(series("PostgreSQL, one server", runs(|r| r.entries_per_s)));
        }
        let latency = vec![
            series("p50", closed(|r| r.latency_ms.p50)),
            series("p99", closed(|r| r.latency_ms.p99)),
        ];
        let panels = [
            panel("from submission to the verified receipt, ms", latency),
            panel("CPU seconds of 1,000 entries", cpu),
            panel("a second", rates),
        ];
        plot::draw(file, &panels)
    }

    fn unsound(&self, zh: bool) -> String {
        let failed: u64 = self.runs.iter().map(|r| r.failed).sum();
        let why = self.first_failure.as_deref().unwrap_or("");
        let (accepted, in_log, equal) = (self.accepted, self.in_log, self.roots_equal);
        match zh {
            true => format!(
                "数据不可信：回执 {accepted}，日志 {in_log}，失败 {failed}，根一致：{equal}。{why}"
            ),
            false => format!(
                "THESE FIGURES ARE NOT SOUND: {accepted} receipts, {in_log} entries in the log, \
                 {failed} failed, equal roots: {equal}. {why}"
            ),
        }
    }
}

fn row_of(run: &Run, common: &Common) -> Vec<String> {
    let load = match &run.offered {
        Offered::Alone => common.lang.pick(("alone", "单条")).to_owned(),
        Offered::Closed { submitters } => {
            format!("{submitters} {}", common.lang.pick(("submitters", "个提交者")))
        }
        Offered::Bulk { submitters, entries } => {
            let each = common.lang.pick(("sequences of", "个提交者，每请求条数："));
            format!("{submitters} {each} {entries}")
        }
        Offered::Draws { submitters, lines } => {
            let on = common.lang.pick(("draw, lines:", "核扣，额度数："));
            format!("{submitters} {on} {lines}")
        }
        Offered::Files { submitters, actions } => {
            let each = common.lang.pick(("statements, actions:", "多操作记录，操作数："));
            format!("{submitters} {each} {actions}")
        }
        Offered::Open { offered_per_s } => {
            format!("{} {}/s", common.lang.pick(("half:", "半负载")), shown(*offered_per_s))
        }
    };
    vec![
        load,
        shown(run.entries_per_s),
        shown(run.actions_per_s()),
        shown(run.latency_ms.p50),
        shown(run.latency_ms.p99),
        shown(run.cpu_s_per_1000),
        shown(run.generator_cpu_s_per_1000),
        shown(run.entries_per_batch()),
        run.wire_bytes_per_entry.map_or_else(|| "?".into(), shown),
        run.failed.to_string(),
    ]
}
