//! The founding of a network: from a plan to the founding document and a home folder a party.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
};

use countersign_record::{
    Digest,
    founding::{BadFounding, FoundingParty, Genesis, Names, NodeKeys},
    keys::{PublicKey, Signer as _},
};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{
    home::{GUARD_NEVER_SIGNED, Home, NodeHome, guard_file, guard_folder, node_toml},
    keyfile::{self, KeyFault},
};

/// Ports of neighbours on one machine lie this far apart.
const PORT_STEP: u16 = 10;
/// Longest short name of a party.
const SLUG_BYTES_MAX: usize = 32;

/// Whom to found a network with, before there are any keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// A short name for people.
    pub name: String,
    /// The version of the rules to start under.
    pub rules: u32,
    /// The port of the first node for other nodes; its HTTP interface has the next one.
    #[serde(default = "first_port")]
    pub first_port: u16,
    /// The parties.
    pub parties: Vec<PlannedParty>,
    /// Customs districts: four digits to their names.
    pub districts: BTreeMap<String, Names>,
    /// Supervised places: `UNLOCODE/district` to their names.
    pub places: BTreeMap<String, Names>,
    /// Parameters that the law or an office sets.
    pub parameters: BTreeMap<String, i64>,
}

fn first_port() -> u16 {
    26_656
}

/// A party of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedParty {
    /// Its unified social credit code, or `GACC` and the district of a customs office.
    pub id: String,
    /// Its short name, for folders and logs: lower-case letters, digits and hyphens.
    pub slug: String,
    /// Its names.
    pub names: Names,
    /// What it may do.
    pub roles: Vec<String>,
    /// The district of a customs office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// The supervised places that it runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Its node, where it runs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<PlannedNode>,
}

/// A node of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedNode {
    /// Its voting power; a node of power 0 follows.
    pub power: u64,
    /// Where other nodes reach it.
    #[serde(default = "this_machine")]
    pub host: IpAddr,
    /// Its HTTP interface listens there too, without login, for nobody but the operator reaches it:
    /// containers whose ports are published on a loopback address, networks of a test. Else it is
    /// for its own machine.
    #[serde(default)]
    pub operator_only: bool,
}

fn this_machine() -> IpAddr {
    IpAddr::V4(Ipv4Addr::LOCALHOST)
}

/// How the private keys are protected on disk.
pub enum Passphrases {
    /// One passphrase for all: for a network on one desk.
    One(Zeroizing<String>),
    /// One for each party, by short name.
    Each(BTreeMap<String, Zeroizing<String>>),
    /// No encryption: for demonstrations and tests.
    Unencrypted,
}

impl Passphrases {
    fn of(&self, slug: &str) -> Result<Option<&str>, FoundingFault> {
        match self {
            Self::One(passphrase) => Ok(Some(passphrase)),
            Self::Each(each) => each
                .get(slug)
                .map(|p| Some(p.as_str()))
                .ok_or_else(|| FoundingFault::NoPassphrase(slug.into())),
            Self::Unencrypted => Ok(None),
        }
    }
}

/// A network that was founded.
#[derive(Clone, Debug)]
pub struct Founded {
    /// The founding document.
    pub genesis: Genesis,
    /// Its digest: the network's name.
    pub network: Digest,
    /// Where the document lies.
    pub genesis_file: PathBuf,
    /// The home folders, in the plan's order.
    pub homes: Vec<Home>,
}

