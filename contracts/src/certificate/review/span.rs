//! What the conditions of a row leave to one field: whether it may be missing, and which values.
//!
//! The conditions on a field hold together, so they are a set of values: a finite one, or an
//! interval, or all texts with certain beginnings, in both cases but for a few. Whether such a set
//! is empty, and whether it lies within another, can be said exactly; only where many long
//! beginnings together make up a short one, inclusion is not seen, and nothing is refused for it.

use alloc::{
    collections::BTreeSet,
    string::{String, ToString},
    vec::Vec,
};

use super::{field::Form, field::TextForm};
use crate::certificate::bodies::{Comparison, Condition, Field};

/// Texts that are compared one by one where prefixes alone do not tell.
const COMPARED_MAX: usize = 64;

/// What is left to a field.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// Whether it may be missing.
    pub(super) missing: bool,
    /// Which values it may have.
    pub(super) there: Allowed,
}

/// Values that are left.
#[derive(Clone, Debug)]
pub(super) enum Allowed {
    /// None.
    Nothing,
    /// Any: a field of which only the presence may be asked.
    Anything,
    /// Texts.
    Texts(Texts),
    /// Numbers.
    Numbers(Numbers),
}

/// A set of texts.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    form: TextForm,
    /// These alone, where there are.
    only: Option<BTreeSet<String>>,
    /// Those that begin with one of these, none of which begins with another.
    prefixes: Vec<String>,
    /// But not these.
    except: BTreeSet<String>,
}

/// A set of numbers.
#[derive(Clone, Debug)]
pub(super) struct Numbers {
    /// These alone, where there are.
    only: Option<BTreeSet<u64>>,
    /// From here.
    pub(super) low: u64,
    /// To here, included.
    pub(super) high: u64,
    /// But not these.
    except: BTreeSet<u64>,
}

impl Span {
    /// What a field may be where no condition says anything.
    pub(super) fn of(field: Field) -> Self {
        let there = match field.form() {
            Form::Text(form) => Allowed::Texts(Texts {
                form,
                only: None,
                prefixes: [String::new()].into(),
                except: BTreeSet::new(),
            }),
            Form::Number { min, max } => Allowed::Numbers(Numbers {
                only: None,
                low: min,
                high: max,
                except: BTreeSet::new(),
            }),
            Form::Presence => Allowed::Anything,
        };
        Self { missing: !field.is_always_there(), there }
    }

    /// What is left after a further condition, whose values fit the field.
    pub(super) fn and(&mut self, condition: &Condition) {
        if condition.is == Comparison::Missing {
            self.there = Allowed::Nothing;
            return;
        }
        self.missing = false;
        let values = condition.values.as_ref();
        match &mut self.there {
            Allowed::Texts(texts) => {
                let stated = values.into_iter().flat_map(|v| v.texts.iter().flatten());
                texts.and(condition.is, stated.cloned().collect());
            }
            Allowed::Numbers(numbers) => {
                let stated = values.into_iter().flat_map(|v| v.numbers.iter().flatten());
                numbers.and(condition.is, stated.copied().collect());
            }
            Allowed::Nothing | Allowed::Anything => {}
        }
    }

    /// What is left where both must be so; of two fields of numbers.
    pub(super) fn meet(&mut self, other: &Self) {
        self.missing &= other.missing;
        match (&mut self.there, &other.there) {
            (Allowed::Numbers(here), Allowed::Numbers(there)) => here.meet(there),
            (here, Allowed::Nothing) => *here = Allowed::Nothing,
            _ => {}
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        !self.missing && self.there.is_empty()
    }

    /// Whether whatever the other one allows is allowed here too.
    pub(super) fn includes(&self, other: &Self) -> bool {
        (self.missing || !other.missing) && self.there.includes(&other.there)
    }
}

impl Allowed {
    /// Whether no value is left.
    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Anything => false,
            Self::Texts(texts) => texts.first().is_none(),
            Self::Numbers(numbers) => numbers.at_least(0).is_none(),
        }
    }

    fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anything, _) => true,
            (Self::Texts(here), Self::Texts(there)) => here.includes(there),
            (Self::Numbers(here), Self::Numbers(there)) => here.includes(there),
            (_, other) => other.is_empty(),
        }
    }
}

