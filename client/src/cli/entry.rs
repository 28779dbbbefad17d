//! `countersign entry`: write an entry as JSON, sign it, check it, submit it.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use countersign_record::statement::Statement;
use serde_json::{Value, json};

use super::{Answer, Common, GenesisArg, Language, key::PassphraseArg, output};
use crate::{
    draft::{Draft, DraftAction},
    http::{Client, ClientFault, Problem, Submitted},
    login::Login,
};

/// Commands about entries.
#[derive(Debug, Subcommand)]
pub enum EntryCommand {
    /// Write a draft (JSON) that can be edited, checked and signed
    New {
        /// The family, for instance combined_port
        #[arg(long, default_value = "combined_port")]
        family: String,
        /// The kind, for instance arrival
        #[arg(long)]
        kind: String,
        /// The subject, for instance box:CBHU7001000
        #[arg(long)]
        subject: String,
        /// Your own reference, unique for ever
        #[arg(long)]
        reference: String,
        /// The body as JSON, or @FILE
        #[arg(long, default_value = "{}")]
        body: String,
        /// Where to write it; standard output where it is not given
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Sign a draft
    Sign {
        /// The draft
        draft: PathBuf,
        #[command(flatten)]
        signing: Signing,
        /// Where to write the statement
        #[arg(long, short)]
        output: PathBuf,
    },
    /// Dry run: what would be refused now, and why; nothing is stored
    Check(Input),
    /// Submit, wait until it is final, verify the receipt
    Submit {
        #[command(flatten)]
        input: Input,
        /// Where to write the receipt
        #[arg(long, short)]
        output: Option<PathBuf>,
        /// Do not wait until it is final
        #[arg(long)]
        no_wait: bool,
    },
}

/// Key and network to sign with.
#[derive(Clone, Debug, Args)]
pub struct Signing {
    /// The party's key file
    #[arg(long)]
    pub key: PathBuf,
    #[command(flatten)]
    pub passphrase: PassphraseArg,
    #[command(flatten)]
    pub genesis: GenesisArg,
}

/// A signed statement, or a draft with the key to sign it.
#[derive(Clone, Debug, Args)]
pub struct Input {
    /// A signed statement, or a draft together with --key
    pub file: PathBuf,
    /// The party's key file, where FILE is a draft
    #[arg(long)]
    pub key: Option<PathBuf>,
    #[command(flatten)]
    pub passphrase: PassphraseArg,
    #[command(flatten)]
    pub genesis: GenesisArg,
}

impl Input {
    /// The statement, and the node to hand it to; where there is a key, the client says whose it is.
    async fn statement(&self, common: &Common) -> anyhow::Result<(Vec<u8>, Client)> {
        let client = common.client()?;
        match &self.key {
            None => Ok((fs::read(&self.file).with_context(|| cannot_read(&self.file))?, client)),
            Some(key) => {
                let network = self.genesis.load(&client).await?.network();
                let key = Arc::new(self.passphrase.open(key)?);
                let statement = read_draft(&self.file)?.sign(network, &*key)?;
                let client = match client.has_login() {
                    true => client,
                    false => client.with_login(Login::with_key(key, network)),
                };
                Ok((statement.bytes().to_vec(), client))
            }
        }
    }
}

fn read_draft(path: &Path) -> anyhow::Result<Draft> {
    let text = fs::read_to_string(path).with_context(|| cannot_read(path))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no draft of an entry", path.display()))
}

impl Signing {
    async fn sign(&self, draft: &Path, common: &Common) -> anyhow::Result<Statement> {
        let draft = read_draft(draft)?;
        let genesis = self.genesis.load(&common.client()?).await?;
        Ok(draft.sign(genesis.network(), &self.passphrase.open(&self.key)?)?)
    }
}

/// Runs a command.
pub async fn run(command: EntryCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        EntryCommand::New { family, kind, subject, reference, body, output } => {
            let action = DraftAction::new(&family, &kind, subject, read_body(&body)?);
            let draft = serde_json::to_value(Draft::of(reference, now_ms(), action))?;
            match output {
                None => output::pretty(&draft),
                Some(path) => write(&path, serde_json::to_string_pretty(&draft)?.as_bytes())?,
            }
            Ok(Answer::Yes)
        }
        EntryCommand::Sign { draft, signing, output } => {
            let statement = signing.sign(&draft, common).await?;
            write(&output, statement.bytes())?;
            said(common, &json!({ "id": statement.id() }), statement.id());
            Ok(Answer::Yes)
        }
        EntryCommand::Check(input) => {
            let (statement, client) = input.statement(common).await?;
            print_check(client.check(&statement).await, common)
        }
        EntryCommand::Submit { input, output, no_wait } => {
            let (statement, client) = input.statement(common).await?;
            match client.submit(&statement, !no_wait).await {
                Ok(Submitted::Final(receipt)) => {
                    if let Some(path) = output {
                        write(&path, &receipt)?;
                    }
                    let genesis = input.genesis.load(&client).await?;
                    let verified = countersign_record::verify::verify(&genesis, &receipt)?;
                    super::receipt::print_verified(&verified, common);
                    Ok(Answer::Yes)
                }
                Ok(Submitted::Waiting) => {
                    let id = countersign_record::Digest::of(&statement);
                    let text = format!("{id} was taken in; it is not final yet");
                    said(common, &json!({ "id": id, "state": "waiting" }), text);
                    Ok(Answer::Yes)
                }
                Err(e) => refused(e, common),
            }
        }
    }
}

/// What a dry run came to, with the arithmetic of a vote where there is one.
pub(super) fn print_check(
    checked: Result<Value, ClientFault>,
    common: &Common,
) -> anyhow::Result<Answer> {
    let would = match checked {
        Ok(would) => would,
        Err(e) => return refused(e, common),
    };
    said(common, &would, "it would be accepted now");
    if !common.json {
        let events = output::list(&would["events"]).iter();
        for line in events.flat_map(|e| super::membership::arithmetic(&e["event"], common.lang)) {
            output::line(line);
        }
    }
    Ok(Answer::Yes)
}

/// A body given as JSON, or as the name of a file after an `@`.
pub(super) fn read_body(body: &str) -> anyhow::Result<Value> {
    let text = match body.strip_prefix('@') {
        Some(path) => fs::read_to_string(path).with_context(|| cannot_read(Path::new(path)))?,
        None => body.to_owned(),
    };
    serde_json::from_str(&text).context("the body is not JSON")
}

fn said(common: &Common, value: &Value, text: impl std::fmt::Display) {
    if common.json {
        output::json(value);
    } else {
        output::line(text);
    }
}

/// A refusal is an answer, not a failure of the program.
pub(super) fn refused(fault: ClientFault, common: &Common) -> anyhow::Result<Answer> {
    let ClientFault::Problem(problem) = fault else { return Err(fault.into()) };
    print_problem(&problem, common);
    Ok(Answer::No)
}

/// Prints a node's no.
pub(super) fn print_problem(problem: &Problem, common: &Common) {
    if common.json {
        output::json(&json!({
            "refused": problem.refusal,
            "status": problem.status,
            "type": problem.kind,
            "detail": problem.detail,
            "entry": problem.entry,
            "height": problem.height,
        }));
        return;
    }
    let text = match (common.lang, &problem.detail_zh) {
        (Language::Zh, Some(zh)) => zh,
        _ => &problem.detail,
    };
    match problem.rule() {
        Some(rule) => output::line(format_args!("{rule} {text}")),
        None => output::line(text),
    }
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

fn cannot_read(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}

/// This machine's clock: UTC milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
