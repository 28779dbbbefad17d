//! The one table of kinds: name, subject, body, who may sign, and which fields may be sealed.

use super::bodies;
use crate::family::shapes::{kinds, names};

names! {
    /// A bill of lading.
    Bill "bill";
    /// A container.
    Box "box";
    /// A transfer plan, by its batch number.
    Plan "plan";
    /// A ship, by `UN` and IMO number or by its filed number.
    Ship "ship";
}

/// The version of every body's schema.
pub const SCHEMA: u32 = 1;

kinds! {
    /// A barge or ship is filed (S11).
    ConveyanceFiling(ConveyanceFiling) "conveyance_filing" ["ship"] [Carrier, Agent] [];
    /// Where a barge is.
    Position(Position) "position" ["ship"] [Carrier] [];
    /// A sea-going ship has sailed.
    VesselDeparture(VesselDeparture) "vessel_departure" ["ship"] [Wharf, Agent] [];
    /// A sea-going ship has been unloaded.
    VesselUnloaded(VesselUnloaded) "vessel_unloaded" ["ship"] [Wharf, Agent] [];

    /// One of the twin manifests.
    Manifest(Manifest) "manifest" ["bill"] [Agent] [11, 12, 13, 14];
    /// A change of both twins.
    ManifestAmendment(ManifestAmendment) "manifest_amendment" ["bill"] [Agent] [];
    /// A declaration, in one step.
    Declaration(Declaration) "declaration" ["bill"] [Declarant] [14, 15, 16];
    /// The first of two steps.
    SummaryDeclaration(SummaryDeclaration) "summary_declaration" ["bill"] [Declarant] [17, 18];
    /// The second of two steps.
    CompleteDeclaration(Declaration) "complete_declaration" ["bill"] [Declarant] [14, 15, 16];
    /// Order to present the goods.
    InspectionNotice(InspectionNotice) "inspection_notice" ["bill"] [Customs] [13];
    /// The box stands in its inspection slot.
    RelocationFeedback(RelocationFeedback) "relocation_feedback" ["bill"] [Yard] [];
    /// What the inspection came to.
    InspectionResult(InspectionResult) "inspection_result" ["bill"] [Customs] [];
    /// Release of a segment.
    Release(Release) "release" ["bill"] [Customs] [];
    /// Tally of a voyage.
    Tally(Tally) "tally" ["bill"] [Tally] [];
    /// The right to collect.
    DeliveryOrder(DeliveryOrder) "delivery_order" ["bill"] [Agent] [];
    /// A new holder of that right; signed by the old one.
    TitleTransfer(TitleTransfer) "title_transfer" ["bill"] [] [];
    /// Export cancelled for some or all containers.
    Withdrawal(Withdrawal) "withdrawal" ["bill"] [Customs] [];

    /// Through the gate of a wharf.
    Gate(Gate) "gate" ["box"] [Wharf] [11];
    /// The yard says that the goods are in.
    Arrival(Arrival) "arrival" ["box"] [Wharf] [];
    /// Onto a barge.
    BargeLoad(BargeLoad) "barge_load" ["box"] [Wharf] [];
    /// Off a barge.
    Discharge(Discharge) "discharge" ["box"] [Wharf] [];
    /// Onto a sea-going ship.
    VesselLoad(VesselLoad) "vessel_load" ["box"] [Wharf] [];
    /// Off a sea-going ship.
    VesselDischarge(VesselDischarge) "vessel_discharge" ["box"] [Wharf] [];
    /// Equipment receipt.
    EquipmentReceipt(EquipmentReceipt) "equipment_receipt" ["box"] [Wharf, Yard] [];
    /// Domestic or foreign trade.
    TradeAttribute(TradeAttribute) "trade_attribute" ["box"] [Wharf, Customs] [];
    /// A container number that fails its check digit, noted by customs.
    LegacyBox(LegacyBox) "legacy_box" ["box"] [Customs] [];

    /// Which containers a barge takes.
    TransferPlan(TransferPlan) "transfer_plan" ["plan"] [Wharf] [];
    /// The carrier takes the plan.
    PlanConfirmation(PlanConfirmation) "plan_confirmation" ["plan"] [Carrier] [];
    /// Another set of containers.
    PlanAmendment(PlanAmendment) "plan_amendment" ["plan"] [Wharf] [];
    /// The barge sails.
    Departure(Departure) "departure" ["plan"] [Carrier] [];
    /// The barge is in.
    BargeArrival(BargeArrival) "barge_arrival" ["plan"] [Wharf] [];
    /// Nothing more comes off the barge.
    DischargeReport(DischargeReport) "discharge_report" ["plan"] [Wharf] [];

    /// A party takes its own entry back.
    Void(Void) "void" ["bill", "box", "plan"] [] [];
    /// Clearance customs ends a hold.
    ClearHold(ClearHold) "clear_hold" ["bill", "box"] [Customs] [];
}
