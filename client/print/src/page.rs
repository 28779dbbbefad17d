//! What stands on a page, in the order in which it stands there. All of it is data: nothing here is
//! read as markup.

use countersign_contracts::calendar::Day;
use serde::Serialize;

/// The same in English and in Chinese.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Both {
    /// English.
    pub en: String,
    /// 简体中文.
    pub zh: String,
}

impl Both {
    /// The same in English and in Chinese.
    pub fn new(en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { en: en.into(), zh: zh.into() }
    }
}

/// The face of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    /// What kind of certificate it is.
    pub title: Both,
    /// Its number.
    pub number: String,
    /// The office that issued it, by name.
    pub issuer: Both,
    /// The district of that office, n4.
    pub district: String,
    /// Whether it was issued after the goods had left, which the page must say.
    pub retroactive: bool,
    /// Exporter, consignee, transport, invoice and the like.
    pub fields: Vec<Field>,
    /// The items; the animals.
    pub tables: Vec<Table>,
    /// What the parties declare.
    pub declarations: Vec<Both>,
    /// Remarks as they were written.
    pub notes: Vec<String>,
    /// The office's and the enterprise's.
    pub seals: Vec<Seal>,
    /// The day that the file is dated, and every attachment in it: when the certificate became valid.
    pub valid_since: Moment,
    /// Where that is proven.
    pub proof: Proof,
}

/// A labelled text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Field {
    /// What it is.
    pub label: Both,
    /// What it says. A line's end in it stays one.
    pub value: String,
    /// Whether it takes the whole width, rather than half of it.
    pub wide: bool,
}

/// Rows under headings. A page that is full continues on the next, under the same headings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What is listed.
    pub heading: Both,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has a cell for each column.
    pub rows: Vec<Vec<String>>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its heading.
    pub label: Both,
    /// Its share of the width; the widths of all columns are in the ratio of their shares.
    pub share: u32,
    /// Whether its cells are numbers, which stand to the right.
    pub number: bool,
}

/// What stands for a signature: drawn as rings of text that say what they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seal {
    /// In which capacity it was signed.
    pub role: Both,
    /// Who signed.
    pub name: Both,
    /// The party's name on the ledger.
    pub party: String,
    /// The digest of the signed entry.
    pub entry: String,
    /// When, as it is printed.
    pub at: String,
}

/// A moment on the clocks of China.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// The year.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
}

impl Moment {
    /// The moment of a ledger time: UTC milliseconds since 1970.
    pub fn of(ms: u64) -> Self {
        const OFFSET_S: u64 = 8 * 3600;
        let (year, month, day) = Day::of(ms).civil();
        let seconds = (ms / 1000 + OFFSET_S) % 86_400;
        let part = |value: u64| u8::try_from(value).unwrap_or_default();
        Self {
            year: u16::try_from(year).unwrap_or(u16::MAX),
            month: u8::try_from(month).unwrap_or_default(),
            day: u8::try_from(day).unwrap_or_default(),
            hour: part(seconds / 3600),
            minute: part(seconds / 60 % 60),
            second: part(seconds % 60),
        }
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { year, month, day, hour, minute, second } = self;
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} (UTC+8)")
    }
}

/// Where the ledger says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Proof {
    /// The network: the digest of its founding document.
    pub network: String,
    /// The height of the signature that made the certificate valid as it is.
    pub since_height: u64,
    /// The ledger time of that height, as it is printed.
    pub since: String,
    /// The height at which it is proven.
    pub height: u64,
    /// The ledger time of that height, as it is printed.
    pub time: String,
    /// The digest of the header of that height.
    pub header: String,
    /// The digest of the certificate's record.
    pub record: String,
}

/// A scaled number with as many decimals as it needs.
pub fn scaled(value: u64, decimals: usize) -> String {
    let (whole, part) = split(value, decimals);
    match part.trim_end_matches('0') {
        "" => whole,
        part => format!("{whole}.{part}"),
    }
}

/// The whole with its thousands apart, and the decimals.
pub(crate) fn split(value: u64, decimals: usize) -> (String, String) {
    let digits = format!("{value:0width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let places = whole.len();
    let grouped =
        whole.chars().zip((1..=places).rev()).fold(String::new(), |mut text, (c, left)| {
            text.push(c);
            if left > 1 && left % 3 == 1 {
                text.push(',');
            }
            text
        });
    (grouped, part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn moments_are_those_of_chinas_clocks() {
        for (ms, text) in [
            (0, "1970-01-01 08:00:00 (UTC+8)"),
            (951_753_599_999, "2000-02-28 23:59:59 (UTC+8)"),
            (951_753_600_000, "2000-02-29 00:00:00 (UTC+8)"),
            (1_782_403_199_999, "2026-06-25 23:59:59 (UTC+8)"),
            (1_795_392_000_000, "2026-11-23 08:00:00 (UTC+8)"),
            // No leap year.
            (4_107_513_599_999, "2100-02-28 23:59:59 (UTC+8)"),
            (4_107_513_600_000, "2100-03-01 00:00:00 (UTC+8)"),
        ] {
            assert_eq!(Moment::of(ms).to_string(), text);
        }
    }
}
