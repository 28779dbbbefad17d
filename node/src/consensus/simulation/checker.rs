//! What must hold, looked at after every step, by means of its own.

use std::collections::{BTreeMap, BTreeSet};

use countersign_contracts::{
    entry::SignedEntry,
    family::FamilyName,
    testing::invariants::all_hold,
    world::{Record, Records as _, SubjectKey},
};
use countersign_record::{
    Digest,
    header::Header,
    membership::ValidatorSet,
    statement::{EntryId, Statement},
    verify::verify,
};
use futures::FutureExt as _;
use malachitebft_core_consensus::{MisbehaviorEvidence, SignedConsensusMsg};
use malachitebft_core_types::{CommitCertificate, NilOrVal, Round, SignedVote, VoteType};
use malachitebft_signing::Verifier as _;

use super::{node::Scheme, world::World};
use crate::{
    consensus::{
        boundary::ValueId,
        context::{Address, Ledger as Engine, Proposal, Vote},
    },
    ledger::Ledger,
};

/// What the scheduler knows of all nodes at once, and no node does.
#[derive(Default)]
pub(super) struct Known {
    /// The validators of height 1, and of every height after one that is on a disk.
    sets: Vec<ValidatorSet>,
    /// What was decided first at a height, by whichever honest node.
    decided: BTreeMap<u64, ValueId>,
    /// The batches that are on a disk, in order.
    pub(super) chain: Vec<Digest>,
    /// Entries that are in the log: they have a receipt.
    receipts: Vec<EntryId>,
    /// Votes of honest nodes, their former lives' too: node, height, round, whether a precommit.
    votes: BTreeMap<(usize, u64, u32, bool), NilOrVal<ValueId>>,
    proposals: BTreeMap<(usize, u64, u32), (ValueId, Round)>,
    /// Whose prevotes there are, faulty validators' too.
    prevotes: BTreeMap<(u64, u32, ValueId), BTreeSet<Address>>,
    /// The last value that a node precommitted at a height, and in which round.
    locks: BTreeMap<(usize, u64), (u32, ValueId)>,
    proposed: BTreeMap<u64, Vec<ValueId>>,
}

impl Known {
    pub(super) fn founded(set: ValidatorSet) -> Self {
        Self { sets: vec![set], ..Self::default() }
    }

    pub(super) fn set_changes(&self) -> u64 {
        self.sets.windows(2).filter(|pair| pair[0] != pair[1]).count() as u64
    }

    /// By the rules' own set of a height, not by what any node takes for it.
    fn power_of<'a>(&self, height: u64, signers: impl IntoIterator<Item = &'a Address>) -> u64 {
        let Some(set) = self.sets.get(height as usize - 1) else { return 0 };
        signers.into_iter().filter_map(|a| set.find(&a.kid())).map(|v| v.power).sum()
    }

    fn is_quorum<'a>(&self, height: u64, signers: impl IntoIterator<Item = &'a Address>) -> bool {
        let Some(set) = self.sets.get(height as usize - 1) else { return false };
        self.power_of(height, signers) * 3 > set.total_power() * 2
    }

    pub(super) fn head(&self) -> u64 {
        self.chain.len() as u64
    }
}

impl World {
    /// Something that must never be.
    pub(super) fn violation(&mut self, what: String) {
        self.tell(format!("VIOLATION: {what}"));
        self.violations.push(what);
    }

    pub(super) fn proposed_at(&mut self, height: u64) -> Option<ValueId> {
        let all = self.known.proposed.get(&height)?;
        Some(*self.dice.one_of(all))
    }

    pub(super) fn check_published(&mut self, n: usize, message: &SignedConsensusMsg<Engine>) {
        match message {
            SignedConsensusMsg::Vote(vote) => {
                self.check_issued(n, vote);
                if self.nodes[n].is_honest() {
                    self.invariant_only_validators_vote(n, &vote.message);
                    // What is said again was weighed when it was said: a ledger that was lost since
                    // takes nothing back.
                    if self.invariant_one_vote(n, &vote.message) {
                        self.invariant_no_vote_without_its_body(n, &vote.message);
                    }
                    self.invariant_no_lost_lock(n, &vote.message);
                }
            }
            SignedConsensusMsg::Proposal(proposal) => {
                let proposal = &proposal.message;
                self.known.proposed.entry(proposal.height.0).or_default().push(proposal.value.0);
                if self.nodes[n].is_honest() {
                    self.invariant_one_proposal(n, proposal);
                }
            }
        }
    }

    /// A vote exists, whoever hears of it.
    pub(super) fn check_issued(&mut self, n: usize, vote: &SignedVote<Engine>) {
        let vote = &vote.message;
        if let (VoteType::Prevote, NilOrVal::Val(id), Some(round)) =
            (vote.kind, vote.value, vote.round.as_u32())
        {
            let me = self.nodes[n].me;
            self.known.prevotes.entry((vote.height.0, round, id)).or_default().insert(me);
        }
    }

