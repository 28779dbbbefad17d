//! Whom the subjects of this family concern: supplier, warehouse, barge and ship of one supply, and
//! a surveyor where the figures are in dispute. Suppliers that share a warehouse see its tanks, and
//! nothing of each other.

use super::{
    State,
    reading::find_account,
    state::{Account, Application, DeliveryRecord, DeliveryStage},
};
use crate::{
    family::Asker,
    membership::Role,
    world::{Unreadable, World},
};

impl State {
    /// Whether the subject of that name concerns a party.
    pub(crate) fn concerns(
        &self,
        _name: &str,
        asker: &Asker,
        world: &World<'_>,
    ) -> Result<bool, Unreadable> {
        Ok(match self {
            Self::Account(account) => account.concerns(asker),
            Self::Application(application) => {
                application.concerns(asker) || keeps(asker, world, &application.account_no)?
            }
            Self::Delivery(delivery) => {
                delivery.concerns(asker) || keeps(asker, world, &delivery.account_no)?
            }
            Self::Declaration(declaration) => asker.said(&declaration.by),
        })
    }
}

/// Whether a party keeps the account.
fn keeps(asker: &Asker, world: &World<'_>, account_no: &str) -> Result<bool, Unreadable> {
    Ok(find_account(world, account_no)?.is_some_and(|account| asker.said(&account.by)))
}

impl Account {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.said(&self.by) || self.suppliers.iter().any(|s| asker.is_party(s))
    }
}

impl Application {
    fn concerns(&self, asker: &Asker) -> bool {
        asker.said(&self.by)
            || asker.is_party(&self.barge_party)
            || asker.is_party(&self.ship_party)
    }
}

impl DeliveryRecord {
    fn concerns(&self, asker: &Asker) -> bool {
        let measures = self.stage == DeliveryStage::Disputed && asker.is(Role::Surveyor);
        measures
            || asker.said(&self.by)
            || asker.is_party(&self.supplier)
            || asker.is_party(&self.ship_party)
            || asker.has_said(self.settled.as_ref().map(|s| &s.by))
    }
}
