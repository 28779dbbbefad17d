//! Keys, peer ids and multiaddresses: one form into the other.

use std::collections::BTreeMap;

use libp2p::{
    Multiaddr, PeerId,
    identity::{Keypair, PublicKey, ed25519},
    multiaddr::Protocol,
};

use super::peer::EnginePeerId;
use crate::consensus::boundary::Fault;

/// The libp2p identity of a seed.
pub(crate) fn keypair(seed: &[u8; 32]) -> Result<Keypair, Fault> {
    let mut copy = *seed;
    Keypair::ed25519_from_bytes(&mut copy)
        .map_err(|e| Fault(format!("the network key of this node cannot be used: {e}")))
}

/// The public network key of a seed, as the membership lists it.
///
/// # Errors
/// The seed is not usable as a key.
pub fn network_key(seed: &[u8; 32]) -> Result<[u8; 32], Fault> {
    let keypair = keypair(seed)?;
    let key = keypair.public().try_into_ed25519().map_err(Fault::new)?;
    Ok(key.to_bytes())
}

/// The peer id of a network key, as it stands behind `/p2p/` in a multiaddress.
///
/// # Errors
/// The bytes are not an Ed25519 public key.
pub fn peer_name(network_key: &[u8; 32]) -> Result<String, Fault> {
    Ok(peer_id(network_key)?.to_base58())
}

pub(crate) fn peer_id(network_key: &[u8; 32]) -> Result<PeerId, Fault> {
    let key = ed25519::PublicKey::try_from_bytes(network_key).map_err(|e| {
        Fault(format!("a network key of the membership is not an Ed25519 key: {e}"))
    })?;
    Ok(PublicKey::from(key).to_peer_id())
}

/// The same peer in the engine's words.
pub(crate) fn engine_id(peer: &PeerId) -> Result<EnginePeerId, Fault> {
    EnginePeerId::from_bytes(&peer.to_bytes()).map_err(Fault::new)
}

pub(crate) fn libp2p_id(peer: &EnginePeerId) -> Result<PeerId, Fault> {
    PeerId::from_bytes(&peer.to_bytes()).map_err(Fault::new)
}

/// Whom to dial where, out of the settings.
pub(crate) fn address_book(peers: &[String]) -> Result<BTreeMap<PeerId, Vec<Multiaddr>>, Fault> {
    let mut book: BTreeMap<PeerId, Vec<Multiaddr>> = BTreeMap::new();
    for text in peers {
        let mut address: Multiaddr = parse(text)?;
        let Some(Protocol::P2p(peer)) = address.pop() else {
            return Err(Fault(format!(
                "the peer address {text} does not end in /p2p/ and the peer's id; without it anyone \
                 who answers there would have to be believed"
            )));
        };
        book.entry(peer).or_default().push(address);
    }
    Ok(book)
}

pub(crate) fn parse(text: &str) -> Result<Multiaddr, Fault> {
    text.parse().map_err(|e| {
        Fault(format!("{text} is not a multiaddress such as /ip4/192.0.2.7/tcp/26656: {e}"))
    })
}

/// Replaces a host name at the front by the addresses it has now; our transport knows no names.
pub(crate) async fn resolve(address: &Multiaddr) -> Vec<Multiaddr> {
    let mut parts = address.iter();
    let name = match parts.next() {
        Some(Protocol::Dns(name) | Protocol::Dns4(name) | Protocol::Dns6(name)) => {
            name.into_owned()
        }
        _ => return vec![address.clone()],
    };
    let Some(Protocol::Tcp(port)) = parts.next() else {
        return Vec::new();
    };
    match tokio::net::lookup_host((name.as_str(), port)).await {
        Ok(found) => found.map(|at| Multiaddr::from(at.ip()).with(Protocol::Tcp(port))).collect(),
        Err(e) => {
            tracing::debug!(%name, "the name of a peer is not known: {e}");
            Vec::new()
        }
    }
}
