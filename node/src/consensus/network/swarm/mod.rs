//! The one task that owns the connections.

mod doorstep;
mod membership;
mod outgoing;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use bytes::Bytes;
use futures::StreamExt as _;
use libp2p::{
    Multiaddr, PeerId, StreamProtocol, Swarm,
    core::transport::ListenerId,
    noise,
    swarm::{ListenError, NetworkBehaviour, SwarmEvent},
    tcp, yamux,
};
use libp2p_allow_block_list as allow;
use libp2p_connection_limits as connections;
use malachitebft_app_channel::NetworkMsg;
use malachitebft_engine::network::{Msg, NetworkEvent};
use malachitebft_network::Channel;
use malachitebft_sync::{InboundRequestId, OutboundRequestId};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{self, Instant},
};

use super::{
    Note, Shared, address,
    frames::{tag, tagged},
    lanes::{self, Lane},
    lock,
    peer::{Allowance, EnginePeerId, Owned, PeerState},
    queue::{Outbox, outbox},
    sync,
};
use crate::consensus::{
    boundary::{Fault, Member, Members, Settings},
    context::{Height, Ledger},
    limits,
};

/// The allow-list comes first: its refusal falls before any handler of the others exists.
#[derive(NetworkBehaviour)]
struct Behaviour {
    allowed: allow::Behaviour<allow::AllowedPeers>,
    doorstep: doorstep::Behaviour,
    limits: connections::Behaviour,
    streams: libp2p_stream::Behaviour,
}

/// Everything that the task listens to.
pub(crate) struct Inputs {
    pub(crate) commands: mpsc::Receiver<Msg<Ledger>>,
    pub(crate) parts: mpsc::Receiver<NetworkMsg<Ledger>>,
    pub(crate) publish: mpsc::Receiver<Vec<Bytes>>,
    pub(crate) notes: mpsc::Receiver<Note>,
    pub(crate) members: watch::Receiver<Members>,
}

/// A member as the task sees it, connected or not.
struct Seat {
    key: [u8; 32],
    member: Member,
    allowance: Arc<Allowance>,
    junk: u32,
    banished_until: Option<Instant>,
    lonely_since: Instant,
    dialled: Option<Instant>,
}

/// A connected member.
struct Link {
    state: Arc<PeerState>,
    lanes: BTreeMap<Lane, Outbox>,
    readers: BTreeMap<Lane, Owned>,
    serving: JoinSet<()>,
    _writers: Vec<Owned>,
}

pub(crate) struct Core {
    me: PeerId,
    my_engine_id: EnginePeerId,
    swarm: Swarm<Behaviour>,
    control: libp2p_stream::Control,
    protocols: BTreeMap<Option<Lane>, StreamProtocol>,
    listen: Multiaddr,
    listener: Option<ListenerId>,
    listening: Vec<Multiaddr>,
    book: BTreeMap<PeerId, Vec<Multiaddr>>,
    seats: BTreeMap<PeerId, Seat>,
    links: BTreeMap<PeerId, Link>,
    asking: BTreeMap<OutboundRequestId, Owned>,
    waiting: Arc<sync::Waiting>,
    requests: u64,
    /// The lowest height that we serve, as the engine said last; nothing is told before.
    serves_from: Option<Height>,
    told: Instant,
    acceptors: Vec<Owned>,
    shared: Arc<Shared>,
    connected: watch::Sender<BTreeSet<[u8; 32]>>,
}

// Every setter of the multiplexer's configuration would select its old, vulnerable version: the
// default stands as it is, and each connection's streams are bounded by the lanes that accept them.
fn build(settings: &Settings) -> Result<Swarm<Behaviour>, Fault> {
    let keypair = address::keypair(&settings.network_seed)?;
    let caps = connections::ConnectionLimits::default()
        .with_max_pending_incoming(Some(limits::PENDING_INCOMING_MAX))
        .with_max_established_per_peer(Some(limits::CONNECTIONS_PER_PEER_MAX));
    let behaviour = Behaviour {
        allowed: allow::Behaviour::default(),
        doorstep: doorstep::Behaviour::default(),
        limits: connections::Behaviour::new(caps),
        streams: libp2p_stream::Behaviour::new(),
    };
    let swarm = libp2p::SwarmBuilder::with_existing_identity(keypair)
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)
        .map_err(|e| Fault(format!("the encrypted transport cannot be set up: {e}")))?
        .with_behaviour(|_| behaviour)
        .map_err(|e| Fault(format!("the network cannot be set up: {e}")))?
        .with_swarm_config(|c| c.with_idle_connection_timeout(limits::IDLE_CONNECTION_MAX))
        .with_connection_timeout(limits::HANDSHAKE_MAX)
        .build();
    Ok(swarm)
}

