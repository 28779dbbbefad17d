//! Number rules: how a kind numbers its certificates, as data.
//!
//! A rule is text with placeholders: `{yy}` the year's last two digits, `{district}` the office's
//! four, `{registration}` the exporter's nine characters, and, last, `{serial:N}`. The number of an
//! ASEAN origin certificate, a letter, the year, the registration and a serial of four (the rule of
//! 2007), is `E{yy}{registration}{serial:4}`.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use crate::{
    limits::{CERTIFICATE_NO_BYTES_MAX, SERIAL_DIGITS_MAX},
    refusal::{Refusal, Rule},
};

/// Characters of an exporter's registration.
pub const REGISTRATION_CHARS: usize = 9;

/// A piece of a number before its serial.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Year,
    District,
    Registration,
}

/// A number rule that can number certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberRule {
    stem: Vec<Piece>,
    serial_digits: u32,
}

impl NumberRule {
    /// Reads a rule: known placeholders, the serial once and last, a number that fits.
    ///
    /// # Errors
    /// [`Rule::NumberRule`].
    pub fn parse(rule: &str) -> Result<Self, Refusal> {
        let refuse = |found: String, expected: &str| {
            Err(Refusal::new(Rule::NumberRule, "number", found, expected))
        };
        let mut stem = Vec::new();
        let mut rest = rule;
        loop {
            let (text, after) = rest.split_once('{').unwrap_or((rest, ""));
            if !text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'-') {
                let expected = "capital letters, digits, hyphens and placeholders in braces";
                return refuse(text.into(), expected);
            }
            if text.len() == rest.len() {
                return refuse(rule.into(), "{serial:N} at the end");
            }
            if !text.is_empty() {
                stem.push(Piece::Text(text.into()));
            }
            let Some((name, left)) = after.split_once('}') else {
                return refuse(format!("{{{after}"), "a closing brace");
            };
            rest = left;
            match name {
                "yy" => stem.push(Piece::Year),
                "district" => stem.push(Piece::District),
                "registration" => stem.push(Piece::Registration),
                _ => {
                    let digits = name.strip_prefix("serial:").and_then(|n| n.parse().ok());
                    let Some(serial_digits) =
                        digits.filter(|n| (1..=SERIAL_DIGITS_MAX).contains(n))
                    else {
                        let expected =
                            "{yy}, {district}, {registration} or {serial:N}, N from 1 to 9";
                        return refuse(format!("{{{name}}}"), expected);
                    };
                    if !rest.is_empty() {
                        return refuse(rest.into(), "nothing after the serial");
                    }
                    return Self { stem, serial_digits }.fitting();
                }
            }
        }
    }

    fn fitting(self) -> Result<Self, Refusal> {
        let length = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Year => 2,
            Piece::District => 4,
            Piece::Registration => REGISTRATION_CHARS,
        };
        let stem: usize = self.stem.iter().map(length).sum();
        let length = stem + self.serial_digits as usize;
        if length <= CERTIFICATE_NO_BYTES_MAX {
            return Ok(self);
        }
        let expected = format!("at most {CERTIFICATE_NO_BYTES_MAX}");
        Err(Refusal::new(Rule::NumberRule, "number", format!("{length} characters"), expected))
    }

    /// Whether a number carries the exporter's registration.
    pub fn needs_registration(&self) -> bool {
        self.stem.contains(&Piece::Registration)
    }

    /// What stands before the serial: serials count within it.
    pub fn stem(&self, year: u64, district: &str, registration: &str) -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Year => format!("{:02}", year % 100),
            Piece::District => district.to_string(),
            Piece::Registration => registration.to_string(),
        };
        self.stem.iter().map(piece).collect()
    }

    /// The number with that serial; nothing where the serial has more digits than the rule gives.
    pub fn number(&self, stem: &str, serial: u64) -> Option<String> {
        let digits = self.serial_digits as usize;
        let number = format!("{stem}{serial:0digits$}");
        (number.len() == stem.len() + digits).then_some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_rule_of_2007() {
        let rule = NumberRule::parse("E{yy}{registration}{serial:4}").unwrap();
        assert!(rule.needs_registration());
        let stem = rule.stem(2026, "5165", "510012345");
        assert_eq!(stem, "E26510012345");
        assert_eq!(rule.number(&stem, 1).unwrap(), "E265100123450001");
        assert_eq!(rule.number(&stem, 9_999).unwrap(), "E265100123459999");
        assert_eq!(rule.number(&stem, 10_000), None);
    }

    #[test]
    fn a_rule_that_cannot_number_says_why() {
        for (rule, found) in [
            ("E{yy}", "E{yy}"),
            ("E{yy", "{yy"),
            ("E{year}{serial:4}", "{year}"),
            ("E{serial}", "{serial}"),
            ("E{serial:0}", "{serial:0}"),
            ("E{serial:10}", "{serial:10}"),
            ("E{serial:4}X", "X"),
            ("e{serial:4}", "e"),
            ("", ""),
        ] {
            let no = NumberRule::parse(rule).unwrap_err();
            assert_eq!((no.rule, no.found.as_str()), (Rule::NumberRule, found), "{rule}");
        }
        let long = format!("{}{{serial:4}}", "A".repeat(60));
        assert!(NumberRule::parse(&long).is_ok());
        assert!(NumberRule::parse(&format!("A{long}")).is_err());
    }
}
