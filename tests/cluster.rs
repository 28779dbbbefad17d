//! Four validator processes live through the story; one of them dies by `kill -9` in the middle.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{path::Path, time::Duration};

use countersign::{
    fleet::Fleet,
    ledger_facts::{Reviews, count, roots_equal},
};
use countersign_client::{
    cli::entry::now_ms,
    http::Client,
    story::{BILL, Story, Told},
};
use countersign_genesis::sample;
use countersign_record::{Digest, verify::verify};
use tokio::sync::mpsc;

/// Until when something must have happened that takes a second on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// The node that dies: Shekou Customs, which says nothing in the story.
const VICTIM: usize = 1;
const KILLED_IN_SCENE: usize = 8;
const BACK_IN_SCENE: usize = 11;

fn clients(fleet: &Fleet) -> Vec<Client> {
    fleet.nodes().iter().map(|n| Client::new(&n.url).unwrap()).collect()
}

async fn height(client: &Client) -> u64 {
    client.json("/v1/status").await.unwrap()["height"].as_u64().unwrap()
}

async fn reaches(client: &Client, wanted: u64) {
    let wait = async {
        while height(client).await < wanted {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the node catches up");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_is_told_while_a_validator_dies_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    fleet.start_all().await.unwrap();

    let (scenes, mut scene) = mpsc::unbounded_channel();
    let (mut recorded, mut refused) = (Vec::new(), Vec::new());
    let mut tell = |told: Told| match told {
        Told::Scene(s) => scenes.send(s.number).unwrap(),
        Told::Recorded(id) => recorded.push(id),
        Told::Refused { rule, en, zh } => refused.push((rule, en, zh)),
    };
    let parties = fleet.parties(Some(VICTIM)).unwrap();
    let mut story = Story::new(parties, folder.path(), now_ms(), &mut tell).unwrap();
    let chaos = async {
        while let Some(number) = scene.recv().await {
            match number {
                KILLED_IN_SCENE => fleet.kill(VICTIM).await.unwrap(),
                BACK_IN_SCENE => {
                    fleet.start(VICTIM).await.unwrap();
                    break;
                }
                _ => {}
            }
        }
    };
    let (played, ()) = tokio::join!(story.play(), chaos);
    played.unwrap_or_else(|e| panic!("{e}\n{}", fleet.nodes()[0].end_of_log()));
    let verified = story.receipts_verified();

    assert_eq!(verified as usize, recorded.len());
    // The early departure, the held box, the replayed gate-out; too much oil, sour oil, a disputed
    // delivery; what no guarantee line gives; a certificate before an officer's word, over what is
    // certified, after its revocation; more vials than the slip has left; a bag handed over before it
    // was taken over; another firm's declaration; another horse, and twice.
    let rules: Vec<u64> = refused.iter().map(|(rule, ..)| *rule).collect();
    let expected = [
        [377, 320, 310, 540, 526, 550].as_slice(),
        &[630, 630, 630, 624, 625, 630],
        &[743, 772, 751, 772, 766, 726, 776, 755],
    ];
    assert_eq!(rules, expected.concat());
    assert!(refused.iter().all(|(_, en, zh)| !en.is_empty() && !zh.is_empty()));

    let clients = clients(&fleet);
    let facts = count(&clients, BILL).await.unwrap();
    assert_eq!(facts.accepted as usize, recorded.len());
    assert_eq!(facts.refused, 20);
    let reviews = Reviews { pass: 2, returned: 1, manual: 3, investigate: 1 };
    assert_eq!((facts.certificates_issued, facts.uses_refused), (5, 5));
    assert_eq!(facts.reviews, reviews);
    assert_eq!((facts.holds_raised, facts.holds_cleared), (1, 1));
    assert_eq!((facts.boxes_loaded, facts.boxes_short), (39, 1));
    assert_eq!((facts.oil_written_off, facts.oil_written_off_kg), (1, 1_198_600));
    assert_eq!(facts.deliveries_disputed, 1);
    assert_eq!((facts.draws_accepted, facts.draws_refused), (31, 5));
    assert!(!facts.used_over_limit_ever);

    // The node that was away has everything, and its receipts prove it.
    reaches(&clients[VICTIM], facts.batches).await;
    assert!(roots_equal(&clients).await.unwrap());
    all_there(&fleet, &clients[VICTIM], &recorded).await;

    // The power goes for everybody: nothing that was acknowledged is lost.
    fleet.kill_all().await.unwrap();
    fleet.start_all().await.unwrap();
    for client in &clients {
        reaches(client, facts.batches + 1).await;
    }
    assert!(roots_equal(&clients).await.unwrap());
    all_there(&fleet, &clients[0], &recorded).await;
    fleet.kill_all().await.unwrap();
}

async fn all_there(fleet: &Fleet, client: &Client, recorded: &[Digest]) {
    for id in recorded {
        let receipt = client.receipt(id, false).await.unwrap();
        let verified = verify(fleet.genesis(), &receipt).unwrap();
        assert!(verified.header().signers().len() >= 3);
        let standard = client.receipt(id, true).await.unwrap();
        verify(fleet.genesis(), &standard).unwrap();
    }
}
