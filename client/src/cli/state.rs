//! State proofs on the command line: `show … --proof FILE` fetches one, `verify FILE` checks it.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, ensure};
use clap::Args;
use countersign_contracts::{family::FamilyName, world::Record};
use countersign_record::{
    Digest,
    founding::Genesis,
    state_proof::{Found, STEPS, StateFault, StateProof, VerifiedState, verify_trusting},
    succession::Succession,
    verify::Step,
};
use serde_json::{Value, json};

use super::{Answer, Common, Language, output, read_genesis, receipt::not_verified};

/// Options of every command that shows one subject.
#[derive(Clone, Debug, Default, Args)]
pub struct ProofArgs {
    /// Write the proof of the record, or that there is none of that name, into a file
    #[arg(long, value_name = "FILE")]
    pub proof: Option<PathBuf>,
    /// Check the proof at once against this founding document
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_GENESIS")]
    pub genesis: Option<PathBuf>,
}

/// What a proof must be about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The family and the name of the subject.
    pub subject: Option<(String, String)>,
    /// The height.
    pub height: Option<u64>,
}

impl Asked {
    /// As it is written on the command line.
    ///
    /// # Errors
    /// The subject is not written with its family.
    pub fn of(subject: Option<&str>, height: Option<u64>) -> anyhow::Result<Self> {
        let split = |text: &str| -> anyhow::Result<_> {
            let (family, name) = text.split_once('/').with_context(|| {
                format!("'{text}' names no family, expected for instance combined_port/{text}")
            })?;
            Ok((family.to_owned(), name.to_owned()))
        };
        Ok(Self { subject: subject.map(split).transpose()?, height })
    }

    /// Whether a proof is about what was asked about.
    ///
    /// # Errors
    /// It is about something else.
    pub fn answered_by(&self, state: &VerifiedState) -> Result<(), StateFault> {
        if let Some((family, subject)) = &self.subject {
            state.is_of(family, subject)?;
        }
        self.height.map_or(Ok(()), |height| state.is_at(height))
    }
}

/// The family and the name of a subject that may be written with its family before it.
pub fn split_name<'a>(subject: &'a str, family: &'a str) -> (&'a str, &'a str) {
    match subject.split_once('/') {
        Some((first, rest)) if FamilyName::find(first).is_some() => (first, rest),
        _ => (family, subject),
    }
}

/// Fetches the proof of a subject into the file that is named, and checks it where a founding
/// document is named as well.
///
/// # Errors
/// There is no such proof, or the file cannot be written.
pub async fn fetch(
    args: &ProofArgs,
    family: &str,
    subject: &str,
    at: Option<u64>,
    common: &Common,
) -> anyhow::Result<Answer> {
    let path = args.proof.as_ref().context("no file is named for the proof")?;
    let client = common.client()?;
    let bytes = match client.state_proof(family, subject, at).await {
        Ok(bytes) => bytes,
        Err(e) => return super::entry::refused(e, common),
    };
    let proof = StateProof::parse(&bytes)
        .with_context(|| format!("{} did not answer with a state proof", client.url()))?;
    let height = proof.commit.header.height;
    // A true proof of something else is the simplest deception.
    ensure!(
        (proof.family.as_str(), proof.subject.as_str()) == (family, subject)
            && at.is_none_or(|at| at == height),
        "{} answered with the proof of {}/{} at height {height}, which was not asked for",
        client.url(),
        proof.family,
        proof.subject,
    );
    fs::write(path, &bytes).with_context(|| format!("{} cannot be written", path.display()))?;
    if let Some(genesis) = &args.genesis {
        let subject = Some((family.to_owned(), subject.to_owned()));
        let asked = Asked { subject, height: at };
        return Ok(verify_bytes(&read_genesis(genesis)?, None, &bytes, &asked, common));
    }
    print_fetched(&proof, path.display(), bytes.len(), common);
    Ok(Answer::Yes)
}

