//! Collects what the segments of a message header, or of one container's group, say.

use countersign_contracts::identifiers::{Imo, Locode};
use edifact_rs::Segment;

use super::{
    edifact::{Encoding, Read},
    limits::{
        GROSS_KG_PLAUSIBLE_MAX, QUOTE_CHARS_MAX, REASONS_LISTED_MAX, VALUE_CHARS_MAX,
        VALUES_LISTED_MAX,
    },
    movement::{Damage, Place, Reference, SealRead, Transport, WeightBasis},
    reason::{Code, Position, Reason},
    time::{Moment, moment},
    values::{Weight, says_no_seal, seal_number, stowage, weight},
};

/// A time with its qualifier (2005).
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) qualifier: String,
    /// The moment, or nothing where it could not be read.
    pub(crate) moment: Option<Moment>,
    /// What is doubtful, to be reported only if this is the time that is used.
    pub(crate) doubt: Option<Reason>,
}

/// What was said so far. Where a thing is said twice, the first holds: what follows belongs to a
/// nested transport.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) references: Vec<Reference>,
    pub(crate) times: Vec<Said>,
    pub(crate) places: Vec<(String, Place, Position)>,
    pub(crate) ship: Option<(Transport, Position)>,
    pub(crate) inland: Option<(Transport, Position)>,
    pub(crate) carriers: Vec<(String, String)>,
    pub(crate) seals: Vec<SealRead>,
    pub(crate) gross_kg: Option<(u32, WeightBasis)>,
    pub(crate) vgm_kg: Option<u32>,
    pub(crate) tare_kg: Option<u32>,
    pub(crate) stowage: Option<String>,
    pub(crate) damages: Vec<Damage>,
    pub(crate) dangerous: Vec<String>,
    pub(crate) attached: Vec<String>,
    pub(crate) doubts: Vec<Reason>,
}

/// Component `c` of element `n`, without the blanks around it; empty where there is none.
pub(crate) fn part<'s>(segment: &'s Segment<'_>, n: usize, c: usize) -> &'s str {
    segment.get_element(n).and_then(|e| e.get_component(c)).unwrap_or("").trim()
}

impl Facts {
    /// Takes a segment. `false`: its tag says nothing that this importer uses.
    pub(crate) fn take(&mut self, read: &Read, segment: &Segment<'_>, offset_minutes: i16) -> bool {
        if self.listed(&read.tag) >= VALUES_LISTED_MAX {
            self.doubt(Code::TooManyValues, read.at, &read.tag, &VALUES_LISTED_MAX.to_string());
            return true;
        }
        match &*read.tag {
            "RFF" => self.reference(segment),
            "DTM" => self.time(segment, read.at, offset_minutes),
            "LOC" => self.place(segment, read.at),
            "TDT" => self.transport(segment, read.at),
            "NAD" => self.carrier(segment),
            "SEL" => self.seal(segment, read.at),
            "MEA" => self.weight(segment, read.at),
            "DAM" => self.damage(segment),
            "DGS" => self.danger(segment),
            "EQA" => self.attach(segment),
            _ => return false,
        }
        self.note_text(read, segment);
        true
    }

    /// How many values are kept of the segments with this tag.
    fn listed(&self, tag: &str) -> usize {
        match tag {
            "RFF" => self.references.len(),
            "DTM" => self.times.len(),
            "LOC" => self.places.len(),
            "NAD" => self.carriers.len(),
            "SEL" => self.seals.len(),
            "DAM" => self.damages.len(),
            "DGS" => self.dangerous.len(),
            "EQA" => self.attached.len(),
            _ => 0,
        }
    }

    /// Doubts text that was decoded by a guess, and values longer than any that is real.
    pub(crate) fn note_text(&mut self, read: &Read, segment: &Segment<'_>) {
        let parts = || segment.elements.iter().flat_map(|e| e.components());
        if let Encoding::Guessed(name) = read.encoding {
            let found = parts().find(|p| !p.is_ascii()).unwrap_or_default();
            self.doubt(Code::TextEncoding, read.at, found, name);
        }
        if let Some(long) = parts().find(|p| p.chars().nth(VALUE_CHARS_MAX).is_some()) {
            self.doubt(Code::ValueTooLong, read.at, long, &VALUE_CHARS_MAX.to_string());
        }
    }

