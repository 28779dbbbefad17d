//! The identifiers of the trade as types: a value exists only if its check digit fits.
//!
//! Each `parse` takes the name of the field, so that its refusal names it. Codes that are lists of
//! an office (districts, places) are checked here for their form only; whether the network knows
//! them is for the rules, which have the founding document's lists.

mod container;
mod customs;
mod party;
mod place;

#[cfg(test)]
mod tests;

pub use container::{ContainerNumber, SizeType};
pub use customs::{DeclarationNumber, Hs};
pub use party::Uscc;
pub use place::{ConveyanceId, District, Imo, Locode, PlaceCode};

/// Declares the text form of identifier types.
macro_rules! shown {
    ($($name:ident),*) => { $(
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )* };
}
pub(crate) use shown;

/// Whether a text has exactly `n` decimal digits.
fn is_digits(text: &str, n: usize) -> bool {
    text.len() == n && text.bytes().all(|c| c.is_ascii_digit())
}
