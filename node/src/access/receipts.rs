//! Receipts out: the proof about an entry.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use countersign_record::statement::EntryId;
use serde::Deserialize;

use super::{
    App, Problem, blocking,
    caller::Member,
    entries::{COSE, read_id},
    extract::{Path, Query},
    together::{Asked, Together},
};
use crate::ledger::Ledger;

/// What a compact receipt comes as.
const COMPACT: &str = "application/vnd.countersign.receipt+cbor";

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Form {
    /// `compact` (the default: one path, all signatures) or `cose` (the statement with standard
    /// receipts attached, RFC 9942).
    format: Option<String>,
    /// Leave out the changes of the validator set up to this height: for whoever has followed them
    /// (`countersign membership follow`), and for nobody else.
    since: Option<u64>,
}

/// The proof about an entry, accepted or refused.
#[utoipa::path(get, path = "/v1/entries/{id}/receipt", params(("id" = String, Path), Form),
    responses((status = 200, description = "the receipt", content(
            (Vec<u8> = "application/vnd.countersign.receipt+cbor"),
            (Vec<u8> = "application/cose"))),
        (status = 404, body = Problem)))]
pub(super) async fn receipt(
    State(node): App,
    member: Member,
    Path(id): Path<String>,
    Query(form): Query<Form>,
) -> Result<Receipt, Problem> {
    let cose = match form.format.as_deref() {
        None | Some("compact") => false,
        Some("cose") => true,
        Some(other) => {
            let detail = format!("format is '{other}', expected 'compact' or 'cose'");
            return Err(Problem::bad_query(detail));
        }
    };
    let id = read_id(&id)?;
    let asked = node.clone();
    let seen = move || match asked.ledger.place(&id)? {
        Some(at) if member.sees_entry(&asked, &asked.ledger.statement(&at)?)? => Ok(()),
        _ => Err(not_final(id)),
    };
    blocking(seen).await?;
    node.receipts.ask(ReceiptWanted { id, cose, since: form.since }).await?
}

fn not_final(id: EntryId) -> Problem {
    Problem::not_found(format!("no entry {id} that is final"))
}

/// Where receipts are made.
pub(crate) type Receipts = Together<ReceiptWanted, Result<Receipt, Problem>>;

/// Which receipt is wanted, and how.
pub(crate) struct ReceiptWanted {
    id: EntryId,
    cose: bool,
    since: Option<u64>,
}

impl ReceiptWanted {
    /// The usual one.
    pub(super) fn compact(id: EntryId) -> Self {
        Self { id, cose: false, since: None }
    }
}

/// A receipt as it is handed out.
pub(crate) struct Receipt {
    id: EntryId,
    kind: &'static str,
    /// The file.
    pub(super) bytes: Vec<u8>,
}

impl IntoResponse for Receipt {
    fn into_response(self) -> Response {
        let name = format!("attachment; filename=\"{}.receipt\"", self.id);
        let headers = [
            (header::CONTENT_TYPE, self.kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
            (header::HeaderName::from_static("countersign-entry"), self.id.to_string()),
        ];
        (headers, self.bytes).into_response()
    }
}

/// A place to ask for receipts at.
pub(crate) fn receipts(ledger: Arc<Ledger>) -> Receipts {
    Together::new(move |wanted: Vec<Asked<ReceiptWanted, _>>| {
        for (wanted, told) in wanted {
            // Who has gone away meanwhile need not be told.
            drop(told.send(make_receipt(&ledger, &wanted)));
        }
    })
}

fn make_receipt(ledger: &Ledger, wanted: &ReceiptWanted) -> Result<Receipt, Problem> {
    let ReceiptWanted { id, cose, since } = *wanted;
    let at = ledger.place(&id)?.ok_or_else(|| not_final(id))?;
    ledger.keeps_batch(at.height)?;
    let mut receipt = ledger.receipt_at(&at)?.ok_or_else(|| not_final(id))?;
    receipt.links.retain(|link| since.is_none_or(|h| link.commit.header.height > h));
    let (kind, bytes) = if cose {
        let bytes = receipt.to_cose().ok_or_else(|| {
            Problem::bad_query("a refusal has no standard receipt; ask for format=compact")
        })?;
        (COSE, bytes)
    } else {
        (COMPACT, receipt.to_compact())
    };
    Ok(Receipt { id, kind, bytes })
}
