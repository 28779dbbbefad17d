//! Who belongs to the network while it runs: entries between members, removal, a smaller set.

use std::time::Duration;

use bytes::Bytes;
use countersign_record::keys::thumbprint;

use super::cluster::{Cluster, PATIENCE, Plan, eventually, validator_key};
use crate::consensus::Member;

#[tokio::test(flavor = "multi_thread")]
async fn entries_reach_every_validator_with_their_senders_name() {
    let mut cluster = Cluster::started(&Plan { followers: 1, ..Plan::default() }).await;
    let everyone = |c: &Cluster| {
        c.nodes.iter().all(|n| n.consensus().connected().borrow().len() == c.nodes.len() - 1)
    };
    eventually("all five are connected", || everyone(&cluster)).await;
    let sender = cluster.nodes[4].key();
    let entries: Vec<_> = (0..500).map(|n| Bytes::from(vec![n as u8; 600 + n])).collect();
    assert!(cluster.nodes[4].consensus().publish_entries(entries.clone()));
    for n in 0..4 {
        for expected in &entries {
            let received = cluster.nodes[n].inbox().entries.recv();
            let (from, entry) = tokio::time::timeout(PATIENCE, received).await.unwrap().unwrap();
            assert_eq!((from, &entry), (sender, expected));
        }
    }
    // A follower cannot propose: nobody sends it entries.
    assert!(cluster.nodes[4].inbox().entries.try_recv().is_none());
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_is_disconnected_and_a_returned_one_let_in() {
    let cluster = Cluster::started(&Plan { followers: 1, ..Plan::default() }).await;
    let out = &cluster.nodes[4];
    let key = out.key();
    let connected = |n: usize| cluster.nodes[n].consensus().status().connected;
    eventually("the follower is connected to all", || connected(4).len() == 4).await;
    let before = out.app.height();

    let listed = cluster.members.borrow().clone();
    // The follower itself still believes in its membership; the others decide.
    let mut without = listed.clone();
    without.remove(&key);
    cluster.members.send_replace(without);
    eventually("the removed node has no connection", || {
        connected(4).is_empty() && (0..4).all(|n| !connected(n).contains(&key))
    })
    .await;
    let height = cluster.nodes[0].app.height().max(before);
    cluster.reach(&[0, 1, 2, 3], height + 10).await;

    cluster.members.send_replace(listed);
    eventually("the follower is connected again", || connected(4).len() == 4).await;
    cluster.reach(&[4], height + 10).await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_validator_set_follows_the_ledger() {
    let cluster = Cluster::started(&Plan { shrink: Some((6, 3)), ..Plan::default() }).await;
    let all = [0, 1, 2, 3];
    cluster.reach(&all, 15).await;
    // `assert_agreement` checks each signer against the set of its height.
    cluster.assert_agreement(&all, 1..=15);
    let retired = thumbprint(&validator_key(3).verifying_key().to_bytes());
    for height in 6..=15 {
        let (decided, _) = cluster.nodes[0].app.batch(height);
        assert!(decided.signatures.iter().all(|(kid, _)| *kid != retired));
    }
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_names_who_is_missing() {
    let mut cluster =
        Cluster::new(&Plan { heartbeat: Duration::from_millis(50), ..Plan::default() });
    for node in &mut cluster.nodes[..3] {
        node.start().await;
    }
    cluster.reach(&[0, 1, 2], 2).await;
    let missing = cluster.nodes[3].key();
    eventually("one is missing", || {
        cluster.nodes[..3].iter().all(|n| {
            let status = n.consensus().status();
            status.missing.len() == 1 && status.missing.contains(&missing) && status.tip >= 2
        })
    })
    .await;
    cluster.nodes[3].start().await;
    eventually("nobody is missing", || {
        cluster.nodes.iter().all(|n| n.consensus().status().missing.is_empty())
    })
    .await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_that_contradicts_itself_is_reported() {
    // Nodes 3 and 4 vote with one key: the classic mistake of a spare machine switched on too.
    // At a pace at which both are always on time.
    let heartbeat = Duration::from_millis(100);
    let mut cluster = Cluster::new(&Plan { followers: 1, heartbeat, ..Plan::default() });
    cluster.nodes[4].settings.validator = Some(validator_key(3));
    let twice = thumbprint(&validator_key(3).verifying_key().to_bytes());
    let spare = cluster.nodes[4].key();
    cluster.members.send_modify(|m| {
        m.insert(spare, Member { validator: Some(twice) });
    });
    for node in &mut cluster.nodes {
        node.start().await;
    }
    let found = async {
        loop {
            let evidence = cluster.nodes[0].inbox().evidence.recv().await.unwrap();
            if evidence.validator == twice {
                return evidence;
            }
        }
    };
    let evidence = tokio::time::timeout(PATIENCE, found).await.unwrap();
    assert!(evidence.text.contains("both"), "{}", evidence.text);
    cluster.stop().await;
}
