//! The body of each kind of entry from a movement and what the user gave.

use std::cell::RefCell;

use countersign_contracts::combined_port::bodies::{
    BargeLoad, Condition, Direction, Discharge, Fullness, Gate, Seal, SealIssuer, SealKind,
    VesselDischarge, VesselLoad,
};
use countersign_record::encoding;
use serde_json::Value;

use super::{
    actions::{Context, Given, Leg},
    movement::{self, Kind, Movement},
    reason::{Code, Reason},
};

/// A body in both of its forms, with the time of the move.
pub(crate) struct Made {
    pub(crate) kind: &'static str,
    pub(crate) json: Value,
    pub(crate) encoded: Vec<u8>,
    pub(crate) time: u64,
}

/// A movement and what the user gave, looked at together.
struct Desk<'m> {
    movement: &'m Movement,
    context: &'m Context,
    given: Option<&'m Given>,
    /// Everything that is missing: people should not have to find it out one by one.
    lacks: RefCell<Vec<Reason>>,
}

/// Makes the body that fits the movement.
///
/// # Errors
/// Everything that is missing, at least one thing.
pub(crate) fn make(movement: &Movement, context: &Context) -> Result<Made, Vec<Reason>> {
    let given = context.containers.get(&movement.container);
    let desk = Desk { movement, context, given, lacks: RefCell::default() };
    let leg = || desk.leg().map_err(|lack| vec![lack]);
    match movement.kind {
        Kind::GateIn => desk.gate(Direction::In),
        Kind::GateOut => desk.gate(Direction::Out),
        Kind::Load => match leg()? {
            Leg::Barge => desk.barge_load(),
            Leg::Vessel => desk.vessel_load(),
        },
        Kind::Discharge => match leg()? {
            Leg::Barge => desk.discharge(),
            Leg::Vessel => desk.vessel_discharge(),
        },
    }
}

