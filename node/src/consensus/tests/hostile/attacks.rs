//! One attack a test, on a real swarm on the loopback.

use std::{sync::atomic::Ordering, time::Duration};

use bytes::Bytes;
use futures::{AsyncReadExt as _, AsyncWriteExt as _};
use malachitebft_codec::Codec as _;
use malachitebft_core_types::Round;
use malachitebft_sync::{Request, Status, ValueRequest};
use tokio::{
    net::TcpSocket,
    time::{sleep, timeout},
};

use super::{VICTIM, Villain, go_on, held, network, pour};
use crate::consensus::{
    ValueId,
    codec::Wire,
    context::{Address, Height, Ledger, PartHead},
    limits,
    network::frames::{tag, tagged, write_frame},
    parts::cut,
    tests::cluster::{Cluster, PATIENCE, Plan, eventually, validator_key},
};

/// Four validators of ours and a member without a vote that is not.
fn beside() -> Plan {
    Plan { followers: 1, heartbeat: Duration::from_millis(20), ..Plan::default() }
}

const ALL: [usize; 4] = [0, 1, 2, 3];
/// Where the fourth validator is the villain.
const HONEST: [usize; 3] = [0, 1, 2];

fn meters(cluster: &Cluster) -> (u64, u64, u64, u64) {
    let m = cluster.nodes[VICTIM].consensus().network.meters();
    (m.junk_frames.get(), m.peers_cut.get(), m.bodies_refused.get(), m.streams_refused.get())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_frames_is_read_at_its_rate_however_many_streams_it_comes_on() {
    let cluster = network(&beside(), 4).await;
    let mut villain = Villain::enter(&cluster, 4, 1).await;
    let of = cluster.nodes[4].key();
    let me = crate::consensus::peer_name(&of).unwrap().parse().unwrap();
    let status =
        Status::<Ledger> { peer_id: me, tip_height: Height(1), history_min_height: Height(1) };
    let frame = tagged(tag::STATUS, &Wire.encode(&status).unwrap()).to_vec();
    // Each new stream takes the place of the last; the member's allowance stays the same one.
    for _ in 0..5 {
        drop(pour(villain.lane(0).await, frame.clone()));
        sleep(Duration::from_millis(50)).await;
    }
    let flood = pour(villain.lane(0).await, frame);
    go_on(&cluster, &ALL, 20, |_| ()).await;
    assert!(!flood.is_finished(), "who is only slowed down is not cut");
    flood.abort();
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_of_a_flood_wait_within_its_share_and_others_come_through() {
    let mut cluster = network(&beside(), 4).await;
    let mut villain = Villain::enter(&cluster, 4, 1).await;
    let alive = villain.beat().await;
    let entry = vec![7_u8; 600];
    let mut frame = Vec::new();
    for _ in 0..100 {
        frame.extend_from_slice(&600_u32.to_be_bytes());
        frame.extend_from_slice(&entry);
    }
    let flood = pour(villain.lane(2).await, frame);
    let share = limits::ENTRY_CREDIT_BYTES;
    eventually("its share is full", || held(&cluster).entries > share - 64 * 1024).await;
    // Nobody reads the inbox; agreement goes on.
    go_on(&cluster, &ALL, 10, |held| assert!(held.entries <= share, "{held:?}")).await;
    // An entry of an honest node stands behind this share and no more.
    let honest = Bytes::from(vec![8_u8; 700]);
    let (key, bad) = (cluster.nodes[1].key(), cluster.nodes[4].key());
    eventually("they are connected", || {
        cluster.nodes[1].consensus().connected().borrow().contains(&cluster.nodes[VICTIM].key())
    })
    .await;
    assert!(cluster.nodes[1].consensus().publish_entries(vec![honest.clone()]));
    let mut before = 0;
    let inbox = cluster.nodes[VICTIM].inbox();
    loop {
        let (from, entry) = timeout(PATIENCE, inbox.entries.recv()).await.unwrap().unwrap();
        if from == key {
            assert_eq!(entry, honest);
            break;
        }
        assert_eq!(from, bad);
        before += 1;
        assert!(before < 20_000, "the flood keeps everybody else out");
    }
    flood.abort();
    alive.abort();
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_announces_gigabytes_ends_its_lane_before_a_byte_of_it_is_kept() {
    let cluster = network(&beside(), 4).await;
    let mut villain = Villain::enter(&cluster, 4, 1).await;
    for which in 0..3 {
        let (junk, ..) = meters(&cluster);
        let mut stream = villain.lane(which).await;
        stream.write_all(&u32::MAX.to_be_bytes()).await.unwrap();
        let _ = stream.write_all(&vec![1; 1024 * 1024]).await;
        let _ = stream.flush().await;
        eventually("it is junk", || meters(&cluster).0 > junk).await;
    }
    // A sync request of that size is not read either: the stream just ends.
    let mut stream = villain.lane(3).await;
    stream.write_all(&u32::MAX.to_be_bytes()).await.unwrap();
    let _ = stream.flush().await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("it ends");
    assert!(answer.is_empty());
    // An entry larger than any statement, in a frame that is not.
    let (junk, ..) = meters(&cluster);
    let mut stream = villain.lane(2).await;
    let mut frame = 100_000_u32.to_be_bytes().to_vec();
    frame.resize(4 + 100_000, 9);
    write_frame(&mut stream, &frame).await.unwrap();
    stream.flush().await.unwrap();
    eventually("that is junk too", || meters(&cluster).0 > junk).await;
    go_on(&cluster, &ALL, 10, |held| assert!(held.entries < 1024 * 1024)).await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_that_never_reads_is_cut_and_keeps_little_of_ours_waiting() {
    let plan = Plan { body_bytes: 1024 * 1024, ..beside() };
    let cluster = network(&plan, 4).await;
    let mut villain = Villain::enter(&cluster, 4, 1).await;
    // It takes the streams, says that it is alive, and never reads a byte.
    let [mut votes, mut parts, mut entries] = [0, 1, 2].map(|which| villain.accept(which));
    let alive = villain.beat().await;
    let most =
        limits::CONSENSUS_QUEUE_BYTES + limits::PARTS_QUEUE_BYTES + limits::ENTRIES_QUEUE_BYTES;
    // What the three honest peers have not taken counts as well.
    let most = most + 3 * limits::PARTS_QUEUE_BYTES;
    let mut kept = Vec::new();
    let mut highest = 0;
    let mut cut = villain.cut.clone();
    let ended = async {
        let mut checks = tokio::time::interval(Duration::from_millis(20));
        loop {
            tokio::select! {
                gone = cut.wait_for(|times| *times > 0) => return drop(gone),
                Some(stream) = votes.recv() => kept.push(stream),
                Some(stream) = parts.recv() => kept.push(stream),
                Some(stream) = entries.recv() => kept.push(stream),
                _ = checks.tick() => {
                    let outgoing = held(&cluster).outgoing;
                    highest = highest.max(outgoing);
                    assert!(outgoing <= most, "{outgoing} bytes wait");
                }
            }
        }
    };
    timeout(PATIENCE, ended).await.expect("it is cut");
    assert!(highest > 0);
    alive.abort();
    go_on(&cluster, &ALL, 5, |_| ()).await;
    cluster.stop().await;
}

/// The parts of a body that the fourth validator sends for a height.
fn stream_of(height: u64, number: u64, body: &Bytes) -> Vec<Vec<u8>> {
    let address = Address::of(&validator_key(3).verifying_key());
    let head = PartHead {
        height: Height(height),
        round: Round::new(0),
        valid_round: Round::Nil,
        proposer: address,
        id: ValueId([number as u8; 64]),
        bytes: body.len() as u32,
    };
    cut(head, body, number).map(|part| Wire.encode(&part).unwrap().to_vec()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_bodies_for_far_heights_and_near_ones_stay_within_one_members_share() {
    let plan = Plan { heartbeat: Duration::from_millis(20), ..Plan::default() };
    let cluster = network(&plan, 3).await;
    let mut villain = Villain::enter(&cluster, 3, 1).await;
    let alive = villain.beat().await;
    let mut parts = villain.lane(1).await;
    let tip = cluster.nodes[VICTIM].app.clone();
    let flood = tokio::spawn(async move {
        let body = Bytes::from(vec![3; 700 * 1024]);
        for number in 0_u64.. {
            // Far beyond the window, at its end, near, next; whole ones and ones that never end.
            let ahead = [1_000_000, 16, 15, 3, 2, 2, 1, 1, 1, 1][(number % 10) as usize];
            let mut frames = stream_of(tip.height() + ahead, number, &body);
            if number.is_multiple_of(3) {
                frames.pop();
            }
            for frame in frames {
                if write_frame(&mut parts, &frame).await.is_err() {
                    return;
                }
            }
        }
    });
    let streams = limits::PART_STREAMS_PER_PEER_MAX * limits::BODY_BYTES_MAX;
    let (bodies, mut seen) = (streams + limits::EARLY_BYTES_PER_PEER_MAX, 0);
    go_on(&cluster, &HONEST, 12, |held| {
        assert!(held.parts <= 3 * limits::PART_CREDIT_BYTES, "{held:?}");
        // Two honest peers send small bodies only.
        assert!(held.bodies <= bodies + 64 * 1024, "{held:?}");
        seen = seen.max(held.bodies);
    })
    .await;
    assert!(seen > 0, "nothing of it was ever kept");
    eventually("more bodies for a height than anybody needs are not taken", || {
        meters(&cluster).2 > 0
    })
    .await;
    flood.abort();
    alive.abort();
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_once_is_said_a_thousand_times_and_changes_nothing() {
    let plan = Plan { heartbeat: Duration::from_millis(20), ..Plan::default() };
    let cluster = network(&plan, 3).await;
    let mut villain = Villain::enter(&cluster, 3, 1).await;
    let alive = villain.beat().await;
    // It records what the victim says on both lanes and says it again, many times over.
    let mut echoes = Vec::new();
    for which in [0, 1] {
        let mut taken = villain.accept(which);
        let mut back = villain.lane(which).await;
        echoes.push(tokio::spawn(async move {
            while let Some(mut stream) = taken.recv().await {
                let mut length = [0; 4];
                while stream.read_exact(&mut length).await.is_ok() {
                    let mut frame = vec![0; u32::from_be_bytes(length) as usize];
                    if stream.read_exact(&mut frame).await.is_err() {
                        break;
                    }
                    // A status in another's name would be junk.
                    if which == 0 && frame[0] == tag::STATUS {
                        continue;
                    }
                    for _ in 0..20 {
                        if write_frame(&mut back, &frame).await.is_err() {
                            return;
                        }
                    }
                    let _ = back.flush().await;
                }
            }
        }));
    }
    let executed = cluster.nodes[VICTIM].app.executed.load(Ordering::Relaxed);
    let from = cluster.nodes[VICTIM].app.height();
    go_on(&cluster, &HONEST, 15, |held| assert!(held.parts <= 3 * limits::PART_CREDIT_BYTES)).await;
    let executed = cluster.nodes[VICTIM].app.executed.load(Ordering::Relaxed) - executed;
    let heights = cluster.nodes[VICTIM].app.height() - from;
    // A body that comes again is known: at most one of each other proposer and round is run.
    assert!(executed <= 3 * heights + 20, "{executed} executions for {heights} heights");
    assert_eq!(meters(&cluster).1, 0, "nothing of this is junk: {:?}", meters(&cluster));
    echoes.iter().for_each(tokio::task::JoinHandle::abort);
    alive.abort();
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_streams_and_connections_are_not_held() {
    let cluster = network(&beside(), 4).await;
    let villain = Villain::enter(&cluster, 4, 20).await;
    let most = limits::CONNECTIONS_PER_PEER_MAX as usize;
    let (mut called, mut open) = (villain.called.clone(), villain.connections.clone());
    timeout(PATIENCE, called.wait_for(|calls| *calls >= 20)).await.unwrap().unwrap();
    timeout(PATIENCE, open.wait_for(|open| *open <= most)).await.unwrap().unwrap();
    let mut kept = Vec::new();
    let request: Request<Ledger> = Request::ValueRequest(ValueRequest::new(Height(1)..=Height(16)));
    let request = Wire.encode(&request).unwrap();
    let mut control = villain.control.clone();
    let many = 3 * limits::STREAMS_BURST as usize;
    for _ in 0..many {
        // Asks and never takes the answer.
        let opening = control.open_stream(villain.victim, villain.lanes[3].clone());
        let Ok(Ok(mut stream)) = timeout(Duration::from_secs(1), opening).await else { break };
        if write_frame(&mut stream, &request).await.is_ok() && stream.flush().await.is_ok() {
            kept.push(stream);
        }
    }
    // Either too many at once or too many a second: they end somewhere.
    let refused = meters(&cluster).3;
    assert!(kept.len() < many || refused > 0, "{} streams are held", kept.len());
    go_on(&cluster, &ALL, 10, |_| ()).await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_who_never_finish_their_handshake_keep_no_member_out() {
    let cluster = network(&beside(), 4).await;
    let port = super::port_of(&cluster, VICTIM);
    // From one address, again and again, more than may wait from everywhere.
    let callers: Vec<_> = (0..2 * limits::PENDING_INCOMING_MAX)
        .map(|_| {
            tokio::spawn(async move {
                loop {
                    let socket = TcpSocket::new_v4().unwrap();
                    socket.bind("127.0.0.2:0".parse().unwrap()).unwrap();
                    let to = format!("127.0.0.1:{port}").parse().unwrap();
                    if let Ok(mut caller) = socket.connect(to).await {
                        // Silent until it is hung up on.
                        let mut heard = [0; 64];
                        while matches!(
                            tokio::io::AsyncReadExt::read(&mut caller, &mut heard).await,
                            Ok(n) if n > 0
                        ) {}
                    }
                    sleep(Duration::from_millis(50)).await;
                }
            })
        })
        .collect();
    let refused = || cluster.nodes[VICTIM].consensus().network.meters().strangers_refused.get();
    eventually("the doorstep is full", || refused() > 50).await;
    let mut villain = Villain::enter(&cluster, 4, 1).await;
    let alive = villain.beat().await;
    let key = cluster.nodes[4].key();
    eventually("a member comes in all the same", || {
        cluster.nodes[VICTIM].consensus().connected().borrow().contains(&key)
    })
    .await;
    go_on(&cluster, &ALL, 10, |_| ()).await;
    callers.iter().for_each(tokio::task::JoinHandle::abort);
    alive.abort();
    cluster.stop().await;
}
