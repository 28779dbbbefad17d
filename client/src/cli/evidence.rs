//! `countersign evidence`: anchor files by their digests, and check what was anchored.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use clap::{Args, Subcommand};
use countersign_contracts::calendar::DAY_MS;
use countersign_record::{Digest, founding::Genesis, limits::ACTIONS_MAX};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{
    Answer, Common, GenesisArg, Language,
    entry::{now_ms, refused},
    key::PassphraseArg,
    output,
    output::{list, text},
    state::{self, ProofArgs},
};
use crate::{
    draft::Draft,
    evidence::{Hasher, Measured, anchoring, file_subject, media_type},
    http::{Client, ClientFault},
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
                print_added(&anchored, whole, common);
                return refused(no, common);
            }
            Err(other) => return Err(other.into()),
        }
    }
    print_added(&anchored, whole, common);
    Ok(Answer::Yes)
}

impl AddArgs {
    /// Hashes every file; the whole too, where they are its segments.
    fn measure(&self) -> anyhow::Result<(Vec<Piece>, Option<Digest>)> {
        let mut hasher = Hasher::default();
        let piece = |path: &PathBuf| {
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

fn print_added(anchored: &[(&Piece, Digest)], whole: Option<Digest>, common: &Common) {
    let mut entries: Vec<Digest> = anchored.iter().map(|(_, entry)| *entry).collect();
    entries.dedup();
    if common.json {
        let files: Vec<Value> = anchored
            .iter()
            .map(|(piece, entry)| {
                json!({ "path": piece.path, "file": piece.measured.digest, "entry": entry,
                    "bytes": piece.measured.bytes, "media_type": piece.media_type })
            })
            .collect();
        if !files.is_empty() {
            output::json(&json!({ "entries": entries, "files": files, "whole": whole }));
        }
        return;
    }
    for (piece, _) in anchored {
        let Measured { digest, bytes } = piece.measured;
        let name = piece.path.display();
        output::line(match common.lang {
            Language::En => format!("{digest}  {name} ({bytes} bytes, {})", piece.media_type),
            Language::Zh => format!("{digest}  {name}（{bytes} 字节，{}）", piece.media_type),
        });
    }
    if let Some(whole) = whole.filter(|_| !anchored.is_empty()) {
        output::line(format_args!("{whole}  {}", common.lang.pick(("the whole", "整体文件"))));
    }
    let said = common.lang.pick(("anchored; cite it as", "已存证；引用编号"));
    entries.iter().for_each(|entry| output::line(format_args!("{said} {entry}")));
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
    let complete = whole.as_ref().is_some_and(|w| w["state"]["of"] == json!(segments(w).count()));
    let answer = if stands || complete { Answer::Yes } else { Answer::No };
    let proven = proof.proof.is_some();
    if !(common.json && proven) {
        let cited = match &found {
            Some(found) => cited(&client, found).await?,
            None => 0,
        };
        print_checked(path, measured, (found.as_ref(), whole.as_ref(), cited), common);
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

/// The segments that are anchored of a whole, each with its number.
fn segments(whole: &Value) -> impl Iterator<Item = (&String, &Value)> {
    whole["state"]["segments"].as_object().into_iter().flatten()
}

fn print_checked(
    path: &Path,
    measured: Measured,
    (found, whole, cited): (Option<&Value>, Option<&Value>, u64),
    common: &Common,
) {
    let digest = measured.digest;
    if common.json {
        output::json(&json!({ "path": path, "file": digest, "bytes": measured.bytes,
            "anchored": found.map(|f| &f["state"]), "whole": whole.map(|w| &w["state"]),
            "cited": cited }));
        return;
    }
    let name = path.display();
    match (found, whole) {
        (Some(found), _) => print_file(name, &digest, &found["state"], cited, common.lang),
        (None, Some(whole)) => print_whole(name, &digest, whole, common.lang),
        (None, None) => output::line(match common.lang {
            Language::En => format!("{name}: nothing of this file was anchored\n  {digest}"),
            Language::Zh => format!("{name}：该文件未存证\n  {digest}"),
        }),
    }
}

fn print_file(
    name: impl std::fmt::Display,
    digest: &Digest,
    file: &Value,
    cited: u64,
    lang: Language,
) {
    let time = |value: &Value| value.as_u64().map(output::time).unwrap_or_default();
    let all = |value: &Value| list(value).iter().map(text).collect::<Vec<_>>().join(", ");
    let standing = match (file["standing"].as_str().unwrap_or_default(), lang) {
        ("kept", Language::Zh) => "保存中",
        ("retention_over", Language::Zh) => "保存期满",
        ("destroyed", Language::Zh) => "原件已销毁",
        ("withdrawn", Language::Zh) => "已撤回",
        (other, _) => other,
    };
    output::line(match lang {
        Language::En => format!("{name}: anchored, {standing}\n  {digest}"),
        Language::Zh => format!("{name}：已存证，{standing}\n  {digest}"),
    });
    let shown = match (time(&file["shown_from"]), time(&file["shown_until"])) {
        (from, _) if from.is_empty() => from,
        (from, until) => format!("{from} – {until}"),
    };
    let segment = match &file["segment"] {
        Value::Null => String::new(),
        s => format!("{}/{}: {}", text(&s["no"]), text(&s["of"]), text(&s["whole"])),
    };
    let rows = [
        (("by", "存证方"), text(&file["by"]["party"])),
        (("on", "存证时间"), time(&file["by"]["at"])),
        (("in entry", "存证报文"), text(&file["by"]["entry"])),
        (("media type", "类型"), text(&file["media_type"])),
        (("bytes", "字节数"), text(&file["bytes"])),
        (("about", "关联对象"), all(&file["subjects"])),
        (("shows", "记录时段"), shown),
        (("made by", "设备"), text(&file["device"])),
        (("made at", "地点"), text(&file["place"])),
        (("segment", "分段"), segment),
        (("kept at", "保存地点"), text(&file["kept_at"])),
        (("kept until", "保存至"), time(&file["retention_until"])),
        (("readers", "查阅方"), all(&file["readers"])),
        (("cited", "被引用次数"), cited.to_string()),
        (("because", "原因"), text(&file["ended"]["reason"])),
    ];
    for (label, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
        output::line(format_args!("  {}  {value}", lang.pick(*label)));
    }
}

fn print_whole(name: impl std::fmt::Display, digest: &Digest, whole: &Value, lang: Language) {
    let (of, count) = (text(&whole["state"]["of"]), segments(whole).count());
    output::line(match lang {
        Language::En => format!("{name}: {count} of its {of} segments are anchored\n  {digest}"),
        Language::Zh => format!("{name}：共 {of} 段，已存证 {count} 段\n  {digest}"),
    });
    for (no, file) in segments(whole) {
        output::line(format_args!("  {no}  {}", text(file)));
    }
}
