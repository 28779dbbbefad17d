//! The headers from the first on, made again out of what the batches hold: they are right if the
//! last of them is the one that was signed, since each holds the digest of the one before.

use std::collections::{HashMap, hash_map::Entry};

use countersign_record::{
    Digest, encoding, header::Header, log, log::Log, refused::RefusedEntry, statement::Statement,
};

use super::{Batch, SnapshotFault, Step, no};
use crate::ledger::{
    EntryPlace, FIRST_HEIGHT, Kept, Ledger, columns, columns::Column, read::bytes_of, store::Writes,
};

/// How far the headers have come.
pub(super) struct Trail {
    last: Option<Header>,
    log: Log,
    entries: u64,
    /// The party behind each key that was met.
    signers: HashMap<Digest, String>,
}

impl Trail {
    /// Before the first batch.
    pub(super) fn begin(ledger: &Ledger) -> Self {
        let mut log = Log::default();
        log.append(log::leaf_hash(&ledger.genesis().bytes()), |_, _| ());
        Self { last: None, log, entries: 0, signers: HashMap::new() }
    }

    /// The log after the last batch.
    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// Entries so far, refused ones included.
    pub(super) fn entries(&self) -> u64 {
        self.entries
    }

    /// Goes on over a batch, and keeps what must be known of its entries for ever.
    pub(super) fn take(
        &mut self,
        ledger: &Ledger,
        write: &mut Writes,
        batch: Batch,
        until: u64,
    ) -> Result<(), SnapshotFault> {
        let height = self.last.as_ref().map_or(FIRST_HEIGHT, |h| h.height + 1);
        if height > until {
            return no(Step::Headers, format!("a batch after height {until}"));
        }
        for (place, statement) in (0..).zip(&batch.accepted) {
            self.accept(ledger, write, statement, height, place)?;
        }
        for (number, record) in (0..).zip(&batch.refused) {
            let record: RefusedEntry = match encoding::decode("refusal record", record) {
                Ok(record) => record,
                Err(e) => return no(Step::Headers, format!("height {height}: {e}")),
            };
            let at = EntryPlace { height, place: number, kept: Kept::Refused(number) };
            write.put(Column::Entries, record.entry.0, bytes_of(&at));
            self.entries += 1;
        }
        self.last = Some(self.header(ledger, batch, height)?);
        Ok(())
    }

    fn accept(
        &mut self,
        ledger: &Ledger,
        write: &mut Writes,
        bytes: &[u8],
        height: u64,
        place: u32,
    ) -> Result<(), SnapshotFault> {
        let statement = match Statement::parse(bytes) {
            Ok(statement) => statement,
            Err(e) => return no(Step::Headers, format!("height {height}: {e}")),
        };
        let kid = statement.kid();
        let party = match self.signers.entry(kid) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let Some(key) = ledger.key(&kid)? else {
                    let why =
                        format!("the key {kid} of a statement at height {height} is not known");
                    return no(Step::Signers, why);
                };
                new.insert(key.party)
            }
        };
        let used = columns::reference(party, &statement.payload().reference);
        write.put(Column::References, used, statement.id().0);
        // Its place among the batch's statements is not known, and asked for by nobody: the batch
        // is not kept.
        let at = EntryPlace { height, place, kept: Kept::Accepted(self.log.size()) };
        write.put(Column::Entries, statement.id().0, bytes_of(&at));
        self.log.append(log::leaf_hash(bytes), |_, _| ());
        self.entries += 1;
        Ok(())
    }

    fn header(&self, ledger: &Ledger, batch: Batch, height: u64) -> Result<Header, SnapshotFault> {
        let last = self.last.as_ref();
        let unsaid = |what: &str| {
            let why = format!("height {height} does not say its {what}");
            SnapshotFault::NotVerified { step: Step::Headers, why }
        };
        let validators = match last {
            Some(last) => last.next_validators,
            None => Ledger::founding_tip(ledger.genesis())?.validators.digest(),
        };
        let before = last.map_or(ledger.genesis().time, |h| h.time);
        Ok(Header {
            network: ledger.network(),
            height,
            parent: last.map_or(Digest::ZERO, Header::digest),
            time: before.checked_add(batch.later).ok_or_else(|| unsaid("time"))?,
            log_size: self.log.size(),
            log_root: self.log.root(),
            state_root: batch
                .state_root
                .or(last.map(|h| h.state_root))
                .ok_or_else(|| unsaid("state root"))?,
            refusals_size: batch.refused.len() as u64,
            refusals_root: log::root_of(batch.refused.iter().map(|r| &r[..])),
            validators,
            next_validators: batch.next_validators.unwrap_or(validators),
            rules: batch.rules.or(last.map(|h| h.rules)).ok_or_else(|| unsaid("rules"))?,
            proposer: batch
                .proposer
                .or_else(|| last.map(|h| h.proposer.clone()))
                .ok_or_else(|| unsaid("proposer"))?,
        })
    }

    /// Whether these are the batches under a header.
    pub(super) fn leads_to(&self, header: &Header) -> Result<(), SnapshotFault> {
        let last = self.last.as_ref();
        if last.is_some_and(|last| last.digest() == header.digest()) {
            return Ok(());
        }
        let (at, asked) = (last.map_or(0, |h| h.height), header.height);
        no(
            Step::Headers,
            format!("the batches lead to another header at height {at} than the one of {asked}"),
        )
    }
}
