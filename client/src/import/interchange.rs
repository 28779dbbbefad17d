//! One file: interchanges and messages are opened and closed, and everything is counted.

use std::collections::BTreeSet;

use countersign_record::Digest;

use super::{
    edifact::{Ending, Read, Reader},
    facts::{cut, part},
    limits::{CONTAINERS_MAX, FILE_BYTES_MAX, MESSAGES_MAX, SEGMENTS_MAX},
    message::{Message, Moves, Reasons},
    reason::{Code, Position, Reason},
    report::{FileFacts, InterchangeReport, Report},
};

/// What the importer must be told about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// EDIFACT times have no zone: the sender's distance from UTC, minutes. China: 480.
    pub utc_offset_minutes: i16,
}

impl Default for Options {
    fn default() -> Self {
        Self { utc_offset_minutes: 480 }
    }
}

/// Reads a file. `name` is only repeated in the report.
pub fn import(name: &str, bytes: &[u8], options: &Options) -> Report {
    let mut file = FileFacts {
        name: name.to_owned(),
        bytes: bytes.len(),
        sha256: Digest::of(bytes),
        segments: 0,
    };
    let start = Position { line: 1, segment: 0, offset: 0 };
    if bytes.len() > FILE_BYTES_MAX {
        let (found, max) = (bytes.len().to_string(), FILE_BYTES_MAX.to_string());
        let why = Reason::new(Code::FileTooLarge, start, &found, &max);
        return Report::new(file, Some(why), Vec::new());
    }
    let mut importer = Importer::new(options, start);
    for read in Reader::new(bytes) {
        importer.take(&read);
        if importer.refused.is_some() {
            break;
        }
    }
    importer.close_interchange(false);
    file.segments = importer.last.segment;
    if importer.refused.is_none() && importer.messages == 0 {
        importer.refused = Some(Reason::new(Code::NoEdifact, start, "", ""));
    }
    Report::new(file, importer.refused, importer.done)
}

/// An interchange that is being read.
struct Open {
    report: InterchangeReport,
    has_unb: bool,
    /// Functional groups (UNG), which UNZ counts instead of messages where there are any.
    groups: usize,
    references: BTreeSet<String>,
    is_test: bool,
    notes: Reasons,
}

struct Importer<'o> {
    options: &'o Options,
    done: Vec<InterchangeReport>,
    open: Option<Open>,
    message: Option<Message>,
    moves: Moves,
    messages: u32,
    containers: u32,
    last: Position,
    refused: Option<Reason>,
}

impl<'o> Importer<'o> {
    fn new(options: &'o Options, start: Position) -> Self {
        Self {
            options,
            done: Vec::new(),
            open: None,
            message: None,
            moves: Moves::new(),
            messages: 0,
            containers: 0,
            last: start,
            refused: None,
        }
    }

    fn take(&mut self, read: &Read) {
        self.last = read.at;
        self.refuse_above(Code::TooManySegments, read.at.segment, SEGMENTS_MAX);
        match &*read.tag {
            "UNB" => {
                self.close_interchange(false);
                self.open = Some(open_interchange(Some(read)));
            }
            "UNZ" => self.take_unz(read),
            "UNG" => {
                self.close_message(false);
                self.interchange().groups += 1;
            }
            "UNE" => self.close_message(false),
            "UNH" => {
                self.open_message(read);
                self.name_message(read);
            }
            "UNT" => self.take_unt(read),
            _ => self.take_content(read),
        }
    }

    /// Anything that belongs inside a message.
    fn take_content(&mut self, read: &Read) {
        // A second BGM means that a trailer and a header were lost: the kind may have changed.
        let another = read.tag == "BGM" && self.message.as_ref().is_some_and(Message::has_bgm);
        if another || (self.message.is_none() && matches!(&*read.tag, "BGM" | "EQD")) {
            self.open_message(read);
            return;
        }
        match &mut self.message {
            Some(message) => {
                message.take(read, &mut self.moves);
                if read.tag == "EQD" {
                    self.count_container();
                }
            }
            None => self.take_stray(read),
        }
    }

    fn take_stray(&mut self, read: &Read) {
        let reason = match &read.segment {
            Err(why) => why.clone(),
            Ok(_) => Reason::new(Code::StraySegment, read.at, &read.tag, ""),
        };
        self.interchange().notes.push(reason);
    }

    fn count_container(&mut self) {
        self.containers += 1;
        self.refuse_above(Code::TooManyContainers, self.containers, CONTAINERS_MAX);
    }

