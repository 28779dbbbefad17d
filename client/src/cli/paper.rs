//! Certificates on paper: `certificate print` makes the file, `verify` checks a file, a picture of
//! the page or the text of the code on it, without any node.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use countersign_contracts::{
    certificate::{State, state::Certificate},
    family::{self, FamilyName},
    world::Record,
};
use countersign_print::{
    certificate::{Certified, NotCertified, Stage},
    check,
    fonts::Fonts,
    page::{Both, Page},
    picture::{Room, code_in},
};
use countersign_record::{
    Digest,
    founding::Genesis,
    state_code::{StateCode, VerifiedCode},
    state_proof::StateFault,
};
use serde_json::{Value, json};

use super::{
    Answer, Common, Language,
    entry::{now_ms, refused},
    key::PassphraseArg,
    output, read_genesis,
    receipt::not_verified,
};
use crate::{
    certificate::{Certificates, NotProven},
    draft::{Draft, DraftAction},
    party::{NotFinal, Party},
};

/// Arguments of `certificate print`.
#[derive(Debug, Args)]
pub struct PrintArgs {
    /// The certificate's number
    no: String,
    /// Where to write the PDF
    #[arg(long, short)]
    output: PathBuf,
    /// The founding document, from somebody whom you trust
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_GENESIS")]
    genesis: PathBuf,
    /// A folder with the typeface (NotoSansCJK-Regular.ttc and -Bold.ttc), where it is not installed
    #[arg(long, value_name = "FOLDER")]
    font_dir: Vec<PathBuf>,
    /// Prove it at this height instead of that at which it became valid, which nodes prove for a
    /// while only. All copies are one file, so keep the first
    #[arg(long, value_name = "HEIGHT")]
    at: Option<u64>,
    /// Say on the ledger that the next copy was printed, with the digest of the file
    #[arg(long, requires = "key")]
    record: bool,
    /// The enterprise's key file, to sign that with
    #[arg(long, requires = "record")]
    key: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArg,
    /// Your own reference of that entry, unique for ever
    #[arg(long)]
    reference: Option<String>,
}

/// Fetches what proves a certificate, checks it, and writes its page.
///
/// # Errors
/// The node cannot be reached, or the file cannot be written.
pub async fn print(args: &PrintArgs, common: &Common) -> anyhow::Result<Answer> {
    let (genesis, client) = (read_genesis(&args.genesis)?, common.client()?);
    let fonts = Fonts::find(&args.font_dir)?;
    let certificates = Certificates { client: &client, genesis: &genesis };
    let newest = match certificates.record(&args.no, None).await {
        Ok(newest) => newest,
        Err(no) => return not_proven(no, common),
    };
    if !newest.is_live(now_ms()) {
        return Ok(refuse(&over(&args.no, &newest), common));
    }
    let certified = match certificates.prove(&args.no, args.at).await {
        Ok(certified) => certified,
        Err(no) => return not_proven(no, common),
    };
    let pdf = certified.print(&fonts)?;
    let digest = Digest::of(&pdf);
    let path = args.output.display();
    fs::write(&args.output, &pdf).with_context(|| format!("{path} cannot be written"))?;
    let mut copy = None;
    if let Some(key) = args.key.as_ref().filter(|_| args.record) {
        if let Some(first) = newest.pdf.filter(|first| *first != digest) {
            return Ok(refuse(&another(&args.no, &first), common));
        }
        let copy_no = newest.prints.saturating_add(1);
        let key = Box::new(args.passphrase.open(key)?);
        let party = Party::new(genesis, client, key);
        let reference = args.reference.clone();
        let reference = reference.unwrap_or_else(|| format!("PRINT-{}-{copy_no}", args.no));
        let body = json!({ "copy_no": copy_no, "pdf": digest });
        let subject = format!("certificate:{}", args.no);
        let action = DraftAction::new(FamilyName::Certificate.name(), "print", subject, body);
        match party.record(&Draft::of(reference, now_ms(), action)).await {
            Ok(_) => copy = Some(copy_no),
            Err(NotFinal::Client(fault)) => return refused(fault, common),
            Err(other) => return Err(other.into()),
        }
    }
    print_made(args, &certified, &digest, pdf.len(), copy, common);
    Ok(Answer::Yes)
}

/// Why no page of a certificate is printed that stands for nothing any more.
fn over(no: &str, newest: &Certificate) -> Both {
    let standing = newest.standing.name();
    let since = output::time(newest.since().0);
    Both::new(
        format!("{no} is {standing} since {since}: no page of it is printed any more"),
        format!("{no} 自 {since} 起状态为 {standing}，不再打印"),
    )
}

