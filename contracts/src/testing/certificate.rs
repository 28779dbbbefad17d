//! Certificates on the network of `port`: the statements of domain.md §2.4, and readers.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use super::port::DAY;

/// The founding document's parameters of this family.
pub(crate) fn parameters() -> Vec<(String, i64)> {
    [("certificate.review_ms".to_string(), i64::try_from(3 * DAY).unwrap())].into()
}
