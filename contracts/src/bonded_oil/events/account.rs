//! What happens to a logistics account.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use countersign_record::Digest;
use minicbor::{Decode, Encode};
use serde::Serialize;

use crate::bonded_oil::{
    bodies::{TankOpening, WarehouseUse},
    state::{Account, By, Close, Dip, Tank},
};

/// Something that happened to a logistics account.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AccountEvent {
    /// A warehouse opened it.
    #[n(0)]
    Opened {
        /// The account.
        #[n(0)]
        account: Account,
    },
    /// Tanks or suppliers were added.
    #[n(1)]
    AccountAmended {
        /// The warehouse.
        #[n(0)]
        by: By,
        /// Further tanks.
        #[n(1)]
        tanks: Vec<TankOpening>,
        /// Further suppliers.
        #[n(2)]
        suppliers: Vec<String>,
        /// Why.
        #[n(3)]
        reason: String,
    },
    /// Oil came in.
    #[n(2)]
    StockedIn {
        /// The warehouse.
        #[n(0)]
        by: By,
        /// The tank.
        #[n(1)]
        tank: String,
        /// Thousandths of a tonne.
        #[n(2)]
        qty_kg: u64,
        /// The declaration under which it came.
        #[n(3)]
        entry_no: String,
    },
    /// A tank was measured.
    #[n(3)]
    Dipped {
        /// The tank.
        #[n(0)]
        tank: String,
        /// What was found.
        #[n(1)]
        dip: Dip,
    },
    /// Customs corrected the book.
    #[n(4)]
    Adjusted {
        /// The office.
        #[n(0)]
        by: By,
        /// The tank.
        #[n(1)]
        tank: String,
        /// Thousandths of a tonne.
        #[n(2)]
        change_kg: i64,
        /// Why.
        #[n(3)]
        reason: String,
        /// The evidence, by the entries that anchored it.
        #[n(4)]
        evidence: Vec<Digest>,
    },
    /// A period ended.
    #[n(5)]
    PeriodClosed {
        /// How.
        #[n(0)]
        close: Close,
    },
    /// Oil went out under an application.
    #[n(6)]
    TakenOut {
        /// The tank.
        #[n(0)]
        tank: String,
        /// Thousandths of a tonne.
        #[n(1)]
        qty_kg: u64,
        /// The application.
        #[n(2)]
        application_no: String,
        /// The voucher.
        #[n(3)]
        voucher_no: String,
    },
    /// Oil came back under an application.
    #[n(7)]
    BroughtBack {
        /// The tank.
        #[n(0)]
        tank: String,
        /// Thousandths of a tonne.
        #[n(1)]
        qty_kg: u64,
        /// The application.
        #[n(2)]
        application_no: String,
        /// The voucher.
        #[n(3)]
        voucher_no: String,
    },
    /// An outbound of this period was taken back.
    #[n(8)]
    OutboundVoided {
        /// The tank.
        #[n(0)]
        tank: String,
        /// Thousandths of a tonne.
        #[n(1)]
        qty_kg: u64,
    },
    /// A return of this period was taken back.
    #[n(9)]
    ReturnVoided {
        /// The tank.
        #[n(0)]
        tank: String,
        /// Thousandths of a tonne.
        #[n(1)]
        qty_kg: u64,
    },
}

/// An account of which nothing is known yet.
pub(super) fn empty() -> Account {
    Account {
        by: super::nobody(),
        warehouse_code: String::new(),
        warehouse_use: WarehouseUse::Own,
        district: String::new(),
        tanks: BTreeMap::new(),
        suppliers: Vec::new(),
        period_no: 0,
        period_since: 0,
        last_close: None,
    }
}

/// The tanks of an account or amendment.
pub(in crate::bonded_oil) fn tanks_of(
    openings: &[TankOpening],
) -> impl Iterator<Item = (String, Tank)> {
    openings.iter().map(|t| {
        let tank = Tank {
            product: t.product.clone(),
            opening_kg: t.opening_kg,
            in_kg: 0,
            out_kg: 0,
            returned_kg: 0,
            adjustment_kg: 0,
            dip: None,
        };
        (t.tank.clone(), tank)
    })
}

impl Account {
    /// The account after something happened.
    #[must_use]
    pub(crate) fn after(mut self, event: &AccountEvent) -> Self {
        match event {
            AccountEvent::Opened { account } => return account.clone(),
            AccountEvent::AccountAmended { tanks, suppliers, .. } => {
                self.tanks.extend(tanks_of(tanks));
                self.suppliers.extend(suppliers.iter().cloned());
            }
            AccountEvent::StockedIn { tank, qty_kg, .. } => {
                self.at(tank, |t| t.in_kg = t.in_kg.saturating_add(*qty_kg));
            }
            AccountEvent::Dipped { tank, dip } => self.at(tank, |t| t.dip = Some(dip.clone())),
            AccountEvent::Adjusted { tank, change_kg, .. } => self.at(tank, |t| {
                t.adjustment_kg = t.adjustment_kg.saturating_add(*change_kg);
                if let Some(dip) = &mut t.dip {
                    dip.gap_kg = dip.gap_kg.saturating_sub(*change_kg);
                }
            }),
            AccountEvent::PeriodClosed { close } => self.close(close),
            AccountEvent::TakenOut { tank, qty_kg, .. } => {
                self.at(tank, |t| t.out_kg = t.out_kg.saturating_add(*qty_kg));
            }
            AccountEvent::BroughtBack { tank, qty_kg, .. } => {
                self.at(tank, |t| t.returned_kg = t.returned_kg.saturating_add(*qty_kg));
            }
            AccountEvent::OutboundVoided { tank, qty_kg } => {
                self.at(tank, |t| t.out_kg = t.out_kg.saturating_sub(*qty_kg));
            }
            AccountEvent::ReturnVoided { tank, qty_kg } => {
                self.at(tank, |t| t.returned_kg = t.returned_kg.saturating_sub(*qty_kg));
            }
        }
        self
    }

    fn at(&mut self, tank: &str, change: impl FnOnce(&mut Tank)) {
        if let Some(tank) = self.tanks.get_mut(tank) {
            change(tank);
        }
    }

    /// The next opening is this closing.
    fn close(&mut self, close: &Close) {
        for tank in self.tanks.values_mut() {
            tank.opening_kg = tank.book_kg();
            (tank.in_kg, tank.out_kg, tank.returned_kg, tank.adjustment_kg) = (0, 0, 0, 0);
            tank.dip = None;
        }
        self.period_no = close.period_no.saturating_add(1);
        self.period_since = close.by.at;
        self.last_close = Some(close.clone());
    }
}
