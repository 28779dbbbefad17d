//! `check`: what a body must be by itself, before any state is read.

use alloc::{format, string::String};

use countersign_record::Digest;

use super::{
    bodies::{Anchor, Segment},
    kinds::Action,
};
use crate::{
    family::{FamilyName, fields::Fields},
    limits::{CODE_BYTES_MAX, FILE_READERS_MAX, FILE_SUBJECTS_MAX, SEGMENTS_MAX},
    refusal::Refusal,
};

/// Longest name of a subject with its family, bytes.
const SUBJECT_BYTES: usize =
    countersign_record::limits::SUBJECT_BYTES_MAX + countersign_record::limits::NAME_BYTES_MAX + 1;

/// Family and name of a subject that is written with its family.
pub(super) fn split_subject(text: &str) -> Option<(FamilyName, &str)> {
    let (family, name) = text.split_once('/')?;
    FamilyName::find(family).map(|family| (family, name))
}

/// Whether a text is a media type in the form of RFC 6838, in lower case and without parameters.
fn is_media_type(text: &str) -> bool {
    let name = |part: &str| {
        let mut bytes = part.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && bytes
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$&-^_.+".contains(&b))
    };
    text.len() <= CODE_BYTES_MAX
        && text.split_once('/').is_some_and(|(kind, sub)| name(kind) && name(sub))
}

impl Fields {
    fn digest_name(&mut self, field: &str, name: &str) {
        // Read and written again, since upper case would be another subject for the same file.
        let ok = name.parse::<Digest>().is_ok_and(|digest| format!("{digest}") == name);
        self.ensure(ok, field, name, "a SHA-256, 64 hexadecimal digits in lower case");
    }

    fn about(&mut self, field: &str, subject: &str) {
        let ok = subject.len() <= SUBJECT_BYTES && split_subject(subject).is_some();
        self.ensure(ok, field, subject, "FAMILY/SUBJECT, as combined_port/box:CBHU7022929");
    }

    fn anchor(&mut self, b: &Anchor) {
        let expected = "a media type in lower case, as image/jpeg";
        self.ensure(is_media_type(&b.media_type), "media_type", &b.media_type, expected);
        self.ensure(b.bytes > 0, "bytes", b.bytes, "more than 0");
        self.words("kept_at", &b.kept_at);
        self.count("subjects", b.subjects.len(), FILE_SUBJECTS_MAX);
        b.subjects.iter().for_each(|s| self.about("subjects", s));
        self.unique("subjects", b.subjects.iter().map(String::as_str));
        let most = format!("at most {FILE_READERS_MAX}");
        self.ensure(b.readers.len() <= FILE_READERS_MAX, "readers", b.readers.len(), most);
        b.readers.iter().for_each(|r| self.code("readers", r));
        self.unique("readers", b.readers.iter().map(String::as_str));
        match (b.shown_from, b.shown_until) {
            (Some(from), Some(until)) => {
                self.ensure(from <= until, "shown_until", until, format!("{from} or later"));
            }
            (None, None) => {}
            (from, _) => {
                self.present(if from.is_none() { "shown_from" } else { "shown_until" }, false);
            }
        }
        self.maybe("device", b.device.as_deref());
        self.maybe("place", b.place.as_deref());
        b.segment.iter().for_each(|s| self.segment(s));
    }

    fn segment(&mut self, s: &Segment) {
        let many = (2..=SEGMENTS_MAX).contains(&s.of);
        self.ensure(many, "segment.of", s.of, format!("2 to {SEGMENTS_MAX}"));
        let within = (1..=s.of).contains(&s.no);
        self.ensure(within, "segment.no", s.no, format!("1 to {}", s.of));
    }
}

impl Action {
    /// Everything about the body that needs no state.
    pub(super) fn check_fields(&self) -> Result<(), Refusal> {
        let mut f = Fields::default();
        f.digest_name("file", self.subject().name());
        match self {
            Self::Anchor { body, .. } => f.anchor(body),
            Self::Link { body, .. } => f.about("subject", &body.subject),
            Self::Withdraw { body, .. } | Self::Destroy { body, .. } => {
                f.words("reason", &body.reason);
            }
            Self::Retain { body, .. } => f.words("reason", &body.reason),
        }
        f.answer()
    }
}
