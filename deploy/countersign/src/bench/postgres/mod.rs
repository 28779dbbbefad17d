//! What one PostgreSQL server does on the same machine in the same run, with default durability and
//! without signatures: the same records inserted, one a transaction, and the same draws on one hot
//! row. Where no server can be started, the reason takes the place of the figures.

mod clients;
mod server;

use std::{path::Path, time::Duration};

use serde::Serialize;

use self::{clients::Clients, server::Server};
use super::{
    figures::{Latency, ratio},
    machine::Disk,
};

/// Most clients: more processes than this only wait for each other.
const CLIENTS_MAX: u16 = 128;
/// Clients that draw on the hot row; the best of these counts.
const DRAWING: [u16; 3] = [1, 8, 32];

/// What it did, or why it did nothing.
pub(super) enum Postgres {
    /// It ran.
    Ran(Box<Figures>),
    /// It did not, for this reason.
    Absent(String),
}

/// One run of a load.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Run {
    /// Clients, each with one transaction under way.
    pub(super) clients: u16,
    /// Transactions that were committed.
    pub(super) committed: u64,
    /// Transactions a second.
    pub(super) entries_per_s: f64,
    /// As a client sees it, from its beginning until it is durable.
    pub(super) latency_ms: Latency,
    /// Processor seconds of all processes of the server for 1,000 transactions.
    pub(super) cpu_s_per_1000: f64,
}

/// Latencies, under the names that the network's own have.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Latencies {
    p50: f64,
    p99: f64,
    /// With one client.
    pub(super) alone_p50: f64,
    alone_p99: f64,
}

/// What it did, under the names that the network's own figures have.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Figures {
    /// As it names itself.
    pub(super) version: String,
    /// Insertions a second, the best of the runs.
    pub(super) entries_per_s: f64,
    /// Of that run.
    pub(super) latency_ms: Latencies,
    /// Of that run.
    pub(super) cpu_s_per_1000: f64,
    /// The growth of its folder for each record that was inserted.
    pub(super) disk_bytes_per_entry: f64,
    /// Draws a second on one row, the best of the runs.
    pub(super) hot_line_entries_per_s: f64,
    /// Of that run.
    hot_line_cpu_s_per_1000: f64,
    /// None: it checks no signatures.
    verify_strict_s_per_1000: Option<f64>,
    /// The most memory that any process of it has had, what they share included.
    pub(super) rss_mib_max: f64,
    /// All runs of insertions.
    pub(super) inserts: Vec<Run>,
    /// All runs of draws.
    pub(super) draws: Vec<Run>,
}

/// The loads.
pub(super) struct Loads<'a> {
    /// An entry: its bytes are what is inserted.
    pub(super) specimen: &'a [u8],
    /// Clients of the runs of insertions.
    pub(super) clients: Vec<u16>,
    /// How long each run takes.
    pub(super) each: Duration,
}

impl Postgres {
    /// Runs a server of its own in a folder below this one, which is gone afterwards.
    pub(super) async fn measure(folder: &Path, loads: &Loads<'_>) -> Self {
        let folder = folder.join("postgres");
        let measured = measure(&folder, loads).await;
        // Only what this function has made is in it.
        let removed = std::fs::remove_dir_all(&folder);
        match (measured, removed) {
            (Ok(figures), Ok(())) => Self::Ran(Box::new(figures)),
            (Ok(_), Err(e)) => Self::Absent(format!("{} stays: {e}", folder.display())),
            (Err(e), _) => Self::Absent(format!("{e:#}")),
        }
    }

    /// The figures, where it ran.
    pub(super) fn figures(&self) -> Option<&Figures> {
        match self {
            Self::Ran(figures) => Some(figures),
            Self::Absent(_) => None,
        }
    }

    /// Why it did not run.
    pub(super) fn absent(&self) -> Option<&str> {
        match self {
            Self::Ran(_) => None,
            Self::Absent(why) => Some(why),
        }
    }
}

async fn measure(folder: &Path, loads: &Loads<'_>) -> anyhow::Result<Figures> {
    let server = Server::start(folder, CLIENTS_MAX).await?;
    let figures = drive(&server, loads).await;
    server.stop().await?;
    figures
}

async fn drive(server: &Server, loads: &Loads<'_>) -> anyhow::Result<Figures> {
    let clients = Clients::prepare(server, loads.specimen).await?;
    let mut rss_mib_max = 0.0;
    let disk_before = Disk::of(server.data()).total();
    let mut inserts = Vec::new();
    let counts = [1].into_iter().chain(loads.clients.iter().copied().filter(|n| *n > 1));
    for count in counts.filter(|n| *n <= CLIENTS_MAX) {
        inserts.push(clients.insert(count, loads.each, &mut rss_mib_max).await?);
    }
    server.checkpoint().await?;
    let grown = Disk::of(server.data()).total().saturating_sub(disk_before);
    let mut draws = Vec::new();
    for count in DRAWING {
        draws.push(clients.draw(count, loads.each, &mut rss_mib_max).await?);
    }
    let version = server.version().await?;
    let alone = inserts.first().map(|r| r.latency_ms).unwrap_or_default();
    let (best, hot) = (best_of(&inserts)?, best_of(&draws)?);
    let inserted: u64 = inserts.iter().map(|r| r.committed).sum();
    Ok(Figures {
        version,
        entries_per_s: best.entries_per_s,
        latency_ms: Latencies {
            p50: best.latency_ms.p50,
            p99: best.latency_ms.p99,
            alone_p50: alone.p50,
            alone_p99: alone.p99,
        },
        cpu_s_per_1000: best.cpu_s_per_1000,
        disk_bytes_per_entry: ratio(grown as f64, inserted as f64),
        hot_line_entries_per_s: hot.entries_per_s,
        hot_line_cpu_s_per_1000: hot.cpu_s_per_1000,
        verify_strict_s_per_1000: None,
        rss_mib_max,
        inserts,
        draws,
    })
}

fn best_of(runs: &[Run]) -> anyhow::Result<Run> {
    let best = runs.iter().max_by(|a, b| a.entries_per_s.total_cmp(&b.entries_per_s));
    best.cloned().ok_or_else(|| anyhow::anyhow!("PostgreSQL ran no load"))
}

#[cfg(test)]
mod tests {
    use countersign_client::cli::output;

    use super::*;

    #[tokio::test]
    async fn it_runs_or_says_why_not_and_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        // Its processes run as nobody where this is root, and must be able to come here.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.path(), open).expect("an open folder");
        let each = Duration::from_millis(1000);
        let loads = Loads { specimen: &[0x5a; 600], clients: vec![1, 4], each };
        match Postgres::measure(folder.path(), &loads).await {
            Postgres::Ran(figures) => {
                assert!(figures.entries_per_s > 0.0 && figures.hot_line_entries_per_s > 0.0);
                assert!(figures.cpu_s_per_1000 > 0.0 && figures.rss_mib_max > 0.0);
                assert!(figures.disk_bytes_per_entry > 600.0, "{figures:?}");
                assert!(figures.latency_ms.alone_p50 > 0.0);
                assert_eq!(figures.inserts.len(), 2);
            }
            Postgres::Absent(why) => output::line(format_args!("skipped: {why}")),
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
    }
}
