//! Where things are: districts, ports, supervised places, ships.

use alloc::{format, string::String};

use super::{is_digits, shown};
use crate::refusal::{Refusal, Rule};

/// A customs district: four digits, the first two of which name the directly affiliated office.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct District(String);

impl District {
    /// Reads a code. Whether the network knows it is for the rules.
    ///
    /// # Errors
    /// [`Rule::District`].
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        if is_digits(text, 4) {
            return Ok(Self(text.into()));
        }
        Err(Refusal::new(Rule::District, field, text, "four digits"))
    }

    /// The first four of at least four digits.
    pub(super) fn of_digits(digits: &str) -> Self {
        Self(digits[..4].into())
    }
}

/// A UN/LOCODE: two letters of the country and three of the place, without 0 and 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Locode(String);

impl Locode {
    /// Reads a code.
    ///
    /// # Errors
    /// [`Rule::Locode`].
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let (country, place) = text.split_at_checked(2).unwrap_or_default();
        let formed = place.len() == 3
            && country.bytes().all(|c| c.is_ascii_uppercase())
            && place.bytes().all(|c| c.is_ascii_uppercase() || matches!(c, b'2'..=b'9'));
        if formed {
            return Ok(Self(text.into()));
        }
        Err(Refusal::new(Rule::Locode, field, text, "a UN/LOCODE such as CNSHK"))
    }
}

/// A supervised place: `UNLOCODE/district`, for instance `CNSHK/5304`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceCode(String);

impl PlaceCode {
    /// Reads a code. Whether the network knows it is for the rules.
    ///
    /// # Errors
    /// [`Rule::Locode`] or [`Rule::District`].
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        let (locode, district) = text.split_once('/').unwrap_or((text, ""));
        Locode::parse(field, locode)?;
        District::parse(field, district)?;
        Ok(Self(text.into()))
    }

    /// The district of a place code that was read before; nothing where the text is no such code.
    pub fn district_of(text: &str) -> &str {
        text.split_once('/').map_or("", |(_, district)| district)
    }
}

/// An IMO ship number: seven digits, the last of which checks the others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Imo(String);

impl Imo {
    /// Reads a number.
    ///
    /// # Errors
    /// [`Rule::ImoNumber`], naming the right check digit.
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        if !is_digits(text, 7) {
            return Err(Refusal::new(Rule::ImoNumber, field, text, "seven digits"));
        }
        let mut digits = text.bytes().map(|c| u32::from(c - b'0'));
        let sum: u32 = digits.clone().zip((2..=7).rev()).map(|(d, weight)| d * weight).sum();
        if digits.next_back() == Some(sum % 10) {
            return Ok(Self(text.into()));
        }
        let expected = format!("the check digit {} at the end", sum % 10);
        Err(Refusal::new(Rule::ImoNumber, field, text, expected))
    }
}

/// A ship as manifests name it: `UN` and its IMO number, or the number under which it is filed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConveyanceId(String);

impl ConveyanceId {
    /// Reads a name.
    ///
    /// # Errors
    /// [`Rule::ImoNumber`] or [`Rule::FieldValue`].
    pub fn parse(field: &str, text: &str) -> Result<Self, Refusal> {
        if let Some(imo) = text.strip_prefix("UN") {
            Imo::parse(field, imo)?;
            return Ok(Self(text.into()));
        }
        let formed = (3..=20).contains(&text.len())
            && text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if formed {
            return Ok(Self(text.into()));
        }
        let expected =
            "UN and the IMO number, or a filed ship number of 3 to 20 letters and digits";
        Err(Refusal::new(Rule::FieldValue, field, text, expected))
    }
}

shown!(District, Locode, PlaceCode, Imo, ConveyanceId);
