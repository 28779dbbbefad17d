//! The guard against double signing: what a validator key has signed, kept outside of ledger and
//! journal, and written before a signature leaves.
//!
//! A validator that signs two different things at one place (height, round, step) can split the
//! network. The engine's journal keeps a node from it as long as ledger and journal are both there
//! and nobody else has the key. The guard stands in the signer itself, so that no way goes round
//! it, for the days on which they are not:
//!
//! - the same again gives the same signature; what comes before the last place or contradicts it
//!   is not signed, nor anything at a height that is decided;
//! - where the journal is gone, this node has forgotten what it was locked on: it is silent at the
//!   height that it was working on, and also where the ledger has lost a body that the journal
//!   would make it vote for (`journal.rs`); the journal of such a height is begun anew, since votes
//!   that this node gave once and does not know any more come back into it from the others, and
//!   the engine stops over a journal that holds other votes of its own than it finds again;
//! - where the guard itself is gone or is a copy, it follows in silence until the network has
//!   decided heights that the key cannot have signed (`watch.rs`);
//! - a signature of this key that the guard has not given was given by somebody else: the node
//!   stops.

mod file;
mod journal;
mod record;
#[cfg(test)]
mod tests;
mod watch;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use countersign_record::Digest;

#[cfg(any(test, feature = "fuzz"))]
pub(crate) use self::file::any_slot;
#[cfg(test)]
pub(crate) use self::file::{memory, some_slots};
use self::watch::Watch;
pub(crate) use self::{
    file::reset,
    journal::Journal,
    record::{Place, Said, Step},
};
use self::{
    file::{Found, GuardFile, Slots},
    record::{Record, Sign},
};
use super::{boundary::Fault, context::Signature};

/// Why something is not signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum No {
    /// It is better not signed; the node goes on without it.
    Withheld(Fault),
    /// The node must not go on.
    Stop(Fault),
}

/// What one validator key has signed.
pub(crate) struct Guard {
    state: Mutex<State>,
}

struct State {
    record: Record,
    slots: Box<dyn Slots>,
    /// In silence until the key cannot have signed what it would sign.
    watch: Option<Watch>,
    /// Why nothing is signed any more.
    shut: Option<Fault>,
}

impl Guard {
    /// Opens the guard of a key in a folder, and keeps every other process from it.
    ///
    /// # Errors
    /// Another process has it, or it cannot be read or written.
    pub(crate) fn open(folder: &Path, kid: &Digest) -> Result<Arc<Self>, Fault> {
        let (file, found) = GuardFile::open(folder, kid)?;
        Ok(Self::on(Box::new(file), found))
    }

    pub(super) fn on(slots: Box<dyn Slots>, found: Found) -> Arc<Self> {
        let (record, watch) = match found {
            Found::Kept(record) => (record, None),
            Found::Lost => (Record::default(), Some(Watch::new("its record is not here"))),
            Found::Copied(record) => {
                (record, Some(Watch::new("its record is a copy from another place")))
            }
        };
        if let Some(watch) = &watch {
            tracing::warn!("double-sign guard: {}", watch.says());
        }
        Arc::new(Self { state: Mutex::new(State { record, slots, watch, shut: None }) })
    }

    /// A guard that keeps to nothing: for validators that are to misbehave.
    #[cfg(test)]
    pub(crate) fn none() -> Arc<Self> {
        Self::on(Box::new(memory::Nowhere), Found::Kept(Record::unbound()))
    }

    /// Before agreement begins on top of `tip`: whether the journal still knows what was signed.
    ///
    /// # Errors
    /// The guard cannot be written.
    pub(crate) fn begin(&self, tip: u64, journal: &Journal) -> Result<(), Fault> {
        let mut state = self.state();
        state.record.reaches(journal.last());
        if journal.bodies_gone() && journal.height() == Some(tip + 1) {
            tracing::warn!(
                height = tip + 1,
                "double-sign guard: the ledger does not hold a proposal that this node's journal \
                 calls good; this node does not vote at this height"
            );
            let last = state.record.last().map_or(0, |last| last.height);
            return state.silent_up_to(last.max(tip + 1));
        }
        let Some(last) = state.record.last() else { return Ok(()) };
        if last.height <= tip || state.watch.is_some() {
            return Ok(());
        }
        if last.height == tip + 1 && journal.height() == Some(last.height) {
            // The journal is written after the guard and before anything is sent: what comes after
            // all that it holds never left this node, or will be signed as it was. To hold on to
            // it could keep all nodes of a network silent in one round after a power cut.
            state.record.forget_after(journal.last());
            return Ok(());
        }
        tracing::warn!(
            height = last.height,
            "double-sign guard: the journal of a height that this node has voted on is gone, and \
             with it what the node was locked on; it does not vote at heights up to this one"
        );
        state.silent_up_to(last.height)
    }

