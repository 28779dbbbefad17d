//! The codes inside a container's group: size-type, weight, stowage cell, seal.

use super::reason::Code;

/// A size-type as ISO 6346 writes it today, or why it is doubted. Both, where a trade name was
/// translated. Absent: nothing that the rules could use.
pub(crate) fn size_type(text: &str) -> (Option<String>, Option<Code>) {
    let code = text.trim().to_ascii_uppercase();
    if code.is_empty() || matches!(&*code, "0000" | "9999" | "XXXX" | "UNKN" | "ZZZZ") {
        return (None, Some(Code::SizeTypeUnknown));
    }
    if code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit()) {
        let new = lookup(OLD_SIZE_TYPES, &code);
        return (new.clone(), if new.is_some() { None } else { Some(Code::SizeTypeOld) });
    }
    if is_iso_size_type(&code) {
        return (Some(code), None);
    }
    let squeezed: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    match lookup(TRADE_NAMES, &squeezed) {
        Some(new) => (Some(new), Some(Code::SizeTypeTradeName)),
        None => (None, Some(Code::SizeTypeNotIso)),
    }
}

fn lookup(table: &[(&str, &str)], key: &str) -> Option<String> {
    table.iter().find(|(old, _)| *old == key).map(|(_, new)| (*new).to_owned())
}

/// Old four-digit codes (ISO 6346:1984) whose successor all published tables agree on.
const OLD_SIZE_TYPES: &[(&str, &str)] = &[
    ("2200", "22G1"),
    ("4200", "42G1"),
    ("4300", "42G1"),
    ("4500", "45G1"),
    ("9500", "L5G1"),
    ("2232", "22R1"),
    ("4332", "42R1"),
    ("4532", "45R1"),
    ("2251", "22U1"),
    ("4351", "42U1"),
];

/// What people say in yards, and the code that is nearly always meant.
const TRADE_NAMES: &[(&str, &str)] = &[
    ("20GP", "22G1"),
    ("20DC", "22G1"),
    ("20DV", "22G1"),
    ("40GP", "42G1"),
    ("40DC", "42G1"),
    ("40DV", "42G1"),
    ("40HC", "45G1"),
    ("40HQ", "45G1"),
    ("45HC", "L5G1"),
    ("45HQ", "L5G1"),
    ("20RF", "22R1"),
    ("40RF", "42R1"),
    ("40RH", "45R1"),
    ("40RQ", "45R1"),
    ("20OT", "22U1"),
    ("40OT", "42U1"),
];

/// Whether a code has the form of ISO 6346: length, height and width, type (or group) in two.
fn is_iso_size_type(code: &str) -> bool {
    let &[length, height, group, detail] = code.as_bytes() else { return false };
    // A trade name such as 40HC has the form, but no container is 8 ft 0 in high any more and
    // none of these groups exists: it must be translated, not taken at its word.
    let trade = lookup(TRADE_NAMES, code).is_some();
    let known_length = matches!(length, b'1'..=b'4' | b'A'..=b'H' | b'K'..=b'N' | b'P');
    let known_height =
        matches!(height, b'0' | b'2' | b'4'..=b'6' | b'8' | b'9' | b'C'..=b'F' | b'L'..=b'P');
    let known_group = matches!(
        group,
        b'G' | b'V' | b'B' | b'S' | b'R' | b'H' | b'U' | b'P' | b'T' | b'K' | b'N' | b'A'
    );
    let general = matches!(
        &[group, detail],
        b"GP"
            | b"VH"
            | b"BU"
            | b"BK"
            | b"SN"
            | b"RE"
            | b"RT"
            | b"RS"
            | b"HR"
            | b"HI"
            | b"UT"
            | b"PL"
            | b"PF"
            | b"PC"
            | b"PS"
            | b"PT"
            | b"TN"
            | b"TD"
            | b"TG"
            | b"KL"
            | b"NH"
            | b"NN"
            | b"NP"
            | b"AS"
    );
    !trade && known_length && known_height && known_group && (detail.is_ascii_digit() || general)
}

/// A weight as it was said, before it is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Kilograms, rounded half up.
    Kg(u64),
    /// The number cannot be read.
    Unreadable,
    /// The unit is not known.
    Unit,
}

/// Reads a weight: digits with a point or a comma as decimal mark, in kilograms, tonnes or pounds;
/// the result is whole kilograms, rounded half up.
pub(crate) fn weight(unit: &str, value: &str) -> Weight {
    // Kilograms of one unit, in 1e-8.
    let factor: u128 = match unit.trim().to_ascii_uppercase().as_str() {
        "KGM" | "KG" | "KGS" => 100_000_000,
        "TNE" | "MT" => 100_000_000_000,
        "LBR" | "LB" | "LBS" => 45_359_237,
        "GRM" => 100_000,
        _ => return Weight::Unit,
    };
    let Some((digits, decimals)) = decimal(value.trim()) else { return Weight::Unreadable };
    let scale = 100_000_000 * 10u128.pow(decimals);
    let kg = (digits * factor * 2 + scale) / (scale * 2);
    u64::try_from(kg).map_or(Weight::Unreadable, Weight::Kg)
}

