//! Accounts: opened and amended by the warehouse, filled, dipped, corrected by customs, closed.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    format,
    string::String,
};

use super::{
    application::require_role,
    bodies::{
        AccountAmendment, AccountOpen, Adjustment, PeriodClose, Product, StockIn, TankDip,
        TankOpening,
    },
    events::{AccountEvent, tanks_of},
    product::{Book, require_product},
    reading::{find_account, on_account, require_account, tonnes},
    state::{Account, Close, Dip, Tank},
};
use crate::{
    evidence::ties::require_evidence,
    family::{
        Events,
        desk::{Desk, office},
    },
    limits::{SUPPLIERS_PER_ACCOUNT_MAX, TANKS_PER_ACCOUNT_MAX},
    membership::Role,
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::No,
};

/// A warehouse opens its account.
pub(super) fn open(desk: Desk<'_>, account_no: &str, body: &AccountOpen) -> Result<Events, No> {
    desk.require_known_district("district", &body.district)?;
    if find_account(desk.world, account_no)?.is_some() {
        let expected = "an account number that was never used";
        return Err(Refusal::new(Rule::AccountExists, "account_no", account_no, expected).into());
    }
    require_role(desk, "district", &office(&body.district), Role::Customs)?;
    require_known_products(desk, &body.tanks)?;
    let account = Account {
        by: desk.by(),
        warehouse_code: body.warehouse_code.clone(),
        warehouse_use: body.warehouse_use,
        district: body.district.clone(),
        tanks: tanks_of(&body.tanks).collect(),
        suppliers: body.suppliers.clone(),
        period_no: 1,
        period_since: desk.now.time,
        last_close: None,
    };
    Ok(alloc::vec![on_account(account_no, AccountEvent::Opened { account })])
}

fn require_known_products(desk: Desk<'_>, tanks: &[TankOpening]) -> Result<(), No> {
    let products: BTreeSet<(&str, &str)> = tanks
        .iter()
        .map(|t| (t.product.grade.as_str(), t.product.sulphur_class.as_str()))
        .collect();
    let product = |(grade, class): &(&str, &str)| Product {
        grade: String::from(*grade),
        sulphur_class: String::from(*class),
    };
    let book = Book::open(desk)?;
    for known in &products {
        book.require_grade(&product(known))?;
    }
    for known in &products {
        book.require_sulphur_class(&product(known))?;
    }
    Ok(())
}

/// More tanks, more suppliers.
pub(super) fn amend(
    desk: Desk<'_>,
    account_no: &str,
    body: &AccountAmendment,
) -> Result<Events, No> {
    let account = require_own_account(desk, account_no)?;
    if let Some(known) = body.tanks.iter().find(|t| account.tanks.contains_key(&t.tank)) {
        let expected = "a tank that the account has not";
        return Err(Refusal::new(Rule::TankExists, "tank", &known.tank, expected).into());
    }
    let tanks = account.tanks.len() + body.tanks.len();
    let suppliers = account.suppliers.len() + body.suppliers.len();
    if tanks > TANKS_PER_ACCOUNT_MAX || suppliers > SUPPLIERS_PER_ACCOUNT_MAX {
        let found = format!("{tanks} tanks, {suppliers} suppliers");
        let expected = format!("at most {TANKS_PER_ACCOUNT_MAX} and {SUPPLIERS_PER_ACCOUNT_MAX}");
        return Err(Refusal::new(Rule::RecordFull, "tanks", found, expected).into());
    }
    require_known_products(desk, &body.tanks)?;
    let known = |s: &&String| !account.suppliers.contains(s);
    let amended = AccountEvent::AccountAmended {
        by: desk.by(),
        tanks: body.tanks.clone(),
        suppliers: body.suppliers.iter().filter(known).cloned().collect(),
        reason: body.reason.clone(),
    };
    Ok(alloc::vec![on_account(account_no, amended)])
}

fn require_own_account(desk: Desk<'_>, account_no: &str) -> Result<Shared<Account>, No> {
    let account = require_account(desk.world, account_no)?;
    desk.require_named("account", &account.by.party, Remedy::Warehouse)?;
    Ok(account)
}

/// A tank of the signer's own account.
fn require_own_tank(
    desk: Desk<'_>,
    account_no: &str,
    tank: &str,
) -> Result<(Shared<Account>, Tank), No> {
    let account = require_account(desk.world, account_no)?;
    let found = account.require_tank(tank)?.clone();
    desk.require_named("account", &account.by.party, Remedy::Warehouse)?;
    Ok((account, found))
}