    /// Lets nothing be signed at a height and below it any more.
    ///
    /// # Errors
    /// The guard cannot be written.
    pub(crate) fn silent_up_to(&self, height: u64) -> Result<(), Fault> {
        self.state().silent_up_to(height)
    }

    /// Whether anything may be signed at a height. Where not, its journal is of no use.
    pub(crate) fn signs_at(&self, height: u64) -> bool {
        let state = self.state();
        state.watch.is_none() && !state.record.is_silent_at(height)
    }

    /// Signs something at a place, or says why not. `tip` is the last committed height; `make`
    /// gives the signature, and what it gave is on the disk when this returns.
    pub(crate) fn sign(
        &self,
        tip: u64,
        said: Said,
        make: impl FnOnce() -> Result<Signature, Fault>,
    ) -> Result<Signature, No> {
        let mut state = self.state();
        if let Some(fault) = &state.shut {
            return Err(No::Stop(fault.clone()));
        }
        if let Some(watch) = &state.watch {
            return Err(No::Withheld(Fault(watch.says())));
        }
        let how = state.record.allows(tip, &said).map_err(No::Withheld)?;
        let signature = make().map_err(No::Stop)?;
        if how == Sign::Anew {
            // A crash before this line: nothing was signed. After it: the same is signed again.
            let next = state.record.with(said);
            state.keep(next).map_err(No::Stop)?;
        }
        Ok(signature)
    }

    /// A valid signature of this key was seen, wherever it came from. The fault if somebody else
    /// has given it.
    pub(crate) fn seen(&self, said: &Said) -> Option<Fault> {
        let mut state = self.state();
        let foreign = match &mut state.watch {
            Some(watch) => watch.is_foreign(&said.place),
            None => state.record.is_foreign(said),
        };
        if !foreign {
            return None;
        }
        let fault = state.record.foreign(said);
        state.shut.get_or_insert(fault.clone());
        Some(fault)
    }

    /// A height was committed: `live` where it was decided before this node's eyes, not fetched.
    ///
    /// # Errors
    /// The guard cannot be written.
    pub(crate) fn committed(&self, height: u64, live: bool, signed: bool) -> Result<(), Fault> {
        let mut state = self.state();
        let Some(watch) = &mut state.watch else { return Ok(()) };
        if !watch.ends_with(height, live, signed) {
            return Ok(());
        }
        tracing::info!(height, "double-sign guard: this node votes from the next height on");
        state.watch = None;
        let next = state.record.silent_up_to(height);
        state.keep(next)
    }

    /// Why this key signs nothing now, as a sentence.
    pub(crate) fn silence(&self) -> Option<String> {
        let state = self.state();
        let shut = state.shut.as_ref().map(|fault| fault.0.clone());
        shut.or_else(|| state.watch.as_ref().map(Watch::says))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A holder that panicked changed nothing by halves: the record is replaced as a whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn keep(&mut self, next: Record) -> Result<(), Fault> {
        if let Err(e) = self.slots.write(&next) {
            let fault = Fault(format!(
                "double-sign guard: what this node signs could not be written to its disk, so \
                 nothing was signed and the node stopped: {e}. Repair the disk or make room, then \
                 start it again"
            ));
            self.shut = Some(fault.clone());
            return Err(fault);
        }
        self.record = next;
        Ok(())
    }

    fn silent_up_to(&mut self, height: u64) -> Result<(), Fault> {
        if self.watch.is_some() || self.record.is_silent_at(height) {
            return Ok(());
        }
        let next = self.record.silent_up_to(height);
        self.keep(next)
    }
}
