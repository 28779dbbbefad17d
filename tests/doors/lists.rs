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

fn bill(i: usize) -> String {
    format!("LIST{i:08}")
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
    let manifest = |i| {
        let body = json!({ "message_type": "MT2101", "customs_code": "5304",
            "location": "CNSHK/5304", "line_mark": "trunk", "conveyance_id": SHIP,
            "name": "PEARL STAR", "voyage": VOYAGE, "packages": 200, "gross_g": 9_000_000,
            "containers": [{ "container_no": "CBHU7001000", "size_type": "22G1" }] });
        of("manifest", format!("bill:{}", bill(i)), body)
    };
    let all: Vec<_> = (0..bills).collect();
    let mut sent = tokio::task::JoinSet::new();
    for part in all.chunks(AT_ONCE) {
        let actions = part.iter().map(|i| manifest(*i)).collect();
        let reference = format!("LISTS-{}", part[0]);
        let draft = Draft { actions, ..Draft::of(reference, now_ms(), manifest(part[0])) };
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
    let (mut seen, mut after) = (BTreeSet::new(), String::new());
    loop {
        let query = format!("prefix=bill:LIST&limit=500{after}");
        let (names, next, _) = page(node, "shunde-customs", &query).await;
        for name in names {
            assert!(seen.insert(name.clone()), "{name} stands on two pages");
        }
        match next {
            Some(next) => after = format!("&after={}", escape(&next)),
            None => break,
        }
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
    let (mut bills, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/boxes?board=expected&limit=500{query}{after}");
        let (status, _, page) = node.get_as(&path, who).await;
        assert_eq!(status, 200, "{page}");
        for row in page["items"].as_array().unwrap() {
            assert_eq!(row["place"], "CNSHK/5304", "{row}");
            assert_eq!((&row["expected"], &row["next_move"]), (&json!(true), &json!("gate_in")));
            bills.push(row["bill_no"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", escape(next)),
            None => return bills,
        }
    }
}

/// The container of each bill is told of, and was not seen: one board holds them, once each.
async fn each_is_expected_until_it_is_seen(node: &Guarded, bills: usize) {
    let all: Vec<_> = (0..bills).map(bill).collect();
    assert_eq!(expected(node, "shunde-customs", "").await, all);
    assert_eq!(expected(node, "ship-agent", "&place=CNSHK/5304&prefix=CBHU").await, all);
    for (who, query) in
        [("bank", ""), ("ship-agent", "&place=CNSUD/5150"), ("ship-agent", "&prefix=CBHU8")]
    {
        assert_eq!(expected(node, who, query).await, Vec::<String>::new(), "{who} {query}");
    }
    assert_eq!(node.get_as("/v1/boxes?board=expected&after=x", "bank").await.0, 400);
    let body = json!({ "direction": "in", "place": "CNSHK/5304", "fullness": "full",
        "size_type": "22G1", "seals": [{ "no": "SEAL1", "kind": "mechanical", "issuer": "SH" }], "time": now_ms(),
        "bill_no": bill(7) });
    let came = DraftAction::new("combined_port", "gate", "box:CBHU7001000", body);
    let wharf = node.party("shekou-wharf");
    wharf.record(&Draft::of("LISTS-IN", now_ms(), came)).await.unwrap();
    let others: Vec<_> = all.iter().filter(|no| **no != bill(7)).cloned().collect();
    assert_eq!(expected(node, "shunde-customs", "").await, others, "on its way with one bill");
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
