//! The commitment of a line to its live drawdowns: thirty-two bytes, whatever their number, that
//! change with every one of them, so that a listing of them can be checked for completeness.
//!
//! It is a multiset hash on a curve. For other languages, byte for byte:
//!
//! 1. A live drawdown's facts are one CBOR map (RFC 8949 §4.2.1, integer keys, as in the records):
//!    `{1: entry_no tstr, 2: open_fen uint, 3: scope uint, 4: due uint, 5: enterprise tstr}`.
//! 2. `h` = SHA-512 of the ASCII text `countersign guarantee live 1` followed by those bytes.
//! 3. `p` = the element of ristretto255 that RFC 9496 §4.3.4 (element derivation) gives for the 64
//!    bytes of `h`.
//! 4. The commitment is the RFC 9496 encoding of the sum of the `p` of all live drawdowns; with
//!    none it is thirty-two zero bytes.
//!
//! Two different sets with one commitment would be a relation between hashed points, which is as
//! hard to find as a discrete logarithm on the curve (the elliptic curve multiset hash of
//! Maitin-Shepard and others, 2016). A drawdown is put in and taken out by one addition each, in
//! any order; leaving one out, adding one, or changing an amount, a day or an owner gives another
//! commitment.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use core::fmt;

use countersign_record::{Digest, encoding};
use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use minicbor::{Decode, Encode};
use serde::Serialize;
use sha2::{Digest as _, Sha512};

use super::{
    bodies::Scope,
    state::{Drawdown, Line},
};
use crate::family::shapes::part;

/// What stands before the hashed facts, so that no other hash of the ledger is ever one of these.
const DOMAIN: &[u8] = b"countersign guarantee live 1";

part! {
    /// The facts of a live drawdown that its line commits to.
    Live {
        /// The declaration.
        1 entry_no: String,
        /// What the line answers for, fen.
        2 open_fen: u64,
        /// Under which class of matter.
        3 scope: Scope,
        /// The last moment of the due day.
        4 due: u64,
        /// Whose tax it is.
        5 enterprise: String,
    }
}

impl Live {
    fn point(&self) -> RistrettoPoint {
        let mut hash = Sha512::new();
        hash.update(DOMAIN);
        hash.update(encoding::encode(self));
        RistrettoPoint::from_uniform_bytes(&hash.finalize().into())
    }
}

/// The commitment to a set of live drawdowns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct LiveSet(#[n(0)] pub Digest);

impl LiveSet {
    /// The commitment to none.
    pub const EMPTY: Self = Self(Digest::ZERO);

    /// The commitment to these, each once.
    pub fn of<'l>(live: impl IntoIterator<Item = &'l Live>) -> Self {
        Self::written(live.into_iter().map(Live::point).sum())
    }

    /// The commitment after one drawdown changed: `before` is taken out, `after` put in.
    #[must_use]
    pub fn changed(self, before: Option<&Live>, after: Option<&Live>) -> Self {
        let mut sum = self.read();
        if let Some(live) = before {
            sum -= live.point();
        }
        if let Some(live) = after {
            sum += live.point();
        }
        Self::written(sum)
    }

    /// Only sums are ever written, so what is kept is always an element; a fold is total all the
    /// same, and takes anything else for the sum of none.
    fn read(self) -> RistrettoPoint {
        CompressedRistretto(self.0.0).decompress().unwrap_or_default()
    }

    fn written(sum: RistrettoPoint) -> Self {
        Self(Digest(sum.compress().to_bytes()))
    }
}

/// Why a listing is not the live drawdowns of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadListing {
    /// The listing names a drawdown that is not live on the line.
    NotLive(String),
    /// It names one twice.
    Twice(String),
    /// It has another number of drawdowns than the line.
    Count {
        /// In the listing.
        listed: u64,
        /// In the line's record.
        recorded: u64,
    },
    /// Its sum is not what the line has used.
    Used {
        /// In the listing, fen.
        listed: u128,
        /// In the line's record, fen.
        recorded: u64,
    },
    /// Number and sum agree, and the drawdowns are not those that the line commits to.
    Set,
}

impl fmt::Display for BadListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::NotLive(entry_no) => {
                format!("drawdown {entry_no} is listed and is not live on the line")
            }
            Self::Twice(entry_no) => format!("drawdown {entry_no} is listed twice"),
            Self::Count { listed, recorded } => {
                format!("{listed} drawdowns are listed, and the line has {recorded}")
            }
            Self::Used { listed, recorded } => {
                format!(
                    "the listed drawdowns sum to {listed} fen, and the line has {recorded} used"
                )
            }
            Self::Set => "a listed drawdown differs from the one that the line commits to".into(),
        })
    }
}

impl core::error::Error for BadListing {}

/// Proves by recomputation that a listing is exactly the live drawdowns of a line: none left out,
/// none added, none changed. Whoever holds the line's record, proven against a state root, needs no
/// proof of the single drawdowns.
///
/// # Errors
/// The first way in which the listing is not the line's.
pub fn check_listing<'d>(
    filing_no: &str,
    line: &Line,
    drawdowns: impl IntoIterator<Item = (&'d str, &'d Drawdown)>,
) -> Result<(), BadListing> {
    let mut live = Vec::new();
    for (entry_no, drawdown) in drawdowns {
        let found = drawdown.live(entry_no).filter(|_| drawdown.filing_no == filing_no);
        live.push(found.ok_or_else(|| BadListing::NotLive(entry_no.into()))?);
    }
    check_live(line, &live)
}

/// The same of the facts alone that the line commits to.
///
/// # Errors
/// The first way in which they are not the line's.
pub fn check_live(line: &Line, live: &[Live]) -> Result<(), BadListing> {
    let mut seen = BTreeSet::new();
    let (mut count, mut used, mut sum) = (0_u64, 0_u128, RistrettoPoint::default());
    for live in live {
        if !seen.insert(&live.entry_no) {
            return Err(BadListing::Twice(live.entry_no.clone()));
        }
        count = count.saturating_add(1);
        used = used.saturating_add(u128::from(live.open_fen));
        sum += live.point();
    }
    if count != line.live {
        return Err(BadListing::Count { listed: count, recorded: line.live });
    }
    if used != u128::from(line.used_fen) {
        return Err(BadListing::Used { listed: used, recorded: line.used_fen });
    }
    if LiveSet::written(sum) != line.live_set {
        return Err(BadListing::Set);
    }
    Ok(())
}
