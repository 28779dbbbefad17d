//! The home folder of a node: `config/node.toml`, `config/genesis.json`, `keys/`, `data/`.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
};

use countersign_genesis::ClockShift;
use serde::Deserialize;

use crate::limits;

/// What one machine chooses: `config/node.toml`. What all must agree on is in the genesis.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The party whose node this is.
    pub party: String,
    /// A name for logs and metrics.
    pub moniker: String,
    /// Where the HTTP interface listens, for instance `127.0.0.1:26657`.
    pub api_listen: String,
    /// Where other nodes connect, for instance `/ip4/0.0.0.0/tcp/26656`.
    pub p2p_listen: String,
    /// The other nodes: `/ip4/…/tcp/…/p2p/ID`.
    #[serde(default)]
    pub peers: Vec<String>,
    /// Time between batches of an idle network, milliseconds.
    #[serde(default = "default_heartbeat")]
    pub heartbeat_ms: u64,
    /// How long a round waits for its proposal, milliseconds.
    #[serde(default = "default_propose")]
    pub timeout_propose_ms: u64,
    /// How long a round waits for stragglers' prevotes and precommits, milliseconds.
    #[serde(default = "default_vote")]
    pub timeout_vote_ms: u64,
    /// What each further round adds to the first, and a quarter of it to the second, milliseconds.
    #[serde(default = "default_delta")]
    pub timeout_delta_ms: u64,
    /// What has to stay free on the disk of the data folder, MiB: below it this node keeps still.
    #[serde(default = "default_disk_reserve")]
    pub disk_reserve_mib: u64,
    /// Take batches away that are not among the newest so many; all are kept where it is not given.
    #[serde(default)]
    pub keep_heights: Option<u64>,
    /// Take batches away that are older than so many days; where both are given, a batch goes when
    /// it is too old for both.
    #[serde(default)]
    pub keep_days: Option<u64>,
    /// More validator keys than `keys/validator.pem`: files inside the home folder, or `pkcs11:`
    /// URIs of keys in a hardware module. Each votes at the heights whose set it is in.
    #[serde(default)]
    pub validator_keys: Vec<String>,
    /// For rehearsals: this node's clock runs so far ahead of the machine's, milliseconds. All
    /// nodes of a rehearsal network alike; 0 wherever the ledger is meant.
    #[serde(default)]
    pub clock_ahead_ms: ClockShift,
    /// Who reaches the HTTP interface, and how.
    #[serde(default)]
    pub api: ApiConfig,
}

/// What begins with `api.` in `config/node.toml`. Without it the HTTP interface is for this machine alone and
/// listens on a loopback address. Else one of three: a certificate with its key, a proxy, or the
/// word of the operator that nobody else reaches the address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiConfig {
    /// A PEM file: the certificate of this node's name and those that lead to its root.
    pub certificate: Option<PathBuf>,
    /// A PEM file: the private key of the certificate. Both paths count from the home folder, and
    /// a new certificate is taken up without a restart.
    pub certificate_key: Option<PathBuf>,
    /// A proxy stands before this node: it ends TLS, and appends the address of who asks to
    /// `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Whoever reaches this address is the operator, and sees everything: a port that a container
    /// publishes on a loopback address, a network of a test.
    pub operator_only: bool,
    /// A loopback address on which the operator is asked for no token, beside a guarded
    /// `api_listen`: for monitors and for `why-stuck`.
    pub operator_listen: Option<String>,
    /// Requests a second that a party may make; twice as many at once.
    pub requests_per_s_party: NonZeroU32,
    /// The same for an address without a token.
    pub requests_per_s_address: NonZeroU32,
}

impl Default for ApiConfig {
    fn default() -> Self {
        let rate = |a_second: u32| NonZeroU32::new(a_second).unwrap_or(NonZeroU32::MIN);
        Self {
            certificate: None,
            certificate_key: None,
            behind_proxy: false,
            operator_only: false,
            operator_listen: None,
            requests_per_s_party: rate(limits::PARTY_RATE_DEFAULT),
            requests_per_s_address: rate(limits::ADDRESS_RATE_DEFAULT),
        }
    }
}

fn default_heartbeat() -> u64 {
    5000
}

fn default_propose() -> u64 {
    1000
}

fn default_vote() -> u64 {
    300
}

fn default_delta() -> u64 {
    200
}

fn default_disk_reserve() -> u64 {
    crate::limits::DISK_RESERVE_MIB
}

/// The home folder of a node.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

impl Home {
    /// The folder at a path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// `config/node.toml`.
    pub fn config_file(&self) -> PathBuf {
        self.0.join("config/node.toml")
    }

    /// `config/genesis.json`.
    pub fn genesis_file(&self) -> PathBuf {
        self.0.join("config/genesis.json")
    }

    /// `keys/NAME.pem`.
    pub fn key_file(&self, name: &str) -> PathBuf {
        self.0.join("keys").join(format!("{name}.pem"))
    }

    /// A file that the configuration names, inside the folder; a URI as it is.
    pub fn path_or_uri(&self, name: &str) -> PathBuf {
        match countersign_genesis::pkcs11::is_uri(Path::new(name)) {
            true => PathBuf::from(name),
            false => self.0.join(name),
        }
    }

    /// `data/ledger`: the RocksDB.
    pub fn ledger_dir(&self) -> PathBuf {
        self.0.join("data/ledger")
    }

    /// `data/consensus`: the engine's journal.
    pub fn consensus_dir(&self) -> PathBuf {
        self.0.join("data/consensus")
    }

    /// `data`: what the node writes.
    pub fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    /// `data/guard`: what each validator key has signed.
    pub fn guard_dir(&self) -> PathBuf {
        countersign_genesis::home::guard_folder(&self.0)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads `config/node.toml`.
    ///
    /// # Errors
    /// A sentence that names the file and what is wrong in it.
    pub fn config(&self) -> anyhow::Result<Config> {
        use anyhow::Context as _;
        let path = self.config_file();
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!("{} cannot be read; is this the home folder of a node?", path.display())
        })?;
        toml::from_str(&text).with_context(|| format!("{} is not valid", path.display()))
    }
}
