//! What anybody may ask about a certificate, without login: does it stand, since when, by whose
//! signature. The answer is what its paper shows, and leads to the proof of its record, or of its
//! absence, against the state root.

use axum::{
    Json,
    extract::{
        Multipart, State,
        multipart::{Field, MultipartError, MultipartRejection},
    },
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};
use bytes::Bytes;
use countersign_contracts::{
    certificate::{self, PaperStanding, PublicStanding, paper_standing, standing},
    family::{FamilyName, State as FamilyState},
    membership,
    world::SubjectKey,
};
use countersign_record::{
    Digest,
    state_code::{StateCode, TEXT_PREFIX},
    state_proof::name_refused,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    App, Problem, Shared, blocking,
    extract::{Path, Query},
    picture::ReadPicture,
    verify_page,
};
use crate::{
    ledger::View,
    limits::{REQUEST_BYTES_MAX, VERIFY_BYTES_MAX},
};

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct At {
    /// A height: everything as it stood after that batch; the newest where it is not given.
    at: Option<u64>,
}

/// A name in both languages.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Both {
    pub(super) en: String,
    pub(super) zh: String,
}

/// A certificate, with the names that its paper shows.
#[derive(Debug, Serialize)]
pub(super) struct Certified {
    #[serde(flatten)]
    pub(super) standing: PublicStanding,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) office_names: Option<Both>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enterprise_names: Option<Both>,
}

/// Where and when an answer is true, and where its proof is.
#[derive(Debug, Serialize)]
pub(super) struct Stamp {
    /// The height after whose batch it is so.
    pub(super) height: u64,
    /// Ledger time of that height.
    pub(super) time: u64,
    /// The path of the state proof.
    pub(super) proof: String,
}

/// How a certificate stands, as its paper and its public page show it.
#[utoipa::path(get, path = "/v1/certificates/{no}", security(()), params(("no" = String, Path), At),
    responses((status = 200, body = Object), (status = 404, description = "there is no such \
            certificate; the detail says where the proof of that is", body = Problem)))]
pub(super) async fn certificate(
    State(node): App,
    Path(no): Path<String>,
    Query(at): Query<At>,
) -> Result<Json<serde_json::Value>, Problem> {
    blocking(move || {
        let view = node.ledger.view(at.at)?;
        let key = certificate_key(&no)?;
        let stamp = stamp(&view, &key)?;
        let found = find_certificate(&view, &no)?.ok_or_else(|| missing(&key, &stamp))?;
        joined(&found, &stamp)
    })
    .await
}

/// Which certificate a printed page shows, by the SHA-256 of its PDF, and whether it is outdated.
#[utoipa::path(get, path = "/v1/papers/{sha256}", security(()), params(("sha256" = String, Path), At),
    responses((status = 200, body = Object), (status = 404, description = "no such page was ever \
            printed; the detail says where the proof of that is", body = Problem)))]
pub(super) async fn paper(
    State(node): App,
    Path(sha256): Path<String>,
    Query(at): Query<At>,
) -> Result<Json<serde_json::Value>, Problem> {
    blocking(move || {
        let digest: Digest = sha256.parse().map_err(Problem::bad_query)?;
        let view = node.ledger.view(at.at)?;
        let key = paper_key(&digest);
        let stamp = stamp(&view, &key)?;
        let found = find_paper(&view, &digest)?.ok_or_else(|| missing(&key, &stamp))?;
        joined(&found, &stamp)
    })
    .await
}

fn missing(key: &SubjectKey, stamp: &Stamp) -> Problem {
    let Stamp { height, proof, .. } = stamp;
    Problem::not_found(format!("no {} at height {height}; proven by {proof}", key.subject))
}

fn joined(found: &impl Serialize, stamp: &Stamp) -> Result<Json<serde_json::Value>, Problem> {
    let value = |v: serde_json::Result<serde_json::Value>| v.map_err(|e| Problem::internal(&e));
    let mut all = value(serde_json::to_value(found))?;
    if let (Some(all), serde_json::Value::Object(stamp)) =
        (all.as_object_mut(), value(serde_json::to_value(stamp))?)
    {
        all.extend(stamp);
    }
    Ok(Json(all))
}

fn certificate_key(no: &str) -> Result<SubjectKey, Problem> {
    let key = SubjectKey::new(FamilyName::Certificate, format!("certificate:{no}"));
    match name_refused(key.family.name(), &key.subject) {
        None => Ok(key),
        Some(why) => Err(Problem::bad_query(format!("no certificate has that number: {why}"))),
    }
}

fn paper_key(digest: &Digest) -> SubjectKey {
    SubjectKey::new(FamilyName::Certificate, format!("paper:{digest}"))
}

fn stamp(view: &View<'_>, key: &SubjectKey) -> Result<Stamp, Problem> {
    let height = view.height();
    let (family, subject) = (key.family.name(), segment(&key.subject));
    let proof = format!("/v1/subjects/{family}/{subject}?proof=true&at={height}");
    Ok(Stamp { height, time: view.time()?, proof })
}

