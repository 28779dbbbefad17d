//! Who belongs to the network while it runs: entries between members, removal, a smaller set.

use std::time::Duration;

use bytes::Bytes;
use countersign_record::keys::thumbprint;

use super::cluster::{Cluster, PATIENCE, Plan, eventually, validator_key};
use crate::consensus::{Member, Voter};

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
    // Nodes 3 and 4 vote with one key and without their guards: the classic mistake of a spare
    // machine switched on too, by somebody who means it. At a pace at which both are always on time.
    let heartbeat = Duration::from_millis(100);
    let mut cluster = Cluster::new(&Plan { followers: 1, heartbeat, ..Plan::default() });
    for node in &mut cluster.nodes[3..] {
        node.settings.voters = Voter::unguarded(validator_key(3)).into();
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn a_spare_machine_with_the_same_key_says_so_and_stops_and_nobody_is_accused() {
    let heartbeat = Duration::from_millis(100);
    let mut cluster = Cluster::new(&Plan { followers: 1, heartbeat, ..Plan::default() });
    // Its own network key, the other's validator key, and nothing that says what that has signed.
    cluster.nodes[4].settings.voters = Voter::with_a_lost_guard(validator_key(3)).into();
    let twice = thumbprint(&validator_key(3).verifying_key().to_bytes());
    let spare = cluster.nodes[4].key();
    cluster.members.send_modify(|m| {
        m.insert(spare, Member { validator: Some(twice) });
    });
    for node in &mut cluster.nodes {
        node.start().await;
    }
    let (consensus, _inbox) = cluster.nodes[4].running.take().unwrap();
    let stopped = tokio::time::timeout(PATIENCE, consensus.stopped()).await.unwrap();
    assert!(!stopped.asked);
    assert!(stopped.reason.0.starts_with("double-sign guard: "), "{}", stopped.reason);
    let height = cluster.nodes[0].app.height() + 5;
    cluster.reach(&[0, 1, 2, 3], height).await;
    for node in &mut cluster.nodes[..3] {
        assert!(node.inbox().evidence.try_recv().is_err());
    }
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_guard_is_lost_follows_in_silence_and_then_votes_again() {
    let mut cluster = Cluster::started(&Plan::default()).await;
    cluster.reach(&[0, 1, 2, 3], 5).await;
    cluster.nodes[3].stop().await;
    cluster.nodes[3].settings.voters = Voter::with_a_lost_guard(validator_key(3)).into();
    cluster.nodes[3].start().await;
    assert!(cluster.nodes[3].consensus().status().silence.is_some());
    eventually("it may sign again", || cluster.nodes[3].consensus().status().silence.is_none())
        .await;
    // Of the other three one goes: without its vote there is no quorum.
    cluster.nodes[0].stop().await;
    let height = cluster.nodes[1].app.height() + 5;
    cluster.reach(&[1, 2, 3], height).await;
    cluster.assert_agreement(&[1, 2, 3], 1..=height);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_votes_with_whichever_of_its_keys_is_in_the_set() {
    let plan = Plan { rotate: Some((8, 3, 9)), ..Plan::default() };
    let mut cluster = Cluster::new(&plan);
    for node in &mut cluster.nodes {
        node.start().await;
    }
    // The new key comes to the running node.
    cluster.nodes[3].settings.voters.add(Voter::in_memory(validator_key(9)));
    cluster.reach(&[0, 1, 2, 3], 12).await;
    // Without one of the others the new key is needed for a quorum; nothing was started again.
    cluster.nodes[0].stop().await;
    let height = cluster.nodes[1].app.height() + 5;
    cluster.reach(&[1, 2, 3], height).await;
    cluster.assert_agreement(&[1, 2, 3], 1..=height);
    let kid = |n| thumbprint(&validator_key(n).verifying_key().to_bytes());
    for at in 1..=height {
        let signers: Vec<_> =
            cluster.nodes[1].app.batch(at).0.signatures.iter().map(|(kid, _)| *kid).collect();
        assert!(at < 8 || !signers.contains(&kid(3)), "the old key signs at {at}");
        assert!(at >= 8 || !signers.contains(&kid(9)), "the new key signs at {at}");
    }
    cluster.stop().await;
}
