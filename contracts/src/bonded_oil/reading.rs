//! How rules read the ledger, and the questions that many of them ask of a record.

use alloc::{format, string::String, vec::Vec};

use super::{
    events::{AccountEvent, ApplicationEvent, DeclarationEvent, DeliveryEvent, Event},
    state::{
        Account, Application, DeclarationRecord, DeliveryRecord, DeliveryStage, Share, Stage,
        State, Tank,
    },
};
use crate::{
    calendar::Day,
    family::{desk::Desk, shapes::readers},
    refusal::{Refusal, Remedy, Rule},
    shared::Shared,
    world::{No, SubjectKey, Unreadable, World},
};

readers! {
    BondedOil;
    "account" find_account on_account Account Account AccountEvent;
    "application" find_application on_application Application Application ApplicationEvent;
    "delivery" find_delivery on_delivery Delivery DeliveryRecord DeliveryEvent;
    "declaration" find_declaration on_declaration Declaration DeclarationRecord DeclarationEvent;
}

/// A logistics account.
pub(super) fn require_account(world: &World<'_>, account_no: &str) -> Result<Shared<Account>, No> {
    find_account(world, account_no)?.ok_or_else(|| {
        Refusal::new(Rule::NoSuchAccount, "account_no", account_no, "an account that is open")
            .mended_by(Remedy::Warehouse)
            .into()
    })
}

/// An application.
pub(super) fn require_application(world: &World<'_>, no: &str) -> Result<Shared<Application>, No> {
    find_application(world, no)?.ok_or_else(|| {
        let expected = "an application that a supplier has made";
        Refusal::new(Rule::NoSuchApplication, "application_no", no, expected)
            .mended_by(Remedy::Supplier)
            .into()
    })
}

/// A delivery that still stands.
pub(super) fn require_delivery(
    world: &World<'_>,
    bdn_no: &str,
) -> Result<Shared<DeliveryRecord>, No> {
    let refuse = |found: String| {
        let expected = "a delivery note that the bunker barge has signed";
        No::from(
            Refusal::new(Rule::NoSuchDelivery, "bdn_no", found, expected)
                .mended_by(Remedy::BunkerBarge),
        )
    };
    match find_delivery(world, bdn_no)? {
        Some(delivery) if delivery.stage != DeliveryStage::Void => Ok(delivery),
        Some(_) => Err(refuse(format!("{bdn_no}, taken back"))),
        None => Err(refuse(bdn_no.into())),
    }
}

/// The account of an application, which was there when it was made and never goes.
pub(super) fn account_of(
    world: &World<'_>,
    of: &Application,
) -> Result<Shared<Account>, Unreadable> {
    let lost = || Unreadable(format!("the account {} is missing", of.account_no));
    find_account(world, &of.account_no)?.ok_or_else(lost)
}

/// The application of that number, which was there when what rests on it was stated.
pub(super) fn application_of(
    world: &World<'_>,
    no: &str,
) -> Result<Shared<Application>, Unreadable> {
    let lost = || Unreadable(format!("the application {no} is missing"));
    find_application(world, no)?.ok_or_else(lost)
}

impl Account {
    /// The tank of an application, which was there when it was made and never goes.
    pub(super) fn tank_of(&self, of: &Application) -> Result<&Tank, Unreadable> {
        let lost = || Unreadable(format!("the tank {} is missing", of.tank));
        self.tanks.get(&of.tank).ok_or_else(lost)
    }

    /// A tank of the account.
    pub(super) fn require_tank(&self, tank: &str) -> Result<&Tank, Refusal> {
        self.tanks.get(tank).ok_or_else(|| {
            let names = self.tanks.keys().map(String::as_str);
            let known = names.collect::<Vec<_>>().join(", ");
            Refusal::new(Rule::NoSuchTank, "tank", tank, format!("one of: {known}"))
                .mended_by(Remedy::Warehouse)
        })
    }
}

impl Tank {
    /// Refuses where the tank holds less than this.
    pub(super) fn require_stock(&self, qty_kg: u64) -> Result<(), Refusal> {
        let book = self.book_kg();
        if qty_kg <= book {
            return Ok(());
        }
        let expected = format!("at most {}, the tank's stock", tonnes(book));
        Err(Refusal::new(Rule::StockShort, "qty_kg", tonnes(qty_kg), expected)
            .mended_by(Remedy::Warehouse))
    }
}

