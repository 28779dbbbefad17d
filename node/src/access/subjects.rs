//! Business objects: what the ledger holds about them, what happened, what blocks them.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use countersign_contracts::{
    combined_port,
    family::{FamilyName, State as FamilyState, concern::is_public},
    membership,
    world::{Moment, Record, Records as _, SubjectKey, World},
};
use countersign_record::state_proof;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    App, Problem, Shared, blocking,
    caller::{Caller, Member},
    extract::{Path, Query},
};
use crate::{
    ledger::Happened,
    limits::{PAGE_MAX, SCAN_MAX},
};

/// What a state proof comes as.
const STATE_PROOF: &str = "application/vnd.countersign.state-proof+cbor";

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct At {
    /// A height: the record as it stood after that batch.
    at: Option<u64>,
    /// `true`: answer with the proof that this record, or none of that name, was in the state. Past
    /// heights are provable as far back as the node keeps the state tree.
    proof: Option<bool>,
    /// With `proof`: leave out the changes of the validator set up to this height, for whoever has
    /// followed them.
    since: Option<u64>,
}

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Page {
    /// Names that begin with this, for instance `bill:`.
    prefix: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, at most 500.
    limit: Option<usize>,
}

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct HistoryPage {
    /// The first height to list.
    from: Option<u64>,
    /// How many, at most 500.
    limit: Option<usize>,
}

impl Page {
    fn most(&self) -> usize {
        self.limit.unwrap_or(100).clamp(1, PAGE_MAX)
    }
}

/// A subject's record, or its state proof.
#[utoipa::path(get, path = "/v1/subjects/{family}/{subject}",
    params(("family" = String, Path), ("subject" = String, Path), At),
    responses((status = 200, description = "the record; with `proof=true` the state proof, also \
            where there is no such subject", content((Object = "application/json"),
            (Vec<u8> = "application/vnd.countersign.state-proof+cbor"))),
        (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 410, description = "the state tree of that height is not kept any more",
            body = Problem)))]
pub(super) async fn show(
    State(node): App,
    caller: Caller,
    Path((family, subject)): Path<(String, String)>,
    Query(at): Query<At>,
) -> Result<Response, Problem> {
    let proof = at.proof == Some(true);
    // The proof of what stands on a paper, or of there being no such paper, is anybody's.
    if proof
        && let Ok(key) = read_subject(&family, &subject)
        && is_public(&key)
    {
        return blocking(move || proof_response(&node, &key, &at)).await;
    }
    let member = caller.member()?;
    let key = read_subject(&family, &subject)?;
    blocking(move || {
        member.require(&node, &key, || no_subject(&key))?;
        if proof {
            return proof_response(&node, &key, &at);
        }
        let tip = node.ledger.tip().height;
        let height = at.at.unwrap_or(tip);
        if height > tip {
            return Err(Problem::not_found(format!("no height {height}; the last is {tip}")));
        }
        if height != tip {
            node.ledger.keeps_state(height)?;
        }
        let record = match at.at {
            Some(height) => node.ledger.record_at(&key, height)?,
            None => node.ledger.record(&key)?,
        };
        let record = record.ok_or_else(|| no_subject(&key))?;
        let mut value = record_json(&key, &record);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("height".into(), height.into());
        }
        Ok(Json(value).into_response())
    })
    .await
}

fn no_subject(key: &SubjectKey) -> Problem {
    Problem::not_found(format!("no subject {key}"))
}

fn proof_response(node: &Shared, key: &SubjectKey, at: &At) -> Result<Response, Problem> {
    // Everything is absent that cannot be there, but no file could say so.
    if let Some(why) = state_proof::name_refused(key.family.name(), &key.subject) {
        return Err(Problem::bad_query(format!("no subject can have that name: {why}")));
    }
    let mut proof = node.ledger.state_proof(key, at.at)?;
    proof.links.retain(|link| at.since.is_none_or(|h| link.commit.header.height > h));
    let headers = [
        (header::CONTENT_TYPE, STATE_PROOF.to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"state.proof\"".to_owned()),
        (
            header::HeaderName::from_static("countersign-height"),
            proof.commit.header.height.to_string(),
        ),
    ];
    Ok((headers, proof.to_bytes()).into_response())
}