    /// Adds a doubt; beyond a bound they are dropped, since one is enough to doubt the container.
    pub(crate) fn doubt(&mut self, code: Code, at: Position, found: &str, expected: &str) {
        if self.doubts.len() < REASONS_LISTED_MAX {
            self.doubts.push(Reason::new(code, at, found, expected));
        }
    }

    fn reference(&mut self, segment: &Segment<'_>) {
        let (qualifier, number) = (part(segment, 0, 0), part(segment, 0, 1));
        if !number.is_empty() {
            let reference = Reference { qualifier: cut(qualifier), number: cut(number) };
            self.references.push(reference);
        }
    }

    fn time(&mut self, segment: &Segment<'_>, at: Position, offset_minutes: i16) {
        let (value, format) = (part(segment, 0, 1), part(segment, 0, 2));
        let read = moment(value, format, offset_minutes);
        let doubt = match &read {
            None => Some((Code::TimeUnreadable, "203: CCYYMMDDHHMM".to_owned())),
            Some((moment, doubt)) => doubt.map(|code| (code, shown(moment))),
        };
        self.times.push(Said {
            qualifier: part(segment, 0, 0).to_owned(),
            moment: read.map(|(moment, _)| moment),
            doubt: doubt.map(|(code, expected)| Reason::new(code, at, value, &expected)),
        });
    }

    fn place(&mut self, segment: &Segment<'_>, at: Position) {
        let (qualifier, code) = (part(segment, 0, 0), part(segment, 1, 0));
        if qualifier == "147" {
            self.stow(code, at);
        } else if !code.is_empty() && self.place_of(qualifier).is_none() {
            let place = Place { code: cut(code), terminal: cut(part(segment, 2, 0)) };
            self.places.push((qualifier.to_owned(), place, at));
        }
    }

    /// The place with this qualifier, and where it stands.
    pub(crate) fn place_of(&self, qualifier: &str) -> Option<(&Place, Position)> {
        self.places.iter().find(|(q, ..)| q == qualifier).map(|(_, place, at)| (place, *at))
    }

    fn stow(&mut self, cell: &str, at: Position) {
        if self.stowage.is_some() {
            return;
        }
        self.stowage = stowage(cell);
        if self.stowage.is_none() {
            self.doubt(Code::StowageUnreadable, at, cell, "BBBRRTT");
        }
    }

    fn transport(&mut self, segment: &Segment<'_>, at: Position) {
        let text = |n, c| cut(part(segment, n, c));
        let transport = Transport {
            voyage: text(1, 0),
            mode: text(2, 0),
            carrier: text(4, 0),
            id: text(7, 0),
            imo: None,
            name: text(7, 3),
        };
        match part(segment, 0, 0) {
            "20" if self.ship.is_none() => self.ship = Some((self.ship_id(transport, at), at)),
            "1" if self.inland.is_none() => self.inland = Some((transport, at)),
            _ => {}
        }
    }

