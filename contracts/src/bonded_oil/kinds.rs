//! The one table of kinds: name, subject, body, who may sign, and which fields may be sealed.

use super::bodies;
use crate::family::shapes::{kinds, names};

names! {
    /// A logistics account of a bonded warehouse.
    Account "account";
    /// An application to supply oil to one ship.
    Application "application";
    /// A delivery, by the number of its bunker delivery note.
    Delivery "delivery";
    /// A central declaration, by its number.
    Declaration "declaration";
}

/// The version of every body's schema.
pub const SCHEMA: u32 = 1;

kinds! {
    /// A warehouse opens its account.
    AccountOpen(AccountOpen) "account_open" ["account"] [Warehouse] [];
    /// More tanks, more suppliers.
    AccountAmendment(AccountAmendment) "account_amendment" ["account"] [Warehouse] [];
    /// Oil comes in under bond.
    StockIn(StockIn) "stock_in" ["account"] [Warehouse] [];
    /// A tank is measured.
    TankDip(TankDip) "tank_dip" ["account"] [Warehouse] [];
    /// Customs corrects the book.
    Adjustment(Adjustment) "adjustment" ["account"] [Customs] [];
    /// The account's period ends.
    PeriodClose(PeriodClose) "period_close" ["account"] [Warehouse] [];

    /// A supplier applies.
    Application(OilApplication) "application" ["application"] [Supplier] [];
    /// Supply customs decides.
    Approval(Approval) "approval" ["application"] [Customs] [];
    /// Receiving customs decides.
    Acknowledgement(Acknowledgement) "acknowledgement" ["application"] [Customs] [];
    /// Oil leaves the tank.
    Outbound(Outbound) "outbound" ["application"] [Warehouse] [];
    /// The supplier states the same figure.
    Countersignature(Countersignature) "outbound_countersignature" ["application"] [Supplier] [];
    /// Oil comes back into the tank.
    Return(Return) "return" ["application"] [Warehouse] [];
    /// Oil that is neither delivered nor returned.
    Loss(Loss) "loss" ["application"] [Supplier] [];
    /// Supply customs closes the application.
    WriteOff(WriteOff) "write_off" ["application"] [Customs] [];

    /// The bunker barge's delivery note.
    Delivery(Delivery) "delivery" ["delivery"] [BunkerBarge] [];
    /// What the ship measured.
    Confirmation(Confirmation) "delivery_confirmation" ["delivery"] [ReceivingShip] [];
    /// The surveyor ends a dispute.
    Settlement(Settlement) "settlement" ["delivery"] [Surveyor] [];

    /// Many deliveries under one declaration.
    Declaration(CentralDeclaration) "declaration" ["declaration"] [Supplier] [];

    /// A party takes its own entry back.
    Void(Void) "void" ["application", "delivery", "declaration"] [] [];
}
