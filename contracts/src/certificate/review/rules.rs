//! Whether a rule set can review as its author meant: it is refused when it is registered, with the
//! row named, rather than noticed when an application is decided wrongly.

use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};

use countersign_record::encoding;

use super::{field::Form, profile::Profile, text::form_of};
use crate::{
    certificate::bodies::{Comparison, Condition, Field, Outcome, RuleRow, RuleSet, Text},
    family::fields::Fields,
    limits::{
        CONDITIONS_PER_ROW_MAX, RULE_ROWS_MAX, RULE_SET_BYTES_MAX, TEXT_BYTES_MAX,
        VALUES_PER_CONDITION_MAX,
    },
    refusal::{Refusal, Rule},
};

/// Refuses a rule set that is too large, whose conditions do not fit their fields, or of which a row
/// never hits or never decides.
///
/// # Errors
/// The broken rule that stands first in the rulebook, naming the row.
pub fn check_rules(set: &RuleSet) -> Result<(), Refusal> {
    check_size(set)?;
    let mut f = Fields::default();
    let mut last = 0;
    for row in &set.rows {
        check_row(&mut f, row, last);
        last = row.no;
    }
    f.answer()?;
    check_sense(set)
}

/// How rows are named in refusals.
fn named(row: &RuleRow, what: impl core::fmt::Display) -> String {
    format!("rows.{}.{what}", row.no)
}

/// Bounds first: all else takes time that grows with them.
fn check_size(set: &RuleSet) -> Result<(), Refusal> {
    let too_large = |field: &str, found: usize, most: usize| {
        Refusal::new(Rule::RulesTooLarge, field, found, format!("at most {most}"))
    };
    if set.rows.is_empty() {
        return Err(Refusal::new(Rule::FieldMissing, "rows", "none", "at least one row"));
    }
    if set.rows.len() > RULE_ROWS_MAX {
        return Err(too_large("rows", set.rows.len(), RULE_ROWS_MAX));
    }
    for row in &set.rows {
        if row.when.len() > CONDITIONS_PER_ROW_MAX {
            return Err(too_large(&named(row, "when"), row.when.len(), CONDITIONS_PER_ROW_MAX));
        }
        for condition in &row.when {
            let field = condition.field.name();
            let found = condition.texts().len().max(condition.numbers().len());
            if found > VALUES_PER_CONDITION_MAX {
                let field = named(row, format!("when.{field}"));
                return Err(too_large(&field, found, VALUES_PER_CONDITION_MAX));
            }
        }
    }
    let bytes = encoding::encode(set).len();
    if bytes > RULE_SET_BYTES_MAX {
        let expected = format!("at most {RULE_SET_BYTES_MAX} bytes");
        return Err(Refusal::new(Rule::RulesTooLarge, "rows", format!("{bytes} bytes"), expected));
    }
    Ok(())
}

fn check_row(f: &mut Fields, row: &RuleRow, last: u32) {
    if row.no <= last {
        let expected = format!("more than {last}, the number of the row before");
        f.no(Refusal::new(Rule::RowNumber, named(row, "no"), row.no, expected));
    }
    if row.outcome == Outcome::Pass {
        let expected = "return, manual or investigate: what no row hits passes";
        f.no(Refusal::new(Rule::RowOutcome, named(row, "outcome"), "pass", expected));
    }
    let Text { en, zh } = &row.reason;
    f.text(&named(row, "reason.en"), en, TEXT_BYTES_MAX);
    f.text(&named(row, "reason.zh"), zh, TEXT_BYTES_MAX);
    f.count(&named(row, "when"), row.when.len(), CONDITIONS_PER_ROW_MAX);
    for condition in &row.when {
        check_condition(f, row, condition);
    }
}

impl Condition {
    /// The texts that it compares with.
    pub(super) fn texts(&self) -> &[String] {
        self.values.as_ref().and_then(|v| v.texts.as_deref()).unwrap_or_default()
    }

    /// The numbers that it compares with.
    pub(super) fn numbers(&self) -> &[u64] {
        self.values.as_ref().and_then(|v| v.numbers.as_deref()).unwrap_or_default()
    }

    /// As people read it.
    fn shown(&self) -> String {
        let texts = self.texts().iter().map(ToString::to_string);
        let numbers = self.numbers().iter().map(ToString::to_string);
        let values: Vec<String> = texts.chain(numbers).collect();
        let values = if values.len() > SHOWN_MAX {
            format!("{}, … ({} values)", values[..SHOWN_MAX].join(", "), values.len())
        } else {
            values.join(", ")
        };
        format!("{} {} {values}", self.field.name(), self.is.name()).trim_end().into()
    }
}

