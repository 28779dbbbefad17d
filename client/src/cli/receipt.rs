//! `countersign receipt` and `countersign verify`: proofs about entries, and their check without any
//! node. State proofs go to `state`.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use countersign_contracts::guarantee::is_line_statement;
use countersign_print::{attachments::is_pdf, picture::is_picture};
use countersign_record::{
    Digest, limits,
    receipt::Receipt,
    state_code::TEXT_PREFIX,
    state_proof::is_state_proof,
    verify::{Step, VerifiedOutcome, VerifiedReceipt, steps, verify_trusting},
};
use serde_json::json;

use super::{Answer, Common, Language, line, output, paper, read_genesis, state, succession};

/// Commands about receipts.
#[derive(Debug, Subcommand)]
pub enum ReceiptCommand {
    /// Fetch the proof about an entry, accepted or refused
    Get {
        /// The entry
        id: Digest,
        /// Where to write it
        #[arg(long, short)]
        output: PathBuf,
        /// compact: small, all signatures. cose: the statement with standard receipts (RFC 9942)
        #[arg(long, value_enum, default_value = "compact")]
        format: Format,
        /// Without the changes of who votes up to this height, for verify --trusted
        #[arg(long, value_name = "HEIGHT")]
        since: Option<u64>,
    },
}

/// The form of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// One path, all signatures.
    Compact,
    /// The statement with standard receipts attached.
    Cose,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The receipt, in either form, the state proof, the statement of a guarantee line; a
    /// certificate's PDF, a picture of its page (PNG, JPEG), or the text of its code. - reads from
    /// standard input
    pub file: PathBuf,
    /// The subject that you asked about: a true state proof of another one is refused
    #[arg(long, value_name = "FAMILY/SUBJECT")]
    pub subject: Option<String>,
    /// The height that you asked about: a true state proof of another one is refused
    #[arg(long)]
    pub height: Option<u64>,
    /// The founding document, from somebody whom you trust
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_GENESIS")]
    pub genesis: PathBuf,
    /// The validator set that you have followed yourself (`countersign membership follow`): a receipt
    /// or state proof may begin after it
    #[arg(long, value_name = "FILE")]
    pub trusted: Option<PathBuf>,
    /// A folder with the typeface of certificates, where fonts-noto-cjk is not installed
    #[arg(long, value_name = "FOLDER")]
    pub font_dir: Vec<PathBuf>,
}

/// Runs a command.
pub async fn run(command: ReceiptCommand, common: &Common) -> anyhow::Result<Answer> {
    let ReceiptCommand::Get { id, output: path, format, since } = command;
    let (client, cose) = (common.client()?, format == Format::Cose);
    let fetched = match since {
        Some(since) => client.receipt_since(&id, cose, since).await,
        None => client.receipt(&id, cose).await,
    };
    match fetched {
        Ok(bytes) => {
            fs::write(&path, &bytes)
                .with_context(|| format!("{} cannot be written", path.display()))?;
            if common.json {
                output::json(&json!({ "entry": id, "file": path, "bytes": bytes.len() }));
            } else {
                output::line(format_args!("{} ({} bytes)", path.display(), bytes.len()));
            }
            Ok(Answer::Yes)
        }
        Err(e) => super::entry::refused(e, common),
    }
}

/// Checks a receipt or a state proof. No socket is opened.
pub fn verify_file(args: &VerifyArgs, common: &Common) -> anyhow::Result<Answer> {
    let genesis = read_genesis(&args.genesis)?;
    let trusted = succession::read_trusted(&genesis, args.trusted.as_deref())?;
    let bytes = read(&args.file)?;
    let asked = state::Asked::of(args.subject.as_deref(), args.height)?;
    if is_line_statement(&bytes) {
        return Ok(line::verify_bytes(&genesis, &bytes, &asked, common));
    }
    if is_state_proof(&bytes) {
        return Ok(state::verify_bytes(&genesis, trusted.as_ref(), &bytes, &asked, common));
    }
    anyhow::ensure!(
        asked == state::Asked::default(),
        "{} is no state proof: --subject and --height say what a state proof must be about",
        args.file.display()
    );
    if is_pdf(&bytes) {
        return Ok(paper::verify_pdf(&genesis, &bytes, &args.font_dir, common));
    }
    if is_picture(&bytes) {
        return paper::verify_picture(&genesis, &bytes, common);
    }
    if let Some(text) = str::from_utf8(&bytes).ok().filter(|t| t.starts_with(TEXT_PREFIX)) {
        return Ok(paper::verify_code(&genesis, text, common));
    }
    let receipt = match Receipt::parse(&bytes) {
        Ok(receipt) => receipt,
        Err(e) => return Ok(not_verified(Step::Form, &e.to_string(), common)),
    };
    match verify_trusting(&genesis, trusted.as_ref(), &receipt) {
        Ok(verified) => {
            print_verified(&verified, common);
            Ok(Answer::Yes)
        }
        Err(no) => Ok(not_verified(no.step, &no.why, common)),
    }
}

/// The bytes of a file, or of standard input.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file != Path::new("-") {
        return fs::read(file).with_context(|| format!("{} cannot be read", file.display()));
    }
    let (mut bytes, max) = (Vec::new(), limits::STATE_PROOF_BYTES_MAX as u64 + 1);
    std::io::stdin().take(max).read_to_end(&mut bytes).context("standard input cannot be read")?;
    Ok(bytes)
}

/// Prints the step that failed.
pub(super) fn not_verified(step: Step, why: &str, common: &Common) -> Answer {
    if common.json {
        output::json(&json!({ "verified": false, "step": step.text().0, "why": why }));
    } else {
        let step = common.lang.pick(step.text());
        let not = common.lang.pick(("not verified", "未通过验证"));
        output::line(format_args!("✗ {step}: {why}\n{not}"));
    }
    Answer::No
}

/// Prints what a receipt proves, step by step.
pub fn print_verified(verified: &VerifiedReceipt, common: &Common) {
    let header = verified.header().header();
    let (entry, outcome) = match verified.outcome() {
        VerifiedOutcome::Accepted(statement) => (statement.id(), "accepted"),
        VerifiedOutcome::Refused(record) => (record.entry, "refused"),
    };
    if common.json {
        let refusal = match verified.outcome() {
            VerifiedOutcome::Refused(record) => Some(record),
            VerifiedOutcome::Accepted(_) => None,
        };
        output::json(&json!({
            "verified": true,
            "entry": entry,
            "outcome": outcome,
            "refusal": refusal,
            "height": header.height,
            "time": header.time,
            "leaf": verified.index(),
            "log_size": header.log_size,
            "signed_by": verified.header().signers(),
        }));
        return;
    }
    for step in steps(verified) {
        output::line(format_args!("✓ {}", common.lang.pick(step.text())));
    }
    let signers = verified.header().signers().join(", ");
    let when = output::time(header.time);
    match common.lang {
        Language::En => output::line(format_args!(
            "entry {entry}\n{outcome}, final at height {} on {when}, signed by {signers}",
            header.height
        )),
        Language::Zh => {
            let outcome = if outcome == "accepted" { "已接受" } else { "已拒绝" };
            output::line(format_args!(
                "条目 {entry}\n{outcome}，于高度 {} 生效（{when}），签名方：{signers}",
                header.height
            ));
        }
    }
}
