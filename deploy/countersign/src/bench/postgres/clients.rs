//! The load on a PostgreSQL server: `pgbench`, which comes with it, plays scripts that are written
//! here.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, ensure};

use super::{
    super::{
        figures::{Latency, ratio},
        workload::{DRAW_FEN, LIMIT_FEN},
    },
    Run,
    server::{Server, said_yes},
};

/// How often memory is looked at while a load runs.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Records with two unique keys, as the ledger has them; one line with a limit, and its draws.
const TABLES: &str = "
create table entries (id bytea primary key, party text not null, reference text not null,
    body bytea not null, unique (party, reference));
create table lines (no text primary key, limit_fen bigint not null, used_fen bigint not null);
create table drawdowns (entry_no text primary key, line text not null references lines,
    amount_fen bigint not null);
";

/// One record a transaction.
const INSERT: &str = "\
\\set n random(1, 9000000000000000000)
insert into entries (id, party, reference, body) values
    (sha256(convert_to(:client_id::text || '/' || :n::text, 'UTF8')), '91440606MA7DEM040W',
    'BENCH-' || :client_id::text || '-' || :n::text, :body::bytea);
";

/// One draw a transaction. The row that all want is touched last, so that it is held no longer than
/// it takes to become durable; the limit is checked in the same statement that draws.
const DRAW: &str = "\
\\set n random(1, 9000000000000000000)
begin;
insert into drawdowns (entry_no, line, amount_fen) values
    (:client_id::text || '-' || :n::text, 'HOT', :amount::bigint);
update lines set used_fen = used_fen + :amount::bigint
    where no = 'HOT' and used_fen + :amount::bigint <= limit_fen;
commit;
";

/// The scripts, and the server that they are for.
pub(super) struct Clients<'a> {
    server: &'a Server,
    body: String,
}

impl<'a> Clients<'a> {
    /// Makes the tables and writes the scripts.
    ///
    /// # Errors
    /// What the server said.
    pub(super) async fn prepare(server: &'a Server, specimen: &[u8]) -> anyhow::Result<Self> {
        server.ask(TABLES).await?;
        server.ask(&format!("insert into lines values ('HOT', {LIMIT_FEN}, 0)")).await?;
        fs::write(server.folder().join("insert.sql"), INSERT)?;
        fs::write(server.folder().join("draw.sql"), DRAW)?;
        let hex: String = specimen.iter().map(|b| format!("{b:02x}")).collect();
        Ok(Self { server, body: format!("\\x{hex}") })
    }

    /// Inserts records for so long.
    ///
    /// # Errors
    /// A transaction failed.
    pub(super) async fn insert(
        &self,
        clients: u16,
        time: Duration,
        rss: &mut f64,
    ) -> anyhow::Result<Run> {
        let before = self.count("entries").await?;
        let run = self.play("insert.sql", clients, time, rss).await?;
        let inserted = self.count("entries").await?.saturating_sub(before);
        ensure!(inserted == run.committed, "{inserted} of {} records are there", run.committed);
        Ok(run)
    }

    /// Draws on the one line for so long.
    ///
    /// # Errors
    /// A transaction failed, or the line does not add up.
    pub(super) async fn draw(
        &self,
        clients: u16,
        time: Duration,
        rss: &mut f64,
    ) -> anyhow::Result<Run> {
        let run = self.play("draw.sql", clients, time, rss).await?;
        let sum = "select used_fen = (select sum(amount_fen) from drawdowns) from lines";
        let right = self.server.ask(sum).await?;
        ensure!(right.trim() == "t", "what is used of the line is not the sum of its draws");
        Ok(run)
    }

    async fn count(&self, table: &str) -> anyhow::Result<u64> {
        let answer = self.server.ask(&format!("select count(*) from {table}")).await?;
        answer.trim().parse().with_context(|| format!("a count of {table}: {answer}"))
    }

    async fn play(
        &self,
        script: &str,
        clients: u16,
        time: Duration,
        rss: &mut f64,
    ) -> anyhow::Result<Run> {
        let logs = self.server.folder().join("logs");
        fs::create_dir(&logs)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let before = self.server.cpu_seconds().await?;
        let mut pgbench = self.server.program("pgbench");
        pgbench.args(["-n", "-M", "prepared", "--log"]);
        pgbench.arg("--log-prefix").arg(logs.join("log"));
        pgbench.arg("-f").arg(self.server.folder().join(script));
        pgbench.args(["-T", &time.as_secs().max(1).to_string(), "-c", &clients.to_string()]);
        pgbench.args(["-j", &threads.min(usize::from(clients)).to_string()]);
        pgbench.args(["-D", &format!("body={}", self.body), "-D", &format!("amount={DRAW_FEN}")]);
        let playing = pgbench.output();
        tokio::pin!(playing);
        let output = loop {
            tokio::select! {
                output = &mut playing => break output,
                () = tokio::time::sleep(LOOK_EVERY) => *rss = rss.max(self.server.peak_rss_mib()),
            }
        };
        let said = said_yes("pgbench", output)?;
        let cpu_s = self.server.cpu_seconds().await? - before;
        let took = latencies(&logs)?;
        fs::remove_dir_all(&logs)?;
        let committed = took.len();
        Ok(Run {
            clients,
            committed: committed as u64,
            entries_per_s: per_s(&said).context("pgbench does not say its rate")?,
            latency_ms: Latency::of(took),
            cpu_s_per_1000: ratio(cpu_s, committed as f64 / 1000.0),
        })
    }
}

/// The rate that pgbench prints, without the time that it took to connect.
fn per_s(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|l| l.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

/// How long each transaction took, from the logs of all threads.
fn latencies(logs: &Path) -> anyhow::Result<Vec<Duration>> {
    let files: Vec<PathBuf> = fs::read_dir(logs)?.flatten().map(|f| f.path()).collect();
    let mut took = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file)?;
        for line in text.lines() {
            let latency = microseconds(line);
            took.push(latency.with_context(|| format!("pgbench logs something else: {line}"))?);
        }
    }
    Ok(took)
}

/// The third word of a line: client, transaction, microseconds, and so on.
fn microseconds(line: &str) -> Option<Duration> {
    line.split(' ').nth(2)?.parse().ok().map(Duration::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pgbench_says_is_read() {
        let said = "latency average = 0.4 ms\ntps = 2513.25 (without initial connection time)\n";
        assert_eq!(per_s(said), Some(2513.25));
        assert_eq!(per_s("nothing"), None);
        assert_eq!(
            microseconds("0 199 2241 0 1175850568 995598"),
            Some(Duration::from_micros(2241))
        );
        assert_eq!(microseconds("0 199 skipped 0 1175850568 995598"), None);
    }
}
