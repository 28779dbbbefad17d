//! The peer id of a network key, as it stands in the addresses of libp2p.

use countersign_record::keys::PublicKey;

/// The multihash of an Ed25519 public key: identity hash (0x00) of 36 bytes, which are the
/// protobuf message {1: Ed25519 (1), 2: the 32 bytes of the key}.
const PREFIX: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// The peer id of a network key: `12D3KooW…`.
pub fn peer_id(network_key: &PublicKey) -> String {
    bs58::encode([&PREFIX[..], &network_key.0].concat()).into_string()
}
