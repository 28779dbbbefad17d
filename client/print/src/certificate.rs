//! What a certificate rests on: its record at a height, the entries that the record names, and the
//! names of the office and the enterprise, each proven under the founding document, and all of them
//! about one another.

use std::fmt;

use countersign_contracts::{
    certificate::{
        State,
        bodies::Application,
        state::{By, Certificate, Standing},
    },
    family::{self, FamilyName},
    membership,
    world::{Record, SubjectKey},
};
use countersign_record::{
    Digest, encoding,
    founding::Genesis,
    state_code::StateCode,
    state_proof::{self, StateProof, VerifiedState, is_state_proof},
    statement::{Action, Statement},
    verify::{self, VerifiedOutcome},
};

use crate::{limits, page::Both, typeset::Attachment};

/// A step of the check. The first that fails ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The file is a PDF with attachments.
    File,
    /// Each attached proof holds by itself.
    Proofs,
    /// They are about one certificate, which was valid.
    Together,
    /// The page, set again, is this file.
    Page,
}

impl Stage {
    /// All steps, in order.
    pub const ALL: [Self; 4] = [Self::File, Self::Proofs, Self::Together, Self::Page];

    /// The step in English and in Chinese.
    pub fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::File => ("attachments", "附件"),
            Self::Proofs => ("each proof by itself", "各项证明"),
            Self::Together => ("the proofs belong together", "证明相互一致"),
            Self::Page => ("page", "版面"),
        }
    }
}

/// Why a certificate was not believed.
#[derive(Debug)]
pub struct NotCertified {
    /// The step that failed.
    pub stage: Stage,
    /// What was found.
    pub why: String,
    /// What is proven none the less, where only the page is not the one that was printed.
    pub proven: Option<Box<Certified>>,
}

impl NotCertified {
    pub(crate) fn new(stage: Stage, why: impl fmt::Display) -> Self {
        Self { stage, why: why.to_string(), proven: None }
    }
}

impl fmt::Display for NotCertified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.stage.text().0, self.why)
    }
}

impl std::error::Error for NotCertified {}

/// A certificate whose proofs hold and belong together. Only [`Certified::verify`] makes one.
#[derive(Debug)]
pub struct Certified {
    pub(crate) no: String,
    pub(crate) certificate: Certificate,
    pub(crate) application: Application,
    pub(crate) sealed: Vec<u32>,
    pub(crate) office: Both,
    pub(crate) enterprise: Named,
    pub(crate) since: (u64, u64),
    pub(crate) state: VerifiedState,
    pub(crate) files: Vec<Attachment>,
    pub(crate) code: String,
}

/// What must be fetched to prove a certificate, beside the record of the certificate itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// The entries that its record names: their receipts.
    pub entries: Vec<Digest>,
    /// The party that issued it: the proof of its record.
    pub office: SubjectKey,
    /// The enterprise's filing as exporter: the proof of its record, where there is one.
    pub exporter: SubjectKey,
    /// The enterprise as a party, where it filed nothing.
    pub enterprise: SubjectKey,
}

impl Needed {
    /// What a certificate's record asks for.
    pub fn of(no: &str, certificate: &Certificate) -> Self {
        let party =
            |id: &str| SubjectKey::new(FamilyName::Membership, membership::party_subject(id));
        let enterprise = &certificate.enterprise;
        Self {
            entries: wanted(no, certificate).iter().map(|wanted| wanted.id).collect(),
            office: party(&certificate.issued.by.party),
            exporter: SubjectKey::new(FamilyName::Certificate, format!("exporter:{enterprise}")),
            enterprise: party(enterprise),
        }
    }
}

/// An enterprise as it filed itself, or else as a party.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) names: Both,
    pub(crate) address: Option<Both>,
}

/// A subject's record at a height, with the file that proves it.
struct Proven<'a> {
    state: VerifiedState,
    file: &'a [u8],
}

/// An accepted entry, with the file that proves it.
struct Accepted<'a> {
    statement: Statement,
    height: u64,
    time: u64,
    file: &'a [u8],
}