/// Values of a condition that a refusal shows.
const SHOWN_MAX: usize = 4;

/// The comparisons that fit a field.
pub(super) fn comparisons(field: Field) -> &'static [Comparison] {
    use Comparison::{Above, Below, In, Missing, NotIn, Present, StartsWith};
    match (field.form(), form_of(field)) {
        (Form::Presence, _) => &[Missing, Present],
        (Form::Number { .. }, _) => &[Missing, Present, In, NotIn, Below, Above],
        (_, Some(form)) if form.is_words() => &[Missing, Present, In, NotIn],
        _ => &[Missing, Present, In, NotIn, StartsWith],
    }
}

fn check_condition(f: &mut Fields, row: &RuleRow, condition: &Condition) {
    let field = named(row, format!("when.{}", condition.field.name()));
    let open = comparisons(condition.field);
    if !open.contains(&condition.is) {
        let names: Vec<&str> = open.iter().map(|c| c.name()).collect();
        let expected = format!("one of: {}", names.join(", "));
        f.no(Refusal::new(Rule::ComparisonUnfit, field, condition.is.name(), expected));
        return;
    }
    let (texts, numbers) = (condition.texts(), condition.numbers());
    let unfit =
        |found: String, expected: String| Refusal::new(Rule::ValueUnfit, &field, found, expected);
    if matches!(condition.is, Comparison::Missing | Comparison::Present) {
        if condition.values.is_some() {
            f.no(unfit("values".into(), format!("none: {} takes none", condition.is.name())));
        }
        return;
    }
    f.unique(&field, texts.iter().map(String::as_str));
    let mut seen = BTreeSet::new();
    if let Some(twice) = numbers.iter().find(|n| !seen.insert(**n)) {
        f.no(Refusal::new(Rule::DuplicateItem, &field, twice, "each item once"));
    }
    match condition.field.form() {
        Form::Text(form) => {
            f.present(&field, !texts.is_empty());
            let stated = condition.values.as_ref().is_some_and(|v| v.numbers.is_some());
            if stated {
                f.no(unfit("numbers".into(), "texts".into()));
            }
            let whole = condition.is != Comparison::StartsWith;
            let bad = texts.iter().find(|t| {
                if whole { !form.fits(t) } else { t.is_empty() || form.nth(t, 0).is_none() }
            });
            if let Some(bad) = bad {
                f.no(unfit(bad.clone(), form.shown(whole)));
            }
        }
        Form::Number { min, max } => {
            f.present(&field, !numbers.is_empty());
            if condition.values.as_ref().is_some_and(|v| v.texts.is_some()) {
                f.no(unfit("texts".into(), "numbers".into()));
            }
            let one = matches!(condition.is, Comparison::Below | Comparison::Above);
            if one && numbers.len() > 1 {
                f.no(unfit(format!("{} numbers", numbers.len()), "one number".into()));
            }
            if let Some(bad) = numbers.iter().find(|n| !(min..=max).contains(n)) {
                f.no(unfit(bad.to_string(), format!("{min} to {max}")));
            }
        }
        Form::Presence => {}
    }
}

/// Every row hits some application, and decides for some.
fn check_sense(set: &RuleSet) -> Result<(), Refusal> {
    let profiles: Vec<Profile> = set.rows.iter().map(Profile::of).collect();
    for (row, profile) in set.rows.iter().zip(&profiles) {
        if let Some(field) = profile.impossible() {
            let shown = |c: &Condition| c.shown();
            let about: Vec<String> =
                row.when.iter().filter(|c| c.field == field).map(shown).collect();
            // Where it is other fields that leave nothing to this one, all conditions are named.
            let about = match about.len() {
                0 => row.when.iter().map(shown).collect(),
                _ => about,
            };
            let expected = "conditions that an application can meet together";
            let field = named(row, format!("when.{}", field.name()));
            return Err(Refusal::new(Rule::NeverMet, field, about.join(" and "), expected));
        }
    }
    for (i, row) in set.rows.iter().enumerate() {
        let covered = set.rows.iter().zip(&profiles).enumerate().find(|(j, (other, profile))| {
            *j != i && other.outcome >= row.outcome && profiles[i].implies(profile, other)
        });
        if let Some((_, (other, _))) = covered {
            let found = format!("{}, as row {} says too", row.outcome.name(), other.no);
            let expected =
                format!("an application that this row hits and row {} does not", other.no);
            return Err(Refusal::new(Rule::NeverDecides, named(row, "outcome"), found, expected));
        }
    }
    Ok(())
}
