//! Which texts a field can have: whether one fits, and the texts that begin with a prefix, in order.

use alloc::{format, string::String, vec::Vec};

use crate::{
    certificate::{
        bodies::{Criterion, Field},
        review::field::TextForm,
    },
    guarantee::bodies::Grade,
    identifiers::{DeclarationNumber, Uscc},
};

/// What may stand at each place of a declaration number (n18): the year is of this century, the
/// ninth digit says import or export.
const DECLARATION: [&[u8]; 18] = [
    DIGITS, DIGITS, DIGITS, DIGITS, b"2", b"0", DIGITS, DIGITS, b"01", DIGITS, DIGITS, DIGITS,
    DIGITS, DIGITS, DIGITS, DIGITS, DIGITS, DIGITS,
];
const DIGITS: &[u8] = b"0123456789";
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// Characters of a credit code before its check character.
const USCC_FREE: usize = 17;

impl TextForm {
    /// Whether a field of this form can have a text as its value.
    pub(super) fn fits(self, text: &str) -> bool {
        match self {
            Self::Grade | Self::Criterion => self.words().contains(&text),
            Self::Letters(n) => is_of(text, n, LETTERS),
            Self::Digits(n) => is_of(text, n, DIGITS),
            Self::Uscc => Uscc::parse("", text).is_ok(),
            Self::Declaration => DeclarationNumber::parse("", text).is_ok(),
            Self::Free(max) => {
                let empty = text.trim().is_empty();
                !empty && text.len() <= max && !text.chars().any(char::is_control)
            }
        }
    }

    /// Whether the form is a list of words, of which no part means anything.
    pub(super) fn is_words(self) -> bool {
        matches!(self, Self::Grade | Self::Criterion)
    }

    /// What is expected of a value, or of the beginning of one.
    pub(super) fn shown(self, whole: bool) -> String {
        let what = match self {
            Self::Grade | Self::Criterion => format!("one of: {}", self.words().join(", ")),
            Self::Letters(n) => format!("{n} capital letters"),
            Self::Digits(n) => format!("{n} digits"),
            Self::Uscc => "a unified social credit code (GB 32100)".into(),
            Self::Declaration => "a declaration number of 18 digits".into(),
            Self::Free(max) => format!("1 to {max} bytes without control characters"),
        };
        if whole { what } else { format!("the beginning of {what}") }
    }

    fn words(self) -> Vec<&'static str> {
        match self {
            Self::Grade => Grade::ALL.iter().map(|g| g.name()).collect(),
            Self::Criterion => Criterion::ALL.iter().map(|c| c.name()).collect(),
            _ => Vec::new(),
        }
    }

    /// The nth text, from 0, that begins with a prefix; nothing where there are no more.
    pub(super) fn nth(self, prefix: &str, n: usize) -> Option<String> {
        match self {
            Self::Grade | Self::Criterion => {
                let mut words = self.words().into_iter().filter(|w| w.starts_with(prefix));
                words.nth(n).map(Into::into)
            }
            Self::Letters(length) => complete(prefix, &alloc::vec![LETTERS; length], n),
            Self::Digits(length) => complete(prefix, &alloc::vec![DIGITS; length], n),
            Self::Declaration => complete(prefix, &DECLARATION, n),
            Self::Uscc => match prefix.len() {
                18 => (n == 0 && self.fits(prefix)).then(|| prefix.into()),
                _ => {
                    let free = complete(prefix, &[Uscc::ALPHABET; USCC_FREE], n)?;
                    let check = Uscc::check_character(&free)?;
                    Some(format!("{free}{check}"))
                }
            },
            Self::Free(max) => {
                let tail = if n == 0 && !prefix.trim().is_empty() {
                    String::new()
                } else {
                    format!("{n}")
                };
                Some(format!("{prefix}{tail}")).filter(|text| text.len() <= max)
            }
        }
    }
}

/// What a field's texts look like; nothing for a field that is no text.
pub(super) fn form_of(field: Field) -> Option<TextForm> {
    match field.form() {
        super::Form::Text(form) => Some(form),
        _ => None,
    }
}

fn is_of(text: &str, length: usize, alphabet: &[u8]) -> bool {
    text.len() == length && text.bytes().all(|c| alphabet.contains(&c))
}

/// The nth way of filling the places after a prefix, each from its alphabet; the last place turns
/// fastest. Nothing where the prefix does not fit its places, or all ways are used up.
fn complete(prefix: &str, places: &[&[u8]], mut n: usize) -> Option<String> {
    let fits = prefix.len() <= places.len()
        && prefix.bytes().zip(places).all(|(c, alphabet)| alphabet.contains(&c));
    if !fits {
        return None;
    }
    let mut tail = Vec::new();
    for alphabet in places[prefix.len()..].iter().rev() {
        tail.push(*alphabet.get(n % alphabet.len())?);
        n /= alphabet.len();
    }
    let tail: String = tail.iter().rev().map(|c| char::from(*c)).collect();
    (n == 0).then(|| format!("{prefix}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_that_a_prefix_gives_fits_and_none_comes_twice() {
        for (form, prefix, count) in [
            (TextForm::Grade, "", 3),
            (TextForm::Criterion, "C", 3),
            (TextForm::Letters(3), "CH", 26),
            (TextForm::Digits(6), "62046", 10),
            (TextForm::Digits(6), "620462", 1),
            (TextForm::Digits(6), "X", 0),
            (TextForm::Uscc, "91440783714753661", 1),
            (TextForm::Uscc, "91440783714753661E", 1),
            (TextForm::Uscc, "91440783714753661F", 0),
            (TextForm::Uscc, "9144078371475366", 31),
            (TextForm::Declaration, "51652026000000000", 10),
            (TextForm::Declaration, "51651", 0),
            (TextForm::Free(4), "ABCD", 1),
            (TextForm::Free(4), "ABC", 10),
        ] {
            let texts: Vec<String> = (0..100).map_while(|n| form.nth(prefix, n)).collect();
            assert_eq!(texts.len(), count, "{form:?} {prefix}");
            assert!(texts.iter().all(|t| form.fits(t) && t.starts_with(prefix)), "{texts:?}");
            let unlike: alloc::collections::BTreeSet<_> = texts.iter().collect();
            assert_eq!(unlike.len(), count);
        }
    }
}
