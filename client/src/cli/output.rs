//! Printing: JSON for programs, tables and sentences for people.

#![expect(clippy::print_stdout, reason = "this is the command line's way out")]

use serde_json::Value;

/// Prints a line.
pub fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// Says something beside the answer, where it does not get into it.
#[expect(clippy::print_stderr, reason = "a warning is no part of what was asked for")]
pub fn warn(text: impl std::fmt::Display) {
    eprintln!("countersign: {text}");
}

/// Prints JSON on one line.
pub fn json(value: &Value) {
    println!("{value}");
}

/// Prints JSON for reading.
pub fn pretty(value: &Value) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()));
}

/// A JSON value as a cell: a text without its quotes, nothing for null.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The items of a JSON list; none where it is no list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Rows under headings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table; each row has a cell for each heading.
    pub fn new(headings: &[&str], rows: Vec<Vec<String>>) -> Self {
        Self { headings: headings.iter().map(|h| (*h).to_owned()).collect(), rows }
    }

    /// Prints it: as wide as its widest cells, or as comma-separated values.
    ///
    /// # Errors
    /// Standard output is closed.
    pub fn print(&self, csv: bool) -> std::io::Result<()> {
        if csv {
            let mut out = csv::Writer::from_writer(std::io::stdout());
            out.write_record(&self.headings)?;
            for row in &self.rows {
                out.write_record(row)?;
            }
            return out.flush();
        }
        self.show();
        Ok(())
    }

    /// Prints it, as wide as its widest cells.
    pub fn show(&self) {
        // Chinese characters count double.
        let width = |text: &str| text.chars().map(|c| if c as u32 > 0x2e80 { 2 } else { 1 }).sum();
        let mut widths: Vec<usize> = self.headings.iter().map(|h| width(h)).collect();
        for row in &self.rows {
            for (column, cell) in widths.iter_mut().zip(row) {
                *column = (*column).max(width(cell));
            }
        }
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            let padded = row.iter().zip(&widths).map(|(cell, column)| {
                let missing = column.saturating_sub(width(cell));
                format!("{cell}{}", " ".repeat(missing))
            });
            println!("{}", padded.collect::<Vec<_>>().join("  ").trim_end());
        }
    }
}

/// A time as people on the wharf write it: Shanghai time, with UTC's own offset shown.
pub fn time(ms: u64) -> String {
    let shanghai = jiff::tz::offset(8);
    i64::try_from(ms)
        .ok()
        .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
        .map(|t| shanghai.to_datetime(t).strftime("%Y-%m-%d %H:%M:%S+08:00").to_string())
        .unwrap_or_else(|| ms.to_string())
}
