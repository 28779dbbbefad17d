//! A trade file that a member drops: read as `countersign import` reads it, kept by nobody, and taken
//! a few at a time.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use countersign_client::draft::Draft;
use countersign_node::limits::{IMPORT_BYTES_MAX, IMPORTS_PER_PARTY_MAX};
use serde_json::Value;

use crate::support::{Guarded, PATIENCE};

const GATE: &str = include_str!("../../client/testdata/edifact/gate_in_d00b.edi");
const EDIFACT: &str = "application/EDIFACT";

async fn drop_file(
    node: &Guarded,
    who: &str,
    query: &str,
    kind: &str,
    file: impl Into<reqwest::Body>,
) -> (u16, Value) {
    let url = format!("{}/v1/imports?{query}", node.url);
    let request = node.http.post(url).header("content-type", kind).bearer_auth(node.token(who));
    let response = request.body(file).send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_file_is_answered_with_what_would_be_signed() {
    let node = Guarded::start("").await;
    let (status, answer) =
        drop_file(&node, "shunde-wharf", "place=CNSUD/5150", EDIFACT, GATE).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["report"]["containers"]["seen"], 5);
    assert_eq!(answer["report"]["containers"]["refused"], 3);
    assert_eq!(answer["left_out"], serde_json::json!([]));
    // The bodies are those that the command line would sign.
    let draft: Draft = serde_json::from_value(answer["drafts"][0].clone()).unwrap();
    let statement = draft.sign(node.network(), &node.key("shunde-wharf")).unwrap();
    for (at, action) in statement.payload().actions.iter().enumerate() {
        let hex: String = action.body.iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(answer["bodies"][0][at], hex.as_str());
    }
    // Without the place nothing can be signed, and each row says so in both languages.
    let (_, answer) = drop_file(&node, "shunde-wharf", "place=", EDIFACT, GATE).await;
    assert_eq!(
        (&answer["drafts"], answer["left_out"].as_array().unwrap().len()),
        (&Value::Array(vec![]), 2)
    );
    let reason = &answer["left_out"][0]["reasons"][0];
    assert_eq!(reason["code"], "needs_place");
    assert!(reason["zh"].as_str().unwrap().contains("地点"), "{reason}");
    // One that is left out, by its number.
    let query = "place=CNSUD/5150&without=CBHU7001000";
    let (_, answer) = drop_file(&node, "shunde-wharf", query, EDIFACT, GATE).await;
    assert_eq!(answer["left_out"][0]["reasons"][0]["code"], "left_out");
    assert_eq!(answer["drafts"][0]["actions"].as_array().unwrap().len(), 1);
    // It was read, and that was all.
    let path = "/v1/subjects/combined_port/box:CBHU7001000";
    assert_eq!(node.get_as(path, "shunde-customs").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_refused_with_its_reason() {
    let node = Guarded::start("").await;
    let rows = [
        ("leg=raft", EDIFACT, GATE.to_owned(), 400, "'raft'"),
        ("key=entry.pem", EDIFACT, GATE.to_owned(), 400, "--key"),
        ("seal=CBHU7001000", EDIFACT, GATE.to_owned(), 400, "CONTAINER=NUMBER"),
        ("", "text/plain", GATE.to_owned(), 415, "application/EDIFACT"),
        ("", EDIFACT, "U".repeat(IMPORT_BYTES_MAX + 1), 413, "1048576"),
    ];
    for (query, kind, file, expected, says) in rows {
        let (status, problem) = drop_file(&node, "shekou-wharf", query, kind, file).await;
        assert_eq!(status, expected, "{query} {kind}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    let full = "U".repeat(IMPORT_BYTES_MAX);
    let (status, answer) =
        drop_file(&node, "shekou-wharf", "", "application/octet-stream", full).await;
    assert_eq!((status, answer["report"]["refused"].is_null()), (200, false), "{answer}");
    let many = format!("UNH+1+CODECO:D:95B:UN'BGM+34+1+9'{}", "EQD+CN+CBHU7001000'".repeat(5_001));
    let (status, answer) = drop_file(&node, "shekou-wharf", "", EDIFACT, many).await;
    assert_eq!((status, &answer["report"]["refused"]["code"]), (200, &"too_many_dropped".into()));
    assert_eq!(answer["report"]["interchanges"], serde_json::json!([]));
}

/// A file that begins to arrive, and does not end. The node asks for it once it has a place.
fn begin(node: &Guarded, who: &str) -> TcpStream {
    const ASKED_FOR: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
    let mut stream = TcpStream::connect(node.url.strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let token = node.token(who);
    write!(
        stream,
        "POST /v1/imports HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\
         content-type: {EDIFACT}\r\ncontent-length: 20\r\nexpect: 100-continue\r\n\
         connection: close\r\n\r\n"
    )
    .unwrap();
    let mut said = [0; ASKED_FOR.len()];
    stream.read_exact(&mut said).unwrap();
    assert_eq!(said, ASKED_FOR, "{}", String::from_utf8_lossy(&said));
    stream.write_all(b"UNH+1").unwrap();
    stream
}

/// Drops a file until there is a place for it.
async fn until_taken(node: &Guarded, who: &str) {
    let asked = async {
        while drop_file(node, who, "", EDIFACT, GATE).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.expect("a place becomes free again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_has_a_few_places_and_no_more() {
    let node = Guarded::start("").await;
    let mut slow: Vec<_> =
        (0..IMPORTS_PER_PARTY_MAX).map(|_| begin(&node, "shunde-wharf")).collect();
    assert_eq!(drop_file(&node, "shunde-wharf", "", EDIFACT, GATE).await.0, 429);
    // Another party has its own.
    assert_eq!(drop_file(&node, "shekou-wharf", "", EDIFACT, GATE).await.0, 200);
    // Whoever ends, or goes away, makes room.
    let mut ended = slow.pop().unwrap();
    ended.write_all(b"+CODECO:D:95B:U").unwrap();
    let mut said = String::new();
    ended.read_to_string(&mut said).unwrap();
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("UNH"), "{said}");
    until_taken(&node, "shunde-wharf").await;
    drop(slow);
    until_taken(&node, "shunde-wharf").await;
}
