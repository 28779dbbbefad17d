//! When a move happened: DTM in its formats, local time unless it names its zone.

use jiff::{
    civil::DateTime,
    tz::{Offset, TimeZone},
};
use serde::Serialize;

use super::reason::Code;

/// How exactly a time was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// To the day.
    Day,
    /// To the hour.
    Hour,
    /// To the minute.
    Minute,
    /// To the second.
    Second,
}

/// A time as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// UTC milliseconds since 1970. What was not said is taken as zero.
    pub utc_ms: u64,
    /// How exactly it was said.
    pub precision: Precision,
    /// What stands in the file.
    pub as_read: String,
}

/// A moment with what is doubtful about it.
pub(crate) type Doubted = (Moment, Option<Code>);

/// Reads a DTM value by its format code (2379), or by its own form where the code does not fit it.
/// `offset_minutes` is the local time's distance from UTC. Years before 1970 are not read.
pub(crate) fn moment(value: &str, format: &str, offset_minutes: i16) -> Option<Doubted> {
    let as_read = value.trim();
    let (digits, zone) = split_zone(as_read, format)?;
    let layout = layout_of(format.trim()).filter(|l| l.len() == digits.len());
    let assumed = layout.is_none();
    let (when, precision) = layout.and_then(|l| civil(&digits, l)).or_else(|| guess(&digits))?;
    let offset = zone.unwrap_or(offset_minutes);
    let offset = Offset::from_seconds(i32::from(offset) * 60).ok()?;
    let utc = TimeZone::fixed(offset).to_timestamp(when).ok()?;
    let utc_ms = u64::try_from(utc.as_millisecond()).ok()?;
    let doubt = match precision {
        Precision::Day | Precision::Hour => Some(Code::TimeWithoutMinutes),
        _ if assumed => Some(Code::TimeFormatAssumed),
        _ => None,
    };
    Some((Moment { utc_ms, precision, as_read: as_read.to_owned() }, doubt))
}

/// The digits of the format's pattern: `C` century, `Y`, `M` month, `D`, `h`, `m`, `s`.
fn layout_of(format: &str) -> Option<&'static str> {
    Some(match format {
        "101" => "YYMMDD",
        "102" => "CCYYMMDD",
        "201" | "301" => "YYMMDDhhmm",
        "202" | "302" => "YYMMDDhhmmss",
        "203" | "205" | "303" => "CCYYMMDDhhmm",
        "204" | "304" => "CCYYMMDDhhmmss",
        _ => return None,
    })
}

/// Takes a zone off the end: `Z`, `UTC`, `GMT`, or a distance such as `+0800` (formats 205, 301 to
/// 304). A format with a zone whose text is unknown is not read at all.
fn split_zone(value: &str, format: &str) -> Option<(String, Option<i16>)> {
    let keep = |s: &str| s.chars().filter(|c| !matches!(c, ' ' | '-' | ':' | '/' | 'T')).collect();
    let end = value.find(|c: char| c.is_ascii_alphabetic() && c != 'T' || c == '+');
    let (head, tail) = match end {
        Some(at) => value.split_at(at),
        // A minus is a distance only in the format that has one; elsewhere people write dashes.
        None if format.trim() == "205" => value.split_at(value.rfind('-').unwrap_or(value.len())),
        None => (value, ""),
    };
    let zone = match tail.trim() {
        "" => None,
        "Z" | "UTC" | "GMT" | "UCT" => Some(0),
        distance => Some(distance_minutes(distance)?),
    };
    let digits: String = keep(head);
    digits.bytes().all(|b| b.is_ascii_digit()).then_some((digits, zone))
}

/// `+0800` or `-0330` in minutes.
fn distance_minutes(text: &str) -> Option<i16> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes): (i16, i16) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Reads digits whose format code is missing or wrong: the first layout that gives a real time.
fn guess(digits: &str) -> Option<(DateTime, Precision)> {
    let layouts: &[&str] = match digits.len() {
        6 => &["YYMMDD"],
        8 => &["CCYYMMDD"],
        10 => &["CCYYMMDDhh", "YYMMDDhhmm"],
        12 => &["CCYYMMDDhhmm", "YYMMDDhhmmss"],
        14 => &["CCYYMMDDhhmmss"],
        _ => &[],
    };
    layouts.iter().find_map(|layout| civil(digits, layout))
}

