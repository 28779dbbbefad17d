//! Random bytes and damaged encodings through the function that the fuzz target runs.

use alloc::vec::Vec;

use countersign_record::encoding;
use proptest::{prelude::*, sample::Index};

use super::pool::{application, rule_set};
use crate::{certificate::bodies::Field, testing::fuzz::review_bytes};

/// Both, one after the other, as the function takes them.
fn framed(set: &[u8], application: &[u8]) -> Vec<u8> {
    let length = u16::try_from(set.len()).unwrap().to_be_bytes();
    [&length, set, application].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_bytes_are_answered(
        set in proptest::collection::vec(any::<u8>(), 0..300),
        application in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        review_bytes(&set);
        review_bytes(&framed(&set, &application));
    }

    #[test]
    fn damaged_encodings_are_answered(
        set in rule_set(Field::ALL),
        w in application(),
        damage in proptest::collection::vec((any::<Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut bytes = framed(&encoding::encode(&set), &encoding::encode(&w.application));
        review_bytes(&bytes);
        for (place, value, how) in damage {
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] = value,
                1 => bytes.insert(at, value),
                _ if bytes.len() > 1 => {
                    bytes.remove(at);
                }
                _ => {}
            }
        }
        review_bytes(&bytes);
    }

    #[test]
    fn damaged_json_is_answered(
        set in rule_set(Field::ALL),
        w in application(),
        damage in proptest::collection::vec((any::<Index>(), any::<u8>()), 1..4),
    ) {
        let mut bytes = framed(
            &serde_json::to_vec(&set).unwrap(),
            &serde_json::to_vec(&w.application).unwrap(),
        );
        review_bytes(&bytes);
        for (place, value) in damage {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        review_bytes(&bytes);
    }
}
