//! From bytes to segments, whatever state the file is in: half, cut, without header, mis-encoded.
//!
//! `edifact-rs` reads each segment: elements, components, repetitions, release characters, service
//! strings, repertoires. Its own scan ends at the first segment that is too long or without a
//! terminator, knows one service string a file and wants UTF-8; real files break all three, so
//! where a segment begins and ends is found here.

use edifact_rs::{Charset, Parser, Segment, ServiceStringAdvice, Tokenizer, sniff_charset};

use super::{
    limits::{SEGMENT_BYTES_MAX, SEGMENTS_MAX},
    reason::{Code, Position, Reason},
};

/// What came next in the file.
#[derive(Debug)]
pub(crate) struct Read {
    /// Where it begins.
    pub(crate) at: Position,
    /// Its tag, upper case; shorter than three letters where there is none.
    pub(crate) tag: String,
    /// The segment, or why there is none.
    pub(crate) segment: Result<Segment<'static>, Reason>,
    /// How it ended.
    pub(crate) ending: Ending,
    /// How its text was read.
    pub(crate) encoding: Encoding,
}

/// How a segment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// By its terminator.
    Terminated,
    /// By a line break, with the next segment on the next line.
    LineBreak,
    /// By the end of the file.
    FileEnd,
}

/// How text that is not ASCII was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, or what UNB declares.
    Declared,
    /// Guessed: the name of the guess.
    Guessed(&'static str),
}

/// Tags of which a line may begin a segment although the line before has no terminator. Other
/// letters may be the second half of a folded line.
const TAGS: &[&[u8; 3]] = &[
    b"UNA", b"UNB", b"UNG", b"UNH", b"BGM", b"UNT", b"UNE", b"UNZ", b"EQD", b"EQA", b"EQN", b"RFF",
    b"TMD", b"DTM", b"LOC", b"MEA", b"DIM", b"TMP", b"RNG", b"SEL", b"FTX", b"DGS", b"DAM", b"TDT",
    b"NAD", b"CNT", b"HAN", b"GID", b"GDS", b"CTA", b"COM", b"PIA",
];

