//! The small pieces on their own: frames, part streams, credits, encodings, signed bytes.

use bytes::Bytes;
use countersign_record::{
    Digest,
    keys::PublicKey,
    membership::{Validator, ValidatorSet},
};
use malachitebft_app_channel::app::streaming::{StreamContent, StreamMessage};
use malachitebft_codec::{Codec as _, HasEncodedLen as _};
use malachitebft_core_types::{
    Context as _, ExtendedCommitCertificate, ExtendedCommitSignature, NilOrVal, Round,
};
use malachitebft_signing::{Signer as _, Verifier as _};
use malachitebft_sync::{RawDecidedValue, Response, ValueResponse};

use super::cluster::{seed, validator_key};
use crate::consensus::{
    Tip, ValueId, Voter,
    codec::Wire,
    context::{Address, Height, Ledger, LightValue, Part, PartHead, Signature},
    engine::log_path,
    halt::Halt,
    horizon::{Horizon, Standing},
    limits,
    network::{EnginePeerId, network_key, peer_name},
    parts::{Assembly, cut},
    signing::{Checker, Hand},
};

fn peer(n: u8) -> EnginePeerId {
    peer_name(&network_key(&seed(n)).unwrap()).unwrap().parse().unwrap()
}

fn head(height: u64, body: &Bytes) -> PartHead {
    PartHead {
        height: Height(height),
        round: Round::new(0),
        valid_round: Round::Nil,
        proposer: Address([7; 32]),
        id: ValueId([9; 64]),
        bytes: body.len() as u32,
    }
}

fn parts(height: u64, body: &Bytes, number: u64) -> Vec<StreamMessage<Part>> {
    cut(head(height, body), body, number).collect()
}

#[test]
fn a_body_survives_its_journey_in_parts() {
    for bytes in [0, 1, limits::PART_BYTES, limits::PART_BYTES + 1, 3 * limits::PART_BYTES] {
        let body = Bytes::from(vec![5; bytes]);
        let mut assembly = Assembly::default();
        let mut whole = None;
        for part in parts(3, &body, 1) {
            let wire = Wire.encode(&part).unwrap();
            assert!(wire.len() <= limits::PART_FRAME_BYTES_MAX);
            assert!(whole.is_none());
            whole = assembly.take(peer(0), Wire.decode(wire).unwrap());
        }
        assert_eq!(whole.unwrap().body, body);
    }
}

#[test]
fn a_stream_that_lost_a_part_or_says_too_much_completes_nothing() {
    let body = Bytes::from(vec![5; 3 * limits::PART_BYTES]);
    for lost in 0..4 {
        let mut assembly = Assembly::default();
        let mut all = parts(3, &body, 1);
        all.remove(lost);
        assert!(all.into_iter().all(|part| assembly.take(peer(0), part).is_none()));
    }
    let mut assembly = Assembly::default();
    let mut all = parts(3, &body, 1);
    if let StreamContent::Data(Part::Head(head)) = &mut all[0].content {
        head.bytes -= 1;
    }
    assert!(all.into_iter().all(|part| assembly.take(peer(0), part).is_none()));
}

#[test]
fn a_peer_keeps_few_streams_open_and_few_bodies_waiting() {
    let body = Bytes::from(vec![5; 10]);
    let mut assembly = Assembly::default();
    let streams: Vec<_> =
        (0..=limits::PART_STREAMS_PER_PEER_MAX as u64).map(|n| parts(3, &body, n)).collect();
    for stream in &streams {
        assembly.take(peer(0), stream[0].clone());
    }
    // The oldest gave way; the newest completes.
    assert!(streams[0][1..].iter().all(|part| assembly.take(peer(0), part.clone()).is_none()));
    let last = streams.last().unwrap();
    assembly.take(peer(0), last[1].clone());
    let arrived = assembly.take(peer(0), last[2].clone()).unwrap();
    // Bodies for later heights: the furthest is given up first.
    assembly.keep_early(peer(0), arrived);
    let large = Bytes::from(vec![0; limits::BODY_BYTES_MAX]);
    for height in [6, 5, 4] {
        assembly.keep_early(
            peer(0),
            crate::consensus::parts::Arrived { head: head(height, &large), body: large.clone() },
        );
    }
    assert!(assembly.take_early(6).is_empty());
    assert_eq!(assembly.take_early(4).len(), 1);
    assembly.forget_up_to(5);
    assert!(assembly.take_early(5).is_empty());
}

