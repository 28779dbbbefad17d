//! Applications: made by the supplier, decided by two offices, written off by the first.

use alloc::{boxed::Box, collections::BTreeMap, format, string::String};

use super::{
    bodies::{Acknowledgement, Approval, Decision, OilApplication, WriteOff},
    events::ApplicationEvent,
    product::require_product,
    reading::{find_application, on_application, require_account, require_application, tonnes},
    state::{Application, DeliveryStage, Due, Stage, VoucherKind},
};
use crate::{
    family::{
        Events,
        desk::{Desk, office},
    },
    identifiers::PlaceCode,
    membership::{Role, read_party},
    refusal::{Refusal, Remedy, Rule},
    world::No,
};

/// A supplier applies to supply a ship out of a tank.
pub(super) fn apply(desk: Desk<'_>, no: &str, body: &OilApplication) -> Result<Events, No> {
    desk.require_known_place("place", &body.place)?;
    let account = require_account(desk.world, &body.account_no)?;
    let tank = account.require_tank(&body.tank)?;
    if find_application(desk.world, no)?.is_some() {
        let expected = "an application number that was never used";
        return Err(Refusal::new(Rule::ApplicationExists, "application_no", no, expected).into());
    }
    require_role(desk, "barge_party", &body.barge_party, Role::BunkerBarge)?;
    require_role(desk, "ship_party", &body.ship_party, Role::ReceivingShip)?;
    let receiving_district = PlaceCode::district_of(&body.place);
    require_role(desk, "place", &office(receiving_district), Role::Customs)?;
    if !account.suppliers.contains(&desk.actor.id) {
        let expected = "a supplier that the account's warehouse has listed";
        return Err(Refusal::new(Rule::NotOnAccount, "account_no", &desk.actor.id, expected)
            .mended_by(Remedy::Warehouse)
            .into());
    }
    require_product(&tank.product, &body.product)?;
    if !body.ship.international {
        let expected = "a ship on an international voyage";
        let refusal = Refusal::new(Rule::NotInternational, "international", "false", expected);
        return Err(refusal.into());
    }
    tank.require_stock(body.qty_kg)?;
    if body.window_to <= desk.now.time {
        let expected = format!("later than {}", desk.now.time);
        return Err(Refusal::new(Rule::WindowPast, "window_to", body.window_to, expected).into());
    }
    let application = Application {
        by: desk.by(),
        account_no: body.account_no.clone(),
        tank: body.tank.clone(),
        product: body.product.clone(),
        qty_kg: body.qty_kg,
        approved_kg: 0,
        ship: body.ship.clone(),
        place: body.place.clone(),
        supply_district: account.district.clone(),
        receiving_district: receiving_district.into(),
        window_from: body.window_from,
        window: Due { by: body.window_to, overdue: false },
        barge_party: body.barge_party.clone(),
        ship_party: body.ship_party.clone(),
        stage: Stage::Applied,
        vouchers: BTreeMap::new(),
        deliveries: BTreeMap::new(),
        loss_allowed_kg: 0,
        approved: None,
        acknowledged: None,
        refused: None,
        reason: None,
        written_off: None,
    };
    Ok(alloc::vec![on_application(
        no,
        ApplicationEvent::Applied { application: Box::new(application) }
    )])
}

/// Nobody else could sign later, so a party that cannot is found now.
pub(super) fn require_role(desk: Desk<'_>, field: &str, party: &str, role: Role) -> Result<(), No> {
    let found = match read_party(desk.world, party)? {
        Some(known) if known.roles.contains(&role) => return Ok(()),
        Some(known) => {
            let roles: alloc::vec::Vec<&str> = known.roles.iter().map(|r| r.name()).collect();
            format!("{party}: {}", roles.join(", "))
        }
        None => format!("{party}, not admitted"),
    };
    let expected = format!("a party with the role {}", role.name());
    Err(Refusal::new(Rule::NamedPartyRole, field, found, expected).into())
}

/// Supply customs decides.
pub(super) fn approve(desk: Desk<'_>, no: &str, body: &Approval) -> Result<Events, No> {
    let application = require_application(desk.world, no)?;
    desk.require_supply_customs(&application.supply_district)?;
    application.require_open()?;
    if application.stage != Stage::Applied {
        return Err(decided(&application).into());
    }
    let approved_kg = body.approved_kg.unwrap_or(application.qty_kg);
    if approved_kg > application.qty_kg {
        let expected = format!("at most {}", tonnes(application.qty_kg));
        let found = tonnes(approved_kg);
        return Err(Refusal::new(Rule::OverApplied, "approved_kg", found, expected).into());
    }
    let (by, officer_hash) = (desk.by(), body.officer_hash);
    let event = match body.decision {
        Decision::Accept => ApplicationEvent::Approved { by, approved_kg, officer_hash },
        Decision::Refuse => {
            let reason = body.reason.clone().unwrap_or_default();
            ApplicationEvent::Refused { by, officer_hash, reason }
        }
    };
    Ok(alloc::vec![on_application(no, event)])
}