/// Why a file is no copy of the one that was printed first.
fn another(no: &str, first: &Digest) -> Both {
    Both::new(
        format!(
            "{no} was printed before as another file (SHA-256 {first}), and all copies are one \
             file: print that file again, or prove it at the same height with --at"
        ),
        format!(
            "{no} 此前已打印为另一文件（SHA-256 {first}），各份打印件须为同一文件：请重新打印该文件，\
             或用 --at 指定相同的证明高度"
        ),
    )
}

fn refuse(why: &Both, common: &Common) -> Answer {
    if common.json {
        output::json(&json!({ "refused": why }));
    } else {
        output::line(of(why, common.lang));
    }
    Answer::No
}

fn not_proven(no: NotProven, common: &Common) -> anyhow::Result<Answer> {
    match no {
        NotProven::Client(fault) => refused(fault, common),
        NotProven::Certificate(no) => Ok(not_certified(&no, common)),
        NotProven::Absent { no, height } => {
            let en = format!("there is no certificate {no} at height {height}");
            let zh = format!("高度 {height} 无证书 {no}");
            Ok(refuse(&Both::new(en, zh), common))
        }
        other => Err(other.into()),
    }
}

fn print_made(
    args: &PrintArgs,
    certified: &Certified,
    digest: &Digest,
    bytes: usize,
    copy: Option<u32>,
    common: &Common,
) {
    if common.json {
        output::json(&json!({
            "certificate": certified.no(),
            "file": args.output,
            "bytes": bytes,
            "sha256": digest,
            "height": certified.state().height(),
            "copy_no": copy,
        }));
        return;
    }
    let (path, height) = (args.output.display(), certified.state().height());
    output::line(format_args!("{path} ({bytes} bytes, SHA-256 {digest})"));
    output::line(match (common.lang, copy) {
        (Language::En, Some(n)) => format!("proven at height {height}; copy {n} is on the ledger"),
        (Language::Zh, Some(n)) => format!("证明高度 {height}；第 {n} 份打印已上账"),
        (Language::En, None) => {
            format!("proven at height {height}; the print is not on the ledger: add --record --key")
        }
        (Language::Zh, None) => {
            format!("证明高度 {height}；打印尚未上账：请加 --record --key")
        }
    });
}

/// Checks the file of a certificate.
pub(super) fn verify_pdf(
    genesis: &Genesis,
    pdf: &[u8],
    font_folders: &[PathBuf],
    common: &Common,
) -> Answer {
    match check(genesis, pdf, font_folders) {
        Ok(certified) => {
            print_certified(&certified, common);
            Answer::Yes
        }
        Err(no) => not_certified(&no, common),
    }
}

fn not_certified(no: &NotCertified, common: &Common) -> Answer {
    if common.json {
        output::json(&json!({
            "verified": false,
            "step": no.stage.text().0,
            "why": no.why,
            "proven": no.proven.as_ref().map(|certified| certified_json(certified)),
        }));
        return Answer::No;
    }
    for stage in Stage::ALL.into_iter().take_while(|stage| *stage != no.stage) {
        output::line(format_args!("✓ {}", common.lang.pick(stage.text())));
    }
    let step = common.lang.pick(no.stage.text());
    let not = common.lang.pick(("not verified", "未通过验证"));
    output::line(format_args!("✗ {step}: {}\n{not}", no.why));
    Answer::No
}

fn certified_json(certified: &Certified) -> Value {
    let (state, (height, time)) = (certified.state(), certified.since());
    let page = certified.page();
    json!({
        "certificate": certified.no(),
        "title": page.title,
        "office": { "party": certified.certificate().issued.by.party, "names": certified.office() },
        "enterprise": {
            "uscc": certified.certificate().enterprise,
            "names": certified.enterprise(),
        },
        "standing": certified.certificate().standing,
        "items": certified.certificate().items,
        "valid_from": certified.certificate().valid_from,
        "valid_to": certified.certificate().valid_to,
        "since": { "height": height, "time": time },
        "height": state.height(),
        "time": state.time(),
        "signed_by": state.header().signers(),
    })
}

fn print_certified(certified: &Certified, common: &Common) {
    if common.json {
        let mut said = certified_json(certified);
        said["verified"] = true.into();
        output::json(&said);
        return;
    }
    for stage in Stage::ALL {
        output::line(format_args!("✓ {}", common.lang.pick(stage.text())));
    }
    let lang = common.lang;
    let page = certified.page();
    output::line(format_args!("{} {}", of(&page.title, lang), page.number));
    let issued = lang.pick(("issued by", "签发"));
    output::line(format_args!(
        "{issued}: {} ({})",
        of(&page.issuer, lang),
        certified.certificate().issued.by.party
    ));
    print_page(&page, lang);
    let state = certified.state();
    print_when(certified.since(), (state.height(), state.time()), state.header().signers(), lang);
    print_later(certified.no(), lang);
}