/// A name as one segment of a path.
fn segment(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte);
    let one = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    name.bytes().map(one).collect()
}

fn state_of(view: &View<'_>, subject: String) -> Result<Option<certificate::State>, Problem> {
    let key = SubjectKey::new(FamilyName::Certificate, subject);
    Ok(match view.record(&key)?.map(|r| r.state) {
        Some(FamilyState::Certificate(state)) => Some(state),
        _ => None,
    })
}

fn find_certificate(view: &View<'_>, no: &str) -> Result<Option<Certified>, Problem> {
    let Some(certificate::State::Certificate(found)) = state_of(view, format!("certificate:{no}"))?
    else {
        return Ok(None);
    };
    let applied = match state_of(view, format!("application:{}", found.application))? {
        Some(certificate::State::Application(applied)) => Some(applied),
        _ => None,
    };
    let filed = match state_of(view, format!("exporter:{}", found.enterprise))? {
        Some(certificate::State::Exporter(exporter)) => Some(exporter.filed.names.clone()),
        _ => None,
    };
    let filed = filed.map(|names| Both { en: names.en, zh: names.zh });
    let standing = standing(no, &found, applied.as_deref(), view.time()?);
    Ok(Some(Certified {
        standing,
        office_names: party_names(view, &found.issued.by.party)?,
        enterprise_names: match filed {
            Some(names) => Some(names),
            None => party_names(view, &found.enterprise)?,
        },
    }))
}

fn find_paper(view: &View<'_>, digest: &Digest) -> Result<Option<PaperStanding>, Problem> {
    Ok(match state_of(view, format!("paper:{digest}"))? {
        Some(certificate::State::Paper(paper)) => Some(paper_standing(&paper)),
        _ => None,
    })
}

fn party_names(view: &View<'_>, id: &str) -> Result<Option<Both>, Problem> {
    let key = SubjectKey::new(FamilyName::Membership, membership::party_subject(id));
    Ok(match view.record(&key)?.map(|r| r.state) {
        Some(FamilyState::Membership(membership::State::Party(party))) => {
            let names = party.names.clone();
            Some(Both { en: names.en, zh: names.zh })
        }
        _ => None,
    })
}

/// What somebody holds in hand.
#[derive(Debug)]
pub(super) enum Asked {
    /// A number, typed.
    Number(String),
    /// A file, by its digest.
    File(Digest),
    /// The text of the code on a page.
    Code(String),
    /// A picture in which no code was found, and why.
    Blurred(String),
}

/// What the page says about it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) asked: Asked,
    /// What the code or the file says about itself, if that was asked.
    pub(super) said: Said,
    /// The certificate in question, with the place of its proof.
    pub(super) certificate: Option<(Option<Certified>, Stamp, String)>,
}

/// What a file or a code is worth.
#[derive(Debug)]
pub(super) enum Said {
    /// A number says nothing.
    Nothing,
    /// The very file was printed for the certificate.
    Printed(PaperStanding, Stamp),
    /// No such file was ever printed.
    NeverPrinted(Stamp),
    /// The code holds: so the certificate's record stood at a height and time.
    Holds(u64, u64),
    /// The code does not hold, or is about something else.
    DoesNotHold(String),
    /// What was typed cannot be looked for.
    Unreadable(String),
    /// No code was read from the picture.
    NoCode(String),
}

impl Asked {
    /// What a text is: the text of a code, the digest of a file, or else a number.
    fn read(text: &str) -> Option<Self> {
        // A code may end in a space that is part of it; a line's end is not.
        let code = text.trim_start();
        if code.starts_with(TEXT_PREFIX) {
            return Some(Self::Code(code.into()));
        }
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(digest) => Some(Self::File(digest)),
            Err(_) => Some(Self::Number(text.to_uppercase())),
        }
    }

    fn answer(self, node: &Shared) -> Result<Answer, Problem> {
        let view = node.ledger.view(None)?;
        let about = |no: &str| -> Result<_, Problem> {
            let key = certificate_key(no)?;
            Ok(Some((find_certificate(&view, no)?, stamp(&view, &key)?, no.to_owned())))
        };
        let (said, certificate) = match &self {
            Self::Number(no) => {
                let name = format!("certificate:{no}");
                match name_refused(FamilyName::Certificate.name(), &name) {
                    None => (Said::Nothing, about(no)?),
                    Some(why) => (Said::Unreadable(why), None),
                }
            }
            Self::File(digest) => {
                let stamp = stamp(&view, &paper_key(digest))?;
                match find_paper(&view, digest)? {
                    None => (Said::NeverPrinted(stamp), None),
                    Some(paper) => {
                        let certificate = about(&paper.certificate)?;
                        (Said::Printed(paper, stamp), certificate)
                    }
                }
            }
            Self::Code(text) => match read_code(node, text) {
                Err(why) => (Said::DoesNotHold(why), None),
                Ok((no, height, time)) => (Said::Holds(height, time), about(&no)?),
            },
            Self::Blurred(why) => (Said::NoCode(why.clone()), None),
        };
        Ok(Answer { asked: self, said, certificate })
    }
}

