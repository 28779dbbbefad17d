//! Several nodes on the loopback: made, started, stopped, and asked what they decided.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant},
};

use countersign_record::{
    Digest,
    commit::precommit_tbs,
    keys::{PublicKey, SignatureBytes, thumbprint},
    membership::{Validator, ValidatorSet},
};
use ed25519_dalek::SigningKey;
use tempfile::TempDir;
use tokio::sync::{Notify, watch};

use super::fake::Fake;
use crate::consensus::{
    Consensus, Inbox, Member, Members, Settings, Timeouts, Voter, Voters, network_key, peer_name,
};

/// Far longer than anything here takes on a busy machine; reaching it is a failure.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// Waits until `what` holds, and fails with its name if it never does.
pub(super) async fn eventually(name: &str, mut what: impl FnMut() -> bool) {
    let began = Instant::now();
    while !what() {
        assert!(began.elapsed() < PATIENCE, "never came true: {name}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub(super) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// How a cluster is to be.
pub(super) struct Plan {
    pub(super) validators: u8,
    pub(super) followers: u8,
    pub(super) heartbeat: Duration,
    pub(super) body_bytes: usize,
    /// From the given height on only the first so many validators vote.
    pub(super) shrink: Option<(u64, usize)>,
    /// From the given height on a validator votes with the key of another number.
    pub(super) rotate: Option<(u64, u8, u8)>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            validators: 4,
            followers: 0,
            heartbeat: Duration::from_millis(1),
            body_bytes: 0,
            shrink: None,
            rotate: None,
        }
    }
}

pub(super) struct Node {
    pub(super) settings: Settings,
    pub(super) app: Arc<Fake>,
    pub(super) work: Arc<Notify>,
    members: watch::Receiver<Members>,
    pub(super) running: Option<(Consensus, Inbox)>,
}

impl Node {
    pub(super) async fn start(&mut self) {
        let (settings, app, members) =
            (self.settings.clone(), self.app.clone(), self.members.clone());
        let started = Consensus::start(settings, app, members, self.work.clone()).await.unwrap();
        self.running = Some(started);
    }

    pub(super) async fn stop(&mut self) {
        let (consensus, _) = self.running.take().unwrap();
        assert!(consensus.shutdown().await.asked);
    }

    /// The ledger's folder is gone; the engine's journal is not.
    pub(super) fn lose_the_ledger(&mut self) {
        self.app = Arc::new(self.app.emptied());
    }

    pub(super) fn consensus(&self) -> &Consensus {
        &self.running.as_ref().unwrap().0
    }

    pub(super) fn inbox(&mut self) -> &mut Inbox {
        &mut self.running.as_mut().unwrap().1
    }

    pub(super) fn key(&self) -> [u8; 32] {
        network_key(&self.settings.network_seed).unwrap()
    }
}

pub(super) struct Cluster {
    pub(super) nodes: Vec<Node>,
    pub(super) members: watch::Sender<Members>,
    pub(super) network: Digest,
    _home: TempDir,
}

pub(super) fn seed(n: u8) -> [u8; 32] {
    [n + 1; 32]
}

pub(super) fn validator_key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n + 101; 32])
}

fn set_of(count: u8) -> ValidatorSet {
    set_with(count, |n| n)
}

/// A set in which the validators have the keys of these numbers.
fn set_with(count: u8, key_of: impl Fn(u8) -> u8) -> ValidatorSet {
    let one = |n| Validator {
        party: format!("party-{n:02}"),
        key: PublicKey(validator_key(key_of(n)).verifying_key().to_bytes()),
        power: 1,
    };
    ValidatorSet::new((0..count).map(one).collect()).unwrap()
}

impl Cluster {
    pub(super) fn new(plan: &Plan) -> Self {
        let home = TempDir::new().unwrap();
        let network = Digest::of(b"a network of a test");
        let count = plan.validators + plan.followers;
        let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let keys: Vec<_> = (0..count).map(|n| network_key(&seed(n)).unwrap()).collect();
        let kid = |n| thumbprint(&validator_key(n).verifying_key().to_bytes());
        let member = |n: u8| Member { validator: (n < plan.validators).then(|| kid(n)) };
        let members: Members = (0..count).map(|n| (keys[n as usize], member(n))).collect();
        let members = watch::Sender::new(members);
        let mut sets = vec![(0, set_of(plan.validators))];
        sets.extend(plan.rotate.map(|(from, who, key)| {
            let key_of = |n| if n == who { key } else { n };
            (from, set_with(plan.validators, key_of))
        }));
        sets.extend(plan.shrink.map(|(from, left)| (from, set_of(left as u8))));
        let address = |n: usize| {
            format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", ports[n], peer_name(&keys[n]).unwrap())
        };
        let node = |n: u8| Node {
            settings: Settings {
                home: home.path().join(format!("node-{n}")),
                network,
                name: format!("node-{n}-{}", ports[0]),
                voters: if n < plan.validators {
                    Voter::in_memory(validator_key(n)).into()
                } else {
                    Voters::default()
                },
                network_seed: seed(n),
                listen: format!("/ip4/127.0.0.1/tcp/{}", ports[n as usize]),
                peers: (0..count as usize).map(address).collect(),
                timeouts: Timeouts::default(),
                heartbeat: plan.heartbeat,
            },
            app: Arc::new(Fake::new(sets.clone(), n, plan.body_bytes)),
            work: Arc::default(),
            members: members.subscribe(),
            running: None,
        };
        Self { nodes: (0..count).map(node).collect(), members, network, _home: home }
    }

    pub(super) async fn started(plan: &Plan) -> Self {
        let mut cluster = Self::new(plan);
        for node in &mut cluster.nodes {
            node.start().await;
        }
        cluster
    }

    /// Waits until all these nodes have committed `height`.
    pub(super) async fn reach(&self, nodes: &[usize], height: u64) {
        let name = format!("nodes {nodes:?} commit height {height}");
        eventually(&name, || nodes.iter().all(|n| self.nodes[*n].app.height() >= height)).await;
    }

    /// Every node decided the same, and each decision carries a quorum of right signatures.
    pub(super) fn assert_agreement(&self, nodes: &[usize], heights: std::ops::RangeInclusive<u64>) {
        for height in heights {
            let (first, body) = self.nodes[nodes[0]].app.batch(height);
            for n in nodes {
                let (decided, same) = self.nodes[*n].app.batch(height);
                assert_eq!(decided.id, first.id, "two decisions at height {height}");
                assert_eq!(same, body);
                self.assert_quorum(&decided, &self.nodes[*n].app.set_at(height));
            }
        }
    }

    fn assert_quorum(&self, decided: &crate::consensus::Decided, set: &ValidatorSet) {
        let (hash, root) = (decided.id.header_hash(), decided.id.log_root());
        let mut signers = BTreeSet::new();
        let mut power = 0;
        for (kid, signature) in &decided.signatures {
            let validator = set.find(kid).expect("a signer of the set");
            let tbs =
                precommit_tbs(&self.network, decided.height, decided.round, &hash, &root, kid);
            assert!(
                validator.key.verifies(&tbs, &SignatureBytes(*signature)),
                "a signature does not fit"
            );
            assert!(signers.insert(*kid), "a validator counted twice");
            power += validator.power;
        }
        assert!(set.is_quorum(power), "{power} is no quorum");
    }

    pub(super) async fn stop(mut self) {
        for node in &mut self.nodes {
            if node.running.is_some() {
                node.stop().await;
            }
        }
    }
}
