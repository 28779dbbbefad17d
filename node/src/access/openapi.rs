//! The description of this interface for other people's tools.

use axum::Json;
use utoipa::OpenApi;

use super::{
    Problem, batches, certificates, entries, events, oversight, standing, status, subjects,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countersign node",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        description = "Entries in, receipts and everything that can be known out. Errors are \
            RFC 9457 problems that carry the refusal's number, in English and Chinese."
    ),
    paths(
        entries::submit,
        entries::check,
        entries::show,
        entries::receipt,
        subjects::list,
        subjects::show,
        subjects::history,
        subjects::evidence,
        subjects::next_move,
        oversight::exposure,
        oversight::line,
        oversight::account,
        oversight::note,
        certificates::certificate,
        certificates::paper,
        certificates::ask,
        certificates::answer,
        subjects::parties,
        subjects::alerts,
        batches::list,
        batches::show,
        events::stream,
        standing::status,
        status::genesis,
        standing::metrics,
        status::livez,
        standing::readyz
    ),
    components(schemas(Problem))
)]
struct Document;

pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
