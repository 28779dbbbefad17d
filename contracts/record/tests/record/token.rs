//! Tokens: read back as they were made, by other software too, and never taken for a statement.

use coset::{CborSerializable as _, TaggedCborSerializable as _, cwt::ClaimsSet, iana};
use countersign_record::{
    Digest,
    keys::{SignatureBytes, Signer as _},
    limits,
    statement::Statement,
    token::{Claims, Token},
};
use ed25519_dalek::SigningKey;

use crate::support::Network;

fn claims() -> Claims {
    let network = Digest::of(b"a network");
    Claims { network, issued_s: 1_795_000_000, expires_s: 1_795_003_600 }
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

#[test]
fn a_token_is_read_as_it_was_made() {
    let token = Token::sign(claims(), &key());
    let read = Token::parse_text(&token.to_text()).unwrap();
    assert_eq!(read, token);
    assert_eq!((*read.claims(), read.kid()), (claims(), key().public().thumbprint()));
    assert!(read.is_signed_by(&key().public()));
    assert!(!read.is_signed_by(&SigningKey::from_bytes(&[8; 32]).public()));
    assert!(token.to_bytes().len() <= limits::TOKEN_BYTES_MAX);
}

#[test]
fn no_flipped_bit_and_no_cut_passes() {
    let bytes = Token::sign(claims(), &key()).to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let passes = Token::parse(&flipped).is_ok_and(|t| t.is_signed_by(&key().public()));
        assert!(!passes, "bit {bit}");
    }
    for len in 0..bytes.len() {
        assert!(Token::parse(&bytes[..len]).is_err(), "{len} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(Token::parse(&longer).is_err());
    let digits = "0".repeat(limits::TOKEN_BYTES_MAX * 2 + 2);
    for text in ["", "xyz", "é", &digits] {
        assert!(Token::parse_text(text).is_err(), "{text:.9}");
    }
}

#[test]
fn a_token_is_no_statement_and_a_statement_no_token() {
    let token = Token::sign(claims(), &key()).to_bytes();
    assert!(Statement::parse(&token).is_err());
    let statement = Network::of(&[1]).statement("REF-1");
    assert!(Statement::parse(statement.bytes()).is_ok());
    assert!(Token::parse(statement.bytes()).is_err());
}

#[test]
fn other_software_reads_a_token_as_a_cwt() {
    let token = Token::sign(claims(), &key());
    let read = coset::CoseSign1::from_tagged_slice(&token.to_bytes()).unwrap();
    let key = key().public();
    let verified = read.verify_signature(&[], |signature, signed| {
        let signature = SignatureBytes(signature.try_into().unwrap());
        key.verifies(signed, &signature).then_some(()).ok_or(())
    });
    verified.unwrap();
    let claims = ClaimsSet::from_slice(read.payload.as_deref().unwrap()).unwrap();
    let audience = format!("urn:countersign:{}", Digest::of(b"a network"));
    assert_eq!(claims.audience.as_deref(), Some(&*audience));
    let seconds = coset::cwt::Timestamp::WholeSeconds;
    assert_eq!(claims.expiration_time, Some(seconds(1_795_003_600)));
    assert_eq!(claims.issued_at, Some(seconds(1_795_000_000)));
    assert_eq!(read.protected.header.alg, Some(coset::Algorithm::Assigned(iana::Algorithm::EdDSA)));
}