/// Reads digits by a layout of the same length. Two-digit years are of this century; 24:00 is
/// the next day's midnight.
fn civil(digits: &str, layout: &str) -> Option<(DateTime, Precision)> {
    let field = |letter: char| -> Option<i8> {
        let at = layout.find(letter)?;
        digits.get(at..at + 2)?.parse().ok()
    };
    let century = i16::from(field('C').unwrap_or(20));
    let year = century * 100 + i16::from(field('Y')?);
    if !(1970..2100).contains(&year) {
        return None;
    }
    let (hour, minute, second) = (field('h'), field('m'), field('s'));
    let midnight = hour == Some(24) && minute.unwrap_or(0) == 0 && second.unwrap_or(0) == 0;
    let shown = if midnight { 0 } else { hour.unwrap_or(0) };
    let (month, day) = (field('M')?, field('D')?);
    let clock = (minute.unwrap_or(0), second.unwrap_or(0));
    let when = DateTime::new(year, month, day, shown, clock.0, clock.1, 0).ok()?;
    let when = if midnight { when.tomorrow().ok()? } else { when };
    let precision = match (hour, minute, second) {
        (None, ..) => Precision::Day,
        (_, None, _) => Precision::Hour,
        (.., None) => Precision::Minute,
        _ => Precision::Second,
    };
    Some((when, precision))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time in UTC and the doubt, for a file written in China.
    fn read(value: &str, format: &str) -> Option<(String, Option<Code>)> {
        let (moment, doubt) = moment(value, format, 480)?;
        let utc = jiff::Timestamp::from_millisecond(moment.utc_ms.try_into().unwrap()).unwrap();
        Some((utc.to_string(), doubt))
    }

    #[test]
    fn formats() {
        let hour = Some(Code::TimeWithoutMinutes);
        let assumed = Some(Code::TimeFormatAssumed);
        for (value, format, utc, doubt) in [
            ("201304080253", "203", "2013-04-07T18:53:00Z", None),
            ("1304080253", "201", "2013-04-07T18:53:00Z", None),
            ("20130408", "102", "2013-04-07T16:00:00Z", hour),
            ("130408", "101", "2013-04-07T16:00:00Z", hour),
            ("20130408025359", "204", "2013-04-07T18:53:59Z", None),
            ("130408025359", "202", "2013-04-07T18:53:59Z", None),
            ("201304080253+0530", "205", "2013-04-07T21:23:00Z", None),
            ("201304080253-0300", "205", "2013-04-08T05:53:00Z", None),
            ("201304080253UTC", "303", "2013-04-08T02:53:00Z", None),
            ("201304080253Z", "203", "2013-04-08T02:53:00Z", None),
            ("201304082400", "203", "2013-04-08T16:00:00Z", None),
            ("2013040802", "203", "2013-04-07T18:00:00Z", hour),
            ("20130408", "203", "2013-04-07T16:00:00Z", hour),
            ("1304080253", "203", "2013-04-07T18:53:00Z", assumed),
            ("20130408025359", "203", "2013-04-07T18:53:59Z", assumed),
            ("201304080253", "", "2013-04-07T18:53:00Z", assumed),
            ("2013-04-08 02:53", "203", "2013-04-07T18:53:00Z", None),
            ("2013-04-08T02:53", "203", "2013-04-07T18:53:00Z", None),
        ] {
            assert_eq!(read(value, format), Some((utc.into(), doubt)), "{value} {format}");
        }
        for (value, format) in [
            ("", "203"),
            ("201313080253", "203"),
            ("201302300253", "203"),
            ("201304082530", "203"),
            ("201304080253CST", "303"),
            ("2013040", "102"),
            ("００１３", "102"),
            ("190001010000", "203"),
            ("+", "205"),
        ] {
            assert_eq!(read(value, format), None, "{value} {format}");
        }
    }
}