/// Receiving customs decides, after supply customs.
pub(super) fn acknowledge(desk: Desk<'_>, no: &str, body: &Acknowledgement) -> Result<Events, No> {
    let application = require_application(desk.world, no)?;
    desk.require_receiving_customs(&application.receiving_district)?;
    application.require_open()?;
    match application.stage {
        Stage::Approved => {}
        Stage::Applied => {
            let expected = "approved by supply customs";
            let found = application.stage.name();
            return Err(Refusal::new(Rule::NotApproved, "stage", found, expected)
                .mended_by(Remedy::SupplyCustoms)
                .into());
        }
        _ => return Err(decided(&application).into()),
    }
    let (by, officer_hash) = (desk.by(), body.officer_hash);
    let event = match body.decision {
        Decision::Accept => ApplicationEvent::Acknowledged { by, officer_hash },
        Decision::Refuse => {
            let reason = body.reason.clone().unwrap_or_default();
            ApplicationEvent::Refused { by, officer_hash, reason }
        }
    };
    Ok(alloc::vec![on_application(no, event)])
}

fn decided(application: &Application) -> Refusal {
    let expected = "an application that waits for this office";
    Refusal::new(Rule::DecidedAlready, "stage", application.stage.name(), expected)
}

/// Supply customs closes an application of which nothing is left open.
pub(super) fn write_off(desk: Desk<'_>, no: &str, body: &WriteOff) -> Result<Events, No> {
    let application = require_application(desk.world, no)?;
    desk.require_supply_customs(&application.supply_district)?;
    application.require_acknowledged()?;
    require_all_at(&application, DeliveryStage::Disputed, Rule::Disputed, Remedy::Surveyor)?;
    require_all_at(&application, DeliveryStage::Stated, Rule::NotSettled, Remedy::ReceivingShip)?;
    require_balanced(&application)?;
    require_all_at(&application, DeliveryStage::Settled, Rule::NotAllDeclared, Remedy::Supplier)?;
    let event = ApplicationEvent::WrittenOff { by: desk.by(), officer_hash: body.officer_hash };
    Ok(alloc::vec![on_application(no, event)])
}

/// Refuses where a delivery is still at this stage.
fn require_all_at(
    application: &Application,
    stage: DeliveryStage,
    rule: Rule,
    remedy: Remedy,
) -> Result<(), Refusal> {
    match application.deliveries.iter().find(|(_, d)| d.stage == stage) {
        None => Ok(()),
        Some((bdn_no, _)) => {
            let found = format!("{bdn_no}: {}", stage.name());
            let expected = "every delivery settled and declared";
            Err(Refusal::new(rule, "deliveries", found, expected).mended_by(remedy))
        }
    }
}

/// Outbound = delivered + returned + lost, and something went out.
fn require_balanced(application: &Application) -> Result<(), Refusal> {
    if application.outbound_kg() == 0 {
        let expected = "an outbound, or the application taken back by its supplier";
        return Err(Refusal::new(Rule::NothingOut, "outbound", "none", expected)
            .mended_by(Remedy::Supplier));
    }
    let open = application
        .vouchers
        .iter()
        .find(|(_, v)| v.kind == VoucherKind::Outbound && v.countersigned.is_none());
    if let Some((voucher_no, _)) = open {
        let expected = "every outbound countersigned by the supplier";
        return Err(Refusal::new(Rule::NotCountersigned, "outbound", voucher_no, expected)
            .mended_by(Remedy::Supplier));
    }
    if application.balance_kg() != 0 {
        let found = format!(
            "{} outbound, {} delivered, {} returned, {} lost",
            tonnes(application.outbound_kg()),
            tonnes(application.delivered_kg()),
            tonnes(application.returned_kg()),
            tonnes(application.lost_kg())
        );
        let expected = String::from("a balance of 0.000 t");
        return Err(
            Refusal::new(Rule::BalanceOpen, "balance", found, expected).mended_by(Remedy::Supplier)
        );
    }
    Ok(())
}
