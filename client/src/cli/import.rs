//! `countersign import`: trade files into entries, with a report of everything that is in them.

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use countersign_record::verify::VerifiedOutcome;
use serde_json::{Value, json};

use super::{
    Answer, Common, GenesisArg, import_options::ImportOptions, key::PassphraseArg, output,
};
use crate::{
    import::{
        self, Report,
        actions::{Plan, plan},
        limits::FILE_BYTES_MAX,
    },
    party::{NotFinal, Party},
};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// EDIFACT files: CODECO, COARRI
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Your key: sign and submit what the files say. Without it only the report is printed
    #[arg(long)]
    pub key: Option<PathBuf>,
    #[command(flatten)]
    pub passphrase: PassphraseArg,
    #[command(flatten)]
    pub genesis: GenesisArg,
    #[command(flatten)]
    pub asked: ImportOptions,
}

/// Runs the command. Exit code 1: something in the files was refused, or the ledger refused it.
pub async fn run(args: ImportArgs, common: &Common) -> anyhow::Result<Answer> {
    let (options, context) = (args.asked.reading(), args.asked.context()?);
    let party = match &args.key {
        None => None,
        Some(key) => {
            let client = common.client()?;
            let genesis = args.genesis.load(&client).await?;
            Some(Party::new(genesis, client, Box::new(args.passphrase.open(key)?)))
        }
    };
    let (mut answer, mut reports) = (Answer::Yes, Vec::new());
    for file in &args.files {
        let bytes =
            read_bounded(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let report = import::import(&file.display().to_string(), &bytes, &options);
        let plan = plan(&report, &context);
        if report.refused.is_some()
            || report.containers.refused + report.messages.refused > 0
            || (party.is_some() && !plan.left_out.is_empty())
        {
            answer = Answer::No;
        }
        if !common.json {
            print_report(&report, &plan, party.is_some(), common);
        }
        let mut sent = Vec::new();
        if let Some(party) = &party {
            let (ok, entries) = submit(party, &plan, common).await?;
            if !ok {
                answer = Answer::No;
            }
            sent = entries;
        }
        reports.push(json!({
            "report": report, "left_out": plan.left_out, "drafts": plan.drafts, "entries": sent,
        }));
    }
    if common.json {
        output::json(&json!({ "files": reports }));
    }
    Ok(answer)
}

/// Reads one byte more than the importer takes, which is enough for it to refuse the file.
fn read_bounded(file: &Path) -> std::io::Result<Vec<u8>> {
    let most = FILE_BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    fs::File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn print_report(report: &Report, plan: &Plan, submits: bool, common: &Common) {
    let language = match common.lang {
        super::Language::En => import::Language::En,
        super::Language::Zh => import::Language::Zh,
    };
    output::line(report.display(language));
    for left in &plan.left_out {
        for reason in &left.reasons {
            output::line(format_args!("{}: {}", left.container, reason.text(language)));
        }
    }
    if !submits {
        let hint = (
            "nothing was submitted: give --key to sign and submit",
            "未提交：使用 --key 签署并提交",
        );
        output::line(common.lang.pick(hint));
    }
}

async fn submit(party: &Party, plan: &Plan, common: &Common) -> anyhow::Result<(bool, Vec<Value>)> {
    let (mut all, mut entries) = (true, Vec::new());
    for draft in &plan.drafts {
        match party.record(draft).await {
            Ok(receipt) => {
                let id = match receipt.outcome() {
                    VerifiedOutcome::Accepted(statement) => statement.id(),
                    VerifiedOutcome::Refused(record) => record.entry,
                };
                entries.push(json!({ "reference": draft.reference, "entry": id }));
                if !common.json {
                    let n = draft.actions.len();
                    let word = common
                        .lang
                        .pick(("actions, final, receipt verified", "项，已生效，回执已核验"));
                    output::line(format_args!("✓ {id}: {n} {word}"));
                }
            }
            Err(NotFinal::Client(crate::http::ClientFault::Problem(problem))) => {
                all = false;
                let refused = json!({ "reference": draft.reference, "refused": problem.refusal,
                    "detail": problem.detail, "action": problem.action });
                entries.push(refused);
                if !common.json {
                    super::entry::print_problem(&problem, common);
                }
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok((all, entries))
}
