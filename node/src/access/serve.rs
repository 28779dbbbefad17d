//! Connections: how many there may be, and how long each may keep us waiting.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{
    Shared,
    caller::Peer,
    door::{Door, Entrance},
    router,
    shares::{Payer, Shares},
};
use crate::limits::{
    CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, HANDSHAKE_MAX, HEADER_BYTES_MAX,
    HEADER_LINES_MAX, HEADER_MAX, WRITE_STALL_MAX,
};

/// How long nothing is accepted after the system has refused a connection, for instance for want of
/// file descriptors.
const PAUSE_AFTER_FAULT: Duration = Duration::from_millis(100);

/// How much a door puts up with.
#[derive(Clone, Copy)]
struct Bounds {
    connections: usize,
    connections_per_address: usize,
    handshake: Duration,
    header: Duration,
    write_stall: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: CONNECTIONS_MAX,
            connections_per_address: CONNECTIONS_PER_ADDRESS_MAX,
            handshake: HANDSHAKE_MAX,
            header: HEADER_MAX,
            write_stall: WRITE_STALL_MAX,
        }
    }
}

/// Serves until it is told to stop.
pub(crate) async fn serve(entrance: Entrance, shared: Arc<Shared>, stop: CancellationToken) {
    let Entrance { listener, door, .. } = entrance;
    let router = router(shared, &door);
    accept(listener, door, router, Bounds::default(), stop).await;
}

async fn accept(
    listener: TcpListener,
    door: Arc<Door>,
    router: Router,
    bounds: Bounds,
    stop: CancellationToken,
) {
    let (places, addresses) = (Arc::new(Semaphore::new(bounds.connections)), Shares::default());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => return,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(e) => {
                tracing::warn!("a connection could not be accepted: {e}");
                tokio::time::sleep(PAUSE_AFTER_FAULT).await;
                continue;
            }
        };
        // Who finds no place is cut off without a word: a word would take a place.
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        let most = match door.is_guarded() && !door.is_behind_proxy() {
            true => bounds.connections_per_address,
            // All come from one address here: the proxy's, or the operator's own.
            false => bounds.connections,
        };
        let Some(share) = addresses.take(Payer::Address(from.ip()), most) else { continue };
        let (router, door, stop) = (router.clone(), door.clone(), stop.clone());
        tokio::spawn(async move {
            let _counted = (place, share);
            tokio::select! {
                () = connection(stream, from, router, &door, bounds) => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

/// One connection, to its end. A client that breaks it, or the rules, is no fault of ours.
async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    door: &Door,
    bounds: Bounds,
) {
    // An answer is written in one go: nothing is gained by waiting for more.
    let _best_effort = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(bounds.write_stall));
    let stream = Box::pin(stream);
    match door.acceptor() {
        None => requests(stream, from, router, bounds).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = timeout(bounds.handshake, acceptor.accept(stream)).await {
                requests(stream, from, router, bounds).await;
            }
        }
    }
}

async fn requests<S>(stream: S, from: SocketAddr, router: Router, bounds: Bounds)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(from.ip()));
        let router = router.clone();
        async move {
            Ok::<_, Infallible>(router.oneshot(request).await.unwrap_or_else(|no| match no {}))
        }
    });
    let ended = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.header)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADER_LINES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(e) = ended {
        tracing::debug!(%from, "a connection ended: {e}");
    }
}

#[cfg(test)]
mod tests;
