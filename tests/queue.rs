//! Entries that wait: a queue is full by bytes as well as by number, each party fills its own share
//! only, and the node says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]
#![allow(dead_code, reason = "the helpers serve several files")]

mod load;

use countersign::fleet::Fleet;
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    party::Party,
};
use countersign_genesis::{ceremony::PlannedNode, sample};
use countersign_node::limits::{BACKLOG_BYTES_MAX, BACKLOG_ENTRIES_MAX, BACKLOG_PARTY_SHARE};
use countersign_record::{Digest, limits::STATEMENT_BYTES_MAX};
use serde_json::{Value, json};

use load::{exe, names};

/// The place of the node that only follows.
const FOLLOWER: usize = 4;
/// Files that one of the large statements anchors, and what each says that it is about.
const FILES: usize = 20;
const ABOUT: usize = 26;

/// The sample network, with a follower beside the four that vote.
fn with_a_follower(folder: &std::path::Path) -> Fleet {
    let mut plan = sample::pearl_river().unwrap();
    let carrier = plan.parties.iter_mut().find(|p| p.slug == "barge-carrier").unwrap();
    let here = std::net::Ipv4Addr::LOCALHOST.into();
    carrier.node = Some(PlannedNode { power: 0, host: here, operator_only: false });
    let fleet = Fleet::found(exe(), plan, &folder.join("network")).unwrap();
    // It counts as stuck after four: not before this test is over.
    fleet.set(FOLLOWER, "heartbeat_ms", "600000").unwrap();
    fleet
}

/// The actions of a statement that is nearly as large as one may be.
fn large() -> Vec<DraftAction> {
    let subject = |n: usize| format!("combined_port/box:{n:080}");
    let body = json!({
        "media_type": "video/mp4", "bytes": 1, "kept_at": "archive 3",
        "retention_until": now_ms() + 400 * 24 * 3_600_000,
        "subjects": (0..ABOUT).map(subject).collect::<Vec<_>>(), "readers": [],
    });
    let file = |n: usize| format!("file:{}", Digest::of(&n.to_be_bytes()));
    (0..FILES).map(|n| DraftAction::new("evidence", "anchor", file(n), body.clone())).collect()
}

/// Hands in large statements until a party has no room any more; how many were taken.
async fn fill(party: &Party, url: &str, actions: &[DraftAction]) -> (usize, Value) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for n in 0.. {
        let mut draft = Draft::of(format!("LARGE-{n}"), now_ms(), actions[0].clone());
        draft.actions = actions.to_vec();
        let statement = party.sign(&draft).unwrap();
        assert!(statement.bytes().len() > STATEMENT_BYTES_MAX * 3 / 4);
        let post = http.post(format!("{url}/v1/entries"));
        let post = post.header("content-type", "application/cose");
        let answer = post.body(statement.bytes().to_vec()).send().await.unwrap();
        if answer.status() != 202 {
            assert!(answer.headers().contains_key("retry-after"));
            return (n, serde_json::from_str(&answer.text().await.unwrap()).unwrap());
        }
        // Were it counted by number alone, this would go on for much longer.
        assert!(n * STATEMENT_BYTES_MAX < BACKLOG_BYTES_MAX, "{n} were taken");
    }
    unreachable!()
}

#[tokio::test(flavor = "multi_thread")]
async fn few_large_entries_fill_a_queue_and_a_party_only_its_share() {
    let folder = tempfile::tempdir().unwrap();
    let mut fleet = with_a_follower(folder.path());
    // Nobody decides anything: what comes in waits.
    fleet.start(FOLLOWER).await.unwrap();
    let url = fleet.nodes()[FOLLOWER].url.clone();
    names(&url, 0, "moves").await;
    let (mut parties, actions) = (fleet.parties(None).unwrap(), large());
    let share = BACKLOG_BYTES_MAX / BACKLOG_PARTY_SHARE;
    let slugs = ["bank", "insurer", "ship-agent", "shunde-wharf"];
    for (n, slug) in slugs.into_iter().enumerate() {
        let party = parties.remove(slug).unwrap();
        let (taken, no) = fill(&party, &url, &actions).await;
        assert!(taken * STATEMENT_BYTES_MAX >= share, "{slug}: {taken}");
        // The last one meets the end of its share or of the whole, whichever comes first.
        let is_last = n + 1 == slugs.len();
        assert!(no["status"] == 429 || (is_last && no["status"] == 503), "{slug}: {no}");
        let why = if no["status"] == 429 { "its share" } else { "this node holds" };
        assert!(no["detail"].as_str().unwrap().contains(why), "{slug}: {no}");
        if n == 0 {
            // One party alone fills nothing but its part.
            names(&url, 0, "moves").await;
        }
    }
    let said = names(&url, 0, "queue_full").await;
    assert!(said["backlog"].as_u64().unwrap() < BACKLOG_ENTRIES_MAX as u64 / 10, "{said}");
    assert!(said["what"].as_str().unwrap().contains("of at most 50000 and 67 MB"), "{said}");
    fleet.kill_all().await.unwrap();
}
