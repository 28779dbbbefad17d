//! `countersign show`: what the ledger holds.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::Value;

use super::{
    Answer, Common, Language, line, output,
    output::{Table, list, text},
    oversight,
    state::{self, ProofArgs},
};
use crate::http::escape;

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Print lists as comma-separated values (RFC 4180), for spreadsheets
    #[arg(long, global = true, conflicts_with = "json")]
    csv: bool,
    #[command(subcommand)]
    command: ShowCommand,
}

/// What can be shown.
#[derive(Debug, Subcommand)]
pub enum ShowCommand {
    /// A business object, for instance bill:SDSK26110001 or combined_port/bill:SDSK26110001
    Subject {
        /// Its name, with its family before it or without
        subject: String,
        /// Its family
        #[arg(long, default_value = "combined_port")]
        family: String,
        /// As it stood after the batch of this height
        #[arg(long)]
        at: Option<u64>,
        /// What happened to it instead
        #[arg(long, conflicts_with = "proof")]
        history: bool,
        #[command(flatten)]
        proof: ProofArgs,
    },
    /// May this box leave, and if not, which fact blocks it?
    Box {
        /// The container number
        container: String,
        #[command(flatten)]
        proof: ProofArgs,
    },
    /// An entry and what became of it
    Entry {
        /// Its id
        id: String,
    },
    /// What a guarantor answers for
    Exposure {
        /// The guarantor's id
        guarantor: String,
        /// As it stood after the batch of this height
        #[arg(long)]
        at: Option<u64>,
    },
    /// A guarantee line and the drawdowns that live on it
    Line {
        /// Its filing number
        filing_no: String,
        /// As it stood after the batch of this height
        #[arg(long)]
        at: Option<u64>,
        /// Write the statement into a file: the line proven, and no drawdown left out
        #[arg(long, value_name = "FILE")]
        proof: Option<PathBuf>,
        /// Check the statement at once against this founding document
        #[arg(long, value_name = "FILE", env = "COUNTERSIGN_GENESIS")]
        genesis: Option<PathBuf>,
    },
    /// The book of a logistics account of bonded oil
    Oil {
        /// The account's number
        account: String,
        /// As it stood after the batch of this height
        #[arg(long)]
        at: Option<u64>,
        #[command(flatten)]
        proof: ProofArgs,
    },
    /// Everything that needs a person
    Alerts,
    /// The parties of the network
    Parties,
    /// The newest batches
    Batches,
    /// Where the node stands
    Status,
}

/// Runs a command.
pub async fn run(args: ShowArgs, common: &Common) -> anyhow::Result<Answer> {
    let ShowArgs { csv, command } = args;
    if let Some((proof, family, subject, at)) = asked_to_prove(&command) {
        return state::fetch(proof, family, &subject, at, common).await;
    }
    if let ShowCommand::Line { filing_no, at, proof: Some(file), genesis } = &command {
        return line::fetch(filing_no, *at, file, genesis.as_deref(), common).await;
    }
    let path = match &command {
        ShowCommand::Subject { subject, family, at, history, .. } => {
            let (family, subject) = state::split_name(subject, family);
            let subject = format!("/v1/subjects/{}/{}", escape(family), escape(subject));
            match (history, at) {
                (true, _) => format!("{subject}/history"),
                (false, at) => at_height(subject, *at),
            }
        }
        ShowCommand::Box { container, .. } => format!("/v1/boxes/{}/next", escape(container)),
        ShowCommand::Entry { id } => format!("/v1/entries/{}", escape(id)),
        ShowCommand::Exposure { guarantor, at } => {
            at_height(format!("/v1/exposure/{}", escape(guarantor)), *at)
        }
        ShowCommand::Line { filing_no, at, .. } => {
            at_height(format!("/v1/lines/{}", escape(filing_no)), *at)
        }
        ShowCommand::Oil { account, at, .. } => {
            at_height(format!("/v1/accounts/{}", escape(account)), *at)
        }
        ShowCommand::Alerts => "/v1/alerts".into(),
        ShowCommand::Parties => "/v1/parties".into(),
        ShowCommand::Batches => "/v1/batches".into(),
        ShowCommand::Status => "/v1/status".into(),
    };
    let value = match common.client()?.json(&path).await {
        Ok(value) => value,
        Err(e) => return super::entry::refused(e, common),
    };
    if common.json {
        output::json(&value);
        return Ok(answer(&command, &value));
    }
    match &command {
        ShowCommand::Box { .. } => print_box(&value, common.lang),
        ShowCommand::Exposure { .. } => oversight::print_exposure(&value, common.lang, csv)?,
        ShowCommand::Line { .. } => oversight::print_line(&value, common.lang, csv)?,
        ShowCommand::Oil { .. } => oversight::print_account(&value, common.lang, csv)?,
        ShowCommand::Alerts if csv => alert_rows(&value, common.lang).print(csv)?,
        ShowCommand::Alerts => print_alerts(&value, common.lang),
        ShowCommand::Parties => party_rows(&value, common.lang).print(csv)?,
        ShowCommand::Batches => batch_rows(&value).print(csv)?,
        _ => output::pretty(&value),
    }
    Ok(answer(&command, &value))
}

