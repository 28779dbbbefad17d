//! Who is let in, and what each is shown.

use std::time::Duration;

use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, ClientFault},
    login::{Login, now_s},
    story::{ACCOUNT, APPLICATION, BILL, DELIVERED, GUARANTOR, LINE, VEHICLE},
};
use countersign_contracts::membership::key_proof;
use countersign_record::{
    Digest,
    keys::Signer as _,
    token::{Claims, Token},
    verify::verify,
};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

use crate::support::{Guarded, PATIENCE};

const EXPORTER: &str = "91440606MA7DEM040W";

fn claims(network: Digest) -> Claims {
    Claims { network, issued_s: now_s() - 10, expires_s: now_s() + 3_600 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_or_it_says_why_not() {
    let node = Guarded::start("").await;
    let (network, key) = (node.network(), node.key("exporter"));
    let good = claims(network);
    let signed = |claims: Claims| Token::sign(claims, &key).to_text();
    let flipped = {
        let mut bytes = Token::sign(good, &key).to_bytes();
        *bytes.last_mut().unwrap() ^= 1;
        hex(&bytes)
    };
    let now = now_s();
    let rows = [
        ("nothing", String::new(), "expected"),
        ("no digits", "Zm9v".into(), "malformed"),
        ("too long", "0".repeat(2_000), "at most"),
        ("a flipped bit", flipped, "signature"),
        ("another network", signed(Claims { network: Digest::of(b"x"), ..good }), "network"),
        ("ended", signed(Claims { issued_s: now - 900, expires_s: now - 300, ..good }), "ended"),
        ("of tomorrow", signed(Claims { issued_s: now + 900, ..good }), "in the future"),
        ("for a week", signed(Claims { expires_s: now + 7 * 86_400, ..good }), "good for more"),
        (
            "of a stranger",
            Token::sign(good, &SigningKey::from_bytes(&[9; 32])).to_text(),
            "no party of this network",
        ),
    ];
    for (what, token, why) in rows {
        let (status, headers, problem) = node.get("/v1/parties", Some(&token)).await;
        assert_eq!(status, 401, "{what}: {problem}");
        assert_eq!(headers["www-authenticate"], "Bearer", "{what}");
        assert!(problem["detail"].as_str().unwrap().contains(why), "{what}: {problem}");
    }
    assert_eq!(node.get("/v1/parties", Some(&signed(good))).await.0, 200);
    // A wrong token is a no where none is needed, too.
    assert_eq!(node.get("/v1/genesis", Some("00")).await.0, 401);
    assert_eq!(node.get("/v1/genesis", None).await.0, 200);
    let basic = node.http.get(format!("{}/v1/parties", node.url)).basic_auth("a", Some("b"));
    assert_eq!(basic.send().await.unwrap().status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_and_a_suspended_party_are_out_at_once() {
    let node = Guarded::start("").await;
    let (customs, old) = (node.party("shunde-customs"), node.key("exporter"));
    let token = Token::sign(claims(node.network()), &old).to_text();
    assert_eq!(node.get("/v1/parties", Some(&token)).await.0, 200);

    // The exporter rotates its key.
    let new = SigningKey::from_bytes(&[77; 32]);
    let subject = format!("party:{EXPORTER}");
    let body = json!({ "key": new.public(), "proof": new.sign(&key_proof(EXPORTER, &new.public())),
        "replaces": old.public().thumbprint() });
    let rotate = DraftAction::new("membership", "rotate_key", subject.clone(), body);
    let receipt = node.party("exporter").record(&Draft::of("K-1", now_ms(), rotate)).await.unwrap();
    let (status, _, problem) = node.get("/v1/parties", Some(&token)).await;
    assert_eq!(status, 401);
    assert!(problem["detail"].as_str().unwrap().contains("revoked"), "{problem}");
    let token = Token::sign(claims(node.network()), &new).to_text();
    assert_eq!(node.get("/v1/parties", Some(&token)).await.0, 200);
    // What the old key has signed stands.
    let id = receipt.outcome();
    let countersign_record::verify::VerifiedOutcome::Accepted(entry) = id else { panic!() };
    let login = Login::Token(token.clone());
    let client = Client::new(&node.url).unwrap().with_login(login);
    let bytes = client.receipt(&entry.id(), false).await.unwrap();
    verify(node.fleet.genesis(), &bytes).unwrap();

    // Customs suspends the exporter, and lets it in again.
    let switch = |kind: &str| {
        let body = json!({ "reason": "a test" });
        let action = DraftAction::new("membership", kind, subject.clone(), body);
        Draft::of(kind, now_ms(), action)
    };
    customs.record(&switch("suspend")).await.unwrap();
    let (status, _, problem) = node.get("/v1/parties", Some(&token)).await;
    assert_eq!(status, 401);
    assert!(problem["detail"].as_str().unwrap().contains("suspended"), "{problem}");
    customs.record(&switch("reinstate")).await.unwrap();
    assert_eq!(node.get("/v1/parties", Some(&token)).await.0, 200);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The routes that anybody may ask, and what for.
const PUBLIC: [(&str, u16); 9] = [
    ("/livez", 200),
    ("/readyz", 200),
    ("/openapi.json", 200),
    ("/verify", 200),
    ("/v1/genesis", 200),
    ("/v1/status", 200),
    ("/v1/validators/changes", 200),
    ("/v1/certificates/{no}", 404),
    ("/v1/papers/{sha256}", 404),
];

#[tokio::test(flavor = "multi_thread")]
async fn whoever_shows_no_token_may_verify_and_nothing_else() {
    let node = Guarded::start("").await;
    // A proof needs a batch to be in.
    let first = async {
        while node.get("/v1/status", None).await.2["height"] == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, first).await.unwrap();
    let (_, _, document) = node.get("/openapi.json", None).await;
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let filled = path.replace("{height}", "1").replace("{family}", "membership");
        let filled = filled.replace("{sha256}", &Digest::of(b"").to_string());
        let filled = filled.replace("{id}", &Digest::of(b"").to_string());
        let filled = filled.replace("{subject}", &format!("party:{EXPORTER}"));
        let filled = filled.replace(['{', '}'], "");
        let expected = PUBLIC.iter().find(|(public, _)| public == path).map_or(401, |(_, s)| *s);
        if methods.get("get").is_some() {
            let (status, _, answer) = node.get(&filled, None).await;
            assert_eq!(status, expected, "GET {path}: {answer}");
            asked += 1;
        }
        if methods.get("post").is_some() && path != "/verify" {
            let url = format!("{}{filled}", node.url);
            let request = node.http.post(url).header("content-type", "application/cose");
            assert_eq!(request.body("x").send().await.unwrap().status(), 401, "POST {path}");
            asked += 1;
        }
    }
    assert!(asked > 24, "{asked}");
    // Proofs of what is public, or is not there, and of nothing else.
    for (path, expected) in [
        ("/v1/subjects/certificate/certificate:X?proof=true", 200),
        ("/v1/subjects/certificate/certificate:X", 401),
        ("/v1/subjects/certificate/application:X?proof=true", 401),
        (&format!("/v1/subjects/membership/party:{EXPORTER}?proof=true"), 401),
    ] {
        assert_eq!(node.get(path, None).await.0, expected, "{path}");
    }
    let (_, _, status) = node.get("/v1/status", None).await;
    let mut told: Vec<_> = status.as_object().unwrap().keys().map(String::as_str).collect();
    told.sort_unstable();
    assert_eq!(told, ["height", "network", "time", "version"]);
    let (_, _, ready) = node.get("/readyz", None).await;
    assert_eq!(ready, json!({ "ready": true }));
}

/// A path, and who of those that ask is answered.
fn matters() -> Vec<(String, Vec<&'static str>)> {
    let customs = ["shunde-customs", "nansha-customs"];
    let all = |who: &[&'static str]| [&customs[..], who].concat();
    let subject = |name: String| format!("/v1/subjects/{name}");
    let bill = ["shunde-wharf", "shekou-wharf", "ship-agent", "declarant", "exporter", "tally"];
    vec![
        (subject(format!("combined_port/bill:{BILL}")), all(&bill)),
        (subject(format!("combined_port/bill:{BILL}/history")), all(&bill)),
        (subject(format!("combined_port/bill:{BILL}/evidence")), all(&bill)),
        (subject(format!("combined_port/bill:{BILL}?proof=true")), all(&bill)),
        (subject(format!("guarantee/line:{LINE}")), all(&["bank", "exporter", "declarant"])),
        (format!("/v1/lines/{LINE}"), all(&["bank", "exporter", "declarant"])),
        (format!("/v1/exposure/{GUARANTOR}"), all(&["bank"])),
        (format!("/v1/accounts/{ACCOUNT}"), all(&["bunker-supplier", "bonded-warehouse"])),
        (
            subject(format!("bonded_oil/application:{APPLICATION}")),
            all(&["bunker-supplier", "bonded-warehouse", "bunker-barge", "receiving-ship"]),
        ),
        (
            format!("/v1/deliveries/{DELIVERED}/note"),
            all(&["bunker-supplier", "bonded-warehouse", "bunker-barge", "receiving-ship"]),
        ),
        ("/metrics".into(), all(&[])),
        (
            subject(format!("certificate/certificate:{VEHICLE}")),
            all(&["shekou-wharf", "stables", "authority"]),
        ),
    ]
}

const ASKERS: [&str; 17] = [
    "shunde-customs",
    "nansha-customs",
    "shunde-wharf",
    "shekou-wharf",
    "ship-agent",
    "declarant",
    "exporter",
    "tally",
    "truck-carrier",
    "bank",
    "insurer",
    "bunker-supplier",
    "bonded-warehouse",
    "bunker-barge",
    "receiving-ship",
    "stables",
    "authority",
];

#[tokio::test(flavor = "multi_thread")]
async fn each_party_sees_what_concerns_it() {
    // The whole story is played through the guarded door: each party makes its own tokens.
    let node = Guarded::start("").await;
    node.play().await;
    for (path, answered) in matters() {
        for who in ASKERS {
            let (status, _, answer) = node.get_as(&path, who).await;
            let expected = match (answered.contains(&who), &*path) {
                (true, _) => 200,
                (false, "/metrics") => 403,
                (false, _) => 404,
            };
            assert_eq!(status, expected, "{who} asks for {path}: {answer}");
        }
    }
    lists_hold_what_may_be_asked_for(&node).await;
    boards_and_search_tell_no_more(&node).await;
    entries_are_for_those_whom_they_concern(&node).await;
    batches_and_events_hold_what_concerns_who_listens(&node).await;
}

/// Every subject of a family that a party is shown in lists.
async fn listed(node: &Guarded, who: &str, family: &str) -> Vec<String> {
    let items = node.all_of(&format!("/v1/subjects/{family}?limit=100"), who).await;
    items.iter().map(|item| item["subject"].as_str().unwrap().to_owned()).collect()
}

async fn lists_hold_what_may_be_asked_for(node: &Guarded) {
    for family in ["combined_port", "guarantee", "certificate"] {
        let all = listed(node, "shunde-customs", family).await;
        for who in ["shekou-wharf", "bank", "truck-carrier"] {
            let seen = listed(node, who, family).await;
            assert!(seen.iter().all(|subject| all.contains(subject)), "{who}");
            for subject in &all {
                let name = countersign_client::http::escape(subject);
                let path = format!("/v1/subjects/{family}/{name}");
                let status = node.get_as(&path, who).await.0;
                let expected = if seen.contains(subject) { 200 } else { 404 };
                assert_eq!(status, expected, "{who} asks for {family}/{subject}");
            }
        }
        assert!(all.len() > 5, "{family}: {}", all.len());
    }
    // Alerts: customs has some, and those of a party are among them.
    let alerts = |page: &Value| page["items"].as_array().unwrap().clone();
    let all = alerts(&node.get_as("/v1/alerts", "shunde-customs").await.2);
    assert!(!all.is_empty());
    let truck = alerts(&node.get_as("/v1/alerts", "truck-carrier").await.2);
    assert_eq!(truck, Vec::<Value>::new());
    for who in ["shekou-wharf", "bunker-supplier", "ship-agent"] {
        let seen = alerts(&node.get_as("/v1/alerts", who).await.2);
        assert!(seen.iter().all(|alert| all.contains(alert)), "{who}: {seen:?}");
    }
}

/// Boards and the search are lists as well; the console itself is anybody's.
async fn boards_and_search_tell_no_more(node: &Guarded) {
    let rows = |page: &Value| page["items"].as_array().unwrap().clone();
    let all = rows(&node.get_as("/v1/boxes?limit=500", "shunde-customs").await.2);
    assert!(!all.is_empty());
    for who in ["shunde-wharf", "bank", "truck-carrier"] {
        let seen = rows(&node.get_as("/v1/boxes?limit=500", who).await.2);
        for row in &all {
            let no = row["container_no"].as_str().unwrap();
            let shown = seen.iter().any(|other| other["container_no"] == no);
            let status = node.get_as(&format!("/v1/boxes/{no}/next"), who).await.0;
            assert_eq!(status, if shown { 200 } else { 404 }, "{who} asks for {no}");
        }
    }
    // A board holds those that belong on it.
    for (board, belongs) in [("free", true), ("blocked", false), ("held", false)] {
        let path = format!("/v1/boxes?limit=500&board={board}");
        let on_it = rows(&node.get_as(&path, "shunde-customs").await.2);
        assert!(on_it.iter().all(|row| row["allowed"] == belongs), "{board}: {on_it:?}");
    }
    assert_eq!(node.get_as("/v1/boxes?board=none", "shunde-customs").await.0, 400);
    for (who, expected) in [("bank", 1), ("shunde-customs", 1), ("insurer", 0)] {
        let (_, _, found) = node.get_as(&format!("/v1/search?q={LINE}"), who).await;
        assert_eq!(found["subjects"].as_array().unwrap().len(), expected, "{who}: {found}");
    }
    assert_eq!(node.get_as("/v1/search?q=x", "bank").await.0, 400);
    for (path, expected) in [("/v1/boxes", 401), ("/v1/search?q=GZ", 401), ("/console/", 200)] {
        assert_eq!(node.get(path, None).await.0, expected, "{path}");
    }
}

async fn entries_are_for_those_whom_they_concern(node: &Guarded) {
    let history = format!("/v1/subjects/guarantee/line:{LINE}/history");
    let (_, _, history) = node.get_as(&history, "bank").await;
    let entry = history["history"][0]["entry"].as_str().unwrap();
    for (who, expected) in [("bank", 200), ("shunde-customs", 200), ("insurer", 404)] {
        for path in [format!("/v1/entries/{entry}"), format!("/v1/entries/{entry}/receipt")] {
            let (status, _, answer) = node.get_as(&path, who).await;
            assert_eq!(status, expected, "{who} asks for {path}: {answer}");
        }
    }
    // Each party hands in its own.
    let action = DraftAction::new(
        "membership",
        "suspend",
        format!("party:{EXPORTER}"),
        json!({ "reason": "a test" }),
    );
    let draft = Draft::of("DOORS-1", now_ms(), action);
    let statement = draft.sign(node.network(), &node.key("shunde-customs")).unwrap();
    let client = |who: &str| Client::new(&node.url).unwrap().with_login(node.login(who));
    let Err(ClientFault::Problem(no)) = client("bank").check(statement.bytes()).await else {
        panic!("taken")
    };
    assert_eq!((no.status, no.detail.contains("hands in its own")), (403, true));
    let answers = client("bank").submit_many(&[statement.bytes()], true).await.unwrap();
    let Err(ClientFault::Problem(no)) = &answers[0] else { panic!("taken: {answers:?}") };
    assert_eq!((no.status, no.detail.contains("hands in its own")), (403, true));
    assert!(client("shunde-customs").check(statement.bytes()).await.is_ok());
}

async fn batches_and_events_hold_what_concerns_who_listens(node: &Guarded) {
    let (_, _, status) = node.get_as("/v1/status", "bank").await;
    let last = status["height"].as_u64().unwrap();
    let (mut all, mut of_bank) = (0, 0);
    for height in 1..=last {
        let path = format!("/v1/batches/{height}");
        let count = |batch: &Value| batch["happenings"].as_array().unwrap().len();
        let (_, _, whole) = node.get_as(&path, "nansha-customs").await;
        let (_, _, part) = node.get_as(&path, "bank").await;
        (all, of_bank) = (all + count(&whole), of_bank + count(&part));
        assert_eq!(whole["digest"], part["digest"]);
        for happened in part["happenings"].as_array().unwrap() {
            let family = happened["family"].as_str().unwrap();
            assert!(["guarantee", "membership", "certificate"].contains(&family), "{happened}");
        }
    }
    assert!(0 < of_bank && of_bank < all, "{of_bank} of {all}");
    // The stream begins where it is told, and says the same.
    let request = node.http.get(format!("{}/v1/events", node.url));
    let request = request.header("last-event-id", "0").bearer_auth(node.token("bank"));
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let (mut text, end) = (String::new(), format!("id: {last}\n"));
    let read = async {
        while !text.contains(&end) {
            text.push_str(&String::from_utf8_lossy(&response.chunk().await.unwrap().unwrap()));
        }
    };
    tokio::time::timeout(PATIENCE, read).await.unwrap();
    assert!(text.contains(&format!("line:{LINE}")) && !text.contains("bill:"), "{text:.2000}");
}
