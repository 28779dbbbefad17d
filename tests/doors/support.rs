//! A guarded node for the tests of the door: one validator behind a proxy that is not there, and the
//! parties of the sample network with their tokens.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::{fs, path::Path, time::Duration};

use countersign::fleet::{Fleet, one_validator};
use countersign_client::{
    cli::entry::now_ms,
    http::{Client, escape},
    login::{Login, token},
    party::Party,
    story::{Story, Told},
};
use countersign_genesis::keyfile;
use countersign_record::Digest;
use ed25519_dalek::SigningKey;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Until when something must have happened that takes a second on a fast machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(180);

/// Adds lines to a node's settings.
pub(crate) fn set(home: &Path, lines: &str) {
    let file = home.join("config/node.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(file, format!("{text}\n{lines}\n")).unwrap();
}

pub(crate) struct Guarded {
    pub(crate) fleet: Fleet,
    pub(crate) url: String,
    pub(crate) http: reqwest::Client,
    folder: tempfile::TempDir,
}

impl Guarded {
    /// A node that a proxy stands before, as far as it knows; with rates that no test meets unless
    /// its settings say otherwise.
    pub(crate) async fn start(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let exe = Path::new(env!("CARGO_BIN_EXE_countersign"));
        let network = folder.path().join("network");
        let mut fleet = Fleet::found(exe, one_validator().unwrap(), &network).unwrap();
        let mut lines = "api.behind_proxy = true\n".to_owned();
        for rate in ["api.requests_per_s_party", "api.requests_per_s_address"] {
            if !settings.contains(rate) {
                lines += &format!("{rate} = 1000000\n");
            }
        }
        set(&fleet.nodes()[0].home, &(lines + settings));
        fleet.start_all().await.unwrap();
        let url = fleet.nodes()[0].url.clone();
        Self { fleet, url, http: reqwest::Client::new(), folder }
    }

    pub(crate) fn network(&self) -> Digest {
        self.fleet.genesis().network()
    }

    pub(crate) fn key(&self, slug: &str) -> SigningKey {
        let file = self.folder.path().join("network").join(slug).join("keys/entry.pem");
        keyfile::load(&file, None).unwrap()
    }

    pub(crate) fn party(&self, slug: &str) -> Party {
        self.fleet.parties(None).unwrap().remove(slug).unwrap()
    }

    pub(crate) fn token(&self, slug: &str) -> String {
        token(&self.key(slug), self.network(), 3_600).to_text()
    }

    pub(crate) fn login(&self, slug: &str) -> Login {
        Login::Token(self.token(slug))
    }

    /// Status, headers and body of an answer; a body that is no JSON as a text.
    pub(crate) async fn get(&self, path: &str, token: Option<&str>) -> (u16, HeaderMap, Value) {
        let request = self.http.get(format!("{}{path}", self.url));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        let text = || Value::String(String::from_utf8_lossy(&body).into_owned());
        (status, headers, serde_json::from_slice(&body).unwrap_or_else(|_| text()))
    }

    pub(crate) async fn get_as(&self, path: &str, slug: &str) -> (u16, HeaderMap, Value) {
        self.get(path, Some(&self.token(slug))).await
    }

    /// Every item of a list, page by page. `path` has a query.
    pub(crate) async fn all_of(&self, path: &str, slug: &str) -> Vec<Value> {
        let (mut items, mut after) = (Vec::new(), String::new());
        loop {
            let (status, _, page) = self.get_as(&format!("{path}{after}"), slug).await;
            assert_eq!(status, 200, "{slug} {path}{after}: {page}");
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => after = format!("&after={}", escape(next)),
                None => return items,
            }
        }
    }

    /// Plays the story of the demonstration.
    pub(crate) async fn play(&self) {
        let mut tell = |_: Told| {};
        let parties = self.fleet.parties(None).unwrap();
        let mut story = Story::new(parties, self.folder.path(), now_ms(), &mut tell).unwrap();
        story.play().await.unwrap();
    }

    /// The folder of this test.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The node, asked by nobody in particular.
    pub(crate) fn client(&self) -> Client {
        Client::new(&self.url).unwrap()
    }
}
