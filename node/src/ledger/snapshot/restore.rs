//! Begins a ledger from a snapshot, of which every part is checked while it is read.
//!
//! The ledger is made beside its place and moved there when all of it has held: what a crash or a
//! refusal leaves behind is no ledger.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use countersign_contracts::{
    family::FamilyName,
    world::{Record, SubjectKey},
};
use countersign_record::{
    Digest,
    commit::{CommitProof, Link},
    founding::Genesis,
    header::Header,
    succession::Succession,
};

use super::{Kept, Part, SnapshotFault, Step, Tip, file::Reader, no, trail::Trail};
use crate::{
    ledger::{
        Changes, EncodedChanges, FORMAT, KeptTip, Ledger,
        backup::{beside, put_in_place},
        columns,
        columns::Column,
        read::bytes_of,
        store::{Rocks, Writes},
    },
    limits::{RESTORE_RECORDS, RESTORE_WRITES},
};

/// What was restored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// The height whose state it is; the node goes on at the next.
    pub height: u64,
    /// Records.
    pub records: u64,
    /// Entries, refused ones included, whose references and ids are known now.
    pub entries: u64,
    /// How long the file was.
    pub bytes: u64,
}

/// Makes the ledger in `folder`, where none may be, out of a snapshot. `progress` is told the bytes
/// that were read.
///
/// # Errors
/// The step of the check that failed, or what cannot be read or written. Nothing is left then.
pub fn restore(
    input: impl Read,
    folder: &Path,
    genesis: Genesis,
    progress: impl FnMut(u64),
) -> Result<Restored, SnapshotFault> {
    let beside = beside(folder)?;
    let made = restore_to(input, &beside, genesis, progress);
    if made.is_err() {
        fs::remove_dir_all(&beside)?;
        return made;
    }
    // A crash before this line leaves a folder that nobody looks at, after it a ledger.
    put_in_place(&beside, folder)?;
    made
}

fn restore_to(
    input: impl Read,
    folder: &Path,
    genesis: Genesis,
    progress: impl FnMut(u64),
) -> Result<Restored, SnapshotFault> {
    let store = Rocks::open_scratch(folder).map_err(io::Error::other)?;
    let tip = Ledger::founding_tip(&genesis)?;
    Ledger::assemble(Box::new(store), folder, genesis, tip).take_snapshot(input, progress)
}

impl Ledger {
    /// Takes a snapshot in where nothing is yet.
    pub(in crate::ledger) fn take_snapshot(
        &self,
        input: impl Read,
        progress: impl FnMut(u64),
    ) -> Result<Restored, SnapshotFault> {
        Intake { file: Reader::new(input)?, progress, ledger: self, write: Writes::default() }.run()
    }
}

/// A snapshot on its way in.
struct Intake<'a, R, P> {
    file: Reader<R>,
    progress: P,
    ledger: &'a Ledger,
    write: Writes,
}

