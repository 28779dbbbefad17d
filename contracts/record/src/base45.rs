//! Base45 (RFC 9285): bytes in the 45 characters that a QR code packs two into eleven bits. Each
//! text is read in one way only.

use alloc::{format, string::String, vec::Vec};

use crate::encoding::Malformed;

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const BASE: u32 = 45;

/// The text of some bytes: three characters for two bytes, two for a last one.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for pair in bytes.chunks(2) {
        let mut value = pair.iter().fold(0_u32, |value, byte| value << 8 | u32::from(*byte));
        for _ in 0..=pair.len() {
            let character = ALPHABET.get((value % BASE) as usize).copied().unwrap_or_default();
            text.push(char::from(character));
            value /= BASE;
        }
    }
    text
}

/// The bytes of a text.
///
/// # Errors
/// A character that is not one of the 45, three that are more than two bytes, or one left over.
pub(crate) fn decode(what: &'static str, text: &str) -> Result<Vec<u8>, Malformed> {
    let mut bytes = Vec::new();
    for (three, at) in text.as_bytes().chunks(3).zip((0..).step_by(3)) {
        let fault = |why: String| Malformed::new(what, at, why);
        let mut value = 0_u32;
        for character in three.iter().rev() {
            let digit = ALPHABET.iter().zip(0_u32..).find(|(c, _)| *c == character);
            let Some((_, digit)) = digit else {
                return Err(fault(format!("the byte {character:#04x} is no character of Base45")));
            };
            value = value * BASE + digit;
        }
        match (three.len(), u16::try_from(value), u8::try_from(value)) {
            (3, Ok(two), _) => bytes.extend(two.to_be_bytes()),
            (2, _, Ok(one)) => bytes.push(one),
            (1, ..) => return Err(fault("one character is left over".into())),
            _ => return Err(fault("these characters are more than their bytes can be".into())),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_hold() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"AB", "BB8"),
            (b"Hello!!", "%69 VD92EX0"),
            (b"base-45", "UJCLQE7W581"),
            (b"ietf!", "QED8WEX0"),
            (&[0xff, 0xff], "FGW"),
            (&[0xff], "U5"),
            (&[0], "00"),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode("text", text).as_deref(), Ok(bytes));
        }
    }

    #[test]
    fn what_stands_for_no_bytes_is_refused() {
        for (text, at, why) in [
            ("BB8B", 3, "left over"),
            ("BB8b9", 3, "0x62 is no character"),
            ("GGW", 0, "more than their bytes"),
            (":::", 0, "more than their bytes"),
            ("BB8V5", 3, "more than their bytes"),
            ("BB\n", 0, "0x0a"),
            ("会", 0, "is no character"),
        ] {
            let fault = decode("text", text).unwrap_err();
            assert_eq!(fault.at, at, "{text}");
            assert!(fault.why.contains(why), "{text}: {fault}");
        }
    }

    #[test]
    fn every_length_reads_back() {
        let bytes: Vec<u8> = (0..=255).rev().collect();
        for len in 0..=bytes.len() {
            assert_eq!(decode("text", &encode(&bytes[..len])).as_deref(), Ok(&bytes[..len]));
        }
    }
}
