//! Lists of very many: a page holds what belongs on it and costs the same wherever it stands.

#![allow(clippy::print_stdout)]

use std::{collections::BTreeSet, sync::Arc, time::Instant};

use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::escape,
};
use serde_json::{Value, json};

use crate::support::Guarded;

/// Entries under way at the same time: each waits until it is final.
const TOGETHER: usize = 24;
/// Manifests in one entry: as many as its bytes have room for.
const AT_ONCE: usize = 100;
const VOYAGE: &str = "LISTS1";
const SHIP: &str = "UN9912347";
const HUB: &str = "CNSHK/5304";
const RIVER: &str = "CNSUD/5150";

fn bill(i: usize) -> String {
    format!("LIST{i:08}")
}

/// The manifest of a bill with the code of the hub (`trunk`) or with the river port's (`branch`).
fn manifest(i: usize, line_mark: &str) -> DraftAction {
    let (customs_code, place) = match line_mark {
        "trunk" => ("5304", HUB),
        _ => ("5150", RIVER),
    };
    let body = json!({ "message_type": "MT2101", "customs_code": customs_code,
        "location": place, "line_mark": line_mark, "conveyance_id": SHIP, "name": "PEARL STAR",
        "voyage": VOYAGE, "packages": 200, "gross_g": 9_000_000,
        "containers": [{ "container_no": "CBHU7001000", "size_type": "22G1" }] });
    DraftAction::new("combined_port", "manifest", format!("bill:{}", bill(i)), body)
}

