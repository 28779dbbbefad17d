//! The one table of kinds: name, subject, body, who may sign, and which fields may be sealed.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::fmt;

use countersign_record::{Digest, encoding, encoding::Malformed, statement};
use serde::Serialize;

use super::bodies;
use crate::{
    family::{check_sealed, encode_json, read_body},
    membership::Role::{self, Agent, Carrier, Customs, Declarant, Tally, Wharf, Yard},
    refusal::{Refusal, Rule},
};

/// The business objects of this family. Written as `bill:…`, `box:…`, `plan:…`, `ship:…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A bill of lading.
    Bill(String),
    /// A container.
    Box(String),
    /// A transfer plan, by its batch number.
    Plan(String),
    /// A ship, by `UN` and IMO number or by its filed number.
    Ship(String),
}

impl Subject {
    /// Reads a subject's name.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        let name = String::from(name);
        match kind {
            "bill" => Some(Self::Bill(name)),
            "box" => Some(Self::Box(name)),
            "plan" => Some(Self::Plan(name)),
            "ship" => Some(Self::Ship(name)),
            _ => None,
        }
    }

    /// The word before the colon.
    pub fn prefix(&self) -> &'static str {
        match self {
            Self::Bill(_) => "bill",
            Self::Box(_) => "box",
            Self::Plan(_) => "plan",
            Self::Ship(_) => "ship",
        }
    }

    /// The name after the colon.
    pub fn name(&self) -> &str {
        match self {
            Self::Bill(name) | Self::Box(name) | Self::Plan(name) | Self::Ship(name) => name,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.prefix(), self.name())
    }
}

impl Serialize for Subject {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// What the table says about one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Kind {
    /// The name that actions carry.
    pub name: &'static str,
    /// The subjects that it may be about: `bill`, `box`, `plan`, `ship`.
    pub subjects: &'static [&'static str],
    /// The roles of which the signer needs one; none means any party that the rules then name.
    pub signers: &'static [Role],
    /// Field numbers of the body that may be sealed.
    pub sealable: &'static [u32],
}

/// Declares the kinds: `Body "kind" [subjects] [signers] [sealable fields]`.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $variant:ident($body:ident) $name:literal [$($subject:literal),*]
        [$($role:ident),*] [$($sealable:literal),*]; )*) => {
        /// An action of this family with its body read and its own fields checked.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "kind")]
        pub enum Action { $(
            $(#[$doc])*
            #[serde(rename = $name)]
            $variant {
                /// What it is about.
                subject: Subject,
                /// What was said.
                body: bodies::$body,
            },
        )* }

        /// Every kind.
        pub const KINDS: &[Kind] = &[ $( Kind {
            name: $name,
            subjects: &[$($subject),*],
            signers: &[$($role),*],
            sealable: &[$($sealable),*],
        }, )* ];

        impl Action {
            /// Reads the body of the kind that the action names.
            fn read(kind: &Kind, subject: Subject, action: &statement::Action)
                -> Result<Self, Refusal>
            {
                match kind.name {
                    $( $name => Ok(Self::$variant { subject, body: read_body(action, SCHEMA)? }), )*
                    _ => Err(unknown_kind(kind.name)),
                }
            }

            /// The row of the table that this action belongs to.
            pub fn kind(&self) -> &'static Kind {
                let name = match self { $( Self::$variant { .. } => $name, )* };
                // The same list makes both, so the first entry is never needed.
                KINDS.iter().find(|k| k.name == name).unwrap_or(&KINDS[0])
            }

            /// What it is about.
            pub fn subject(&self) -> &Subject {
                match self { $( Self::$variant { subject, .. } => subject, )* }
            }
        }

        /// The one encoding of a body that is written as JSON; what clients sign.
        ///
        /// # Errors
        /// There is no such kind, or the line and column of the first thing that is wrong.
        pub fn body_from_json(kind: &str, json: &[u8]) -> Result<Vec<u8>, Malformed> {
            match kind {
                $( $name => encode_json::<bodies::$body>(json), )*
                other => Err(Malformed::new("kind", 0, format!("there is no kind '{other}'"))),
            }
        }

        /// A body as JSON.
        ///
        /// # Errors
        /// There is no such kind, or the first byte that is wrong.
        pub fn body_to_json(kind: &str, body: &[u8]) -> Result<serde_json::Value, Malformed> {
            match kind {
                $( $name => decode_json::<bodies::$body>(body), )*
                other => Err(Malformed::new("kind", 0, format!("there is no kind '{other}'"))),
            }
        }
    };
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

impl Action {
    /// Reads a body and applies the checks that need no state.
    ///
    /// # Errors
    /// The first rule that is broken.
    pub fn check(action: &statement::Action) -> Result<Self, Refusal> {
        let kind = KINDS
            .iter()
            .find(|k| k.name == action.kind)
            .ok_or_else(|| unknown_kind(&action.kind))?;
        check_sealed(action.sealed.as_ref(), kind.sealable)?;
        let subject = Subject::parse(&action.subject)
            .filter(|s| kind.subjects.contains(&s.prefix()))
            .ok_or_else(|| {
                let expected = format!("{}:NAME", kind.subjects.join(" or "));
                Refusal::new(Rule::SubjectName, "subject", &action.subject, expected)
            })?;
        let read = Self::read(kind, subject, action)?;
        check_not_both(action)?;
        read.check_fields()?;
        Ok(read)
    }

    /// The roles of which the signer needs one; none means any party that the rules then name.
    pub fn signers(&self) -> &'static [Role] {
        self.kind().signers
    }
}

/// A field stands either in the body or in a seal: two values of one field could differ.
fn check_not_both(action: &statement::Action) -> Result<(), Refusal> {
    let none = BTreeMap::<u32, Digest>::new();
    let sealed = action.sealed.as_ref().unwrap_or(&none);
    let mut body = minicbor::Decoder::new(&action.body);
    let fields = body.map().ok().flatten().unwrap_or_default();
    for _ in 0..fields {
        let (Ok(field), Ok(())) = (body.u32(), body.skip()) else { break };
        if sealed.contains_key(&field) {
            let found = "both a commitment and a value in clear";
            let name = format!("sealed.{field}");
            return Err(Refusal::new(Rule::SealedField, name, found, "one of them"));
        }
    }
    Ok(())
}

fn unknown_kind(found: &str) -> Refusal {
    let known = KINDS.iter().map(|k| k.name).collect::<Vec<_>>().join(", ");
    Refusal::new(Rule::UnknownKind, "kind", found, known)
}

fn decode_json<T>(body: &[u8]) -> Result<serde_json::Value, Malformed>
where
    T: for<'b> minicbor::Decode<'b, ()> + minicbor::Encode<()> + Serialize,
{
    let body: T = encoding::decode("body", body)?;
    serde_json::to_value(&body).map_err(|e| Malformed::new("body", 0, format!("{e}")))
}
