//! Numbers that customs gives: declarations and tariff codes.

use alloc::string::String;

use super::{District, is_digits, shown};
use crate::refusal::{Refusal, Rule};

/// A declaration number: district (4), year (4), flag (0 export, 1 import; as recalled, so a rule
/// only doubts it), serial (9).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeclarationNumber(String);

impl DeclarationNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// [`Rule::DeclarationNumber`].
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let year = text.get(4..8).and_then(|y| y.parse::<u16>().ok());
        let flag = text.as_bytes().get(8);
        let fits = is_digits(text, 18)
            && year.is_some_and(|y| (2000..2100).contains(&y))
            && matches!(flag, Some(b'0' | b'1'));
        if fits {
            return Ok(Self(text.into()));
        }
        let expected = "18 digits: district 4, year 4, flag 0 or 1, serial 9";
        Err(Refusal::new(Rule::DeclarationNumber, field, text, expected))
    }

    /// The district where it was declared.
    pub fn district(&self) -> District {
        District::of_digits(&self.0)
    }

    /// Whether its flag says import.
    pub fn says_import(&self) -> bool {
        self.0.as_bytes()[8] == b'1'
    }
}

/// A tariff code of the Harmonized System: ten digits in China, six for origin and summaries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hs(String);

impl Hs {
    /// Reads a code of so many digits.
    ///
    /// # Errors
    /// [`Rule::FieldValue`].
    pub fn parse(field: &str, text: &str, digits: usize) -> Result<Self, Refusal> {
        if is_digits(text, digits) {
            return Ok(Self(text.into()));
        }
        let expected = alloc::format!("{digits} digits");
        Err(Refusal::new(Rule::FieldValue, field, text, expected))
    }
}

shown!(DeclarationNumber, Hs);
