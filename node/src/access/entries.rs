//! Entries in, and what became of them.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign_contracts::{
    entry::CheckedEntry,
    execute::dry_run,
    family::Action,
    refusal::Refusal,
    world::{Moment, No},
};
use countersign_record::{Digest, refused::RefusedEntry, statement::EntryId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{sync::oneshot, time::Instant};

use super::{
    App, Problem, Shared, blocking,
    caller::Member,
    extract::{Path, Query},
    receipts::{Receipt, ReceiptWanted},
    together::{Asked, Together},
};
use crate::{
    admission::{Admission, AdmittedEntry, NotAdmitted},
    agreement::Verdict,
    backlog::Full,
    ledger::{EntryPlace, Kept},
    limits::WAIT_FINAL_MAX,
};

/// What a statement comes as.
pub(super) const COSE: &str = "application/cose";

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Wait {
    /// `final`: answer with the receipt once the entry is final.
    wait: Option<String>,
}

impl Wait {
    /// Until when the answer may wait for the entry to be final; none where it need not be.
    ///
    /// # Errors
    /// It says something else than is understood.
    pub(super) fn until(&self) -> Result<Option<Instant>, Problem> {
        match self.wait.as_deref() {
            None => Ok(None),
            Some("final") => Ok(Some(Instant::now() + WAIT_FINAL_MAX)),
            Some(other) => Err(Problem::bad_query(format!("wait is '{other}', expected 'final'"))),
        }
    }
}

/// Submits a signed statement.
#[utoipa::path(post, path = "/v1/entries", params(Wait), request_body(content = Vec<u8>,
    content_type = "application/cose", description = "one tagged COSE_Sign1 statement"),
    responses((status = 200, description = "the receipt: the entry is final", body = Vec<u8>,
            content_type = "application/vnd.countersign.receipt+cbor"),
        (status = 202, description = "taken in; ask again for the receipt", body = Object),
        (status = 400, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem),
        (status = 422, description = "a rule refuses", body = Problem),
        (status = 429, body = Problem), (status = 503, body = Problem)))]
pub(super) async fn submit(
    State(node): App,
    member: Member,
    Query(query): Query<Wait>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let until = query.until()?;
    let bytes = read_statement(&headers, body)?;
    match Entered::with(&node, &member, bytes).await?.outcome(&node, until).await? {
        Outcome::Final(receipt) => Ok(receipt.into_response()),
        Outcome::Waiting(id) => Ok(taken_in(id)),
    }
}

/// An entry that has come in.
pub(super) enum Entered {
    /// It is in the ledger already.
    Known(EntryId, EntryPlace),
    /// It waits, and what becomes of it will be told.
    New(EntryId, oneshot::Receiver<Verdict>),
}

/// What became of an entry so far, where nothing is refused.
pub(super) enum Outcome {
    /// It is final.
    Final(Receipt),
    /// It is on its way.
    Waiting(EntryId),
}

impl Entered {
    /// Lets a statement in and tells the other nodes of it.
    ///
    /// # Errors
    /// Why it does not come in.
    pub(super) async fn with(
        node: &Shared,
        member: &Member,
        bytes: Bytes,
    ) -> Result<Self, Problem> {
        member.require_own(node, &bytes)?;
        let admitted = match node.gate.ask(bytes.clone()).await? {
            Ok(admitted) => admitted,
            Err(NotAdmitted::Known(id, at)) => return Ok(Self::Known(id, at)),
            Err(no) => {
                node.metrics.not_admitted();
                return Err(not_admitted(no));
            }
        };
        let id = admitted.entry().id();
        if node.space.room().full {
            node.metrics.turned_away();
            return Err(Problem::disk_full(node.space.why_full()));
        }
        let told = node.agreement.wait_for(id).map_err(|_| {
            let detail = "too many requests wait for finality; submit without ?wait=final";
            Problem::busy(StatusCode::SERVICE_UNAVAILABLE, detail)
        })?;
        let new = node.backlog.push(&admitted).map_err(|full| {
            node.metrics.turned_away();
            turned_away(full)
        })?;
        if new {
            // Where the queue is full this node proposes the entry itself when its turn comes.
            let _full = node.gossip.try_send(bytes);
        }
        // Between the look-up and the registration the entry may have become final.
        if let Some(at) = node.ledger.place(&id)? {
            node.backlog.remove([id]);
            return Ok(Self::Known(id, at));
        }
        Ok(Self::New(id, told))
    }