/// What happened to a subject, oldest first, each with the ledger time of its batch and, where an
/// entry caused it, the party that signed; both `null` where the batch is not kept any more.
#[utoipa::path(get, path = "/v1/subjects/{family}/{subject}/history",
    params(("family" = String, Path), ("subject" = String, Path), HistoryPage),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn history(
    State(node): App,
    member: Member,
    Path((family, subject)): Path<(String, String)>,
    Query(page): Query<HistoryPage>,
) -> Result<Json<Value>, Problem> {
    let key = read_subject(&family, &subject)?;
    let most = page.limit.unwrap_or(100).clamp(1, PAGE_MAX);
    blocking(move || {
        member.require(&node, &key, || no_subject(&key))?;
        let items = node.ledger.history(&key, page.from.unwrap_or(0), most)?;
        let told: Result<Vec<_>, _> =
            items.iter().map(|(height, happened)| told_json(&node, *height, happened)).collect();
        Ok(Json(json!({ "subject": key, "history": told? })))
    })
    .await
}

/// The files of evidence that were linked to a subject, whether they still stand or not, in order of
/// their digests.
#[utoipa::path(get, path = "/v1/subjects/{family}/{subject}/evidence",
    params(("family" = String, Path), ("subject" = String, Path), Page),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn evidence(
    State(node): App,
    member: Member,
    Path((family, subject)): Path<(String, String)>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let about = read_subject(&family, &subject)?;
    blocking(move || {
        member.require(&node, &about, || no_subject(&about))?;
        let of = |name: String| SubjectKey::new(FamilyName::Evidence, name);
        let after = page.after.clone().map(of);
        let files =
            node.ledger.listed(&of(format!("about:{about}")), after.as_ref(), page.most())?;
        let mut items = Vec::new();
        for key in &files {
            if let Some(record) = node.ledger.record(key)?
                && member.sees_record(&node, key, &record)?
            {
                items.push(record_json(key, &record));
            }
        }
        let full = files.len() == page.most();
        let next = full.then(|| files.last().map(|k| k.subject.clone())).flatten();
        Ok(Json(json!({ "items": items, "next": next })))
    })
    .await
}

/// Subjects of a family in order of their names.
#[utoipa::path(get, path = "/v1/subjects/{family}", params(("family" = String, Path), Page),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn list(
    State(node): App,
    member: Member,
    Path(family): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    let family = read_family(&family)?;
    blocking(move || {
        let prefix = page.prefix.as_deref().unwrap_or_default();
        list_json(&node, &member, family, prefix, &page)
    })
    .await
}

/// The parties of the network.
#[utoipa::path(get, path = "/v1/parties", params(Page), responses((status = 200, body = Object)))]
pub(super) async fn parties(
    State(node): App,
    member: Member,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    blocking(move || list_json(&node, &member, FamilyName::Membership, "party:", &page)).await
}

/// Of the subjects in order of their names those that concern the member. Where few do, a page may
/// be short or empty and still have a next one: a request looks through so many and no more.
fn list_json(
    node: &Shared,
    member: &Member,
    family: FamilyName,
    prefix: &str,
    page: &Page,
) -> Result<Json<Value>, Problem> {
    let (mut items, mut after, mut scanned) = (Vec::new(), page.after.clone(), 0);
    let next = loop {
        let found = node.ledger.subjects(family, prefix, after.as_deref(), PAGE_MAX)?;
        let last = found.len() < PAGE_MAX;
        let mut stopped = false;
        for (key, record) in found {
            scanned += 1;
            if member.sees_record(node, &key, &record)? {
                items.push(record_json(&key, &record));
            }
            after = Some(key.subject);
            if items.len() == page.most() || scanned == SCAN_MAX {
                stopped = true;
                break;
            }
        }
        match (stopped, last) {
            (true, _) => break after,
            (false, true) => break None,
            (false, false) => {}
        }
    };
    Ok(Json(json!({ "items": items, "next": next })))
}

