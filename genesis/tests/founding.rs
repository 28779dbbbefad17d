//! Founding the sample network: what is written reads back, and nothing is ever overwritten.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, fs};

use countersign_genesis::{
    ClockShift, Founded, FoundingFault, GenesisFault, Passphrases, Plan, clock::CLOCK_SHIFT_MS_MAX,
    init, keyfile, load_genesis, peer::peer_id, printed_digest, sample,
};
use countersign_record::keys::{PublicKey, Signer as _};
use tempfile::TempDir;
use zeroize::Zeroizing;

const TIME: u64 = 1_795_392_000_000;

fn plan() -> Plan {
    sample::pearl_river().unwrap()
}

fn found() -> (TempDir, Founded) {
    let folder = tempfile::tempdir().unwrap();
    let founded = init(&plan(), folder.path(), &Passphrases::Unencrypted, TIME).unwrap();
    (folder, founded)
}

#[test]
fn the_document_reads_back_from_every_home() {
    let (_folder, founded) = found();
    assert_eq!(founded.homes.len(), plan().parties.len());
    let files = founded.homes.iter().map(|h| h.path.join("config/genesis.json"));
    for file in files.chain([founded.genesis_file.clone()]) {
        let read = load_genesis(&file).unwrap();
        assert_eq!((&read, read.network()), (&founded.genesis, founded.network));
    }
    let set = founded.genesis.validators().unwrap();
    assert_eq!((set.validators().len(), set.total_power()), (4, 4));
    assert_eq!(founded.genesis.time, TIME);
}

#[test]
fn every_home_holds_the_keys_that_the_document_names() {
    let (_folder, founded) = found();
    let mut all = BTreeSet::new();
    for (home, party) in founded.homes.iter().zip(&founded.genesis.parties) {
        assert_eq!(home.party, party.id);
        let load = |name: &str| keyfile::load(&home.path.join("keys").join(name), None);
        let entry = load("entry.pem").unwrap();
        assert_eq!((vec![entry.public()], entry.public()), (party.keys.clone(), home.entry_key));
        assert!(all.insert(entry.public()) && home.path.join("data").is_dir());
        let config = home.path.join("config/node.toml");
        match (&home.node, party.nodes.first()) {
            (Some(node), Some(keys)) => {
                let (network, validator) =
                    (load("network.pem").unwrap(), load("validator.pem").unwrap());
                assert_eq!(network.public(), keys.network_key);
                assert_eq!(Some(validator.public()), keys.validator_key);
                assert_eq!(node.validator_key, keys.validator_key);
                assert!(all.insert(network.public()) && all.insert(validator.public()));
                assert!(config.is_file());
            }
            (None, None) => {
                assert!(load("network.pem").is_err() && load("validator.pem").is_err());
                assert!(!config.exists());
            }
            _ => panic!("{} has a node in one of the two only", home.party),
        }
    }
    assert_eq!(all.len(), plan().parties.len() + 4 * 2);
}

#[test]
fn each_node_dials_all_the_others() {
    let (_folder, founded) = found();
    let nodes: Vec<_> = founded.homes.iter().filter(|h| h.node.is_some()).collect();
    let addresses: BTreeSet<String> =
        nodes.iter().map(|h| h.node.as_ref().unwrap().address()).collect();
    assert_eq!(addresses.len(), 4);
    for (i, home) in nodes.iter().enumerate() {
        let node = home.node.as_ref().unwrap();
        let text = fs::read_to_string(home.path.join("config/node.toml")).unwrap();
        let settings: toml::Table = text.parse().unwrap();
        let names: Vec<&str> = settings.keys().map(String::as_str).collect();
        let known = [
            "api_listen",
            "heartbeat_ms",
            "moniker",
            "p2p_listen",
            "party",
            "peers",
            "timeout_delta_ms",
            "timeout_propose_ms",
            "timeout_vote_ms",
        ];
        assert_eq!(BTreeSet::from_iter(names), BTreeSet::from(known));
        assert_eq!(settings["party"].as_str(), Some(&*home.party));
        let port = 26_656 + 10 * u16::try_from(i).unwrap();
        assert_eq!(settings["api_listen"].as_str().unwrap(), format!("127.0.0.1:{}", port + 1));
        assert_eq!(settings["p2p_listen"].as_str().unwrap(), format!("/ip4/127.0.0.1/tcp/{port}"));
        assert_eq!(node.api_url(), format!("http://127.0.0.1:{}", port + 1));
        let peers = settings["peers"].as_array().unwrap();
        let peers = peers.iter().map(|p| p.as_str().unwrap().to_owned());
        let mut all: BTreeSet<String> = peers.collect();
        assert_eq!(all.len(), 3);
        assert!(all.insert(node.address()), "a node does not dial itself");
        assert_eq!(all, addresses);
    }
}

