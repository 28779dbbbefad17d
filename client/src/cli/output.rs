//! Printing: JSON for programs, tables and sentences for people.

#![expect(clippy::print_stdout, reason = "this is the command line's way out")]

use serde_json::Value;

/// Prints a line.
pub fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

/// Prints JSON on one line.
pub fn json(value: &Value) {
    println!("{value}");
}

/// Prints JSON for reading.
pub fn pretty(value: &Value) {
    println!("{}", serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()));
}

/// Prints rows under headings, as wide as their widest cell. Chinese characters count double.
pub fn table(headings: &[&str], rows: &[Vec<String>]) {
    let width = |text: &str| text.chars().map(|c| if c as u32 > 0x2e80 { 2 } else { 1 }).sum();
    let mut widths: Vec<usize> = headings.iter().map(|h| width(h)).collect();
    for row in rows {
        for (column, cell) in widths.iter_mut().zip(row) {
            *column = (*column).max(width(cell));
        }
    }
    let print = |cells: &mut dyn Iterator<Item = &str>| {
        let padded = cells.zip(&widths).map(|(cell, column)| {
            let missing = column.saturating_sub(width(cell));
            format!("{cell}{}", " ".repeat(missing))
        });
        println!("{}", padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    print(&mut headings.iter().copied());
    for row in rows {
        print(&mut row.iter().map(String::as_str));
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
