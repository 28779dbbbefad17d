//! Batches: their headers, who signed them, what they hold.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use countersign_record::{encoding, statement::Statement};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    App, Problem, Shared, blocking,
    caller::Member,
    extract::{Path, Query},
    subjects::happened_json,
};
use crate::limits::PAGE_MAX;

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Page {
    /// The height to begin at, going down; the newest where it is not given.
    from: Option<u64>,
    /// How many, at most 500.
    limit: Option<u64>,
}

/// Headers, newest first.
#[utoipa::path(get, path = "/v1/batches", params(Page), responses((status = 200, body = Object)))]
pub(super) async fn list(
    State(node): App,
    // Headers and who signed them are no member's secret.
    _any: Member,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let most = page.limit.unwrap_or(20).clamp(1, PAGE_MAX as u64);
        let from = page.from.unwrap_or(u64::MAX).min(node.ledger.tip().height);
        let first = node.ledger.first_height();
        let heights = (from.saturating_sub(most - 1).max(first)..=from).rev();
        let items: Vec<_> =
            heights.map(|height| header_json(&node, height)).collect::<Result<_, _>>()?;
        let next = from.checked_sub(most).filter(|height| *height >= first);
        Ok(Json(json!({ "items": items, "next": next })))
    })
    .await
}

/// One batch with its entries and everything that happened.
#[utoipa::path(get, path = "/v1/batches/{height}", params(("height" = u64, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn show(
    State(node): App,
    member: Member,
    Path(height): Path<u64>,
) -> Result<Json<Value>, Problem> {
    blocking(move || batch_json(&node, &member, height).map(Json)).await
}

fn header_json(node: &Shared, height: u64) -> Result<Value, Problem> {
    let proof = node
        .ledger
        .commit_proof(height)?
        .ok_or_else(|| Problem::not_found(format!("no height {height}")))?;
    let set = node.ledger.validators_at(height)?;
    let signers: Vec<_> =
        proof.signatures.iter().filter_map(|s| set.find(&s.kid)).map(|v| &v.party).collect();
    let missing: Vec<_> =
        set.validators().iter().map(|v| &v.party).filter(|p| !signers.contains(p)).collect();
    Ok(json!({
        "height": height,
        "digest": proof.header.digest(),
        "header": proof.header,
        "round": proof.round,
        "signed_by": signers,
        "not_signed_by": missing,
        "commit_proof": hex::encode(encoding::encode(&proof)),
    }))
}

/// A batch as JSON: what `/v1/batches/{height}` and the event stream show. Of what it holds a member
/// sees what concerns it; the header proves how much there is.
pub(super) fn batch_json(node: &Shared, member: &Member, height: u64) -> Result<Value, Problem> {
    node.ledger.keeps_batch(height)?;
    let mut batch = header_json(node, height)?;
    let refused = node.ledger.refusals(height)?;
    let statements = node.ledger.statements(height)?;
    let statements = statements.iter().filter_map(|bytes| Statement::parse(bytes).ok());
    let mut seen = Vec::new();
    for statement in statements {
        if member.sees_entry(node, &statement)? {
            seen.push(statement);
        }
    }
    let entries: Vec<_> = seen
        .iter()
        .map(|statement| {
            let id = statement.id();
            let refusal = refused.iter().find(|r| r.entry == id);
            let party = node.ledger.key(&statement.kid()).ok().flatten().map(|k| k.party);
            json!({
                "id": id,
                "party": party,
                "reference": statement.payload().reference,
                "kinds": kinds(statement),
                "state": if refusal.is_some() { "refused" } else { "accepted" },
                "rule": refusal.map(|r| r.rule),
            })
        })
        .collect();
    let happenings = member.seen_of(node, node.ledger.happenings(height)?)?;
    let happenings: Vec<_> = happenings.iter().map(|h| happened_json(height, h)).collect();
    if let Some(fields) = batch.as_object_mut() {
        fields.insert("entries".into(), entries.into());
        fields.insert("happenings".into(), happenings.into());
    }
    Ok(batch)
}

/// What an entry's actions are, each kind once.
fn kinds(statement: &Statement) -> BTreeSet<String> {
    let actions = statement.payload().actions.iter();
    actions.map(|action| format!("{}.{}", action.family, action.kind)).collect()
}