fn of(both: &Both, lang: Language) -> &str {
    lang.pick((&both.en, &both.zh))
}

fn print_page(page: &Page, lang: Language) {
    for field in &page.fields {
        output::line(format_args!(
            "{}: {}",
            of(&field.label, lang),
            field.value.replace('\n', ", ")
        ));
    }
    for table in &page.tables {
        for row in &table.rows {
            output::line(format_args!("  {}", row.join("  ")));
        }
    }
}

fn print_when(since: (u64, u64), at: (u64, u64), signers: &[String], lang: Language) {
    let (signed, time) = (output::time(since.1), output::time(at.1));
    let signers = signers.join(", ");
    output::line(match lang {
        Language::En => format!(
            "signed at height {} on {signed}; valid at height {}, {time}; signed by {signers}",
            since.0, at.0
        ),
        Language::Zh => format!(
            "高度 {}（{signed}）签署；高度 {}（{time}）时有效；签名方：{signers}",
            since.0, at.0
        ),
    });
}

/// What no paper can say.
fn print_later(no: &str, lang: Language) {
    output::line(match lang {
        Language::En => format!(
            "what happened later, a revocation above all, shows only at a node: countersign show \
             subject certificate/certificate:{no}"
        ),
        Language::Zh => format!(
            "此后的情况（尤其是撤销）须向节点查询：countersign show subject \
             certificate/certificate:{no}"
        ),
    });
}

/// Checks the code in a picture of the page.
pub(super) fn verify_picture(
    genesis: &Genesis,
    picture: &[u8],
    common: &Common,
) -> anyhow::Result<Answer> {
    Ok(verify_code(genesis, &code_in(picture, Room::OWN)?, common))
}

/// Checks the text of the code on a page.
pub(super) fn verify_code(genesis: &Genesis, text: &str, common: &Common) -> Answer {
    let code = StateCode::parse_text(text).map_err(StateFault::Form);
    match code.and_then(|code| code.verify(genesis)) {
        Ok(verified) => {
            print_code(&verified, common);
            Answer::Yes
        }
        Err(no) => not_verified(no.step(), &no.to_string(), common),
    }
}

fn certificate_of(verified: &VerifiedCode) -> Option<Certificate> {
    match Record::parse(verified.record()?).ok()?.state {
        family::State::Certificate(State::Certificate(certificate)) => Some(certificate.take()),
        _ => None,
    }
}

fn print_code(verified: &VerifiedCode, common: &Common) {
    let header = verified.header().header();
    let certificate = certificate_of(verified);
    let signers = verified.header().signers();
    if common.json {
        output::json(&json!({
            "verified": true,
            "family": verified.family(),
            "subject": verified.subject(),
            "digest": verified.digest(),
            "certificate": certificate,
            "height": header.height,
            "time": header.time,
            "signed_by": signers,
        }));
        return;
    }
    let lang = common.lang;
    let name = format!("{}/{}", verified.family(), verified.subject());
    let (height, when, signers) = (header.height, output::time(header.time), signers.join(", "));
    output::line(match lang {
        Language::En => format!("✓ {name} at height {height} on {when}, signed by {signers}"),
        Language::Zh => format!("✓ {name}，高度 {height}（{when}），签名方：{signers}"),
    });
    match &certificate {
        Some(certificate) => print_record(certificate, lang),
        None => {
            let record = lang.pick(("SHA-256 of its record", "记录的 SHA-256"));
            output::line(format_args!("{record}: {}", verified.digest()));
        }
    }
    if let Some(no) = verified.subject().strip_prefix("certificate:") {
        print_later(no, lang);
    }
}

/// What a certificate's record says, to be held against the paper.
fn print_record(certificate: &Certificate, lang: Language) {
    let title = lang.pick((&certificate.title.en, &certificate.title.zh));
    let standing = certificate.standing.name();
    output::line(format_args!("{title}: {standing}"));
    let (by, enterprise) = (&certificate.issued.by.party, &certificate.enterprise);
    let (from, to) = (output::time(certificate.valid_from), output::time(certificate.valid_to));
    output::line(match lang {
        Language::En => format!("issued by {by} for {enterprise}, valid {from} to {to}"),
        Language::Zh => format!("{by} 签发，企业 {enterprise}，有效期 {from} 至 {to}"),
    });
    for item in &certificate.items {
        let hs = item.hs.as_deref().unwrap_or_default();
        let qty = countersign_print::page::scaled(item.certified_milli, 3);
        output::line(format_args!("  {}  {hs}  {qty} {}", item.no, item.unit));
    }
    for chip in certificate.group.iter().flat_map(|group| &group.chips) {
        output::line(format_args!("  {chip}"));
    }
}