/// Why no network was founded.
#[derive(Debug, thiserror::Error)]
pub enum FoundingFault {
    /// There is something in the folder.
    #[error(
        "{} is not empty, and nothing in it is overwritten; name another folder or move it away",
        .0.display()
    )]
    NotEmpty(PathBuf),
    /// A short name cannot be used, or is used twice.
    #[error(
        "the short name '{0}' of a party is used twice or is not made of lower-case letters, digits and hyphens"
    )]
    BadSlug(String),
    /// A party's id cannot be one.
    #[error("the id '{0}' of a party is not a credit code or GACC and a district")]
    BadId(String),
    /// A party has no passphrase.
    #[error("no passphrase was given for '{0}'")]
    NoPassphrase(String),
    /// More nodes than ports.
    #[error("from port {0} on there are not enough ports for all nodes; begin with a lower one")]
    NoPorts(u16),
    /// The plan does not make a network.
    #[error("this plan cannot found a network: {0}")]
    Unfit(#[from] BadFounding),
    /// A key was not made.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The system refused.
    #[error("{} cannot be written: {error}; remove what was begun and try again", path.display())]
    System {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

/// Founds a network: makes every key, the founding document over their public halves, and a home
/// folder a party under `out_dir`. `time` is ledger time before the first batch, UTC milliseconds.
///
/// # Errors
/// The folder is in use, the plan does not fit together, or something could not be written.
pub fn init(
    plan: &Plan,
    out_dir: &Path,
    passphrases: &Passphrases,
    time: u64,
) -> Result<Founded, FoundingFault> {
    check_names(plan)?;
    for party in &plan.parties {
        passphrases.of(&party.slug)?;
    }
    require_empty(out_dir)?;
    let members = plan.parties.iter().map(Member::new).collect::<Result<Vec<_>, _>>()?;
    let genesis = document(plan, &members, time);
    // Before anything is written: a plan that is wrong leaves nothing behind.
    genesis.check()?;
    let homes = homes(plan, &members, out_dir)?;
    let json = to_json(&genesis);
    create_dir(out_dir)?;
    for ((member, home), party) in members.iter().zip(&homes).zip(&plan.parties) {
        write_home(member, home, &homes, &json, passphrases.of(&party.slug)?)?;
    }
    let genesis_file = out_dir.join("genesis.json");
    write_file(&genesis_file, &json)?;
    Ok(Founded { network: genesis.network(), genesis, genesis_file, homes })
}

/// A founding document as it is written: the fields in their order, names sorted.
pub fn to_json(genesis: &Genesis) -> String {
    // The document is made of text, numbers and maps with text keys, so this never is the empty one.
    serde_json::to_string_pretty(genesis).unwrap_or_default() + "\n"
}

/// The private keys of one party, for as long as the ceremony takes.
struct Member {
    entry: SigningKey,
    network: Option<SigningKey>,
    validator: Option<SigningKey>,
}

impl Member {
    fn new(party: &PlannedParty) -> Result<Self, KeyFault> {
        let when = |needed: bool| needed.then(keyfile::generate).transpose();
        let votes = party.node.as_ref().is_some_and(|n| n.power > 0);
        Ok(Self {
            entry: keyfile::generate()?,
            network: when(party.node.is_some())?,
            validator: when(votes)?,
        })
    }
}

fn document(plan: &Plan, members: &[Member], time: u64) -> Genesis {
    let party = |(party, member): (&PlannedParty, &Member)| FoundingParty {
        id: party.id.clone(),
        names: party.names.clone(),
        roles: party.roles.clone(),
        district: party.district.clone(),
        places: party.places.clone(),
        keys: vec![member.entry.public()],
        nodes: party
            .node
            .iter()
            .zip(&member.network)
            .map(|(n, key)| keys(n, key, member))
            .collect(),
    };
    Genesis {
        name: plan.name.clone(),
        time,
        rules: plan.rules,
        parties: plan.parties.iter().zip(members).map(party).collect(),
        districts: plan.districts.clone(),
        places: plan.places.clone(),
        parameters: plan.parameters.clone(),
    }
}

fn keys(node: &PlannedNode, network: &SigningKey, member: &Member) -> NodeKeys {
    NodeKeys {
        network_key: network.public(),
        validator_key: validator_key(member),
        power: node.power,
    }
}

fn validator_key(member: &Member) -> Option<PublicKey> {
    member.validator.as_ref().map(countersign_record::keys::Signer::public)
}

fn homes(plan: &Plan, members: &[Member], out_dir: &Path) -> Result<Vec<Home>, FoundingFault> {
    let no_ports = || FoundingFault::NoPorts(plan.first_port);
    let mut port = Some(plan.first_port);
    let mut homes = Vec::with_capacity(members.len());
    for (party, member) in plan.parties.iter().zip(members) {
        let node = match (&party.node, &member.network) {
            (Some(node), Some(network)) => {
                let p2p_port = port.ok_or_else(no_ports)?;
                port = p2p_port.checked_add(PORT_STEP);
                Some(NodeHome {
                    host: node.host,
                    p2p_port,
                    api_port: p2p_port.checked_add(1).ok_or_else(no_ports)?,
                    operator_only: node.operator_only,
                    network_key: network.public(),
                    validator_key: validator_key(member),
                    power: node.power,
                })
            }
            _ => None,
        };
        homes.push(Home {
            party: party.id.clone(),
            slug: party.slug.clone(),
            path: out_dir.join(&party.slug),
            entry_key: member.entry.public(),
            node,
        });
    }
    Ok(homes)
}

fn write_home(
    member: &Member,
    home: &Home,
    all: &[Home],
    genesis: &str,
    passphrase: Option<&str>,
) -> Result<(), FoundingFault> {
    let (config, keys) = (home.path.join("config"), home.path.join("keys"));
    for folder in [&home.path, &config, &keys, &home.path.join("data")] {
        create_dir(folder)?;
    }
    write_file(&config.join("genesis.json"), genesis)?;
    if let Some(node) = &home.node {
        let others: Vec<&NodeHome> =
            all.iter().filter(|h| h.slug != home.slug).filter_map(|h| h.node.as_ref()).collect();
        write_file(&config.join("node.toml"), &node_toml(home, node, &others))?;
    }
    keyfile::write(&keys.join("entry.pem"), &member.entry, passphrase)?;
    for (name, key) in [("network.pem", &member.network), ("validator.pem", &member.validator)] {
        if let Some(key) = key {
            keyfile::write(&keys.join(name), key, passphrase)?;
        }
    }
    // Only here is it known for certain that the key has signed nothing: all founders may vote at
    // once, though nobody has decided anything yet.
    if let Some(validator) = &member.validator {
        let guards = guard_folder(&home.path);
        create_dir(&guards)?;
        write_file(&guard_file(&guards, &validator.public().thumbprint()), GUARD_NEVER_SIGNED)?;
    }
    Ok(())
}

fn check_names(plan: &Plan) -> Result<(), FoundingFault> {
    let mut seen = BTreeSet::new();
    for PlannedParty { slug, id, .. } in &plan.parties {
        if id.is_empty() || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(FoundingFault::BadId(id.clone()));
        }
        let fits = (1..=SLUG_BYTES_MAX).contains(&slug.len())
            && !slug.starts_with('-')
            && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits || !seen.insert(slug) {
            return Err(FoundingFault::BadSlug(slug.clone()));
        }
    }
    Ok(())
}

fn require_empty(folder: &Path) -> Result<(), FoundingFault> {
    match fs::read_dir(folder) {
        Ok(mut found) => match found.next() {
            None => Ok(()),
            Some(_) => Err(FoundingFault::NotEmpty(folder.to_path_buf())),
        },
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FoundingFault::System { path: folder.to_path_buf(), error }),
    }
}

fn create_dir(path: &Path) -> Result<(), FoundingFault> {
    fs::create_dir_all(path)
        .map_err(|error| FoundingFault::System { path: path.to_path_buf(), error })
}

fn write_file(path: &Path, text: &str) -> Result<(), FoundingFault> {
    fs::write(path, text).map_err(|error| FoundingFault::System { path: path.to_path_buf(), error })
}
