//! Processes that are killed, frozen and restarted under load: nothing acknowledged is lost, all
//! roots stay equal, and the node that is asked says what is the matter.
//!
//! `make test` plays a few faults; `make faults` plays them at full length.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]
#![allow(dead_code, reason = "the helpers serve two files")]

mod load;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_genesis::sample;

use load::{
    Load, Scribe, all_reach, clients, exe, height, highest, is_full, names, seed, why_stuck,
};

/// The longest that the network works between two power cuts, milliseconds.
const WORK_MS_MAX: u64 = 1200;
/// Of so many cuts, one hits the nodes while they come up.
const CUT_AT_START: u64 = 4;

fn fleet(folder: &Path) -> Fleet {
    let fleet =
        Fleet::found(exe(), sample::pearl_river().unwrap(), &folder.join("network")).unwrap();
    // So that a stop is told in seconds.
    (0..4).for_each(|i| fleet.set(i, "heartbeat_ms", "1000").unwrap());
    fleet
}

/// All four nodes die at once, again and again, whatever they are doing.
#[tokio::test(flavor = "multi_thread")]
async fn the_power_goes_for_all_at_random_moments_and_nothing_acknowledged_is_lost() {
    let cuts = if is_full() { 200 } else { 12 };
    let mut rng = fastrand::Rng::with_seed(seed());
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = fleet(folder.path());
    fleet.start_all().await.unwrap();
    let load = Load::start(&fleet, 3);
    let clients = clients(&fleet);
    let mut recoveries = Vec::new();
    for cut in 1..=cuts {
        load.flows(1).await;
        tokio::time::sleep(Duration::from_millis(rng.u64(0..WORK_MS_MAX))).await;
        let before = highest(&clients).await;
        fleet.kill_all().await.unwrap();
        if rng.u64(0..CUT_AT_START) == 0 {
            fleet.spawn_all().unwrap();
            tokio::time::sleep(Duration::from_millis(rng.u64(0..WORK_MS_MAX))).await;
            fleet.kill_all().await.unwrap();
        }
        let begun = Instant::now();
        fleet.start_all().await.unwrap();
        all_reach(&clients[..1], before + 1).await;
        recoveries.push(begun.elapsed());
        load.check_new(&fleet).await;
        assert!(roots_equal(&clients).await.unwrap(), "after cut {cut}");
    }
    let acknowledged = load.finish(&fleet).await;
    assert!(roots_equal(&clients).await.unwrap());
    recoveries.sort();
    println!(
        "{cuts} power cuts, {acknowledged} entries acknowledged and all there, height {}; from the \
         start of the processes to the next batch: median {:?}, longest {:?}",
        height(&clients[0]).await,
        recoveries[recoveries.len() / 2],
        recoveries[recoveries.len() - 1]
    );
    fleet.kill_all().await.unwrap();
}

/// Too few are left: the survivor says who is missing, and it goes on when they are back.
#[tokio::test(flavor = "multi_thread")]
async fn with_two_of_four_dead_the_others_say_so_and_go_on_when_one_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = fleet(folder.path());
    fleet.start_all().await.unwrap();
    let clients = clients(&fleet);
    let scribe = Scribe::new(&fleet);
    scribe.record("BEFORE", 0).await;
    let url = fleet.nodes()[0].url.clone();
    assert_eq!(why_stuck(&url).await.0, 0);

    fleet.kill(1).await.unwrap();
    fleet.kill(2).await.unwrap();
    let said = names(&url, 1, "quorum_lost").await;
    assert_eq!(said["stuck"], true);
    assert_eq!(
        said["power"]["here"].as_u64().unwrap() * 2,
        said["power"]["total"].as_u64().unwrap()
    );
    let missing: Vec<_> = said["missing_validators"].as_array().unwrap().iter().collect();
    for i in [1, 2] {
        let party = party_of(&fleet, i);
        assert!(missing.contains(&&party.clone().into()), "{party}: {missing:?}");
    }
    assert_eq!(missing.len(), 2);
    assert_eq!(
        names(&fleet.nodes()[1].url, 2, "unreachable").await["stuck"],
        serde_json::Value::Null
    );

    let statement = scribe.sign("WHILE-STUCK");
    scribe.hand_in(&statement, 0).await;
    let stood = height(&clients[0]).await;
    let begun = Instant::now();
    fleet.start(1).await.unwrap();
    all_reach(&clients[..1], stood + 1).await;
    println!("from the third node's start to the next batch: {:?}", begun.elapsed());
    load::until("the entry is final", || scribe.acknowledged(&statement, 0)).await;
    assert_eq!(names(&url, 0, "moves").await["stuck"], false);
    fleet.start(2).await.unwrap();
    load::all_there(&fleet, &[statement.id()]).await;
    assert!(roots_equal(&clients).await.unwrap());
}

