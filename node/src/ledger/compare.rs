//! Two ledgers held against each other, value by value: one that is kept, and this one, which was
//! made anew from the batches of that one.

use countersign_contracts::world::SubjectKey;
use countersign_record::{
    Digest,
    refused::RefusedEntry,
    statement::{EntryId, Statement},
};

use super::{
    EntryPlace, Happened, Item, KeptTip, Ledger, LedgerFault, columns, columns::Column,
    store::Items,
};

/// Values longer than this are told by their digest, bytes.
const TOLD_WHOLE: usize = 48;

/// A value in which a kept ledger differs from what follows from its batches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Which value.
    pub(crate) what: String,
    /// The height that it goes back to, where it belongs to one.
    pub(crate) height: Option<u64>,
    /// The entry that it goes back to.
    pub(crate) entry: Option<EntryId>,
    /// What is kept.
    pub(crate) found: String,
    /// What follows from the batches.
    pub(crate) expected: String,
}

impl Ledger {
    /// The height at which a kept ledger says that it stands.
    pub(crate) fn kept_height(&self) -> Result<u64, LedgerFault> {
        let tip = self.get(Column::Meta, b"tip")?;
        let tip = tip.ok_or_else(|| LedgerFault::Storage("the tip is missing".into()))?;
        Ok(self.decode::<KeptTip>("tip", &tip)?.height)
    }

    /// The first value in which a kept ledger differs from this one, column by column; tells `seen`
    /// of every value. Proposals that are not decided follow from no batch: they are left out.
    ///
    /// # Errors
    /// This ledger could not answer. That the kept one could not is a difference.
    pub(crate) fn first_difference(
        &self,
        kept: &Self,
        seen: &mut dyn FnMut(),
    ) -> Result<Option<Difference>, LedgerFault> {
        for column in Column::ALL.iter().filter(|c| **c != Column::Undecided) {
            let difference = self.compare(kept, *column, seen)?;
            if difference.is_some() {
                return Ok(difference);
            }
        }
        Ok(None)
    }

    fn compare(
        &self,
        kept: &Self,
        column: Column,
        seen: &mut dyn FnMut(),
    ) -> Result<Option<Difference>, LedgerFault> {
        let mut ours = self.store.from(column, &[])?;
        let mut theirs = match kept.store.from(column, &[]) {
            Ok(items) => items,
            Err(fault) => return Ok(Some(unreadable(column, &fault))),
        };
        let mut last = None;
        loop {
            let expected = next(&mut ours)?;
            let found = match next(&mut theirs) {
                Ok(found) => found,
                Err(fault) => {
                    let near = expected.or(last);
                    let place = near.map(|(key, value)| self.locate(column, &key, &value));
                    let (height, entry) = place.unwrap_or_default();
                    return Ok(Some(Difference { height, entry, ..unreadable(column, &fault) }));
                }
            };
            match (expected, found) {
                (None, None) => return Ok(None),
                (expected, found) if expected == found => last = expected,
                (expected, found) => return Ok(Some(self.differ(column, expected, found))),
            }
            seen();
        }
    }

    /// The two items that stand where the columns part.
    fn differ(&self, column: Column, expected: Option<Item>, found: Option<Item>) -> Difference {
        // Of two keys the lower one is missing on the other side.
        let (key, expected, found) = match (expected, found) {
            (Some(e), Some(f)) if e.0 == f.0 => (e.0, Some(e.1), Some(f.1)),
            (Some(e), Some(f)) if e.0 > f.0 => (f.0, None, Some(f.1)),
            (Some(e), _) => (e.0, Some(e.1), None),
            (None, Some(f)) => (f.0, None, Some(f.1)),
            (None, None) => (Box::default(), None, None),
        };
        let (height, entry) = self.locate(column, &key, expected.as_deref().unwrap_or_default());
        Difference {
            what: name(column, &key),
            height,
            entry,
            found: told(found.as_deref()),
            expected: told(expected.as_deref()),
        }
    }

    /// The height and the entry that a right value goes back to, as far as it tells.
    fn locate(&self, column: Column, key: &[u8], value: &[u8]) -> (Option<u64>, Option<EntryId>) {
        let height = key.get(..8).and_then(|h| <[u8; 8]>::try_from(h).ok()).map(u64::from_be_bytes);
        let digest = |bytes: &[u8]| <[u8; 32]>::try_from(bytes).ok().map(Digest);
        match column {
            Column::Statements => (height, Statement::parse(value).ok().map(|s| s.id())),
            Column::Refusals => {
                let refused = self.decode::<RefusedEntry>("refusal record", value);
                (height, refused.ok().map(|r| r.entry))
            }
            Column::Happenings => {
                let happened = self.decode::<Happened>("happening", value);
                (height, happened.ok().and_then(|h| h.entry))
            }
            Column::Commits | Column::TreeStale | Column::TreeVersions | Column::Validators => {
                (height, None)
            }
            Column::Entries => {
                let place = self.decode::<EntryPlace>("entry place", value);
                (place.ok().map(|p| p.height), digest(key))
            }
            Column::References => {
                let id = digest(value);
                let place = id.and_then(|id| self.place(&id).ok().flatten());
                (place.map(|p| p.height), id)
            }
            Column::Records | Column::Alerts => self.last_change(columns::read_subject(key)),
            _ => (None, None),
        }
    }

    fn last_change(
        &self,
        subject: Result<SubjectKey, LedgerFault>,
    ) -> (Option<u64>, Option<EntryId>) {
        let history = subject.and_then(|subject| self.history(&subject, 0, usize::MAX));
        match history.ok().and_then(|mut history| history.pop()) {
            Some((height, happened)) => (Some(height), happened.entry),
            None => (None, None),
        }
    }
}

fn next(items: &mut Items<'_>) -> Result<Option<Item>, LedgerFault> {
    items.next().transpose()
}

fn unreadable(column: Column, fault: &LedgerFault) -> Difference {
    Difference {
        what: format!("the column '{}'", column.name()),
        height: None,
        entry: None,
        found: fault.to_string(),
        expected: "values that can be read".into(),
    }
}

/// A value's name: the subject where it has one, else column and key.
fn name(column: Column, key: &[u8]) -> String {
    match (column, columns::read_subject(key)) {
        (Column::Records, Ok(subject)) => format!("the record of {subject}"),
        (Column::Alerts, Ok(subject)) => format!("the alert mark of {subject}"),
        (Column::Meta, _) => format!("the ledger's {}", String::from_utf8_lossy(key)),
        _ => format!("the value {} of the column '{}'", hex::encode(key), column.name()),
    }
}

fn told(value: Option<&[u8]>) -> String {
    match value {
        None => "no such value".into(),
        Some([]) => "an empty value".into(),
        Some(bytes) if bytes.len() <= TOLD_WHOLE => hex::encode(bytes),
        Some(bytes) => format!("{} bytes with SHA-256 {}", bytes.len(), Digest::of(bytes)),
    }
}
