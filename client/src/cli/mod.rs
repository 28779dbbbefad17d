//! The command line: one file a command. Exit codes: 0 fine, 1 a negative answer, 2 misuse.

#![expect(missing_docs, reason = "options that are shared stand documented in their own struct")]

pub mod certificate;
pub mod entry;
pub mod evidence;
pub mod import;
pub mod import_options;
pub mod key;
pub mod line;
pub mod membership;
pub mod output;
mod oversight;
pub mod paper;
pub mod receipt;
pub mod show;
pub mod state;
pub mod stuck;
mod succession;
pub mod token;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use countersign_genesis::load_genesis;
use countersign_record::founding::Genesis;

pub use crate::language::Language;
use crate::{http::Client, login::Login};

/// What a command came to, where it did not fail: its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Exit code 0.
    Yes,
    /// Exit code 1: refused, not verified, not found.
    No,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The API address of a node
    #[arg(long, global = true, env = "COUNTERSIGN_NODE", default_value = "http://127.0.0.1:26657")]
    pub node: String,
    /// Print JSON for other programs
    #[arg(long, global = true)]
    pub json: bool,
    /// The language of what is printed for people
    #[arg(long, global = true, env = "COUNTERSIGN_LANG", value_enum, default_value = "en")]
    pub lang: Language,
    /// A file whose first line is the token to show to the node (countersign token new); without it
    /// COUNTERSIGN_TOKEN counts. Commands that take a key make tokens by themselves
    #[arg(long, global = true, value_name = "FILE", env = "COUNTERSIGN_TOKEN_FILE")]
    pub token_file: Option<PathBuf>,
    /// A PEM file: whose certificates are to be believed beside those of the well-known authorities
    #[arg(long, global = true, value_name = "FILE", env = "COUNTERSIGN_CA_FILE")]
    pub ca_file: Option<PathBuf>,
}

impl Common {
    /// The node that is asked.
    pub fn client(&self) -> anyhow::Result<Client> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))
        };
        let authorities = self.ca_file.as_ref().map(read).transpose()?;
        let client = Client::trusting(&self.node, authorities.as_deref())?;
        let token = match &self.token_file {
            Some(path) => Some(read(path)?.lines().next().unwrap_or_default().trim().to_owned()),
            None => std::env::var("COUNTERSIGN_TOKEN").ok(),
        };
        Ok(match token {
            Some(token) => client.with_login(Login::Token(token)),
            None => client,
        })
    }
}

/// The founding document: a file, or the node's where none is given.
#[derive(Clone, Debug, Args)]
pub struct GenesisArg {
    /// The founding document; without it the node is asked, which is no check of the node
    #[arg(long, value_name = "FILE", env = "COUNTERSIGN_GENESIS")]
    pub genesis: Option<PathBuf>,
}

impl GenesisArg {
    /// The founding document.
    pub async fn load(&self, client: &Client) -> anyhow::Result<Genesis> {
        match &self.genesis {
            Some(path) => read_genesis(path),
            None => {
                let value = client.json("/v1/genesis").await?;
                serde_json::from_value(value).context("the node's founding document is not valid")
            }
        }
    }
}

/// Reads a founding document.
pub fn read_genesis(path: &Path) -> anyhow::Result<Genesis> {
    load_genesis(path).with_context(|| format!("{} cannot be used", path.display()))
}

/// Commands for those who use a node.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Keys: make, show, rotate
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Tokens: what a party shows at the door of a node that others reach
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Entries: write, sign, check, submit
    #[command(subcommand)]
    Entry(entry::EntryCommand),
    /// Certificates: try rules of review, review again
    #[command(subcommand)]
    Certificate(certificate::CertificateCommand),
    /// Documents, photographs and films: anchor them, check them
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// Who votes and what is voted on: validators, parameters, the rules
    #[command(subcommand)]
    Membership(membership::MembershipCommand),
    /// EDIFACT CODECO and COARRI into entries, with a report of everything in the files
    Import(import::ImportArgs),
    /// What the ledger holds
    Show(show::ShowArgs),
    /// Fetch the proof about an entry
    #[command(subcommand)]
    Receipt(receipt::ReceiptCommand),
    /// Check a receipt, a state proof, a line's statement or a certificate offline against the
    /// founding document
    Verify(receipt::VerifyArgs),
    /// Say why the network stands still, and what to do
    WhyStuck,
}

/// Runs a command.
///
/// # Errors
/// What went wrong, as sentences for people.
pub async fn run(command: Command, common: &Common) -> anyhow::Result<Answer> {
    match command {
        Command::Key(command) => key::run(command, common).await,
        Command::Token(command) => token::run(command, common),
        Command::Entry(command) => entry::run(command, common).await,
        Command::Certificate(command) => certificate::run(command, common).await,
        Command::Evidence(command) => evidence::run(command, common).await,
        Command::Membership(command) => membership::run(command, common).await,
        Command::Import(args) => import::run(args, common).await,
        Command::Show(args) => show::run(args, common).await,
        Command::Receipt(command) => receipt::run(command, common).await,
        Command::Verify(args) => receipt::verify_file(&args, common),
        Command::WhyStuck => stuck::run(common).await,
    }
}
