//! What anybody sees of a certificate on a node's public page, by number, by file and by code, from
//! its issue to its revocation; and the proof of each answer, checked without the node.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::path::Path;

use countersign::fleet::{Fleet, one_validator};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, Submitted, escape},
};
use countersign_genesis::keyfile;
use countersign_record::{
    Digest,
    state_code::StateCode,
    state_proof::{Found, StateProof, verify},
    statement::EntryId,
};
use serde_json::{Value, json};

const EXPORTER: &str = "91440606MA7DEM040W";

struct Desk {
    fleet: Fleet,
    client: Client,
    http: reqwest::Client,
    folder: tempfile::TempDir,
    count: u32,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let home = folder.path().join("network");
        let mut fleet = Fleet::found(exe, one_validator().unwrap(), &home).unwrap();
        fleet.start_all().await.unwrap();
        let client = Client::new(&fleet.nodes()[0].url).unwrap();
        Self { fleet, client, http: reqwest::Client::new(), folder, count: 0 }
    }

    /// A party says something about a subject, and it is accepted.
    async fn says(&mut self, slug: &str, kind: &str, subject: &str, body: Value) -> EntryId {
        self.count += 1;
        let file = self.folder.path().join("network").join(slug).join("keys/entry.pem");
        let key = keyfile::load(&file, None).unwrap();
        let action = DraftAction::new("certificate", kind, subject, body);
        let draft = Draft::of(format!("C-{}", self.count), now_ms(), action);
        let statement = draft.sign(self.fleet.genesis().network(), &key).unwrap();
        match self.client.submit(statement.bytes(), true).await.unwrap() {
            Submitted::Final(_) => statement.id(),
            Submitted::Waiting => panic!("{kind} is not final in time"),
        }
    }

    async fn page(&self, question: &str) -> String {
        let url = format!("{}/verify?q={}", self.client.url(), escape(question));
        let response = self.http.get(url).send().await.unwrap();
        assert_eq!(response.status(), 200, "{question}");
        assert!(response.headers().contains_key("content-security-policy"));
        response.text().await.unwrap()
    }

    /// The page that a form with one field brings.
    async fn posts(&self, field: &str, content: &[u8]) -> (u16, String) {
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"a\"\r\n\r\n"
        );
        let body = [head.as_bytes(), content, b"\r\n--x--\r\n"].concat();
        let request = self.http.post(format!("{}/verify", self.client.url()));
        let request = request.header("content-type", "multipart/form-data; boundary=x").body(body);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// The file behind the first proof that a page leads to.
    async fn proof(&self, page: &str) -> StateProof {
        let from = page.find("/v1/subjects/").expect(page);
        let link = page[from..].split('"').next().unwrap().replace("&amp;", "&");
        let response = self.http.get(format!("{}{link}", self.client.url())).send().await.unwrap();
        let bytes = response.bytes().await.unwrap();
        verify(self.fleet.genesis(), &bytes).unwrap();
        StateProof::parse(&bytes).unwrap()
    }
}

/// Customs registers a kind and an exporter, which applies; an officer passes it.
async fn passed(desk: &mut Desk) -> EntryId {
    let customs = "shunde-customs";
    let text = |en: &str, zh: &str| json!({ "en": en, "zh": zh });
    let kind = json!({
        "title": text("Certificate of Origin, Form E", "中国—东盟原产地证书"),
        "parts": ["items", "invoice"], "use_mode": "quantity",
        "number": "E{yy}{registration}{serial:4}", "valid_days": 365, "countersigned": true,
        "advanced_only": false, "isolation_days": 0, "animals_max": 0, "retroactive_after_days": 3,
    });
    desk.says(customs, "register_kind", "kind:FORM_E", kind).await;
    let filing = json!({ "names": text("Foshan Appliances", "佛山电器"),
        "address": text("Shunde", "顺德"), "registration": "510012345" });
    desk.says(customs, "file_exporter", &format!("exporter:{EXPORTER}"), filing).await;
    let item = json!({ "no": 1, "description": "REFRIGERATORS <b>", "marks": "N/M",
        "qty_milli": 1_000_000, "unit": "CTN", "gross_g": 50_000_000, "hs": "841810",
        "invoice_item": 1 });
    let invoice = json!({ "no": "INV-1", "date": now_ms(), "total_minor": 9_000_000,
        "currency": "USD" });
    let application = json!({ "kind": "FORM_E", "office": "5150", "enterprise_uscc": EXPORTER,
        "country": "VNM", "transport": { "mode": 2 }, "items": [item], "invoice": invoice });
    let applied = desk.says("exporter", "apply", "application:A", application).await;
    let ruling = json!({ "decision": "approve", "reason": "in order",
        "officer_hash": Digest::of(b"officer"), "evidence": [] });
    desk.says(customs, "rule", "application:A", ruling).await;
    applied
}

