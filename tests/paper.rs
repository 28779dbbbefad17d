//! Certificates on paper: printed by the firm from a real network, checked when the network is gone.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use countersign::fleet::{Fleet, one_validator};
use countersign_client::{
    cli::entry::now_ms,
    draft::{Draft, DraftAction},
    http::{Client, Submitted},
};
use countersign_genesis::keyfile;
use countersign_print::{
    attachments::attachments,
    certificate::{Certified, Stage},
    check,
};
use countersign_record::{Digest, founding::Genesis, statement::EntryId};
use hayro::{
    RenderCache, RenderSettings, hayro_interpret::InterpreterSettings, hayro_syntax::Pdf, render,
    vello_cpu::color::palette::css::WHITE,
};
use serde_json::{Value, json};

const CUSTOMS: &str = "shunde-customs";
const EXPORTER: &str = "91440606MA7DEM040W";
const STABLES: &str = "91440117MA7DEM0919";
const DAY: u64 = 24 * 3_600_000;

/// A network, and the files that somebody keeps of it.
struct Desk {
    fleet: Fleet,
    client: Client,
    folder: tempfile::TempDir,
    count: u32,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let mut fleet =
            Fleet::found(exe, one_validator().unwrap(), &folder.path().join("network")).unwrap();
        fleet.start_all().await.unwrap();
        let client = Client::new(&fleet.nodes()[0].url).unwrap();
        Self { fleet, client, folder, count: 0 }
    }

    fn key(&self, slug: &str) -> PathBuf {
        self.folder.path().join("network").join(slug).join("keys/entry.pem")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn does(&mut self, slug: &str, action: DraftAction) -> EntryId {
        self.count += 1;
        let key = keyfile::load(&self.key(slug), None).unwrap();
        let draft = Draft::of(format!("P-{}", self.count), now_ms(), action);
        let statement = draft.sign(self.fleet.genesis().network(), &key).unwrap();
        match self.client.submit(statement.bytes(), true).await.unwrap() {
            Submitted::Final(_) => statement.id(),
            Submitted::Waiting => panic!("not final in time"),
        }
    }

    async fn says(&mut self, slug: &str, kind: &str, subject: &str, body: Value) -> EntryId {
        self.does(slug, DraftAction::new("certificate", kind, subject, body)).await
    }

    /// Applied for, approved and issued by the office.
    async fn issues(&mut self, slug: &str, application: DraftAction, no: &str) {
        let applied = application.subject.strip_prefix("application:").unwrap().to_owned();
        let entry = self.does(slug, application).await;
        let ruling = json!({ "decision": "approve", "reason": "in order",
            "officer_hash": Digest::of(b"officer"), "evidence": [] });
        self.says(CUSTOMS, "rule", &format!("application:{applied}"), ruling).await;
        let issue = json!({ "application": applied, "application_entry": entry,
            "officer_hash": Digest::of(b"officer") });
        self.says(CUSTOMS, "issue", &format!("certificate:{no}"), issue).await;
    }

    /// The public page, asked with a file.
    async fn posts(&self, file: &[u8]) -> String {
        let head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
        let body = [head.as_bytes(), file, b"\r\n--x--\r\n"].concat();
        let request = reqwest::Client::new().post(format!("{}/verify", self.client.url()));
        let request = request.header("content-type", "multipart/form-data; boundary=x").body(body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(&[&["--node", self.client.url()], arguments].concat(), b"")
    }
}

fn run(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(arguments)
        .env_remove("COUNTERSIGN_GENESIS")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

#[track_caller]
fn expect(output: &Output, code: i32, texts: &[&str]) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for text in texts {
        assert!(said.contains(text), "'{text}' is missing: {said}");
    }
}

fn kind(title: (&str, &str), number: &str, parts: &[&str]) -> Value {
    json!({ "title": { "en": title.0, "zh": title.1 }, "parts": parts, "use_mode": "quantity",
        "number": number, "valid_days": 365, "countersigned": true, "advanced_only": false,
        "isolation_days": 0, "animals_max": 0, "retroactive_after_days": 3 })
}

fn office() -> Value {
    json!({ "officer_hash": Digest::of(b"officer") })
}

/// A certificate of origin: an exporter that has filed its names, a sealed consignee, two signatures.
async fn origin(desk: &mut Desk) -> String {
    let title = ("Certificate of Origin, Form E", "中国—东盟自由贸易区原产地证书");
    let kind = kind(title, "E{yy}{registration}{serial:4}", &["items", "invoice"]);
    desk.says(CUSTOMS, "register_kind", "kind:FORM_E", kind).await;
    let filing = json!({ "names": { "en": "Shunde Appliances", "zh": "顺德家电" },
        "address": { "en": "1 River Road, Shunde", "zh": "顺德区河滨路1号" },
        "registration": "510012345" });
    desk.says(CUSTOMS, "file_exporter", &format!("exporter:{EXPORTER}"), filing).await;
    let item = |no: u32| {
        json!({ "no": no, "description": format!("REFRIGERATORS <b>{no}</b> #panic() 电冰箱"),
            "marks": "N/M", "qty_milli": 1_000_000, "unit": "CTN", "gross_g": 50_000_500,
            "hs": "841810", "criterion": "RVC", "rvc_permyriad": 4520, "fob_minor": 4_500_050,
            "invoice_item": no })
    };
    let application = json!({ "kind": "FORM_E", "office": "5150", "enterprise_uscc": EXPORTER,
        "country": "VNM", "transport": { "mode": 2, "means": "XIN HE 9", "departs": now_ms() },
        "items": [item(1), item(2)], "route": "Shunde – Nansha – Hai Phong",
        "invoice": { "no": "INV-1", "date": now_ms(), "total_minor": 9_000_100,
            "currency": "USD" }, "remarks": "第三方发票 \u{202e}\u{1f600}" });
    let apply = DraftAction::new("certificate", "apply", "application:A", application);
    let sealed = Some([(7, Digest::of(b"a salted name"))].into());
    let year = countersign_contracts::calendar::Day::of(now_ms()).civil().0 % 100;
    let no = format!("E{year:02}5100123450001");
    desk.issues("exporter", DraftAction { sealed, ..apply }, &no).await;
    no
}

/// A certificate of a vehicle and its animals, by the office alone, for an enterprise that has filed
/// no names.
async fn horses(desk: &mut Desk) -> String {
    let title = ("Animal Certificate by Vehicle", "一车一证动物检疫证书");
    let mut kind = kind(title, "AH{yy}{district}{serial:8}", &["group", "isolation"]);
    kind["countersigned"] = json!(false);
    kind["use_mode"] = json!("once");
    kind["animals_max"] = json!(24);
    kind["isolation_days"] = json!(10);
    desk.says(CUSTOMS, "register_kind", "kind:HORSES", kind).await;
    let letter = json!({ "enterprise_uscc": STABLES, "amount_fen": 100_000_000,
        "return_by": now_ms() + 60 * DAY, "data_digest": Digest::of(b"letter") });
    desk.says(CUSTOMS, "file_letter", "letter:TI-1", letter).await;
    let animal = |n: u32| {
        json!({ "chip": format!("344000000000{:03}", 100 + n), "passport": format!("HK{n:03}"),
            "name_hash": Digest::of(&n.to_be_bytes()) })
    };
    let application = json!({ "kind": "HORSES", "office": "5150", "enterprise_uscc": STABLES,
        "country": "HKG", "transport": { "mode": 4, "means": "粤ZA123港" }, "items": [],
        "group": { "plate": "粤ZA123港", "seal_no": "S-40", "letter_no": "TI-1",
            "animals": (1..=12).map(animal).collect::<Vec<_>>() },
        "isolation": { "farm": "CH-1", "from": now_ms() - 20 * DAY, "to": now_ms() - DAY,
            "samples": [{ "test": "EIA", "report": Digest::of(b"report"), "passed": true }] } });
    let apply = DraftAction::new("certificate", "apply", "application:H", application);
    let year = countersign_contracts::calendar::Day::of(now_ms()).civil().0 % 100;
    let no = format!("AH{year:02}515000000001");
    desk.issues("stables", apply, &no).await;
    no
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_printed_and_checked_when_the_network_is_gone() {
    let mut desk = Desk::open().await;
    let genesis = desk.fleet.genesis_file().to_str().unwrap().to_owned();
    let no = origin(&mut desk).await;
    let (pdf, again) = (desk.file("E.pdf"), desk.file("E2.pdf"));
    let (pdf, again) = (pdf.to_str().unwrap(), again.to_str().unwrap());
    let print = |desk: &Desk, no: &str, to: &str, more: &[&str]| {
        let print = ["certificate", "print", no, "-o", to, "--genesis", &genesis];
        desk.run(&[&print[..], more].concat())
    };
    // One signature is not enough, and what does not exist is not printed.
    expect(&print(&desk, &no, pdf, &[]), 1, &["was signed at that height, expected valid"]);
    expect(&print(&desk, "E000000000000000", pdf, &[]), 1, &["no certificate E000000000000000"]);
    assert!(!Path::new(pdf).exists());
    desk.says("exporter", "countersign", &format!("certificate:{no}"), office()).await;

    let key = desk.key("exporter");
    let record = ["--record", "--key", key.to_str().unwrap()];
    expect(&print(&desk, &no, pdf, &record), 0, &["copy 1 is on the ledger"]);
    expect(&print(&desk, &no, again, &record), 0, &["copy 2 is on the ledger"]);
    let bytes = fs::read(pdf).unwrap();
    assert!(bytes == fs::read(again).unwrap(), "two prints differ");
    let paper = format!("/v1/papers/{}", Digest::of(&bytes));
    assert_eq!(desk.client.json(&paper).await.unwrap()["certificate"], json!(no));

    let horses = horses(&mut desk).await;
    let vehicle = desk.file("AH.pdf");
    let vehicle = vehicle.to_str().unwrap();
    expect(&print(&desk, &horses, vehicle, &[]), 0, &["not on the ledger: add --record"]);
    // After the revocation the page still proves what was; of later it does not speak.
    let cause = json!({ "cause": "error", "reason": "the wrong plate" });
    desk.says(CUSTOMS, "revoke", &format!("certificate:{horses}"), cause).await;
    let revoked = format!("{horses} is revoked since");
    expect(&print(&desk, &horses, desk.file("late.pdf").to_str().unwrap(), &[]), 1, &[&revoked]);
    let picture = picture(&desk, pdf);
    photographs_on_the_public_page(&desk, &picture, &no).await;
    desk.fleet.kill_all().await.unwrap();

    let verify = |file: &str| run(&["verify", file, "--genesis", &genesis], b"");
    let texts = ["✓ page", &no, "顺德家电", "841810", "sealed 已密封", "shows only at a node"];
    expect(&verify(pdf), 0, &texts);
    expect(&verify(vehicle), 0, &[&horses, "344000000000112", "粤ZA123港", "Conghua Racing"]);
    pictures_and_texts(&desk, (pdf, &picture), &genesis, &no);
    doubts(&desk, pdf, &genesis);
    flips(desk.fleet.genesis(), &bytes);
    if let Some(folder) = std::env::var_os("COUNTERSIGN_FIGURES").map(PathBuf::from) {
        fs::copy(pdf, folder.join("E.pdf")).unwrap();
        fs::copy(vehicle, folder.join("AH.pdf")).unwrap();
    }
}

/// What a scanner of 200 dpi makes of the last page: a PNG.
fn picture(desk: &Desk, pdf: &str) -> PathBuf {
    let document = Pdf::new(fs::read(pdf).unwrap()).unwrap();
    let scale = 200.0 / 72.0;
    let settings =
        RenderSettings { x_scale: scale, y_scale: scale, bg_color: WHITE, ..Default::default() };
    let pages = document.pages();
    let (page, interpreter) = (&pages[pages.len() - 1], InterpreterSettings::default());
    let picture = render(page, &RenderCache::new(), &interpreter, &settings).into_png().unwrap();
    let png = desk.file("E.png");
    fs::write(&png, picture).unwrap();
    png
}

/// Anybody hands a node a picture of the page: how the certificate stands now, with its proof.
async fn photographs_on_the_public_page(desk: &Desk, picture: &Path, no: &str) {
    let picture = fs::read(picture).unwrap();
    let page = desk.posts(&picture).await;
    for text in ["The code is signed by this ledger", no, "VALID 有效", "proof=true"] {
        assert!(page.contains(text), "'{text}' is missing: {page}");
    }
    // A picture that ends in the middle, one that is too wide, and one that is none.
    let mut wide = picture.clone();
    wide[16..20].copy_from_slice(&6_001_u32.to_be_bytes());
    for bytes in [&picture[..picture.len() / 2], &wide, b"\xff\xd8\xff and no more"] {
        let page = desk.posts(bytes).await;
        assert!(page.contains("No code was read from the picture"), "{page}");
        assert!(!page.contains("VALID"), "{page}");
    }
    assert!(desk.posts(b"a scan as something else").await.contains("never printed"));
}

/// The code, from a picture of the page and as a scanner's text.
fn pictures_and_texts(desk: &Desk, (pdf, png): (&str, &Path), genesis: &str, no: &str) {
    let scanned = run(&["verify", png.to_str().unwrap(), "--genesis", genesis], b"");
    expect(&scanned, 0, &[no, "valid", "841810", "shows only at a node"]);

    let files = attachments(&fs::read(pdf).unwrap()).unwrap();
    let certified = Certified::verify(desk.fleet.genesis(), &files).unwrap();
    let text = format!("{}\n", certified.code());
    let verify = ["verify", "-", "--genesis", genesis, "--json"];
    let read = run(&verify, text.as_bytes());
    expect(&read, 0, &[no, "\"standing\":\"valid\""]);
    let mut wrong = text.into_bytes();
    wrong[700] = if wrong[700] == b'A' { b'B' } else { b'A' };
    expect(&run(&verify, &wrong), 1, &["\"verified\":false"]);
}

/// Another founding document; no typeface; another file.
fn doubts(desk: &Desk, pdf: &str, genesis: &str) {
    let mut other = desk.fleet.genesis().clone();
    other.name = "another network".into();
    let file = desk.file("other.json");
    fs::write(&file, serde_json::to_string(&other).unwrap()).unwrap();
    let strange = run(&["verify", pdf, "--genesis", file.to_str().unwrap()], b"");
    expect(&strange, 1, &["✗ each proof by itself", "network"]);

    let empty = desk.file("empty");
    fs::create_dir_all(&empty).unwrap();
    let verify = ["verify", pdf, "--genesis", genesis, "--font-dir", empty.to_str().unwrap()];
    let texts = ["✓ the proofs belong together", "the proof holds, but the page could not"];
    expect(&run(&verify, b""), 1, &texts);
    expect(&run(&verify, b""), 1, &["fonts-noto-cjk"]);
    for (content, why) in [
        (&b"%PDF-1.7\nnothing"[..], "nothing is attached"),
        (b"\x89PNG\r\n\x1a\nno picture", "the picture cannot be read"),
        (b"CSGN1:", "malformed"),
        (b"%PD", "malformed"),
    ] {
        let output = run(&["verify", "-", "--genesis", genesis], content);
        assert_ne!(output.status.code(), Some(0));
        assert!(said(&output).contains(why), "{}", said(&output));
    }
}

/// One flipped bit anywhere in the file fails: the proofs do not hold, or the page that they make is
/// not the file.
fn flips(genesis: &Genesis, pdf: &[u8]) {
    let whole = check(genesis, pdf, &[]).unwrap();
    let (mut file, mut steps) = (pdf.to_vec(), [0; 4]);
    // Setting the page takes a moment: it is done for some; for many the proofs alone are read, of
    // which the page follows.
    for bit in (0..pdf.len() * 8).step_by(997) {
        file[bit / 8] ^= 1 << (bit % 8);
        let files = attachments(&file);
        if let Ok(certified) = files.map(|files| Certified::verify(genesis, &files)) {
            match certified {
                Ok(certified) => assert_eq!(certified.page(), whole.page(), "bit {bit}"),
                Err(no) => steps[Stage::ALL.iter().position(|s| *s == no.stage).unwrap()] += 1,
            }
        }
        file[bit / 8] ^= 1 << (bit % 8);
    }
    // Mostly an attachment cannot be unpacked any more, and its proof is missed.
    assert!(steps[1] + steps[2] > 0, "{steps:?}");
    for at in (0..pdf.len()).step_by(pdf.len() / 40) {
        file[at] ^= 0x10;
        let no = check(genesis, &file, &[]).expect_err("a flipped bit went unnoticed");
        let differs = format!("byte {at} of the file differs");
        assert!(no.stage != Stage::Page || no.why.starts_with(&differs), "{at}: {no}");
        file[at] ^= 0x10;
    }
    for end in (0..pdf.len()).step_by(pdf.len() / 40).chain([pdf.len() - 1]) {
        assert!(check(genesis, &pdf[..end], &[]).is_err(), "cut at {end}");
    }
    let longer = [pdf, b"\n"].concat();
    let no = check(genesis, &longer, &[]).unwrap_err();
    assert_eq!((no.stage, no.proven.is_some()), (Stage::Page, true));
}
