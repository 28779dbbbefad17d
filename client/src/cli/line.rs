//! Statements of guarantee lines: `show line … --proof FILE` fetches one, `verify FILE` checks it.

use std::{fs, path::Path};

use anyhow::Context as _;
use countersign_contracts::guarantee::{LineStatement, VerifiedStatement, verify_statement};
use countersign_record::{founding::Genesis, state_proof::STEPS};
use serde_json::json;

use super::{Answer, Common, Language, output, read_genesis, receipt::not_verified, state::Asked};

/// The step that comes after those of the state proof.
const LISTING: (&str, &str) =
    ("every live drawdown is listed, and nothing else", "未结核扣逐笔列明，无遗漏无增添");

/// Fetches the statement of a line into a file, and checks it where a founding document is named.
///
/// # Errors
/// There is no such line, or the file cannot be written.
pub async fn fetch(
    filing_no: &str,
    at: Option<u64>,
    file: &Path,
    genesis: Option<&Path>,
    common: &Common,
) -> anyhow::Result<Answer> {
    let client = common.client()?;
    let bytes = match client.line_statement(filing_no, at).await {
        Ok(bytes) => bytes,
        Err(e) => return super::entry::refused(e, common),
    };
    let statement = LineStatement::parse(&bytes)
        .with_context(|| format!("{} did not answer with a line's statement", client.url()))?;
    fs::write(file, &bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    if let Some(genesis) = genesis {
        let subject = Some(("guarantee".to_owned(), format!("line:{filing_no}")));
        let asked = Asked { subject, height: at };
        return Ok(verify_bytes(&read_genesis(genesis)?, &bytes, &asked, common));
    }
    let (name, count) = (file.display(), statement.live.len());
    if common.json {
        output::json(&json!({ "filing_no": filing_no, "live": count, "file": file,
            "bytes": bytes.len(), "verified": null }));
        return Ok(Answer::Yes);
    }
    output::line(match common.lang {
        Language::En => format!(
            "{name} ({} bytes): {filing_no} with {count} live drawdowns\nnot checked yet: \
             countersign verify FILE --genesis genesis.json",
            bytes.len()
        ),
        Language::Zh => format!(
            "{name}（{} 字节）：{filing_no}，未结核扣 {count} 笔\n尚未核验：countersign verify \
             FILE --genesis genesis.json",
            bytes.len()
        ),
    });
    Ok(Answer::Yes)
}

/// Checks a statement and prints each step, then what it proves.
pub fn verify_bytes(genesis: &Genesis, bytes: &[u8], asked: &Asked, common: &Common) -> Answer {
    let verified = match verify_statement(genesis, bytes) {
        Ok(verified) => verified,
        Err(no) => return not_verified(no.step(), &no.to_string(), common),
    };
    if let Err(no) = asked.answered_by(verified.state()) {
        return not_verified(no.step(), &no.to_string(), common);
    }
    print_verified(&verified, common);
    Answer::Yes
}

fn print_verified(verified: &VerifiedStatement, common: &Common) {
    let (state, line) = (verified.state(), verified.line());
    let value = json!({
        "verified": true,
        "filing_no": verified.filing_no(),
        "height": state.height(),
        "time": state.time(),
        "line": line,
        "live": verified.live(),
        "signed_by": state.header().signers(),
    });
    if common.json {
        output::json(&value);
        return;
    }
    for step in STEPS.into_iter().map(|s| s.text()).chain([LISTING]) {
        output::line(format_args!("✓ {}", common.lang.pick(step)));
    }
    let (height, when) = (state.height(), output::time(state.time()));
    let signers = state.header().signers().join(", ");
    output::line(match common.lang {
        Language::En => format!("at height {height} on {when}, signed by {signers}"),
        Language::Zh => format!("高度 {height}（{when}），签名方：{signers}"),
    });
    // What is printed stands in the proven file; a closed output is the reader's choice.
    let _closed = super::oversight::print_line(&value, common.lang, false);
}