/// Everything that needs a person: holds and missed deadlines.
#[utoipa::path(get, path = "/v1/alerts", params(Page), responses((status = 200, body = Object)))]
pub(super) async fn alerts(
    State(node): App,
    member: Member,
    Query(page): Query<Page>,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let after = match page.after.as_deref().map(|a| a.split_once('/')) {
            None => None,
            Some(Some((family, subject))) => Some(read_subject(family, subject)?),
            Some(None) => return Err(Problem::bad_query("after is not the next of a page")),
        };
        let most = if member.sees_all() { page.most() } else { PAGE_MAX };
        let subjects = node.ledger.subjects_with_alerts(after.as_ref(), most)?;
        let mut alerts = Vec::new();
        for key in &subjects {
            if let Some(record) = node.ledger.record(key)? {
                let concerned = member.sees_record(&node, key, &record)?;
                let raised = record.state.alerts(&key.subject).into_iter();
                alerts.extend(raised.filter(|a| concerned || member.is_named_in(&a.parties)));
            }
        }
        let full = subjects.len() == most;
        let next = full.then(|| subjects.last().map(ToString::to_string)).flatten();
        Ok(Json(json!({ "items": alerts, "next": next })))
    })
    .await
}

/// May this box leave, and if not, which fact blocks it?
#[utoipa::path(get, path = "/v1/boxes/{container}/next", params(("container" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn next_move(
    State(node): App,
    member: Member,
    Path(container): Path<String>,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let key = SubjectKey::new(FamilyName::CombinedPort, format!("box:{container}"));
        let missing = || Problem::not_found(format!("no box {container} in this ledger"));
        member.require(&node, &key, missing)?;
        let tip = node.ledger.tip();
        let time = node.clock.now_ms().max(tip.time);
        let now = Moment { height: tip.height + 1, time, rules: tip.rules };
        let world = World::new(&*node.ledger);
        let answer = combined_port::may_leave(&world, &container, now)?;
        let answer = answer.ok_or_else(missing)?;
        Ok(Json(serde_json::to_value(answer).map_err(|e| Problem::internal(&e))?))
    })
    .await
}

fn read_family(name: &str) -> Result<FamilyName, Problem> {
    FamilyName::find(name).ok_or_else(|| Problem::not_found(format!("no family '{name}'")))
}

fn read_subject(family: &str, subject: &str) -> Result<SubjectKey, Problem> {
    Ok(SubjectKey::new(read_family(family)?, subject))
}

fn record_json(key: &SubjectKey, record: &Record) -> Value {
    let alerts = record.state.alerts(&key.subject);
    json!({
        "family": key.family,
        "subject": key.subject,
        "version": record.version,
        "digest": countersign_record::Digest::of(&record.bytes()),
        "state": record.state,
        "deadline": record.state.next_deadline(),
        "alerts": alerts,
    })
}

pub(super) fn happened_json(height: u64, happened: &Happened) -> Value {
    json!({
        "height": height,
        "family": happened.subject.family,
        "subject": happened.subject.subject,
        "cause": if happened.entry.is_some() { "entry" } else { "clock" },
        "entry": happened.entry,
        "event": happened.event,
    })
}

/// The same with its time and who signed what caused it.
fn told_json(node: &Shared, height: u64, happened: &Happened) -> Result<Value, Problem> {
    let mut told = happened_json(height, happened);
    let kept = height >= node.ledger.first_height();
    let proof = if kept { node.ledger.commit_proof(height)? } else { None };
    let place = match &happened.entry {
        Some(id) if kept => node.ledger.place(id)?,
        _ => None,
    };
    let party = match place {
        Some(at) => node.ledger.key(&node.ledger.statement(&at)?.kid())?.map(|key| key.party),
        None => None,
    };
    if let Some(fields) = told.as_object_mut() {
        fields.insert("time".into(), json!(proof.map(|p| p.header.time)));
        fields.insert("party".into(), json!(party));
    }
    Ok(told)
}

/// The name of a party in both languages, where the ledger knows it.
pub(super) fn party_names(node: &Shared, id: &str) -> Option<Value> {
    let key = SubjectKey::new(FamilyName::Membership, membership::party_subject(id));
    match node.ledger.record(&key).ok()??.state {
        FamilyState::Membership(membership::State::Party(party)) => Some(json!(party.names)),
        _ => None,
    }
}
