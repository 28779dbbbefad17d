//! Ties to the family `guarantee`: what stands behind the tax of a release, and what becomes of it
//! when a statement is taken back.

use alloc::{string::String, vec::Vec};

use super::{
    bodies::{Money, Release, TaxBasis},
    events::{BillEvent, EnterpriseEvent},
    reading::{find_bill, find_declaration, find_enterprise, on_bill, on_enterprise},
    state::{Bill, DeclarationStep, Declared, DeclaredItem, LateFiling, Released, Standing},
};
use crate::{
    calendar::Day,
    family::{Events, desk::Desk},
    guarantee::{
        daily_fee,
        events::Freeing,
        ties::{free, release_secured, release_unsecured, release_waived, take_release_back},
    },
    world::{No, Unreadable, World},
};

/// A declaration that stands on this ledger.
pub(crate) struct OnLedger {
    /// The domestic consignor or consignee.
    pub(crate) consignor_uscc: String,
    /// Whether its goods were withdrawn.
    pub(crate) withdrawn: bool,
    /// Whether its goods were released.
    pub(crate) released: bool,
    /// What is declared.
    pub(crate) items: Vec<DeclaredItem>,
}

/// The declaration of that number, if it stands on this ledger.
pub(crate) fn declaration_on_ledger(
    world: &World<'_>,
    entry_no: &str,
) -> Result<Option<OnLedger>, Unreadable> {
    let Some(used) = find_declaration(world, entry_no)? else { return Ok(None) };
    let Some(bill) = find_bill(world, &used.bill_no)? else { return Ok(None) };
    let withdrawn = bill.standing == Standing::Withdrawn;
    let released = bill.release_1.is_some();
    let declared = bill.declaration.as_ref().filter(|d| d.entry_no == entry_no);
    Ok(declared.map(|d| OnLedger {
        consignor_uscc: d.consignor_uscc.clone(),
        withdrawn,
        released,
        items: used.items.clone(),
    }))
}

/// A release needs the tax paid, a drawdown, or the waiver for an advanced AEO (§2.3).
pub(super) fn secure(desk: Desk<'_>, declared: &Declared, body: &Release) -> Result<Events, No> {
    let entry_no = &declared.entry_no;
    match body.tax {
        TaxBasis::Paid | TaxBasis::NoneDue => release_unsecured(desk, entry_no),
        TaxBasis::AeoWaiver => {
            let two_step = declared.step != DeclarationStep::Full;
            release_waived(desk, entry_no, &declared.consignor_uscc, two_step)
        }
        TaxBasis::Guarantee => {
            let filing_no = body.tax_reference.as_deref().unwrap_or_default();
            let (mut events, guarantor) = release_secured(desk, entry_no, filing_no)?;
            if guarantor.is_some() && declared.step == DeclarationStep::Summary {
                events.push(secured_by(declared, guarantor));
            }
            Ok(events)
        }
    }
}

/// A guarantor learns of a second step that is late.
fn secured_by(
    declared: &Declared,
    guarantor: Option<String>,
) -> (crate::world::SubjectKey, crate::family::Event) {
    let entry_no = declared.entry_no.clone();
    on_enterprise(&declared.consignor_uscc, EnterpriseEvent::SummarySecured { entry_no, guarantor })
}

/// A release is taken back.
pub(super) fn unsecure(desk: Desk<'_>, bill: &Bill, released: &Released) -> Result<Events, No> {
    let Some(declared) = &bill.declaration else { return Ok(Events::new()) };
    let mut events = take_release_back(desk, &declared.entry_no, &released.by.entry)?;
    let secured = released.tax == TaxBasis::Guarantee && !events.is_empty();
    if secured && declared.step == DeclarationStep::Summary {
        events.push(secured_by(declared, None));
    }
    Ok(events)
}

/// A declaration is taken back: what it reserved is free.
pub(super) fn voided(desk: Desk<'_>, declared: &Declared) -> Result<Events, No> {
    free(desk, &declared.entry_no, Freeing::Voided)
}

/// The goods of a whole bill are withdrawn: what their declaration reserved is free.
pub(super) fn withdrawn(desk: Desk<'_>, bill: &Bill, events: &[BillEvent]) -> Result<Events, No> {
    let after = events.iter().fold(bill.clone(), |b, e| b.after(e));
    match &bill.declaration {
        Some(declared) if after.standing == Standing::Withdrawn => {
            free(desk, &declared.entry_no, Freeing::Withdrawn)
        }
        _ => Ok(Events::new()),
    }
}

/// The fee for a second step that comes late, where the founding document sets one: so many
/// hundred-thousandths of the declared value a day, in the currency of the declaration, rounded
/// half up to its minor unit. A sealed value leaves the amount open.
pub(super) fn late_filing(
    desk: Desk<'_>,
    bill_no: &str,
    declared: &Declared,
    value: Option<&Money>,
) -> Result<Events, No> {
    let rate = desk.parameter("late_filing_per_100000_a_day")?;
    let firm = find_enterprise(desk.world, &declared.consignor_uscc)?;
    let open = firm.and_then(|f| f.open.get(&declared.entry_no).cloned());
    let days = open.map_or(0, |o| Day::of(desk.now.time).since(Day::of(o.due.by)));
    if rate == 0 || days == 0 {
        return Ok(Vec::new());
    }
    let fee = value.map(|v| Money {
        amount_minor: daily_fee(v.amount_minor, rate, days),
        currency: v.currency.clone(),
    });
    let late = LateFiling { days, per_100000_a_day: rate, value: value.cloned(), fee };
    Ok(alloc::vec![on_bill(bill_no, BillEvent::FiledLate { late })])
}