/// Reads a file segment by segment; one segment is in memory at a time.
pub(crate) struct Reader<'a> {
    input: &'a [u8],
    pos: usize,
    line: u32,
    segments: u32,
    /// The service characters in force.
    advice: ServiceStringAdvice,
    /// Whether a UNA stated them, so that UNB leaves them alone.
    stated: bool,
    /// The repertoire that UNB declares, where it is a single-byte one.
    charset: Option<Charset>,
    /// The last place of the usual terminator: none after it means that lines are segments.
    last_quote: Option<usize>,
    /// The last line feed with anything but white space after it. Both places are looked for once:
    /// a file may be nothing but headers, and each of them asks.
    last_line_feed: Option<usize>,
    /// What is to be reported before the next segment.
    pending: Option<Read>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        let mut reader = Self {
            input,
            pos: if input.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 },
            line: 1,
            segments: 0,
            advice: ServiceStringAdvice::default(),
            stated: false,
            charset: None,
            last_quote: input.iter().rposition(|b| *b == b'\''),
            last_line_feed: input.trim_ascii_end().iter().rposition(|b| *b == b'\n'),
            pending: None,
        };
        reader.skip_between();
        if !reader.rest().starts_with(b"UNA") && !reader.rest().starts_with(b"UNB") {
            reader.without_terminators();
        }
        reader
    }

    fn rest(&self) -> &'a [u8] {
        &self.input[self.pos.min(self.input.len())..]
    }

    /// Moves on to a byte, counting lines.
    fn advance(&mut self, to: usize) {
        let to = to.min(self.input.len());
        for i in self.pos..to {
            let lone_return = self.input[i] == b'\r' && self.input.get(i + 1) != Some(&b'\n');
            if self.input[i] == b'\n' || lone_return {
                self.line = self.line.saturating_add(1);
            }
        }
        self.pos = self.pos.max(to);
    }

    /// Skips what may stand between segments: white space, stray terminators, and the bytes that
    /// old systems append to a file.
    fn skip_between(&mut self) {
        let term = self.advice.segment_term;
        let blank = |b: &u8| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0x1a) || *b == term;
        let count = self.rest().iter().take_while(|b| blank(b)).count();
        self.advance(self.pos + count);
    }

    fn here(&self) -> Position {
        Position { line: self.line, segment: self.segments, offset: self.pos }
    }

    /// Reports something that is no segment.
    fn report(&self, code: Code, found: &[u8], expected: &str) -> Read {
        let found = String::from_utf8_lossy(&found[..found.len().min(SEGMENT_BYTES_MAX)]);
        let at = self.here();
        Read {
            at,
            tag: tag_of(found.as_bytes()),
            segment: Err(Reason::new(code, at, &found, expected)),
            ending: Ending::Terminated,
            encoding: Encoding::Declared,
        }
    }

    /// Takes the nine bytes of a service string advice.
    fn take_una(&mut self) {
        let una = &self.rest()[..9];
        let found = ServiceStringAdvice::from_bytes_unchecked(una);
        if is_usable(&found) {
            self.advice = found;
            self.stated = true;
        } else {
            self.segments += 1;
            self.pending = Some(self.report(Code::UnaUnusable, &una[3..], ""));
            self.advice = ServiceStringAdvice::default();
            self.stated = false;
        }
        // Past the nine bytes by position: a line end among them is not an empty line.
        self.advance(self.pos + 9);
    }

    /// Takes from a UNB what it says about service characters and the repertoire.
    fn look_at_unb(&mut self) {
        if !std::mem::take(&mut self.stated) {
            self.advice = ServiceStringAdvice::from_bytes_unchecked(self.rest());
            if self.rest().get(3) == Some(&0x1d) {
                self.advice = level_b();
            }
            self.without_terminators();
        }
        self.charset = declared_charset(self.rest(), &self.advice);
    }

    /// Where the usual terminator never comes again, each line is a segment.
    fn without_terminators(&mut self) {
        let usual = self.advice.segment_term == b'\'';
        let to_come = |place: Option<usize>| place.is_some_and(|at| at >= self.pos);
        if usual && to_come(self.last_line_feed) && !to_come(self.last_quote) {
            self.pending = Some(self.report(Code::TerminatorAssumed, b"", ""));
            self.advice.segment_term = b'\n';
        }
    }

    /// Where the segment that begins here ends, and how.
    fn find_end(&self) -> (usize, Ending) {
        let (term, release) = (self.advice.segment_term, self.advice.release_char);
        let mut i = self.pos;
        while let Some(&b) = self.input.get(i) {
            if b == term {
                return (i, Ending::Terminated);
            }
            if b == release && release != b' ' {
                i += 2;
                continue;
            }
            if (b == b'\n' || b == b'\r') && self.begins_segment(i + 1) {
                return (i, Ending::LineBreak);
            }
            i += 1;
        }
        let last_line = matches!(term, b'\n' | b'\r');
        (self.input.len(), if last_line { Ending::Terminated } else { Ending::FileEnd })
    }

    /// Whether a segment begins at this byte, which stands after a line break.
    fn begins_segment(&self, at: usize) -> bool {
        let rest = self.input.get(at..).unwrap_or_default();
        let Some((tag, after)) = rest.split_first_chunk::<3>() else { return false };
        TAGS.contains(&tag) && (after.first() == Some(&self.advice.element_sep) || tag == b"UNA")
    }

    /// Reads the segment that begins here.
    fn take_segment(&mut self) -> Read {
        self.segments += 1;
        let at = self.here();
        let (end, ending) = self.find_end();
        let raw = &self.input[self.pos..end];
        let read = if raw.len() > SEGMENT_BYTES_MAX {
            let mut read = self.report(Code::SegmentTooLong, raw, "");
            let (found, max) = (raw.len().to_string(), SEGMENT_BYTES_MAX.to_string());
            read.segment = Err(Reason::new(Code::SegmentTooLong, at, &found, &max));
            read
        } else {
            self.parse(raw)
        };
        self.advance(end + usize::from(ending == Ending::Terminated));
        Read { ending, ..read }
    }

    /// Has the library read one segment.
    fn parse(&self, raw: &[u8]) -> Read {
        let mut advice = self.advice;
        if advice.release_char == b' ' {
            // "Not used": no byte of the text can be this one, it is taken out below.
            advice.release_char = 0;
        }
        let raw: Vec<u8> =
            raw.iter().copied().filter(|b| !matches!(b, b'\r' | b'\n' | 0)).collect();
        let (mut text, encoding) = decode(&raw, self.charset);
        text.push(char::from(advice.segment_term));
        let tokens = Tokenizer::for_segment(text.as_bytes(), advice, usize::MAX);
        match Parser::new(tokens).next() {
            Some(Ok(segment)) => Read {
                at: self.here(),
                tag: segment.tag.to_string(),
                segment: Ok(segment.into_owned()),
                ending: Ending::Terminated,
                encoding,
            },
            _ => self.report(Code::UnreadableSegment, &raw, ""),
        }
    }
}

