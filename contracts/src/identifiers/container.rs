//! Container numbers and size-type codes (ISO 6346).

use alloc::{format, string::String};

use super::{is_digits, shown};
use crate::refusal::{Refusal, Rule};

/// A container number: three letters of the owner, U, J or Z, six digits, and a check digit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContainerNumber(String);

impl ContainerNumber {
    /// Reads a number.
    ///
    /// # Errors
    /// [`Rule::ContainerNumber`], naming the right check digit.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let number = Self::legacy(field, text)?;
        let right = number.right_check_digit();
        if text.as_bytes().get(10) == Some(&(b'0' + right)) {
            return Ok(number);
        }
        let expected = format!("the check digit {right} at the end");
        Err(Refusal::new(Rule::ContainerNumber, field, text, expected))
    }

    /// Reads a number without regard to its check digit, for containers that customs has noted.
    ///
    /// # Errors
    /// [`Rule::ContainerNumber`]: it does not even have the form.
    pub fn legacy(field: &str, text: &str) -> Result<Self, Refusal> {
        let (owner, digits) = text.split_at_checked(4).unwrap_or_default();
        let formed = owner.bytes().all(|c| c.is_ascii_uppercase())
            && owner.ends_with(['U', 'J', 'Z'])
            && is_digits(digits, 7);
        if formed {
            return Ok(Self(text.into()));
        }
        let expected = "three letters, then U, J or Z, then seven digits";
        Err(Refusal::new(Rule::ContainerNumber, field, text, expected))
    }

    /// The check digit that the first ten characters call for. A remainder of 10 is written 0:
    /// legal, though owners are advised against such serials.
    fn right_check_digit(&self) -> u8 {
        let weighed = self.0.bytes().take(10).zip(0_u32..).map(|(c, i)| value_of(c) << i);
        u8::try_from(weighed.sum::<u32>() % 11 % 10).unwrap_or_default()
    }
}

/// The value of a character: digits are themselves, letters run from 10 and skip the multiples
/// of 11.
fn value_of(c: u8) -> u32 {
    match c {
        b'0'..=b'9' => u32::from(c - b'0'),
        _ => {
            let place = u32::from(c.saturating_sub(b'A'));
            10 + place + place.div_ceil(10)
        }
    }
}

/// A size-type code: four characters of today, or the four digits that it replaced.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SizeType(String);

impl SizeType {
    /// What writers put that do not know the code; it is taken and compared with nothing.
    const UNKNOWN: &'static str = "0000";

    /// Reads a code and writes an old general-purpose code in today's way (2200 becomes 22G1).
    ///
    /// # Errors
    /// [`Rule::SizeType`].
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        if is_digits(text, 4) {
            let (size, kind) = text.split_at(2);
            // Only the general-purpose group has one successor that is certain.
            let general = kind == "00" && text != Self::UNKNOWN;
            return Ok(Self(if general { format!("{size}G1") } else { text.into() }));
        }
        let bytes = text.as_bytes();
        let formed = bytes.len() == 4
            && bytes.iter().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
            && bytes[2].is_ascii_uppercase();
        if formed {
            return Ok(Self(text.into()));
        }
        let expected = "four characters such as 22G1, or four digits such as 2200";
        Err(Refusal::new(Rule::SizeType, field, text, expected))
    }

    /// Whether two codes can mean the same container. Old codes without a certain successor are
    /// compared by length and height alone.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let unknown = |code: &Self| code.0 == Self::UNKNOWN;
        let old = |code: &Self| is_digits(&code.0, 4);
        if unknown(self) || unknown(other) || self == other {
            return true;
        }
        old(self) != old(other) && self.0.as_bytes()[..2] == other.0.as_bytes()[..2]
    }
}

shown!(ContainerNumber, SizeType);
