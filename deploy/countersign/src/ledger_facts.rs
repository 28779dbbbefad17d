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
        for entry in items(&batch["entries"]) {
            match entry["state"].as_str() {
                Some("accepted") => facts.accepted += 1,
                _ => facts.refused += 1,
            }
        }
        for happened in items(&batch["happenings"]) {
            match happened["event"]["event"].as_str() {
                Some("held") => facts.holds_raised += 1,
                Some("hold_cleared") => facts.holds_cleared += 1,
                _ => {}
            }
        }
    }
    count_boxes(client, bill, &mut facts).await?;
    Ok(facts)
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