/// Writes so many bills, as the ship agent's manifests make them.
async fn fill(node: &Guarded, bills: usize) {
    let agent = Arc::new(node.party("ship-agent"));
    let of = |kind: &str, subject: String, body: Value| {
        DraftAction::new("combined_port", kind, subject, body)
    };
    let filing = json!({ "name": "PEARL STAR", "line_mark": "trunk", "voyages": [VOYAGE] });
    let filing = of("conveyance_filing", format!("ship:{SHIP}"), filing);
    agent.record(&Draft::of("LISTS-SHIP", now_ms(), filing)).await.unwrap();
    let all: Vec<_> = (0..bills).collect();
    let mut sent = tokio::task::JoinSet::new();
    for part in all.chunks(AT_ONCE) {
        let actions = part.iter().map(|i| manifest(*i, "trunk")).collect();
        let reference = format!("LISTS-{}", part[0]);
        let draft = Draft { actions, ..Draft::of(reference, now_ms(), manifest(part[0], "trunk")) };
        let agent = agent.clone();
        sent.spawn(async move { agent.record(&draft).await.unwrap() });
        if sent.len() == TOGETHER {
            sent.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = sent.join_next().await {
        done.unwrap();
    }
}

/// A page, and how long it took, milliseconds.
async fn page(node: &Guarded, who: &str, query: &str) -> (Vec<String>, Option<String>, u128) {
    let path = format!("/v1/subjects/combined_port?{query}");
    let begun = Instant::now();
    let (status, _, page) = node.get_as(&path, who).await;
    let took = begun.elapsed().as_millis();
    assert_eq!(status, 200, "{page}");
    let items = page["items"].as_array().unwrap().iter();
    let names = items.map(|item| item["subject"].as_str().unwrap().to_owned()).collect();
    (names, page["next"].as_str().map(str::to_owned), took)
}

/// Every bill is on one page and on no other.
async fn turned_to_the_end(node: &Guarded, bills: usize) {
    let mut seen = BTreeSet::new();
    let path = "/v1/subjects/combined_port?prefix=bill:LIST&limit=500";
    for item in node.all_of(path, "shunde-customs").await {
        let name = item["subject"].as_str().unwrap();
        assert!(seen.insert(name.to_owned()), "{name} stands on two pages");
    }
    assert_eq!(seen.len(), bills);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bill_stands_on_one_page() {
    let node = Guarded::start("").await;
    fill(&node, 1_200).await;
    turned_to_the_end(&node, 1_200).await;
    // Whom none of them concerns is shown none, and told that this was all.
    let (names, next, _) = page(&node, "bank", "prefix=bill:LIST&limit=25").await;
    assert_eq!((names, next), (Vec::new(), None));
    each_is_expected_until_it_is_seen(&node, 1_200).await;
}

/// Bills whose container is expected, as a party is shown them from page to page.
async fn expected(node: &Guarded, who: &str, query: &str) -> Vec<String> {
    let rows = node.all_of(&format!("/v1/boxes?board=expected&limit=500{query}"), who).await;
    let bill_no = |row: &Value| {
        assert_eq!((&row["expected"], &row["next_move"]), (&json!(true), &json!("gate_in")));
        row["bill_no"].as_str().unwrap().to_owned()
    };
    rows.iter().map(bill_no).collect()
}

/// The container of each bill is told of, and was not seen: one board holds them, once each.
async fn each_is_expected_until_it_is_seen(node: &Guarded, bills: usize) {
    let all: Vec<_> = (0..bills).map(bill).collect();
    let none = Vec::<String>::new();
    assert_eq!(expected(node, "shunde-customs", "").await, all);
    assert_eq!(expected(node, "ship-agent", &format!("&place={HUB}&prefix=CBHU")).await, all);
    assert_eq!(expected(node, "bank", "").await, none);
    assert_eq!(expected(node, "ship-agent", "&prefix=CBHU8").await, none);
    assert_eq!(node.get_as("/v1/boxes?board=expected&after=x", "bank").await.0, 400);

    // With the twin it is known where it comes first; there it comes in, on its way with one bill.
    let at_the_river = format!("&place={RIVER}");
    assert_eq!(expected(node, "shunde-wharf", &at_the_river).await, none);
    let agent = node.party("ship-agent");
    agent.record(&Draft::of("LISTS-TWIN", now_ms(), manifest(7, "branch"))).await.unwrap();
    assert_eq!(expected(node, "shunde-wharf", &at_the_river).await, [bill(7)]);
    let body = json!({ "direction": "in", "place": RIVER, "fullness": "full",
        "size_type": "22G1", "time": now_ms(), "bill_no": bill(7),
        "seals": [{ "no": "SEAL1", "kind": "mechanical", "issuer": "SH" }] });
    let came = DraftAction::new("combined_port", "gate", "box:CBHU7001000", body);
    let wharf = node.party("shunde-wharf");
    wharf.record(&Draft::of("LISTS-IN", now_ms(), came)).await.unwrap();
    assert_eq!(expected(node, "shunde-wharf", &at_the_river).await, none);
    let others: Vec<_> = all.into_iter().filter(|no| *no != bill(7)).collect();
    assert_eq!(expected(node, "shunde-customs", "").await, others);
}

/// Figures of a list as long as the ports' year: how long a page takes at its beginning, deep in it
/// and filtered, for who sees all and for who sees nothing of it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes a hundred thousand bills, for figures: make lists"]
async fn a_hundred_thousand_transfers() {
    let bills = std::env::var("LISTS_BILLS").map_or(100_000, |n| n.parse().unwrap());
    let node = Guarded::start("").await;
    let begun = Instant::now();
    fill(&node, bills).await;
    println!("{bills} bills written in {} s", begun.elapsed().as_secs());
    let deep =
        |i| format!("prefix=bill:LIST&limit=25&after={}", escape(&format!("bill:{}", bill(i))));
    for (what, who, query) in [
        ("first page", "shunde-customs", "prefix=bill:LIST&limit=25".to_owned()),
        ("page in the middle", "shunde-customs", deep(bills / 2)),
        ("last page", "shunde-customs", deep(bills - 25)),
        (
            "number that begins so",
            "shunde-customs",
            format!("prefix=bill:{}&limit=25", &bill(bills / 10 * 7)[..11]),
        ),
        ("one number", "shunde-customs", format!("prefix=bill:{}&limit=25", bill(bills - 1))),
        ("first page of the agent", "ship-agent", "prefix=bill:LIST&limit=25".to_owned()),
        ("page of who sees none", "bank", "prefix=bill:LIST&limit=25".to_owned()),
    ] {
        let mut took = Vec::new();
        let mut rows = 0;
        for _ in 0..20 {
            let (names, _, ms) = page(&node, who, &query).await;
            rows = names.len();
            took.push(ms);
        }
        took.sort_unstable();
        println!("{what}: {rows} rows, median {} ms, slowest {} ms", took[10], took[19]);
    }
    let begun = Instant::now();
    let (status, _, found) =
        node.get_as(&format!("/v1/search?q={}", bill(bills - 1)), "shunde-customs").await;
    assert_eq!((status, found["subjects"].as_array().unwrap().len()), (200, 1), "{found}");
    println!("search by number: {} ms", begun.elapsed().as_millis());
    turned_to_the_end(&node, bills).await;
}