#[test]
fn a_sync_answer_keeps_certificate_and_body_and_knows_its_length() {
    let signature =
        |n: u8| ExtendedCommitSignature::new(Address([n; 32]), Signature([n; 64]), None);
    let value = |height| {
        let certificate = ExtendedCommitCertificate {
            height: Height(height),
            round: Round::new(2),
            value_id: ValueId([3; 64]),
            commit_signatures: (0..4).map(signature).collect(),
        };
        RawDecidedValue::<Ledger>::new(Bytes::from(vec![1; 1000]), certificate)
    };
    let response = Response::ValueResponse(ValueResponse::new(Height(5), vec![value(5), value(6)]));
    let wire = Wire.encode(&response).unwrap();
    let told = Wire.encoded_len(&response).unwrap();
    assert!(told >= wire.len() && told <= wire.len() + 16, "{told} told, {} written", wire.len());
    let back: Response<Ledger> = Wire.decode(wire.clone()).unwrap();
    assert_eq!(back, response);
    // A cut answer is refused, whatever its length says.
    let cut: Result<Response<Ledger>, _> = Wire.decode(wire.slice(..wire.len() - 1));
    assert!(cut.is_err());
}

/// The hand of a validator that has never signed, before the first batch.
fn hand(network: Digest) -> Hand {
    let key = PublicKey(validator_key(0).verifying_key().to_bytes());
    let alone = Validator { party: "alone".into(), key, power: 1 };
    let validators = ValidatorSet::new(vec![alone]).unwrap();
    let standing = Standing::of(&Tip { height: 0, validators }).unwrap();
    let (voter, halt) = (Voter::in_memory(validator_key(0)), Halt::new());
    Hand::new(Checker::new(network), voter, Horizon::new(standing), halt)
}

#[tokio::test]
async fn a_precommit_is_a_receipt_signature_and_nothing_else_is() {
    let network = Digest::of(b"one");
    let hand = hand(network);
    let key = validator_key(0).verifying_key();
    let id = ValueId::new(Digest::of(b"header"), Digest::of(b"root"));
    let (height, round) = (Height(7), Round::new(1));
    let precommit = Ledger.new_precommit(height, round, NilOrVal::Val(id), hand.address());
    let signed = hand.sign_vote(precommit.clone()).await.unwrap();
    let tbs = countersign_record::commit::precommit_tbs(
        &network,
        7,
        1,
        &id.header_hash(),
        &id.log_root(),
        &hand.address().kid(),
    );
    assert_eq!(tbs[0], 0x84);
    let receipt = ed25519_dalek::Signature::from_bytes(&signed.signature.0);
    assert!(key.verify_strict(&tbs, &receipt).is_ok());

    // The signature fits no other vote, height, round, network or proposal.
    let checker = Checker::new(network);
    let fits = async |vote| {
        checker.verify_signed_vote(&vote, &signed.signature, &key).await.unwrap().is_valid()
    };
    assert!(fits(precommit).await);
    assert!(!fits(Ledger.new_prevote(height, round, NilOrVal::Val(id), hand.address())).await);
    assert!(!fits(Ledger.new_precommit(height, round, NilOrVal::Nil, hand.address())).await);
    assert!(!fits(Ledger.new_precommit(Height(8), round, NilOrVal::Val(id), hand.address())).await);
    assert!(
        !fits(Ledger.new_precommit(height, Round::new(2), NilOrVal::Val(id), hand.address())).await
    );
    assert!(
        !fits(Ledger.new_precommit(height, Round::Nil, NilOrVal::Val(id), hand.address())).await
    );
    let other = Checker::new(Digest::of(b"two"));
    let vote = Ledger.new_precommit(height, round, NilOrVal::Val(id), hand.address());
    assert!(other.verify_signed_vote(&vote, &signed.signature, &key).await.unwrap().is_invalid());
    let proposal = Ledger.new_proposal(height, round, LightValue(id), Round::Nil, hand.address());
    assert!(
        checker
            .verify_signed_proposal(&proposal, &signed.signature, &key)
            .await
            .unwrap()
            .is_invalid()
    );

    // What else is signed says so with its first byte, and verifies as what it is. A round later:
    // at this place the guard signs nothing that comes before a precommit.
    let round = Round::new(2);
    let proposal = Ledger.new_proposal(height, round, LightValue(id), Round::Nil, hand.address());
    let signed = hand.sign_proposal(proposal.clone()).await.unwrap();
    assert!(
        checker
            .verify_signed_proposal(&proposal, &signed.signature, &key)
            .await
            .unwrap()
            .is_valid()
    );
    for (round, kind) in [(3, NilOrVal::Nil), (4, NilOrVal::Val(id))] {
        let vote = Ledger.new_prevote(height, Round::new(round), kind, hand.address());
        let signed = hand.sign_vote(vote.clone()).await.unwrap();
        assert!(
            checker.verify_signed_vote(&vote, &signed.signature, &key).await.unwrap().is_valid()
        );
    }
}

#[test]
fn a_journal_that_was_never_finished_does_not_keep_a_node_from_starting() {
    let home = tempfile::tempdir().unwrap();
    let path = log_path(home.path()).unwrap();
    std::fs::write(&path, [0; 11]).unwrap();
    assert_eq!(log_path(home.path()).unwrap(), path);
    assert!(!path.exists(), "a stump is taken away");
    std::fs::write(&path, [0; 12]).unwrap();
    assert_eq!(log_path(home.path()).unwrap(), path);
    assert!(path.exists(), "whatever has a header stays");
}