/// An entry that a certificate's record names.
struct Wanted {
    id: Digest,
    /// Ledger time at which the record says that it was executed.
    at: Option<u64>,
    kinds: &'static [&'static str],
    subject: String,
    name: &'static str,
    description: &'static str,
}

const CBOR: &str = "application/cbor";

fn apart(why: impl fmt::Display) -> NotCertified {
    NotCertified::new(Stage::Together, why)
}

impl Certified {
    /// Checks the files that prove a certificate, in whatever order they come. What is among them
    /// and proves nothing here is passed over.
    ///
    /// # Errors
    /// The first step that fails.
    pub fn verify(genesis: &Genesis, files: &[Vec<u8>]) -> Result<Self, NotCertified> {
        let (states, entries) = open(genesis, files)?;
        let (no, certificate, proof) = the_certificate(&states)?;
        let wanted = wanted(&no, &certificate);
        let found: Vec<&Accepted<'_>> =
            wanted.iter().map(|w| w.find(&entries)).collect::<Result<_, _>>()?;
        let height = proof.state.height();
        if let Some(late) = found.iter().find(|entry| entry.height > height) {
            let why = format!("an entry of height {} is later than the record", late.height);
            return Err(apart(why));
        }
        let since = signed_last(&wanted, &found);
        let (application, sealed) = application(&certificate, &wanted, &found)?;
        let office = party(&states, &certificate.issued.by.party, height)?;
        let enterprise = enterprise(&states, &certificate.enterprise, height)?;
        let file = |name, description, content: &[u8]| Attachment {
            name,
            description,
            mime: CBOR,
            content: content.to_vec(),
        };
        let mut files = vec![
            file("certificate.proof", "Record of the certificate 证书记录证明", proof.file),
            file("office.proof", "Record of the issuing office 签证机关记录证明", office.1),
            file("enterprise.proof", "Record of the enterprise 企业记录证明", enterprise.1),
        ];
        let receipts = wanted.iter().zip(&found).map(|(w, f)| file(w.name, w.description, f.file));
        files.extend(receipts);
        let code = code(genesis, proof.file)?;
        let state = proof.state.clone();
        let (office, enterprise) = (office.0, enterprise.0);
        Ok(Self {
            no,
            certificate,
            application,
            sealed,
            office,
            enterprise,
            since,
            state,
            files,
            code,
        })
    }

    /// Its number.
    pub fn no(&self) -> &str {
        &self.no
    }

    /// Its record at [`Certified::state`]'s height.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The proven record: height, time, and the parties whose nodes signed.
    pub fn state(&self) -> &VerifiedState {
        &self.state
    }

    /// Height and ledger time of the last signature that made it valid as it is.
    pub fn since(&self) -> (u64, u64) {
        self.since
    }

    /// The names of the issuing office.
    pub fn office(&self) -> &Both {
        &self.office
    }

    /// The names of the enterprise.
    pub fn enterprise(&self) -> &Both {
        &self.enterprise.names
    }

    /// The text of the code on its page.
    pub fn code(&self) -> &str {
        &self.code
    }
}

type Opened<'a> = (Vec<Proven<'a>>, Vec<Accepted<'a>>);

/// Every file, checked by itself. JSON says how a page was set, and proves nothing.
fn open<'a>(genesis: &Genesis, files: &'a [Vec<u8>]) -> Result<Opened<'a>, NotCertified> {
    let (mut states, mut entries) = (Vec::new(), Vec::new());
    for (file, number) in files.iter().zip(1..) {
        let no = |why: &dyn fmt::Display| {
            NotCertified::new(Stage::Proofs, format!("attachment {number}: {why}"))
        };
        if file.first() == Some(&b'{') {
            continue;
        }
        if is_state_proof(file) {
            let state = state_proof::verify(genesis, file).map_err(|e| no(&e))?;
            states.push(Proven { state, file });
            continue;
        }
        let verified = verify::verify(genesis, file).map_err(|e| no(&e))?;
        let VerifiedOutcome::Accepted(statement) = verified.outcome() else {
            return Err(no(&"a refusal proves no certificate"));
        };
        let header = verified.header().header();
        let (height, time) = (header.height, header.time);
        entries.push(Accepted { statement: statement.clone(), height, time, file });
    }
    Ok((states, entries))
}