/// The protocol of a lane (or of sync), bound to the network, so that nodes of two networks
/// that share keys do not mix.
fn protocol(settings: &Settings, lane: Option<Lane>) -> Result<StreamProtocol, Fault> {
    let name = lane.map_or("sync", Lane::name);
    let network = &settings.network.to_string()[..16];
    StreamProtocol::try_from_owned(format!("/countersign/{network}/{name}/1")).map_err(Fault::new)
}

impl Core {
    pub(crate) fn new(
        settings: &Settings,
        shared: Arc<Shared>,
        connected: watch::Sender<BTreeSet<[u8; 32]>>,
    ) -> Result<Self, Fault> {
        let swarm = build(settings)?;
        let control = swarm.behaviour().streams.new_control();
        let me = *swarm.local_peer_id();
        let mut book = address::address_book(&settings.peers)?;
        book.remove(&me);
        let all = Lane::ALL.into_iter().map(Some).chain([None]);
        let protocols =
            all.map(|lane| Ok((lane, protocol(settings, lane)?))).collect::<Result<_, Fault>>()?;
        Ok(Self {
            me,
            my_engine_id: address::engine_id(&me)?,
            swarm,
            control,
            protocols,
            listen: address::parse(&settings.listen)?,
            listener: None,
            listening: Vec::new(),
            book,
            seats: BTreeMap::new(),
            links: BTreeMap::new(),
            asking: BTreeMap::new(),
            waiting: Arc::default(),
            requests: 0,
            serves_from: None,
            told: Instant::now(),
            acceptors: Vec::new(),
            shared,
            connected,
        })
    }

    /// Runs until the engine lets go of the network.
    pub(crate) async fn run(mut self, mut inputs: Inputs) {
        let mut chores = time::interval(limits::HOUSEKEEPING_EVERY);
        let mut beats = time::interval(limits::BEAT_EVERY);
        let mut standings = self.shared.horizon.follow();
        let members = inputs.members.borrow_and_update().clone();
        self.seat(&members);
        loop {
            // Swarm events first: a peer is known before a stream that it opened is looked at.
            tokio::select! {
                biased;
                event = self.swarm.select_next_some() => self.on_event(event),
                command = inputs.commands.recv() => match command {
                    Some(command) => self.on_command(command),
                    None => return,
                },
                Ok(()) = inputs.members.changed() => {
                    let members = inputs.members.borrow_and_update().clone();
                    self.seat(&members);
                }
                Ok(()) = standings.changed() => self.tell_tip(standings.borrow_and_update().tip),
                Some(note) = inputs.notes.recv() => self.on_note(note),
                Some(NetworkMsg::PublishProposalPart(part)) = inputs.parts.recv() => self.publish_part(&part),
                Some(entries) = inputs.publish.recv() => self.publish_entries(&entries),
                _ = chores.tick() => self.housekeeping(),
                _ = beats.tick() => self.broadcast(Lane::Consensus, &tagged(tag::BEAT, &[])),
            }
        }
    }

