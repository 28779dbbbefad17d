//! How the engine's messages are encoded, on the wire and in its write-ahead log: borsh.

use std::io;

use borsh::{BorshDeserialize, BorshSerialize};
use bytes::Bytes;
use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_codec::{Codec, HasEncodedLen};
use malachitebft_core_consensus::{LivenessMsg, ProposedValue, SignedConsensusMsg};
use malachitebft_core_types::{
    ExtendedCommitCertificate, ExtendedCommitSignature, PolkaCertificate, Round, ValidatorProof,
};
use malachitebft_sync::{RawDecidedValue, Request, Response, Status, ValueResponse};

use super::{
    boundary::ValueId,
    context::{Address, Height, Ledger, Part, Signature},
};

/// The one encoding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wire;

/// One method pair for each type that already knows borsh; a blanket implementation would
/// collide with the two written by hand below.
macro_rules! borsh_codec {
    ($($type:ty),* $(,)?) => {$(
        impl Codec<$type> for Wire {
            type Error = io::Error;
            fn decode(&self, bytes: Bytes) -> Result<$type, io::Error> {
                borsh::from_slice(&bytes)
            }
            fn encode(&self, message: &$type) -> Result<Bytes, io::Error> {
                borsh::to_vec(message).map(Bytes::from)
            }
        }
    )*};
}

borsh_codec!(
    Part,
    SignedConsensusMsg<Ledger>,
    LivenessMsg<Ledger>,
    StreamMessage<Part>,
    ProposedValue<Ledger>,
    PolkaCertificate<Ledger>,
    Status<Ledger>,
    Request<Ledger>,
);

impl Codec<ValidatorProof<Ledger>> for Wire {
    type Error = io::Error;
    fn decode(&self, bytes: Bytes) -> Result<ValidatorProof<Ledger>, io::Error> {
        let (public_key, peer_id, signature) = borsh::from_slice(&bytes)?;
        Ok(ValidatorProof::new(public_key, peer_id, signature))
    }
    fn encode(&self, proof: &ValidatorProof<Ledger>) -> Result<Bytes, io::Error> {
        borsh::to_vec(&(&proof.public_key, &proof.peer_id, &proof.signature)).map(Bytes::from)
    }
}

/// A decided batch on its way to a node that catches up. Vote extensions are switched off and
/// therefore have no place here.
#[derive(BorshSerialize, BorshDeserialize)]
struct Shipment {
    height: Height,
    round: Round,
    id: ValueId,
    signatures: Vec<(Address, Signature)>,
    body: Bytes,
}

impl From<&RawDecidedValue<Ledger>> for Shipment {
    fn from(value: &RawDecidedValue<Ledger>) -> Self {
        let certificate = &value.certificate;
        let pair = |s: &ExtendedCommitSignature<Ledger>| (s.address, s.signature);
        Self {
            height: certificate.height,
            round: certificate.round,
            id: certificate.value_id,
            signatures: certificate.commit_signatures.iter().map(pair).collect(),
            body: value.value_bytes.clone(),
        }
    }
}

impl From<Shipment> for RawDecidedValue<Ledger> {
    fn from(shipment: Shipment) -> Self {
        let single = |(address, signature)| ExtendedCommitSignature::new(address, signature, None);
        let certificate = ExtendedCommitCertificate {
            height: shipment.height,
            round: shipment.round,
            value_id: shipment.id,
            commit_signatures: shipment.signatures.into_iter().map(single).collect(),
        };
        RawDecidedValue::new(shipment.body, certificate)
    }
}

impl Codec<Response<Ledger>> for Wire {
    type Error = io::Error;
    fn decode(&self, bytes: Bytes) -> Result<Response<Ledger>, io::Error> {
        let (start, shipments): (Height, Vec<Shipment>) = borsh::from_slice(&bytes)?;
        let values = shipments.into_iter().map(RawDecidedValue::from).collect();
        Ok(Response::ValueResponse(ValueResponse::new(start, values)))
    }
    fn encode(&self, response: &Response<Ledger>) -> Result<Bytes, io::Error> {
        let Response::ValueResponse(response) = response;
        let shipments: Vec<Shipment> = response.values.iter().map(Shipment::from).collect();
        borsh::to_vec(&(response.start_height, shipments)).map(Bytes::from)
    }
}

impl HasEncodedLen<Response<Ledger>> for Wire {
    fn encoded_len(&self, response: &Response<Ledger>) -> Result<usize, io::Error> {
        let Response::ValueResponse(response) = response;
        // Height and count; then per value: height, round at most, id, two counts, pairs, body.
        Ok(response.values.iter().fold(12, |sum, value| {
            sum + 8
                + 5
                + 64
                + 4
                + 4
                + 96 * value.certificate.commit_signatures.len()
                + value.value_bytes.len()
        }))
    }
}
