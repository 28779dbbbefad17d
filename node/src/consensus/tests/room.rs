//! Nodes without room on their disks: they keep still, write no body, and go on when there is room.

use std::sync::atomic::Ordering;

use super::cluster::{Cluster, Plan, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_room_begins_nothing_and_catches_up_when_it_has_some() {
    let cluster = Cluster::started(&Plan::default()).await;
    cluster.reach(&[0, 1, 2, 3], 3).await;
    let still = &cluster.nodes[3].app;
    still.no_room.store(true, Ordering::Relaxed);
    // The height that was open may still be decided, from a body that was kept before.
    let kept = still.kept.load(Ordering::Relaxed) + 1;
    let stands = still.height() + 2;
    cluster.reach(&[0, 1, 2], stands + 12).await;
    assert!(still.height() <= stands, "{} after {stands}", still.height());
    assert!(still.kept.load(Ordering::Relaxed) <= kept, "a body was written without room");

    still.no_room.store(false, Ordering::Relaxed);
    let target = cluster.nodes[0].app.height() + 8;
    cluster.reach(&[0, 1, 2, 3], target).await;
    cluster.assert_agreement(&[0, 1, 2, 3], 1..=target);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_without_room_stands_and_goes_on_by_itself() {
    let cluster = Cluster::started(&Plan::default()).await;
    let all = [0, 1, 2, 3];
    cluster.reach(&all, 3).await;
    let room = |no_room: bool| {
        for node in &cluster.nodes {
            node.app.no_room.store(no_room, Ordering::Relaxed);
        }
    };
    let written = || cluster.nodes.iter().map(|n| n.app.kept.load(Ordering::Relaxed)).sum::<u64>();
    let tops = || cluster.nodes.iter().map(|n| n.app.height()).max().unwrap_or_default();
    room(true);
    let (bodies, top) = (written(), tops());
    // One height may be open, its bodies on their way.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert!(written() <= bodies + 4 && tops() <= top + 2, "something goes on without room");
    room(false);
    let target = tops() + 5;
    eventually("the network goes on", || tops() >= target).await;
    cluster.reach(&all, target).await;
    cluster.assert_agreement(&all, 1..=target);
    cluster.stop().await;
}
