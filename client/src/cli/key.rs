//! `countersign key`: make a key, show it, put a new one in the place of an old one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use countersign_contracts::membership::key_proof;
use countersign_genesis::{
    KeyFault, keyfile,
    pkcs11::{self, TokenKey},
    signer::SecretKey,
};
use countersign_record::keys::{PublicKey, SignatureBytes};
use serde_json::json;

use super::{Answer, Common, GenesisArg, output};
use crate::{
    draft::{Draft, DraftAction},
    party::Party,
};

/// Commands about keys.
#[derive(Debug, Subcommand)]
pub enum KeyCommand {
    /// Make a key: encrypted PKCS#8, which OpenSSL reads as well, or inside a hardware module
    New {
        /// Where to write it, an existing file is never overwritten; or a pkcs11: URI
        #[arg(long, short)]
        output: PathBuf,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Show the public half of a key, and its thumbprint
    Show {
        /// The key file, or the pkcs11: URI of a key in a hardware module
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
    /// A file whose first line is the passphrase of the key, or the PIN of its token
    #[arg(long, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
    /// A credential of the systemd unit that holds it: LoadCredential= or LoadCredentialEncrypted=
    #[arg(long, value_name = "NAME", conflicts_with = "passphrase_file")]
    pub passphrase_credential: Option<String>,
}

/// Where systemd puts the credentials of a unit.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

impl PassphraseArg {
    /// The passphrase: the first line of the file or credential, or COUNTERSIGN_PASSPHRASE, or none.
    ///
    /// # Errors
    /// The file or credential cannot be read.
    pub fn read(&self) -> anyhow::Result<Option<String>> {
        let file = match (&self.passphrase_file, &self.passphrase_credential) {
            (Some(path), _) => path.clone(),
            (None, Some(name)) => credential(name)?,
            (None, None) => return Ok(std::env::var("COUNTERSIGN_PASSPHRASE").ok()),
        };
        // systemd's own are read by the unit alone, whatever their bits say.
        if self.passphrase_credential.is_none() {
            warn_if_open(&file);
        }
        let line = keyfile::first_line(&file)?;
        Ok(Some(line.to_string()))
    }

    /// A signing key: a file, or the pkcs11: URI of a key in a hardware module.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn open(&self, file: &Path) -> anyhow::Result<SecretKey> {
        let key = SecretKey::open(file, self.read()?.as_deref())?;
        if !pkcs11::is_uri(file) {
            warn_if_open(file);
        }
        Ok(key)
    }
}

/// The file of a credential.
fn credential(name: &str) -> anyhow::Result<PathBuf> {
    let folder = std::env::var_os(CREDENTIALS).with_context(|| {
        format!(
            "there is no {CREDENTIALS}: --passphrase-credential is for a unit of systemd with \
             LoadCredential={name}:FILE; elsewhere give --passphrase-file"
        )
    })?;
    let plain = !name.is_empty() && !name.contains('/') && name != "..";
    anyhow::ensure!(plain, "'{name}' is no name of a credential");
    let file = Path::new(&folder).join(name);
    anyhow::ensure!(
        file.is_file(),
        "systemd gave this unit no credential '{name}': add LoadCredential={name}:FILE to the unit"
    );
    Ok(file)
}

/// What everybody may read is refused for a key; what a group may read is said.
fn warn_if_open(file: &Path) {
    if keyfile::is_open_to_others(file) {
        output::warn(format_args!(
            "{} may be read by others on this machine; its owner runs `chmod 600` on it",
            file.display()
        ));
    }
}

/// Runs a command.
pub async fn run(command: KeyCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        KeyCommand::New { output, passphrase } if pkcs11::is_uri(&output) => {
            let uri = output.to_str().context("a URI is text")?;
            let key = TokenKey::generate(uri, passphrase.read()?.as_deref())?;
            show(&SecretKey::Token(key), common);
        }
        KeyCommand::New { output, passphrase } => {
            let key = keyfile::generate()?;
            keyfile::write(&output, &key, passphrase.read()?.as_deref())?;
            show(&key.into(), common);
        }
        KeyCommand::Show { file, passphrase } => show(&passphrase.open(&file)?, common),
        KeyCommand::Rotate { party, key, new, passphrase, genesis } => {
            let client = common.client()?;
            let genesis = genesis.load(&client).await?;
            let (old, new) = (passphrase.open(&key)?, passphrase.open(&new)?);
            let proof = prove(&new, &party)?;
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

/// That whoever registers a key has it.
fn prove(key: &SecretKey, party: &str) -> Result<SignatureBytes, KeyFault> {
    key.sign(&key_proof(party, &key.public()))
}

fn show(key: &SecretKey, common: &Common) {
    let public: PublicKey = key.public();
    if common.json {
        output::json(&json!({ "key": public, "kid": public.thumbprint() }));
    } else {
        output::line(format_args!("key {public}"));
        output::line(format_args!("kid {}", public.thumbprint()));
    }
}