fn party_of(fleet: &Fleet, i: usize) -> String {
    let slug = &fleet.nodes()[i].slug;
    let plan = sample::pearl_river().unwrap();
    plan.parties.into_iter().find(|p| p.slug == *slug).unwrap().id
}

/// A frozen process keeps its sockets open and answers nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_node_holds_nobody_up_and_catches_up_when_it_thaws() {
    let frozen_for = Duration::from_secs(if is_full() { 60 } else { 10 });
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = fleet(folder.path());
    fleet.start_all().await.unwrap();
    let clients = clients(&fleet);
    let load = Load::start(&fleet, 2);
    load.flows(20).await;

    fleet.signal(3, "STOP").await.unwrap();
    let begun = Instant::now();
    let said = names(&fleet.nodes()[3].url, 2, "unreachable").await;
    assert!(said["last_error"].as_str().unwrap().contains("does not answer"), "{said}");
    load.flows(20).await;
    let moves = names(&fleet.nodes()[0].url, 0, "moves").await;
    assert_eq!(moves["missing_validators"], serde_json::json!([party_of(&fleet, 3)]));
    tokio::time::sleep(frozen_for.saturating_sub(begun.elapsed())).await;

    let wanted = highest(&clients[..3]).await;
    let frozen = begun.elapsed();
    let begun = Instant::now();
    fleet.signal(3, "CONT").await.unwrap();
    let behind = wanted - height(&clients[3]).await.min(wanted);
    all_reach(&clients[3..], wanted).await;
    println!("frozen for {frozen:?}, {behind} batches caught up in {:?}", begun.elapsed());
    names(&fleet.nodes()[3].url, 0, "moves").await;
    let acknowledged = load.finish(&fleet).await;
    assert!(roots_equal(&clients).await.unwrap());
    println!("{acknowledged} entries acknowledged, all on all nodes");
}

/// As an operator upgrades: one node after the other, while parties go on working.
#[tokio::test(flavor = "multi_thread")]
async fn nodes_are_restarted_one_after_the_other_under_load_and_nobody_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = fleet(folder.path());
    fleet.start_all().await.unwrap();
    let clients = clients(&fleet);
    let load = Load::start(&fleet, 3);
    let scribe = Scribe::new(&fleet);
    for i in 0..4 {
        load.flows(10).await;
        fleet.stop(i).await.unwrap();
        // A client that goes to another node is served.
        let begun = Instant::now();
        scribe.record(&format!("ROLL-{i}"), (i + 1) % 4).await;
        println!("node {i} is down: an entry by way of another took {:?}", begun.elapsed());
        load.flows(10).await;
        let begun = Instant::now();
        fleet.start(i).await.unwrap();
        let wanted = highest(&clients).await;
        all_reach(&clients[i..=i], wanted).await;
        println!("node {i} is up and level with the others after {:?}", begun.elapsed());
    }
    let acknowledged = load.finish(&fleet).await;
    assert!(roots_equal(&clients).await.unwrap());
    println!("{acknowledged} entries acknowledged, all on all nodes");
}