    /// Whoever has no vote at a height says nothing there.
    fn invariant_only_validators_vote(&mut self, n: usize, vote: &Vote) {
        if self.known.power_of(vote.height.0, [&self.nodes[n].me]) == 0 {
            self.violation(format!("node {n} votes at height {} without a vote", vote.height));
        }
    }

    /// An honest node never contradicts itself, a crash in between included. Whether it says this
    /// for the first time.
    fn invariant_one_vote(&mut self, n: usize, vote: &Vote) -> bool {
        let Some(round) = vote.round.as_u32() else { return true };
        let key = (n, vote.height.0, round, vote.kind == VoteType::Precommit);
        let new = !self.known.votes.contains_key(&key);
        let first = *self.known.votes.entry(key).or_insert(vote.value);
        if first != vote.value {
            let (h, r, kind) = (vote.height, vote.round, vote.kind);
            let value = vote.value;
            self.violation(format!(
                "node {n} contradicts itself: {kind:?} {h}/{r} {first:?}, then {value:?}"
            ));
        }
        new
    }

    fn invariant_one_proposal(&mut self, n: usize, proposal: &Proposal) {
        let Some(round) = proposal.round.as_u32() else { return };
        let said = (proposal.value.0, proposal.pol_round);
        let key = (n, proposal.height.0, round);
        let first = *self.known.proposals.entry(key).or_insert(said);
        if first != said {
            let (h, r) = (proposal.height, proposal.round);
            self.violation(format!("node {n} proposes twice at {h}/{r}: {first:?}, then {said:?}"));
        }
    }

    /// A vote for a batch means: it is on this disk, and it holds.
    fn invariant_no_vote_without_its_body(&mut self, n: usize, vote: &Vote) {
        let NilOrVal::Val(id) = vote.value else { return };
        if self.wrong.contains(&id) {
            self.violation(format!("node {n} votes for {id}, which is wrong"));
        }
        let Some(running) = &self.nodes[n].running else { return };
        let height = vote.height.0;
        if running.ledger.tip().height >= height {
            return;
        }
        let kept = running.ledger.undecided(height, None).unwrap();
        if !kept.iter().any(|u| u.id == id) {
            let kind = vote.kind;
            self.violation(format!("node {n} gives a {kind:?} to {id} without having its body"));
        }
    }

    /// Whoever precommitted a value prevotes another one only after a quorum of prevotes for it in
    /// the same or a later round.
    fn invariant_no_lost_lock(&mut self, n: usize, vote: &Vote) {
        let (NilOrVal::Val(id), Some(round)) = (vote.value, vote.round.as_u32()) else { return };
        let height = vote.height.0;
        if vote.kind == VoteType::Precommit {
            // What is said again after a crash does not take a later lock back.
            let lock = self.known.locks.entry((n, height)).or_insert((round, id));
            *lock = (*lock).max((round, id));
            return;
        }
        let Some((locked_in, locked_on)) = self.known.locks.get(&(n, height)).copied() else {
            return;
        };
        if locked_on == id || round <= locked_in {
            return;
        }
        let has_quorum = |q: u32| {
            let votes = self.known.prevotes.get(&(height, q, id));
            self.known.is_quorum(height, votes.into_iter().flatten())
        };
        if !(locked_in..round).any(has_quorum) {
            self.violation(format!(
                "node {n} is locked on {locked_on} since {height}/{locked_in} and prevotes {id} \
                 in round {round}"
            ));
        }
    }

    /// One batch a height, under signatures of more than two thirds of the votes.
    pub(super) fn check_decision(&mut self, n: usize, certificate: &CommitCertificate<Engine>) {
        if !self.nodes[n].is_honest() {
            return;
        }
        let (height, id) = (certificate.height.0, certificate.value_id);
        let first = *self.known.decided.entry(height).or_insert(id);
        if first != id {
            self.violation(format!("node {n} decides {id} at height {height}, others {first}"));
        }
        let Some(running) = &self.nodes[n].running else { return };
        let set = running.desk.horizon.standing().set;
        let mut signers = BTreeSet::new();
        for signed in &certificate.commit_signatures {
            let vote = Vote {
                kind: VoteType::Precommit,
                height: certificate.height,
                round: certificate.round,
                value: NilOrVal::Val(id),
                address: signed.address,
            };
            use malachitebft_core_types::{Validator as _, ValidatorSet as _};
            let Some(validator) = set.get_by_address(&signed.address) else { continue };
            let key = validator.public_key();
            let found = running.checker.verify_signed_vote(&vote, &signed.signature, key);
            if found.now_or_never().unwrap().is_ok_and(|found| found.is_valid()) {
                signers.insert(signed.address);
            }
        }
        if !self.known.is_quorum(height, &signers) {
            let power = self.known.power_of(height, &signers);
            self.violation(format!("node {n} decides height {height} with signatures of {power}"));
        }
    }

    pub(super) fn check_evidence(&mut self, n: usize, evidence: &MisbehaviorEvidence<Engine>) {
        let accused: BTreeSet<Address> = evidence
            .votes
            .iter()
            .map(|e| *e.0)
            .chain(evidence.proposals.iter().map(|e| *e.0))
            .collect();
        for address in accused {
            let honest = self.nodes.iter().position(|node| node.me == address && node.is_honest());
            if let Some(innocent) = honest {
                self.violation(format!("node {n} has evidence against the honest node {innocent}"));
            }
        }
    }

