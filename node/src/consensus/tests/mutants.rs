//! Whatever frames and batches a member sends: each decoder answers, and what can be read is gone on
//! with. Seeds are true messages, made here; mutants of them come from the printed seed.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::AtomicU64},
};

use bytes::Bytes;
use countersign_contracts::testing::{
    dice::Dice,
    fuzz::mutant,
    histories::{Parties, throw},
};
use countersign_record::{Digest, header::Header, statement::Statement};
use malachitebft_app_channel::app::streaming::StreamMessage;
use malachitebft_codec::Codec as _;
use malachitebft_core_consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_core_types::{
    Context as _, ExtendedCommitCertificate, ExtendedCommitSignature, NilOrVal, PolkaCertificate,
    PolkaSignature, Round, RoundCertificate, RoundCertificateType, SignedMessage, SignedVote,
};
use malachitebft_sync::{RawDecidedValue, Request, Response, Status, ValueRequest, ValueResponse};

use super::cluster::seed;
use crate::{
    admission::Admission,
    batch::Batch,
    consensus::{
        ValueId,
        codec::Wire,
        context::{Address, Height, Ledger, LightValue, Part, PartHead, Signature},
        network::{
            EnginePeerId,
            frames::{pack_entries, read_frame, unpack_entries},
            network_key, peer_name,
        },
        parts::{Assembly, StreamName, cut},
    },
    ledger::{Ledger as Books, memory::Disk},
    runtime::clock::Clock,
};

const MUTANTS: u64 = 3000;

fn peer() -> EnginePeerId {
    peer_name(&network_key(&seed(0)).unwrap()).unwrap().parse().unwrap()
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

fn parts() -> Vec<Bytes> {
    let body = Bytes::from(vec![5; 300]);
    let head = PartHead {
        height: Height(3),
        round: Round::new(0),
        valid_round: Round::Nil,
        proposer: Address([7; 32]),
        id: ValueId([9; 64]),
        bytes: 300,
    };
    cut(head, &body, 1).map(|part| Wire.encode(&part).unwrap()).collect()
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

/// Sends seeds and mutants through a decoder; what panics is shown.
fn all_answered(name: &str, seeds: &[Bytes], decode: impl Fn(Bytes) + std::panic::RefUnwindSafe) {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let seed = asked("COUNTERSIGN_SEED").unwrap_or(1);
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|bytes| bytes.to_vec()).collect();
    let mut dice = Dice::new(seed);
    let mutants =
        (0..asked("COUNTERSIGN_MUTANTS").unwrap_or(MUTANTS)).map(|_| mutant(&mut dice, &seeds));
    for bytes in seeds.iter().cloned().chain(mutants.collect::<Vec<_>>()) {
        let shown = hex::encode(&bytes);
        let ended = std::panic::catch_unwind(|| decode(bytes.into()));
        assert!(ended.is_ok(), "{name}: COUNTERSIGN_SEED={seed} panics at {shown}");
    }
}

/// What was read is written as it was, so that no two byte strings are one message.
fn again<T>(bytes: Bytes)
where
    Wire: malachitebft_codec::Codec<T, Error = std::io::Error>,
{
    if let Ok(message) = malachitebft_codec::Codec::<T>::decode(&Wire, bytes.clone()) {
        assert_eq!(Wire.encode(&message).unwrap(), bytes);
    }
}

#[test]
fn every_frame_of_every_lane_is_answered() {
    let (consensus, liveness) = messages();
    all_answered("consensus", &consensus, again::<SignedConsensusMsg<Ledger>>);
    all_answered("liveness", &liveness, again::<LivenessMsg<Ledger>>);
    all_answered("parts", &parts(), |bytes| {
        let Ok(part) = Wire.decode(bytes) else { return };
        let part: StreamMessage<Part> = part;
        let _name = StreamName::of(&part.stream_id);
        let mut assembly = Assembly::default();
        for before in self::parts().into_iter().take(1) {
            assembly.take(peer(), Wire.decode(before).unwrap());
        }
        assembly.take(peer(), part);
        assert!(assembly.bytes() <= 300);
    });
    let entries = pack_entries(&[Bytes::from(vec![7; 40]), Bytes::from(vec![8; 90])]);
    all_answered("entries", &entries, |bytes| {
        if let Ok(entries) = unpack_entries(&bytes) {
            assert!(entries.iter().map(Bytes::len).sum::<usize>() <= bytes.len());
        }
    });
    let framed: Vec<Bytes> = consensus
        .iter()
        .map(|frame| [&(frame.len() as u32).to_be_bytes(), &frame[..]].concat().into())
        .collect();
    all_answered("frames", &framed, |bytes| {
        let mut stream = futures::io::Cursor::new(bytes.clone());
        let read = futures::executor::block_on(read_frame(&mut stream, 1000));
        assert!(read.is_err() || read.unwrap().len() + 4 <= bytes.len());
    });
}

#[test]
fn every_request_and_answer_of_sync_is_answered() {
    let seeds = sync();
    all_answered("response", &seeds, |bytes| {
        let _ = malachitebft_codec::Codec::<Response<Ledger>>::decode(&Wire, bytes);
    });
    all_answered("request", &seeds, |bytes| {
        let _ = malachitebft_codec::Codec::<Request<Ledger>>::decode(&Wire, bytes);
    });
    all_answered("status", &seeds, |bytes| {
        let _ = malachitebft_codec::Codec::<Status<Ledger>>::decode(&Wire, bytes);
    });
}

#[test]
fn every_batch_is_answered() {
    let seeds = batches();
    let seed = Batch::parse(&seeds[0]).unwrap();
    assert!(
        seed.statements.iter().all(|s| Statement::parse(s).is_ok()),
        "the seed is a true batch"
    );
    all_answered("batch", &seeds, |bytes| {
        let Ok(batch) = Batch::parse(&bytes) else { return };
        assert_eq!(batch.bytes(), bytes, "read in another form than its one");
        let _ = batch.statements.iter().try_for_each(|s| Statement::parse(s).map(drop));
    });
}

/// What HTTP takes in and what other nodes send goes through one door.
#[test]
fn every_entry_at_the_door_is_answered() {
    let mut parties = Parties::new(4, 0);
    let genesis = parties.genesis().clone();
    let time = genesis.time + 1000;
    let mut dice = Dice::new(1);
    let seeds: Vec<Bytes> = (0..60)
        .filter_map(|_| parties.next(time, throw(&mut dice)))
        .map(|statement| statement.bytes().to_vec().into())
        .collect();
    let ledger = Arc::new(Books::on_disk(Disk::default(), genesis).unwrap());
    let clock = Clock::by_hand(Box::leak(Box::new(AtomicU64::new(time))));
    let door = AssertUnwindSafe(Admission::new(ledger, clock));
    let true_ones = seeds.iter().filter(|seed| door.admit(seed).is_ok()).count();
    assert!(true_ones * 2 > seeds.len(), "{true_ones} of {} seeds are let in", seeds.len());
    all_answered("door", &seeds, move |bytes| {
        if let Ok(admitted) = door.admit(&bytes) {
            assert_eq!(admitted.entry().statement().bytes(), bytes);
        }
    });
}
