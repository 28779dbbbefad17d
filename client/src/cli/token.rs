//! `countersign token`: what a party's own systems show at the door of a node.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use countersign_record::limits::TOKEN_LIFE_S_MAX;
use serde_json::json;

use super::{Answer, Common, GenesisArg, key::PassphraseArg, output, read_genesis};
use crate::login::token;

/// Commands about tokens.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token with a key of your party, good at every node of the network until it ends
    New {
        /// The party's key file
        #[arg(long)]
        key: PathBuf,
        /// How long it is good, at most 24
        #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64)
            .range(1..=TOKEN_LIFE_S_MAX / 3_600))]
        hours: u64,
        #[command(flatten)]
        passphrase: PassphraseArg,
        #[command(flatten)]
        genesis: GenesisArg,
    },
}

/// Runs a command.
///
/// # Errors
/// The key cannot be opened, or no founding document is given.
pub fn run(command: TokenCommand, common: &Common) -> anyhow::Result<Answer> {
    let TokenCommand::New { key, hours, passphrase, genesis } = command;
    // A node could name another network, and use the token there.
    let file = genesis.genesis.context(
        "a token is for one network: give its founding document with --genesis; the word of a \
         node is not enough",
    )?;
    let network = read_genesis(&file)?.network();
    let made = token(&passphrase.open(&key)?, network, hours.saturating_mul(3_600));
    if common.json {
        output::json(&json!({
            "token": made.to_text(),
            "kid": made.kid(),
            "expires": made.claims().expires_s,
        }));
    } else {
        output::line(made.to_text());
    }
    Ok(Answer::Yes)
}
