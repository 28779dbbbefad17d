//! Evidence through the real command line, on four processes: anchored, cited, checked and proven.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use countersign::fleet::Fleet;
use countersign_genesis::sample;
use countersign_record::Digest;
use serde_json::{Value, json};

/// One network and the command line that speaks to it.
struct Desk {
    folder: PathBuf,
    home: PathBuf,
    node: String,
    genesis: String,
}

impl Desk {
    fn run(&self, code: i32, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(arguments)
            .args(["--node", &self.node])
            .env_remove("COUNTERSIGN_PASSPHRASE")
            .env_remove("COUNTERSIGN_GENESIS")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}{complaint}");
        format!("{said}{complaint}")
    }

    fn json(&self, code: i32, arguments: &[&str]) -> Value {
        let said = self.run(code, &[arguments, &["--json"]].concat());
        serde_json::from_str(&said).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {said}"))
    }

    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, words: &str) -> String {
        let path = self.path(name);
        fs::write(&path, words).unwrap();
        path
    }

    fn key(&self, party: &str) -> String {
        self.home.join(party).join("keys/entry.pem").to_str().unwrap().to_owned()
    }

    /// Anchors files, as one party, about itself.
    fn add(&self, code: i32, party: &str, more: &[&str]) -> Value {
        let key = self.key(party);
        let mut arguments = vec!["evidence", "add"];
        arguments.extend(more);
        let fixed = ["--kept-at", "archive", "--key", &key, "--genesis", &self.genesis];
        arguments.extend(fixed);
        arguments.extend(["--subject", "membership/party:91440606MA7DEM016C"]);
        self.json(code, &arguments)
    }

    /// Customs notes a container with a wrong number, citing an entry.
    fn cite(&self, code: i32, reference: &str, cited: &str) -> Value {
        let draft = json!({ "reference": reference,
            "event_time": countersign_client::cli::entry::now_ms(), "actions": [{
                "family": "combined_port", "kind": "legacy_box", "subject": "box:CSQU3054384",
                "body": { "reason": "painted before 1995", "evidence": [cited] } }] });
        let path = self.write("draft.json", &draft.to_string());
        let key = self.key("shunde-customs");
        let submit = ["entry", "submit", &path, "--key", &key, "--genesis", &self.genesis];
        self.json(code, &submit)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_anchored_cited_checked_and_proven_through_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let home = folder.path().join("network");
    let mut fleet = Fleet::found(exe, sample::pearl_river().unwrap(), &home).unwrap();
    fleet.start_all().await.unwrap();
    let desk = Desk {
        folder: folder.path().to_path_buf(),
        home,
        node: fleet.nodes()[0].url.clone(),
        genesis: fleet.genesis_file().to_str().unwrap().to_owned(),
    };
    // What is absent can be proven from the first batch on.
    a_film_in_segments(&desk);
    a_photograph(&desk);
    a_large_file(&desk);
    fleet.kill_all().await.unwrap();
}

