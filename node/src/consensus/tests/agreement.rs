//! Deciding: together, alone, after a restart, late, at rest, and with a full disk.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use bytes::Bytes;
use countersign_record::keys::thumbprint;

use super::cluster::{Cluster, Plan, eventually, validator_key};
use crate::consensus::{limits, metrics_text};

/// Long enough that no test waits for it.
const NEVER: Duration = Duration::from_secs(24 * 3600);

#[tokio::test(flavor = "multi_thread")]
async fn four_validators_decide_the_same_batches_with_quorums() {
    let cluster = Cluster::started(&Plan::default()).await;
    let all = [0, 1, 2, 3];
    let began = Instant::now();
    cluster.reach(&all, 20).await;
    tracing::info!(elapsed = ?began.elapsed(), "20 heights");
    cluster.assert_agreement(&all, 1..=20);
    assert!(metrics_text().contains("malachitebft_core_consensus_height"));
    assert!(metrics_text().contains("countersign_network_peers"));
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_many_parts_arrive_and_are_executed_once() {
    let plan = Plan { body_bytes: 3 * limits::PART_BYTES + 17, ..Plan::default() };
    let cluster = Cluster::started(&plan).await;
    let all = [0, 1, 2, 3];
    cluster.reach(&all, 12).await;
    cluster.assert_agreement(&all, 1..=12);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lone_validator_decides() {
    let cluster = Cluster::started(&Plan { validators: 1, ..Plan::default() }).await;
    cluster.reach(&[0], 5).await;
    cluster.assert_agreement(&[0], 1..=5);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_stopped_catches_up_from_its_own_log() {
    let mut cluster = Cluster::started(&Plan::default()).await;
    cluster.reach(&[0, 1, 2, 3], 3).await;
    cluster.nodes[3].stop().await;
    let stopped_at = cluster.nodes[3].app.height();
    cluster.reach(&[0, 1, 2], stopped_at + 8).await;
    cluster.nodes[3].start().await;
    let target = cluster.nodes[0].app.height() + 8;
    cluster.reach(&[0, 1, 2, 3], target).await;
    cluster.assert_agreement(&[0, 1, 2, 3], 1..=target);
    // Not only does it follow: it votes again. What it decides live carries its own signature
    // first, what it fetches carries the others'.
    let own = thumbprint(&validator_key(3).verifying_key().to_bytes());
    eventually("the returned node votes", || {
        let app = &cluster.nodes[3].app;
        app.batch(app.height()).0.signatures.iter().any(|(kid, _)| *kid == own)
    })
    .await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_nodes_stop_and_go_on_where_they_were() {
    let mut cluster = Cluster::started(&Plan::default()).await;
    let all = [0, 1, 2, 3];
    cluster.reach(&all, 4).await;
    for node in &mut cluster.nodes {
        node.stop().await;
    }
    for node in &mut cluster.nodes {
        node.start().await;
    }
    let target = cluster.nodes[0].app.height() + 5;
    cluster.reach(&all, target).await;
    cluster.assert_agreement(&all, 1..=target);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_follower_fetches_what_it_missed_and_then_follows() {
    let mut cluster = Cluster::new(&Plan { followers: 1, ..Plan::default() });
    for node in &mut cluster.nodes[..4] {
        node.start().await;
    }
    cluster.reach(&[0, 1, 2, 3], 60).await;
    cluster.nodes[4].start().await;
    let target = cluster.nodes[0].app.height() + 20;
    cluster.reach(&[0, 1, 2, 3, 4], target).await;
    cluster.assert_agreement(&[0, 4], 1..=target);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_network_is_quiet_until_an_entry_arrives() {
    let cluster = Cluster::started(&Plan { heartbeat: NEVER, ..Plan::default() }).await;
    let all = [0, 1, 2, 3];
    // The first batch after a start is made at once; then nothing happens for want of a reason.
    cluster.reach(&all, 1).await;
    for n in 0..4_usize {
        let height = cluster.nodes[n].app.height();
        let entry = Bytes::from(format!("an entry given to node {n}"));
        // Only this node has it: the others join in because they see it begin.
        cluster.nodes[n].app.submit(entry.clone());
        cluster.nodes[n].work.notify_one();
        eventually("the entry is recorded everywhere", || {
            cluster.nodes.iter().all(|node| node.app.has(&entry))
        })
        .await;
        assert!(cluster.nodes[n].app.height() > height);
    }
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_node_that_returns_catches_up_without_a_heartbeat() {
    let mut cluster = Cluster::started(&Plan { heartbeat: NEVER, ..Plan::default() }).await;
    cluster.reach(&[0, 1, 2, 3], 1).await;
    cluster.nodes[3].stop().await;
    for round in 0..3 {
        let entry = Bytes::from(format!("entry {round}"));
        for node in &cluster.nodes[..3] {
            node.app.submit(entry.clone());
            node.work.notify_one();
        }
        eventually("recorded by the three", || {
            cluster.nodes[..3].iter().all(|node| node.app.has(&entry))
        })
        .await;
    }
    let target = cluster.nodes[0].app.height();
    cluster.nodes[3].start().await;
    cluster.reach(&[3], target).await;
    cluster.assert_agreement(&[0, 3], 1..=target);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_lost_its_ledger_and_kept_its_journal_fetches_what_it_had_decided() {
    let mut cluster = Cluster::started(&Plan { heartbeat: NEVER, ..Plan::default() }).await;
    // While nothing is to be done, the journal is about the height that was decided last.
    cluster.reach(&[0, 1, 2, 3], 1).await;
    cluster.nodes[3].stop().await;
    cluster.nodes[3].lose_the_ledger();
    cluster.nodes[3].start().await;
    cluster.reach(&[3], 1).await;
    // It takes part again: of the other three one goes, and three are a quorum.
    cluster.nodes[0].stop().await;
    let entry = Bytes::from_static(b"recorded with the vote of the node that came back");
    for node in &cluster.nodes[1..] {
        node.app.submit(entry.clone());
        node.work.notify_one();
    }
    eventually("the entry is recorded", || {
        cluster.nodes[1..].iter().all(|node| node.app.has(&entry))
    })
    .await;
    let height = cluster.nodes[1].app.height();
    cluster.reach(&[1, 2, 3], height).await;
    cluster.assert_agreement(&[1, 2, 3], 1..=height);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_cannot_write_a_decision_stops_for_good() {
    let mut cluster = Cluster::started(&Plan::default()).await;
    cluster.reach(&[0, 1, 2, 3], 2).await;
    cluster.nodes[1].app.disk_is_full.store(true, Ordering::Relaxed);
    let (consensus, _inbox) = cluster.nodes[1].running.take().unwrap();
    let stopped = consensus.stopped().await;
    assert!(!stopped.asked);
    assert!(stopped.reason.0.contains("no space left on device"), "{}", stopped.reason);
    let left_at = cluster.nodes[1].app.height();
    // The others do not need it.
    let target = cluster.nodes[0].app.height() + 6;
    cluster.reach(&[0, 2, 3], target).await;
    assert_eq!(cluster.nodes[1].app.height(), left_at);
    // With room on the disk it comes back and has missed nothing.
    cluster.nodes[1].app.disk_is_full.store(false, Ordering::Relaxed);
    cluster.nodes[1].start().await;
    cluster.reach(&[0, 1, 2, 3], target).await;
    cluster.assert_agreement(&[0, 1, 2, 3], 1..=target);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_cannot_share_a_home() {
    let mut cluster = Cluster::new(&Plan { validators: 1, ..Plan::default() });
    cluster.nodes[0].start().await;
    cluster.reach(&[0], 1).await;
    let node = &cluster.nodes[0];
    let again = crate::consensus::Consensus::start(
        node.settings.clone(),
        node.app.clone(),
        cluster.members.subscribe(),
        node.work.clone(),
    )
    .await;
    assert!(again.unwrap_err().0.contains("another process already runs a node"));
    cluster.stop().await;
}
