//! `countersign evidence`: anchor files by their digests, and check what was anchored.

mod print;

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use countersign_contracts::{calendar::DAY_MS, family::FamilyName};
use countersign_record::{Digest, founding::Genesis, limits::ACTIONS_MAX};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{
    Answer, Common, GenesisArg,
    entry::{now_ms, refused},
    key::PassphraseArg,
    output::{self, text},
    state::{self, ProofArgs},
};
use crate::{
    draft::Draft,
    evidence::{Hasher, Measured, anchoring, file_subject, media_type},
    http::{Client, ClientFault, escape},
    party::{NotFinal, Party},
};

/// Commands about evidence.
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// Anchor files: their digests, and what they show; the files stay where they are
    Add(Box<AddArgs>),
    /// Say what was anchored of a file, when, by whom and about what, or that nothing was
    Check {
        /// The file
        file: PathBuf,
        #[command(flatten)]
        proof: ProofArgs,
    },
    /// The files that were linked to a subject
    List {
        /// The subject with its family, for instance combined_port/box:CBHU7022929
        #[arg(value_name = "FAMILY/SUBJECT")]
        subject: String,
    },
}

/// Arguments of `evidence add`.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What they are about, with its family: combined_port/box:CBHU7022929. May be given again
    #[arg(long = "subject", value_name = "FAMILY/SUBJECT", required = true)]
    subjects: Vec<String>,
    /// Where the originals are kept, for people
    #[arg(long)]
    kept_at: String,
    /// Days for which they are kept; as many as the founding document asks for, and one, where it is
    /// not given
    #[arg(long, value_name = "DAYS")]
    keep_days: Option<u64>,
    /// Who may see them beside you: the id of a party, or a role as customs. May be given again
    #[arg(long = "reader", value_name = "PARTY|ROLE")]
    readers: Vec<String>,
    /// The media type; guessed from each file's name where it is not given
    #[arg(long)]
    media_type: Option<String>,
    /// When what they show began, for instance 2026-11-21T08:00:00+08:00
    #[arg(long, value_name = "TIME", value_parser = read_time, requires = "shown_until")]
    shown_from: Option<u64>,
    /// When what they show ended
    #[arg(long, value_name = "TIME", value_parser = read_time, requires = "shown_from")]
    shown_until: Option<u64>,
    /// The device that made them
    #[arg(long)]
    device: Option<String>,
    /// Where they were made, for people
    #[arg(long)]
    place: Option<String>,
    /// The officer on the job, as a salted SHA-256
    #[arg(long, value_name = "SHA256")]
    officer_hash: Option<Digest>,
    /// The sheet of the job, as a salted SHA-256
    #[arg(long, value_name = "SHA256")]
    job_sheet_hash: Option<Digest>,
    /// The files are, in this order, the segments of one film or document
    #[arg(long)]
    segments: bool,
    /// The party's key file
    #[arg(long)]
    key: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseArg,
    #[command(flatten)]
    genesis: GenesisArg,
}

/// A file that is to be anchored.
struct Piece {
    path: PathBuf,
    measured: Measured,
    media_type: String,
}

/// Runs a command.
///
/// # Errors
/// A file cannot be read, or the node gives no answer.
pub async fn run(command: EvidenceCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        EvidenceCommand::Add(args) => add(&args, common).await,
        EvidenceCommand::Check { file, proof } => check(&file, &proof, common).await,
        EvidenceCommand::List { subject } => list(&subject, common).await,
    }
}

async fn add(args: &AddArgs, common: &Common) -> anyhow::Result<Answer> {
    ensure!(!args.segments || args.files.len() > 1, "a whole has at least two segments");
    let client = common.client()?;
    let genesis = args.genesis.load(&client).await?;
    let until = args.keep_until(&genesis);
    // Before the files are read: a wrong passphrase should not cost an hour of hashing.
    let key = args.passphrase.open(&args.key)?;
    let (pieces, whole) = args.measure()?;
    let party = Party::new(genesis, client, Box::new(key));
    let mut anchored = Vec::new();
    for (chunk, pieces) in pieces.chunks(ACTIONS_MAX).enumerate() {
        let actions = (chunk * ACTIONS_MAX + 1..).zip(pieces).map(|(no, piece)| {
            let about = args.about(until, whole.map(|whole| (no, args.files.len(), whole)));
            anchoring(piece.measured, &piece.media_type, about)
        });
        let now = now_ms();
        let digest = pieces.first().map_or(Digest::ZERO, |p| p.measured.digest).to_string();
        let draft = Draft {
            reference: format!("evidence-{}-{now}", digest.get(..16).unwrap_or_default()),
            event_time: now,
            expires: None,
            documents: Vec::new(),
            actions: actions.collect(),
        };
        let entry = party.sign(&draft)?.id();
        match party.record(&draft).await {
            Ok(_) => anchored.extend(pieces.iter().map(|piece| (piece, entry))),
            Err(NotFinal::Client(no)) => {
                print::added(&anchored, whole, common);
                return refused(no, common);
            }
            Err(other) => return Err(other.into()),
        }
    }
    print::added(&anchored, whole, common);
    Ok(Answer::Yes)
}

impl AddArgs {
    /// Hashes every file; the whole too, where they are its segments.
    fn measure(&self) -> anyhow::Result<(Vec<Piece>, Option<Digest>)> {
        let mut hasher = Hasher::default();
        let piece = |path: &PathBuf| -> anyhow::Result<Piece> {
            let measured = hash(path, &mut hasher)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let guessed = || media_type(&name).to_owned();
            let media_type = self.media_type.clone().unwrap_or_else(guessed);
            Ok(Piece { path: path.clone(), measured, media_type })
        };
        let pieces = self.files.iter().map(piece).collect::<anyhow::Result<Vec<_>>>()?;
        Ok((pieces, self.segments.then(|| hasher.whole())))
    }

