//! The HTTP interface of a node: entries in, everything that can be known out.

mod batches;
mod certificates;
mod changes;
mod delivery_note;
mod entries;
mod events;
mod openapi;
mod oversight;
mod picture;
mod problem;
mod status;
mod subjects;
mod verify_page;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc};

use crate::{
    admission::Admission,
    agreement::Agreement,
    backlog::Backlog,
    consensus::Consensus,
    ledger::Ledger,
    limits,
    runtime::{clock::Clock, metrics::Metrics, space::Space},
};

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
    pub(crate) admission: Admission,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) backlog: Arc<Backlog>,
    pub(crate) agreement: Arc<Agreement>,
    pub(crate) consensus: Consensus,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) space: Arc<Space>,
    pub(crate) clock: Clock,
    pub(crate) gossip: mpsc::Sender<Bytes>,
    pub(crate) heartbeat: Duration,
    pub(crate) listeners: Arc<Semaphore>,
    pub(crate) pictures: Pictures,
}

type App = axum::extract::State<Arc<Shared>>;

/// All routes.
pub fn router(shared: Arc<Shared>) -> Router {
    let v1 = Router::new()
        .route("/entries", post(entries::submit))
        .route("/entries/check", post(entries::check))
        .route("/entries/{id}", get(entries::show))
        .route("/entries/{id}/receipt", get(entries::receipt))
        .route("/subjects/{family}", get(subjects::list))
        .route("/subjects/{family}/{subject}", get(subjects::show))
        .route("/subjects/{family}/{subject}/history", get(subjects::history))
        .route("/subjects/{family}/{subject}/evidence", get(subjects::evidence))
        .route("/boxes/{container}/next", get(subjects::next_move))
        .route("/exposure/{guarantor}", get(oversight::exposure))
        .route("/lines/{filing_no}", get(oversight::line))
        .route("/accounts/{account}", get(oversight::account))
        .route("/deliveries/{bdn_no}/note", get(oversight::note))
        .route("/certificates/{no}", get(certificates::certificate))
        .route("/papers/{sha256}", get(certificates::paper))
        .route("/parties", get(subjects::parties))
        .route("/alerts", get(subjects::alerts))
        .route("/batches", get(batches::list))
        .route("/batches/{height}", get(batches::show))
        .route("/validators/changes", get(changes::list))
        .route("/events", get(events::stream))
        .route("/status", get(status::status))
        .route("/genesis", get(status::genesis));
    let verify = get(certificates::ask)
        .post(certificates::answer)
        .layer(DefaultBodyLimit::max(limits::VERIFY_BYTES_MAX));
    Router::new()
        .nest("/v1", v1)
        .route("/verify", verify)
        .route("/metrics", get(status::metrics))
        .route("/livez", get(status::livez))
        .route("/readyz", get(status::readyz))
        .route("/openapi.json", get(openapi::document))
        .fallback(status::no_such_path)
        .layer(DefaultBodyLimit::max(limits::REQUEST_BYTES_MAX))
        .with_state(shared)
}

/// Runs something that reads the ledger where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal(&e))?
}