impl Application {
    /// Refuses an application that is over.
    pub(super) fn require_open(&self) -> Result<(), Refusal> {
        if !self.is_over() {
            return Ok(());
        }
        let expected = "an application that is open";
        Err(Refusal::new(Rule::ApplicationOver, "stage", self.stage.name(), expected))
    }

    /// Refuses an application that both offices have not said yes to.
    pub(super) fn require_acknowledged(&self) -> Result<(), Refusal> {
        self.require_open()?;
        match self.stage {
            Stage::Applied => {
                let expected = "approved by supply customs";
                Err(Refusal::new(Rule::NotApproved, "stage", self.stage.name(), expected)
                    .mended_by(Remedy::SupplyCustoms))
            }
            Stage::Approved => {
                let expected = "acknowledged by receiving customs";
                Err(Refusal::new(Rule::NotAcknowledged, "stage", self.stage.name(), expected)
                    .mended_by(Remedy::ReceivingCustoms))
            }
            _ => Ok(()),
        }
    }

    /// Refuses more than is out by both parties' word and has gone nowhere yet.
    pub(super) fn require_out(&self, qty_kg: u64) -> Result<(), Refusal> {
        let balance = self.balance_kg();
        if qty_kg <= balance {
            return Ok(());
        }
        let expected = format!(
            "at most {}: {} outbound and countersigned, {} accounted for",
            tonnes(balance),
            tonnes(self.countersigned_kg()),
            tonnes(self.accounted_kg())
        );
        Err(Refusal::new(Rule::OverOutbound, "qty_kg", tonnes(qty_kg), expected)
            .mended_by(Remedy::Warehouse))
    }
}

impl DeliveryRecord {
    /// What it comes to: the settled quantity, and the barge's before.
    pub fn qty_kg(&self) -> u64 {
        self.settled.as_ref().map_or(self.note.measured.qty_kg, |s| s.qty_kg)
    }
}

/// The application counts a delivery in a new way.
pub(super) fn on_share(
    application_no: &str,
    bdn_no: &str,
    qty_kg: u64,
    stage: DeliveryStage,
) -> (SubjectKey, crate::family::Event) {
    let share = Share { qty_kg, stage };
    on_application(
        application_no,
        ApplicationEvent::DeliveryCounted { bdn_no: bdn_no.into(), share },
    )
}

impl Desk<'_> {
    /// Refuses an actor that is not the party that a statement names for this.
    pub(super) fn require_named(
        &self,
        field: &str,
        party: &str,
        remedy: Remedy,
    ) -> Result<(), Refusal> {
        if self.actor.id == party {
            return Ok(());
        }
        let refusal = Refusal::new(Rule::NotNamedForIt, field, &self.actor.id, party);
        Err(refusal.mended_by(remedy))
    }

    /// Refuses an office that is not supply customs of this district.
    pub(super) fn require_supply_customs(&self, district: &str) -> Result<(), Refusal> {
        if self.actor.district.as_deref() == Some(district) {
            return Ok(());
        }
        let found = self.actor.district.as_deref().unwrap_or("none");
        Err(Refusal::new(Rule::NotSupplyCustoms, "district", found, district)
            .mended_by(Remedy::SupplyCustoms))
    }

    /// Refuses an office that is not receiving customs of this district.
    pub(super) fn require_receiving_customs(&self, district: &str) -> Result<(), Refusal> {
        if self.actor.district.as_deref() == Some(district) {
            return Ok(());
        }
        let found = self.actor.district.as_deref().unwrap_or("none");
        Err(Refusal::new(Rule::NotReceivingCustoms, "district", found, district)
            .mended_by(Remedy::ReceivingCustoms))
    }
}

/// A quantity as people write it: tonnes with three decimals.
pub(super) fn tonnes(kg: u64) -> String {
    format!("{}.{:03} t", kg / 1000, kg % 1000)
}

/// A month as declarations name it: year × 100 + month, in China Standard Time.
pub(super) fn month_of(time: u64) -> u32 {
    let (year, month, _) = Day::of(time).civil();
    u32::try_from(year.saturating_mul(100).saturating_add(month)).unwrap_or(u32::MAX)
}

impl Stage {
    /// The word in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Approved => "approved",
            Self::Acknowledged => "acknowledged",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::WrittenOff => "written off",
        }
    }
}

impl DeliveryStage {
    /// The word in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Disputed => "disputed",
            Self::Settled => "settled",
            Self::Declared => "declared",
            Self::Void => "taken back",
        }
    }
}