#[test]
fn a_node_that_others_reach_from_afar_listens_everywhere() {
    let mut plan = plan();
    plan.parties[0].node.as_mut().unwrap().host = "192.0.2.7".parse().unwrap();
    plan.parties[1].node.as_mut().unwrap().power = 0;
    let folder = tempfile::tempdir().unwrap();
    let founded = init(&plan, folder.path(), &Passphrases::Unencrypted, TIME).unwrap();
    let read =
        |i: usize| fs::read_to_string(founded.homes[i].path.join("config/node.toml")).unwrap();
    assert!(read(0).contains("p2p_listen = \"/ip4/0.0.0.0/tcp/26656\""));
    assert!(read(2).contains("\"/ip4/192.0.2.7/tcp/26656/p2p/12D3KooW"));
    let follower = &founded.homes[1];
    assert!(!follower.path.join("keys/validator.pem").exists());
    assert_eq!(founded.genesis.validators().unwrap().validators().len(), 3);
}

#[test]
fn the_clock_of_a_rehearsal_is_set_and_taken_back() {
    let (_folder, founded) = found();
    let home = &founded.homes[0].path;
    let file = home.join("config/node.toml");
    let read = || fs::read_to_string(&file).unwrap();
    let before = read();
    for ms in [5000, -5000] {
        ClockShift::try_from(ms).unwrap().write(home).unwrap();
        let settings: toml::Table = read().parse().unwrap();
        assert_eq!(settings["clock_ahead_ms"].as_integer(), Some(ms));
    }
    ClockShift::default().write(home).unwrap();
    assert_eq!(read(), before);
}

#[test]
fn a_clock_is_moved_by_whole_milliseconds_and_fifty_years_at_most() {
    let moved = ClockShift::try_from(-1000).unwrap();
    assert_eq!((moved.apply(5000), moved.apply(10)), (4000, 0));
    assert!(ClockShift::try_from(CLOCK_SHIFT_MS_MAX).is_ok());
    for wrong in [CLOCK_SHIFT_MS_MAX + 1, -CLOCK_SHIFT_MS_MAX - 1, i64::MIN, i64::MAX] {
        let fault = ClockShift::try_from(wrong).unwrap_err().to_string();
        assert!(fault.contains(&wrong.to_string()) && fault.contains("fifty years"), "{fault}");
    }
    assert!("1.5".parse::<ClockShift>().is_err() && "".parse::<ClockShift>().is_err());
    assert_eq!("-1000".parse(), Ok(moved));
}

#[test]
fn nothing_is_founded_twice_in_one_place() {
    let (folder, founded) = found();
    let again = init(&plan(), folder.path(), &Passphrases::Unencrypted, TIME).unwrap_err();
    assert!(matches!(again, FoundingFault::NotEmpty(_)));
    assert!(again.to_string().contains("nothing in it is overwritten"), "{again}");
    assert_eq!(load_genesis(&founded.genesis_file).unwrap(), founded.genesis);
}

#[test]
fn keys_are_encrypted_for_each_party() {
    let mut plan = plan();
    plan.parties.truncate(1);
    let one = |text: &str| Zeroizing::new(text.to_owned());
    let each = Passphrases::Each([("shunde-customs".to_owned(), one("words"))].into());
    for (passphrases, opens) in [(each, "words"), (Passphrases::One(one("same")), "same")] {
        let folder = tempfile::tempdir().unwrap();
        let founded = init(&plan, folder.path(), &passphrases, TIME).unwrap();
        let file = founded.homes[0].path.join("keys/validator.pem");
        assert!(keyfile::load(&file, Some(opens)).is_ok());
        assert!(keyfile::load(&file, Some("other")).is_err());
    }
    let folder = tempfile::tempdir().unwrap();
    let none = Passphrases::Each([].into());
    let fault = init(&plan, folder.path(), &none, TIME).unwrap_err();
    assert_eq!(fault.to_string(), "no passphrase was given for 'shunde-customs'");
}