    /// What a node has on its disk now: the same as everybody, and what the rules say.
    pub(super) fn check_ledger(&mut self, n: usize) {
        let Some(running) = &self.nodes[n].running else { return };
        let (ledger, tip) = (running.ledger.clone(), running.ledger.tip().height);
        let known = self.nodes[n].durable;
        if tip < known {
            self.violation(format!("node {n} said that height {known} is safe, and has {tip}"));
        }
        self.nodes[n].durable = tip;
        if !self.nodes[n].is_honest() {
            return;
        }
        for height in known + 1..=tip {
            self.check_batch(n, &ledger, height);
        }
    }

    fn check_batch(&mut self, n: usize, ledger: &Ledger, height: u64) {
        let header = ledger.commit_proof(height).unwrap().unwrap().header;
        let digest = header.digest();
        match self.known.decided.get(&height) {
            Some(id) if id.header_hash() == digest => {}
            _ => self.violation(format!("node {n} has a batch {height} that nobody decided")),
        }
        match self.known.chain.get(height as usize - 1) {
            Some(first) if *first == digest => {}
            Some(_) => self.violation(format!("node {n} has another batch {height}")),
            None => self.first_to_have(n, ledger, &header),
        }
    }

    /// The first ledger with a batch is compared with the rules in memory, and all families'
    /// invariants are looked at.
    fn first_to_have(&mut self, n: usize, ledger: &Ledger, header: &Header) {
        self.known.chain.push(header.digest());
        let statements = ledger.statements(header.height).unwrap();
        let entries: Option<Vec<SignedEntry>> = statements
            .iter()
            .map(|bytes| self.parties.signed(Statement::parse(bytes).unwrap()))
            .collect();
        let Some(entries) = entries else {
            return self.violation(format!("batch {} holds what no door lets in", header.height));
        };
        let outcome = self.parties.execute(header.time, &entries).unwrap();
        for (entry, verdict) in entries.iter().zip(&outcome.verdicts) {
            if verdict.is_ok() {
                self.known.receipts.push(entry.id());
            }
        }
        let next = self.parties.voters();
        if header.next_validators != next.digest() {
            self.violation(format!("batch {} names other validators", header.height));
        }
        if self.known.sets.last() != Some(&next) {
            let powers: Vec<_> =
                next.validators().iter().map(|v| (v.party.as_str(), v.power)).collect();
            self.tell(format!("from height {} on vote {powers:?}", header.height + 1));
        }
        self.known.sets.push(next);
        if outcome.refused().count() as u64 != header.refusals_size {
            self.violation(format!("batch {} refuses what the rules accept", header.height));
        }
        if ledger.tip().height == header.height {
            let differs = |(key, record): (&SubjectKey, &Record)| {
                ledger.record(key).unwrap().as_ref() != Some(record)
            };
            if outcome.changed.iter().any(differs) {
                self.violation(format!("node {n} has other records at height {}", header.height));
            }
        }
        all_hold(self.parties.model());
        let accepted = outcome.verdicts.iter().filter(|v| v.is_ok()).count();
        let count = entries.len();
        self.tell(format!("batch {}: {accepted} of {count} entries accepted", header.height));
    }

    /// At the end: every honest node holds every record, and everything that was acknowledged.
    pub(super) fn check_all(&mut self) {
        for n in (0..self.nodes.len()).filter(|n| self.nodes[*n].is_honest()).collect::<Vec<_>>() {
            let Some(running) = &self.nodes[n].running else { continue };
            let ledger = running.ledger.clone();
            if ledger.tip().height == self.known.head() {
                let of = |f: &FamilyName| ledger.subjects(*f, "", None, usize::MAX).unwrap();
                let kept: BTreeMap<_, _> = FamilyName::ALL.iter().flat_map(of).collect();
                if kept != *self.parties.model().records() {
                    self.violation(format!("the records of node {n} are not the rules' own"));
                }
            }
            let before = ledger.tip().height;
            let lost = |id: &&EntryId| !matches!(ledger.place(id), Ok(Some(_)));
            if before == self.known.head() && self.known.receipts.iter().any(|id| lost(&id)) {
                self.violation(format!("node {n} lost an entry that has a receipt"));
            }
            self.check_receipts(n, &ledger);
        }
        if !self.parties.model().not_folds().is_empty() {
            self.violation("a record is not the fold of its events".into());
        }
    }

    /// With true signatures, receipts hold for whoever checks them, offline.
    fn check_receipts(&mut self, n: usize, ledger: &Ledger) {
        if self.scheme != Scheme::Real {
            return;
        }
        let receipts: Vec<EntryId> = self.known.receipts.iter().step_by(7).copied().collect();
        for id in receipts {
            let Some(receipt) = ledger.receipt(&id).unwrap() else { continue };
            if let Err(why) = verify(self.parties.genesis(), &receipt.to_compact()) {
                self.violation(format!("a receipt of node {n} does not hold: {why}"));
            }
        }
    }
}
