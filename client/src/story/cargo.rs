//! The forty boxes of the story, with valid check digits, weights and seals.

use countersign_contracts::identifiers::ContainerNumber;

/// The bill of lading.
pub const BILL: &str = "SDSK26110001";
/// The box whose seal is keyed in wrongly: the seventeenth.
pub(super) const KEYED_WRONG: usize = 16;
/// The box that customs opens: the sixth.
pub(super) const OPENED: usize = 5;
/// The box that stays behind: the thirty-first.
pub(super) const LEFT_BEHIND: usize = 30;
/// Boxes on the first barge.
pub(super) const FIRST_BARGE: usize = 24;

/// One box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boxed {
    /// Its number.
    pub no: String,
    /// The seal that the shipper put on, or customs after it opened the box.
    pub seal: String,
    /// Who put the seal on, as EDIFACT has it.
    pub seal_issuer: &'static str,
    /// Weight of the goods, kilograms.
    pub gross_kg: u32,
}

/// All boxes of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cargo {
    /// The boxes, in the order of the manifest.
    pub boxes: Vec<Boxed>,
}

/// Weight of an empty forty-foot box, kilograms.
pub(super) const TARE_KG: u32 = 3_900;
/// Packages in each box.
pub(super) const PACKAGES: u32 = 500;

impl Default for Cargo {
    fn default() -> Self {
        Self::new()
    }
}

impl Cargo {
    /// The boxes as they leave the shipper.
    pub fn new() -> Self {
        let boxed = |i: usize| Boxed {
            no: number(i),
            seal: format!("SH-{}", 880_101 + i),
            seal_issuer: "SH",
            gross_kg: 18_000 + 100 * u32::try_from(i % 7).unwrap_or_default(),
        };
        Self { boxes: (0..40).map(boxed).collect() }
    }

    /// The weight of all goods, kilograms.
    pub fn gross_kg(&self) -> u64 {
        self.boxes.iter().map(|b| u64::from(b.gross_kg)).sum()
    }

    /// All numbers.
    pub fn numbers(&self) -> Vec<String> {
        self.boxes.iter().map(|b| b.no.clone()).collect()
    }
}

/// The number of box `i`: four owners in turn, serials 137 apart, and the check digit that fits.
fn number(i: usize) -> String {
    let owner = ["CBHU", "OOLU", "FCIU", "TGHU"][i % 4];
    let mut numbers = (0..10).map(|check| format!("{owner}{:06}{check}", 700_100 + 137 * i));
    numbers.find(|no| ContainerNumber::parse("container_no", no).is_ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_scenario() {
        let numbers = Cargo::new().numbers();
        assert_eq!(numbers[..4], ["CBHU7001000", "OOLU7002379", "FCIU7003742", "TGHU7005110"]);
        assert_eq!(numbers[39], "TGHU7054433");
        assert_eq!(numbers[KEYED_WRONG], "CBHU7022929");
        assert_eq!(numbers[LEFT_BEHIND], "FCIU7042100");
        assert_eq!(numbers[OPENED], "OOLU7007853");
        assert_eq!(Cargo::new().boxes[KEYED_WRONG].seal, "SH-880117");
    }
}