#[test]
fn a_plan_that_is_wrong_leaves_nothing_behind() {
    type Row = (&'static str, fn(&mut Plan));
    let rows: [Row; 7] = [
        ("'../x' of a party", |p| p.parties[0].slug = "../x".into()),
        ("'shekou-customs' of a party is used twice", |p| {
            p.parties[0].slug = "shekou-customs".into();
        }),
        ("the id 'a\"b' of a party", |p| p.parties[0].id = "a\"b".into()),
        ("stands in the document twice", |p| p.parties[0].id = p.parties[1].id.clone()),
        ("district 9999 is not one", |p| p.parties[0].district = Some("9999".into())),
        ("0 validators", |p| p.parties.iter_mut().for_each(|p| p.node = None)),
        ("not enough ports", |p| p.first_port = 65_520),
    ];
    for (names, breaks) in rows {
        let mut plan = plan();
        breaks(&mut plan);
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("network");
        let fault = init(&plan, &out, &Passphrases::Unencrypted, TIME).unwrap_err();
        assert!(fault.to_string().contains(names), "{names}: {fault}");
        assert!(!out.exists(), "{names}");
    }
}

#[test]
fn a_document_that_is_wrong_is_named_with_line_and_column() {
    let (folder, founded) = found();
    let good = fs::read_to_string(&founded.genesis_file).unwrap();
    let file = folder.path().join("other.json");
    assert!(matches!(load_genesis(&file), Err(GenesisFault::Unreadable { .. })));
    fs::write(&file, good.replacen("\"rules\": 2,", "\"rules\": \"two\",", 1)).unwrap();
    let fault = load_genesis(&file).unwrap_err().to_string();
    assert!(fault.contains("at line 4 column 16") && fault.contains("other.json"), "{fault}");
    fs::write(&file, good.replacen("\"CNSUD/5150\"\n", "\"CNSUD/5151\"\n", 1)).unwrap();
    let fault = load_genesis(&file).unwrap_err();
    assert!(matches!(fault, GenesisFault::Unfit { .. }), "{fault}");
}

#[test]
fn a_digest_is_printed_to_be_compared() {
    let (_folder, founded) = found();
    let printed = printed_digest(&founded.network);
    assert_eq!(printed.len(), 64 + 15);
    assert_eq!(printed.replace(' ', ""), founded.network.to_string());
    assert_eq!(printed.split(' ').count(), 16);
}

#[test]
fn peer_ids_are_those_of_libp2p() {
    // The Ed25519 key of the test vectors in libp2p's peer-id specification.
    let key = "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
    let keys = (0..50).map(|_| keyfile::generate().unwrap().public());
    for key in keys.chain([key.parse::<PublicKey>().unwrap()]) {
        let theirs = libp2p_identity::ed25519::PublicKey::try_from_bytes(&key.0).unwrap();
        let theirs = libp2p_identity::PublicKey::from(theirs).to_peer_id().to_base58();
        assert_eq!(peer_id(&key), theirs);
        assert!(theirs.starts_with("12D3KooW"), "{theirs}");
    }
}

/// The check character of a unified social credit code (GB 32100), and that of the organisation
/// code inside it (GB 11714).
fn credit_code_fits(code: &str) -> bool {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let value = |alphabet: &[u8], c: u8| alphabet.iter().position(|d| *d == c).unwrap();
    let code = code.as_bytes();
    let mut weight = 1;
    let mut sum = 0;
    for c in &code[..17] {
        sum += value(DIGITS, *c) * weight;
        weight = weight * 3 % 31;
    }
    let whole = DIGITS[(31 - sum % 31) % 31] == code[17];
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let sum: usize = code[8..16].iter().zip(weights).map(|(c, w)| value(LETTERS, *c) * w).sum();
    let organisation = match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => LETTERS[digit],
    };
    code.len() == 18 && whole && organisation == code[16]
}

#[test]
fn the_sample_is_valid_and_says_that_it_is_invented() {
    let plan = plan();
    for party in &plan.parties {
        if party.roles.contains(&"customs".to_owned()) {
            assert_eq!(party.id, format!("GACC{}", party.district.as_ref().unwrap()));
            assert!(party.names.zh.contains("演示"));
        } else {
            assert!(credit_code_fits(&party.id), "{}", party.id);
            assert!(party.names.zh.contains("虚构") && party.names.en.contains("fictitious"));
        }
    }
    let roles: BTreeSet<&str> =
        plan.parties.iter().flat_map(|p| p.roles.iter().map(String::as_str)).collect();
    let all = [
        "agent",
        "authority",
        "bunker_barge",
        "carrier",
        "courier",
        "customs",
        "declarant",
        "guarantor",
        "receiving_ship",
        "supplier",
        "surveyor",
        "tally",
        "truck",
        "warehouse",
        "wharf",
        "yard",
    ];
    assert_eq!(roles, BTreeSet::from(all));
    let hour = 3_600_000;
    for (name, value) in [
        ("combined_port.relocation_sla_ms", 4 * hour),
        ("combined_port.transit_sla_ms", 48 * hour),
        ("combined_port.advance_declaration_ms", 72 * hour),
        ("combined_port.complete_declaration_ms", 14 * 24 * hour),
        ("combined_port.tally_after_departure_ms", 6 * hour),
        ("combined_port.tally_after_unloading_ms", 6 * hour),
        ("combined_port.position_gap_ms", hour / 2),
        ("combined_port.gross_tolerance_permille", 30),
        ("combined_port.hold_response_ms", 24 * hour),
        ("combined_port.manifest_before_loading_ms", 24 * hour),
        // What the offices set for bonded oil, in ten-thousandths and days; a grade and a class.
        ("bonded_oil.mass_tolerance_permyriad", 10),
        ("bonded_oil.delivery_tolerance_permyriad", 50),
        ("bonded_oil.declaration_days", 10),
        ("bonded_oil.grade.RMG380.density_max_g_m3", 991_000),
        ("bonded_oil.sulphur.VLSFO.max_pct_milli", 500),
        ("combined_port.late_filing_per_100000_a_day", 0),
        ("guarantee.late_fee_per_100000_a_day", 50),
        ("guarantee.tax_due_days", 15),
        ("guarantee.consolidated_due_working_day", 5),
        ("guarantee.claim_answer_ms", 10 * 24 * hour),
        ("certificate.review_ms", 3 * 24 * hour),
        ("evidence.retention_days_min", 1095),
        ("membership.rules", 2),
    ] {
        assert_eq!(plan.parameters.get(name), Some(&value), "{name}");
    }
}
