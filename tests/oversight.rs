//! What guarantors and customs get, on four processes: exposure, statements that prove themselves,
//! the book of an oil account, delivery notes; and what falls due by itself, weeks later.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{fs, path::Path, process::Command, time::Duration};

use countersign::{fleet::Fleet, ledger_facts::roots_equal};
use countersign_client::{
    cli::entry::now_ms,
    http::Client,
    story::{ACCOUNT, DISPUTED, GUARANTOR, LINE, Story, Told, WAIVED},
};
use countersign_contracts::guarantee::{LineStatement, StatementFault, verify_statement};
use countersign_genesis::{ClockShift, sample};
use serde_json::{Value, json};

/// Until when something must have happened that takes a second on a fast machine.
const PATIENCE: Duration = Duration::from_secs(180);
/// Fen in a thousand yuan.
const THOUSAND: u64 = 100_000;

fn run(code: i32, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_countersign")).args(arguments).output().unwrap();
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

async fn get(client: &Client, path: &str) -> Value {
    client.json(path).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn guarantors_and_customs_see_and_prove_what_the_ledger_holds() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    fleet.start_all().await.unwrap();
    let parties = fleet.parties(None).unwrap();
    // The two that race for the last of the line do so through different nodes.
    assert_ne!(parties["exporter"].client().url(), parties["declarant"].client().url());
    let mut told = Vec::new();
    let mut tell = |t: Told| told.push(t);
    let mut story = Story::new(parties, folder.path(), now_ms(), &mut tell).unwrap();
    story.play().await.unwrap();

    let client = Client::new(&fleet.nodes()[0].url).unwrap();
    settled(&fleet).await;
    exposure_is_what_the_line_holds(&client).await;
    the_account_is_balanced(&client, &fleet.nodes()[0].url).await;
    the_note_has_every_field(&client, &fleet.nodes()[0].url).await;
    let height = a_statement_proves_itself(&fleet, folder.path());

    // Weeks later: the line has expired by itself, the unpaid tax is overdue and claimed.
    let day = story.claim_day();
    let ahead = i64::try_from(day).unwrap() - i64::try_from(now_ms()).unwrap();
    fleet.kill_all().await.unwrap();
    (0..4).for_each(|i| fleet.move_clock(i, ClockShift::try_from(ahead).unwrap()).unwrap());
    fleet.start_all().await.unwrap();
    story.guarantee_later().await.unwrap();
    settled(&fleet).await;
    what_fell_due_is_there_once(&client, height).await;
    let nodes = fleet.nodes().iter();
    let clients: Vec<Client> = nodes.map(|n| Client::new(&n.url).unwrap()).collect();
    assert!(roots_equal(&clients).await.unwrap());
    fleet.kill_all().await.unwrap();
}

/// Waits until every node has what any of them has: a receipt may come from one that is ahead.
async fn settled(fleet: &Fleet) {
    let nodes = fleet.nodes().iter();
    let clients: Vec<Client> = nodes.map(|n| Client::new(&n.url).unwrap()).collect();
    let mut highest = 0;
    for client in &clients {
        highest = highest.max(get(client, "/v1/status").await["height"].as_u64().unwrap());
    }
    let wait = async {
        for client in &clients {
            while get(client, "/v1/status").await["height"].as_u64().unwrap() < highest {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("the nodes catch up");
}

async fn exposure_is_what_the_line_holds(client: &Client) {
    let found = get(client, &format!("/v1/exposure/{GUARANTOR}")).await;
    // §7.3: 47,160 thousand after D30, and the draw that won the race.
    assert_eq!(found["live"]["open_fen"], (47_160 + 1_500) * THOUSAND);
    assert_eq!(found["headroom_fen"], 1_340 * THOUSAND);
    assert_eq!(found["live"]["count"], 30 - 8 + 1);
    for by in ["by_enterprise", "by_scope", "by_due", "by_day", "by_stage"] {
        let parts = found[by].as_object().unwrap().values();
        let sum: u64 = parts.map(|p| p["open_fen"].as_u64().unwrap()).sum();
        assert_eq!(found["live"]["open_fen"], sum, "{by}");
    }
    assert_eq!(found["due_in_30_days"]["open_fen"], 3_450 * THOUSAND);
    assert_eq!(found["expiring_with_draws"], json!([LINE]));

    // An advanced certified enterprise's two-step declaration is waived: a zero entry.
    let waived = get(client, &format!("/v1/subjects/guarantee/drawdown:{WAIVED}")).await;
    assert_eq!(
        (&waived["state"]["stage"], &waived["state"]["amount_fen"]),
        (&json!("waived"), &json!(0))
    );

    // The same as it stood before: with each height the sum is that of its live drawdowns.
    let path = format!("/v1/subjects/guarantee/line:{LINE}/history?limit=500");
    let history = get(client, &path).await;
    for step in history["history"].as_array().unwrap().iter().step_by(9) {
        let at = step["height"].as_u64().unwrap();
        let then = get(client, &format!("/v1/exposure/{GUARANTOR}?at={at}")).await;
        let line = get(client, &format!("/v1/subjects/guarantee/line:{LINE}?at={at}")).await;
        assert_eq!(then["live"]["open_fen"], line["state"]["used_fen"], "height {at}");
        assert_eq!(then["height"], at);
    }
}

async fn the_account_is_balanced(client: &Client, url: &str) {
    let found = get(client, &format!("/v1/accounts/{ACCOUNT}")).await;
    let tank = &found["tanks"][0];
    let kg = |name: &str| tank[name].as_u64().unwrap();
    assert_eq!((kg("opening_kg"), kg("out_kg"), kg("returned_kg")), (5_000_000, 1_200_000, 900));
    assert_eq!(kg("closing_kg"), 5_000_000 - 1_200_000 + 900);
    assert_eq!(found["open_approvals"], json!([]));
    assert_eq!(found["disputes"], json!([]));
    let shown = run(0, &["show", "oil", ACCOUNT, "--node", url]);
    assert!(shown.contains("T-3") && shown.contains("3,800.900"), "{shown}");
    let csv = run(0, &["show", "oil", ACCOUNT, "--csv", "--node", url]);
    assert!(csv.starts_with("section,name,column,value\n"), "{csv}");
    assert!(csv.contains("tanks,T-3,book,\"3,800.900\""), "{csv}");
    let shown = run(0, &["show", "exposure", GUARANTOR, "--lang", "zh", "--node", url]);
    assert!(shown.contains("48,660,000.00") && shown.contains("按企业"), "{shown}");
    let none = run(1, &["show", "exposure", "91440101MA7DEM104Q", "--node", url]);
    assert!(none.contains("no guarantee of"), "{none}");
}

async fn the_note_has_every_field(client: &Client, url: &str) {
    let note = get(client, &format!("/v1/deliveries/{DISPUTED}/note")).await;
    assert_eq!(note["qty_kg"], 498_600);
    assert_eq!(note["basis"], "surveyor");
    assert_eq!(note["receiver"]["measured"]["qty_kg"], 487_142);
    assert_eq!(note["signatures"].as_array().unwrap().len(), 3);
    let page = reqwest::Client::new()
        .get(format!("{url}/v1/deliveries/{DISPUTED}/note"))
        .header("accept", "text/html")
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for field in ["IMO", "HARBOUR LIGHT", "498.600", "941.200", "0.490", "MS-26-0451", "公估定论"]
    {
        assert!(page.contains(field), "{field}: {page}");
    }
}

/// Fetched with the binary, checked without a node; whatever is changed is found out.
fn a_statement_proves_itself(fleet: &Fleet, folder: &Path) -> u64 {
    let (url, genesis) = (&fleet.nodes()[2].url, fleet.genesis_file().to_str().unwrap());
    let file = folder.join("line.statement");
    let file = file.to_str().unwrap();
    run(0, &["show", "line", LINE, "--proof", file, "--genesis", genesis, "--node", url]);
    let said = run(0, &["verify", file, "--genesis", genesis, "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["line"]["used_fen"], 48_660 * THOUSAND);
    assert_eq!(said["live"].as_array().unwrap().len(), 23);

    let bytes = fs::read(file).unwrap();
    let whole = LineStatement::parse(&bytes).unwrap();
    let fault = |statement: &LineStatement| {
        verify_statement(fleet.genesis(), &statement.to_bytes()).unwrap_err()
    };
    let mut less = whole.clone();
    less.live.pop();
    assert!(matches!(fault(&less), StatementFault::Listing(_)));
    let mut twice = whole.clone();
    twice.live.insert(0, whole.live[0].clone());
    assert!(matches!(fault(&twice), StatementFault::Listing(_)));
    let mut renamed = whole.clone();
    let last = renamed.live.len() - 1;
    renamed.live[last].entry_no = "515020260000999999".into();
    assert!(matches!(fault(&renamed), StatementFault::Listing(_)));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(verify_statement(fleet.genesis(), &flipped).is_err(), "bit {bit}");
    }
    let mut turned = whole.clone();
    turned.live.reverse();
    assert!(matches!(fault(&turned), StatementFault::Order(_)));
    said["height"].as_u64().unwrap()
}

async fn what_fell_due_is_there_once(client: &Client, before: u64) {
    let line = get(client, &format!("/v1/subjects/guarantee/line:{LINE}")).await;
    assert_eq!(line["state"]["standing"], "expired");
    // What was drawn stays secured, but for what the bank has paid: 3,450 and the late fee.
    assert_eq!(line["state"]["used_fen"], (48_660 - 3_450) * THOUSAND);
    assert_eq!(line["state"]["settled_fen"], 347_587_500);
    let count = |history: &Value, kind: &str| {
        let events = history["history"].as_array().unwrap().iter();
        events.filter(|e| e["event"]["event"] == kind && e["cause"] == "clock").count()
    };
    let d12 = "/v1/subjects/guarantee/drawdown:515020260000900012/history";
    assert_eq!(count(&get(client, d12).await, "overdue"), 1);
    let path = format!("/v1/subjects/guarantee/line:{LINE}/history?limit=500&from={before}");
    let history = get(client, &path).await;
    assert!(history["history"].as_array().unwrap().iter().any(|e| e["cause"] == "clock"));
    // The second step of the declaration that was waived was due on the fourteenth day.
    let alerts = get(client, "/v1/alerts?limit=500").await;
    let late = |a: &&Value| a["kind"] == "complete_declaration_overdue";
    assert_eq!(alerts["items"].as_array().unwrap().iter().filter(late).count(), 1);
    let exposure = get(client, &format!("/v1/exposure/{GUARANTOR}")).await;
    assert_eq!(exposure["expired_with_draws"], json!([LINE]));
    assert_eq!(exposure["headroom_fen"], 0);
    assert_eq!(exposure["settled_fen"], 347_587_500);
}