    /// What becomes of it, waited for until a moment where there is one.
    ///
    /// # Errors
    /// The rule that refused it, now or the first time.
    pub(super) async fn outcome(
        self,
        node: &Shared,
        until: Option<Instant>,
    ) -> Result<Outcome, Problem> {
        let (id, told) = match self {
            Self::Known(id, at) => return answer_known(node, id, at).await,
            Self::New(id, told) => (id, told),
        };
        let Some(until) = until else { return Ok(Outcome::Waiting(id)) };
        match tokio::time::timeout_at(until, told).await {
            Ok(Ok(Verdict::Accepted)) => receipt_of(node, id).await,
            Ok(Ok(Verdict::Refused(why))) => {
                let (record, refusal) = *why;
                let height = node.ledger.place(&id)?.map(|at| at.height);
                Err(Problem::refused(refusal, record.action, Some((id, height))))
            }
            Ok(Err(_)) | Err(_) => Ok(Outcome::Waiting(id)),
        }
    }
}

async fn receipt_of(node: &Shared, id: EntryId) -> Result<Outcome, Problem> {
    node.receipts.ask(ReceiptWanted::compact(id)).await?.map(Outcome::Final)
}

fn taken_in(id: EntryId) -> Response {
    let location = format!("/v1/entries/{id}");
    let body = json!({ "id": id, "state": "waiting", "receipt": format!("{location}/receipt") });
    (StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(body)).into_response()
}

/// The dry run: what would be refused now, and why. Nothing is stored.
#[utoipa::path(post, path = "/v1/entries/check", request_body(content = Vec<u8>,
    content_type = "application/cose"),
    responses((status = 200, description = "it would be accepted now", body = Object),
        (status = 400, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem),
        (status = 422, description = "the refusal that it would meet", body = Problem)))]
pub(super) async fn check(
    State(node): App,
    member: Member,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Problem> {
    let bytes = read_statement(&headers, body)?;
    member.require_own(&node, &bytes)?;
    let admitted = match node.gate.ask(bytes).await? {
        Ok(admitted) => admitted,
        Err(NotAdmitted::Known(id, at)) => {
            let value = entry_json(&node, id, at)?;
            return Ok(Json(json!({ "would": "nothing", "entry": value })));
        }
        Err(no) => return Err(not_admitted(no)),
    };
    blocking(move || {
        let tip = node.ledger.tip();
        let time = node.clock.now_ms().max(tip.time + 1);
        let now = Moment { height: tip.height + 1, time, rules: tip.rules };
        let entry = admitted.entry();
        match dry_run(&*node.ledger, now, entry) {
            Ok(events) => {
                let events: Vec<_> = events
                    .iter()
                    .map(|(subject, event)| json!({ "subject": subject, "event": event }))
                    .collect();
                Ok(Json(json!({ "would": "accept", "id": entry.id(), "events": events })))
            }
            Err((action, No::Refused(refusal))) => Err(Problem::refused(*refusal, action, None)),
            Err((_, No::Unreadable(e))) => Err(Problem::internal(&e)),
        }
    })
    .await
}

/// An entry and what became of it.
#[utoipa::path(get, path = "/v1/entries/{id}", params(("id" = String, Path)),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn show(
    State(node): App,
    member: Member,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = read_id(&id)?;
    blocking(move || match (node.ledger.place(&id)?, node.backlog.get(&id)) {
        (Some(at), _) if member.sees_entry(&node, &node.ledger.statement(&at)?)? => {
            entry_json(&node, id, at).map(Json)
        }
        (None, Some(waits)) if member.sees_entry(&node, waits.statement())? => {
            Ok(Json(json!({ "id": id, "state": "waiting" })))
        }
        _ => Err(Problem::not_found(format!("no entry {id}"))),
    })
    .await
}

/// The same statement twice is answered with what became of it the first time.
async fn answer_known(node: &Shared, id: EntryId, at: EntryPlace) -> Result<Outcome, Problem> {
    match at.kept {
        Kept::Accepted(_) => receipt_of(node, id).await,
        Kept::Refused(number) => {
            node.ledger.keeps_batch(at.height)?;
            let record = node.ledger.refusal(at.height, number)?;
            Err(refused_before(&record, at.height))
        }
    }
}

fn refused_before(record: &RefusedEntry, height: u64) -> Problem {
    match countersign_contracts::refusal::Refusal::from_record(record) {
        Some(refusal) => {
            Problem::refused(refusal, record.action, Some((record.entry, Some(height))))
        }
        None => Problem::internal(&format!("refusal {} is of no known rule", record.rule)),
    }
}

/// Where requests wait to be admitted.
pub(crate) type Gate = Together<Bytes, Result<AdmittedEntry, NotAdmitted>>;

