//! The one rule of signature validity, tried with what lenient verifiers let through.

use countersign_record::{
    Digest,
    keys::{PublicKey, SignatureBytes, Signer as _, thumbprint},
};

use crate::support::{key, public, unreduced};

#[test]
fn rfc_8032_signatures_verify() {
    // Section 7.1, tests 1 and 3.
    for (key, message, signature) in [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            &[][..],
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            &[0xaf, 0x82],
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ] {
        let (key, signature): (PublicKey, SignatureBytes) =
            (key.parse().unwrap(), signature.parse().unwrap());
        assert!(key.is_usable() && key.verifies(message, &signature));
        assert!(!key.verifies(b"other", &signature));
        assert!(!key.verifies(message, &unreduced(signature)), "S of {key} is not reduced");
    }
}

#[test]
fn keys_of_small_order_and_second_spellings_verify_nothing() {
    let hex = |text: &str| text.parse::<PublicKey>().unwrap();
    let y = |low: u8, high: u8| {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (low, high);
        PublicKey(bytes)
    };
    let mut one = [0; 32];
    one[0] = 1;
    let mut keys = vec![
        PublicKey([0; 32]),
        PublicKey(one),
        hex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        hex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        y(0xec, 0x7f),
    ];
    // Every y from p to 2^255 - 1, with either sign: none is a point of its own.
    for low in 0xed..=0xff {
        keys.extend([y(low, 0x7f), y(low, 0xff)]);
    }
    for key in keys {
        assert!(!key.is_usable(), "{key}");
        // R = A and S = 0 satisfies the equation of a lenient verifier for small orders.
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&key.0);
        for message in 0..32_u8 {
            assert!(!key.verifies(&[message], &SignatureBytes(signature)), "{key}");
        }
    }
}

/// Signatures whose equation holds although a point in it has a small order: by the key's owner,
/// who may add such a point to his key, have nothing else for a key, or take one for R.
#[test]
#[expect(clippy::disallowed_methods, reason = "what the strict rule is to refuse has to pass here")]
fn the_rule_is_that_of_verify_strict() {
    use curve25519_dalek::{
        constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION},
        scalar::Scalar,
    };
    use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
    use sha2::{Digest as _, Sha512};

    let (secrets, nonce) =
        ([Scalar::from(7_654_321_u64), Scalar::ZERO], Scalar::from(1_234_567_u64));
    let (mut lenient, mut strict) = ([0; 9], 0);
    for (secret, of_key) in secrets.into_iter().flat_map(|s| EIGHT_TORSION.map(|t| (s, t))) {
        let key = PublicKey((ED25519_BASEPOINT_POINT * secret + of_key).compress().0);
        let theirs = VerifyingKey::from_bytes(&key.0).unwrap();
        let honest = (ED25519_BASEPOINT_POINT * nonce, nonce, 8);
        let of_r = EIGHT_TORSION.iter().enumerate().map(|(i, r)| (*r, Scalar::ZERO, i));
        for ((r, nonce, order), message) in
            of_r.chain([honest]).flat_map(|r| (0..64_u8).map(move |message| (r, [message])))
        {
            let r = r.compress();
            let hash = Sha512::new().chain_update(r.0).chain_update(key.0).chain_update(message);
            let hash = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
            let s = (nonce + hash * secret).to_bytes();
            let signature = Signature::from_components(r.0, s);
            let expected = theirs.verify_strict(&message, &signature).is_ok();
            let found = SignatureBytes(signature.to_bytes());
            assert_eq!(key.verifies(&message, &found), expected, "{key} {signature}");
            strict += usize::from(expected);
            lenient[order] += usize::from(theirs.verify(&message, &signature).is_ok());
        }
    }
    // The lenient rule took each of the eight for R, and keys of small order, so that the strict one
    // had to refuse them.
    assert!(lenient.iter().all(|taken| *taken > 0), "{lenient:?}");
    assert!(0 < strict && strict < lenient[8], "{strict} of {lenient:?}");
}

#[test]
fn the_largest_reduced_y_is_not_taken_for_a_second_spelling() {
    let usable = (0..200).filter(|i| public(&format!("key {i}")).is_usable()).count();
    assert_eq!(usable, 200);
}

#[test]
fn a_thumbprint_is_that_of_rfc_9679() {
    use coset::{CborSerializable as _, iana};
    let key = public("entry 0");
    let theirs = coset::CoseKey {
        kty: coset::KeyType::Assigned(iana::KeyType::OKP),
        params: vec![
            (coset::Label::Int(-1), coset::cbor::Value::from(6)),
            (coset::Label::Int(-2), coset::cbor::Value::Bytes(key.0.to_vec())),
        ],
        ..Default::default()
    };
    assert_eq!(key.thumbprint(), Digest::of(&theirs.to_vec().unwrap()));
    assert_eq!(key.thumbprint(), thumbprint(&key.0));
}

#[test]
fn text_forms_read_back() {
    let (public, signature) = (public("entry 0"), key("entry 0").sign(b"m"));
    assert_eq!(public.to_string().parse(), Ok(public));
    assert_eq!(signature.to_string().parse(), Ok(signature));
    let refused = "abc".parse::<Digest>().unwrap_err();
    assert_eq!(refused, "expected 32 bytes (64 hexadecimal digits)");
}
