//! What guarantors and customs ask: exposure, the statement of a line, the book of an oil account,
//! and the note of a delivery. Each is read from one height.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, header},
    response::{Html, IntoResponse, Response},
};
use countersign_contracts::{
    bonded_oil::{self, AccountView, DeliveryNote},
    family::{FamilyName, State as FamilyState},
    guarantee::{self, Holding, LineStatement, check_listing, exposure as exposure_of},
    shared,
    world::{Record, SubjectKey},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    App, Problem, blocking,
    caller::Member,
    delivery_note,
    extract::{Path, Query},
};
use crate::ledger::View;

/// What a line's statement comes as.
const LINE_STATEMENT: &str = "application/vnd.countersign.line-statement+cbor";

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct At {
    /// A height: everything as it stood after that batch; the newest where it is not given.
    at: Option<u64>,
}

/// What a guarantor answers for: by enterprise, scope, day and due day; headroom; what falls due;
/// lines that expire with live draws; claims. The listing of every line is checked to be complete.
#[utoipa::path(get, path = "/v1/exposure/{guarantor}", params(("guarantor" = String, Path), At),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn exposure(
    State(node): App,
    member: Member,
    Path(guarantor): Path<String>,
    Query(at): Query<At>,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let view = node.ledger.view(at.at)?;
        let missing =
            |height| Problem::not_found(format!("no guarantee of {guarantor} at height {height}"));
        if !member.is_or_sees_all(&guarantor) {
            return Err(missing(view.height()));
        }
        let group = SubjectKey::new(FamilyName::Guarantee, format!("guarantor:{guarantor}"));
        let mut lines = Vec::new();
        for (key, record) in view.listed(&group)? {
            if let FamilyState::Guarantee(guarantee::State::Line(line)) = record.state {
                let drawdowns = drawdowns(&view, &key)?;
                lines.push((name_of(&key), line, drawdowns));
            }
        }
        if lines.is_empty() {
            return Err(missing(view.height()));
        }
        let holdings: Vec<_> = lines
            .iter()
            .map(|(filing_no, line, drawdowns)| {
                let listed = drawdowns.iter().map(|d| (d.entry_no.as_str(), &*d.drawdown));
                Holding::new(filing_no, line, listed)
            })
            .collect();
        let found = exposure_of(&guarantor, &holdings, view.time()?)
            .map_err(|(line, bad)| Problem::internal(&format!("line {line}: {bad}")))?;
        Ok(Json(with_height(json!(found), view.height())))
    })
    .await
}

/// A line and its live drawdowns: as JSON, or as a file that proves that none was left out.
#[utoipa::path(get, path = "/v1/lines/{filing_no}", params(("filing_no" = String, Path), LineQuery),
    responses((status = 200, description = "the line with its live drawdowns; with `proof=true` \
            the statement that proves them", content((Object = "application/json"),
            (Vec<u8> = "application/vnd.countersign.line-statement+cbor"))),
        (status = 404, body = Problem),
        (status = 410, description = "the state tree of that height is not kept any more",
            body = Problem)))]
pub(super) async fn line(
    State(node): App,
    member: Member,
    Path(filing_no): Path<String>,
    Query(query): Query<LineQuery>,
) -> Result<Response, Problem> {
    blocking(move || {
        let view = node.ledger.view(query.at)?;
        let key = SubjectKey::new(FamilyName::Guarantee, format!("line:{filing_no}"));
        let missing = || {
            let height = view.height();
            Problem::not_found(format!("no guarantee line {filing_no} at height {height}"))
        };
        member.require(&node, &key, missing)?;
        let Some(FamilyState::Guarantee(guarantee::State::Line(line))) =
            view.record(&key)?.map(|r| r.state)
        else {
            return Err(missing());
        };
        let mut live = drawdowns(&view, &key)?;
        live.retain(|d| d.drawdown.stage.is_live() && d.drawdown.filing_no == filing_no);
        let listed = live.iter().map(|d| (d.entry_no.as_str(), &*d.drawdown));
        check_listing(&filing_no, &line, listed)
            .map_err(|bad| Problem::internal(&format!("line {filing_no}: {bad}")))?;
        if query.proof != Some(true) {
            let live: Vec<_> = live.iter().filter_map(|d| d.drawdown.live(&d.entry_no)).collect();
            let value = json!({ "filing_no": filing_no, "line": line, "live": live });
            return Ok(Json(with_height(value, view.height())).into_response());
        }
        let statement = LineStatement {
            proof: view.state_proof(&key)?.to_bytes(),
            live: live.iter().filter_map(|d| d.drawdown.live(&d.entry_no)).collect(),
        };
        let name = "attachment; filename=\"line.statement\"";
        let headers = [(header::CONTENT_TYPE, LINE_STATEMENT), (header::CONTENT_DISPOSITION, name)];
        Ok((headers, statement.to_bytes()).into_response())
    })
    .await
}

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct LineQuery {
    /// A height: everything as it stood after that batch; the newest where it is not given.
    at: Option<u64>,
    /// `true`: answer with the statement that proves the listing complete.
    proof: Option<bool>,
}

