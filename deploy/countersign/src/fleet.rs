//! A network of node processes on this machine: found it, start it, kill some of it, look at it.

use std::{
    collections::BTreeMap,
    fs::File,
    net::{IpAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context as _, bail};
use countersign_client::{cli::entry::now_ms, http::Client, party::Party};
use countersign_genesis::{
    ClockShift, Passphrases, Plan, ceremony::Founded, init, keyfile, sample,
};
use countersign_record::founding::Genesis;
use tokio::process::{Child, Command};

/// How long a node may take to answer after it was started. Generous: a slow machine is no fault.
const START_MAX: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Ports that are tried for a network, and how far apart the tries lie.
const PORT_TRIES: u16 = 300;
const PORT_STEP: u16 = 100;
/// Ports of one node: for other nodes, and for its HTTP interface.
const PORTS_PER_NODE: u16 = 10;

/// A network of processes. Whatever runs is ended when it goes.
pub struct Fleet {
    exe: PathBuf,
    founded: Founded,
    nodes: Vec<NodeProcess>,
    /// No other network of this machine takes these ports while this one lives.
    _ports: Ports,
}

/// One node of the network.
pub struct NodeProcess {
    /// The short name of its party.
    pub slug: String,
    /// The base of its HTTP interface.
    pub url: String,
    /// The port on which it listens for other nodes.
    pub p2p_port: u16,
    /// Its home folder.
    pub home: PathBuf,
    /// The network namespace that it runs in; none beside this process.
    netns: Option<String>,
    child: Option<Child>,
}

/// Where a node lives that has a machine's network to itself.
#[derive(Clone, Debug)]
pub struct Place {
    /// The name of its network namespace, as `ip netns` has it.
    pub netns: String,
    /// Where the other nodes reach it.
    pub host: IpAddr,
}

/// The name of a folder for temporary networks that no other process has: two that begin within one
/// millisecond are two.
pub fn own_folder(what: &str) -> PathBuf {
    std::env::temp_dir().join(format!("countersign-{what}-{}-{}", now_ms(), std::process::id()))
}

impl Fleet {
    /// Founds a network in a folder, on ports that are free now. Nothing runs yet.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn found(exe: &Path, mut plan: Plan, folder: &Path) -> anyhow::Result<Self> {
        let nodes = plan.parties.iter().filter(|p| p.node.is_some()).count();
        let ports = Ports::free(plan.first_port, nodes)?;
        plan.first_port = ports.first;
        let founded = init(&plan, folder, &Passphrases::Unencrypted, now_ms())?;
        let nodes = founded
            .homes
            .iter()
            .filter_map(|home| {
                let node = home.node.as_ref()?;
                Some(NodeProcess {
                    slug: home.slug.clone(),
                    url: node.api_url(),
                    p2p_port: node.p2p_port,
                    home: home.path.clone(),
                    netns: None,
                    child: None,
                })
            })
            .collect();
        Ok(Self { exe: exe.to_path_buf(), founded, nodes, _ports: ports })
    }

    /// Founds a network whose nodes live in network namespaces, one place for each. Their HTTP
    /// interfaces listen on the loopback of the namespaces: whoever made these hands on what comes
    /// to the same ports here.
    ///
    /// # Errors
    /// A sentence that says why not.
    pub fn found_apart(
        exe: &Path,
        mut plan: Plan,
        folder: &Path,
        places: &[Place],
    ) -> anyhow::Result<Self> {
        let planned = plan.parties.iter_mut().filter_map(|p| p.node.as_mut());
        planned.zip(places).for_each(|(node, place)| node.host = place.host);
        let mut fleet = Self::found(exe, plan, folder)?;
        for (i, place) in places.iter().enumerate().take(fleet.nodes.len()) {
            let node = &mut fleet.nodes[i];
            let host = node.url.replace("http://", "");
            let port = host.rsplit(':').next().context("a node without a port")?.to_owned();
            node.url = format!("http://127.0.0.1:{port}");
            node.netns = Some(place.netns.clone());
            fleet.set(i, "api_listen", &format!("\"127.0.0.1:{port}\""))?;
        }
        Ok(fleet)
    }

    /// Changes a line of a node's `node.toml`; it counts from the node's next start.
    ///
    /// # Errors
    /// There is no such line, or the file cannot be written.
    pub fn set(&self, i: usize, key: &str, value: &str) -> anyhow::Result<()> {
        let file = self.nodes[i].home.join("config/node.toml");
        let text = std::fs::read_to_string(&file)?;
        let start = format!("{key} = ");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let line = lines.iter_mut().find(|line| line.starts_with(&start));
        *line.with_context(|| format!("{} says nothing of {key}", file.display()))? = start + value;
        Ok(std::fs::write(&file, lines.join("\n") + "\n")?)
    }

    /// The founding document.
    pub fn genesis(&self) -> &Genesis {
        &self.founded.genesis
    }

    /// Where the founding document lies.
    pub fn genesis_file(&self) -> &Path {
        &self.founded.genesis_file
    }

    /// The nodes.
    pub fn nodes(&self) -> &[NodeProcess] {
        &self.nodes
    }

    /// Starts every node that does not run, and waits until all answer.
    ///
    /// # Errors
    /// A node does not come up; the end of its log is in the sentence.
    pub async fn start_all(&mut self) -> anyhow::Result<()> {
        self.spawn_all()?;
        for i in 0..self.nodes.len() {
            self.wait_until_live(i).await?;
        }
        Ok(())
    }

    /// Starts every node that does not run, and waits for none.
    ///
    /// # Errors
    /// A process cannot be started.
    pub fn spawn_all(&mut self) -> anyhow::Result<()> {
        (0..self.nodes.len()).try_for_each(|i| self.spawn(i))
    }

    /// Starts one node and waits until it answers.
    ///
    /// # Errors
    /// See [`Fleet::start_all`].
    pub async fn start(&mut self, i: usize) -> anyhow::Result<()> {
        self.spawn(i)?;
        self.wait_until_live(i).await
    }

    fn spawn(&mut self, i: usize) -> anyhow::Result<()> {
        let node = &mut self.nodes[i];
        if node.child.is_some() {
            return Ok(());
        }
        let log = File::options().create(true).append(true).open(node.log())?;
        // `ip` becomes the node: its process id is the child's.
        let mut command = match &node.netns {
            Some(netns) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", netns]).arg(&self.exe);
                command
            }
            None => Command::new(&self.exe),
        };
        let child = command
            .args(["node", "run", "--home"])
            .arg(&node.home)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.exe.display()))?;
        node.child = Some(child);
        Ok(())
    }

    async fn wait_until_live(&mut self, i: usize) -> anyhow::Result<()> {
        let client = Client::new(&self.nodes[i].url)?;
        let network = self.founded.network.to_string();
        let until = tokio::time::Instant::now() + START_MAX;
        loop {
            // Whatever else listens on this port is not our node.
            if let Ok(status) = client.json("/v1/status").await
                && status["network"]["id"] == network.as_str()
            {
                return Ok(());
            }
            let node = &mut self.nodes[i];
            let ended = match &mut node.child {
                Some(child) => child.try_wait()?.is_some(),
                None => true,
            };
            if ended || tokio::time::Instant::now() > until {
                bail!("{} does not come up:\n{}", node.slug, node.end_of_log());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Ends a node as a power cut does: `kill -9`.
    ///
    /// # Errors
    /// The system refused.
    pub async fn kill(&mut self, i: usize) -> anyhow::Result<()> {
        if let Some(mut child) = self.nodes[i].child.take() {
            child.kill().await?;
        }
        Ok(())
    }

    /// Sends a signal to a node by its name, for instance `STOP`.
    ///
    /// # Errors
    /// The node does not run, or the system refused.
    pub async fn signal(&self, i: usize, name: &str) -> anyhow::Result<()> {
        let pid = self.pid(i).context("the node does not run")?;
        let sent = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
        anyhow::ensure!(sent.await?.success(), "{} cannot be sent SIG{name}", self.nodes[i].slug);
        Ok(())
    }

    /// Stops a node as its operator does, and waits until it has ended.
    ///
    /// # Errors
    /// It does not end, or not well.
    pub async fn stop(&mut self, i: usize) -> anyhow::Result<()> {
        self.signal(i, "TERM").await?;
        let Some(mut child) = self.nodes[i].child.take() else { return Ok(()) };
        let ended = tokio::time::timeout(START_MAX, child.wait()).await;
        let status = ended.with_context(|| format!("{} does not stop", self.nodes[i].slug))??;
        anyhow::ensure!(status.success(), "{} ended with {status}", self.nodes[i].slug);
        Ok(())
    }

    /// Ends everything at once, as a power cut of the whole site does.
    ///
    /// # Errors
    /// The system refused.
    pub async fn kill_all(&mut self) -> anyhow::Result<()> {
        for node in &mut self.nodes {
            if let Some(child) = &mut node.child {
                child.start_kill()?;
            }
        }
        for i in 0..self.nodes.len() {
            self.kill(i).await?;
        }
        Ok(())
    }

    /// Moves the clock of one node; it counts from the node's next start.
    ///
    /// # Errors
    /// Its `node.toml` cannot be written.
    pub fn move_clock(&self, i: usize, shift: ClockShift) -> anyhow::Result<()> {
        Ok(shift.write(&self.nodes[i].home)?)
    }

    /// The process id of a node that runs.
    pub fn pid(&self, i: usize) -> Option<u32> {
        self.nodes[i].child.as_ref()?.id()
    }

    /// Every party of the network by its short name, with its key; each submits through its own
    /// node where it runs one, the others through the nodes in turn. The node `avoid` is used by
    /// none: it may be about to die.
    ///
    /// # Errors
    /// A key cannot be read.
    pub fn parties(&self, avoid: Option<usize>) -> anyhow::Result<BTreeMap<String, Party>> {
        let mut parties = BTreeMap::new();
        let nodes: Vec<_> = (0..self.nodes.len()).filter(|i| Some(*i) != avoid).collect();
        let nodes: Vec<_> = nodes.into_iter().map(|i| &self.nodes[i]).collect();
        for (i, home) in self.founded.homes.iter().enumerate() {
            let own = nodes.iter().find(|n| n.slug == home.slug);
            let node = own.or_else(|| nodes.get(i % nodes.len().max(1)));
            let url = &node.context("the network has no nodes")?.url;
            let key = keyfile::load(&home.path.join("keys/entry.pem"), None)?;
            let party = Party::new(self.genesis().clone(), Client::new(url)?, Box::new(key));
            parties.insert(home.slug.clone(), party);
        }
        Ok(parties)
    }
}

impl NodeProcess {
    fn log(&self) -> PathBuf {
        self.home.join("data/node.log")
    }

    /// The last lines that the node logged.
    pub fn end_of_log(&self) -> String {
        let text = std::fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

/// The sample network with Shunde Customs as its only validator: for what needs a node and no votes.
///
/// # Errors
/// The sample cannot be read.
pub fn one_validator() -> anyhow::Result<Plan> {
    let mut plan = sample::pearl_river()?;
    for party in plan.parties.iter_mut().filter(|party| party.slug != "shunde-customs") {
        party.node = None;
    }
    Ok(plan)
}

/// A range of ports that is kept for one network. A node binds its ports long after they were found
/// free: between networks, a locked file keeps them, and the system takes the lock off whoever dies.
struct Ports {
    first: u16,
    _lock: File,
}

impl Ports {
    /// The first range in which every node finds its own and that no other network holds.
    fn free(first: u16, nodes: usize) -> anyhow::Result<Self> {
        let nodes = u16::try_from(nodes)?;
        (0..PORT_TRIES)
            .filter_map(|i| first.checked_add(i.checked_mul(PORT_STEP)?))
            .find_map(|base| Self::take(base, nodes))
            .context("no free ports were found on this machine")
    }

    fn take(first: u16, nodes: u16) -> Option<Self> {
        let file = std::env::temp_dir().join(format!("countersign-ports-{first}.lock"));
        // Somebody else's file is somebody else's range.
        let lock = File::options().create(true).append(true).open(file).ok()?;
        lock.try_lock().ok()?;
        let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        let all_free = (0..nodes).all(|n| {
            let port = first.checked_add(n * PORTS_PER_NODE);
            port.is_some_and(|p| p < u16::MAX && free(p) && free(p + 1))
        });
        all_free.then_some(Self { first, _lock: lock })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_networks_never_take_the_same_ports_though_neither_has_bound_them() {
        let one = Ports::free(21_000, 4).unwrap();
        let two = Ports::free(21_000, 4).unwrap();
        assert_ne!(one.first, two.first);
        assert!(Ports::take(one.first, 4).is_none());
        let first = one.first;
        drop(one);
        // Whatever else listens there may have come meanwhile: only the lock is looked at.
        assert_eq!(Ports::take(first, 0).map(|ports| ports.first), Some(first));
    }
}
