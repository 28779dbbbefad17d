//! Bytes made to exhaust a reader: it must answer, on a small stack, without a large allocation.

use countersign_record::{
    encoding, limits, receipt::Receipt, refused::RefusedEntry, statement::Statement,
};

use crate::support::Network;

/// Runs on the stack of a small thread: recursion that follows the sender would overflow it.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(96 * 1024).spawn(work).unwrap().join().unwrap();
}

fn head(major: u8, len: usize) -> Vec<u8> {
    [&[major << 5 | 26][..], &(len as u32).to_be_bytes()].concat()
}

/// Counter-signatures (label 7) whose protected headers hold counter-signatures: valid COSE that
/// a general library follows to the bottom.
fn nested_countersignatures(bytes_max: usize) -> Vec<u8> {
    let mut header = vec![0xa0];
    loop {
        let inner = [&head(2, header.len())[..], &header, &[0xa0, 0x40]].concat();
        let outer = [&[0xa1, 0x07, 0x83][..], &inner].concat();
        if outer.len() + 16 > bytes_max {
            return header;
        }
        header = outer;
    }
}

#[test]
fn nested_headers_do_not_exhaust_the_stack() {
    on_a_small_stack(|| {
        for max in [1_000, limits::STATEMENT_BYTES_MAX] {
            let header = nested_countersignatures(max - 80);
            let signature = [&[0x58, 0x40][..], &[0; 64]].concat();
            let protected =
                [&[0xd2, 0x84][..], &head(2, header.len()), &header, &[0xa0, 0x40], &signature];
            let unprotected = [&[0xd2, 0x84, 0x40][..], &header, &[0x40], &signature];
            for bytes in [protected.concat(), unprotected.concat()] {
                assert!(Statement::parse(&bytes).is_err());
                assert!(Receipt::parse(&bytes).is_err());
            }
        }
    });
}

#[test]
fn deep_nesting_is_answered_on_a_small_stack() {
    on_a_small_stack(|| {
        for byte in [0x81, 0x9f, 0xa1, 0xbf, 0xc1, 0xd2] {
            let deep = vec![byte; limits::STATEMENT_BYTES_MAX - 16];
            for start in [&[][..], &[0xd2, 0x84, 0x40], &[0xa7, 0x07], &[0xa1, 0x19, 0x7f, 0xff]] {
                let bytes = [start, &deep].concat();
                assert!(Statement::parse(&bytes).is_err());
                assert!(Receipt::parse(&bytes).is_err());
                assert!(encoding::decode::<RefusedEntry>("record", &bytes).is_err());
            }
        }
    });
}

#[test]
fn a_claimed_length_allocates_nothing() {
    for major in [0x5b, 0x7b, 0x9b, 0xbb] {
        let huge = [&[major][..], &u64::MAX.to_be_bytes()].concat();
        let large = [&[major][..], &(1_u64 << 40).to_be_bytes()].concat();
        for claim in [huge, large] {
            // As the whole, a header, a payload, a list of receipts, a path, the links.
            for start in [
                &[][..],
                &[0xd2, 0x84],
                &[0xd2, 0x84, 0x40, 0xa0],
                &[0xd2, 0x84, 0x40],
                &[0xd2, 0x84, 0x40, 0xa2, 0x19, 0x01, 0x8a],
                &[0xa4, 0x01],
                &[0xa7, 0x04, 0x01, 0x05],
                &[0xa7, 0x04, 0x01, 0x07],
            ] {
                let bytes = [start, &claim].concat();
                assert!(Statement::parse(&bytes).is_err());
                assert!(Receipt::parse(&bytes).is_err());
            }
        }
    }
}

#[test]
fn too_large_is_refused_before_it_is_read() {
    let statement = vec![0; limits::STATEMENT_BYTES_MAX + 1];
    let fault = Statement::parse(&statement).unwrap_err();
    assert!(fault.why.contains("65537 bytes, at most 65536"), "{fault}");
    let receipt = vec![0; limits::RECEIPT_BYTES_MAX + 1];
    assert!(Receipt::parse(&receipt).unwrap_err().why.contains("too large"));
}

#[test]
fn a_receipt_longer_than_any_log_needs_is_refused() {
    let network = Network::of(&[1]);
    let mut receipt = network.receipt(2, 1, &[0]);
    receipt.path = vec![receipt.path[0]; limits::PATH_MAX + 1];
    for bytes in [receipt.to_compact(), receipt.to_cose().unwrap()] {
        assert!(Receipt::parse(&bytes).unwrap_err().why.contains("longer than any log"));
    }
}

#[test]
fn a_transparent_statement_without_receipts_is_refused() {
    let network = Network::of(&[1]);
    let bare = network.statement("REF-1").bytes().to_vec();
    let fault = Receipt::parse(&bare).unwrap_err();
    assert!(fault.why.contains("a bare statement proves nothing"), "{fault}");
    let empty = network.receipt(2, 1, &[]).to_cose().unwrap();
    let fault = Receipt::parse(&empty).unwrap_err();
    assert!(fault.why.contains("an empty list of receipts"), "{fault}");
}
