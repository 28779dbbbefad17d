//! What people look at all day: the containers of a gate, each with its verdict, and whatever has a
//! number that somebody holds in hand.

use axum::{Json, extract::State};
use countersign_contracts::{
    combined_port::{
        self, Answer,
        state::{BoxRecord, Spot},
    },
    family::{FamilyName, State as FamilyState},
    refusal::Rule,
    shared,
    world::{Moment, SubjectKey, World},
};
use countersign_record::statement::EntryId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, Problem, Shared, blocking, caller::Member, expected, extract::Query};
use crate::limits::{
    PAGE_MAX, SCAN_MAX, SEARCH_EACH_MAX, SEARCH_SCAN_MAX, SEARCH_TEXT_MAX, SEARCH_TEXT_MIN,
};

/// Which containers a board shows.
#[derive(Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Board {
    /// Not gone: something is still to be done with it.
    Here,
    /// On a manifest, and not seen yet: in order of their bills, with the place where they are
    /// expected and when that was told; `allowed` is null, nothing was asked of them yet.
    Expected,
    /// On a barge.
    Afloat,
    /// May make the next move now.
    Free,
    /// May not make it, for another reason than a mismatch.
    Blocked,
    /// Wanted for inspection.
    Inspection,
    /// Held for a mismatch.
    Held,
}

impl Board {
    fn shows(self, container: &BoxRecord, answer: &Answer) -> bool {
        let held = is_held(container, answer);
        match self {
            Self::Here => answer.next_move != "none" && container.holder.spot != Spot::Outside,
            // Those stand on their bills.
            Self::Expected => false,
            Self::Afloat => container.holder.spot == Spot::Barge,
            Self::Free => answer.allowed,
            Self::Blocked => answer.blocking.is_some() && !held,
            Self::Inspection => answer.inspection.is_some(),
            Self::Held => held,
        }
    }
}

/// Itself, or with its bill.
fn is_held(container: &BoxRecord, answer: &Answer) -> bool {
    !container.holds.is_empty() || answer.blocking.as_ref().is_some_and(|no| no.rule == Rule::Held)
}

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct BoxPage {
    /// The board; all containers where it is not given.
    #[param(inline)]
    board: Option<Board>,
    /// A yard (`CNSUD/5150`), a barge or a ship: what is there.
    pub(super) place: Option<String>,
    /// Container numbers that begin with this.
    pub(super) prefix: Option<String>,
    /// The `next` of the page before.
    pub(super) after: Option<String>,
    /// How many, at most 500.
    limit: Option<usize>,
}

/// Containers in order of their numbers, each with what it may do next and which fact blocks it.
/// A request looks through so many and no more: where few fit, a page may be short or empty and
/// still have a next one.
#[utoipa::path(get, path = "/v1/boxes", params(BoxPage), responses((status = 200, body = Object)))]
pub(super) async fn boxes(
    State(node): App,
    member: Member,
    Query(page): Query<BoxPage>,
) -> Result<Json<Value>, Problem> {
    blocking(move || {
        let most = page.limit.unwrap_or(50).clamp(1, PAGE_MAX);
        let tip = node.ledger.tip();
        let time = node.clock.now_ms().max(tip.time);
        let now = Moment { height: tip.height + 1, time, rules: tip.rules };
        let (items, next) = match page.board {
            Some(Board::Expected) => expected::rows(&node, &member, &page, most)?,
            _ => rows(&node, &member, &page, most, now)?,
        };
        Ok(Json(json!({ "items": items, "next": next, "height": tip.height, "time": time })))
    })
    .await
}

/// Rows in order of their numbers, and where the next page goes on.
fn rows(
    node: &Shared,
    member: &Member,
    page: &BoxPage,
    most: usize,
    now: Moment,
) -> Result<(Vec<Value>, Option<String>), Problem> {
    let (mut items, mut after, mut scanned) = (Vec::new(), page.after.clone(), 0);
    loop {
        let found = some_boxes(node, page, after.as_deref())?;
        let last = found.len() < PAGE_MAX;
        for (key, container) in found {
            items.extend(row(node, member, page, &key, &container, now)?);
            after = Some(key.subject);
            scanned += 1;
            if items.len() == most || scanned == SCAN_MAX {
                return Ok((items, after));
            }
        }
        if last {
            return Ok((items, None));
        }
    }
}

fn some_boxes(
    node: &Shared,
    page: &BoxPage,
    after: Option<&str>,
) -> Result<Vec<(SubjectKey, shared::Shared<BoxRecord>)>, Problem> {
    let prefix = format!("box:{}", page.prefix.as_deref().unwrap_or_default());
    let found = node.ledger.subjects(FamilyName::CombinedPort, &prefix, after, PAGE_MAX)?;
    let boxes = found.into_iter().filter_map(|(key, record)| match record.state {
        FamilyState::CombinedPort(combined_port::State::Box(container)) => Some((key, container)),
        _ => None,
    });
    Ok(boxes.collect())
}