    fn refuse_above(&mut self, code: Code, count: u32, max: u32) {
        if count > max && self.refused.is_none() {
            self.refused = Some(Reason::new(code, self.last, "", &max.to_string()));
        }
    }

    /// The interchange that is open; one without a header if there is none.
    fn interchange(&mut self) -> &mut Open {
        self.open.get_or_insert_with(|| {
            let mut open = open_interchange(None);
            open.notes.note(Code::UnbMissing, self.last, "", "");
            open
        })
    }

    fn open_message(&mut self, read: &Read) {
        self.close_message(false);
        self.messages += 1;
        self.refuse_above(Code::TooManyMessages, self.messages, MESSAGES_MAX);
        let is_test = self.interchange().is_test;
        let mut message = Message::open(read, self.options.utc_offset_minutes);
        if is_test {
            message.refuse(Code::TestInterchange, "", "");
        }
        message.take(read, &mut self.moves);
        self.message = Some(message);
        if read.tag == "EQD" {
            self.count_container();
        }
    }

    /// Doubts a message whose reference was used before.
    fn name_message(&mut self, read: &Read) {
        let Some(message) = &mut self.message else { return };
        let reference = message.reference().to_owned();
        let known =
            self.open.as_mut().is_some_and(|open| !open.references.insert(reference.clone()));
        if known {
            message.note(Code::DuplicateMessage, read.at, &reference, "");
        }
    }

    fn take_unt(&mut self, read: &Read) {
        match &mut self.message {
            Some(message) => {
                message.take_unt(read);
                self.close_message(true);
            }
            None => self.interchange().notes.note(Code::UntWithoutUnh, read.at, "", ""),
        }
    }

    fn close_message(&mut self, trailer: bool) {
        let Some(message) = self.message.take() else { return };
        let report = message.close(trailer, self.last, &mut self.moves);
        self.interchange().report.messages.push(report);
    }

    fn take_unz(&mut self, read: &Read) {
        self.close_message(false);
        let open = self.interchange();
        if !open.has_unb {
            open.notes.note(Code::UnzWithoutUnb, read.at, "", "");
        }
        if read.ending == Ending::FileEnd {
            open.notes.note(Code::CutShort, read.at, &read.tag, "");
        }
        match &read.segment {
            Err(why) => open.notes.push(why.clone()),
            Ok(unz) => open.check_trailer(part(unz, 0, 0), part(unz, 1, 0), read.at),
        }
        self.close_interchange(true);
    }

    fn close_interchange(&mut self, trailer: bool) {
        self.close_message(false);
        let Some(mut open) = self.open.take() else { return };
        if !trailer && open.has_unb {
            open.notes.note(Code::UnzMissing, self.last, "", "");
        }
        open.report.notes = open.notes.into_list();
        self.done.push(open.report);
    }
}

impl Open {
    fn check_trailer(&mut self, count: &str, reference: &str, at: Position) {
        let seen = if self.groups > 0 { self.groups } else { self.report.messages.len() };
        if count.parse() != Ok(seen) {
            self.notes.note(Code::UnzCount, at, count, &seen.to_string());
        }
        if self.has_unb && reference != self.report.reference {
            self.notes.note(Code::UnzReference, at, reference, &self.report.reference);
        }
    }
}

/// Reads a UNB, or makes an interchange without one.
fn open_interchange(read: Option<&Read>) -> Open {
    let unb = read.and_then(|r| r.segment.as_ref().ok());
    let text = |n, c| unb.map_or_else(String::new, |s| cut(part(s, n, c)));
    let mut notes = Reasons::default();
    if let Some(why) = read.and_then(|r| r.segment.as_ref().err()) {
        notes.push(why.clone());
    }
    if let Some(read) = read.filter(|r| r.ending != Ending::Terminated) {
        let code = if read.ending == Ending::FileEnd { Code::CutShort } else { Code::Unterminated };
        notes.note(code, read.at, &read.tag, "");
    }
    Open {
        report: InterchangeReport {
            reference: text(4, 0),
            sender: text(1, 0),
            recipient: text(2, 0),
            prepared: [text(3, 0), text(3, 1)].join(":").trim_matches(':').to_owned(),
            notes: Vec::new(),
            messages: Vec::new(),
        },
        has_unb: read.is_some(),
        groups: 0,
        references: BTreeSet::new(),
        is_test: text(10, 0) == "1",
        notes,
    }
}