/// A drawdown with its declaration's number.
struct Drawn {
    entry_no: String,
    drawdown: shared::Shared<guarantee::state::Drawdown>,
}

/// Everything that was ever drawn on a line and was there at the height of the view.
fn drawdowns(view: &View<'_>, line: &SubjectKey) -> Result<Vec<Drawn>, Problem> {
    let listed = view.listed(line)?.into_iter().filter_map(|(key, record)| match record.state {
        FamilyState::Guarantee(guarantee::State::Drawdown(drawdown)) => {
            Some(Drawn { entry_no: name_of(&key), drawdown })
        }
        _ => None,
    });
    Ok(listed.collect())
}

/// The book of a logistics account: tanks against dips, open approvals, undeclared deliveries,
/// disputes.
#[utoipa::path(get, path = "/v1/accounts/{account}", params(("account" = String, Path), At),
    responses((status = 200, body = Object), (status = 404, body = Problem)))]
pub(super) async fn account(
    State(node): App,
    member: Member,
    Path(account_no): Path<String>,
    Query(at): Query<At>,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let view = node.ledger.view(at.at)?;
        let key = SubjectKey::new(FamilyName::BondedOil, format!("account:{account_no}"));
        let missing = || {
            let height = view.height();
            Problem::not_found(format!("no logistics account {account_no} at height {height}"))
        };
        member.require(&node, &key, missing)?;
        let Some(bonded_oil::State::Account(account)) = view.record(&key)?.and_then(oil_state)
        else {
            return Err(missing());
        };
        // Suppliers that share the warehouse see nothing of each other.
        let mut listed = Vec::new();
        for (key, record) in view.listed(&key)? {
            if member.sees(&node, &key)?
                && let Some(state) = oil_state(record)
            {
                listed.push((key.subject, state));
            }
        }
        let listed = listed.iter().map(|(name, state)| (name.as_str(), state));
        let found = AccountView::of(&account_no, &account, listed);
        Ok(Json(with_height(json!(found), view.height())))
    })
    .await
}

/// The bunker delivery note of a delivery, with every field of MARPOL Annex VI, appendix V: as
/// JSON, or as a page for the printer where `text/html` is accepted.
#[utoipa::path(get, path = "/v1/deliveries/{bdn_no}/note", params(("bdn_no" = String, Path), At),
    responses((status = 200, content((Object = "application/json"), (String = "text/html"))),
        (status = 404, body = Problem)))]
pub(super) async fn note(
    State(node): App,
    member: Member,
    Path(bdn_no): Path<String>,
    Query(at): Query<At>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or("");
    let page = accept.contains("text/html");
    blocking(move || {
        let view = node.ledger.view(at.at)?;
        let find = |subject: String| -> Result<_, Problem> {
            let key = SubjectKey::new(FamilyName::BondedOil, subject);
            Ok(view.record(&key)?.and_then(oil_state))
        };
        let missing =
            || Problem::not_found(format!("no delivery {bdn_no} at height {}", view.height()));
        let key = SubjectKey::new(FamilyName::BondedOil, format!("delivery:{bdn_no}"));
        member.require(&node, &key, missing)?;
        let Some(bonded_oil::State::Delivery(delivery)) = find(format!("delivery:{bdn_no}"))?
        else {
            return Err(missing());
        };
        let application = format!("application:{}", delivery.note.application_no);
        let Some(bonded_oil::State::Application(application)) = find(application)? else {
            return Err(missing());
        };
        let note = DeliveryNote::of(&bdn_no, &delivery, &application);
        if page {
            let network = node.ledger.network();
            let page = delivery_note::page(&note, &network, view.height(), view.time()?);
            return Ok(Html(page.into_string()).into_response());
        }
        Ok(Json(with_height(json!(note), view.height())).into_response())
    })
    .await
}

fn oil_state(record: Record) -> Option<bonded_oil::State> {
    match record.state {
        FamilyState::BondedOil(state) => Some(state),
        _ => None,
    }
}

/// What stands after the colon of a subject's name.
fn name_of(key: &SubjectKey) -> String {
    key.subject.split_once(':').map_or_else(|| key.subject.clone(), |(_, name)| name.into())
}

fn with_height(mut value: Value, height: u64) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.insert("height".into(), height.into());
    }
    value
}
