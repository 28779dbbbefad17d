//! From one EQD group to its outcome: a movement, a doubted movement, or a refusal.

use countersign_contracts::identifiers::ContainerNumber;

use super::{
    edifact::{Ending, Read},
    facts::{Facts, Said, cut, only_digits, part},
    limits::REASONS_LISTED_MAX,
    movement::{Fullness, Kind, Movement, Place},
    reason::{Code, Position, Reason},
    report::Outcome,
    time::Moment,
    values::size_type,
};

/// What the group needs to know of its message.
pub(crate) struct Surroundings<'m> {
    /// What the message reports, or why the message is refused.
    pub(crate) kind: Result<Kind, &'m [Reason]>,
    /// Its reference.
    pub(crate) reference: &'m str,
    /// What its header says.
    pub(crate) header: &'m Facts,
}

/// How many doubts of the header each of its containers repeats.
const HEADER_DOUBTS_MAX: usize = 8;

/// One EQD and what follows it, up to the next EQD or the end of the message.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) at: Position,
    qualifier: String,
    number: String,
    size_type: String,
    status: String,
    fullness: String,
    facts: Facts,
    refusals: Vec<Reason>,
}

impl Group {
    /// Opens a group with its EQD, readable or not.
    pub(crate) fn open(read: &Read) -> Self {
        let text =
            |n, c| read.segment.as_ref().map_or_else(|_| String::new(), |s| cut(part(s, n, c)));
        let mut group = Self {
            at: read.at,
            qualifier: text(0, 0),
            number: text(1, 0),
            size_type: text(2, 0),
            status: text(4, 0),
            fullness: text(5, 0),
            facts: Facts::default(),
            refusals: Vec::new(),
        };
        match &read.segment {
            Err(why) => group.refusals.push(why.clone()),
            Ok(segment) => group.facts.note_text(read, segment),
        }
        group.note_ending(read);
        group
    }

    /// Takes a segment of the group. `false`: nothing in it is used.
    pub(crate) fn take(&mut self, read: &Read, offset_minutes: i16) -> bool {
        self.note_ending(read);
        match &read.segment {
            Ok(segment) => self.facts.take(read, segment, offset_minutes),
            Err(why) => {
                self.facts.doubt(Code::GroupUnreadable, read.at, &why.found, "");
                true
            }
        }
    }

    /// The message ended without a trailer right after this group.
    pub(crate) fn left_open(&mut self) {
        self.facts.doubt(Code::GroupOpen, self.at, "", "");
    }

    fn note_ending(&mut self, read: &Read) {
        match read.ending {
            Ending::Terminated => {}
            Ending::LineBreak => self.facts.doubt(Code::Unterminated, read.at, &read.tag, ""),
            Ending::FileEnd if self.refusals.len() < REASONS_LISTED_MAX => {
                self.refusals.push(Reason::new(Code::GroupCut, read.at, "", ""));
            }
            Ending::FileEnd => {}
        }
    }

    /// The number as it stands in the file.
    pub(crate) fn number_as_read(&self) -> &str {
        &self.number
    }

    /// The number with the blanks, dashes and slashes taken out that people put into it.
    fn number(&self) -> String {
        let keep = |c: &char| !matches!(c, ' ' | '-' | '/' | '.');
        self.number.to_ascii_uppercase().chars().filter(keep).collect()
    }

    /// The container, if it is one and its number is right.
    fn container(&self) -> Result<String, Reason> {
        let refuse =
            |code, found: &str, expected: &str| Err(Reason::new(code, self.at, found, expected));
        if self.qualifier != "CN" {
            return refuse(Code::NotAContainer, &format!("{} {}", self.qualifier, self.number), "");
        }
        let number = self.number();
        if number.is_empty() {
            return refuse(Code::NumberMissing, "", "");
        }
        match ContainerNumber::parse("container", &number) {
            Ok(_) => Ok(number),
            Err(no) if ContainerNumber::legacy("container", &number).is_ok() => {
                refuse(Code::NumberCheckDigit, &number, &only_digits(&no.expected))
            }
            Err(_) => refuse(Code::NumberForm, &self.number, &expected_form(&number)),
        }
    }

    /// Judges the group. `known` looks the move up among those of the message and the file.
    pub(crate) fn finish(
        mut self,
        around: &Surroundings<'_>,
        mut known: impl FnMut(&Movement, Position) -> Known,
    ) -> Outcome {
        let kind = match around.kind {
            Ok(kind) => kind,
            Err(why) => return Outcome::refused(why.to_vec()),
        };
        let container = match self.container() {
            Ok(container) if self.refusals.is_empty() => container,
            other => {
                // A number that was cut is not wrong, only cut.
                let number = other.err().filter(|_| self.refusals.is_empty());
                return Outcome::refused(self.refusals.into_iter().chain(number).collect());
            }
        };
        let movement = self.movement(kind, container, around);
        match known(&movement, self.at) {
            Known::New => {}
            Known::Doubt(doubt) => self.facts.doubts.push(doubt),
            Known::Refuse(why) => return Outcome::refused(vec![why]),
        }
        let header = around.header.doubts.iter().take(HEADER_DOUBTS_MAX).cloned();
        let mut doubts: Vec<Reason> = header.chain(self.facts.doubts).collect();
        doubts.sort_by_key(|d| (d.at, d.code));
        Outcome::read(movement, doubts)
    }

