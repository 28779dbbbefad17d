//! A home folder: where a party's node finds its document, its settings and its keys.
//!
//! ```text
//! <home>/config/genesis.json   the founding document, the same for everybody
//! <home>/config/node.toml      what this machine chooses; only where the party runs a node
//! <home>/keys/entry.pem        signs the party's entries
//! <home>/keys/network.pem      the node's identity towards other nodes
//! <home>/keys/validator.pem    signs votes; only where the node votes
//! <home>/data/                 the ledger
//! <home>/data/guard/KID        what a validator key has signed; made with the key
//! ```

use std::{
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

use countersign_record::{Digest, keys::PublicKey};

use crate::peer::peer_id;

/// What the double-sign guard of a key that has just been made holds. Where a node finds no guard
/// beside its key, it does not know what the key has signed and follows in silence at first.
pub const GUARD_NEVER_SIGNED: &str = "never signed\n";

/// The folder of the double-sign guards inside a home folder.
pub fn guard_folder(home: &Path) -> PathBuf {
    home.join("data/guard")
}

/// The double-sign guard of a validator key inside [`guard_folder`], named by the beginning of the
/// key's thumbprint.
pub fn guard_file(folder: &Path, kid: &Digest) -> PathBuf {
    folder.join(&kid.to_string()[..16])
}

/// A home folder that was written.
#[derive(Clone, Debug)]
pub struct Home {
    /// The party it belongs to.
    pub party: String,
    /// The party's short name, which is also the folder's.
    pub slug: String,
    /// The folder.
    pub path: PathBuf,
    /// The key that signs the party's entries.
    pub entry_key: PublicKey,
    /// Its node, where it runs one.
    pub node: Option<NodeHome>,
}

/// What others need to know of a node.
#[derive(Clone, Debug)]
pub struct NodeHome {
    /// Where other nodes reach it.
    pub host: IpAddr,
    /// The port for other nodes.
    pub p2p_port: u16,
    /// The port of the HTTP interface.
    pub api_port: u16,
    /// Whether the HTTP interface listens where the other nodes reach this one, for the operator
    /// alone; else it is for its own machine.
    pub operator_only: bool,
    /// Its identity towards other nodes.
    pub network_key: PublicKey,
    /// The key that signs its votes; none on a node that follows.
    pub validator_key: Option<PublicKey>,
    /// Its voting power; 0 on a node that follows.
    pub power: u64,
}

impl NodeHome {
    /// The address under which other nodes dial it.
    pub fn address(&self) -> String {
        let (host, port, id) = (self.host, self.p2p_port, peer_id(&self.network_key));
        format!("/{}/{host}/tcp/{port}/p2p/{id}", family(host))
    }

    /// The base of its HTTP interface.
    pub fn api_url(&self) -> String {
        format!("http://{}", SocketAddr::new(self.api_host(), self.api_port))
    }

    /// Where the HTTP interface is for who may reach it.
    fn api_host(&self) -> IpAddr {
        match self.host {
            host if host.is_loopback() || self.operator_only => host,
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        }
    }
}

fn family(host: IpAddr) -> &'static str {
    match host {
        IpAddr::V4(_) => "ip4",
        IpAddr::V6(_) => "ip6",
    }
}

/// The address on which a node listens: only this machine's where the others dial only that, else
/// every one it has.
fn listens_on(host: IpAddr) -> IpAddr {
    match host {
        _ if host.is_loopback() => host,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// The text of `node.toml` for one node among these.
pub(crate) fn node_toml(home: &Home, node: &NodeHome, others: &[&NodeHome]) -> String {
    let mut peers = String::new();
    for other in others {
        // Writing into a string cannot fail.
        let _infallible = writeln!(peers, "    \"{}\",", other.address());
    }
    let listen = listens_on(node.host);
    let api_host = if node.operator_only { listen } else { node.api_host() };
    let api = SocketAddr::new(api_host, node.api_port);
    let p2p = format!("/{}/{listen}/tcp/{}", family(listen), node.p2p_port);
    format!(
        "# What this machine chooses. What all must agree on stands in genesis.json.

# The party whose node this is, and its name in logs and metrics.
party = \"{party}\"
moniker = \"{slug}\"

# The HTTP interface for the party's own systems. On a loopback address it is for this machine
# alone, without login; for others see below.
api_listen = \"{api}\"

# Where other nodes connect. Only nodes that the ledger's membership lists are let in.
p2p_listen = \"{p2p}\"

# The other nodes. Addresses only: who they are is proven by the id at the end.
peers = [
{peers}]

# With nothing to record, a batch is made this often.
heartbeat_ms = 5000

# How long a round waits for its proposal, then for stragglers' votes, and what each further round
# adds (to votes a quarter of it). Raise them on slow lines; they need not be the same everywhere.
timeout_propose_ms = 1000
timeout_vote_ms = 300
timeout_delta_ms = 200

# Who else reaches the HTTP interface. Where api_listen is no loopback address, one of three: TLS
# with a certificate (both PEM, paths from the home folder), a proxy that ends TLS, or nobody but
# the operator, for instance in a container whose port is published on a loopback address. With
# the first two, callers log in with tokens of their parties (countersign token new), and
# api.operator_listen is a further, loopback address without login for this machine's own people.
# api.certificate = \"config/api.crt\"
# api.certificate_key = \"keys/api.key\"
# api.behind_proxy = true
# api.operator_listen = \"127.0.0.1:26658\"
{operator_only}
",
        operator_only = match node.operator_only {
            true => "api.operator_only = true",
            false => "# api.operator_only = true",
        },
        party = home.party,
        slug = home.slug,
    )
}
