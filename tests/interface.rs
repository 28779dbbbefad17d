//! What arrives at a node's HTTP interface, and what happens: every row is refused with its reason,
//! stores nothing, and the row beside it is taken.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;

use countersign::fleet::{Fleet, one_validator};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, ClientFault, Submitted},
};
use countersign_genesis::keyfile;
use countersign_record::{Digest, keys::Signer as _, statement::Statement, verify::verify};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

const EXPORTER: &str = "91440606MA7DEM040W";

struct Desk {
    fleet: Fleet,
    client: Client,
    http: reqwest::Client,
    folder: tempfile::TempDir,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let mut fleet = Fleet::found(exe, one_validator().unwrap(), &home).unwrap();
        fleet.start_all().await.unwrap();
        let client = Client::new(&fleet.nodes()[0].url).unwrap();
        Self { fleet, client, http: reqwest::Client::new(), folder }
    }

    fn key(&self, slug: &str) -> SigningKey {
        let file = self.folder.path().join("network").join(slug).join("keys/entry.pem");
        keyfile::load(&file, None).unwrap()
    }

    fn network(&self) -> Digest {
        self.fleet.genesis().network()
    }

    fn sign(&self, draft: &Draft, slug: &str) -> Statement {
        draft.sign(self.network(), &self.key(slug)).unwrap()
    }

    async fn post(&self, kind: &str, body: Vec<u8>) -> (u16, Value) {
        let url = format!("{}/v1/entries?wait=final", self.client.url());
        let request = self.http.post(url).header("content-type", kind).body(body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
    }

    async fn log_size(&self) -> u64 {
        self.client.json("/v1/status").await.unwrap()["log_size"].as_u64().unwrap()
    }

    async fn accept(&self, statement: &Statement) -> Vec<u8> {
        match self.client.submit(statement.bytes(), true).await.unwrap() {
            Submitted::Final(receipt) => {
                verify(self.fleet.genesis(), &receipt).unwrap();
                receipt
            }
            Submitted::Waiting => panic!("not final in time"),
        }
    }

    async fn refuse(&self, statement: &Statement) -> (u64, Value) {
        match self.client.submit(statement.bytes(), true).await {
            Err(ClientFault::Problem(p)) => (p.rule().unwrap(), p.refusal.clone().unwrap()),
            other => panic!("expected a refusal, found {other:?}"),
        }
    }
}

