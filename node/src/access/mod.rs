//! The HTTP interface of a node: entries in, everything that can be known out.

mod batches;
mod boards;
mod bulk;
mod caller;
mod certificates;
mod changes;
mod console;
mod delivery_note;
pub(crate) mod door;
pub(crate) mod entries;
mod events;
mod expected;
mod extract;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod fuzz;
mod imports;
mod layers;
mod openapi;
mod oversight;
mod picture;
mod problem;
pub(crate) mod receipts;
mod rights;
pub(crate) mod serve;
pub(crate) mod shares;
mod standing;
mod status;
mod subjects;
mod together;
mod verify_page;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::from_fn,
    routing::{get, post},
};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::{
    admission::Admission,
    agreement::Agreement,
    backlog::Backlog,
    consensus::Consensus,
    ledger::Ledger,
    limits,
    runtime::{clock::Clock, metrics::Metrics, space::Space},
};

pub(crate) use imports::Imports;
pub use imports::TradeReader;
pub use picture::PictureReader;
pub(crate) use picture::Pictures;
pub use problem::Problem;

/// Entries that wait to be sent to the other nodes.
pub(crate) const GOSSIP_QUEUE: usize = 8192;
/// Most entries in one frame to the other nodes.
pub(crate) const GOSSIP_FRAME: usize = 256;

/// What every request can reach.
pub struct Shared {
    pub(crate) moniker: String,
    pub(crate) party: String,
    pub(crate) admission: Arc<Admission>,
    pub(crate) gate: entries::Gate,
    pub(crate) receipts: receipts::Receipts,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) agreement: Arc<Agreement>,
    pub(crate) consensus: Consensus,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) space: Arc<Space>,
    pub(crate) clock: Clock,
    pub(crate) gossip: mpsc::Sender<Bytes>,
    pub(crate) heartbeat: Duration,
    pub(crate) listeners: shares::Places,
    pub(crate) pictures: Pictures,
    pub(crate) bulks: shares::Places,
    pub(crate) imports: Imports,
    pub(crate) turnstile: shares::Turnstile,
}

type App = axum::extract::State<Arc<Shared>>;

/// All routes: those of the members, behind a layer that lets nobody else pass, and those of the
/// public, which ask for themselves where it matters.
fn router(shared: Arc<Shared>, door: &Arc<door::Door>) -> Router {
    let imports = post(imports::read).layer(DefaultBodyLimit::max(limits::IMPORT_BYTES_MAX));
    let members = Router::new()
        .route("/v1/entries", post(entries::submit))
        .route("/v1/entries/bulk", post(bulk::submit))
        .route("/v1/entries/check", post(entries::check))
        .route("/v1/imports", imports)
        .route("/v1/entries/{id}", get(entries::show))
        .route("/v1/entries/{id}/receipt", get(receipts::receipt))
        .route("/v1/subjects/{family}", get(subjects::list))
        .route("/v1/subjects/{family}/{subject}/history", get(subjects::history))
        .route("/v1/subjects/{family}/{subject}/evidence", get(subjects::evidence))
        .route("/v1/boxes", get(boards::boxes))
        .route("/v1/boxes/{container}/next", get(subjects::next_move))
        .route("/v1/exposure/{guarantor}", get(oversight::exposure))
        .route("/v1/lines/{filing_no}", get(oversight::line))
        .route("/v1/accounts/{account}", get(oversight::account))
        .route("/v1/deliveries/{bdn_no}/note", get(oversight::note))
        .route("/v1/parties", get(subjects::parties))
        .route("/v1/alerts", get(subjects::alerts))
        .route("/v1/search", get(boards::search))
        .route("/v1/batches", get(batches::list))
        .route("/v1/batches/{height}", get(batches::show))
        .route("/v1/events", get(events::stream))
        .route("/metrics", get(standing::metrics))
        .route_layer(from_fn(caller::members_only));
    let verify = get(certificates::ask)
        .post(certificates::answer)
        .layer(DefaultBodyLimit::max(limits::VERIFY_BYTES_MAX));
    let public = Router::new()
        // The proof of what is public; all else of a subject is asked for as a member.
        .route("/v1/subjects/{family}/{subject}", get(subjects::show))
        .route("/v1/certificates/{no}", get(certificates::certificate))
        .route("/v1/papers/{sha256}", get(certificates::paper))
        .route("/v1/status", get(standing::status))
        .route("/v1/genesis", get(status::genesis))
        .route("/v1/validators/changes", get(changes::list))
        .route("/verify", verify)
        .route("/openapi.json", get(openapi::document));
    let health = Router::new()
        .route("/livez", get(status::livez))
        .route("/readyz", get(standing::readyz))
        .method_not_allowed_fallback(standing::no_such_method);
    let busy = members
        .merge(public)
        .merge(console::routes())
        .fallback(status::no_such_path)
        .method_not_allowed_fallback(standing::no_such_method)
        .layer(DefaultBodyLimit::max(limits::REQUEST_BYTES_MAX));
    layers::around(busy, health, &shared, door).with_state(shared)
}

/// Runs something that reads the ledger where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal(&e))?
}