    /// Recognises a ship's id by its form; the code list beside it is often the wrong one.
    fn ship_id(&mut self, mut ship: Transport, at: Position) -> Transport {
        let upper = ship.id.to_ascii_uppercase();
        let digits = upper.strip_prefix("IMO").unwrap_or(&upper).trim();
        if digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit()) {
            match Imo::parse("imo", digits) {
                Ok(imo) => ship.imo = Some(imo.as_str().to_owned()),
                Err(no) => self.doubt(Code::ImoCheckDigit, at, digits, &only_digits(&no.expected)),
            }
        } else if !ship.id.is_empty() && !is_call_sign(&upper) {
            self.doubt(Code::VesselIdForm, at, &ship.id, "");
        }
        ship
    }

    fn carrier(&mut self, segment: &Segment<'_>) {
        let (qualifier, code) = (part(segment, 0, 0), part(segment, 1, 0));
        if matches!(qualifier, "CA" | "CF") && !code.is_empty() {
            self.carriers.push((qualifier.to_owned(), cut(code)));
        }
    }

    /// The carrier: CA before CF.
    pub(crate) fn carrier_code(&self) -> Option<&str> {
        let find = |q: &str| self.carriers.iter().find(|(qualifier, _)| qualifier == q);
        find("CA").or_else(|| find("CF")).map(|(_, code)| &**code)
    }

    fn seal(&mut self, segment: &Segment<'_>, at: Position) {
        let (as_read, issuer) = (part(segment, 0, 0), part(segment, 1, 0));
        if says_no_seal(as_read) {
            return;
        }
        let number = seal_number(as_read).map(|n| cut(&n));
        if number.is_none() {
            self.doubt(Code::SealWithoutNumber, at, as_read, "");
        }
        if !matches!(issuer, "" | "CA" | "SH" | "CU") {
            self.doubt(Code::SealIssuerUnknown, at, issuer, "CA, SH, CU");
        }
        self.seals.push(SealRead { number, as_read: cut(as_read), issuer: cut(issuer) });
    }

    fn weight(&mut self, segment: &Segment<'_>, at: Position) {
        let (purpose, dimension) = (part(segment, 0, 0), part(segment, 1, 0));
        let (unit, value) = (part(segment, 2, 0), part(segment, 2, 1));
        let dimension = if purpose == "VGM" { "VGM" } else { dimension };
        let weighs = matches!(purpose, "AAE" | "WT" | "VGM" | "AAI");
        if !weighs || !matches!(dimension, "" | "G" | "VGM" | "EGW" | "AET" | "T") {
            return;
        }
        let Some(kg) = self.kilograms(unit, value, at) else { return };
        match dimension {
            "T" => self.tare_kg = self.tare_kg.or(Some(kg)),
            "VGM" => self.vgm_kg = self.vgm_kg.or(Some(kg)),
            "EGW" | "AET" => self.gross(kg, WeightBasis::Estimated, at),
            // A measurement without a dimension is a weight only under WT.
            "" if purpose != "WT" => {}
            _ => self.gross(kg, WeightBasis::Declared, at),
        }
    }

    fn kilograms(&mut self, unit: &str, value: &str, at: Position) -> Option<u32> {
        match weight(unit, value) {
            Weight::Unreadable => self.doubt(Code::WeightUnreadable, at, value, ""),
            Weight::Unit => self.doubt(Code::WeightUnit, at, unit, "KGM, TNE, LBR"),
            // Zero is how senders write "not known".
            Weight::Kg(0) => {}
            Weight::Kg(kg) if kg > GROSS_KG_PLAUSIBLE_MAX => {
                let max = GROSS_KG_PLAUSIBLE_MAX;
                self.doubt(Code::WeightImplausible, at, &kg.to_string(), &format!("1 – {max} kg"));
            }
            Weight::Kg(kg) => return u32::try_from(kg).ok(),
        }
        None
    }

    /// A declared weight stands above an estimated one; two that differ are doubted.
    fn gross(&mut self, kg: u32, basis: WeightBasis, at: Position) {
        match self.gross_kg {
            Some((first, same)) if same == basis && first != kg => {
                self.doubt(Code::WeightsDiffer, at, &first.to_string(), &kg.to_string());
            }
            Some((_, WeightBasis::Declared)) => {}
            _ => self.gross_kg = Some((kg, basis)),
        }
    }

    fn damage(&mut self, segment: &Segment<'_>) {
        let text = |n| cut(part(segment, n, 0));
        self.damages.push(Damage { kind: text(1), area: text(2), severity: text(3) });
    }

    fn danger(&mut self, segment: &Segment<'_>) {
        // The UN number is the third element (C234); some senders leave the class out before it.
        let number = part(segment, 2, 0);
        if !number.is_empty() {
            self.dangerous.push(cut(number));
        }
    }

    fn attach(&mut self, segment: &Segment<'_>) {
        self.attached.push(cut(&format!("{} {}", part(segment, 0, 0), part(segment, 1, 0))));
    }

    /// Doubts a place that the movement uses and that is no UN/LOCODE.
    pub(crate) fn doubt_place(&mut self, place: &Place, at: Position) {
        if Locode::parse("place", &place.code).is_err() {
            self.doubt(Code::PlaceNotLocode, at, &place.code, "");
        }
    }
}

/// A value as long as a movement may keep it.
pub(crate) fn cut(text: &str) -> String {
    text.chars().take(VALUE_CHARS_MAX).collect()
}

/// A moment in UTC for a report.
pub(crate) fn shown(moment: &Moment) -> String {
    let stamp = i64::try_from(moment.utc_ms).map(jiff::Timestamp::from_millisecond);
    stamp.ok().and_then(Result::ok).map(|s| s.to_string()).unwrap_or_default()
}

/// The digits that a refusal's expectation names.
pub(crate) fn only_digits(expected: &str) -> String {
    expected.chars().filter(char::is_ascii_digit).take(QUOTE_CHARS_MAX).collect()
}

/// A call sign: three to seven letters and digits. River barges have filed numbers of up to 13.
fn is_call_sign(id: &str) -> bool {
    (3..=13).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric())
}
