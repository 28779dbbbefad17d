//! `countersign key`: make a key, show it, put a new one in the place of an old one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use countersign_contracts::membership::key_proof;
use countersign_genesis::keyfile;
use countersign_record::keys::Signer as _;
use serde_json::json;

use super::{Answer, Common, GenesisArg, output};
use crate::{
    draft::{Draft, DraftAction},
    party::Party,
};

/// Commands about keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key: encrypted PKCS#8, which OpenSSL reads as well
    New {
        /// Where to write it; an existing file is never overwritten
        #[arg(long, short)]
        output: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Show the public half of a key, and its thumbprint
    Show {
        /// The key file
        file: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Register a new key of your party and revoke the old one in the same step
    Rotate {
        /// The party
        #[arg(long)]
        party: String,
        /// The key file in use
        #[arg(long)]
        key: PathBuf,
        /// The new key file
        #[arg(long)]
        new: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArg,
        #[command(flatten)]
        genesis: GenesisArg,
    },
}

/// Where a passphrase comes from.
#[derive(Clone, Debug, Args)]
pub struct PassphraseArg {
    /// A file whose first line is the passphrase of the key
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

impl PassphraseArg {
    /// The passphrase: the file's first line, or COUNTERSIGN_PASSPHRASE, or none.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self) -> anyhow::Result<Option<String>> {
        match &self.passphrase_file {
            None => Ok(std::env::var("COUNTERSIGN_PASSPHRASE").ok()),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
            }
        }
    }

    /// A signing key.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn open(&self, file: &Path) -> anyhow::Result<ed25519_dalek::SigningKey> {
        Ok(keyfile::load(file, self.read()?.as_deref())?)
    }
}

/// Runs a command.
pub async fn run(command: KeyCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        KeyCommand::New { output, passphrase } => {
            let key = keyfile::generate()?;
            keyfile::write(&output, &key, passphrase.read()?.as_deref())?;
            show(&key, common);
        }
        KeyCommand::Show { file, passphrase } => show(&passphrase.open(&file)?, common),
        KeyCommand::Rotate { party, key, new, passphrase, genesis } => {
            let client = common.client()?;
            let genesis = genesis.load(&client).await?;
            let (old, new) = (passphrase.open(&key)?, passphrase.open(&new)?);
            let proof = new.sign_proof(&party);
            let body = json!({
                "key": new.public(),
                "proof": proof,
                "replaces": old.public().thumbprint(),
            });
            let now = super::entry::now_ms();
            let action =
                DraftAction::new("membership", "rotate_key", format!("party:{party}"), body);
            let reference = format!("key-{}", &new.public().thumbprint().to_string()[..16]);
            let draft = Draft::of(reference, now, action);
            let receipt = Party::new(genesis, client, Box::new(old)).record(&draft).await?;
            super::receipt::print_verified(&receipt, common);
        }
    }
    Ok(Answer::Yes)
}

trait SignProof {
    fn sign_proof(&self, party: &str) -> countersign_record::keys::SignatureBytes;
}

impl SignProof for ed25519_dalek::SigningKey {
    fn sign_proof(&self, party: &str) -> countersign_record::keys::SignatureBytes {
        countersign_record::keys::Signer::sign(self, &key_proof(party, &self.public()))
    }
}

fn show(key: &ed25519_dalek::SigningKey, common: &Common) {
    let public = key.public();
    if common.json {
        output::json(&json!({ "key": public, "kid": public.thumbprint() }));
    } else {
        output::line(format_args!("key {public}"));
        output::line(format_args!("kid {}", public.thumbprint()));
    }
}
