//! Certificates against declarations that stand on this ledger: the firm, the HS code to six digits,
//! and the quantity where both count in one unit.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};

use crate::{
    certificate::{
        bodies::{Application, ItemUse},
        state::Certificate,
    },
    combined_port::{DeclaredItem, OnLedger, declaration_on_ledger},
    family::desk::Desk,
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// Digits of an HS code that certificates carry.
const HS_DIGITS: usize = 6;

/// A declaration that is under way, of that enterprise; nothing where it is not on this ledger.
fn find_own(
    desk: Desk<'_>,
    entry_no: Option<&String>,
    enterprise: &str,
) -> Result<Option<OnLedger>, No> {
    let Some(entry_no) = entry_no else { return Ok(None) };
    let Some(declared) = declaration_on_ledger(desk.world, entry_no)? else { return Ok(None) };
    if declared.withdrawn {
        let expected = "a declaration that is under way";
        return Err(Refusal::new(Rule::DeclarationGone, "entry_no", "withdrawn", expected).into());
    }
    if declared.consignor_uscc != enterprise {
        let found = declared.consignor_uscc;
        return Err(Refusal::new(Rule::DeclarationOfOther, "consignor_uscc", found, enterprise)
            .mended_by(Remedy::Declarant)
            .into());
    }
    Ok(Some(declared))
}

/// What is certified is declared: firm, codes, quantities.
pub(super) fn require_declared(desk: Desk<'_>, submitted: &Application) -> Result<(), No> {
    let enterprise = &submitted.enterprise_uscc;
    let Some(declared) = find_own(desk, submitted.entry_no.as_ref(), enterprise)? else {
        return Ok(());
    };
    let mut certified: BTreeMap<u32, u64> = BTreeMap::new();
    for item in &submitted.items {
        let on = require_item(&declared.items, item.declaration_item, item.hs.as_deref())?;
        let Some((no, on)) = on.filter(|(_, on)| same_unit(&item.unit, &on.unit)) else { continue };
        let sum = certified.entry(no).or_default();
        *sum = sum.saturating_add(item.qty_milli);
        if *sum > on.qty_milli {
            let found = format!("{sum} thousandths of {} on item {no}", item.unit);
            let expected = format!("at most {}, as declared", on.qty_milli);
            return Err(Refusal::new(Rule::OverDeclared, "qty_milli", found, expected)
                .mended_by(Remedy::Applicant)
                .into());
        }
    }
    Ok(())
}

/// What is used is declared: firm and codes.
pub(super) fn require_used_on(
    desk: Desk<'_>,
    entry_no: Option<&String>,
    certificate: &Certificate,
    used: &[ItemUse],
) -> Result<(), No> {
    let Some(declared) = find_own(desk, entry_no, &certificate.enterprise)? else { return Ok(()) };
    for row in used {
        let item = certificate.items.iter().find(|i| i.no == row.item);
        let hs = item.and_then(|i| i.hs.as_deref());
        require_item(&declared.items, row.declaration_item, hs)?;
    }
    Ok(())
}

/// The named item of the declaration, which has that code; where none is named, some item has it.
fn require_item<'d>(
    declared: &'d [DeclaredItem],
    no: Option<u32>,
    hs: Option<&str>,
) -> Result<Option<(u32, &'d DeclaredItem)>, Refusal> {
    let refuse = |found: String| {
        let codes: Vec<&str> = declared.iter().map(|d| six(&d.hs)).collect();
        let expected = format!("one of the declaration's items: {}", codes.join(", "));
        Refusal::new(Rule::NotOnDeclaration, "declaration_item", found, expected)
            .mended_by(Remedy::Declarant)
    };
    let code = hs.unwrap_or("no code");
    let fits = |d: &DeclaredItem| hs.is_none_or(|hs| six(hs) == six(&d.hs));
    let Some(no) = no else {
        let any = declared.iter().any(fits);
        return if any { Ok(None) } else { Err(refuse(format!("{code} on none of its items"))) };
    };
    let at = usize::try_from(no).ok().and_then(|n| n.checked_sub(1));
    let found = at.and_then(|at| declared.get(at)).filter(|d| fits(d));
    found.map(|d| Some((no, d))).ok_or_else(|| refuse(format!("{code} on item {no}")))
}

fn six(hs: &str) -> &str {
    hs.get(..HS_DIGITS).unwrap_or(hs)
}

/// Whether a unit in words and one by its GACC code are the same. Kilograms are the one code that
/// both sides are known to use; any other unit is compared where the certificate writes the code.
fn same_unit(words: &str, code: &str) -> bool {
    words == code || words.eq_ignore_ascii_case("KG") && code == "035"
}