impl Desk<'_> {
    fn gate(&self, direction: Direction) -> Result<Made, Vec<Reason>> {
        let fullness = self.known_fullness();
        let bill_no = self.bill_no();
        if direction == Direction::In && fullness != Fullness::Empty && bill_no.is_none() {
            self.lacks.borrow_mut().push(self.needs(Code::NeedsBill, "--bill"));
        }
        let plate = self.movement.inland.as_ref().map(|t| t.id.clone()).filter(|p| !p.is_empty());
        let body = Gate {
            direction,
            place: self.want(self.place()),
            fullness,
            size_type: self.size_type(),
            seals: self.want(self.seals(fullness)),
            time: self.want(self.time()),
            bill_no,
            booking_no: self.movement.booking_no().map(str::to_owned),
            eir_no: self.given.and_then(|g| g.eir_no.clone()),
            driver_hash: None,
            truck_plate: plate.filter(|_| self.context.truck_plates),
        };
        self.made("gate", body.time, &body)
    }

    fn barge_load(&self) -> Result<Made, Vec<Reason>> {
        let body = BargeLoad {
            batch_no: self.want(self.batch_no()),
            seals: self.want(self.seals(self.known_fullness())),
            crane_time: self.want(self.time()),
            condition: self.condition(),
            stowage: self.movement.stowage.clone(),
            vgm_kg: self.movement.vgm_kg,
        };
        self.made("barge_load", body.crane_time, &body)
    }

    fn discharge(&self) -> Result<Made, Vec<Reason>> {
        let body = Discharge {
            batch_no: self.want(self.batch_no()),
            seals: self.want(self.seals(self.known_fullness())),
            size_type: self.size_type(),
            crane_time: self.want(self.time()),
            condition: self.condition(),
        };
        self.made("discharge", body.crane_time, &body)
    }

    fn vessel_load(&self) -> Result<Made, Vec<Reason>> {
        let stowage = self.movement.stowage.clone();
        let body = VesselLoad {
            conveyance_id: self.want(self.conveyance_id()),
            voyage: self.want(self.voyage()),
            seals: self.want(self.seals(self.known_fullness())),
            stowage: self.want(stowage.ok_or_else(|| self.needs(Code::NeedsStowage, ""))),
            crane_time: self.want(self.time()),
            condition: self.condition(),
            vgm_kg: self.movement.vgm_kg,
        };
        self.made("vessel_load", body.crane_time, &body)
    }

    fn vessel_discharge(&self) -> Result<Made, Vec<Reason>> {
        let body = VesselDischarge {
            bill_no: self.want(self.bill_no().ok_or_else(|| self.needs(Code::NeedsBill, "--bill"))),
            conveyance_id: self.want(self.conveyance_id()),
            voyage: self.want(self.voyage()),
            place: self.want(self.place()),
            seals: self.want(self.seals(self.known_fullness())),
            size_type: self.size_type(),
            crane_time: self.want(self.time()),
            condition: self.condition(),
        };
        self.made("vessel_discharge", body.crane_time, &body)
    }

    fn made<T>(&self, kind: &'static str, time: u64, body: &T) -> Result<Made, Vec<Reason>>
    where
        T: serde::Serialize + minicbor::Encode<()>,
    {
        let json = serde_json::to_value(body).unwrap_or_else(|e| {
            let why = Reason::new(Code::RulesRefuse, self.movement.at, &e.to_string(), "");
            self.lacks.borrow_mut().push(why);
            Value::Null
        });
        let lacks = self.lacks.take();
        if lacks.is_empty() {
            Ok(Made { kind, json, encoded: encoding::encode(body), time })
        } else {
            Err(lacks)
        }
    }

    /// A value, or a stand-in for one that is missing; then no body is made.
    fn want<T: Default>(&self, value: Result<T, Reason>) -> T {
        value.unwrap_or_else(|lack| {
            self.lacks.borrow_mut().push(lack);
            T::default()
        })
    }

    /// The fullness; where it is missing, the one that asks for no seals on top.
    fn known_fullness(&self) -> Fullness {
        self.fullness().unwrap_or_else(|lack| {
            self.lacks.borrow_mut().push(lack);
            Fullness::Empty
        })
    }

    /// A reason that names the option which would help.
    fn needs(&self, code: Code, option: &str) -> Reason {
        Reason::new(code, self.movement.at, "", option)
    }

    fn time(&self) -> Result<u64, Reason> {
        let said = self.movement.time.as_ref().map(|t| t.utc_ms);
        said.or(self.context.event_time).ok_or_else(|| self.needs(Code::NeedsTime, "--event-time"))
    }

    /// The place that the user gave, as long as the file does not name another one.
    fn place(&self) -> Result<String, Reason> {
        let needs = || self.needs(Code::NeedsPlace, "--place CNSUD/5150");
        let place = self.context.place.clone().ok_or_else(needs)?;
        let locode = place.split('/').next().unwrap_or_default();
        let read = self.movement.place.as_ref().map(|p| &*p.code);
        // Only a whole UN/LOCODE contradicts: senders append berth numbers, or write names.
        match read.filter(|r| r.len() == 5 && *r != locode) {
            Some(other) => Err(Reason::new(Code::PlaceDiffers, self.movement.at, other, &place)),
            None => Ok(place),
        }
    }

    fn bill_no(&self) -> Option<String> {
        let given = self.given.and_then(|g| g.bill_no.clone());
        let said = || self.movement.bill_no().map(str::to_owned);
        given.or_else(said).or_else(|| self.context.bill_no.clone())
    }

    fn batch_no(&self) -> Result<String, Reason> {
        self.context.batch_no.clone().ok_or_else(|| self.needs(Code::NeedsPlan, "--batch"))
    }

    fn leg(&self) -> Result<Leg, Reason> {
        let ship = self.movement.ship.as_ref();
        let barge = ship.filter(|s| s.mode == "8").map(|_| Leg::Barge);
        let vessel = ship.filter(|s| s.imo.is_some()).map(|_| Leg::Vessel);
        let leg = self.context.leg.or(barge).or(vessel);
        leg.ok_or_else(|| self.needs(Code::NeedsLeg, "--leg barge|vessel"))
    }

    fn conveyance_id(&self) -> Result<String, Reason> {
        let imo = self.movement.ship.as_ref().and_then(|s| s.imo.as_ref());
        let said = imo.map(|imo| format!("UN{imo}"));
        said.or_else(|| self.context.conveyance_id.clone())
            .ok_or_else(|| self.needs(Code::NeedsVessel, "--ship UN9912347"))
    }

    fn voyage(&self) -> Result<String, Reason> {
        let said = self.movement.ship.as_ref().map(|s| s.voyage.clone()).filter(|v| !v.is_empty());
        said.or_else(|| self.context.voyage.clone())
            .ok_or_else(|| self.needs(Code::NeedsVoyage, "--voyage"))
    }

    fn fullness(&self) -> Result<Fullness, Reason> {
        let said = self.movement.fullness.map(|f| match f {
            movement::Fullness::Empty => Fullness::Empty,
            movement::Fullness::Full => Fullness::Full,
            movement::Fullness::Lcl => Fullness::Lcl,
            movement::Fullness::Fcl => Fullness::Fcl,
        });
        said.or(self.context.fullness)
            .ok_or_else(|| self.needs(Code::NeedsFullness, "--fullness empty|full"))
    }

    /// The size-type; where nothing certain was said, the `0000` that the rules compare with
    /// nothing, or the old code whose successor is not certain.
    fn size_type(&self) -> String {
        let old = &self.movement.size_type_as_read;
        let is_old = old.len() == 4 && old.bytes().all(|b| b.is_ascii_digit());
        let fallback = if is_old { old.as_str() } else { "0000" };
        self.movement.size_type.clone().unwrap_or_else(|| fallback.to_owned())
    }

    fn condition(&self) -> Condition {
        if self.movement.damages.is_empty() { Condition::Sound } else { Condition::Damaged }
    }

    /// The seals with a number: those that the user gave, else those of the file. An empty
    /// container has none to compare.
    fn seals(&self, fullness: Fullness) -> Result<Vec<Seal>, Reason> {
        if fullness == Fullness::Empty {
            return Ok(Vec::new());
        }
        let given = self.given.map(|g| g.seals.as_slice()).unwrap_or_default();
        let seal =
            |no: &str, issuer| Seal { no: no.to_owned(), kind: SealKind::Mechanical, issuer };
        if !given.is_empty() {
            return Ok(given.iter().map(|(no, issuer)| seal(no, *issuer)).collect());
        }
        let mut seals: Vec<Seal> = Vec::new();
        for read in &self.movement.seals {
            let Some(number) = &read.number else { continue };
            if seals.iter().all(|s| s.no != *number) {
                seals.push(seal(number, self.issuer(number, &read.issuer)?));
            }
        }
        if seals.is_empty() {
            let option = format!("--seal {}=NUMBER:ISSUER", self.movement.container);
            return Err(self.needs(Code::NeedsSeal, &option));
        }
        Ok(seals)
    }

    fn issuer(&self, number: &str, said: &str) -> Result<SealIssuer, Reason> {
        let known = SealIssuer::ALL.iter().copied().find(|i| i.name() == said);
        known.or(self.context.seal_issuer).ok_or_else(|| {
            let option = "--seal-issuer CA|SH|CU";
            Reason::new(Code::NeedsSealIssuer, self.movement.at, number, option)
        })
    }
}
