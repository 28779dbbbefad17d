//! Quorums and validator sets: the arithmetic, and which lists are no set.

use countersign_record::{
    encoding,
    keys::PublicKey,
    limits,
    membership::{Validator, ValidatorSet},
};

use crate::support::{Network, cbor, public, set_of};

#[test]
fn a_quorum_is_more_than_two_thirds() {
    // Powers, and the least power that decides.
    let rows: [(&[u64], u64); 8] = [
        (&[1], 1),
        (&[1, 1], 2),
        (&[1, 1, 1], 3),
        (&[1, 1, 1, 1], 3),
        (&[1, 1, 1, 1, 1], 4),
        (&[1, 1, 1, 1, 1, 1, 1], 5),
        (&[10, 1, 1, 1], 9),
        (&[u64::MAX / 3], u64::MAX / 9 * 2 + 2),
    ];
    for (powers, least) in rows {
        let set = Network::of(powers).set();
        assert_eq!(set.total_power(), powers.iter().sum::<u64>());
        assert!(set.is_quorum(least), "{powers:?}");
        assert!(!set.is_quorum(least - 1), "{powers:?}");
        assert!(!set.is_quorum(0) && !set.is_quorum(u64::MAX), "{powers:?}");
        assert!(set.is_quorum(set.total_power()), "{powers:?}");
    }
}

#[test]
fn two_quorums_share_more_than_a_third() {
    for total in 1..200 {
        let set = Network::of(&[total]).set();
        let least = (0..=total).find(|p| set.is_quorum(*p)).unwrap();
        assert!(3 * (2 * least - total) > total, "{least} of {total}");
    }
}

#[test]
fn a_list_that_cannot_agree_is_refused() {
    let one = |seed: &str, power| Validator { party: seed.into(), key: public(seed), power };
    let weak = Validator { key: PublicKey([0; 32]), ..one("a", 1) };
    let many = |n: usize| (0..n).map(|i| one(&format!("v{i}"), 1)).collect();
    let max = limits::VALIDATORS_MAX;
    for (list, names) in [
        (vec![], "0 validators"),
        (many(max + 1), "129 validators"),
        (vec![one("a", 1), Validator { party: "b".into(), ..one("a", 1) }], "twice"),
        (vec![weak], "not a key that can verify"),
        (vec![one("a", 0)], "does not fit"),
        (vec![one("a", u64::MAX / 3), one("b", 1)], "does not fit"),
        (vec![one("a", u64::MAX), one("b", 1)], "does not fit"),
    ] {
        let fault = ValidatorSet::new(list).unwrap_err().to_string();
        assert!(fault.contains(names), "{names}: {fault}");
    }
    assert!(ValidatorSet::new(many(max)).is_ok());
    assert!(ValidatorSet::new(vec![one("a", 1)]).is_ok());
}

#[test]
fn a_set_has_one_order_and_one_digest() {
    let (set, other) = (set_of(&["a", "b", "c"]), set_of(&["c", "a", "b"]));
    assert_eq!((&set, set.digest()), (&other, other.digest()));
    assert_ne!(set.digest(), set_of(&["a", "b"]).digest());
    let bytes = encoding::encode(&set);
    assert_eq!(encoding::decode::<ValidatorSet>("set", &bytes), Ok(set.clone()));
    for (twist, other) in cbor::twisted(&bytes) {
        assert!(encoding::decode::<ValidatorSet>("set", &other).is_err(), "{twist:?}");
    }
    let mut reversed: Vec<Validator> = set.validators().to_vec();
    reversed.reverse();
    let fault = encoding::decode::<ValidatorSet>("set", &encoding::encode(&reversed)).unwrap_err();
    assert!(fault.why.contains("deterministic"), "{fault}");
    for validator in set.validators() {
        assert_eq!(set.find(&validator.key.thumbprint()), Some(validator));
    }
    assert_eq!(set.find(&public("d").thumbprint()), None);
}

#[test]
fn a_founding_document_is_read_with_the_place_of_its_fault() {
    use countersign_record::founding::Genesis;
    let genesis = Network::of(&[1, 1, 1, 1]).genesis;
    genesis.check().unwrap();
    let json = serde_json::to_string_pretty(&genesis).unwrap();
    assert_eq!(Genesis::from_json(json.as_bytes()), Ok(genesis.clone()));
    assert_eq!(encoding::decode::<Genesis>("genesis", &genesis.bytes()), Ok(genesis.clone()));
    for (twist, other) in cbor::twisted(&genesis.bytes()) {
        assert!(encoding::decode::<Genesis>("genesis", &other).is_err(), "{twist:?}");
    }
    let slip = json.replacen("\"time\"", "\"tide\"", 1);
    let fault = Genesis::from_json(slip.as_bytes()).unwrap_err();
    assert!(fault.why.contains("unknown field `tide`") && fault.why.contains("line 3"), "{fault}");
    assert!(slip[fault.at..].starts_with("\": "), "{fault}");
    let limit = "\"combined_port.transit_sla_ms\": 172800000";
    let twice = json.replacen(limit, &format!("{limit}, {limit}"), 1);
    let fault = Genesis::from_json(twice.as_bytes()).unwrap_err();
    assert!(fault.why.contains("combined_port.transit_sla_ms stands here twice"), "{fault}");
    assert!(Genesis::from_json(format!("{json} x").as_bytes()).is_err());
}

#[test]
fn a_founding_document_that_does_not_fit_together_is_refused() {
    use countersign_record::founding::Genesis;
    type Row = (&'static str, fn(&mut Genesis));
    let rows: [Row; 13] = [
        ("name is", |g| g.name = " ".into()),
        ("PARTY0 stands in the document twice", |g| g.parties[1].id = "PARTY0".into()),
        ("at least one role", |g| g.parties[1].roles.clear()),
        ("one entry key", |g| g.parties[1].keys.clear()),
        ("expected an id", |g| g.parties[1].id.clear()),
        ("district 5304 is not one", |g| g.parties[1].district = Some("5304".into())),
        ("place CNSHK/5304 is not one", |g| g.parties[1].places = vec!["CNSHK/5304".into()]),
        ("place CNSUD/5150: expected", |g| g.districts.clear()),
        ("already serves another", |g| g.parties[1].keys = g.parties[0].keys.clone()),
        ("already serves another", |g| {
            g.parties[1].nodes[0].validator_key = Some(g.parties[1].keys[0]);
        }),
        ("already serves another", |g| {
            g.parties[1].nodes[0].validator_key = Some(g.parties[1].nodes[0].network_key);
        }),
        ("not a key that can verify", |g| g.parties[1].keys[0] = PublicKey([0; 32])),
        ("0 validators", |g| g.parties.iter_mut().for_each(|p| p.nodes.clear())),
    ];
    for (names, breaks) in rows {
        let mut genesis = Network::of(&[1, 1]).genesis;
        assert_eq!(genesis.check(), Ok(()));
        breaks(&mut genesis);
        let fault = genesis.check().unwrap_err().to_string();
        assert!(fault.contains(names), "{names}: {fault}");
    }
}
