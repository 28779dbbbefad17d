//! A ledger in memory, and parties who fill it, for tests of this crate and of those that build on
//! it.

pub(crate) mod certificate;
pub mod dice;
pub(crate) mod evidence;
pub mod fuzz;
pub(crate) mod guarantee;
pub mod histories;
pub mod invariants;
pub(crate) mod life;
pub(crate) mod membership;
pub(crate) mod oil;
pub mod port;
#[cfg(test)]
pub(crate) mod table;

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec, vec::Vec};

use countersign_record::{
    Digest,
    founding::Genesis,
    statement::{EntryId, Statement},
};

use crate::{
    entry::{CheckedEntry, SignedEntry},
    execute::{Happening, Outcome, execute},
    family::{Alert, evolve},
    founding::{BadFounding, found},
    membership::{State as Member, key_subject, rules_version, signer},
    refusal::{Refusal, Rule},
    world::{Moment, No, Record, Records, SubjectKey, Unreadable, World},
};

/// The records of a network that lives in memory, executed batch by batch.
#[derive(Clone, Debug)]
pub struct MemoryLedger {
    network: Digest,
    /// The rules of the founding document.
    founded_under: u32,
    moment: Moment,
    records: BTreeMap<SubjectKey, Record>,
    founded: BTreeMap<SubjectKey, Record>,
    references: BTreeMap<(String, String), EntryId>,
    /// Everything that has happened since the founding, in order.
    pub history: Vec<Happening>,
}

impl Records for MemoryLedger {
    fn record(&self, key: &SubjectKey) -> Result<Option<Record>, Unreadable> {
        Ok(self.records.get(key).cloned())
    }

    fn reference(&self, party: &str, reference: &str) -> Result<Option<EntryId>, Unreadable> {
        Ok(self.references.get(&(party.into(), reference.into())).copied())
    }

    fn due(&self, time: u64, most: usize) -> Result<Vec<SubjectKey>, Unreadable> {
        let dated = self.records.iter().filter_map(|(k, r)| Some((r.state.next_deadline()?, k)));
        let mut due: Vec<_> = dated.filter(|(by, _)| *by <= time).collect();
        due.sort();
        Ok(due.into_iter().take(most).map(|(_, k)| k.clone()).collect())
    }
}

impl MemoryLedger {
    /// A network as its founding document leaves it.
    ///
    /// # Errors
    /// The document cannot found a network.
    pub fn found(genesis: &Genesis) -> Result<Self, BadFounding> {
        let records = found(genesis)?;
        Ok(Self {
            network: genesis.network(),
            founded_under: genesis.rules,
            moment: Moment { height: 0, time: genesis.time, rules: genesis.rules },
            founded: records.clone(),
            records,
            references: BTreeMap::new(),
            history: Vec::new(),
        })
    }

    /// What another ledger of the same founding holds: its records, and all that happened there.
    ///
    /// # Errors
    /// The document cannot found a network.
    pub fn read(
        genesis: &Genesis,
        moment: Moment,
        records: BTreeMap<SubjectKey, Record>,
        history: Vec<Happening>,
    ) -> Result<Self, BadFounding> {
        Ok(Self { moment, records, history, ..Self::found(genesis)? })
    }

    /// The network's name.
    pub fn network(&self) -> Digest {
        self.network
    }

    /// Height and time of the last batch, and the rules of the next one.
    pub fn moment(&self) -> Moment {
        self.moment
    }

    /// Every record.
    pub fn records(&self) -> &BTreeMap<SubjectKey, Record> {
        &self.records
    }

    /// Admits a statement as a node does: checked, and signed by a registered key.
    ///
    /// # Errors
    /// The rule that refuses it before it reaches a batch.
    pub fn admit(&self, statement: Statement) -> Result<SignedEntry, No> {
        let checked = CheckedEntry::check(statement, &self.network).map_err(|(_, no)| no)?;
        signer(&World::new(self), &checked.statement().kid())?;
        self.signed(checked)
    }

    /// Reads a statement that stands in a batch: checked, and signed by a key that is registered.
    /// Whether it may still sign is for the batch to say.
    ///
    /// # Errors
    /// The rule that keeps it out of any batch.
    pub fn read_signed(&self, statement: Statement) -> Result<SignedEntry, No> {
        self.signed(CheckedEntry::check(statement, &self.network).map_err(|(_, no)| no)?)
    }

