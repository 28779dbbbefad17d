//! How this node is: for people, for monitors, for load balancers.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{App, Problem, Shared, subjects::party_names};
use crate::observed::Difference;

/// Heartbeats that may fail to come before a node is not ready.
const LATE_HEARTBEATS: u32 = 4;

/// Where the node stands.
pub(super) async fn status(State(node): App) -> Json<Value> {
    let tip = node.ledger.tip();
    let consensus = node.consensus.status();
    let roster = tip.roster.clone();
    let named = |keys: &BTreeSet<[u8; 32]>| -> Vec<String> {
        let members = roster.members.iter();
        members
            .filter(|(_, m)| m.nodes.iter().any(|n| keys.contains(&n.network_key.0)))
            .map(|(party, _)| party.clone())
            .collect()
    };
    let validators: Vec<_> = tip
        .validators
        .validators()
        .iter()
        .map(|v| {
            json!({ "party": v.party, "names": party_names(&node, &v.party),
            "power": v.power, "kid": v.key.thumbprint() })
        })
        .collect();
    let mut tips = BTreeMap::new();
    for (key, tip) in &consensus.tips {
        tips.extend(named(&BTreeSet::from([*key])).into_iter().map(|party| (party, *tip)));
    }
    let to_come = node.ledger.rules_to_come().ok().flatten();
    let mut status = json!({
        "moniker": node.moniker,
        "party": node.party,
        "network": { "id": node.ledger.network(), "name": node.ledger.genesis().name },
        "version": env!("CARGO_PKG_VERSION"),
        "height": tip.height,
        "first_height": node.ledger.first_height(),
        "header": tip.parent,
        "time": tip.time,
        "log_size": tip.log.size(),
        "log_root": tip.log.root(),
        "state_root": tip.state_root,
        "rules": tip.rules,
        "rules_known": countersign_contracts::versions::NEWEST,
        "rules_to_come": to_come.map(|(version, height)| json!({ "version": version, "height": height })),
        "validators": validators,
        "last_batch_age_ms": last_batch_age_ms(&node),
        "heartbeat_ms": u64::try_from(node.heartbeat.as_millis()).unwrap_or(u64::MAX),
        "backlog": node.backlog.waiting(),
        "disk": node.space.room(),
        "backlog_max": crate::limits::BACKLOG_ENTRIES_MAX,
        "backlog_bytes": node.backlog.bytes(),
        "backlog_bytes_max": crate::limits::BACKLOG_BYTES_MAX,
        "clock": { "now": node.clock.now_ms(), "others_ahead_ms": clocks(&node) },
        "roots": roots(&node),
        "consensus": {
            "height": consensus.height,
            "round": consensus.round,
            "phase": format!("{:?}", consensus.phase).to_lowercase(),
            "connected": named(&consensus.connected),
            "missing": named(&consensus.missing),
            "tips": tips,
            "last_fault": consensus.last_fault.map(|f| f.to_string()),
            "silence": consensus.silence,
        },
    });
    // Only in a rehearsal, so that nobody takes one for the real network.
    if node.clock.shift().is_moved() {
        status["clock_ahead_ms"] = json!(node.clock.shift().ms());
    }
    Json(status)
}

/// How long ago the last batch was made durable here. In a run that has committed nothing yet, the
/// batch's own time says so: a clock that is wrong shows elsewhere.
fn last_batch_age_ms(node: &Shared) -> u64 {
    match node.agreement.observed().since_commit() {
        Some(age) => u64::try_from(age.as_millis()).unwrap_or(u64::MAX),
        None => node.clock.now_ms().saturating_sub(node.ledger.tip().time),
    }
}

/// How far the clocks of the other proposers ran ahead of this node's, by party, as the times of
/// their proposals show.
fn clocks(node: &Shared) -> BTreeMap<String, i64> {
    let proposers = node.agreement.observed().proposers().into_iter();
    proposers
        .filter(|(party, _)| *party != node.party)
        .filter_map(|(party, seen)| Some((party, seen.clock_ahead_ms?)))
        .collect()
}

/// Whose batches execute to something else here: what a quorum has decided, and what was proposed.
fn roots(node: &Shared) -> Value {
    let say = |found: &Difference| {
        json!({ "height": found.height, "field": found.field, "here": found.found,
        "there": found.stated })
    };
    let observed = node.agreement.observed();
    let proposers = observed.proposers();
    let differ = proposers.iter().filter_map(|(party, seen)| Some((party, seen.differs.as_ref()?)));
    let differ: BTreeMap<_, _> = differ.map(|(party, found)| (party, say(found))).collect();
    json!({ "cannot_follow": observed.cannot_follow().as_ref().map(say), "differ": differ })
}

/// The founding document.
#[utoipa::path(get, path = "/v1/genesis", security(()), responses((status = 200, body = Object)))]
pub(super) async fn genesis(State(node): App) -> Json<Value> {
    Json(json!(node.ledger.genesis()))
}

/// Counters as Prometheus text.
pub(super) async fn metrics(State(node): App) -> Response {
    let peers = node.consensus.status().connected.len();
    let text = node.metrics.text(node.backlog.waiting(), peers);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// The process answers.
#[utoipa::path(get, path = "/livez", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn livez() -> &'static str {
    "ok\n"
}

/// Whether entries can become final here now.
pub(super) async fn readyz(State(node): App) -> Response {
    let reasons = not_ready(&node);
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": reasons.is_empty(), "reasons": reasons }))).into_response()
}

fn not_ready(node: &Shared) -> Vec<String> {
    let mut reasons = Vec::new();
    let full = node.space.room().full;
    if full {
        reasons.push(node.space.why_full().0);
    }
    if node.metrics.has_ledger_failed() && !full {
        reasons.push("the ledger could not be written: check the disk, then restart".into());
    }
    let age = node.clock.now_ms().saturating_sub(node.ledger.tip().time);
    let late = node.heartbeat.saturating_mul(LATE_HEARTBEATS);
    if u128::from(age) > late.as_millis() {
        reasons.push(format!("no batch for {} s: too few validators may be running", age / 1000));
    }
    let consensus = node.consensus.status();
    if node.ledger.tip().validators.validators().len() > 1 && consensus.connected.is_empty() {
        reasons.push("no other node is connected: check the peers and the firewall".into());
    }
    reasons
}

/// Any other path.
pub(super) async fn no_such_path(uri: axum::http::Uri) -> Problem {
    Problem::not_found(format!("no path {}; /openapi.json lists them", uri.path()))
}
