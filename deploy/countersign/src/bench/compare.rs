//! Two revisions beside each other: ratios of what `--json` printed of runs that took turns.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use countersign_client::cli::{Answer, Common, Language, output};
use serde_json::{Value, json};

use super::figures::{Better, ratio, shown};

/// What is compared: where it stands in the JSON, and which way is better.
const FIGURES: [(&str, Better); 12] = [
    ("/cpu_s_per_1000", Better::Less),
    ("/entries_per_s", Better::More),
    ("/hot_line_entries_per_s", Better::More),
    ("/latency_ms/alone_p50", Better::Less),
    ("/latency_ms/alone_p99", Better::Less),
    ("/latency_ms/half_p50", Better::Less),
    ("/latency_ms/half_p99", Better::Less),
    ("/latency_ms/p50", Better::Less),
    ("/disk_bytes_per_entry", Better::Less),
    ("/wire_bytes_per_entry", Better::Less),
    ("/rss_mib_max", Better::Less),
    ("/receipt_check_ms/p50", Better::Less),
];
/// How much the machine or the entries may differ before a reader is told, as a part of the whole.
const ALIKE: f64 = 0.05;

/// One figure of both revisions.
struct Row {
    name: &'static str,
    better: Better,
    base: f64,
    this: f64,
    /// The largest of one revision's runs over the smallest, the worse of the two revisions: a ratio
    /// that is no further from 1 says nothing.
    spread: f64,
}

/// Reads both, and prints ratios.
///
/// # Errors
/// A file cannot be read, or is not what `bench --json` prints.
pub(super) fn run(base: &[PathBuf], this: &[PathBuf], common: &Common) -> anyhow::Result<Answer> {
    let (base, this) = (read_all(base)?, read_all(this)?);
    let rows: Vec<Row> = FIGURES.iter().filter_map(|f| row(f, &base, &this)).collect();
    ensure!(!rows.is_empty(), "the files have no figure in common");
    let warnings = warnings(&base, &this);
    if common.json {
        output::json(&json!({
            "ratios": rows.iter().map(Row::json).collect::<Vec<_>>(), "warnings": warnings,
        }));
        return Ok(Answer::Yes);
    }
    let headings = match common.lang {
        Language::Zh => ["指标", "本版/基准", "基准", "本版", "同版波动", "结论"],
        Language::En => ["figure", "this/base", "base", "this", "spread of one", "verdict"],
    };
    output::Table::new(&headings, rows.iter().map(|r| r.cells(common)).collect()).show();
    warnings.iter().for_each(output::line);
    Ok(Answer::Yes)
}

fn read_all(files: &[PathBuf]) -> anyhow::Result<Vec<Value>> {
    let read = |file: &PathBuf| {
        let text =
            std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let value: Value = serde_json::from_slice(&text)
            .with_context(|| format!("{} is not what bench --json prints", file.display()))?;
        ensure!(value["sound"] == true, "{}: its figures are not sound", file.display());
        Ok(value)
    };
    files.iter().map(read).collect()
}

fn values(of: &[Value], pointer: &str) -> Option<Vec<f64>> {
    of.iter().map(|v| v.pointer(pointer)?.as_f64()).collect()
}

fn row(figure: &(&'static str, Better), base: &[Value], this: &[Value]) -> Option<Row> {
    let (base, this) = (values(base, figure.0)?, values(this, figure.0)?);
    let spread = spread(&base).max(spread(&this));
    let (base, this) = (mean(&base), mean(&this));
    Some(Row { name: &figure.0[1..], better: figure.1, base, this, spread })
}

fn mean(values: &[f64]) -> f64 {
    ratio(values.iter().sum(), values.len() as f64)
}

fn spread(values: &[f64]) -> f64 {
    let most = values.iter().copied().fold(0.0, f64::max);
    ratio(most, values.iter().copied().fold(f64::INFINITY, f64::min)).max(1.0)
}

/// What makes the two not quite comparable.
fn warnings(base: &[Value], this: &[Value]) -> Vec<String> {
    let named = [("/statement_bytes", "the entries"), ("/verify_strict_s_per_1000", "the machine")];
    let differs = |(pointer, what): (&str, &str)| {
        let (base, this) = (values(base, pointer)?, values(this, pointer)?);
        let off = ratio(mean(&this), mean(&base));
        let (name, off_shown) = (&pointer[1..], shown(off));
        ((off - 1.0).abs() > ALIKE)
            .then(|| format!("{what} differ / 条件不同: {name} {off_shown}x"))
    };
    named.into_iter().filter_map(differs).collect()
}

impl Row {
    fn ratio(&self) -> f64 {
        ratio(self.this, self.base)
    }

    /// Whether the two differ by more than the runs of one revision do, and which way.
    fn verdict(&self) -> (&'static str, &'static str) {
        let off = self.ratio().max(ratio(1.0, self.ratio()));
        let grew = self.ratio() > 1.0;
        match off <= self.spread {
            true => ("same", "持平"),
            false if grew == (self.better == Better::More) => ("better", "更好"),
            false => ("WORSE", "变差"),
        }
    }

    fn cells(&self, common: &Common) -> Vec<String> {
        vec![
            self.name.to_owned(),
            shown(self.ratio()),
            shown(self.base),
            shown(self.this),
            shown(self.spread),
            common.lang.pick(self.verdict()).to_owned(),
        ]
    }

    fn json(&self) -> Value {
        json!({ "name": self.name, "ratio": self.ratio(), "base": self.base, "this": self.this,
            "spread": self.spread, "verdict": self.verdict().0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(cpu: [f64; 2], per_s: [f64; 2]) -> Vec<Value> {
        let one = |i: usize| {
            json!({ "cpu_s_per_1000": cpu[i], "entries_per_s": per_s[i], "statement_bytes": 600.0,
                "wire_bytes_per_entry": null })
        };
        vec![one(0), one(1)]
    }

    fn verdict(name: &str, base: &[Value], this: &[Value]) -> &'static str {
        let figure = FIGURES.iter().find(|f| f.0 == name).expect("a figure");
        row(figure, base, this).expect("a row").verdict().0
    }

    #[test]
    fn a_ratio_counts_where_it_is_larger_than_the_noise() {
        let base = runs([1.0, 1.1], [900.0, 1000.0]);
        let better = runs([0.5, 0.5], [2000.0, 2000.0]);
        assert_eq!(verdict("/cpu_s_per_1000", &base, &better), "better");
        assert_eq!(verdict("/entries_per_s", &base, &better), "better");
        assert_eq!(verdict("/cpu_s_per_1000", &better, &base), "WORSE");
        assert_eq!(verdict("/entries_per_s", &better, &base), "WORSE");
        let near = runs([1.08, 1.08], [940.0, 940.0]);
        assert_eq!(verdict("/cpu_s_per_1000", &base, &near), "same");
        assert_eq!(verdict("/entries_per_s", &base, &near), "same");
    }

    #[test]
    fn a_figure_that_one_has_not_is_left_out() {
        let base = runs([1.0, 1.0], [1.0, 1.0]);
        assert!(row(&FIGURES[9], &base, &base).is_none());
        assert!(warnings(&base, &base).is_empty());
        let mut other = base.clone();
        other[0]["statement_bytes"] = json!(900.0);
        assert_eq!(warnings(&base, &other).len(), 1);
    }
}
