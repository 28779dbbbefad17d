//! The fields of what customs registers.

use alloc::format;

use crate::{
    certificate::{
        bodies::{ExporterFiling, KindRegistration, Part, RuleSet, Text, UseMode},
        number::{NumberRule, REGISTRATION_CHARS},
        review::check_rules,
    },
    family::fields::Fields,
    identifiers::District,
    limits::{ANIMALS_PER_VEHICLE_MAX, KIND_CODE_BYTES_MAX, TEXT_BYTES_MAX, VALID_DAYS_MAX},
    refusal::{Refusal, Rule},
};

/// The name of a version of an office's rules: `DISTRICT.KIND.VERSION`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::certificate) struct RulesName<'a> {
    /// The office's district.
    pub(in crate::certificate) district: &'a str,
    /// The kind.
    pub(in crate::certificate) kind: &'a str,
    /// The name of the review that the version belongs to: `DISTRICT.KIND`.
    pub(in crate::certificate) review: &'a str,
    /// The version, from 1.
    pub(in crate::certificate) version: u32,
}

impl<'a> RulesName<'a> {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Rule::SubjectName`]: a part is missing or not in its one form.
    pub(in crate::certificate) fn parse(name: &'a str) -> Result<Self, Refusal> {
        let read = || {
            let (review, version) = name.rsplit_once('.')?;
            let (district, kind) = split_review(review)?;
            let number = version.parse::<u32>().ok().filter(|n| *n > 0)?;
            let plain = version.bytes().all(|c| c.is_ascii_digit()) && !version.starts_with('0');
            plain.then_some(Self { district, kind, review, version: number })
        };
        read().ok_or_else(|| {
            let expected = "ruleset:DISTRICT.KIND.VERSION, for instance ruleset:5165.FORM_E.1";
            Refusal::new(Rule::SubjectName, "subject", name, expected)
        })
    }
}

fn split_review(name: &str) -> Option<(&str, &str)> {
    let (district, kind) = name.split_once('.')?;
    let fits = District::parse("subject", district).is_ok() && is_kind_code(kind);
    fits.then_some((district, kind))
}

fn is_kind_code(code: &str) -> bool {
    let letter = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    (1..=KIND_CODE_BYTES_MAX).contains(&code.len()) && code.bytes().all(letter)
}

impl Fields {
    /// The code of a kind.
    pub(super) fn kind_code(&mut self, field: &str, code: &str) {
        let expected =
            format!("1 to {KIND_CODE_BYTES_MAX} capital letters, digits and underscores");
        self.ensure(is_kind_code(code), field, code, expected);
    }

    /// The name of an office's review.
    pub(super) fn review_name(&mut self, name: &str) {
        if split_review(name).is_none() {
            let expected = "review:DISTRICT.KIND, for instance review:5165.FORM_E";
            self.no(Refusal::new(Rule::SubjectName, "subject", name, expected));
        }
    }

    fn both(&mut self, field: &str, text: &Text) {
        self.text(&format!("{field}.en"), &text.en, TEXT_BYTES_MAX);
        self.text(&format!("{field}.zh"), &text.zh, TEXT_BYTES_MAX);
    }

    /// A kind asks only for what it can use: isolation days with isolation, animals with vehicles.
    pub(super) fn kind_registration(&mut self, b: &KindRegistration) {
        self.both("title", &b.title);
        self.count("parts", b.parts.len(), Part::ALL.len());
        self.unique("parts", b.parts.iter().map(|p| p.name()));
        let asks = |part| b.parts.contains(&part);
        if b.use_mode == UseMode::Quantity {
            let expected = "items, which are used up";
            self.ensure(asks(Part::Items), "parts", "no items", expected);
        }
        self.read(NumberRule::parse(&b.number));
        let days = format!("1 to {VALID_DAYS_MAX}");
        self.ensure((1..=VALID_DAYS_MAX).contains(&b.valid_days), "valid_days", b.valid_days, days);
        let with = |has: bool, part: Part| has == asks(part);
        let isolation = "above 0 with the part isolation, else 0";
        let fits = with(b.isolation_days > 0, Part::Isolation);
        self.ensure(fits, "isolation_days", b.isolation_days, isolation);
        let animals = format!("1 to {ANIMALS_PER_VEHICLE_MAX} with the part group, else 0");
        let fits = with(b.animals_max > 0, Part::Group)
            && b.animals_max as usize <= ANIMALS_PER_VEHICLE_MAX;
        self.ensure(fits, "animals_max", b.animals_max, animals);
        b.cert_type.iter().for_each(|t| self.code("cert_type", t));
    }

    /// An exporter's names, and a registration that certificate numbers can carry.
    pub(super) fn exporter(&mut self, b: &ExporterFiling) {
        self.both("names", &b.names);
        self.both("address", &b.address);
        let text = &b.registration;
        let fits = text.len() == REGISTRATION_CHARS
            && text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let expected = format!("{REGISTRATION_CHARS} capital letters and digits");
        self.ensure(fits, "registration", text, expected);
    }

    /// A rule set that can review.
    pub(super) fn rule_set(&mut self, b: &RuleSet) {
        self.words("note", &b.note);
        self.read(check_rules(b));
    }
}