fn suspend(reference: &str, kind: &str) -> Draft {
    let action = DraftAction::new(
        "membership",
        kind,
        format!("party:{EXPORTER}"),
        json!({ "reason": "a test" }),
    );
    Draft::of(reference, now_ms(), action)
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_statement_are_refused_and_nothing_is_stored() {
    let desk = Desk::open().await;
    let before = desk.log_size().await;
    let good = desk.sign(&suspend("S-1", "suspend"), "shunde-customs").bytes().to_vec();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        bytes
    };
    let cose = "application/cose";
    let rows: Vec<(&str, &str, Vec<u8>, u16)> = vec![
        ("not CBOR", cose, b"hello".to_vec(), 400),
        ("nothing", cose, Vec::new(), 400),
        ("trailing bytes", cose, with(&|b| b.push(0)), 400),
        ("cut short", cose, with(&|b| b.truncate(b.len() - 1)), 400),
        // d2 84 58 26: the protected header's length, spelled in two bytes instead of one.
        (
            "not canonical",
            cose,
            with(&|b| {
                b.splice(2..4, [0x59, 0x00, b[3]]);
            }),
            400,
        ),
        ("too large", cose, vec![0; 64 * 1024 + 1], 413),
        ("wrong content type", "application/json", good.clone(), 415),
        ("no content type", "", good.clone(), 415),
        ("bad signature", cose, with(&|b| *b.last_mut().unwrap() ^= 1), 422),
    ];
    for (what, kind, bytes, expected) in rows {
        let (status, problem) = desk.post(kind, bytes).await;
        assert_eq!(status, expected, "{what}: {problem}");
        assert_eq!(problem["status"], expected, "{what}");
        assert!(problem["detail"].as_str().is_some_and(|d| !d.is_empty()), "{what}");
        if expected == 400 {
            assert!(problem["at_byte"].is_u64(), "{what} names the byte: {problem}");
        }
    }
    assert_eq!(desk.log_size().await, before);
    // The row beside them.
    assert_eq!(desk.post(cose, good).await.0, 200);
    assert_eq!(desk.log_size().await, before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_nobody_may_make_is_refused_with_its_number() {
    let desk = Desk::open().await;
    let customs = desk.key("shunde-customs");
    let before = desk.log_size().await;
    let draft = |reference: &str| suspend(reference, "suspend");
    let other_network = draft("A").sign(Digest::of(b"another"), &customs).unwrap();
    let stranger = draft("B").sign(desk.network(), &SigningKey::from_bytes(&[9; 32])).unwrap();
    let wrong_role = desk.sign(&draft("C"), "shunde-wharf");
    let now = now_ms();
    let old = Draft { event_time: now - 10_000, expires: Some(now - 5_000), ..draft("D") };
    let long = Draft { expires: Some(now + 30 * 24 * 3_600_000), ..draft("E") };
    let unknown_kind = {
        let mut payload = draft("F").payload(desk.network()).unwrap();
        payload.actions[0].kind = "abolish".into();
        Statement::sign(payload, &customs).unwrap()
    };
    let rows = [
        ("another network", other_network, 101),
        ("unknown key", stranger, 102),
        ("wrong role", wrong_role, 114),
        ("expired", desk.sign(&old, "shunde-customs"), 106),
        ("valid for too long", desk.sign(&long, "shunde-customs"), 107),
        ("unknown kind", unknown_kind, 110),
    ];
    for (what, statement, rule) in &rows {
        let (found, refusal) = desk.refuse(statement).await;
        assert_eq!(found, *rule, "{what}: {refusal}");
        for field in ["field", "found", "expected", "remedy", "en", "zh"] {
            assert!(refusal[field].as_str().is_some(), "{what} says {field}: {refusal}");
        }
        let id = statement.id();
        assert!(desk.client.json(&format!("/v1/entries/{id}")).await.is_err(), "{what}");
    }
    assert_eq!(desk.log_size().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_is_once_and_a_used_reference_names_its_first_entry() {
    let desk = Desk::open().await;
    let statement = desk.sign(&suspend("S-1", "suspend"), "shunde-customs");
    let first = desk.accept(&statement).await;
    assert_eq!(desk.accept(&statement).await, first, "the first receipt again");
    let size = desk.log_size().await;

    let other = desk.sign(&suspend("S-1", "reinstate"), "shunde-customs");
    let (rule, refusal) = desk.refuse(&other).await;
    assert_eq!(rule, 108);
    assert!(refusal["expected"].as_str().unwrap().contains(&statement.id().to_string()));
    assert_eq!(desk.log_size().await, size);

    // Another party may use the same reference for its own.
    let other = desk.sign(&suspend("S-1", "reinstate"), "shekou-customs");
    desk.accept(&other).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_entries_in_one_request_is_answered_for_itself() {
    let desk = Desk::open().await;
    let url = format!("{}/v1/entries/bulk?wait=final", desk.client.url());
    let post = async |kind: &'static str, body: Vec<u8>| {
        let request = desk.http.post(&url).header("content-type", kind).body(body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<Value>().await.unwrap_or_default())
    };
    let signed = |reference: &str, kind: &str, who: &str| {
        desk.sign(&suspend(reference, kind), who).bytes().to_vec()
    };
    let mut broken = signed("B-0", "suspend", "shunde-customs");
    *broken.last_mut().unwrap() ^= 1;
    let rows: [(Vec<u8>, Option<u16>); 5] = [
        (signed("B-1", "suspend", "shunde-customs"), None),
        (vec![0x82, 1, 2], Some(400)),
        (broken, Some(422)),
        (signed("B-2", "suspend", "shunde-wharf"), Some(422)),
        (signed("B-1", "reinstate", "shekou-customs"), None),
    ];
    let (statements, expected): (Vec<_>, Vec<_>) = rows.into_iter().unzip();

    // What cannot be taken apart is refused as a whole, and so is what is no sequence.
    let before = desk.log_size().await;
    let (whole, sequence) = (statements.concat(), "application/cbor-seq");
    let cut = whole[..whole.len() - 1].to_vec();
    let too_large = vec![0; countersign_node::limits::BULK_BYTES_MAX + 1];
    for (what, kind, body, status) in [
        ("cut short", sequence, cut, 400),
        ("nothing", sequence, Vec::new(), 400),
        ("too large", sequence, too_large, 413),
        ("another content type", "application/cose", whole, 415),
    ] {
        let (found, problem) = post(kind, body).await;
        assert_eq!((found, &problem["status"]), (status, &status.into()), "{what}: {problem}");
    }
    assert_eq!(desk.log_size().await, before);

    let answers = desk.client.submit_many(&statements, true).await.unwrap();
    let read = |answer: &Result<Submitted, ClientFault>| match answer {
        Ok(Submitted::Final(receipt)) => {
            verify(desk.fleet.genesis(), receipt).unwrap();
            None
        }
        Ok(Submitted::Waiting) => panic!("not final in time"),
        Err(ClientFault::Problem(p)) => Some(p.status),
        Err(other) => panic!("{other}"),
    };
    let found: Vec<_> = answers.iter().map(read).collect();
    assert_eq!(found, expected);
    assert_eq!(desk.log_size().await, before + 2);

    // The same again: the same receipts, and nothing new.
    let again = desk.client.submit_many(&statements, true).await.unwrap();
    for (first, second) in answers.iter().zip(&again) {
        if let (Ok(Submitted::Final(first)), Ok(Submitted::Final(second))) = (first, second) {
            assert_eq!(first, second);
        }
    }
    assert_eq!(again.iter().map(read).collect::<Vec<_>>(), expected);
    assert_eq!(desk.log_size().await, before + 2);

    // Who does not wait is told that it is on its way, and finds it in the ledger.
    let later = desk.sign(&suspend("B-3", "suspend"), "shunde-customs");
    let answers = desk.client.submit_many(&[later.bytes()], false).await.unwrap();
    assert!(matches!(answers[..], [Ok(Submitted::Waiting)]), "{answers:?}");
    desk.accept(&later).await;
    assert_eq!(desk.log_size().await, before + 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_on_state_refuses_provably_and_a_suspended_party_is_shut_out() {
    let desk = Desk::open().await;
    let check = |statement: Statement| {
        let client = desk.client.clone();
        async move { client.check(statement.bytes()).await }
    };
    let statement = desk.sign(&suspend("S-1", "suspend"), "shunde-customs");
    assert_eq!(check(statement.clone()).await.unwrap()["would"], "accept");
    desk.accept(&statement).await;

    // The dry run says what the real one will say, and stores nothing.
    let again = desk.sign(&suspend("S-2", "suspend"), "shunde-customs");
    let size = desk.log_size().await;
    let Err(ClientFault::Problem(dry)) = check(again.clone()).await else { panic!("refused") };
    assert_eq!((dry.rule(), dry.height), (Some(205), None));
    assert_eq!(desk.log_size().await, size);
    let (rule, _) = desk.refuse(&again).await;
    assert_eq!(rule, 205);
    // The refusal is in the ledger and proven; the same statement meets the same refusal.
    let receipt = desk.client.receipt(&again.id(), false).await.unwrap();
    let verified = verify(desk.fleet.genesis(), &receipt).unwrap();
    assert!(matches!(
        verified.outcome(),
        countersign_record::verify::VerifiedOutcome::Refused(r) if r.rule == 205
    ));
    assert_eq!(desk.refuse(&again).await.0, 205);

    // The suspended exporter can sign nothing, and can again once it is reinstated.
    let exporter = desk.key("exporter");
    let rotation = |reference: &str, new: &SigningKey| {
        let proof = countersign_contracts::membership::key_proof(EXPORTER, &new.public());
        let body = json!({ "key": new.public(), "proof": new.sign(&proof),
            "replaces": exporter.public().thumbprint() });
        let subject = format!("party:{EXPORTER}");
        let action = DraftAction::new("membership", "rotate_key", subject, body);
        desk.sign(&Draft::of(reference, now_ms(), action), "exporter")
    };
    let new = SigningKey::from_bytes(&[77; 32]);
    assert_eq!(desk.refuse(&rotation("K-1", &new)).await.0, 105);
    desk.accept(&desk.sign(&suspend("S-3", "reinstate"), "shekou-customs")).await;
    desk.accept(&rotation("K-1", &new)).await;
    // The old key is revoked now.
    assert_eq!(desk.refuse(&rotation("K-2", &SigningKey::from_bytes(&[78; 32]))).await.0, 104);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_can_be_read_is_there_and_documented() {
    let desk = Desk::open().await;
    let statement = desk.sign(&suspend("S-1", "suspend"), "shunde-customs");
    desk.accept(&statement).await;
    let id = statement.id();
    for path in [
        "/v1/status".to_owned(),
        "/v1/genesis".into(),
        "/v1/parties".into(),
        "/v1/alerts".into(),
        "/v1/batches".into(),
        "/v1/batches/1".into(),
        format!("/v1/entries/{id}"),
        "/v1/subjects/membership?prefix=party:".into(),
        format!("/v1/subjects/membership/party:{EXPORTER}"),
        format!("/v1/subjects/membership/party:{EXPORTER}?at=0"),
        format!("/v1/subjects/membership/party:{EXPORTER}/history"),
        "/openapi.json".into(),
    ] {
        desk.client.json(&path).await.unwrap_or_else(|e| panic!("{path}: {e}"));
    }
    let before = desk.client.json(&format!("/v1/subjects/membership/party:{EXPORTER}?at=0")).await;
    assert_eq!(before.unwrap()["state"]["active"], true);
    let now = desk.client.json(&format!("/v1/subjects/membership/party:{EXPORTER}")).await;
    assert_eq!(now.unwrap()["state"]["active"], false);
    for path in ["/livez", "/readyz", "/metrics"] {
        desk.client.text(path).await.unwrap_or_else(|e| panic!("{path}: {e}"));
    }
    assert!(desk.client.text("/metrics").await.unwrap().contains("countersign_height"));
    for path in ["/v1/entries/xyz", "/v1/subjects/nothing/x", "/v1/boxes/ABCU1234560/next", "/x"] {
        let fault = desk.client.json(path).await.unwrap_err();
        assert!(matches!(fault, ClientFault::Problem(_)), "{path}: {fault}");
    }
    let document = desk.client.json("/openapi.json").await.unwrap();
    assert!(document["paths"]["/v1/entries"]["post"].is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_stream_is_resumed_after_the_last_height_that_was_seen() {
    let desk = Desk::open().await;
    desk.accept(&desk.sign(&suspend("S-1", "suspend"), "shunde-customs")).await;
    desk.accept(&desk.sign(&suspend("S-2", "reinstate"), "shunde-customs")).await;
    let request = desk.http.get(format!("{}/v1/events", desk.client.url()));
    let mut response = request.header("last-event-id", "0").send().await.unwrap();
    let mut text = String::new();
    let read = async {
        while !(text.contains("id: 1\n") && text.contains("id: 2\n")) {
            let chunk = response.chunk().await.unwrap().expect("the stream stays open");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), read).await.unwrap();
    assert!(text.find("id: 1\n").unwrap() < text.find("id: 2\n").unwrap(), "{text}");
    assert!(text.contains("\"party\":\"GACC5150\""));
}
