//! A set of marks on a container of a bill, in two bytes, because a bill has many containers.

use minicbor::{Decode, Encode};
use serde::Serialize;

/// Which statements name a container, and what has happened to it on its bill.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Marks(#[n(0)] u16);

/// One mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Mark {
    /// On the manifest of the river port.
    River = 1,
    /// On the manifest of the hub.
    Hub = 1 << 1,
    /// On the declaration.
    Declared = 1 << 2,
    /// Arrived, where it was declared in advance.
    Arrived = 1 << 3,
    /// Tallied as there.
    Tallied = 1 << 4,
    /// Missing at the tally.
    Short = 1 << 5,
    /// At the tally, and not on the manifest.
    Over = 1 << 6,
    /// Out through the gate (import).
    Gone = 1 << 7,
    /// Withdrawn from the export.
    Withdrawn = 1 << 8,
    /// Left behind, to go with another voyage.
    Rolled = 1 << 9,
}

impl Mark {
    const ALL: &'static [(Self, &'static str)] = &[
        (Self::River, "river"),
        (Self::Hub, "hub"),
        (Self::Declared, "declared"),
        (Self::Arrived, "arrived"),
        (Self::Tallied, "tallied"),
        (Self::Short, "short"),
        (Self::Over, "over"),
        (Self::Gone, "gone"),
        (Self::Withdrawn, "withdrawn"),
        (Self::Rolled, "rolled"),
    ];
}

impl Marks {
    /// Whether a mark is set.
    pub fn has(self, mark: Mark) -> bool {
        self.0 & mark as u16 != 0
    }

    /// Sets or clears a mark.
    pub fn set(&mut self, mark: Mark, on: bool) {
        if on {
            self.0 |= mark as u16;
        } else {
            self.0 &= !(mark as u16);
        }
    }

    /// Whether either manifest names the container.
    pub fn is_manifested(self) -> bool {
        self.has(Mark::River) || self.has(Mark::Hub)
    }

    /// Whether nothing more is expected of it at the tally.
    pub fn is_settled(self) -> bool {
        self.has(Mark::Tallied) || self.has(Mark::Withdrawn)
    }
}

impl Serialize for Marks {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_seq(Mark::ALL.iter().filter(|(m, _)| self.has(*m)).map(|(_, name)| name))
    }
}
