//! The code that names an enterprise (GB 32100-2015).

use alloc::{format, string::String};

use super::shown;
use crate::refusal::{Refusal, Rule};

/// A unified social credit code: 18 characters, the last of which is a check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uscc(String);

impl Uscc {
    /// The characters of a code, in the order of their values.
    pub(crate) const ALPHABET: &'static [u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// Reads a code.
    ///
    /// # Errors
    /// [`Rule::Uscc`], naming `field` and the right check character.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let refuse = |expected: String| Refusal::new(Rule::Uscc, field, text, expected);
        let known = text.len() == 18 && text.bytes().all(|c| Self::ALPHABET.contains(&c));
        let right = text.get(..17).filter(|_| known).and_then(Self::check_character);
        let right =
            right.ok_or_else(|| refuse("18 of 0-9 and A-Y without I, O, S, V and Z".into()))?;
        if text.ends_with(right) {
            return Ok(Self(text.into()));
        }
        Err(refuse(format!("the check character {right} at the end")))
    }

    /// The check character after the first 17; nothing where they are not 17 of the alphabet.
    pub(crate) fn check_character(first: &str) -> Option<char> {
        let mut weight = 1;
        let mut sum = 0;
        for c in first.bytes() {
            sum += Self::ALPHABET.iter().position(|a| *a == c)? * weight;
            weight = weight * 3 % 31;
        }
        let check = Self::ALPHABET.get((31 - sum % 31) % 31)?;
        (first.len() == 17).then(|| char::from(*check))
    }

    /// Whether characters 9 to 17 are an organisation code (GB 11714) whose own check character
    /// fits. Legacy codes exist that fail, so this is for a doubt, never for a refusal.
    pub fn organisation_code_fits(&self) -> bool {
        const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
        let code = &self.0.as_bytes()[8..17];
        let value = |c: u8| if c.is_ascii_digit() { c - b'0' } else { c - b'A' + 10 };
        let sum: u32 = code.iter().zip(WEIGHTS).map(|(c, w)| u32::from(value(*c)) * w).sum();
        match (11 - sum % 11, code[8]) {
            (10, found) => found == b'X',
            (11, found) => found == b'0',
            (right, found) => u32::from(found) == u32::from(b'0') + right,
        }
    }
}

shown!(Uscc);
