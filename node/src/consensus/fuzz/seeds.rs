//! True messages, made here, with which fuzzing and the mutants begin.

use bytes::Bytes;
use countersign_record::{Digest, header::Header};
use malachitebft_codec::Codec as _;
use malachitebft_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::{
    Context as _, ExtendedCommitCertificate, ExtendedCommitSignature, NilOrVal, PolkaCertificate,
    PolkaSignature, Round, RoundCertificate, RoundCertificateType, SignedMessage, SignedVote,
};
use malachitebft_sync::{RawDecidedValue, Request, Response, Status, ValueRequest, ValueResponse};

use super::{parts, peer};
use crate::{
    batch::Batch,
    consensus::{
        ValueId,
        codec::Wire,
        context::{Address, Height, Ledger, LightValue, Signature},
        guard,
        network::frames::pack_entries,
    },
};

/// Target, name of the file, content.
pub(crate) fn seeds() -> Vec<(&'static str, String, Vec<u8>)> {
    let (consensus, liveness) = messages();
    let entries = pack_entries(&[Bytes::from(vec![7; 40]), Bytes::from(vec![8; 90])]);
    let framed = consensus
        .iter()
        .map(|frame| [&(frame.len() as u32).to_be_bytes(), &frame[..]].concat().into());
    let all: [(&'static str, Vec<Bytes>); 8] = [
        ("frame", framed.collect()),
        ("consensus", consensus),
        ("liveness", liveness),
        ("part", parts()),
        ("entries", entries),
        ("sync", sync()),
        ("batch", batches()),
        ("guard", guard::some_slots().into_iter().map(Bytes::from).collect()),
    ];
    let named = all.into_iter().flat_map(|(target, seeds)| {
        let numbered = seeds.into_iter().enumerate();
        numbered.map(move |(n, bytes)| (target, n.to_string(), bytes.to_vec()))
    });
    named.collect()
}

/// Messages of the consensus lane, true but for their signatures.
fn messages() -> (Vec<Bytes>, Vec<Bytes>) {
    let (me, signature) = (Address([4; 32]), Signature([6; 64]));
    let (height, round, id) = (Height(7), Round::new(2), ValueId([9; 64]));
    let vote = Ledger.new_precommit(height, round, NilOrVal::Val(id), me);
    let vote: SignedVote<Ledger> = SignedMessage::new(vote, signature);
    let nil = Ledger.new_prevote(height, round, NilOrVal::Nil, me);
    let nil = SignedMessage::new(nil, signature);
    let said = Ledger.new_proposal(height, round, LightValue(id), Round::Nil, me);
    let said = SignedMessage::new(said, signature);
    let polka = PolkaCertificate {
        height,
        round,
        value_id: id,
        polka_signatures: vec![PolkaSignature::new(me, signature)],
    };
    let skip = RoundCertificate::new_from_votes(
        height,
        round,
        RoundCertificateType::Precommit,
        vec![vote.clone(), nil.clone()],
    );
    let consensus = [
        SignedConsensusMsg::Vote(vote.clone()),
        SignedConsensusMsg::Vote(nil),
        SignedConsensusMsg::Proposal(said),
    ];
    let liveness: [LivenessMsg<Ledger>; 3] = [
        LivenessMsg::Vote(vote),
        LivenessMsg::PolkaCertificate(polka),
        LivenessMsg::SkipRoundCertificate(skip),
    ];
    (
        consensus.iter().map(|m| Wire.encode(m).unwrap()).collect(),
        liveness.iter().map(|m| Wire.encode(m).unwrap()).collect(),
    )
}

fn sync() -> Vec<Bytes> {
    let certificate = ExtendedCommitCertificate {
        height: Height(5),
        round: Round::new(2),
        value_id: ValueId([3; 64]),
        commit_signatures: (0..4)
            .map(|n| ExtendedCommitSignature::new(Address([n; 32]), Signature([n; 64]), None))
            .collect(),
    };
    let value = RawDecidedValue::<Ledger>::new(Bytes::from(vec![1; 90]), certificate);
    let response = Response::ValueResponse(ValueResponse::new(Height(5), vec![value]));
    let request: Request<Ledger> = Request::ValueRequest(ValueRequest::new(Height(1)..=Height(9)));
    let status =
        Status::<Ledger> { peer_id: peer(), tip_height: Height(1), history_min_height: Height(1) };
    vec![
        Wire.encode(&response).unwrap(),
        Wire.encode(&request).unwrap(),
        Wire.encode(&status).unwrap(),
    ]
}

fn batches() -> Vec<Bytes> {
    let statement = include_bytes!("../../../../contracts/fuzz/corpus/statement/0-0-statement");
    let digest = Digest::of(b"x");
    let header = Header {
        network: digest,
        height: 4,
        parent: digest,
        time: 1_795_000_000_000,
        log_size: 3,
        log_root: digest,
        state_root: digest,
        refusals_size: 0,
        refusals_root: digest,
        validators: digest,
        next_validators: digest,
        rules: 1,
        proposer: "GACC5150".into(),
    };
    let batch = Batch { header, statements: vec![statement.to_vec().into()] };
    vec![batch.bytes().into()]
}