fn a_photograph(desk: &Desk) {
    let photo = desk.write("seal.jpg", "a photograph");
    let digest = Digest::of(b"a photograph").to_string();
    let none = desk.run(1, &["evidence", "check", &photo]);
    assert!(none.contains("nothing of this file was anchored"), "{none}");
    // That there is nothing is proven too.
    let proof = desk.path("absent.proof");
    let absent = ["evidence", "check", &photo, "--proof", &proof, "--genesis", &desk.genesis];
    assert_eq!(desk.json(1, &absent)["state"], "absent");
    desk.run(0, &["verify", &proof, "--genesis", &desk.genesis]);

    let more = [&photo, "--reader", "customs", "--device", "CAM-7"];
    let more = [&more[..], &["--shown-from", "2026-11-21T08:00:00+08:00"]].concat();
    let more = [&more[..], &["--shown-until", "2026-11-21T08:00:05+08:00"]].concat();
    let added = desk.add(0, "shunde-wharf", &more);
    let entry = added["entries"][0].as_str().unwrap();
    assert_eq!(added["files"][0]["file"], digest.as_str());
    assert_eq!(added["files"][0]["media_type"], "image/jpeg");
    // Anchored once, whoever tries.
    let refused = desk.add(1, "tally", &[&photo]);
    assert_eq!(refused["refused"]["name"], "AnchoredAlready");
    assert!(refused["detail"].as_str().unwrap().contains(entry), "{refused}");

    let found = desk.json(0, &["evidence", "check", &photo]);
    assert_eq!(found["anchored"]["by"]["entry"], entry);
    assert_eq!(found["anchored"]["by"]["party"], "91440606MA7DEM016C");
    assert_eq!((&found["anchored"]["bytes"], &found["cited"]), (&json!(12), &json!(0)));
    assert_eq!(found["anchored"]["shown_from"], 1_795_219_200_000_u64);
    let said = desk.run(0, &["evidence", "check", &photo, "--lang", "zh"]);
    assert!(said.contains("已存证") && said.contains(entry), "{said}");
    let proof = desk.path("present.proof");
    let present = ["evidence", "check", &photo, "--proof", &proof, "--genesis", &desk.genesis];
    assert_eq!(desk.json(0, &present)["state"], "present");
    let subject = format!("evidence/file:{digest}");
    desk.run(0, &["verify", &proof, "--subject", &subject, "--genesis", &desk.genesis]);

    // What is cited is the entry, not the file; the refusal says which.
    let refused = desk.cite(1, "LEGACY-1", &digest);
    assert_eq!(refused["refused"]["rule"], 840);
    assert!(refused["detail"].as_str().unwrap().contains(entry), "{refused}");
    desk.cite(0, "LEGACY-2", entry);
    assert_eq!(desk.json(0, &["evidence", "check", &photo])["cited"], 1);
    let about = "membership/party:91440606MA7DEM016C";
    let listed = desk.json(0, &["evidence", "list", about]);
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 3, "the photograph and the two segments: {listed}");
    assert!(items.iter().any(|i| i["subject"] == format!("file:{digest}")));
    assert!(desk.run(0, &["evidence", "list", about]).contains(entry));
    desk.run(1, &["evidence", "list", "combined_port/box:NONE"]);
    desk.run(2, &["evidence", "list", "box:NONE"]);
    // One bit more, and it is another file.
    let other = desk.write("other.jpg", "a photographs");
    desk.run(1, &["evidence", "check", &other]);
}

fn a_film_in_segments(desk: &Desk) {
    let parts = [desk.write("film-1.mp4", "part one "), desk.write("film-2.mp4", "part two")];
    let added = desk.add(0, "shunde-wharf", &["--segments", &parts[0], &parts[1]]);
    assert_eq!(added["whole"], Digest::of(b"part one part two").to_string());
    let second = desk.json(0, &["evidence", "check", &parts[1]]);
    assert_eq!(second["anchored"]["segment"]["no"], 2);
    let whole = desk.write("film.mp4", "part one part two");
    let found = desk.json(0, &["evidence", "check", &whole]);
    assert_eq!((&found["anchored"], &found["whole"]["of"]), (&Value::Null, &json!(2)));
    let said = desk.run(0, &["evidence", "check", &whole]);
    assert!(said.contains("2 of its 2 segments"), "{said}");
}

/// Three hundred megabytes that no disk holds.
fn a_large_file(desk: &Desk) {
    let path = desk.path("film.bin");
    File::create(&path).unwrap().set_len(300_000_000).unwrap();
    let added = desk.add(0, "shunde-wharf", &[&path]);
    // From `head -c 300000000 /dev/zero | sha256sum`.
    let digest = "e8671610daa5dc152578d9bfe8e25346aa73fa600f908b235f55bf51d0eb5a05";
    assert_eq!(added["files"][0]["file"], digest);
    assert_eq!(added["files"][0]["media_type"], "application/octet-stream");
    assert_eq!(desk.json(0, &["evidence", "check", &path])["anchored"]["bytes"], 300_000_000);
}