/// A place to be admitted at.
pub(crate) fn gate(admission: Arc<Admission>) -> Gate {
    Together::new(move |statements: Vec<Asked<Bytes, _>>| {
        admission.admit_each(
            statements,
            |(bytes, _)| bytes,
            // Who has gone away meanwhile need not be told.
            |(_, told), outcome| drop(told.send(outcome)),
        );
    })
}

pub(super) fn read_statement(
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Bytes, Problem> {
    require_type(headers, &[COSE])?;
    read_body(body, crate::limits::REQUEST_BYTES_MAX)
}

/// Goes on where a body comes as one of these.
pub(super) fn require_type(headers: &HeaderMap, expected: &[&str]) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let plain = kind.split(';').next().unwrap_or_default().trim();
    if expected.iter().any(|expected| expected.eq_ignore_ascii_case(plain)) {
        return Ok(());
    }
    let title = ("this content type is not taken", "不支持该内容类型");
    let detail = format!("content type '{kind}', expected '{}'", expected.join("' or '"));
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", title, detail))
}

/// A body that has come whole, of which at most so many bytes are taken.
pub(super) fn read_body(
    body: Result<Bytes, BytesRejection>,
    most: usize,
) -> Result<Bytes, Problem> {
    body.map_err(|e| {
        let title = ("the request body cannot be read", "无法读取请求正文");
        let detail = format!("{}; at most {most} bytes are taken", e.body_text());
        Problem::new(e.status(), "body", title, detail)
    })
}

fn not_admitted(no: NotAdmitted) -> Problem {
    match no {
        NotAdmitted::Malformed(e) => Problem::malformed(&e),
        NotAdmitted::Refused((action, refusal)) => Problem::refused(refusal, action, None),
        NotAdmitted::Known(id, _) => Problem::bad_query(format!("{id} is known")),
        NotAdmitted::Ledger(e) => e.into(),
    }
}

fn turned_away(full: Full) -> Problem {
    match full {
        Full::Party => Problem::busy(
            StatusCode::TOO_MANY_REQUESTS,
            "this party has as many entries, or bytes of them, waiting as its share allows",
        ),
        Full::All => Problem::busy(
            StatusCode::SERVICE_UNAVAILABLE,
            "as many entries, or bytes of them, wait as this node holds",
        ),
    }
}

pub(super) fn read_id(text: &str) -> Result<Digest, Problem> {
    text.parse().map_err(|why| Problem::bad_query(format!("'{text}' is no entry id: {why}")))
}

/// What an entry says, as JSON.
#[derive(Serialize)]
struct EntryView {
    id: EntryId,
    state: &'static str,
    party: Option<String>,
    reference: String,
    event_time: u64,
    expires: u64,
    documents: Vec<Digest>,
    kid: Digest,
    height: u64,
    time: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    leaf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Value>,
    actions: Vec<Value>,
}

pub(super) fn entry_json(node: &Shared, id: EntryId, at: EntryPlace) -> Result<Value, Problem> {
    node.ledger.keeps_batch(at.height)?;
    let statement = node.ledger.statement(&at)?;
    let party = node.ledger.key(&statement.kid())?.map(|k| k.party);
    let time = node.ledger.commit_proof(at.height)?.map(|c| c.header.time);
    let payload = statement.payload().clone();
    let subjects = payload.actions.iter().map(|a| a.subject.clone());
    let subjects: Vec<String> = subjects.collect();
    let kid = statement.kid();
    let actions: Vec<Action> = CheckedEntry::check(statement, &node.ledger.network())
        .map(|e| e.actions().to_vec())
        .unwrap_or_default();
    let actions = actions
        .iter()
        .zip(subjects)
        .map(|(action, subject)| {
            let mut value = serde_json::to_value(action).unwrap_or_default();
            if let Some(fields) = value.as_object_mut() {
                fields.insert("subject".into(), subject.into());
            }
            value
        })
        .collect();
    let (state, leaf, refusal) = match at.kept {
        Kept::Accepted(leaf) => ("accepted", Some(leaf), None),
        Kept::Refused(number) => {
            let record = node.ledger.refusal(at.height, number)?;
            let refusal = Refusal::from_record(&record);
            ("refused", None, Some(json!({ "action": record.action, "refusal": refusal })))
        }
    };
    let view = EntryView {
        id,
        state,
        party,
        reference: payload.reference,
        event_time: payload.event_time,
        expires: payload.expires,
        documents: payload.documents,
        kid,
        height: at.height,
        time,
        leaf,
        refusal,
        actions,
    };
    serde_json::to_value(view).map_err(|e| Problem::internal(&e))
}