fn the_certificate<'s, 'a>(
    states: &'s [Proven<'a>],
) -> Result<(String, Certificate, &'s Proven<'a>), NotCertified> {
    let number = |proven: &Proven<'_>| {
        let of_family = proven.state.family() == FamilyName::Certificate.name();
        let no = proven.state.subject().strip_prefix("certificate:").filter(|_| of_family);
        no.map(str::to_owned)
    };
    let mut found = states.iter().filter_map(|proven| Some((number(proven)?, proven)));
    let (Some((no, proven)), None) = (found.next(), found.next()) else {
        return Err(apart("expected the state proof of one certificate"));
    };
    let Some(State::Certificate(certificate)) = certificate_state(proven) else {
        return Err(apart(format!("at that height there was no certificate {no}")));
    };
    let time = proven.state.time();
    let stands = matches!(certificate.standing, Standing::Valid | Standing::PartlyUsed);
    if !stands || time > certificate.valid_to {
        let why =
            format!("{no} was {} at that height, expected valid", certificate.standing.name());
        return Err(apart(why));
    }
    Ok((no, certificate.take(), proven))
}

fn record(proven: &Proven<'_>) -> Option<family::State> {
    Record::parse(proven.state.record()?).ok().map(|record| record.state)
}

fn certificate_state(proven: &Proven<'_>) -> Option<State> {
    match record(proven)? {
        family::State::Certificate(state) => Some(state),
        _ => None,
    }
}

/// The entries that a certificate's record names, the last of them being what made it valid as it is.
fn wanted(no: &str, certificate: &Certificate) -> Vec<Wanted> {
    let subject = format!("certificate:{no}");
    let signature = |by: &By, kinds, name, description| Wanted {
        id: by.entry,
        at: Some(by.at),
        kinds,
        subject: subject.clone(),
        name,
        description,
    };
    let mut wanted = vec![
        Wanted {
            id: certificate.application_entry,
            at: None,
            kinds: &["apply", "resubmit"],
            subject: format!("application:{}", certificate.application),
            name: "application.receipt",
            description: "Receipt of the application 申请条目回执",
        },
        signature(
            &certificate.issued.by,
            &["issue"],
            "issue.receipt",
            "Receipt of the issue 签发条目回执",
        ),
    ];
    if let Some(second) = &certificate.countersigned {
        let description = "Receipt of the countersignature 会签条目回执";
        let (kinds, name) = (&["countersign"], "countersignature.receipt");
        wanted.push(signature(&second.by, kinds, name, description));
    }
    if let Some(amended) = &certificate.amended {
        let description = "Receipt of the amendment 更正条目回执";
        wanted.push(signature(&amended.by, &["amend"], "amendment.receipt", description));
        let description = "Receipt of the other authority's signature 另一主管机关会签回执";
        let (kinds, name) = (&["countersign_amendment"], "amendment-agreed.receipt");
        wanted.push(signature(&amended.agreed.by, kinds, name, description));
    }
    wanted
}

impl Wanted {
    fn find<'e, 'a>(&self, entries: &'e [Accepted<'a>]) -> Result<&'e Accepted<'a>, NotCertified> {
        let entry = entries.iter().find(|entry| entry.statement.id() == self.id);
        let entry = entry.ok_or_else(|| {
            apart(format!(
                "the record names the entry {} ({}), whose receipt is missing",
                self.id, self.name
            ))
        })?;
        if self.action(&entry.statement).is_none() {
            let (kinds, subject) = (self.kinds.join(" or "), &self.subject);
            return Err(apart(format!("the entry {} is no {kinds} of {subject}", self.id)));
        }
        if self.at.is_some_and(|at| at != entry.time) {
            return Err(apart(format!(
                "the entry {} is of another time than the record says",
                self.id
            )));
        }
        Ok(entry)
    }

    fn action<'s>(&self, statement: &'s Statement) -> Option<&'s Action> {
        statement.payload().actions.iter().find(|action| {
            action.family == FamilyName::Certificate.name()
                && self.kinds.contains(&action.kind.as_str())
                && action.subject == self.subject
        })
    }
}