/// The certificate's number that a code proves something about, at a height and a time.
fn read_code(node: &Shared, text: &str) -> Result<(String, u64, u64), String> {
    let code = StateCode::parse_text(text).map_err(|e| e.to_string())?;
    let proven = code.verify(node.ledger.genesis()).map_err(|e| e.to_string())?;
    let no = proven.subject().strip_prefix("certificate:");
    let no = no.filter(|_| proven.family() == FamilyName::Certificate.name());
    let no = no.ok_or_else(|| format!("it is about {}/{}", proven.family(), proven.subject()))?;
    let header = proven.header().header();
    Ok((no.into(), header.height, header.time))
}

#[derive(Deserialize, utoipa::IntoParams)]
pub(super) struct Question {
    /// A certificate's number, the SHA-256 of its PDF, or the text of the code on the page.
    q: Option<String>,
}

/// The public page: asks for a certificate's number, its PDF, a picture of it or the code on it, and
/// says whether it stands.
#[utoipa::path(get, path = "/verify", security(()), params(Question),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(super) async fn ask(
    State(node): App,
    Query(question): Query<Question>,
) -> Result<Response, Problem> {
    shown(node, question.q.as_deref().and_then(Asked::read)).await
}

/// The same, with a file or a long text. A PDF is hashed as it arrives, the code is read from a
/// picture; neither is kept.
#[utoipa::path(post, path = "/verify", security(()), request_body(content = super::openapi::VerifyForm,
        content_type = "multipart/form-data"),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = 400, body = Problem), (status = 413, body = Problem)))]
pub(super) async fn answer(
    State(node): App,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let mut form = form.map_err(|e| bad_form(e.status(), e.body_text()))?;
    let mut asked = None;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().map(ToOwned::to_owned);
        let found = match name.as_deref() {
            Some("file") => file(&node, field).await?,
            Some("q") => Asked::read(&text_of(field).await?),
            _ => None,
        };
        asked = asked.or(found);
    }
    shown(node, asked).await
}

/// A form that could not be read to its end.
fn unreadable(e: MultipartError) -> Problem {
    bad_form(e.status(), e.body_text())
}

fn bad_form(status: StatusCode, why: String) -> Problem {
    let title = ("the form cannot be read", "无法读取表单");
    Problem::new(status, "bad-form", title, why)
}

fn too_large(most: usize) -> Problem {
    let title = ("the form is too large", "表单过大");
    let detail = format!("at most {most} bytes are taken");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title, detail)
}

/// What a file is: the code on it if it is a picture, else its digest; none where no file was chosen.
async fn file(node: &Shared, mut field: Field<'_>) -> Result<Option<Asked>, Problem> {
    let Some(first) = field.chunk().await.map_err(unreadable)? else { return Ok(None) };
    if !node.pictures.is_one(&first) {
        return Ok(Some(Asked::File(hashed(first, field).await?)));
    }
    let reader = node.pictures.reserve().ok_or_else(|| {
        Problem::busy(
            StatusCode::SERVICE_UNAVAILABLE,
            "other pictures are being read: try again, or type the number",
        )
    })?;
    let mut bytes = first.to_vec();
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        require_room(bytes.len().saturating_add(chunk.len()))?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(match reader.read(bytes).await {
        ReadPicture::Code(text) => Asked::Code(text),
        ReadPicture::None(why) => Asked::Blurred(why),
    }))
}

fn require_room(bytes: usize) -> Result<(), Problem> {
    if bytes > VERIFY_BYTES_MAX { Err(too_large(VERIFY_BYTES_MAX)) } else { Ok(()) }
}

/// The digest of a file as it arrives.
async fn hashed(first: Bytes, mut field: Field<'_>) -> Result<Digest, Problem> {
    let (mut hash, mut bytes) = (Sha256::new(), first.len());
    hash.update(&first);
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        bytes = bytes.saturating_add(chunk.len());
        require_room(bytes)?;
        hash.update(&chunk);
    }
    Ok(Digest(hash.finalize().into()))
}

/// A typed text, at most as long as a statement may be.
async fn text_of(mut field: Field<'_>) -> Result<String, Problem> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
        text.extend_from_slice(&chunk);
        if text.len() > REQUEST_BYTES_MAX {
            return Err(too_large(REQUEST_BYTES_MAX));
        }
    }
    String::from_utf8(text).map_err(Problem::bad_query)
}

async fn shown(node: std::sync::Arc<Shared>, asked: Option<Asked>) -> Result<Response, Problem> {
    blocking(move || {
        let network = node.ledger.network();
        let answer = asked.map(|asked| asked.answer(&node)).transpose()?;
        Ok(Html(verify_page::page(answer.as_ref(), &network).into_string()).into_response())
    })
    .await
}
