//! One message while it is being read: header, groups, trailer.

use std::collections::{BTreeMap, BTreeSet};

use edifact_rs::Segment;

use super::{
    edifact::{Ending, Read},
    facts::{Facts, cut, part, shown},
    group::{Group, Known, Surroundings},
    limits::REASONS_LISTED_MAX,
    movement::{Kind, Movement},
    reason::{Code, Position, Reason},
    report::{ContainerReport, MessageReport, Verdict},
};

/// Moves seen so far in the file, with their times.
pub(crate) type Moves = BTreeMap<(Kind, String), Option<u64>>;

/// Reasons, of which only the first are kept and the rest counted.
#[derive(Debug, Default)]
pub(crate) struct Reasons {
    listed: Vec<Reason>,
    more: usize,
}

impl Reasons {
    pub(crate) fn push(&mut self, reason: Reason) {
        if self.listed.len() < REASONS_LISTED_MAX {
            self.listed.push(reason);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn note(&mut self, code: Code, at: Position, found: &str, expected: &str) {
        self.push(Reason::new(code, at, found, expected));
    }

    pub(crate) fn into_list(mut self) -> Vec<Reason> {
        if let Some(last) = self.listed.last().filter(|_| self.more > 0) {
            let more = Reason::new(Code::MoreReasons, last.at, &self.more.to_string(), "");
            self.listed.push(more);
        }
        self.listed
    }
}

/// A message that is being read.
pub(crate) struct Message {
    report: MessageReport,
    /// Whether it began with a UNH.
    explicit: bool,
    has_bgm: bool,
    header: Facts,
    group: Option<Group>,
    refusals: Vec<Reason>,
    notes: Reasons,
    seen: BTreeSet<String>,
    /// Whether a CNT closed the last group.
    counted: bool,
    offset_minutes: i16,
}

impl Message {
    /// Opens a message with its UNH, or with the first segment of one that has none.
    pub(crate) fn open(read: &Read, offset_minutes: i16) -> Self {
        let mut message = Self {
            report: MessageReport {
                at: read.at,
                reference: String::new(),
                message_type: String::new(),
                version: String::new(),
                guide: String::new(),
                code: String::new(),
                kind: None,
                document: String::new(),
                function: String::new(),
                segments: 0,
                verdict: Verdict::Taken,
                reasons: Vec::new(),
                not_used: BTreeMap::new(),
                containers: Vec::new(),
            },
            explicit: read.tag == "UNH",
            has_bgm: false,
            header: Facts::default(),
            group: None,
            refusals: Vec::new(),
            notes: Reasons::default(),
            seen: BTreeSet::new(),
            counted: false,
            offset_minutes,
        };
        if !message.explicit {
            message.notes.note(Code::UnhMissing, read.at, "", "");
        }
        message
    }

    /// Its reference.
    pub(crate) fn reference(&self) -> &str {
        &self.report.reference
    }

    /// Whether a BGM stands in it already.
    pub(crate) fn has_bgm(&self) -> bool {
        self.has_bgm
    }

    /// Refuses the message as a whole.
    pub(crate) fn refuse(&mut self, code: Code, found: &str, expected: &str) {
        self.refusals.push(Reason::new(code, self.report.at, found, expected));
    }

    /// Doubts the message.
    pub(crate) fn note(&mut self, code: Code, at: Position, found: &str, expected: &str) {
        self.notes.note(code, at, found, expected);
    }

    /// Takes any segment but the trailer.
    pub(crate) fn take(&mut self, read: &Read, moves: &mut Moves) {
        self.report.segments += 1;
        match &*read.tag {
            "UNH" => self.take_unh(read),
            "BGM" => self.take_bgm(read),
            "EQD" => {
                self.close_group(moves);
                self.counted = false;
                self.group = Some(Group::open(read));
            }
            "CNT" => self.take_cnt(read, moves),
            _ => self.take_other(read),
        }
    }

    fn take_other(&mut self, read: &Read) {
        if read.segment.as_ref().is_ok_and(swallows_container) {
            self.note(Code::Swallowed, read.at, &read.tag, "");
        }
        let offset = self.offset_minutes;
        let used = match (&mut self.group, &read.segment) {
            (Some(group), _) => group.take(read, offset),
            (None, Ok(segment)) => {
                let used = self.header.take(read, segment, offset);
                self.note_ending(read);
                used
            }
            (None, Err(why)) => {
                self.notes.push(why.clone());
                self.note_ending(read);
                true
            }
        };
        if !used {
            *self.report.not_used.entry(read.tag.clone()).or_default() += 1;
        }
    }

    /// A segment outside any group that did not end as it should.
    fn note_ending(&mut self, read: &Read) {
        match read.ending {
            Ending::Terminated => {}
            Ending::LineBreak => self.note(Code::Unterminated, read.at, &read.tag, ""),
            Ending::FileEnd => self.note(Code::CutShort, read.at, &read.tag, ""),
        }
    }

    fn take_unh(&mut self, read: &Read) {
        self.note_ending(read);
        let Ok(unh) = &read.segment else { return self.unreadable(read) };
        let text = |n, c| cut(part(unh, n, c));
        self.report.reference = text(0, 0);
        self.report.message_type = text(1, 0);
        self.report.version = format!("{}:{}", part(unh, 1, 1), part(unh, 1, 2));
        self.report.guide = text(1, 4);
        let found = format!("{} {}", self.report.message_type, self.report.version);
        if !matches!(&*self.report.message_type, "CODECO" | "COARRI") {
            self.refuse(Code::MessageType, &found, "CODECO, COARRI");
        } else if !matches!(&*self.report.version, "D:95B" | "D:00B") {
            self.note(Code::MessageVersion, read.at, &found, "D:95B");
        }
    }

    fn unreadable(&mut self, read: &Read) {
        if let Err(why) = &read.segment {
            self.notes.push(why.clone());
        }
    }

    fn take_bgm(&mut self, read: &Read) {
        self.has_bgm = true;
        self.note_ending(read);
        let Ok(bgm) = &read.segment else { return self.unreadable(read) };
        self.report.code = cut(part(bgm, 0, 0));
        self.report.document = cut(part(bgm, 1, 0));
        self.report.function = cut(part(bgm, 2, 0));
        if !self.refusals.is_empty() {
            return;
        }
        self.decide_kind(bgm, read.at);
        self.judge_function(read.at);
    }

    fn decide_kind(&mut self, bgm: &Segment<'_>, at: Position) {
        let code = part(bgm, 0, 0);
        let Some(kind) = Kind::of(code) else {
            self.refusals.push(Reason::new(Code::MessageKind, at, code, Kind::CODES));
            return;
        };
        self.report.kind = Some(kind);
        let said = self.report.message_type.clone();
        if self.explicit && !said.is_empty() && said != kind.message_type() {
            self.refusals.push(Reason::new(Code::KindContradictsType, at, code, &said));
        }
    }

    /// The function code (1225). A cancellation makes no entry: what it cancels is signed.
    fn judge_function(&mut self, at: Position) {
        let function = self.report.function.clone();
        let code = match &*function {
            // Original, addition, confirmation, final: they report a move as such.
            "" | "9" | "2" | "6" | "22" => return,
            "1" | "3" => {
                self.refusals.push(Reason::new(Code::Cancellation, at, &function, ""));
                return;
            }
            "4" | "5" | "20" | "36" => Code::Replacement,
            "7" | "31" | "35" | "43" => Code::Copy,
            _ => Code::FunctionUnknown,
        };
        self.note(code, at, &function, "");
    }

    fn take_cnt(&mut self, read: &Read, moves: &mut Moves) {
        self.counted = true;
        self.close_group(moves);
        self.note_ending(read);
        let Ok(cnt) = &read.segment else { return self.unreadable(read) };
        if part(cnt, 0, 0) != "16" {
            return;
        }
        let (said, seen) = (part(cnt, 0, 1), self.report.containers.len());
        if said.parse() != Ok(seen) {
            self.note(Code::EquipmentCount, read.at, said, &seen.to_string());
        }
    }

    /// Takes the trailer and checks its count and reference.
    pub(crate) fn take_unt(&mut self, read: &Read) {
        self.report.segments += 1;
        self.note_ending(read);
        let Ok(unt) = &read.segment else { return self.unreadable(read) };
        if !self.explicit {
            // Its header is missing and said to be: the trailer cannot fit.
            return;
        }
        let (count, reference) = (part(unt, 0, 0), part(unt, 1, 0));
        if count.parse() != Ok(self.report.segments) {
            let read_count = self.report.segments.to_string();
            self.note(Code::UntCount, read.at, count, &read_count);
        }
        if reference != self.report.reference {
            let unh = self.report.reference.clone();
            self.note(Code::UntReference, read.at, reference, &unh);
        }
    }

    fn close_group(&mut self, moves: &mut Moves) {
        let Some(group) = self.group.take() else { return };
        if !self.has_bgm && self.refusals.is_empty() {
            self.refuse(Code::BgmMissing, "", "");
        }
        // Without a kind there is always a refusal: no BGM, or one that could not be read.
        let kind = match self.report.kind {
            Some(kind) if self.refusals.is_empty() => Ok(kind),
            _ => {
                if self.refusals.is_empty() {
                    self.refuse(Code::BgmMissing, "", "");
                }
                Err(&*self.refusals)
            }
        };
        let around = Surroundings { kind, reference: &self.report.reference, header: &self.header };
        let (at, number) = (group.at, group.number_as_read().to_owned());
        let seen = &mut self.seen;
        let outcome = group.finish(&around, |movement, at| known(movement, at, seen, moves));
        self.report.containers.push(ContainerReport { at, number, outcome });
    }

    /// Closes the message. `trailer`: whether its UNT was read.
    pub(crate) fn close(
        mut self,
        trailer: bool,
        end: Position,
        moves: &mut Moves,
    ) -> MessageReport {
        if !trailer {
            self.note(Code::UntMissing, end, "", "");
            if let Some(group) = self.group.as_mut().filter(|_| !self.counted) {
                group.left_open();
            }
        }
        self.close_group(moves);
        if !self.has_bgm && self.refusals.is_empty() {
            self.refuse(Code::BgmMissing, "", "");
        }
        if self.report.containers.is_empty() && self.refusals.is_empty() {
            self.note(Code::NoContainer, self.report.at, "", "");
        }
        let notes = self.notes.into_list();
        self.report.verdict = match (self.refusals.is_empty(), notes.is_empty()) {
            (false, _) => Verdict::Refused,
            (true, false) => Verdict::Doubted,
            (true, true) => Verdict::Taken,
        };
        self.report.reasons = self.refusals.into_iter().chain(notes).collect();
        self.report
    }
}

/// Whether an EQD stands inside another segment, because the terminator before it was released by
/// a stray `?` or lost: a container would be dropped in silence.
fn swallows_container(segment: &Segment<'_>) -> bool {
    segment.elements.windows(2).any(|pair| {
        let last = pair[0].components().last().unwrap_or_default();
        last.ends_with("EQD") && pair[1].components().next() == Some("CN")
    })
}

/// Whether the same container stands in the message already, or the same move in the file.
fn known(
    movement: &Movement,
    at: Position,
    seen: &mut BTreeSet<String>,
    moves: &mut Moves,
) -> Known {
    let reason = |code| Reason::new(code, at, &movement.container, "");
    if !seen.insert(movement.container.clone()) {
        return Known::Refuse(reason(Code::DuplicateInMessage));
    }
    let time = movement.time.as_ref().map(|t| t.utc_ms);
    match moves.insert((movement.kind, movement.container.clone()), time) {
        None => Known::New,
        Some(before) if before == time => Known::Refuse(reason(Code::DuplicateInFile)),
        Some(_) => {
            let when = movement.time.as_ref().map(shown).unwrap_or_default();
            Known::Doubt(Reason::new(Code::RepeatedInFile, at, &movement.container, &when))
        }
    }
}