    /// Listens, accepts and dials from the moment that somebody takes what arrives.
    fn open_the_doors(&mut self) {
        if self.listener.is_some() {
            return;
        }
        for (lane, protocol) in &self.protocols {
            let Ok(mut incoming) = self.control.accept(protocol.clone()) else { continue };
            let (lane, notes) = (*lane, self.shared.notes.clone());
            self.acceptors.push(Owned::spawn(async move {
                while let Some((peer, stream)) = incoming.next().await {
                    let _ = notes.send(Note::Accepted(lane, peer, stream)).await;
                }
            }));
        }
        match self.swarm.listen_on(self.listen.clone()) {
            Ok(id) => self.listener = Some(id),
            Err(e) => self.shared.halt.because(Fault(format!(
                "this node cannot listen for the others at {}: {e}; is the port taken?",
                self.listen
            ))),
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::NewListenAddr { address, .. } => {
                tracing::info!(%address, "listening for the other nodes");
                self.listening.push(address.clone());
                self.shared.emit(&NetworkEvent::Listening(address));
            }
            SwarmEvent::ListenerClosed { reason: Err(e), .. } => {
                let fault = format!("this node can no longer listen for the others: {e}");
                self.shared.halt.because(Fault(fault));
            }
            SwarmEvent::ConnectionEstablished { peer_id, num_established, .. }
                if num_established.get() == 1 =>
            {
                self.link(peer_id);
            }
            SwarmEvent::ConnectionClosed { peer_id, num_established: 0, cause, .. } => {
                tracing::info!(peer = %peer_id, cause = ?cause, "peer disconnected");
                self.unlink(&peer_id);
            }
            SwarmEvent::IncomingConnectionError {
                error: ListenError::Denied { .. },
                send_back_addr,
                ..
            } => {
                self.shared.meters.strangers_refused.inc();
                tracing::debug!(from = %send_back_addr, "a stranger was refused");
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                tracing::debug!(%peer, "a peer cannot be reached: {error}");
            }
            _ => {}
        }
    }

    fn link(&mut self, id: PeerId) {
        let Some(seat) = self.seats.get(&id) else { return };
        let Ok(engine_id) = address::engine_id(&id) else { return };
        tracing::info!(peer = %id, validator = ?seat.member.validator, "peer connected");
        let (validator, allowance) = (seat.member.validator, seat.allowance.clone());
        let state = PeerState::new(id, engine_id, seat.key, validator, allowance);
        lock(&self.shared.holds).insert(engine_id, state.holds.clone());
        let mut lanes = BTreeMap::new();
        let mut writers = Vec::new();
        for lane in Lane::ALL {
            let (queue, frames) = outbox(lane, &state.holds);
            lanes.insert(lane, queue);
            let (control, protocol) = (self.control.clone(), self.protocols[&Some(lane)].clone());
            let notes = self.shared.notes.clone();
            writers.push(Owned::spawn(lanes::write_lane(control, protocol, id, frames, notes)));
        }
        self.introduce(&lanes[&Lane::Consensus]);
        let (readers, serving) = (BTreeMap::new(), JoinSet::new());
        self.links.insert(id, Link { state, lanes, readers, serving, _writers: writers });
        self.announce();
        self.shared.emit(&NetworkEvent::PeerConnected(engine_id));
        self.shared.emit(&NetworkEvent::PeerSubscribed(engine_id, Channel::Sync));
    }

    fn unlink(&mut self, id: &PeerId) {
        if let Some(seat) = self.seats.get_mut(id) {
            seat.lonely_since = Instant::now();
        }
        if let Some(link) = self.links.remove(id) {
            lock(&self.shared.holds).remove(&link.state.engine_id);
            self.announce();
            self.shared.emit(&NetworkEvent::PeerDisconnected(link.state.engine_id));
        }
    }

    fn announce(&self) {
        self.connected.send_replace(self.links.values().map(|link| link.state.key).collect());
        self.shared.meters.peers.set(i64::try_from(self.links.len()).unwrap_or(i64::MAX));
    }

    fn on_note(&mut self, note: Note) {
        match note {
            Note::Accepted(lane, peer, stream) => {
                let Some(link) = self.links.get_mut(&peer) else { return };
                if !link.state.allowance.streams.try_take(Instant::now()) {
                    // Dropped unanswered: whoever needs it tries again.
                    self.shared.meters.streams_refused.inc();
                    return;
                }
                let (state, shared) = (link.state.clone(), self.shared.clone());
                if let Some(lane) = lane {
                    // A second stream of a lane takes the place of the first.
                    let reader = Owned::spawn(lanes::read_lane(lane, stream, state, shared));
                    link.readers.insert(lane, reader);
                } else if link.serving.len() < limits::SYNC_INBOUND_PER_PEER_MAX {
                    self.requests += 1;
                    let id = InboundRequestId::new(self.requests);
                    link.serving.spawn(sync::serve(
                        stream,
                        id,
                        state,
                        self.waiting.clone(),
                        shared,
                    ));
                }
            }
            Note::Cut(peer, why) => self.cut(peer, why),
            Note::Junk(peer) => self.judge(peer),
            Note::Dial(peer, addresses) => self.dial(peer, addresses),
            Note::SyncOver(id) => drop(self.asking.remove(&id)),
        }
    }
}
