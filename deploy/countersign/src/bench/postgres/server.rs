//! A PostgreSQL server of the benchmark's own: found, started on a socket in its folder, ended.

use std::{
    fs,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use tokio::process::{Child, Command};

use super::super::machine::{children, family_cpu_seconds, peak_rss_mib};

/// Where Debian keeps the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The programs that are needed.
const PROGRAMS: [&str; 4] = ["initdb", "postgres", "pgbench", "psql"];
/// Connections beyond those of the load: for questions, and what the server reserves.
const CONNECTIONS_SPARE: u16 = 20;
/// The user `nobody` of Linux: the server refuses to run as root.
const NOBODY: u32 = 65_534;
/// The part of the socket's name after its folder; the whole must fit into an address.
const SOCKET: &str = "/.s.PGSQL.5432";
const SOCKET_BYTES_MAX: usize = 107;
/// How long it may take to come up, to end, or to end what served a run.
const WAIT_MAX: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A server that runs. It is killed where it is dropped without [`Server::stop`].
pub(super) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    data: PathBuf,
    child: Child,
    pid: u32,
    /// Processes that belong to the server itself and not to a connection.
    standing: usize,
}

impl Server {
    /// Makes a data folder and starts a server on it with the settings that it comes with, but for
    /// where it listens and how many connections it takes.
    ///
    /// # Errors
    /// A program is missing, or what it said.
    pub(super) async fn start(folder: &Path, clients: u16) -> anyhow::Result<Self> {
        let programs = programs().with_context(|| {
            let names = PROGRAMS.join(", ");
            format!("no PostgreSQL server is installed ({names}; Debian: apt install postgresql)")
        })?;
        let length = folder.as_os_str().len() + SOCKET.len();
        ensure!(length <= SOCKET_BYTES_MAX, "{} is too long for a socket", folder.display());
        fs::DirBuilder::new().mode(0o700).create(folder)?;
        if is_root() {
            std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY))?;
        }
        let data = folder.join("data");
        let mut initdb = unprivileged(&programs.join("initdb"));
        initdb.arg("-D").arg(&data);
        initdb.args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C"]);
        said_yes("initdb", initdb.output().await)?;
        let log = fs::File::create(folder.join("log"))?;
        let child = unprivileged(&programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder)
            .args(["-c", "listen_addresses=", "-c"])
            .arg(format!("max_connections={}", clients + CONNECTIONS_SPARE))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("postgres cannot be started")?;
        let pid = child.id().context("postgres ended at once")?;
        let folder = folder.to_path_buf();
        let mut server = Self { programs, folder, data, child, pid, standing: 0 };
        server.wait_until_live().await?;
        Ok(server)
    }

    async fn wait_until_live(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + WAIT_MAX;
        while let Err(e) = self.ask("select 1").await {
            let ended = self.child.try_wait()?.is_some();
            if ended || Instant::now() > until {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("postgres does not come up: {e:#}\n{log}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        // What served that question may still be ending.
        tokio::time::sleep(LOOK_EVERY).await;
        self.standing = children(self.pid).len();
        Ok(())
    }

    /// Runs a statement of SQL and answers what it prints.
    ///
    /// # Errors
    /// What the server said.
    pub(super) async fn ask(&self, sql: &str) -> anyhow::Result<String> {
        let mut psql = self.program("psql");
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql]);
        said_yes("psql", psql.output().await)
    }

    /// A client program that talks to this server.
    pub(super) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        let variables = std::env::vars_os().filter(|(key, _)| !starts_with_pg(key));
        command.env_clear().envs(variables);
        command.arg("-h").arg(&self.folder).args(["-p", "5432", "-U", "postgres"]);
        command.env("PGDATABASE", "postgres").stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Where it keeps everything.
    pub(super) fn data(&self) -> &Path {
        &self.data
    }

    /// A folder for what is written beside it.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its version, as it names itself.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn version(&self) -> anyhow::Result<String> {
        Ok(self.ask("show server_version").await?.trim().to_owned())
    }

    /// Everything that is in memory goes to the disk.
    ///
    /// # Errors
    /// It does not answer.
    pub(super) async fn checkpoint(&self) -> anyhow::Result<()> {
        self.ask("checkpoint").await.map(drop)
    }

    /// Processor seconds of all its processes since its start, once those that served connections
    /// have ended.
    ///
    /// # Errors
    /// It has ended.
    pub(super) async fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let until = Instant::now() + WAIT_MAX;
        while children(self.pid).len() > self.standing && Instant::now() < until {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        family_cpu_seconds(self.pid)
    }

    /// The most memory that one of its processes that run now has had, MiB.
    pub(super) fn peak_rss_mib(&self) -> f64 {
        let all = children(self.pid).into_iter().chain([self.pid]);
        all.filter_map(|pid| peak_rss_mib(pid).ok()).fold(0.0, f64::max)
    }

    /// Ends it, as its operator does who does not wait for clients.
    ///
    /// # Errors
    /// It does not end.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        let mut kill = Command::new("kill");
        kill.args(["-INT", &self.pid.to_string()]);
        said_yes("kill", kill.output().await)?;
        let ended = tokio::time::timeout(WAIT_MAX, self.child.wait()).await;
        ended.context("postgres does not stop")??;
        Ok(())
    }
}

/// The folder that has all programs: the newest version of Debian's, else one of `PATH`.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<_> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|v| Some((v.file_name().to_str()?.parse::<u32>().ok()?, v.path().join("bin"))))
        .collect();
    versions.sort_unstable();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = versions.into_iter().rev().map(|(_, folder)| folder);
    let mut all = debian.chain(std::env::split_paths(&path));
    all.find(|folder| PROGRAMS.iter().all(|p| folder.join(p).is_file()))
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0)
}

/// A program that runs as nobody where this process is root.
fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    let nobody = NOBODY.to_string();
    command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups", "--"]).arg(program);
    command
}

fn starts_with_pg(key: &std::ffi::OsStr) -> bool {
    key.as_encoded_bytes().starts_with(b"PG")
}

/// What a program printed, where it ended well.
///
/// # Errors
/// It did not: its last words.
pub(super) fn said_yes(name: &str, output: std::io::Result<Output>) -> anyhow::Result<String> {
    let output = output.with_context(|| format!("{name} cannot be started"))?;
    let words = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{name}: {}", words.trim());
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