    /// Until when the originals are kept. The day more is for clocks that differ.
    fn keep_until(&self, genesis: &Genesis) -> u64 {
        let asked = genesis.parameters.get("evidence.retention_days_min").copied().unwrap_or(0);
        let least = u64::try_from(asked).unwrap_or(0).saturating_add(1);
        now_ms().saturating_add(self.keep_days.unwrap_or(least).saturating_mul(DAY_MS))
    }

    /// The body but for the file itself.
    fn about(&self, until: u64, segment: Option<(usize, usize, Digest)>) -> Value {
        let mut about = json!({
            "kept_at": self.kept_at,
            "retention_until": until,
            "subjects": self.subjects,
            "readers": self.readers,
        });
        let optional = [
            ("shown_from", json!(self.shown_from)),
            ("shown_until", json!(self.shown_until)),
            ("device", json!(self.device)),
            ("place", json!(self.place)),
            ("officer_hash", json!(self.officer_hash)),
            ("job_sheet_hash", json!(self.job_sheet_hash)),
            (
                "segment",
                json!(
                    segment
                        .map(|(no, of, whole)| { json!({ "no": no, "of": of, "whole": whole }) })
                ),
            ),
        ];
        for (field, value) in optional {
            if !value.is_null() {
                about[field] = value;
            }
        }
        about
    }
}

/// A time with its offset from UTC, as UTC milliseconds since 1970.
fn read_time(text: &str) -> Result<u64, String> {
    let time: jiff::Timestamp =
        text.parse().map_err(|e| format!("{e}; expected a time as 2026-11-21T08:00:00+08:00"))?;
    u64::try_from(time.as_millisecond()).map_err(|_| "a time after 1970 is expected".to_owned())
}

/// Hashes a file, with a bar on a terminal.
fn hash(path: &Path, hasher: &mut Hasher) -> anyhow::Result<Measured> {
    let failed = || format!("{} cannot be read", path.display());
    let length = fs::metadata(path).with_context(failed)?.len();
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template(
        "{wide_msg} [{bar:34}] {bytes}/{total_bytes} {bytes_per_sec} {eta}",
    ) {
        bar.set_style(style);
    }
    bar.set_message(path.display().to_string());
    let file = File::open(path).with_context(failed)?;
    let measured = hasher.read(file, |bytes| bar.inc(bytes)).with_context(failed)?;
    bar.finish_and_clear();
    Ok(measured)
}

async fn check(path: &Path, proof: &ProofArgs, common: &Common) -> anyhow::Result<Answer> {
    let measured = hash(path, &mut Hasher::default())?;
    let digest = measured.digest;
    let client = common.client()?;
    let subject = file_subject(&digest);
    let found = find(&client, &subject).await?;
    let whole = match found {
        Some(_) => None,
        None => find(&client, &format!("whole:{digest}")).await?,
    };
    let stands = found.as_ref().is_some_and(|f| f["state"]["standing"] != "withdrawn");
    let complete =
        whole.as_ref().is_some_and(|w| w["state"]["of"] == json!(print::segments(w).count()));
    let answer = if stands || complete { Answer::Yes } else { Answer::No };
    let proven = proof.proof.is_some();
    if !(common.json && proven) {
        let cited = match &found {
            Some(found) => cited(&client, found).await?,
            None => 0,
        };
        print::checked(path, measured, (found.as_ref(), whole.as_ref(), cited), common);
    }
    if proven && state::fetch(proof, "evidence", &subject, None, common).await? == Answer::No {
        return Ok(Answer::No);
    }
    Ok(answer)
}

/// A subject of the family, or nothing where the node says that there is none.
async fn find(client: &Client, subject: &str) -> anyhow::Result<Option<Value>> {
    match client.json(&format!("/v1/subjects/evidence/{subject}")).await {
        Ok(value) => Ok(Some(value)),
        Err(ClientFault::Problem(no)) if no.status == 404 => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// How often the entry that anchored a file was cited.
async fn cited(client: &Client, found: &Value) -> anyhow::Result<u64> {
    let entry = text(&found["state"]["by"]["entry"]);
    let entry = find(client, &format!("entry:{entry}")).await?;
    Ok(entry.and_then(|e| e["state"]["cited"].as_u64()).unwrap_or(0))
}

/// Every file that was linked to a subject, page by page.
async fn list(subject: &str, common: &Common) -> anyhow::Result<Answer> {
    let named = subject.split_once('/').filter(|(family, _)| FamilyName::find(family).is_some());
    let (family, name) =
        named.context("a subject is named with its family: combined_port/box:CBHU7022929")?;
    let client = common.client()?;
    let path = format!("/v1/subjects/{}/{}/evidence?limit=500", escape(family), escape(name));
    let (mut items, mut next) = (Vec::new(), String::new());
    loop {
        let mut page = client.json(&format!("{path}{next}")).await?;
        items.extend(page["items"].as_array_mut().map(std::mem::take).unwrap_or_default());
        match page["next"].as_str() {
            Some(after) => next = format!("&after={}", escape(after)),
            None => break,
        }
    }
    let answer = if items.is_empty() { Answer::No } else { Answer::Yes };
    if common.json {
        output::json(&json!({ "subject": subject, "items": items }));
    } else {
        print::listed(subject, &items, common.lang);
    }
    Ok(answer)
}
