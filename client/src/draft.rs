//! An entry as people and systems write it, in JSON, before it is encoded and signed.

use countersign_contracts::family::body_from_json;
use countersign_record::{
    Digest,
    encoding::Malformed,
    keys::Signer,
    statement::{Action, Payload, Statement},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long an entry may be under way before it is refused, where its writer does not say: as long
/// as the ledger lets it, since river wharves and barges upload late. A reference is unique for
/// ever, so an old statement cannot be used twice.
pub const VALID_FOR_MS: u64 = countersign_record::limits::EXPIRY_AHEAD_MS_MAX;

/// An entry before it is signed. Times are UTC milliseconds since 1970.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// The party's own reference, unique for ever.
    pub reference: String,
    /// When it happened.
    pub event_time: u64,
    /// Ledger time after which it is refused; as late as it may be where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<u64>,
    /// SHA-256 of the documents that it was made from.
    #[serde(default)]
    pub documents: Vec<Digest>,
    /// What happened: accepted or refused as a whole.
    pub actions: Vec<DraftAction>,
}

/// One action of a draft.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftAction {
    /// The family, for instance `combined_port`.
    pub family: String,
    /// The kind, for instance `arrival`.
    pub kind: String,
    /// The version of the body's schema.
    #[serde(default = "first_schema")]
    pub schema: u32,
    /// The subject, for instance `bill:SDSK26110001`.
    pub subject: String,
    /// The version of the subject that the writer had seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<u64>,
    /// Salted commitments in place of fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<std::collections::BTreeMap<u32, Digest>>,
    /// The body.
    pub body: Value,
}

fn first_schema() -> u32 {
    1
}

/// Why a draft cannot become an entry.
#[derive(Debug, thiserror::Error)]
pub enum BadDraft {
    /// An action's body does not fit its kind.
    #[error("action {action} ({family}.{kind}): {why}")]
    Body {
        /// Which action, counted from 0.
        action: usize,
        /// Its family.
        family: String,
        /// Its kind.
        kind: String,
        /// What is wrong.
        why: Malformed,
    },
    /// The key gave no signature: one in a hardware module may fail.
    #[error("the key {0} gave no valid signature; is its token still there, and logged in?")]
    NotSigned(Digest),
    /// The whole breaks a bound.
    #[error("{0}")]
    Bounds(#[from] Malformed),
}

impl Draft {
    /// A draft of one action.
    pub fn of(reference: impl Into<String>, event_time: u64, action: DraftAction) -> Self {
        Self {
            reference: reference.into(),
            event_time,
            expires: None,
            documents: Vec::new(),
            actions: vec![action],
        }
    }

    /// Encodes and signs it for a network.
    ///
    /// # Errors
    /// The first action that does not fit its kind, or the bound that is broken.
    pub fn sign(&self, network: Digest, key: &dyn Signer) -> Result<Statement, BadDraft> {
        let (statement, public) = (Statement::sign(self.payload(network)?, key)?, key.public());
        let signed = statement.is_signed_by(&public);
        signed.then_some(statement).ok_or_else(|| BadDraft::NotSigned(public.thumbprint()))
    }

    /// The content that is signed.
    ///
    /// # Errors
    /// The first action that does not fit its kind.
    pub fn payload(&self, network: Digest) -> Result<Payload, BadDraft> {
        let actions = self.actions.iter().enumerate().map(|(i, action)| action.encode(i));
        Ok(Payload {
            network,
            reference: self.reference.clone(),
            event_time: self.event_time,
            expires: self.expires.unwrap_or(self.event_time.saturating_add(VALID_FOR_MS)),
            documents: self.documents.clone(),
            actions: actions.collect::<Result<_, _>>()?,
        })
    }
}

impl DraftAction {
    /// An action of a family, its body as JSON.
    pub fn new(family: &str, kind: &str, subject: impl Into<String>, body: Value) -> Self {
        Self {
            family: family.into(),
            kind: kind.into(),
            schema: first_schema(),
            subject: subject.into(),
            seen: None,
            sealed: None,
            body,
        }
    }

    fn encode(&self, i: usize) -> Result<Action, BadDraft> {
        let json = json!(self.body).to_string();
        let body = body_from_json(&self.family, &self.kind, json.as_bytes()).map_err(|why| {
            BadDraft::Body { action: i, family: self.family.clone(), kind: self.kind.clone(), why }
        })?;
        Ok(Action {
            family: self.family.clone(),
            kind: self.kind.clone(),
            schema: self.schema,
            subject: self.subject.clone(),
            body,
            seen: self.seen,
            sealed: self.sealed.clone(),
        })
    }
}
