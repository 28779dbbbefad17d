//! The changes of the validator set, for those who follow it without a copy of the ledger.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{App, Problem, blocking, extract::Query};
use crate::limits::CHANGES_PAGE_MAX;

/// What changes come as: an array of the links that receipts carry.
const CHANGES: &str = "application/cbor";

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct After {
    /// The height of the last change that is known; the founding where it is not given.
    after: Option<u64>,
}

/// Changes of the validator set in their order, each signed by the set before: at most 64. Ask again
/// after the last of them until there is none.
#[utoipa::path(get, path = "/v1/validators/changes", security(()), params(After),
    responses((status = 200, description = "an array of changes, as receipts carry them",
            body = Vec<u8>, content_type = "application/cbor"),
        (status = 400, body = Problem)))]
pub(super) async fn list(State(node): App, Query(page): Query<After>) -> Result<Response, Problem> {
    blocking(move || {
        let after = page.after.unwrap_or_default();
        let links = node.ledger.links_after(after, CHANGES_PAGE_MAX)?;
        let bytes = countersign_record::encoding::encode(&links);
        Ok(([(header::CONTENT_TYPE, CHANGES)], bytes).into_response())
    })
    .await
}
