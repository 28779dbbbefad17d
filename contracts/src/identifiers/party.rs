//! The code that names an enterprise (GB 32100-2015).

use alloc::{format, string::String, vec::Vec};

use super::shown;
use crate::refusal::{Refusal, Rule};

/// A unified social credit code: 18 characters, the last of which is a check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Uscc(String);

impl Uscc {
    const ALPHABET: &'static [u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// Reads a code.
    ///
    /// # Errors
    /// [`Rule::Uscc`], naming `field` and the right check character.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let refuse = |expected: String| Refusal::new(Rule::Uscc, field, text, expected);
        let value = |c: u8| Self::ALPHABET.iter().position(|a| *a == c);
        let values: Option<Vec<usize>> = text.bytes().map(value).collect();
        let values = values
            .filter(|v| v.len() == 18)
            .ok_or_else(|| refuse("18 of 0-9 and A-Y without I, O, S, V and Z".into()))?;
        let mut weight = 1;
        let mut sum = 0;
        for v in &values[..17] {
            sum += v * weight;
            weight = weight * 3 % 31;
        }
        let check = (31 - sum % 31) % 31;
        if values[17] == check {
            return Ok(Self(text.into()));
        }
        let right = char::from(Self::ALPHABET[check]);
        Err(refuse(format!("the check character {right} at the end")))
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