/// Oil comes in under bond.
pub(super) fn stock_in(desk: Desk<'_>, account_no: &str, body: &StockIn) -> Result<Events, No> {
    let (_, tank) = require_own_tank(desk, account_no, &body.tank)?;
    require_product(&tank.product, &body.product)?;
    Book::open(desk)?.require_measured(&tank.product, &body.measured)?;
    let stocked = AccountEvent::StockedIn {
        by: desk.by(),
        tank: body.tank.clone(),
        qty_kg: body.measured.qty_kg,
        entry_no: body.entry_no.clone(),
    };
    Ok(alloc::vec![on_account(account_no, stocked)])
}

/// A tank is measured. What differs from the book is accepted and shown, never adjusted by itself.
pub(super) fn dip(desk: Desk<'_>, account_no: &str, body: &TankDip) -> Result<Events, No> {
    let (_, tank) = require_own_tank(desk, account_no, &body.tank)?;
    Book::open(desk)?.require_weighed(&body.measured)?;
    let (book_kg, dip_kg) = (tank.book_kg(), body.measured.qty_kg);
    let tolerance = u128::from(desk.parameter("dip_tolerance_permyriad")?);
    let allowed = u128::from(book_kg).saturating_mul(tolerance) / 10_000;
    let gap = i128::from(dip_kg) - i128::from(book_kg);
    let dip = Dip {
        by: desk.by(),
        dip_kg,
        book_kg,
        gap_kg: i64::try_from(gap).unwrap_or(if gap < 0 { i64::MIN } else { i64::MAX }),
        allowed_kg: u64::try_from(allowed).unwrap_or(u64::MAX),
    };
    Ok(alloc::vec![on_account(account_no, AccountEvent::Dipped { tank: body.tank.clone(), dip })])
}

/// Customs corrects the book, citing evidence.
pub(super) fn adjust(desk: Desk<'_>, account_no: &str, body: &Adjustment) -> Result<Events, No> {
    let account = require_account(desk.world, account_no)?;
    let tank = account.require_tank(&body.tank)?;
    desk.require_supply_customs(&account.district)?;
    let book = tank.book_kg();
    if body.change_kg.is_negative() && body.change_kg.unsigned_abs() > book {
        let found = format!("-{}", tonnes(body.change_kg.unsigned_abs()));
        let expected = format!("at most {} off, the tank's stock", tonnes(book));
        return Err(Refusal::new(Rule::BookBelowZero, "change_kg", found, expected).into());
    }
    let mut events = require_evidence(desk, &format!("account:{account_no}"), &body.evidence)?;
    let adjusted = AccountEvent::Adjusted {
        by: desk.by(),
        tank: body.tank.clone(),
        change_kg: body.change_kg,
        reason: body.reason.clone(),
        evidence: body.evidence.clone(),
    };
    events.push(on_account(account_no, adjusted));
    Ok(events)
}

/// A period ends on a dip of every tank that the book agrees with.
pub(super) fn close(desk: Desk<'_>, account_no: &str, body: &PeriodClose) -> Result<Events, No> {
    let account = require_own_account(desk, account_no)?;
    if body.period_no != account.period_no {
        let expected = format!("{}, the period that is open", account.period_no);
        let refusal = Refusal::new(Rule::OtherPeriod, "period_no", body.period_no, expected);
        return Err(refusal.into());
    }
    if let Some((name, _)) = account.tanks.iter().find(|(_, t)| t.dip.is_none()) {
        let expected = "a dip of every tank in the period";
        let found = format!("none of {name}");
        return Err(Refusal::new(Rule::NotDipped, "tank_dip", found, expected).into());
    }
    for (name, tank) in &account.tanks {
        if let Some(dip) = tank.dip.as_ref().filter(|d| d.differs()) {
            let found = format!("{name}: dip {}, book {}", tonnes(dip.dip_kg), tonnes(dip.book_kg));
            let expected = format!("within {}, or adjusted by customs", tonnes(dip.allowed_kg));
            return Err(Refusal::new(Rule::DipDiffers, "tank_dip", found, expected)
                .mended_by(Remedy::SupplyCustoms)
                .into());
        }
    }
    let closing_kg: BTreeMap<String, u64> =
        account.tanks.iter().map(|(name, tank)| (name.clone(), tank.book_kg())).collect();
    let close = Close { by: desk.by(), period_no: account.period_no, closing_kg };
    Ok(alloc::vec![on_account(account_no, AccountEvent::PeriodClosed { close })])
}
