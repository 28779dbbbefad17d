//! Who knocks without being a member, and what a member who misbehaves may do.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{AsyncReadExt as _, AsyncWriteExt as _, StreamExt as _};
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, Swarm, SwarmBuilder,
    identity::Keypair,
    noise,
    swarm::{NetworkBehaviour, SwarmEvent, dial_opts::DialOpts, dummy},
    tcp, yamux,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::timeout,
};

use super::cluster::{Cluster, PATIENCE, Plan, eventually, seed};

/// What a handshake takes from our side: protocol names, and Noise with our identity. The
/// figure was measured at 330 bytes; one frame of a lane or one more protocol name exceeds it.
const HANDSHAKE_BYTES_MAX: usize = 340;

pub(super) fn peer(port: u16, id: &PeerId) -> Multiaddr {
    format!("/ip4/127.0.0.1/tcp/{port}/p2p/{id}").parse().unwrap()
}

pub(super) fn swarm<B: NetworkBehaviour>(keypair: Keypair, behaviour: B) -> Swarm<B> {
    SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .unwrap()
        .with_behaviour(|_| behaviour)
        .unwrap()
        .with_swarm_config(|c| c.with_idle_connection_timeout(PATIENCE))
        .build()
}

/// A wire tap: passes one connection on and counts what the node says; `true` once it hung up.
async fn tap(to: u16) -> (u16, Arc<AtomicUsize>, watch::Receiver<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let said = Arc::new(AtomicUsize::new(0));
    let (hung_up_tx, hung_up) = watch::channel(false);
    let count = said.clone();
    tokio::spawn(async move {
        let (outside, _) = listener.accept().await.unwrap();
        let inside = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
        let (mut outside_in, mut outside_out) = outside.into_split();
        let (mut inside_in, mut inside_out) = inside.into_split();
        let forth = tokio::spawn(async move {
            let _ = tokio::io::copy(&mut outside_in, &mut inside_out).await;
        });
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(n) = inside_in.read(&mut buffer).await
            && n > 0
        {
            count.fetch_add(n, Ordering::SeqCst);
            let _ = outside_out.write_all(&buffer[..n]).await;
        }
        hung_up_tx.send_replace(true);
        forth.abort();
    });
    (port, said, hung_up)
}

pub(super) fn port_of(cluster: &Cluster, n: usize) -> u16 {
    cluster.nodes[n].settings.listen.rsplit('/').next().unwrap().parse().unwrap()
}

pub(super) fn id_of(cluster: &Cluster, n: usize) -> PeerId {
    crate::consensus::peer_name(&cluster.nodes[n].key()).unwrap().parse().unwrap()
}