/// The next number of the rule, as the refusal of a wrong one would say it.
fn number() -> String {
    let year = countersign_contracts::calendar::Day::of(now_ms()).civil().0 % 100;
    format!("E{year:02}5100123450001")
}

#[tokio::test(flavor = "multi_thread")]
async fn anybody_checks_a_certificate_by_number_file_or_code() {
    let mut desk = Desk::open().await;
    let applied = passed(&mut desk).await;
    let no = number();
    let subject = format!("certificate:{no}");
    unknown_is_proven(&desk, &no).await;

    let officer = json!({ "officer_hash": Digest::of(b"officer") });
    let issue = json!({ "application": "A", "application_entry": applied,
        "officer_hash": Digest::of(b"officer") });
    desk.says("shunde-customs", "issue", &subject, issue).await;
    assert!(desk.page(&no).await.contains("待企业签章"));
    let signed = desk.says("exporter", "countersign", &subject, officer).await;
    let page = desk.page(&no.to_lowercase()).await;
    for text in
        ["VALID 有效", "佛山电器", "REFRIGERATORS &lt;b&gt;", "1000.000 CTN", "中国—东盟原产地证书"]
    {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(page.contains(&signed.to_string()), "by whose signature: {page}");
    let json = desk.client.json(&format!("/v1/certificates/{no}")).await.unwrap();
    assert_eq!((&json["standing"], &json["by"]["entry"]), (&json!("valid"), &json!(signed)));

    // The code on the page: signed by this ledger, and what has become of it since.
    let proof = desk.proof(&page).await;
    let code = StateCode::of(desk.fleet.genesis(), &proof).unwrap().to_text();
    let (_, page) = desk.posts("q", code.as_bytes()).await;
    assert!(page.contains("signed by this ledger") && page.contains("VALID 有效"), "{page}");
    let mut flipped = code.clone().into_bytes();
    let at = flipped.len() / 2;
    flipped[at] = if flipped[at] == b'0' { b'1' } else { b'0' };
    let (_, page) = desk.posts("q", &flipped).await;
    assert!(page.contains("does not hold") && !page.contains("VALID 有效"), "{page}");

    // The file: this very one, or never printed, which is proven too.
    let pdf = vec![7_u8; 300_000];
    let (_, page) = desk.posts("file", &pdf).await;
    assert!(page.contains("从未作为证书打印"), "{page}");
    assert!(!matches!(desk.proof(&page).await.found, Found::Record(_)));
    let print = json!({ "copy_no": 1, "pdf": Digest::of(&pdf) });
    desk.says("exporter", "print", &subject, print).await;
    let (_, page) = desk.posts("file", &pdf).await;
    assert!(
        page.contains("This very file was printed for") && page.contains("VALID 有效"),
        "{page}"
    );
    let paper = format!("/v1/papers/{}", Digest::of(&pdf));
    assert_eq!(desk.client.json(&paper).await.unwrap()["certificate"], json!(no));

    let cause = json!({ "cause": "buyer_cancelled", "reason": "the buyer cancelled" });
    desk.says("shunde-customs", "revoke", &subject, cause).await;
    let (_, page) = desk.posts("file", &pdf).await;
    assert!(page.contains("REVOKED 已注销") && page.contains("买方取消"), "{page}");
    let (_, page) = desk.posts("q", code.as_bytes()).await;
    assert!(page.contains("signed by this ledger") && page.contains("REVOKED"), "{page}");
    hostile(&desk).await;
    desk.fleet.kill_all().await.unwrap();
}

/// "No such certificate" comes with its proof.
async fn unknown_is_proven(desk: &Desk, no: &str) {
    let page = desk.page(no).await;
    assert!(page.contains("UNKNOWN"), "{page}");
    let proof = desk.proof(&page).await;
    assert_eq!(proof.subject, format!("certificate:{no}"));
    assert!(!matches!(proof.found, Found::Record(_)));
    let problem = desk.client.json(&format!("/v1/certificates/{no}")).await.unwrap_err();
    assert!(problem.to_string().contains("proof=true"), "{problem}");
}

/// Whatever a stranger types or sends, there is an answer.
async fn hostile(desk: &Desk) {
    for text in ["<script>alert(1)</script>", "CSGN1:", "CSGN1:%%%", "../..", "证书", "\u{0}"] {
        let page = desk.page(text).await;
        assert!(!page.contains("<script"), "{text}: {page}");
        assert!(page.contains("class=\"word bad\""), "{text}: {page}");
    }
    assert!(!desk.page("").await.contains("class=\"word"));
    // Just too large: what is left of it when the answer comes is little.
    let (status, _) = desk.posts("file", &vec![0; 16 * 1024 * 1024 + 1]).await;
    assert_eq!(status, 413);
    let (status, _) = desk.posts("q", &vec![b'0'; 70_000]).await;
    assert_eq!(status, 413);
    let (status, _) = desk.posts("q", &[0xff]).await;
    assert_eq!(status, 400);
}
