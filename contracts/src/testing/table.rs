//! Rules as tables: a row for a refusal, and beside it the row that just passes.

use alloc::{boxed::Box, vec::Vec};

use super::port::{Act, Port};
use crate::refusal::{Refusal, Rule};

type Run = Box<dyn Fn() -> Result<(), Box<Refusal>>>;

/// A refusal and the statement just beside it that is accepted.
pub(crate) struct Row {
    rule: Rule,
    refused: Run,
    passes: Run,
}

/// Two ways of going on from the same ledger: one that a rule refuses, one that passes. Of several
/// acts all but the last only lead up to it.
pub(crate) fn beside(rule: Rule, from: &Port, bad: Vec<Act>, good: Vec<Act>) -> Row {
    let run = |acts: Vec<Act>| -> Run {
        let from = from.clone();
        Box::new(move || {
            let mut port = from.clone();
            let (last, before) = acts.split_last().unwrap();
            for act in before {
                port.does(act);
            }
            port.tries(last).map(|_| ())
        })
    };
    Row { rule, refused: run(bad), passes: run(good) }
}

/// A row whose two runs are not acts on a port.
pub(crate) fn row(
    rule: Rule,
    refused: impl Fn() -> Result<(), Box<Refusal>> + 'static,
    passes: impl Fn() -> Result<(), Box<Refusal>> + 'static,
) -> Row {
    Row { rule, refused: Box::new(refused), passes: Box::new(passes) }
}

/// Runs a table and answers the rules that it covers.
pub(crate) fn hold(rows: Vec<Row>) -> Vec<Rule> {
    let run = |row: &Row| {
        let refusal = (row.refused)().expect_err(row.rule.name());
        assert_eq!(refusal.rule, row.rule, "{refusal}");
        assert!(!refusal.field.is_empty() && !refusal.expected.is_empty(), "{refusal}");
        if let Err(no) = (row.passes)() {
            panic!("beside {}: {no}", row.rule.name());
        }
        row.rule
    };
    rows.iter().map(run).collect()
}