fn print_fetched(proof: &StateProof, file: impl std::fmt::Display, bytes: usize, common: &Common) {
    let (height, subject) = (proof.commit.header.height, &proof.subject);
    let present = matches!(proof.found, Found::Record(_));
    if common.json {
        output::json(&json!({
            "family": proof.family,
            "subject": subject,
            "height": height,
            "state": state_word(present),
            "file": file.to_string(),
            "bytes": bytes,
            "verified": null,
        }));
        return;
    }
    let name = format!("{}/{subject}", proof.family);
    let said = match (common.lang, present) {
        (Language::En, true) => format!("{name} at height {height}"),
        (Language::En, false) => format!("no such subject {name} at height {height}"),
        (Language::Zh, true) => format!("{name}，高度 {height}"),
        (Language::Zh, false) => format!("高度 {height} 无此对象 {name}"),
    };
    let unchecked = common.lang.pick((
        "not checked yet: countersign verify FILE --genesis genesis.json",
        "尚未核验：countersign verify FILE --genesis genesis.json",
    ));
    output::line(format_args!("{file} ({bytes} bytes): {said}\n{unchecked}"));
}

/// Checks the bytes of a state proof and prints each step, then the record.
pub fn verify_bytes(
    genesis: &Genesis,
    trusted: Option<&Succession>,
    bytes: &[u8],
    asked: &Asked,
    common: &Common,
) -> Answer {
    let verified = StateProof::parse(bytes)
        .map_err(StateFault::Form)
        .and_then(|proof| verify_trusting(genesis, trusted, proof));
    match verified.and_then(|state| asked.answered_by(&state).map(|()| state)) {
        Ok(state) => {
            print_verified(&state, *asked != Asked::default(), common);
            Answer::Yes
        }
        Err(no) => not_verified(no.step(), &no.to_string(), common),
    }
}

fn state_word(present: bool) -> &'static str {
    if present { "present" } else { "absent" }
}

/// A record as JSON; one that is in a newer format than this program knows, as hexadecimal.
fn record_json(bytes: &[u8]) -> Value {
    match Record::parse(bytes) {
        Ok(record) => json!({ "version": record.version, "state": record.state }),
        Err(e) => json!({ "unreadable": e.0, "bytes": hex::encode(bytes) }),
    }
}

fn print_verified(state: &VerifiedState, was_asked: bool, common: &Common) {
    let signers = state.header().signers();
    let record = state.record().map(record_json);
    if common.json {
        output::json(&json!({
            "verified": true,
            "state": state_word(record.is_some()),
            "family": state.family(),
            "subject": state.subject(),
            "height": state.height(),
            "time": state.time(),
            "digest": state.record().map(Digest::of),
            "record": record,
            "signed_by": signers,
        }));
        return;
    }
    for step in STEPS.into_iter().chain(was_asked.then_some(Step::Question)) {
        output::line(format_args!("✓ {}", common.lang.pick(step.text())));
    }
    let name = format!("{}/{}", state.family(), state.subject());
    let (height, when) = (state.height(), output::time(state.time()));
    let signers = signers.join(", ");
    let said = match (common.lang, record.is_some()) {
        (Language::En, true) => format!("{name} at height {height} on {when}"),
        (Language::En, false) => format!("no such subject at height {height} on {when}: {name}"),
        (Language::Zh, true) => format!("{name}，高度 {height}（{when}）"),
        (Language::Zh, false) => format!("高度 {height}（{when}）无此对象：{name}"),
    };
    let signed = common.lang.pick(("signed by ", "签名方："));
    output::line(format_args!("{said}\n{signed}{signers}"));
    if let Some(record) = record {
        output::pretty(&record);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_named_with_its_family_or_without() {
        let of = |subject| split_name(subject, "combined_port");
        assert_eq!(of("box:CBHU7022929"), ("combined_port", "box:CBHU7022929"));
        assert_eq!(of("membership/party:X"), ("membership", "party:X"));
        assert_eq!(of("combined_port/a/b"), ("combined_port", "a/b"));
        // A stroke within a name is not the end of a family's.
        assert_eq!(of("place:CNSUD/5150"), ("combined_port", "place:CNSUD/5150"));
        assert_eq!(split_name("party:X", "membership"), ("membership", "party:X"));
    }

    #[test]
    fn what_was_asked_is_read_with_its_family() {
        let asked = Asked::of(Some("membership/party:X"), Some(7)).unwrap();
        assert_eq!(asked.subject, Some(("membership".into(), "party:X".into())));
        assert_eq!(asked.height, Some(7));
        assert_eq!(Asked::of(None, None).unwrap(), Asked::default());
        let no = Asked::of(Some("party:X"), None).unwrap_err().to_string();
        assert!(no.contains("combined_port/party:X"), "{no}");
    }
}
