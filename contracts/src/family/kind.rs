//! What a family's table says about one kind of entry, and the checks that all kinds share.

use alloc::{collections::BTreeMap, format, vec::Vec};

use countersign_record::{Digest, encoding, encoding::Malformed, statement};
use serde::Serialize;

use super::check_sealed;
use crate::{
    membership::Role,
    refusal::{Refusal, Rule},
};

/// What the table says about one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// The name that actions carry.
    pub name: &'static str,
    /// The subjects that it may be about, for instance `bill`, `box`.
    pub subjects: &'static [&'static str],
    /// The roles of which the signer needs one; none means any party that the rules then name.
    pub signers: &'static [Role],
    /// Field numbers of the body that may be sealed.
    pub sealable: &'static [u32],
}

impl Kind {
    /// The refusal of a subject that this kind is not about.
    pub(crate) fn wrong_subject(&self, found: &str) -> Refusal {
        let expected = format!("{}:NAME", self.subjects.join(" or "));
        Refusal::new(Rule::SubjectName, "subject", found, expected)
    }
}

/// The row of a table that an action belongs to, with its seals checked.
///
/// # Errors
/// [`Rule::UnknownKind`] or [`Rule::SealedField`].
pub(crate) fn find<'k>(kinds: &'k [Kind], action: &statement::Action) -> Result<&'k Kind, Refusal> {
    let kind = kinds.iter().find(|k| k.name == action.kind);
    let kind = kind.ok_or_else(|| unknown(kinds, &action.kind))?;
    check_sealed(action.sealed.as_ref(), kind.sealable)?;
    Ok(kind)
}

/// A field stands either in the body or in a seal: two values of one field could differ.
pub(crate) fn check_not_both(action: &statement::Action) -> Result<(), Refusal> {
    let none = BTreeMap::<u32, Digest>::new();
    let sealed = action.sealed.as_ref().unwrap_or(&none);
    let mut body = minicbor::Decoder::new(&action.body);
    let fields = body.map().ok().flatten().unwrap_or_default();
    for _ in 0..fields {
        let (Ok(field), Ok(())) = (body.u32(), body.skip()) else { break };
        if sealed.contains_key(&field) {
            let found = "both a commitment and a value in clear";
            let name = format!("sealed.{field}");
            return Err(Refusal::new(Rule::SealedField, name, found, "one of them"));
        }
    }
    Ok(())
}

/// The refusal of a kind that is not in the table.
pub(crate) fn unknown(kinds: &[Kind], found: &str) -> Refusal {
    let known = kinds.iter().map(|k| k.name).collect::<Vec<_>>().join(", ");
    Refusal::new(Rule::UnknownKind, "kind", found, known)
}

/// A body of one type as JSON.
pub(crate) fn decode_json<T>(body: &[u8]) -> Result<serde_json::Value, Malformed>
where
    T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + Serialize,
{
    let body: T = encoding::decode("body", body)?;
    serde_json::to_value(&body).map_err(|e| Malformed::new("body", 0, format!("{e}")))
}

/// A kind that no family's table has.
pub(crate) fn no_such(kind: &str) -> Malformed {
    Malformed::new("kind", 0, format!("there is no kind '{kind}'"))
}
