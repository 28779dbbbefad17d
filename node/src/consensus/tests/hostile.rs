//! Hostile members: each has a listed network key, some a vote, and does its worst to a node of
//! ours. The others go on deciding, the offender is cut or ignored, and what lies in memory because
//! of it stays within the bound that is named.

mod attacks;
mod quotas;

use std::time::Duration;

use futures::{AsyncReadExt as _, AsyncWriteExt as _, StreamExt as _};
use libp2p::{
    PeerId, Stream,
    identity::Keypair,
    swarm::{SwarmEvent, dial_opts::DialOpts},
};
use libp2p_stream::Control;
use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    cluster::{Cluster, PATIENCE, Plan, seed},
    gate::{id_of, lane, peer, port_of, swarm},
};
use crate::consensus::network::{
    Held,
    frames::{tag, write_frame},
};

/// Who is attacked.
const VICTIM: usize = 0;

/// A network of which one member is not ours. Its seat is that of node 3, which then has a vote,
/// or of a follower.
async fn network(plan: &Plan, villain: usize) -> Cluster {
    let mut cluster = Cluster::new(plan);
    for (n, node) in cluster.nodes.iter_mut().enumerate() {
        if n != villain {
            node.start().await;
        }
    }
    cluster.reach(&[0, 1, 2], 1).await;
    cluster
}

/// A program of our own in the seat of a member.
struct Villain {
    control: Control,
    victim: PeerId,
    lanes: [libp2p::StreamProtocol; 4],
    /// How often the victim has hung up.
    cut: watch::Receiver<u32>,
    /// How many of its calls have come to something, a connection or none.
    called: watch::Receiver<usize>,
    connections: watch::Receiver<usize>,
    driving: JoinHandle<()>,
}

impl Villain {
    /// Connects so many times, and waits until the victim has let it in.
    async fn enter(cluster: &Cluster, seat: usize, connections: usize) -> Self {
        let mut secret = seed(seat as u8);
        let keypair = Keypair::ed25519_from_bytes(&mut secret).unwrap();
        let behaviour = libp2p_stream::Behaviour::new();
        let control = behaviour.new_control();
        let mut swarm = swarm(keypair, behaviour);
        let victim = id_of(cluster, VICTIM);
        let at = peer(port_of(cluster, VICTIM), &victim);
        for _ in 0..connections {
            let call = DialOpts::peer_id(victim).addresses(vec![at.clone()]);
            let always = libp2p::swarm::dial_opts::PeerCondition::Always;
            swarm.dial(call.condition(always).build()).unwrap();
        }
        let (cut_tx, cut) = watch::channel(0);
        let (open_tx, mut open) = watch::channel(0);
        let (called_tx, called) = watch::channel(0);
        let driving = tokio::spawn(async move {
            loop {
                match swarm.select_next_some().await {
                    SwarmEvent::ConnectionEstablished { num_established, .. } => {
                        open_tx.send_replace(num_established.get() as usize);
                        called_tx.send_modify(|calls| *calls += 1);
                    }
                    SwarmEvent::OutgoingConnectionError { .. } => {
                        called_tx.send_modify(|calls| *calls += 1);
                    }
                    SwarmEvent::ConnectionClosed { num_established, .. } => {
                        open_tx.send_replace(num_established as usize);
                        if num_established == 0 {
                            cut_tx.send_modify(|times| *times += 1);
                        }
                    }
                    _ => {}
                }
            }
        });
        timeout(PATIENCE, open.wait_for(|open| *open > 0)).await.expect("it is let in").unwrap();
        let lanes = ["consensus", "parts", "entries", "sync"].map(|name| lane(cluster, name));
        Self { control, victim, lanes, cut, called, connections: open, driving }
    }

    /// Opens one of the three lanes, or sync; a lane is greeted by the victim.
    async fn open(&mut self, which: usize) -> Option<Stream> {
        let opening = self.control.open_stream(self.victim, self.lanes[which].clone());
        let mut stream = timeout(PATIENCE, opening).await.unwrap().ok()?;
        if which < 3 {
            let mut hello = [0];
            timeout(PATIENCE, stream.read_exact(&mut hello)).await.unwrap().ok()?;
        }
        Some(stream)
    }

    async fn lane(&mut self, which: usize) -> Stream {
        for _ in 0..100 {
            if let Some(stream) = self.open(which).await {
                return stream;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("the victim does not take lane {which}");
    }

    /// Shows that it is alive, as long as the answer lives.
    async fn beat(&mut self) -> JoinHandle<()> {
        let mut stream = self.lane(0).await;
        tokio::spawn(async move {
            while write_frame(&mut stream, &[tag::BEAT]).await.is_ok()
                && stream.flush().await.is_ok()
            {
                sleep(Duration::from_millis(500)).await;
            }
        })
    }

    /// Takes the streams that the victim opens on a lane, and greets them.
    fn accept(&mut self, which: usize) -> tokio::sync::mpsc::Receiver<Stream> {
        let mut incoming = self.control.accept(self.lanes[which].clone()).unwrap();
        let (streams, taken) = tokio::sync::mpsc::channel(16);
        tokio::spawn(async move {
            while let Some((_, mut stream)) = incoming.next().await {
                if stream.write_all(b"H").await.is_ok() && stream.flush().await.is_ok() {
                    let _ = streams.send(stream).await;
                }
            }
        });
        taken
    }
}

impl Drop for Villain {
    fn drop(&mut self) {
        self.driving.abort();
    }
}

/// Writes until the victim takes no more, or somebody ends it.
fn pour(mut stream: Stream, frame: Vec<u8>) -> JoinHandle<()> {
    tokio::spawn(async move { while write_frame(&mut stream, &frame).await.is_ok() {} })
}

/// What lies in the victim's memory.
fn held(cluster: &Cluster) -> Held {
    cluster.nodes[VICTIM].consensus().network.held()
}

/// The honest nodes decide so many heights more, all alike, and meanwhile `check` holds.
async fn go_on(cluster: &Cluster, honest: &[usize], heights: u64, mut check: impl FnMut(Held)) {
    let from = cluster.nodes[VICTIM].app.height();
    let began = std::time::Instant::now();
    while honest.iter().any(|n| cluster.nodes[*n].app.height() < from + heights) {
        check(held(cluster));
        assert!(began.elapsed() < PATIENCE, "the honest nodes no longer decide");
        sleep(Duration::from_millis(5)).await;
    }
    check(held(cluster));
    cluster.assert_agreement(honest, from + 1..=from + heights);
}