fn at_height(path: String, at: Option<u64>) -> String {
    match at {
        Some(at) => format!("{path}?at={at}"),
        None => path,
    }
}

/// The subject that a command names, where its proof is wanted.
fn asked_to_prove(command: &ShowCommand) -> Option<(&ProofArgs, &str, String, Option<u64>)> {
    let (proof, family, subject, at) = match command {
        ShowCommand::Subject { subject, family, at, proof, .. } => {
            let (family, subject) = state::split_name(subject, family);
            (proof, family, subject.to_owned(), *at)
        }
        ShowCommand::Box { container, proof } => {
            (proof, "combined_port", format!("box:{container}"), None)
        }
        ShowCommand::Oil { account, at, proof } => {
            (proof, "bonded_oil", format!("account:{account}"), *at)
        }
        _ => return None,
    };
    proof.proof.is_some().then_some((proof, family, subject, at))
}

/// "No, it may not leave" is a negative answer, and so is the exit code.
fn answer(command: &ShowCommand, value: &Value) -> Answer {
    match (command, value["allowed"].as_bool()) {
        (ShowCommand::Box { .. }, Some(false)) => Answer::No,
        _ => Answer::Yes,
    }
}

fn print_box(value: &Value, lang: Language) {
    let allowed = value["allowed"].as_bool().unwrap_or(false);
    let word = if allowed { ("YES", "可以") } else { ("NO", "不可以") };
    let next = &value["next_move"];
    output::line(format_args!("{}  {}", lang.pick(word), text(next)));
    let language = lang.pick(("en", "zh"));
    if let Some(blocking) = value["blocking"][language].as_str() {
        output::line(blocking);
    }
    if let Some(deadline) = value["deadline"].as_u64() {
        let until = lang.pick(("until", "期限"));
        output::line(format_args!("{until} {}", output::time(deadline)));
    }
}

fn print_alerts(value: &Value, lang: Language) {
    let language = lang.pick(("en", "zh"));
    for alert in list(&value["items"]) {
        let since = alert["since"].as_u64().map(output::time).unwrap_or_default();
        output::line(format_args!("{}  {since}", text(&alert["subject"])));
        output::line(format_args!("  {}", text(&alert[language])));
        for said in list(&alert["statements"]) {
            let (party, value) = (text(&said["party"]), text(&said["value"]));
            output::line(format_args!("  {party}: {value}  ({})", text(&said["entry"])));
        }
        if let Some(deadline) = alert["deadline"].as_u64() {
            let until = lang.pick(("until", "期限"));
            output::line(format_args!("  {until} {}", output::time(deadline)));
        }
    }
    if list(&value["items"]).is_empty() {
        output::line(lang.pick(("nothing needs attention", "没有待处理事项")));
    }
}

fn alert_rows(value: &Value, lang: Language) -> Table {
    let language = lang.pick(("en", "zh"));
    let time = |value: &Value| value.as_u64().map(output::time).unwrap_or_default();
    let row = |alert: &Value| {
        let kinds = ["kind", "subject", "field"].map(|name| text(&alert[name]));
        let times = [time(&alert["since"]), time(&alert["deadline"])];
        kinds.into_iter().chain(times).chain([text(&alert[language])]).collect()
    };
    let headings = match lang {
        Language::En => ["kind", "subject", "field", "since", "until", "what"],
        Language::Zh => ["种类", "对象", "字段", "自", "期限", "内容"],
    };
    Table::new(&headings, list(&value["items"]).iter().map(row).collect())
}

fn party_rows(value: &Value, lang: Language) -> Table {
    let language = lang.pick(("en", "zh"));
    let rows: Vec<_> = list(&value["items"])
        .iter()
        .map(|party| {
            let state = &party["state"];
            let roles: Vec<_> = list(&state["roles"]).iter().map(text).collect();
            let active = state["active"].as_bool().unwrap_or(false);
            vec![
                text(&party["subject"]).trim_start_matches("party:").to_owned(),
                text(&state["names"][language]),
                roles.join(", "),
                lang.pick(if active { ("active", "有效") } else { ("suspended", "已暂停") }).into(),
            ]
        })
        .collect();
    let headings = match lang {
        Language::En => ["party", "name", "roles", "standing"],
        Language::Zh => ["当事方", "名称", "角色", "状态"],
    };
    Table::new(&headings, rows)
}

fn batch_rows(value: &Value) -> Table {
    let rows: Vec<_> = list(&value["items"])
        .iter()
        .map(|batch| {
            let header = &batch["header"];
            vec![
                text(&batch["height"]),
                header["time"].as_u64().map(output::time).unwrap_or_default(),
                text(&header["log_size"]),
                text(&header["refusals_size"]),
                list(&batch["signed_by"]).len().to_string(),
                text(&header["proposer"]),
            ]
        })
        .collect();
    Table::new(&["height", "time", "log size", "refused", "signatures", "proposer"], rows)
}
