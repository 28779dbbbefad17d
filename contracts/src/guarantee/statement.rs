//! A line's statement for a date: its record under a proven state, and every drawdown that lives
//! on it. Whoever holds the file and the founding document knows that none was left out.
//!
//! ```text
//!   {12: state proof of line:FILING_NO (bytes), 13: [facts of a live drawdown, …]}
//! ```
//!
//! Only the line is proven against the state root. The drawdowns need no proof of their own: number,
//! sum and commitment in the line's record hold for these facts and for no others ([`check_live`]),
//! which stand here as `set` describes them. The file says nothing else, so that nothing in it can
//! be changed unnoticed; their order is that of the declarations' numbers.

use alloc::{string::String, vec::Vec};
use core::fmt;

use countersign_record::{
    encoding::{self, Malformed},
    founding::Genesis,
    state_proof::{self, StateFault, VerifiedState},
    verify::Step,
};
use minicbor::{Decode, Encode};

use super::{
    set::{BadListing, Live, check_live},
    state::{Line, State},
};
use crate::{
    family::{self, FamilyName},
    limits::LINE_STATEMENT_BYTES_MAX,
    world::Record,
};

/// A line's statement, not checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct LineStatement {
    /// The state proof of the line.
    #[cbor(n(12), with = "minicbor::bytes")]
    pub proof: Vec<u8>,
    /// The live drawdowns, in order of their declarations' numbers.
    #[n(13)]
    pub live: Vec<Live>,
}

/// Whether a file begins as a line's statement does, so that one command can check all kinds.
pub fn is_line_statement(bytes: &[u8]) -> bool {
    // A map of two pairs, of which the proof (12) is the first.
    matches!(bytes, [0xa2, 0x0c, ..])
}

impl LineStatement {
    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        encoding::encode(self)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// The bytes are no statement in its one encoding, or more than any line can need.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        const WHAT: &str = "line statement";
        if bytes.len() > LINE_STATEMENT_BYTES_MAX {
            return Err(Malformed::new(WHAT, LINE_STATEMENT_BYTES_MAX, "too large"));
        }
        encoding::decode(WHAT, bytes)
    }
}

/// Why a statement was not believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementFault {
    /// The file is not in the one encoding of a statement.
    Form(Malformed),
    /// The proof of the line does not hold.
    Proof(StateFault),
    /// What is proven is no guarantee line.
    NotALine(String),
    /// The listing is not in the order of its numbers.
    Order(String),
    /// The listing is not the live drawdowns of the line.
    Listing(BadListing),
}

impl StatementFault {
    /// The step of the check that failed.
    pub fn step(&self) -> Step {
        match self {
            Self::Form(_) => Step::Form,
            Self::Proof(no) => no.step(),
            Self::NotALine(_) | Self::Order(_) | Self::Listing(_) => Step::State,
        }
    }
}

impl fmt::Display for StatementFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form(e) => write!(f, "{e}"),
            Self::Proof(no) => write!(f, "{no}"),
            Self::NotALine(found) => write!(f, "{found} is proven, expected a guarantee line"),
            Self::Order(entry_no) => {
                write!(f, "drawdown {entry_no} is listed before one of a lower number")
            }
            Self::Listing(bad) => write!(f, "{bad}"),
        }
    }
}

impl core::error::Error for StatementFault {}

/// What a statement proves once it was checked. Only [`verify_statement`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedStatement {
    state: VerifiedState,
    filing_no: String,
    line: Line,
    live: Vec<Live>,
}

impl VerifiedStatement {
    /// Height, time and signers of the state that the line is proven in.
    pub fn state(&self) -> &VerifiedState {
        &self.state
    }

    /// The line's filing number.
    pub fn filing_no(&self) -> &str {
        &self.filing_no
    }

    /// The line.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// Every drawdown that lived on it at that height.
    pub fn live(&self) -> &[Live] {
        &self.live
    }
}

/// Checks a statement against the founding document alone: the line's record is in the signed state,
/// and the listed drawdowns are exactly those that live on it.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_statement(
    genesis: &Genesis,
    bytes: &[u8],
) -> Result<VerifiedStatement, StatementFault> {
    let statement = LineStatement::parse(bytes).map_err(StatementFault::Form)?;
    let state = state_proof::verify(genesis, &statement.proof).map_err(StatementFault::Proof)?;
    let (filing_no, line) = line_of(&state)?;
    let live = statement.live;
    if let Some(pair) = live.windows(2).find(|pair| pair[0].entry_no > pair[1].entry_no) {
        return Err(StatementFault::Order(pair[0].entry_no.clone()));
    }
    check_live(&line, &live).map_err(StatementFault::Listing)?;
    Ok(VerifiedStatement { state, filing_no, line, live })
}

fn line_of(state: &VerifiedState) -> Result<(String, Line), StatementFault> {
    let filing_no = state.subject().strip_prefix("line:").map(String::from);
    let filing_no = filing_no.filter(|_| state.family() == FamilyName::Guarantee.name());
    let record = state.record().map(|bytes| Record::parse(bytes).map(|r| r.state));
    match (filing_no, record) {
        (Some(filing_no), Some(Ok(family::State::Guarantee(State::Line(line))))) => {
            Ok((filing_no, line.take()))
        }
        _ => {
            let found = alloc::format!("{}/{}", state.family(), state.subject());
            Err(StatementFault::NotALine(found))
        }
    }
}