impl Texts {
    fn and(&mut self, is: Comparison, stated: BTreeSet<String>) {
        match is {
            Comparison::In => {
                self.only = Some(match self.only.take() {
                    None => stated,
                    Some(only) => only.intersection(&stated).cloned().collect(),
                });
            }
            Comparison::NotIn => self.except.extend(stated),
            Comparison::StartsWith => {
                // Of two that begin alike the longer one says more, and none is said twice.
                let longer = |a: &str, b: &str| {
                    let found = if a.starts_with(b) { Some(a) } else { None };
                    found.or(if b.starts_with(a) { Some(b) } else { None }).map(ToString::to_string)
                };
                let pairs = self.prefixes.iter().flat_map(|a| stated.iter().map(move |b| (a, b)));
                let both: BTreeSet<String> = pairs.filter_map(|(a, b)| longer(a, b)).collect();
                let mut kept: Vec<String> = Vec::new();
                // In order, a text follows right after those that it begins with.
                for prefix in both {
                    if kept.last().is_none_or(|last| !prefix.starts_with(&**last)) {
                        kept.push(prefix);
                    }
                }
                self.prefixes = kept;
            }
            _ => {}
        }
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        self.form.fits(text)
            && self.only.as_ref().is_none_or(|only| only.contains(text))
            && self.prefixes.iter().any(|p| text.starts_with(&**p))
            && !self.except.contains(text)
    }

    /// Its texts, one by one.
    fn iter(&self) -> impl Iterator<Item = String> {
        let named = self.only.iter().flatten().cloned();
        let prefixes = self.prefixes.iter().filter(|_| self.only.is_none());
        let form = self.form;
        let completed = prefixes.flat_map(move |p| (0..).map_while(move |n| form.nth(p, n)));
        named.chain(completed).filter(|text| self.contains(text))
    }

    /// One of its texts.
    pub(super) fn first(&self) -> Option<String> {
        self.iter().next()
    }

    fn includes(&self, other: &Self) -> bool {
        let spanned = other.only.is_none()
            && self.only.is_none()
            && other.prefixes.iter().all(|p| self.prefixes.iter().any(|q| p.starts_with(&**q)));
        if spanned {
            return !self.except.iter().any(|text| other.contains(text));
        }
        if other.only.is_some() {
            return other.iter().all(|text| self.contains(&text));
        }
        // As many as stand here at most, or as few as are worth the look.
        let most = self.only.as_ref().map_or(COMPARED_MAX, BTreeSet::len);
        let mut texts = other.iter();
        texts.by_ref().take(most).all(|text| self.contains(&text)) && texts.next().is_none()
    }
}

impl Numbers {
    fn and(&mut self, is: Comparison, stated: BTreeSet<u64>) {
        let first = stated.first().copied();
        match (is, first) {
            (Comparison::In, _) => {
                self.only = Some(match self.only.take() {
                    None => stated,
                    Some(only) => only.intersection(&stated).copied().collect(),
                });
            }
            (Comparison::NotIn, _) => self.except.extend(stated),
            (Comparison::Below, Some(bound)) => match bound.checked_sub(1) {
                Some(high) => self.high = self.high.min(high),
                None => self.only = Some(BTreeSet::new()),
            },
            (Comparison::Above, Some(bound)) => self.low = self.low.max(bound.saturating_add(1)),
            _ => {}
        }
    }

    fn meet(&mut self, other: &Self) {
        (self.low, self.high) = (self.low.max(other.low), self.high.min(other.high));
        self.except.extend(&other.except);
        if let Some(only) = &other.only {
            self.and(Comparison::In, only.clone());
        }
    }

    /// Nothing below this.
    pub(super) fn raise(&mut self, low: u64) {
        self.low = self.low.max(low);
    }

    pub(super) fn contains(&self, n: u64) -> bool {
        (self.low..=self.high).contains(&n)
            && self.only.as_ref().is_none_or(|only| only.contains(&n))
            && !self.except.contains(&n)
    }

    /// The smallest of its numbers from `from` on.
    pub(super) fn at_least(&self, from: u64) -> Option<u64> {
        let from = from.max(self.low);
        match &self.only {
            Some(only) => only.range(from..).copied().find(|n| self.contains(*n)),
            // One more than what is excepted must be looked at, at most.
            None => (from..=self.high).find(|n| !self.except.contains(n)),
        }
    }

    /// The largest of its numbers.
    pub(super) fn largest(&self) -> Option<u64> {
        match &self.only {
            Some(only) => only.iter().rev().copied().find(|n| self.contains(*n)),
            None => (self.low..=self.high).rev().find(|n| !self.except.contains(n)),
        }
    }

    fn includes(&self, other: &Self) -> bool {
        if let Some(only) = &other.only {
            return only.iter().filter(|n| other.contains(**n)).all(|n| self.contains(*n));
        }
        let (Some(low), Some(high)) = (other.at_least(0), other.largest()) else { return true };
        if let Some(only) = &self.only {
            // An interval with more numbers than stand here cannot lie within.
            let most = u64::try_from(only.len().saturating_add(other.except.len()));
            let few = most.is_ok_and(|most| high - low < most);
            return few && (low..=high).filter(|n| other.contains(*n)).all(|n| self.contains(n));
        }
        let within = self.low <= low && high <= self.high;
        within && self.except.range(low..=high).all(|n| !other.contains(*n))
    }
}
