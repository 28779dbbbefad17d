//! Vectors for what readers elsewhere are most likely to take otherwise: signatures on a curve with a
//! cofactor, and the JSON of founding documents.

use countersign_record::{
    founding::{Genesis, Names},
    keys::{PublicKey, SignatureBytes, Signer as _},
};
use curve25519_dalek::{
    EdwardsPoint, Scalar,
    constants::{ED25519_BASEPOINT_POINT as BASE, EIGHT_TORSION},
    traits::Identity as _,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::{Network, key, public, unreduced, vectors::network};

/// A point of order eight.
const T: EdwardsPoint = EIGHT_TORSION[1];

fn bytes(point: EdwardsPoint) -> [u8; 32] {
    point.compress().to_bytes()
}

/// What the signer of `message` multiplies the key by.
fn challenge(r: EdwardsPoint, a: EdwardsPoint, message: &[u8]) -> Scalar {
    let hash = Sha512::new().chain_update(bytes(r)).chain_update(bytes(a)).chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn of_eight(k: &Scalar) -> u8 {
    k.to_bytes()[0] & 7
}

/// A signature of `secret` and the nonce `nonce`, where R and the key are shown as they are given.
fn signature(
    secret: Scalar,
    nonce: Scalar,
    r: EdwardsPoint,
    a: EdwardsPoint,
    message: &[u8],
) -> Vec<u8> {
    let s = nonce + challenge(r, a, message) * secret;
    [bytes(r), s.to_bytes()].concat()
}

fn case(about: &str, a: EdwardsPoint, message: &[u8], signature: &[u8], valid: bool) -> Value {
    let signature = SignatureBytes(signature.try_into().expect("64 bytes"));
    json!({ "about": about, "public": PublicKey(bytes(a)), "message": hex::encode(message),
        "signature": signature, "valid": valid })
}

/// The first message of a counter that fits.
fn message(fits: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    (0..=u16::MAX).map(|n| n.to_be_bytes().to_vec()).find(|m| fits(m)).expect("one of them fits")
}

pub(crate) fn signatures() -> Value {
    json!({
        "about": "The one rule of signature validity: R = SB - kA without the cofactor, S below the order, R and the key in their one spelling and not of small order",
        "keys": keys(),
        "cases": cases(),
    })
}

fn cases() -> Vec<Value> {
    let (secret, nonce) = (key("entry 0").to_scalar(), key("entry 1").to_scalar());
    let (a, r, none) = (secret * BASE, nonce * BASE, EdwardsPoint::identity());
    let mixed = a + T;
    let good = key("entry 0").sign(b"message").0;
    let shown = |r: EdwardsPoint, a: EdwardsPoint, m: &[u8]| signature(secret, nonce, r, a, m);
    let k = |r, a| move |m: &[u8]| of_eight(&challenge(r, a, m));
    let falls = message(|m| k(r, mixed)(m) == 0);
    let stays = message(|m| k(r, mixed)(m) == 1);
    // R beside the subgroup by just as much as the key takes away: R = SB - kA holds.
    let beside = r + T;
    let meets = message(|m| k(beside, mixed)(m) == 7);
    let unsigned = signature(secret, Scalar::ZERO, none, a, b"message");
    let mut second_spelling = unsigned.clone();
    second_spelling[..32].copy_from_slice(&[0xff; 32]);
    (second_spelling[0], second_spelling[31]) = (0xee, 0x7f);
    let other_s = unreduced(SignatureBytes(good)).0;
    vec![
        case("as it should be", a, b"message", &good, true),
        case("of another message", a, b"massage", &good, false),
        case("a scalar that is not reduced", a, b"message", &other_s, false),
        case(
            "holds with the cofactor only: R has a part of order 8",
            a,
            b"message",
            &shown(beside, a, b"message"),
            false,
        ),
        case(
            "holds with the cofactor only: the key has a part of order 8",
            mixed,
            &stays,
            &shown(r, mixed, &stays),
            false,
        ),
        case(
            "a key with a part of order 8 that k takes away",
            mixed,
            &falls,
            &shown(r, mixed, &falls),
            true,
        ),
        case(
            "a key and R with parts of order 8 that meet",
            mixed,
            &meets,
            &shown(beside, mixed, &meets),
            true,
        ),
        case("R is the neutral element", a, b"message", &unsigned, false),
        case(
            "R is the neutral element in its second spelling",
            a,
            b"message",
            &second_spelling,
            false,
        ),
        case("key and R of small order", T, b"message", &[bytes(T), [0; 32]].concat(), false),
        case(
            "the neutral element signs everything",
            none,
            b"message",
            &[bytes(none), [0; 32]].concat(),
            false,
        ),
    ]
}

/// Public keys, and whether they can verify anything.
fn keys() -> Vec<Value> {
    let row = |about: &str, key: [u8; 32], usable: bool| json!({ "about": about, "public": PublicKey(key), "usable": usable });
    let near_p = |low: u8, high: u8| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (low, high);
        bytes
    };
    let mut two = [0; 32];
    two[0] = 2;
    let mut rows = vec![
        row("a key", public("entry 0").0, true),
        row("a key with a part of order 8", bytes(key("entry 0").to_scalar() * BASE + T), true),
        row("y is 2: no point", two, false),
        row("y is -1 with the sign of an x that is 0", near_p(0xec, 0xff), false),
    ];
    rows.extend(EIGHT_TORSION.map(|point| row("of small order", bytes(point), false)));
    let seconds = (0xed..=0xff).flat_map(|low| [near_p(low, 0x7f), near_p(low, 0xff)]);
    rows.extend(seconds.map(|key| row("y of p or more", key, false)));
    rows
}

fn names(en: &str) -> Names {
    Names { en: en.into(), zh: "名".into() }
}

pub(crate) fn genesis_texts() -> Value {
    let mut cases = good_texts();
    let good = serde_json::to_string(&network().genesis).expect("a document");
    cases.extend(misread_texts(&good));
    cases.extend(unfit_texts());
    json!({
        "about": "The text of genesis.json: the network that it names, or by what it is refused, the reading or the check that its parts fit",
        "cases": cases,
    })
}

fn taken(about: &str, text: String) -> Value {
    let genesis = Genesis::from_json(text.as_bytes()).expect(about);
    json!({ "about": about, "text": text, "network": genesis.network(),
        "validators": genesis.validators().expect(about).digest() })
}

fn good_texts() -> Vec<Value> {
    let mut wide = Network::of(&[1 << 60, 1 << 59, 1, 1]).genesis;
    wide.time = u64::MAX;
    wide.rules = u32::MAX;
    // In the order of their bytes, which is not that of their encodings, nor that of UTF-16.
    let orders = ["b", "aa", "a", "\u{fffd}", "\u{10000}", "é", "__proto__", ""];
    wide.parameters = orders.iter().zip(0..).map(|(n, i)| ((*n).into(), i64::MIN + i)).collect();
    for district in ["10", "9", "09"] {
        wide.districts.insert(district.into(), names(district));
        wide.places.insert(format!("Z/{district}"), names("a \"quoted\" \\ name\n\u{7f}"));
    }
    (wide.parties[0].id, wide.parties[1].id) = ("\u{10000}".into(), "\u{fffd}".into());
    wide.parties.reverse();
    wide.parties[1].nodes.clear();
    wide.parties[1].district = Some("09".into());
    let plain = Network::of(&[7]).genesis;
    let text = serde_json::to_string(&plain).expect("a document");
    let key = public("entry 0").to_string();
    vec![
        taken("as it is printed", serde_json::to_string_pretty(&network().genesis).expect("one")),
        taken(
            "names in every order, and the largest numbers",
            serde_json::to_string(&wide).expect("one"),
        ),
        taken("upper-case digits, escapes and nulls", {
            let text = text.replace(&key, &key.to_uppercase());
            text.replace("Shunde", "S\\u0068unde \\ud83d\\udea2")
                .replace("\"nodes\"", "\"district\":null,\"nodes\"")
        }),
    ]
}

fn misread_texts(good: &str) -> Vec<Value> {
    let parameter = "\"combined_port.transit_sla_ms\":172800000";
    let refused = |about: &str, text: String| {
        assert_ne!(text, good, "{about}");
        json!({ "about": about, "text": text, "refused_by": "reading" })
    };
    let instead = |about: &str, from: &str, to: &str| refused(about, good.replacen(from, to, 1));
    let number = |about: &str, to: &str| instead(about, "\"rules\":1", &format!("\"rules\":{to}"));
    let limit = |about: &str, to: &str| instead(about, "172800000", to);
    vec![
        instead("a parameter twice", parameter, &format!("{parameter},{parameter}")),
        instead(
            "a parameter twice, with two values",
            parameter,
            &format!("{parameter},{}", parameter.replace("172", "173")),
        ),
        instead(
            "a parameter twice, once with an escape",
            parameter,
            &format!("{parameter},{}", parameter.replace("port", "p\\u006frt")),
        ),
        instead("a member twice", "\"rules\":1", "\"rules\":1,\"rules\":1"),
        instead("an unknown member", "\"rules\":1", "\"rules\":1,\"colour\":1"),
        instead("a member left out", "\"rules\":1,", ""),
        instead("a list of places that is null", "\"places\":[", "\"places\":null,\"x\":["),
        number("a fraction", "1.0"),
        number("an exponent", "1e0"),
        number("a negative number", "-1"),
        number("a negative zero", "-0"),
        number("a leading zero", "01"),
        number("a number above 32 bits", "4294967296"),
        number("a number as a text", "\"1\""),
        limit("a parameter above 63 bits", "9223372036854775808"),
        limit("a parameter below 63 bits", "-9223372036854775809"),
        instead("a time above 64 bits", "1795392000000", "18446744073709551616"),
        instead("a comma too many", parameter, &format!("{parameter},")),
        instead("a comment", "\"rules\":1", "\"rules\":1/* one */"),
        instead("half a character", "Shunde", "\\ud83d"),
        instead("a control character in a text", "Shunde", "Shun\tde"),
        instead(
            "a key of 63 digits",
            &public("entry 0").to_string(),
            &public("entry 0").to_string()[1..],
        ),
        refused("a byte order mark", format!("\u{feff}{good}")),
        refused("something after the document", format!("{good}{{}}")),
        refused("a document that is cut", good[..good.len() - 1].into()),
        refused("nothing", String::new()),
    ]
}

fn unfit_texts() -> Vec<Value> {
    let changed = |about: &str, change: fn(&mut Genesis)| {
        let mut genesis = network().genesis;
        change(&mut genesis);
        let text = serde_json::to_string(&genesis).expect("a document");
        assert!(Genesis::from_json(text.as_bytes()).is_ok(), "{about}");
        json!({ "about": about, "text": text, "refused_by": "check" })
    };
    vec![
        changed("no name", |g| g.name.clear()),
        changed("a name that ends with a space", |g| g.name.push('\u{a0}')),
        changed("a place without a district", |g| {
            drop(g.places.insert("CNSUD".into(), names("x")))
        }),
        changed("a place in an unknown district", |g| {
            drop(g.places.insert("A/5150/1".into(), names("x")))
        }),
        changed("a party twice", |g| g.parties[1].id = g.parties[0].id.clone()),
        changed("a party without an id", |g| g.parties[1].id.clear()),
        changed("a party without a role", |g| g.parties[1].roles.clear()),
        changed("a party without a key", |g| g.parties[1].keys.clear()),
        changed("a party in an unknown district", |g| g.parties[1].district = Some("9999".into())),
        changed("a party at an unknown place", |g| g.parties[1].places.push("X/5150".into())),
        changed("a key of small order", |g| g.parties[1].keys[0] = PublicKey(bytes(T))),
        changed("a key of two parties", |g| g.parties[1].keys[0] = g.parties[0].keys[0]),
        changed("a key of two purposes", |g| {
            g.parties[1].nodes[0].network_key = g.parties[1].keys[0]
        }),
        changed("no validators", |g| g.parties.iter_mut().for_each(|p| p.nodes.clear())),
        changed("a validator without power", |g| g.parties[1].nodes[0].power = 0),
        changed("powers that do not fit", |g| g.parties[1].nodes[0].power = u64::MAX / 3),
    ]
}