/// Height and time of the latest of the signatures.
fn signed_last(wanted: &[Wanted], found: &[&Accepted<'_>]) -> (u64, u64) {
    let signatures = wanted.iter().zip(found).filter(|(w, _)| w.at.is_some());
    signatures.map(|(_, entry)| (entry.height, entry.time)).max().unwrap_or_default()
}

/// What is certified, in the applicant's words, and which of its fields are sealed.
fn application(
    certificate: &Certificate,
    wanted: &[Wanted],
    found: &[&Accepted<'_>],
) -> Result<(Application, Vec<u32>), NotCertified> {
    let (wanted, entry) = wanted
        .iter()
        .zip(found)
        .find(|(w, _)| w.at.is_none())
        .ok_or_else(|| apart("the application is missing"))?;
    let action = wanted.action(&entry.statement).ok_or_else(|| apart("it is no application"))?;
    let body: Application = encoding::decode("application", &action.body).map_err(apart)?;
    if Digest::of(&action.body) != certificate.content {
        return Err(apart("the application is not the one that was certified"));
    }
    let sealed = action.sealed.iter().flat_map(|sealed| sealed.keys().copied()).collect();
    Ok((body, sealed))
}

/// The proof of a subject at the certificate's height.
fn at<'s, 'a>(
    states: &'s [Proven<'a>],
    family: FamilyName,
    subject: &str,
    height: u64,
) -> Option<&'s Proven<'a>> {
    let is = |p: &&Proven<'_>| {
        p.state.is_of(family.name(), subject).is_ok() && p.state.is_at(height).is_ok()
    };
    states.iter().find(is)
}

fn party<'a>(
    states: &[Proven<'a>],
    id: &str,
    height: u64,
) -> Result<(Both, &'a [u8]), NotCertified> {
    let subject = membership::party_subject(id);
    let proven = at(states, FamilyName::Membership, &subject, height);
    match proven.and_then(|p| Some((record(p)?, p.file))) {
        Some((family::State::Membership(membership::State::Party(party)), file)) => {
            let names = party.take().names;
            Ok((Both::new(names.en, names.zh), file))
        }
        _ => Err(apart(format!("the record of {subject} at height {height} is missing"))),
    }
}

/// An enterprise's names as it filed them for certificates; one that did not is named as a party.
fn enterprise<'a>(
    states: &[Proven<'a>],
    uscc: &str,
    height: u64,
) -> Result<(Named, &'a [u8]), NotCertified> {
    let filed = at(states, FamilyName::Certificate, &format!("exporter:{uscc}"), height);
    if let Some((State::Exporter(exporter), file)) =
        filed.and_then(|p| Some((certificate_state(p)?, p.file)))
    {
        let filed = exporter.take().filed;
        let (names, address) = (filed.names, filed.address);
        let address = Some(Both::new(address.en, address.zh));
        return Ok((Named { names: Both::new(names.en, names.zh), address }, file));
    }
    let (names, file) = party(states, uscc, height)?;
    Ok((Named { names, address: None }, file))
}

/// The text of the code: with the record where there is room for it, with its digest where not.
fn code(genesis: &Genesis, proof: &[u8]) -> Result<String, NotCertified> {
    let proof = StateProof::parse(proof).map_err(apart)?;
    let code = StateCode::of(genesis, &proof).map_err(apart)?;
    let fits = code.to_bytes().len() <= limits::CODE_BYTES_MAX;
    Ok(if fits { code } else { code.without_record() }.to_text())
}
