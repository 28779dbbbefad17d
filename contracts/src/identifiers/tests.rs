//! Identifiers against real numbers (domain.md §3), and the one beside each that fails.

use super::*;
use crate::refusal::Rule;

#[test]
fn container_numbers_have_their_check_digit() {
    // Real numbers, then those of §7.1, three of which have remainder 10.
    for good in [
        "CSQU3054383",
        "EMCU5205000",
        "CBHU6192031",
        "CBHU7001000",
        "OOLU7002379",
        "FCIU7003742",
        "TGHU7005110",
        "TGHU7054433",
        "CBHU7017440",
        "FCIU7025660",
        "OOLU7007853",
        "CBHU7022929",
        "FCIU7042100",
    ] {
        assert_eq!(ContainerNumber::parse("container_no", good).unwrap().as_str(), good);
    }
    let no = ContainerNumber::parse("container_no", "CSQU3054384").unwrap_err();
    assert_eq!((no.rule, no.field.as_str()), (Rule::ContainerNumber, "container_no"));
    assert_eq!(no.expected, "the check digit 3 at the end");
    for bad in ["TESI1120274", "CSQU305438", "csqu3054383", "CSQX3054383", "", "集装箱号集装"]
    {
        assert!(ContainerNumber::parse("container_no", bad).is_err(), "{bad}");
    }
    assert!(ContainerNumber::legacy("container_no", "CSQU3054384").is_ok());
}

#[test]
fn size_types_of_both_ages_agree() {
    let read = |text| SizeType::parse("size_type", text).unwrap();
    assert_eq!(read("2200").as_str(), "22G1");
    assert_eq!(read("4500").as_str(), "45G1");
    assert!(read("22G1").agrees_with(&read("2200")));
    assert!(read("22R1").agrees_with(&read("2230")));
    assert!(read("0000").agrees_with(&read("45R1")));
    assert!(!read("22G1").agrees_with(&read("45G1")));
    assert!(!read("22G1").agrees_with(&read("22R1")));
    for bad in ["22g1", "22G", "2211G", "22-1", ""] {
        assert_eq!(SizeType::parse("size_type", bad).unwrap_err().rule, Rule::SizeType, "{bad}");
    }
}

#[test]
fn imo_numbers_and_ships() {
    for good in ["9346524", "9367205", "9227273", "9912347", "9988774"] {
        assert!(Imo::parse("imo", good).is_ok(), "{good}");
    }
    assert_eq!(Imo::parse("imo", "9346525").unwrap_err().expected, "the check digit 4 at the end");
    assert!(ConveyanceId::parse("conveyance_id", "UN9346524").is_ok());
    assert!(ConveyanceId::parse("conveyance_id", "YUEFOSHAN0188").is_ok());
    let no = ConveyanceId::parse("conveyance_id", "UN9346525").unwrap_err();
    assert_eq!(no.rule, Rule::ImoNumber);
    assert_eq!(ConveyanceId::parse("conveyance_id", "a").unwrap_err().rule, Rule::FieldValue);
}

#[test]
fn credit_codes() {
    for good in [
        "91440783714753661E",
        "91512081MA62K0260E",
        "91440606MA7DEM016C",
        "91440300MA7DEM0241",
        "91440606MA7DEM0322",
        "91440606MA7DEM040W",
        "91440101MA7DEM059P",
        "91110000MA7DEM067E",
        "91440113MA7DEM075R",
        "91440300MA7DEM0834",
        "91440117MA7DEM0919",
        "91440101MA7DEM104Q",
    ] {
        assert!(Uscc::parse("uscc", good).is_ok(), "{good}");
    }
    assert_eq!(
        Uscc::parse("uscc", "91440783714753661F").unwrap_err().expected,
        "the check character E at the end"
    );
    assert!(Uscc::parse("uscc", "91440783714753661").is_err());
    assert!(Uscc::parse("uscc", "9144078371475366IE").is_err());
    assert!(Uscc::parse("uscc", "91440783714753661E").unwrap().organisation_code_fits());
}

#[test]
fn declarations_districts_places_and_tariff_codes() {
    for good in ["530420250040970934", "516620260000000017", "515020260000123456"] {
        assert!(DeclarationNumber::parse("entry_no", good).is_ok(), "{good}");
    }
    let number = DeclarationNumber::parse("entry_no", "516620261000000017").unwrap();
    assert_eq!((number.district().as_str(), number.says_import()), ("5166", true));
    for bad in
        ["51662026000000001", "516619260000000017", "516620262000000017", "A16620260000000017"]
    {
        let no = DeclarationNumber::parse("entry_no", bad).unwrap_err();
        assert_eq!(no.rule, Rule::DeclarationNumber, "{bad}");
    }
    assert!(District::parse("customs_code", "5165").is_ok());
    assert_eq!(District::parse("customs_code", "516").unwrap_err().rule, Rule::District);
    for good in ["CNSHK", "CNNSA", "CNSUD", "CNBIJ", "CNJUJ", "CNXLA"] {
        assert!(Locode::parse("locode", good).is_ok(), "{good}");
    }
    assert_eq!(Locode::parse("locode", "CNSH0").unwrap_err().rule, Rule::Locode);
    assert!(PlaceCode::parse("location", "CNSHK/5304").is_ok());
    assert_eq!(PlaceCode::parse("location", "CNSHK/530").unwrap_err().rule, Rule::District);
    assert_eq!(PlaceCode::parse("location", "CNSHK").unwrap_err().rule, Rule::District);
    assert_eq!(PlaceCode::district_of("CNSHK/5304"), "5304");
    assert!(Hs::parse("hs", "6204620000", 10).is_ok());
    assert_eq!(Hs::parse("hs", "620462", 10).unwrap_err().rule, Rule::FieldValue);
}