    fn signed(&self, checked: CheckedEntry) -> Result<SignedEntry, No> {
        let kid = checked.statement().kid();
        let subject = SubjectKey::new(crate::family::FamilyName::Membership, key_subject(&kid));
        match self.record(&subject)?.map(|r| r.state) {
            Some(crate::family::State::Membership(Member::Key(key))) => {
                Ok(checked.signed_by(&key.key)?)
            }
            _ => Err(Refusal::new(Rule::UnknownKey, "kid", kid, "a registered key").into()),
        }
    }

    /// Executes one batch at a ledger time; time that lags is raised to the last batch's + 1 ms.
    ///
    /// # Errors
    /// The records could not answer; in memory that means a rule met a record that it cannot read.
    pub fn execute(&mut self, time: u64, entries: &[SignedEntry]) -> Result<Outcome, Unreadable> {
        let time = time.max(self.moment.time.saturating_add(1));
        let now = Moment { height: self.moment.height + 1, time, rules: self.moment.rules };
        let outcome = execute(self, now, entries)?;
        for (entry, verdict) in entries.iter().zip(&outcome.verdicts) {
            if verdict.is_ok()
                && let Ok((party, _)) = signer(&World::new(self), &entry.statement().kid())
            {
                let reference = entry.statement().payload().reference.clone();
                self.references.insert((party, reference), entry.id());
            }
        }
        self.records.extend(outcome.changed.clone());
        self.history.extend(outcome.happenings.clone());
        let rules = rules_version(&World::new(self))?.unwrap_or(now.rules);
        self.moment = Moment { rules, ..now };
        Ok(outcome)
    }

    /// Admits and executes one statement in a batch of its own.
    ///
    /// # Errors
    /// The refusal that it met, at admission or in the batch.
    pub fn submit(&mut self, time: u64, statement: Statement) -> Result<EntryId, Box<Refusal>> {
        let unreadable = |fault: Unreadable| {
            Box::new(Refusal::new(Rule::BodyMalformed, "store", fault, "a store that answers"))
        };
        let entry = self.admit(statement).map_err(|no| match no {
            No::Refused(refusal) => refusal,
            No::Unreadable(fault) => unreadable(fault),
        })?;
        let id = entry.id();
        let outcome = self.execute(time, &[entry]).map_err(unreadable)?;
        match outcome.verdicts.into_iter().next() {
            Some(Err((_, refusal))) => Err(Box::new(refusal)),
            _ => Ok(id),
        }
    }

    /// Lets time pass: a batch without entries.
    ///
    /// # Errors
    /// As [`Self::execute`].
    pub fn wait_until(&mut self, time: u64) -> Result<Outcome, Unreadable> {
        self.execute(time, &[])
    }

    /// Puts events before all history, as if the founding document had them.
    fn begin_with(&mut self, events: crate::family::Events) {
        for (key, event) in events {
            let record = evolve(self.founded.remove(&key), &event);
            self.founded.insert(key.clone(), record.clone());
            self.records.insert(key, record);
        }
    }

    /// What needs a person's attention, subject by subject.
    pub fn alerts(&self) -> Vec<Alert> {
        self.records.iter().flat_map(|(k, r)| r.state.alerts(&k.subject)).collect()
    }

    /// The subjects whose record is not the fold of their history. There never is one.
    pub fn not_folds(&self) -> Vec<SubjectKey> {
        let mut folded = self.founded.clone();
        for happening in &self.history {
            let before = folded.remove(&happening.subject);
            folded.insert(happening.subject.clone(), evolve(before, &happening.event));
        }
        let keys = self.records.keys().chain(folded.keys());
        let differs = |k: &&SubjectKey| self.records.get(*k) != folded.get(*k);
        let mut found: Vec<SubjectKey> = keys.filter(differs).cloned().collect();
        found.dedup();
        found
    }

    /// Every record in its one encoding: equal bytes are an equal ledger.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = vec![];
        for (key, record) in &self.records {
            bytes.extend(alloc::format!("{key}\n").into_bytes());
            bytes.extend(record.bytes());
        }
        bytes
    }
}