pub(super) fn lane(cluster: &Cluster, name: &str) -> StreamProtocol {
    let network = &cluster.network.to_string()[..16];
    StreamProtocol::try_from_owned(format!("/countersign/{network}/{name}/1")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_stranger_gets_the_handshake_and_nothing_more() {
    let cluster = Cluster::started(&Plan::default()).await;
    cluster.reach(&[0, 1, 2, 3], 2).await;
    let (port, said, mut hung_up) = tap(port_of(&cluster, 0)).await;
    let mut stranger = swarm(Keypair::generate_ed25519(), dummy::Behaviour);
    stranger.dial(peer(port, &id_of(&cluster, 0))).unwrap();
    let mut shook_hands = false;
    let closed = async {
        loop {
            match stranger.select_next_some().await {
                SwarmEvent::ConnectionEstablished { .. } => shook_hands = true,
                SwarmEvent::ConnectionClosed { .. }
                | SwarmEvent::OutgoingConnectionError { .. } => return,
                _ => {}
            }
        }
    };
    timeout(PATIENCE, closed).await.expect("the stranger is cut");
    timeout(PATIENCE, hung_up.wait_for(|up| *up))
        .await
        .expect("it is the node that hung up")
        .unwrap();
    let said = said.load(Ordering::SeqCst);
    assert!(shook_hands, "the stranger did complete Noise");
    assert!(said > 0 && said <= HANDSHAKE_BYTES_MAX, "the node said {said} bytes to a stranger");
    // The network has meanwhile gone on.
    let height = cluster.nodes[0].app.height();
    cluster.reach(&[0, 1, 2, 3], height + 3).await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_can_open_no_stream() {
    let cluster = Cluster::started(&Plan::default()).await;
    cluster.reach(&[0, 1, 2, 3], 1).await;
    for name in ["consensus", "parts", "entries", "sync"] {
        let (port, said, mut hung_up) = tap(port_of(&cluster, 0)).await;
        let behaviour = libp2p_stream::Behaviour::new();
        let mut control = behaviour.new_control();
        let mut stranger = swarm(Keypair::generate_ed25519(), behaviour);
        let id = id_of(&cluster, 0);
        stranger.dial(DialOpts::peer_id(id).addresses(vec![peer(port, &id)]).build()).unwrap();
        let driving = tokio::spawn(async move {
            loop {
                stranger.select_next_some().await;
            }
        });
        // Opening negotiates lazily: only a byte from the other side proves that it is open.
        let answered = async {
            let mut stream = control.open_stream(id, lane(&cluster, name)).await.ok()?;
            let mut hello = [0];
            stream.write_all(&[0, 0, 0, 1, 0]).await.ok()?;
            stream.flush().await.ok()?;
            stream.read_exact(&mut hello).await.ok()
        };
        assert!(timeout(PATIENCE, answered).await.unwrap().is_none(), "{name} answered a stranger");
        timeout(PATIENCE, hung_up.wait_for(|up| *up)).await.unwrap().unwrap();
        assert!(said.load(Ordering::SeqCst) <= HANDSHAKE_BYTES_MAX);
        driving.abort();
    }
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_never_speaks_is_hung_up_on() {
    let cluster = Cluster::started(&Plan { validators: 1, ..Plan::default() }).await;
    cluster.reach(&[0], 1).await;
    let mut caller = TcpStream::connect(("127.0.0.1", port_of(&cluster, 0))).await.unwrap();
    let mut heard = Vec::new();
    // Ends when the node closes; a reset is as good.
    let _ = timeout(PATIENCE, caller.read_to_end(&mut heard)).await.expect("it is closed");
    assert!(heard.len() <= 64, "{} bytes were said to somebody silent", heard.len());
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_sends_junk_is_put_out_and_kept_out() {
    let cluster = {
        // Node 4 is listed, but what runs in its place is the swarm below.
        let mut cluster = Cluster::new(&Plan { followers: 1, ..Plan::default() });
        for node in &mut cluster.nodes[..4] {
            node.start().await;
        }
        cluster
    };
    cluster.reach(&[0, 1, 2, 3], 1).await;
    let mut bad_seed = seed(4);
    let behaviour = libp2p_stream::Behaviour::new();
    let mut control = behaviour.new_control();
    let mut bad = swarm(Keypair::ed25519_from_bytes(&mut bad_seed).unwrap(), behaviour);
    let id = id_of(&cluster, 0);
    let at = peer(port_of(&cluster, 0), &id);
    bad.dial(DialOpts::peer_id(id).addresses(vec![at.clone()]).build()).unwrap();
    let (gone_tx, mut gone) = watch::channel(false);
    let driving = tokio::spawn(async move {
        loop {
            if let SwarmEvent::ConnectionClosed { num_established: 0, .. } =
                bad.select_next_some().await
            {
                gone_tx.send_replace(true);
                let _ = bad.dial(DialOpts::peer_id(id).addresses(vec![at.clone()]).build());
            }
        }
    });
    let key = cluster.nodes[4].key();
    let connected = |n: usize| cluster.nodes[n].consensus().status().connected;
    eventually("the bad member is in", || connected(0).contains(&key)).await;
    let protocol = lane(&cluster, "consensus");
    let throwing = tokio::spawn(async move {
        loop {
            if let Ok(mut stream) = control.open_stream(id, protocol.clone()).await {
                let mut hello = [0];
                if stream.read_exact(&mut hello).await.is_ok() {
                    let _ = stream.write_all(&[0, 0, 0, 3, 1, 0xff, 0xff]).await;
                    let _ = stream.flush().await;
                }
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    timeout(PATIENCE, gone.wait_for(|gone| *gone)).await.expect("it is put out").unwrap();
    eventually("the node is rid of it", || !connected(0).contains(&key)).await;
    // It dials again at once and again, and stays out while the others go on.
    let height = cluster.nodes[0].app.height();
    cluster.reach(&[0, 1, 2, 3], height + 20).await;
    assert!(!connected(0).contains(&key), "it is back in before its time");
    throwing.abort();
    driving.abort();
    cluster.stop().await;
}
