//! Nodes on machines of their own, as far as one machine can give them: network namespaces, and
//! lines between them that part, delay and lose. Nothing forks, everything goes on after healing,
//! and each side says what it lacks.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]
#![allow(dead_code, reason = "the helpers serve two files")]

mod lab;
mod load;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::http::Client;
use countersign_genesis::sample;

use lab::{Lab, Weather};
use load::{
    Scribe, all_reach, all_there, clients, exe, height, highest, is_full, names, seed, until,
};

/// Nodes of four in namespaces, in good weather and at work.
async fn network(folder: &Path) -> Option<(Lab, Fleet, Vec<Client>)> {
    let mut lab = Lab::build(4, seed())?;
    let plan = sample::pearl_river().unwrap();
    let mut fleet =
        Fleet::found_apart(exe(), plan, &folder.join("network"), &lab.places()).unwrap();
    // So that a stop is told in seconds.
    (0..4).for_each(|i| fleet.set(i, "heartbeat_ms", "1000").unwrap());
    lab.open_doors(&fleet).await;
    fleet.start_all().await.unwrap();
    let clients = clients(&fleet);
    all_reach(&clients, 1).await;
    Some((lab, fleet, clients))
}

/// At every height up to the lowest tip, all nodes have the same batch.
async fn no_two_batches_at_one_height(clients: &[Client]) {
    let mut lowest = u64::MAX;
    for client in clients {
        lowest = lowest.min(height(client).await);
    }
    assert!(lowest > 0);
    for at in 1..=lowest {
        let path = format!("/v1/batches/{at}");
        let ours = clients[0].json(&path).await.unwrap()["header"].take();
        for client in &clients[1..] {
            let theirs = client.json(&path).await.unwrap()["header"].take();
            assert_eq!(ours, theirs, "height {at} of {}", client.url());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_cut_off_says_so_and_catches_up_while_three_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let Some((lab, fleet, clients)) = network(folder.path()).await else { return };
    let scribe = Scribe::new(&fleet);
    scribe.record("TOGETHER", 3).await;

    lab.part(&[0, 0, 0, 1]);
    let said = names(&fleet.nodes()[3].url, 1, "alone").await;
    assert_eq!(said["missing_validators"].as_array().unwrap().len(), 3);
    let mut recorded = Vec::new();
    for n in 0..5 {
        recorded.push(scribe.record(&format!("APART-{n}"), n % 3).await);
    }
    let said = names(&fleet.nodes()[0].url, 0, "moves").await;
    assert_eq!(said["missing_validators"].as_array().unwrap().len(), 1);
    let stood = height(&clients[3]).await;
    let wanted = highest(&clients[..3]).await;
    assert!(wanted >= stood + 5);

    let begun = Instant::now();
    lab.heal();
    let first = until("the first batch", || async { height(&clients[3]).await > stood }).await;
    all_reach(&clients[3..], wanted).await;
    println!(
        "3-1 healed: the node that was cut off had its first batch after {first:?}, and all {} after \
         {:?}",
        wanted - stood,
        begun.elapsed()
    );
    names(&fleet.nodes()[3].url, 0, "moves").await;
    recorded.push(scribe.record("AGAIN", 3).await);
    all_there(&fleet, &recorded).await;
    no_two_batches_at_one_height(&clients).await;
    assert!(roots_equal(&clients).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_halves_stand_still_say_so_and_go_on_as_one_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let Some((lab, fleet, clients)) = network(folder.path()).await else { return };
    let scribe = Scribe::new(&fleet);
    scribe.record("TOGETHER", 0).await;

    lab.part(&[0, 0, 1, 1]);
    for i in [0, 2] {
        let said = names(&fleet.nodes()[i].url, 1, "quorum_lost").await;
        assert_eq!(said["missing_validators"].as_array().unwrap().len(), 2);
        let power = &said["power"];
        assert_eq!(power["here"].as_u64().unwrap() * 2, power["total"].as_u64().unwrap());
    }
    // Each half takes an entry in and cannot decide it.
    let statements = [scribe.sign("HERE"), scribe.sign("THERE")];
    scribe.hand_in(&statements[0], 0).await;
    scribe.hand_in(&statements[1], 2).await;
    let stood = highest(&clients).await;
    for (statement, node) in statements.iter().zip([0, 2]) {
        assert!(!scribe.acknowledged(statement, node).await);
    }
    assert_eq!(highest(&clients).await, stood);

    lab.heal();
    let first = until("a batch", || async { highest(&clients).await > stood }).await;
    println!("2-2 healed: the next batch came after {first:?}");
    for (statement, node) in statements.iter().zip([0, 2]) {
        until("the entry is final", || scribe.acknowledged(statement, node)).await;
    }
    all_there(&fleet, &statements.map(|s| s.id())).await;
    names(&fleet.nodes()[0].url, 0, "moves").await;
    no_two_batches_at_one_height(&clients).await;
    assert!(roots_equal(&clients).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_and_lossy_lines_cost_time_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let Some((lab, fleet, clients)) = network(folder.path()).await else { return };
    let scribe = Scribe::new(&fleet);
    let entries = if is_full() { 50 } else { 6 };
    let mut recorded = Vec::new();
    for (delay_ms, loss_percent) in [(0, 0), (50, 0), (200, 0), (0, 1), (0, 5), (50, 5)] {
        let delay = Duration::from_millis(delay_ms);
        lab.set(Weather { delay, loss_percent, sides: Vec::new() });
        let mut taken = Vec::new();
        for n in 0..entries {
            let begun = Instant::now();
            let reference = format!("LINE-{delay_ms}-{loss_percent}-{n}");
            recorded.push(scribe.record(&reference, n % 4).await);
            taken.push(begun.elapsed());
        }
        taken.sort();
        println!(
            "delay {delay_ms} ms, loss {loss_percent} %: {entries} entries, each final after {:?} in \
             the middle, {:?} at the longest",
            taken[taken.len() / 2],
            taken[taken.len() - 1]
        );
    }
    lab.set(Weather::default());
    all_there(&fleet, &recorded).await;
    no_two_batches_at_one_height(&clients).await;
    assert!(roots_equal(&clients).await.unwrap());
}