impl Iterator for Reader<'_> {
    type Item = Read;

    fn next(&mut self) -> Option<Read> {
        loop {
            if let Some(read) = self.pending.take() {
                return Some(read);
            }
            self.skip_between();
            if self.rest().is_empty() || self.segments > SEGMENTS_MAX {
                return None;
            }
            if self.rest().starts_with(b"UNA") && self.rest().len() >= 9 {
                self.take_una();
                continue;
            }
            if self.rest().starts_with(b"UNB") {
                self.look_at_unb();
                if self.pending.is_some() {
                    // The same UNB comes again; it must not be looked at twice.
                    self.stated = true;
                    continue;
                }
            }
            return Some(self.take_segment());
        }
    }
}

/// Whether these service characters can be told apart. More lenient than the library: some
/// senders end segments by a line feed, and some use no release character.
fn is_usable(advice: &ServiceStringAdvice) -> bool {
    let mut active = vec![advice.component_sep, advice.element_sep];
    active.extend(Some(advice.release_char).filter(|b| *b != b' '));
    active.extend(Some(advice.repetition_sep).filter(|b| *b != b' '));
    let mark = |b: &u8| b.is_ascii_punctuation() || matches!(b, 0x1c..=0x1f);
    let term = advice.segment_term;
    let distinct = |i: usize| !active[i + 1..].contains(&active[i]) && active[i] != term;
    active.iter().all(mark)
        && (mark(&term) || matches!(term, b'\n' | b'\r'))
        && (0..active.len()).all(distinct)
}

/// The separators of the level B repertoire, which are control characters.
fn level_b() -> ServiceStringAdvice {
    ServiceStringAdvice {
        component_sep: 0x1f,
        element_sep: 0x1d,
        segment_term: 0x1c,
        release_char: b' ',
        ..ServiceStringAdvice::default()
    }
}

/// The single-byte repertoire that the UNB names; the library wants the usual separators for it.
fn declared_charset(unb: &[u8], advice: &ServiceStringAdvice) -> Option<Charset> {
    let mut header: Vec<u8> = b"UNB+".to_vec();
    let name = unb.get(4..8)?;
    if name.iter().any(|b| [advice.component_sep, advice.element_sep].contains(b)) {
        return None;
    }
    header.extend_from_slice(name);
    header.extend_from_slice(b":1+'");
    let declared = sniff_charset(&header).ok().flatten()?;
    // A and B are ASCII, which senders overstep; Y is UTF-8.
    (!matches!(declared, Charset::UnoA | Charset::UnoB | Charset::UnoY)).then_some(declared)
}

/// Reads text: UTF-8, else what UNB declares, else GB 18030 as Chinese terminals write it, else
/// Latin-1. The separators are safe before decoding: GB 18030 never uses them as a second byte.
fn decode(raw: &[u8], charset: Option<Charset>) -> (String, Encoding) {
    if let Ok(text) = std::str::from_utf8(raw) {
        return (text.to_owned(), Encoding::Declared);
    }
    if let Some(text) = charset.and_then(|c| c.decode(raw).ok()) {
        return (text.into_owned(), Encoding::Declared);
    }
    match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(raw) {
        Some(text) => (text.into_owned(), Encoding::Guessed("GB 18030")),
        None => (raw.iter().map(|b| char::from(*b)).collect(), Encoding::Guessed("Latin-1")),
    }
}

/// The first letters of something that may be a segment.
fn tag_of(raw: &[u8]) -> String {
    let letters = raw.iter().take(3).take_while(|b| b.is_ascii_alphabetic());
    letters.map(|b| char::from(b.to_ascii_uppercase())).collect()
}

#[cfg(test)]
#[path = "edifact_tests.rs"]
mod tests;