    fn movement(&mut self, kind: Kind, container: String, around: &Surroundings<'_>) -> Movement {
        let time = self.time(kind, around.header);
        let place = self.place(kind, around.header);
        self.doubt_ship(kind, around.header);
        self.doubt_truck(kind);
        let (size_type, fullness) = (self.size_type(), self.fullness());
        let facts = &self.facts;
        let header = around.header;
        let port =
            |q: &str| facts.place_of(q).or_else(|| header.place_of(q)).map(|(p, _)| p.clone());
        Movement {
            kind,
            at: self.at,
            message: around.reference.to_owned(),
            container,
            container_as_read: self.number.clone(),
            size_type,
            size_type_as_read: self.size_type.clone(),
            fullness,
            status: self.status.clone(),
            seals: facts.seals.clone(),
            gross_kg: facts.gross_kg.map(|(kg, _)| kg),
            gross_basis: facts.gross_kg.map(|(_, basis)| basis),
            vgm_kg: facts.vgm_kg,
            tare_kg: facts.tare_kg,
            references: facts.references.iter().chain(&header.references).cloned().collect(),
            time,
            place,
            port_of_loading: port("9"),
            port_of_discharge: port("11"),
            stowage: facts.stowage.clone(),
            ship: facts.ship.as_ref().or(header.ship.as_ref()).map(|(ship, _)| ship.clone()),
            inland: facts.inland.as_ref().or(header.inland.as_ref()).map(|(t, _)| t.clone()),
            damages: facts.damages.clone(),
            dangerous: facts.dangerous.clone(),
            attached: facts.attached.clone(),
            carrier: facts.carrier_code().or_else(|| header.carrier_code()).map(str::to_owned),
        }
    }

    fn size_type(&mut self) -> Option<String> {
        let (read, doubt) = size_type(&self.size_type);
        if let Some(code) = doubt {
            let expected = read.clone().unwrap_or_default();
            self.facts.doubt(code, self.at, &self.size_type, &expected);
        }
        read
    }

    fn fullness(&mut self) -> Option<Fullness> {
        match &*self.fullness {
            "4" => Some(Fullness::Empty),
            "5" => Some(Fullness::Full),
            "7" => Some(Fullness::Lcl),
            "8" => Some(Fullness::Fcl),
            other => {
                self.facts.doubt(Code::FullnessUnknown, self.at, other, "4, 5, 7, 8");
                None
            }
        }
    }

    /// The time of the move: the qualifier of its kind, the other kind's, then whatever else the
    /// sender gave, which is doubted.
    fn time(&mut self, kind: Kind, header: &Facts) -> Option<Moment> {
        let (first, second) = if kind.is_gate() { ("7", "203") } else { ("203", "7") };
        let own = |q: &str| self.facts.times.iter().find(|t| t.qualifier == q).cloned();
        let head = |q: &str| header.times.iter().find(|t| t.qualifier == q).cloned();
        let direct = [own(first), own(second), head(first), head(second)];
        let other = [own("181"), own("137"), head("181")];
        let candidates: Vec<Said> = direct.into_iter().chain(other).flatten().collect();
        let usual = format!("{first}, {second}");
        let Some(said) = candidates.iter().find(|t| t.moment.is_some()).or(candidates.first())
        else {
            self.facts.doubt(Code::TimeMissing, self.at, "", &usual);
            return None;
        };
        if said.qualifier != first && said.qualifier != second {
            let found = format!("DTM+{}", said.qualifier);
            self.facts.doubt(Code::TimeOtherQualifier, self.at, &found, &format!("DTM+{first}"));
        }
        self.facts.doubts.extend(said.doubt.clone());
        said.moment.clone()
    }

    /// Where it happened: the place of activity, else the port that the header names for the ship.
    fn place(&mut self, kind: Kind, header: &Facts) -> Option<Place> {
        let here = self.facts.place_of("165").or_else(|| header.place_of("165"));
        let port = match kind {
            Kind::GateIn | Kind::GateOut => None,
            Kind::Load => header.place_of("9").or_else(|| self.facts.place_of("9")),
            Kind::Discharge => header.place_of("11").or_else(|| self.facts.place_of("11")),
        };
        let (place, at) = here.or(port).map(|(place, at)| (place.clone(), at))?;
        self.facts.doubt_place(&place, at);
        Some(place)
    }

    fn doubt_ship(&mut self, kind: Kind, header: &Facts) {
        if kind.is_gate() {
            return;
        }
        let Some((ship, at)) = self.facts.ship.clone().or_else(|| header.ship.clone()) else {
            self.facts.doubt(Code::VesselMissing, self.at, "", "");
            return;
        };
        if ship.id.is_empty() {
            self.facts.doubt(Code::VesselIdMissing, at, &ship.name, "");
        }
        if ship.voyage.is_empty() {
            self.facts.doubt(Code::VoyageMissing, at, "", "");
        }
    }

    /// A truck that came without its plate; trains and barges have none.
    fn doubt_truck(&mut self, kind: Kind) {
        let Some((truck, at)) = self.facts.inland.clone().filter(|_| kind.is_gate()) else {
            return;
        };
        if truck.id.is_empty() && matches!(&*truck.mode, "" | "3") {
            self.facts.doubt(Code::TruckPlateMissing, at, &truck.carrier, "");
        }
    }
}

/// What is known of a move from earlier in the file.
pub(crate) enum Known {
    /// Nothing.
    New,
    /// Something that makes it doubtful.
    Doubt(Reason),
    /// It was said before.
    Refuse(Reason),
}

/// What a number should look like; for ten characters, with the digit that they call for.
fn expected_form(number: &str) -> String {
    let form = "AAAU9999999";
    let zero = ContainerNumber::parse("container", &format!("{number}0"));
    match zero {
        Ok(_) => format!("{form}, {number}0"),
        Err(no) if ContainerNumber::legacy("container", &format!("{number}0")).is_ok() => {
            format!("{form}, {number}{}", only_digits(&no.expected))
        }
        Err(_) => form.to_owned(),
    }
}