impl<R: Read, P: FnMut(u64)> Intake<'_, R, P> {
    fn next(&mut self) -> Result<Part, SnapshotFault> {
        let part = self.file.next()?;
        (self.progress)(self.file.bytes());
        Ok(part)
    }

    fn run(mut self) -> Result<Restored, SnapshotFault> {
        let tip = match self.next()? {
            Part::Tip(tip) => tip,
            other => return out_of_order("the header", &other),
        };
        let part = self.next()?;
        let (known, part) = self.take_links(&tip.commit.header, part)?;
        let header = self.check_tip(known, tip)?;
        let (version, records, part) = self.take_records(&header, part)?;
        let (trail, part) = self.take_batches(&header, part)?;
        let Part::End(_) = part else { return out_of_order("the end", &part) };
        for (node, hash) in trail.log().peaks() {
            self.write.put(Column::Log, node.0.to_be_bytes(), hash.0);
        }
        self.found(&header, trail.log().size(), version)?;
        let bytes = self.file.bytes();
        Ok(Restored { height: header.height, records, entries: trail.entries(), bytes })
    }

    /// The changes of the validator set, each signed by the set before.
    fn take_links(
        &mut self,
        header: &Header,
        mut part: Part,
    ) -> Result<(Succession, Part), SnapshotFault> {
        let mut known =
            Succession::founders(self.ledger.genesis()).or_else(|e| no(Step::Membership, e.why))?;
        while let Part::Links(links) = part {
            for link in links {
                let at = link.commit.header.height;
                if at >= header.height {
                    let why = format!("a change at height {at} is out of order");
                    return no(Step::Membership, why);
                }
                known.follow(&link).or_else(|e| no(Step::Membership, e.why))?;
                self.put_link(&link);
            }
            self.flush()?;
            part = self.next()?;
        }
        Ok((known, part))
    }

    fn put_link(&mut self, link: &Link) {
        let at = link.commit.header.height.to_be_bytes();
        self.write.put(Column::Commits, at, bytes_of(&link.commit));
        self.write.put(Column::Validators, at, bytes_of(&link.next));
    }

    /// The header that everything else leads to.
    fn check_tip(&mut self, mut known: Succession, tip: Tip) -> Result<Header, SnapshotFault> {
        let Tip { commit, next } = tip;
        let network = self.ledger.network();
        commit.verify(&network, known.set()).or_else(|e| no(Step::Quorum, e))?;
        let CommitProof { header, .. } = commit.clone();
        match next {
            Some(next) => {
                let link = Link { commit, next };
                known.follow(&link).or_else(|e| no(Step::Membership, e.why))?;
                self.put_link(&link);
            }
            None if header.next_validators == header.validators => {
                self.write.put(Column::Commits, header.height.to_be_bytes(), bytes_of(&commit));
            }
            None => return no(Step::Membership, "the set of the next height is missing"),
        }
        Ok(header)
    }

    /// All records, put into a state tree; its newest version, and how many they are.
    fn take_records(
        &mut self,
        header: &Header,
        mut part: Part,
    ) -> Result<(u64, u64, Part), SnapshotFault> {
        let (mut tree, mut last, mut count) = (None, Vec::new(), 0);
        let mut changes = Changes::new();
        while let Part::Records(records) = part {
            for kept in records {
                let (key, record) = read_record(&kept)?;
                let name = columns::subject(&key);
                if name <= last {
                    return no(Step::State, format!("the record of {key} is out of order"));
                }
                last = name;
                count += 1;
                changes.insert(key, record);
                if changes.len() >= RESTORE_RECORDS {
                    tree = Some(self.plant(tree, &std::mem::take(&mut changes))?);
                }
            }
            part = self.next()?;
        }
        if !changes.is_empty() {
            tree = Some(self.plant(tree, &changes)?);
        }
        match tree {
            Some((version, root)) if root == header.state_root => Ok((version, count, part)),
            _ => no(
                Step::State,
                format!("the records do not lead to the state root {}", header.state_root),
            ),
        }
    }

    /// Puts records into the tree of the version before; the new version and its root.
    fn plant(
        &mut self,
        tree: Option<(u64, Digest)>,
        changes: &Changes,
    ) -> Result<(u64, Digest), SnapshotFault> {
        let version = tree.map_or(0, |(version, _)| version + 1);
        let encoded = EncodedChanges::of(changes);
        let planted = self.ledger.tree_at(version, changes, &encoded)?;
        self.ledger.put_records(&mut self.write, changes, &encoded)?;
        self.ledger.put_planted(&mut self.write, &planted)?;
        self.flush()?;
        Ok((version, planted.root))
    }

    /// All batches, of which the references and ids are kept.
    fn take_batches(
        &mut self,
        header: &Header,
        mut part: Part,
    ) -> Result<(Trail, Part), SnapshotFault> {
        let mut trail = Trail::begin(self.ledger);
        while let Part::Batches(batches) = part {
            for batch in batches {
                trail.take(self.ledger, &mut self.write, batch, header.height)?;
                if self.write.len() >= RESTORE_WRITES {
                    self.flush()?;
                }
            }
            part = self.next()?;
        }
        trail.leads_to(header)?;
        Ok((trail, part))
    }

    fn flush(&mut self) -> Result<(), SnapshotFault> {
        Ok(self.ledger.write(std::mem::take(&mut self.write))?)
    }

    /// Makes a ledger of it: this last write is what one is known by.
    fn found(
        &mut self,
        header: &Header,
        log_size: u64,
        tree_version: u64,
    ) -> Result<(), SnapshotFault> {
        let height = header.height;
        let kept = KeptTip { height, log_size, tree_version, state_root: header.state_root };
        self.write.put(Column::TreeVersions, height.to_be_bytes(), tree_version.to_be_bytes());
        self.write.put(Column::Meta, "format", FORMAT.to_be_bytes());
        self.write.put(Column::Meta, "network", self.ledger.network().0);
        self.write.put(Column::Meta, "first", (height + 1).to_be_bytes());
        self.write.put(Column::Meta, "tip", bytes_of(&kept));
        self.flush()?;
        Ok(self.ledger.sync()?)
    }
}

fn out_of_order<T>(expected: &str, found: &Part) -> Result<T, SnapshotFault> {
    no(Step::File, format!("{} where {expected} was expected", found.name()))
}

pub(super) fn read_record(kept: &Kept) -> Result<(SubjectKey, Record), SnapshotFault> {
    let Some(family) = FamilyName::find(&kept.family) else {
        return no(Step::State, format!("a record of the unknown family '{}'", kept.family));
    };
    let key = SubjectKey::new(family, kept.subject.as_str());
    match Record::parse(&kept.record) {
        Ok(record) => Ok((key, record)),
        Err(e) => no(Step::State, format!("the record of {key}: {}", e.0)),
    }
}
