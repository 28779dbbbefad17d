//! Ratios: what drifts with the machine drifts out of them, so they are printed first.

use countersign_client::cli::{Common, Language, output};
use serde::Serialize;

use super::{
    figures::{ratio, shown},
    report::Report,
};

/// The network beside what the machine does in the same run.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Ratios {
    /// Processor time of an entry on all nodes, in checks of one signature on each of them.
    cpu_to_signatures: f64,
    /// Entries a second, as a part of the signatures that one core checks in it.
    entries_to_verify_strict: f64,
    /// An entry that is alone, in times that 4 kB take to the disk.
    alone_to_fdatasync_4k: f64,
    /// Draws on one line, as a part of those on many.
    hot_line_to_many: f64,
    /// The network beside one PostgreSQL server, where it ran.
    postgres: Option<ToPostgres>,
}

/// The network, with all its nodes and signatures, over one server without.
#[derive(Clone, Copy, Debug, Serialize)]
struct ToPostgres {
    cpu_s_per_1000: f64,
    entries_per_s: f64,
    hot_line_entries_per_s: f64,
    alone_p50: f64,
    disk_bytes_per_entry: f64,
}

impl Ratios {
    /// Of a report.
    pub(super) fn of(report: &Report) -> Self {
        let (best, reference) = (report.best(), &report.reference);
        let (hot, many) = report.draws();
        let signatures = reference.verify_strict_s_per_1000 * report.validators as f64;
        let postgres = report.postgres.figures().map(|p| ToPostgres {
            cpu_s_per_1000: ratio(best.cpu_s_per_1000, p.cpu_s_per_1000),
            entries_per_s: ratio(best.entries_per_s, p.entries_per_s),
            hot_line_entries_per_s: ratio(hot, p.hot_line_entries_per_s),
            alone_p50: ratio(report.alone().p50, p.latency_ms.alone_p50),
            disk_bytes_per_entry: ratio(report.disk_bytes_per_entry, p.disk_bytes_per_entry),
        });
        Self {
            cpu_to_signatures: ratio(best.cpu_s_per_1000, signatures),
            entries_to_verify_strict: ratio(best.entries_per_s, reference.verify_strict_per_s),
            alone_to_fdatasync_4k: ratio(report.alone().p50, reference.fdatasync_4k_ms.p50),
            hot_line_to_many: ratio(hot, many),
            postgres,
        }
    }

    /// Prints them.
    pub(super) fn print(&self, common: &Common) {
        let (cpu, rate) = (shown(self.cpu_to_signatures), shown(self.entries_to_verify_strict));
        let (alone, hot) = (shown(self.alone_to_fdatasync_4k), shown(self.hot_line_to_many));
        output::line(match common.lang {
            Language::Zh => format!(
                "一条记录的 CPU 为各节点各验一次签名的 {cpu} 倍；每秒记录数为单核验签数的 {rate} 倍；\n\
                 单条时延为一次 4 kB 落盘的 {alone} 倍；单一额度核扣速度为多额度的 {hot} 倍"
            ),
            Language::En => format!(
                "An entry costs {cpu} times what one check of its signature on each node does.\n\
                 Entries a second are {rate} times the signatures that one core checks; an entry \
                 alone takes {alone} times\nas long as 4 kB to the disk; one line takes {hot} times \
                 the draws of many."
            ),
        });
        self.postgres.iter().for_each(|p| p.print(common));
        output::line("");
    }
}

impl ToPostgres {
    fn print(&self, common: &Common) {
        let (cpu, rate) = (shown(self.cpu_s_per_1000), shown(self.entries_per_s));
        let (hot, alone) = (shown(self.hot_line_entries_per_s), shown(self.alone_p50));
        let disk = shown(self.disk_bytes_per_entry);
        output::line(match common.lang {
            Language::Zh => format!(
                "与单台 PostgreSQL（无签名）相比：CPU {cpu} 倍，每秒记录数 {rate} 倍，\n\
                 单一额度核扣 {hot} 倍，单条时延 {alone} 倍，磁盘 {disk} 倍"
            ),
            Language::En => format!(
                "Over one PostgreSQL server without signatures: CPU {cpu} times, entries a second \
                 {rate} times,\ndraws on one line {hot} times, an entry alone {alone} times as \
                 long, disk {disk} times."
            ),
        });
    }
}