/// A row of a board; nothing where the container does not belong on it or not before this member.
fn row(
    node: &Shared,
    member: &Member,
    page: &BoxPage,
    key: &SubjectKey,
    container: &BoxRecord,
    now: Moment,
) -> Result<Option<Value>, Problem> {
    if page.place.as_ref().is_some_and(|place| *place != container.holder.place)
        || !member.sees(node, key)?
    {
        return Ok(None);
    }
    let Some((_, no)) = key.subject.split_once(':') else { return Ok(None) };
    let Some(answer) = combined_port::may_leave(&World::new(&*node.ledger), no, now)? else {
        return Ok(None);
    };
    if page.board.is_some_and(|board| !board.shows(container, &answer)) {
        return Ok(None);
    }
    let trip = container.trip.as_ref();
    let held = is_held(container, &answer);
    let mut row = serde_json::to_value(answer).map_err(|e| Problem::internal(&e))?;
    if let Some(fields) = row.as_object_mut() {
        fields.insert("bill_no".into(), json!(trip.map(|t| &t.bill_no)));
        fields.insert("batch_no".into(), json!(trip.and_then(|t| t.batch_no.as_ref())));
        fields.insert("flow".into(), json!(trip.map(|t| t.flow)));
        fields.insert("since".into(), json!(container.moved_by.as_ref().map(|by| by.at)));
        fields.insert("held".into(), held.into());
    }
    Ok(Some(row))
}

/// Where a number may stand: the family and what its subjects' names begin with.
const NUMBERED: [(FamilyName, &str); 21] = [
    (FamilyName::CombinedPort, "box:"),
    (FamilyName::CombinedPort, "bill:"),
    (FamilyName::CombinedPort, "declaration:"),
    (FamilyName::CombinedPort, "plan:"),
    (FamilyName::CombinedPort, "ship:"),
    (FamilyName::CombinedPort, "ship:UN"),
    (FamilyName::Guarantee, "line:"),
    (FamilyName::Guarantee, "drawdown:"),
    (FamilyName::BondedOil, "account:"),
    (FamilyName::BondedOil, "application:"),
    (FamilyName::BondedOil, "delivery:"),
    (FamilyName::BondedOil, "declaration:"),
    (FamilyName::Certificate, "certificate:"),
    (FamilyName::Certificate, "application:"),
    (FamilyName::Certificate, "letter:"),
    (FamilyName::Certificate, "archive:"),
    (FamilyName::Certificate, "animal:"),
    (FamilyName::Certificate, "paper:"),
    (FamilyName::Evidence, "file:"),
    (FamilyName::Membership, "party:"),
    (FamilyName::Membership, "proposal:"),
];

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Sought {
    /// A number as it stands on a paper, or its beginning: of a container, a bill, a declaration, a
    /// filing, a certificate, a ship (IMO too), a party, an entry.
    #[param(min_length = 2, max_length = 64)]
    q: String,
}

/// Whatever bears a number: subjects whose name is that number or begins with it, and the entry of
/// that id.
#[utoipa::path(get, path = "/v1/search", params(Sought), responses((status = 200, body = Object)))]
pub(super) async fn search(
    State(node): App,
    member: Member,
    Query(sought): Query<Sought>,
) -> Result<Json<Value>, Problem> {
    let (q, length) = (sought.q.clone(), sought.q.chars().count());
    if !(SEARCH_TEXT_MIN..=SEARCH_TEXT_MAX).contains(&length) {
        let detail = format!(
            "q has {length} characters; {SEARCH_TEXT_MIN} to {SEARCH_TEXT_MAX} are looked for"
        );
        return Err(Problem::bad_query(detail));
    }
    blocking(move || {
        let mut subjects = Vec::new();
        for (family, prefix) in NUMBERED {
            subjects.extend(seen_of_a_kind(&node, &member, family, &format!("{prefix}{q}"))?);
        }
        let entry = q.parse::<EntryId>().ok().map(|id| entry_seen(&node, &member, &id));
        let entry = entry.transpose()?.unwrap_or(false).then(|| q.clone());
        Ok(Json(json!({ "subjects": subjects, "entry": entry })))
    })
    .await
}

fn seen_of_a_kind(
    node: &Shared,
    member: &Member,
    family: FamilyName,
    name: &str,
) -> Result<Vec<Value>, Problem> {
    let most = if member.sees_all() { SEARCH_EACH_MAX } else { SEARCH_SCAN_MAX };
    let mut seen = Vec::new();
    for (key, record) in node.ledger.subjects(family, name, None, most)? {
        if seen.len() < SEARCH_EACH_MAX && member.sees_record(node, &key, &record)? {
            seen.push(json!({ "family": key.family, "subject": key.subject }));
        }
    }
    Ok(seen)
}

fn entry_seen(node: &Shared, member: &Member, id: &EntryId) -> Result<bool, Problem> {
    let Some(at) = node.ledger.place(id)? else { return Ok(false) };
    member.sees_entry(node, &node.ledger.statement(&at)?)
}
