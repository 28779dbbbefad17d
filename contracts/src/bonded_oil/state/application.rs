//! The record of an application: who has said yes, what is out, and where it went.

use alloc::{collections::BTreeMap, string::String};

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::{By, DeliveryStage, Due};
use crate::{
    bonded_oil::bodies::{Product, Ship},
    family::shapes::part,
};

/// How far an application has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Stage {
    /// The supplier has applied.
    #[n(0)]
    Applied,
    /// Supply customs has said yes.
    #[n(1)]
    Approved,
    /// Receiving customs too: oil may go.
    #[n(2)]
    Acknowledged,
    /// One of them has said no.
    #[n(3)]
    Refused,
    /// The supplier has taken it back.
    #[n(4)]
    Withdrawn,
    /// Everything is accounted for.
    #[n(5)]
    WrittenOff,
}

/// What a voucher is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum VoucherKind {
    /// Out of the tank.
    #[n(0)]
    Outbound,
    /// Back into a tank.
    #[n(1)]
    Return,
    /// Lost.
    #[n(2)]
    Loss,
}

part! {
    /// A movement of oil under an application.
    Voucher {
        /// Who stated it.
        1 by: By,
        /// What it is.
        2 kind: VoucherKind,
        /// Thousandths of a tonne.
        3 qty_kg: u64,
        /// The tank; nothing for a loss.
        4 tank: String,
        /// The account's period at that time; 0 for a loss.
        5 period_no: u32,
        ;
        /// The supplier's countersignature of an outbound.
        6 countersigned: By,
    }
}

part! {
    /// A delivery as its application counts it.
    Share {
        /// The barge's figure, or the surveyor's once there is one; thousandths of a tonne.
        1 qty_kg: u64,
        /// How far it has come.
        2 stage: DeliveryStage,
    }
}

part! {
    /// An application to supply one ship.
    Application {
        /// The supplier.
        1 by: By,
        /// The account.
        2 account_no: String,
        /// The tank.
        3 tank: String,
        /// What oil.
        4 product: Product,
        /// How much was applied for, thousandths of a tonne.
        5 qty_kg: u64,
        /// How much is approved; 0 before.
        6 approved_kg: u64,
        /// For which ship.
        7 ship: Ship,
        /// Where: `UNLOCODE/n4`.
        8 place: String,
        /// The district of supply customs.
        9 supply_district: String,
        /// The district of receiving customs.
        10 receiving_district: String,
        /// The first moment at which a delivery may begin.
        11 window_from: u64,
        /// The last one, and whether it passed with oil still out.
        12 window: Due,
        /// The party that runs the bunker barge.
        13 barge_party: String,
        /// The party that signs for the ship.
        14 ship_party: String,
        /// How far it has come.
        15 stage: Stage,
        /// Movements by voucher number.
        16 vouchers: BTreeMap<String, Voucher>,
        /// Deliveries by the number of their note.
        17 deliveries: BTreeMap<String, Share>,
        /// How much may be lost without an alert, thousandths of a tonne.
        18 loss_allowed_kg: u64,
        ;
        /// Supply customs' yes.
        19 approved: By,
        /// Receiving customs' yes.
        20 acknowledged: By,
        /// Who said no.
        21 refused: By,
        /// Why, in that office's words.
        22 reason: String,
        /// Supply customs' write-off.
        23 written_off: By,
    }
}

impl Application {
    fn sum(&self, of: impl Fn(&Voucher) -> bool) -> u64 {
        let vouchers = self.vouchers.values().filter(|v| of(v));
        vouchers.fold(0, |sum, v| sum.saturating_add(v.qty_kg))
    }

    /// All that has left the tank, countersigned or not.
    pub fn outbound_kg(&self) -> u64 {
        self.sum(|v| v.kind == VoucherKind::Outbound)
    }

    /// What has left the tank by both parties' word.
    pub fn countersigned_kg(&self) -> u64 {
        self.sum(|v| v.kind == VoucherKind::Outbound && v.countersigned.is_some())
    }

    /// What came back.
    pub fn returned_kg(&self) -> u64 {
        self.sum(|v| v.kind == VoucherKind::Return)
    }

    /// What was lost.
    pub fn lost_kg(&self) -> u64 {
        self.sum(|v| v.kind == VoucherKind::Loss)
    }

    /// What was delivered: settled figures, and the barge's where there is none yet.
    pub fn delivered_kg(&self) -> u64 {
        self.deliveries.values().fold(0, |sum, d| sum.saturating_add(d.qty_kg))
    }

    /// What has gone somewhere: delivered, returned or lost.
    pub fn accounted_kg(&self) -> u64 {
        self.delivered_kg().saturating_add(self.returned_kg()).saturating_add(self.lost_kg())
    }

    /// What is out by both parties' word and has gone nowhere yet.
    pub fn balance_kg(&self) -> u64 {
        self.countersigned_kg().saturating_sub(self.accounted_kg())
    }

    /// Whether oil has left the tank that is neither delivered, returned nor lost.
    pub fn is_oil_out(&self) -> bool {
        self.outbound_kg() > self.accounted_kg()
    }

    /// Whether nothing more can happen to it but a correction.
    pub fn is_over(&self) -> bool {
        matches!(self.stage, Stage::Refused | Stage::Withdrawn | Stage::WrittenOff)
    }
}
