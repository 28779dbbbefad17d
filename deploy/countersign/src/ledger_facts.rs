//! Figures about a network, each counted from the ledger through the public interface.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use countersign_client::http::Client;
use serde::Serialize;
use serde_json::Value;

/// How long a node may take to get what the others have. Generous: a slow machine is no fault.
const CATCH_UP_MAX: Duration = Duration::from_secs(120);
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What the ledger holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// Entries in the log.
    pub accepted: u64,
    /// Entries that a rule refused.
    pub refused: u64,
    /// Holds that mismatches raised.
    pub holds_raised: u64,
    /// Holds that customs cleared.
    pub holds_cleared: u64,
    /// Boxes that are on board the vessel.
    pub boxes_loaded: u64,
    /// Boxes of the bill that no tally has found on board.
    pub boxes_short: u64,
    /// Batches so far.
    pub batches: u64,
    /// Oil applications that supply customs wrote off.
    pub oil_written_off: u64,
    /// Thousandths of a tonne that were delivered under them.
    pub oil_written_off_kg: u64,
    /// Deliveries that barge and ship measured differently.
    pub deliveries_disputed: u64,
    /// Drawdowns that a guarantee line took.
    pub draws_accepted: u64,
    /// Drawdowns that a rule refused.
    pub draws_refused: u64,
    /// Whether any line ever had more used than its limit, after any batch.
    pub used_over_limit_ever: bool,
    /// Certificates that an office issued.
    pub certificates_issued: u64,
    /// Reviews of applications by rules, by what they came to.
    pub reviews: Reviews,
    /// Uses of certificates that a rule refused.
    pub uses_refused: u64,
}

/// Reviews of applications, by outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reviews {
    /// 审核通过.
    pub pass: u64,
    /// 退回修改.
    #[serde(rename = "return")]
    pub returned: u64,
    /// 人工复核.
    pub manual: u64,
    /// 调查.
    pub investigate: u64,
}

impl Reviews {
    /// How many there were.
    pub fn all(&self) -> u64 {
        self.pass + self.returned + self.manual + self.investigate
    }

    fn add(&mut self, outcome: &Value) {
        match outcome.as_str() {
            Some("pass") => self.pass += 1,
            Some("return") => self.returned += 1,
            Some("manual") => self.manual += 1,
            Some("investigate") => self.investigate += 1,
            _ => {}
        }
    }
}

/// Counts on the first node, as soon as it has what every node has now: a receipt may have come
/// from one that is a batch ahead.
///
/// # Errors
/// A node does not answer, or the first stays behind.
pub async fn count(clients: &[Client], bill: &str) -> anyhow::Result<Facts> {
    let client = clients.first().context("there are no nodes")?;
    let mut facts = Facts::default();
    for client in clients {
        facts.batches = facts.batches.max(height(client).await?);
    }
    let until = tokio::time::Instant::now() + CATCH_UP_MAX;
    while height(client).await? < facts.batches {
        let late = tokio::time::Instant::now() > until;
        ensure!(!late, "{} stays behind height {}", client.url(), facts.batches);
        tokio::time::sleep(LOOK_EVERY).await;
    }
    for height in 1..=facts.batches {
        let batch = client.json(&format!("/v1/batches/{height}")).await?;
        facts.count_entries(&batch);
        for happened in items(&batch["happenings"]) {
            facts.count_happened(happened);
            facts.look_at(client, height, happened).await?;
        }
    }
    count_boxes(client, bill, &mut facts).await?;
    Ok(facts)
}

impl Facts {
    fn count_entries(&mut self, batch: &Value) {
        for entry in items(&batch["entries"]) {
            let is = |wanted: &str| items(&entry["kinds"]).iter().any(|kind| kind == wanted);
            match entry["state"].as_str() {
                Some("accepted") => self.accepted += 1,
                _ => {
                    self.refused += 1;
                    self.draws_refused += u64::from(is("guarantee.reserve"));
                    self.uses_refused += u64::from(is("certificate.use"));
                }
            }
        }
    }

    fn count_happened(&mut self, happened: &Value) {
        let family = happened["family"].as_str().unwrap_or_default();
        let event = happened["event"]["event"].as_str().unwrap_or_default();
        let subject = happened["subject"].as_str().unwrap_or_default();
        match (family, event) {
            ("combined_port", "held") => self.holds_raised += 1,
            ("combined_port", "hold_cleared") => self.holds_cleared += 1,
            ("bonded_oil", "written_off") => self.oil_written_off += 1,
            ("bonded_oil", "disputed") => self.deliveries_disputed += 1,
            ("guarantee", "reserved") => self.draws_accepted += 1,
            ("certificate", "submitted") => {
                self.reviews.add(&happened["event"]["reviewed"]["outcome"])
            }
            ("certificate", "issued") if subject.starts_with("certificate:") => {
                self.certificates_issued += 1;
            }
            _ => {}
        }
    }

    /// What is counted from records as they stood after a batch.
    async fn look_at(
        &mut self,
        client: &Client,
        height: u64,
        happened: &Value,
    ) -> anyhow::Result<()> {
        let (family, subject) = (&happened["family"], &happened["subject"]);
        let (Some(family), Some(subject)) = (family.as_str(), subject.as_str()) else {
            return Ok(());
        };
        let written_off = happened["event"]["event"] == "written_off";
        if !subject.starts_with("line:") && !written_off {
            return Ok(());
        }
        let path = format!("/v1/subjects/{family}/{subject}?at={height}");
        let record = client.json(&path).await?;
        let number = |name: &str| record["state"][name].as_u64().unwrap_or_default();
        self.used_over_limit_ever |= number("used_fen") > number("limit_fen");
        if written_off {
            let deliveries = record["state"]["deliveries"].as_object().into_iter().flatten();
            self.oil_written_off_kg +=
                deliveries.filter_map(|(_, d)| d["qty_kg"].as_u64()).sum::<u64>();
        }
        Ok(())
    }
}

async fn count_boxes(client: &Client, bill: &str, facts: &mut Facts) -> anyhow::Result<()> {
    let subject = format!("/v1/subjects/combined_port/bill:{bill}");
    let bill = client.json(&subject).await?;
    for (container, listed) in bill["state"]["boxes"].as_object().into_iter().flatten() {
        let tallied = items(&listed["marks"]).iter().any(|mark| mark == "tallied");
        facts.boxes_short += u64::from(!tallied);
        let path = format!("/v1/subjects/combined_port/box:{container}");
        let status = &client.json(&path).await?["state"]["status"];
        facts.boxes_loaded += u64::from(status == "loaded_vessel");
    }
    Ok(())
}

/// Whether every node has the same roots at the newest height that all of them have.
///
/// # Errors
/// A node does not answer.
pub async fn roots_equal(clients: &[Client]) -> anyhow::Result<bool> {
    let mut lowest = u64::MAX;
    for client in clients {
        lowest = lowest.min(height(client).await?);
    }
    let mut headers = Vec::new();
    for client in clients {
        headers.push(client.json(&format!("/v1/batches/{lowest}")).await?["header"].take());
    }
    Ok(lowest > 0 && headers.windows(2).all(|pair| pair[0] == pair[1]))
}

async fn height(client: &Client) -> anyhow::Result<u64> {
    Ok(client.json("/v1/status").await?["height"].as_u64().unwrap_or_default())
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
