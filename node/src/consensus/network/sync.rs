//! Fetching decided batches from a peer, and serving them: one stream per request.

use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use futures::AsyncWriteExt as _;
use libp2p::{Stream, StreamProtocol};
use libp2p_stream::{Control, OpenStreamError};
use malachitebft_codec::Codec as _;
use malachitebft_engine::network::NetworkEvent;
use malachitebft_sync::{
    InboundRequestId, OutboundFailureReason, OutboundRequestId, Request, Response,
};
use tokio::{sync::oneshot, time};

use super::{
    Note, Shared, address,
    frames::{read_frame, write_frame},
    lock,
    peer::{EnginePeerId, PeerState},
};
use crate::consensus::{codec::Wire, context::Ledger, limits};

/// Requests of peers that the engine has not answered yet.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<BTreeMap<InboundRequestId, oneshot::Sender<Bytes>>>);

impl Waiting {
    /// Passes on an answer. An unknown id is normal: the peer may have gone meanwhile.
    pub(crate) fn answer(&self, id: &InboundRequestId, answer: Bytes) {
        if let Some(waiter) = lock(&self.0).remove(id) {
            let _ = waiter.send(answer);
        }
    }

    /// The engine will not answer this one.
    pub(crate) fn cancel(&self, id: &InboundRequestId) {
        lock(&self.0).remove(id);
    }
}

/// Asks a peer and reports exactly one outcome, unless it is cancelled by being dropped.
pub(crate) async fn ask(
    mut control: Control,
    protocol: StreamProtocol,
    peer: EnginePeerId,
    id: OutboundRequestId,
    request: Bytes,
    shared: Arc<Shared>,
) {
    let exchange = exchange(&mut control, protocol, &peer, &request);
    let outcome = match time::timeout(limits::SYNC_REQUEST_MAX, exchange).await {
        Ok(outcome) => outcome,
        Err(_) => Err(OutboundFailureReason::Timeout),
    };
    let event = match outcome {
        Ok(Response::ValueResponse(values)) => {
            // Somebody has decided our next height: an idle node must not sleep over it.
            if let Some(first) = values.values.first() {
                shared.horizon.saw(first.certificate.height.0);
            }
            NetworkEvent::SyncResponse(id.clone(), peer, Some(Response::ValueResponse(values)))
        }
        Err(reason) => NetworkEvent::SyncRequestFailed(id.clone(), peer, reason),
    };
    shared.emit(&event);
    let _ = shared.notes.send(Note::SyncOver(id)).await;
}

async fn exchange(
    control: &mut Control,
    protocol: StreamProtocol,
    peer: &EnginePeerId,
    request: &[u8],
) -> Result<Response<Ledger>, OutboundFailureReason> {
    let peer = address::libp2p_id(peer).map_err(|_| OutboundFailureReason::DialFailure)?;
    let mut stream = control.open_stream(peer, protocol).await.map_err(|e| match e {
        OpenStreamError::UnsupportedProtocol(_) => OutboundFailureReason::UnsupportedProtocols,
        _ => OutboundFailureReason::ConnectionClosed,
    })?;
    let io = |_: io::Error| OutboundFailureReason::Io;
    write_frame(&mut stream, request).await.map_err(io)?;
    stream.flush().await.map_err(io)?;
    let answer = read_frame(&mut stream, limits::SYNC_RESPONSE_BYTES_MAX).await.map_err(io)?;
    Wire.decode(answer).map_err(io)
}

/// Reads one request of a peer, lets the engine answer it, and writes the answer.
pub(crate) async fn serve(
    mut stream: Stream,
    id: InboundRequestId,
    peer: Arc<PeerState>,
    waiting: Arc<Waiting>,
    shared: Arc<Shared>,
) {
    let request = read_frame(&mut stream, limits::SYNC_REQUEST_BYTES_MAX);
    let request: Request<Ledger> = match time::timeout(limits::SYNC_REQUEST_MAX, request).await {
        Ok(Ok(frame)) => match Wire.decode(frame) {
            Ok(request) => request,
            Err(_) => {
                let _ = shared.notes.send(Note::Junk(peer.id)).await;
                return;
            }
        },
        Ok(Err(_)) | Err(_) => return,
    };
    let (answer_tx, answer) = oneshot::channel();
    lock(&waiting.0).insert(id.clone(), answer_tx);
    let guard = Unanswered { id: Some(id.clone()), peer: peer.engine_id, waiting, shared };
    guard.shared.emit(&NetworkEvent::SyncRequest(id, peer.engine_id, request));
    if let Ok(Ok(answer)) = time::timeout(limits::SYNC_REQUEST_MAX, answer).await {
        guard.answered();
        let write = async {
            write_frame(&mut stream, &answer).await?;
            stream.close().await
        };
        if let Err(e) = time::timeout(limits::SYNC_REQUEST_MAX, write).await {
            tracing::debug!(peer = %peer.id, "a sync answer was not taken: {e}");
        }
    }
}

/// Tells the engine when a request ends without an answer, also if its connection goes.
struct Unanswered {
    id: Option<InboundRequestId>,
    peer: EnginePeerId,
    waiting: Arc<Waiting>,
    shared: Arc<Shared>,
}

impl Unanswered {
    fn answered(mut self) {
        self.id = None;
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.waiting.cancel(&id);
            self.shared.emit(&NetworkEvent::SyncInboundRequestFailed(id, self.peer));
        }
    }
}
