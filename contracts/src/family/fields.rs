//! `check` of a body's own fields: every one is looked at, and of the rules that are broken the one
//! that stands first is answered.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use countersign_record::Digest;

use crate::{
    limits::{CODE_BYTES_MAX, EVIDENCE_MAX, TEXT_BYTES_MAX},
    refusal::{Refusal, Rule},
};

/// Collects what is wrong, and keeps what stands first in the rulebook.
#[derive(Default)]
pub(crate) struct Fields {
    first: Option<Refusal>,
}

impl Fields {
    /// Notes a refusal.
    pub(crate) fn no(&mut self, refusal: Refusal) {
        if self.first.as_ref().is_none_or(|first| refusal.rule < first.rule) {
            self.first = Some(refusal);
        }
    }

    /// Notes the refusal of an identifier.
    pub(crate) fn read<T>(&mut self, result: Result<T, Refusal>) {
        if let Err(refusal) = result {
            self.no(refusal);
        }
    }

    /// A text that is there, within so many bytes.
    pub(crate) fn text(&mut self, field: &str, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.no(Refusal::new(Rule::FieldMissing, field, "nothing", "a value"));
        } else if text.len() > max || text.chars().any(char::is_control) {
            let expected = format!("at most {max} bytes without control characters");
            let found = format!("{} bytes", text.len());
            self.no(Refusal::new(Rule::FieldValue, field, found, expected));
        }
    }

    /// A number or code.
    pub(crate) fn code(&mut self, field: &str, text: &str) {
        self.text(field, text, CODE_BYTES_MAX);
    }

    /// A free text.
    pub(crate) fn words(&mut self, field: &str, text: &str) {
        self.text(field, text, TEXT_BYTES_MAX);
    }

    /// A free text that may be absent.
    pub(crate) fn maybe(&mut self, field: &str, text: Option<&str>) {
        text.into_iter().for_each(|t| self.words(field, t));
    }

    /// Exactly so many digits.
    pub(crate) fn digits(&mut self, field: &str, text: &str, n: usize) {
        if text.len() != n || !text.bytes().all(|c| c.is_ascii_digit()) {
            self.no(Refusal::new(Rule::FieldValue, field, text, format!("{n} digits")));
        }
    }

    /// A value within its range.
    pub(crate) fn ensure(
        &mut self,
        ok: bool,
        field: &str,
        found: impl ToString,
        expected: impl ToString,
    ) {
        if !ok {
            self.no(Refusal::new(Rule::FieldValue, field, found, expected));
        }
    }

    /// A field that is mandatory here.
    pub(crate) fn present(&mut self, field: &str, is: bool) {
        if !is {
            self.no(Refusal::new(Rule::FieldMissing, field, "nothing", "a value"));
        }
    }

    /// A list that is not empty, of at most so many.
    pub(crate) fn count(&mut self, field: &str, count: usize, max: usize) {
        self.present(field, count > 0);
        self.ensure(count <= max, field, count, format!("at most {max}"));
    }

    /// A list without repetitions.
    pub(crate) fn unique<'t>(&mut self, field: &str, items: impl Iterator<Item = &'t str>) {
        let mut seen = BTreeSet::new();
        for item in items {
            if !seen.insert(item) {
                self.no(Refusal::new(Rule::DuplicateItem, field, item, "each item once"));
            }
        }
    }

    /// Cited evidence, at least one entry of it, each once.
    pub(crate) fn evidence(&mut self, cited: &[Digest]) {
        self.count("evidence", cited.len(), EVIDENCE_MAX);
        let names: Vec<String> = cited.iter().map(ToString::to_string).collect();
        self.unique("evidence", names.iter().map(String::as_str));
    }

    /// What was found wrong, if anything.
    ///
    /// # Errors
    /// The broken rule that stands first in the rulebook.
    pub(crate) fn answer(self) -> Result<(), Refusal> {
        self.first.map_or(Ok(()), Err)
    }
}
