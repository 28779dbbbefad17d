//! Batches as they become final, as server-sent events that a broken line can resume.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, stream};
use tokio::sync::watch;

use super::{App, Problem, Shared, batches::batch_json, blocking, caller::Member, shares::Place};

struct Listener {
    node: Arc<Shared>,
    news: watch::Receiver<u64>,
    next: u64,
    member: Member,
    _place: Place,
}

/// Every batch from now on, or from the one after `Last-Event-ID` on. The id of an event is the
/// height of its batch.
#[utoipa::path(get, path = "/v1/events",
    params(("Last-Event-ID" = Option<u64>, Header, description = "the last height that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = String),
        (status = 410, description = "that batch is not kept any more", body = Problem),
        (status = 503, body = Problem)))]
pub(super) async fn stream(
    State(node): App,
    member: Member,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let place = node.listeners.take(&member)?;
    // Subscribe before the tip is read, so that no batch falls between the two.
    let news = node.agreement.news();
    let next = match headers.get("last-event-id").map(|v| v.to_str().unwrap_or("").parse()) {
        None => node.ledger.tip().height + 1,
        Some(Ok(seen)) => u64::saturating_add(seen, 1),
        Some(Err(_)) => return Err(Problem::bad_query("Last-Event-ID is not a height")),
    };
    node.ledger.keeps_batch(next)?;
    let listener = Listener { node, news, next, member, _place: place };
    let events = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

impl Listener {
    /// The next batch. It is read from the ledger, so a slow listener misses nothing.
    async fn next(&mut self) -> Option<Event> {
        while self.node.ledger.tip().height < self.next {
            self.news.changed().await.ok()?;
        }
        // A token ends, and a key is revoked, while the stream goes on: then the stream ends.
        self.member = self.member.renew(&self.node).ok()?;
        let (node, member, height) = (self.node.clone(), self.member.clone(), self.next);
        let batch = blocking(move || batch_json(&node, &member, height)).await.ok()?;
        self.next += 1;
        Some(Event::default().id(height.to_string()).event("batch").data(batch.to_string()))
    }
}