/// The digits of a decimal number and how many of them follow the mark.
fn decimal(text: &str) -> Option<(u128, u32)> {
    let mut parts = text.splitn(2, ['.', ',']);
    let (whole, part) = (parts.next()?, parts.next().unwrap_or(""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + part.len() == 0 || whole.len() > 12 || part.len() > 9 {
        return None;
    }
    if !digits(whole) || !digits(part) {
        return None;
    }
    let value = format!("{whole}{part}").parse().ok()?;
    Some((value, u32::try_from(part.len()).ok()?))
}

/// A stowage cell as `BBBRRTT`: bay, row, tier. A leading zero that the sender dropped is put back;
/// anything else is not a cell.
pub(crate) fn stowage(text: &str) -> Option<String> {
    let cell: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '/' | '.')).collect();
    if !matches!(cell.len(), 6 | 7) || !cell.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(format!("{cell:0>7}"))
}

/// A seal's number, unless it only says that there is (or is not) a seal.
pub(crate) fn seal_number(text: &str) -> Option<String> {
    let number = text.trim().to_ascii_uppercase();
    let digits: Vec<u8> = number.bytes().filter(u8::is_ascii_digit).collect();
    // Seals are numbered: letters alone (Y, SI, NIL, SEALED) or zeros alone name none.
    (digits.iter().any(|d| *d != b'0')).then_some(number)
}

/// Whether the sender says in words that there is no seal.
pub(crate) fn says_no_seal(text: &str) -> bool {
    let word = text.trim().to_ascii_uppercase();
    matches!(&*word, "N" | "NO" | "NIL" | "NONE" | "NA" | "N/A" | "NOSEAL" | "NO SEAL" | "UNSEALED")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_types() {
        for (read, iso, doubt) in [
            ("22G1", Some("22G1"), None),
            ("45r1", Some("45R1"), None),
            ("L5G1", Some("L5G1"), None),
            ("22GP", Some("22GP"), None),
            ("42UT", Some("42UT"), None),
            ("2200", Some("22G1"), None),
            ("4300", Some("42G1"), None),
            ("4500", Some("45G1"), None),
            ("4532", Some("45R1"), None),
            ("2999", None, Some(Code::SizeTypeOld)),
            ("0000", None, Some(Code::SizeTypeUnknown)),
            ("", None, Some(Code::SizeTypeUnknown)),
            ("20GP", Some("22G1"), Some(Code::SizeTypeTradeName)),
            ("40'HC", Some("45G1"), Some(Code::SizeTypeTradeName)),
            ("40EM", None, Some(Code::SizeTypeNotIso)),
            ("箱型", None, Some(Code::SizeTypeNotIso)),
            ("Z2G1", None, Some(Code::SizeTypeNotIso)),
        ] {
            assert_eq!(size_type(read), (iso.map(str::to_owned), doubt), "{read}");
        }
    }

    #[test]
    fn weights() {
        for (unit, value, expected) in [
            ("KGM", "33859", Weight::Kg(33859)),
            ("KGM", "8955,2", Weight::Kg(8955)),
            ("KGM", "8955.5", Weight::Kg(8956)),
            ("kgm", "0.5", Weight::Kg(1)),
            ("KGM", ".4", Weight::Kg(0)),
            ("KGM", "24200.", Weight::Kg(24200)),
            ("TNE", "21,4305", Weight::Kg(21431)),
            ("LBR", "1000", Weight::Kg(454)),
            ("KGM", "0021430", Weight::Kg(21430)),
            ("KGM", "1.234,5", Weight::Unreadable),
            ("KGM", "-5", Weight::Unreadable),
            ("KGM", "", Weight::Unreadable),
            ("KGM", "1e9", Weight::Unreadable),
            ("KGM", "99999999999999999999", Weight::Unreadable),
            ("STN", "1", Weight::Unit),
            ("", "1", Weight::Unit),
        ] {
            assert_eq!(weight(unit, value), expected, "{unit} {value}");
        }
    }

    #[test]
    fn cells() {
        for (read, cell) in [
            ("0100112", Some("0100112")),
            ("380886", Some("0380886")),
            ("091384", Some("0091384")),
            ("038-08-86", Some("0380886")),
            ("38086", None),
            ("01001124", None),
            ("DECK", None),
            ("", None),
        ] {
            assert_eq!(stowage(read).as_deref(), cell, "{read}");
        }
    }

    #[test]
    fn seals() {
        for (read, number) in [
            ("EMCBWE3782", Some("EMCBWE3782")),
            ("086588", Some("086588")),
            (" h53175 ", Some("H53175")),
            ("Y", None),
            ("SI", None),
            ("", None),
            ("NA", None),
            ("SEALED", None),
            ("0000", None),
        ] {
            assert_eq!(seal_number(read).as_deref(), number, "{read}");
        }
        assert!(says_no_seal("nil") && !says_no_seal("Y"));
    }
}
