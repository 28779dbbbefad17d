//! Makes a snapshot from a ledger that nobody writes to meanwhile: one that is stopped, or another
//! process's as it stood when it was looked at.

use std::{collections::BTreeSet, io::Write};

use countersign_record::{
    Digest, commit::CommitProof, header::Header, refused::RefusedEntry, statement::Statement,
};

use super::{Batch, Kept, Part, SnapshotFault, Tip, file::Writer};
use crate::{
    ledger::{FIRST_HEIGHT, Ledger, LedgerFault, columns, columns::Column},
    limits::SNAPSHOT_FRAME_BYTES,
};

/// What went into a snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The height that it is of.
    pub height: u64,
    /// Records in it.
    pub records: u64,
    /// Entries in it, refused ones included.
    pub entries: u64,
    /// How long it is.
    pub bytes: u64,
}

impl Ledger {
    /// Writes the snapshot of the last height. `progress` is told heights that are done, of how
    /// many.
    ///
    /// # Errors
    /// The ledger does not hold every batch, or something cannot be read or written.
    pub fn snapshot(
        &self,
        out: impl Write,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<Made, SnapshotFault> {
        if self.first_height() != FIRST_HEIGHT {
            return Err(SnapshotFault::NotAll(self.first_height()));
        }
        let height = self.tip().height;
        let commit = self.commit_proof(height)?.ok_or(SnapshotFault::NoBatch)?;
        let mut made = Made { height, ..Made::default() };
        let mut out = Writer::new(out)?;
        let changes = commit.header.next_validators != commit.header.validators;
        let next = if changes { Some(self.validators_at(height + 1)?) } else { None };
        out.put(&Part::Tip(Tip { commit, next }))?;
        self.write_links(&mut out, height)?;
        made.records = self.write_records(&mut out)?;
        let mut chunk = Chunk::default();
        let mut last = None;
        for at in FIRST_HEIGHT..=height {
            let batch = self.batch_after(last.as_ref(), at)?;
            made.entries += (batch.accepted.len() + batch.refused.len()) as u64;
            let bytes = batch.bytes();
            chunk.push(&mut out, batch, bytes, Part::Batches)?;
            last = Some(self.header(at)?);
            progress(at, height);
        }
        chunk.end(&mut out, Part::Batches)?;
        made.bytes = out.end()?;
        Ok(made)
    }

    fn write_links<W: Write>(&self, out: &mut Writer<W>, height: u64) -> Result<(), SnapshotFault> {
        let mut chunk = Chunk::default();
        for link in self.links(FIRST_HEIGHT)? {
            let link = link?;
            if link.commit.header.height >= height {
                break;
            }
            let bytes = 1024 + 128 * link.commit.signatures.len();
            chunk.push(out, link, bytes, Part::Links)?;
        }
        chunk.end(out, Part::Links)
    }

    fn write_records<W: Write>(&self, out: &mut Writer<W>) -> Result<u64, SnapshotFault> {
        let (mut chunk, mut count) = (Chunk::default(), 0);
        for item in self.scan(Column::Records, &[], &[])? {
            let (key, record) = item?;
            let key = columns::read_subject(&key)?;
            let bytes = record.len() + 64;
            let family = key.family.name().to_owned();
            let kept = Kept { family, subject: key.subject, record: record.into_vec().into() };
            chunk.push(out, kept, bytes, Part::Records)?;
            count += 1;
        }
        chunk.end(out, Part::Records)?;
        Ok(count)
    }

    fn header(&self, height: u64) -> Result<Header, LedgerFault> {
        let proof: Option<CommitProof> = self.commit_proof(height)?;
        proof.map(|p| p.header).ok_or_else(|| {
            LedgerFault::Storage(format!("the commit proof of height {height} is missing"))
        })
    }

    /// A batch, with what its header says otherwise than the one before.
    fn batch_after(&self, before: Option<&Header>, height: u64) -> Result<Batch, LedgerFault> {
        let header = self.header(height)?;
        let refused = self.refusals(height)?;
        let ids: BTreeSet<Digest> = refused.iter().map(|r| r.entry).collect();
        let mut accepted = Vec::new();
        for statement in self.statements(height)? {
            // Mostly nothing was refused, and no id need be worked out.
            if ids.is_empty() || !ids.contains(&id_of(&statement)?) {
                accepted.push(statement.into());
            }
        }
        let changed = |new: Digest, old: Option<Digest>| (Some(new) != old).then_some(new);
        Ok(Batch {
            later: header.time.saturating_sub(before.map_or(self.genesis.time, |b| b.time)),
            state_root: changed(header.state_root, before.map(|b| b.state_root)),
            next_validators: changed(header.next_validators, Some(header.validators)),
            rules: (before.is_none_or(|b| b.rules != header.rules)).then_some(header.rules),
            proposer: (before.is_none_or(|b| b.proposer != header.proposer))
                .then_some(header.proposer),
            accepted,
            refused: refused.iter().map(RefusedEntry::bytes).map(Into::into).collect(),
        })
    }
}

fn id_of(statement: &[u8]) -> Result<Digest, LedgerFault> {
    let statement = Statement::parse(statement);
    Ok(statement.map_err(|e| LedgerFault::Storage(e.to_string()))?.id())
}

/// What gathers until it makes a frame.
struct Chunk<T> {
    items: Vec<T>,
    bytes: usize,
}

impl<T> Default for Chunk<T> {
    fn default() -> Self {
        Self { items: Vec::new(), bytes: 0 }
    }
}

impl<T> Chunk<T> {
    fn push<W: Write>(
        &mut self,
        out: &mut Writer<W>,
        item: T,
        bytes: usize,
        part: fn(Vec<T>) -> Part,
    ) -> Result<(), SnapshotFault> {
        self.items.push(item);
        self.bytes += bytes;
        if self.bytes >= SNAPSHOT_FRAME_BYTES { self.end(out, part) } else { Ok(()) }
    }

    fn end<W: Write>(
        &mut self,
        out: &mut Writer<W>,
        part: fn(Vec<T>) -> Part,
    ) -> Result<(), SnapshotFault> {
        if self.items.is_empty() {
            return Ok(());
        }
        self.bytes = 0;
        out.put(&part(std::mem::take(&mut self.items)))
    }
}
