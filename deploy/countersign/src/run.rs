//! `countersign node`: run a validator or follower until it is told to stop or must; its keys.

use std::{
    os::unix::process::CommandExt as _,
    path::PathBuf,
    process::Command,
    time::{Duration, SystemTime},
};

use clap::Subcommand;
use countersign_client::cli::{Answer, Common, key::PassphraseArg, output};
use countersign_genesis::{keyfile, signer::SecretKey};
use countersign_node::runtime::{
    config::Home,
    service::{Node, NodeKeys},
};
use countersign_record::Digest;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    logs::{self, LogFormat},
    read_code, read_trade,
    validator_key::{NEXT, next_key, reset_guard},
};

/// How often a running node looks whether its next key has come.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Commands about a node.
#[derive(Debug, Subcommand)]
pub(crate) enum NodeCommand {
    /// Run a validator or follower
    Run {
        /// The node's home folder
        #[arg(long)]
        home: PathBuf,
        /// How log lines look
        #[arg(long, value_enum, default_value = "text")]
        log_format: LogFormat,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Make the validator key that takes the place of the present one: keys/validator.next.pem. A
    /// node that runs takes it up, and signs with it from the height on that its party's vote names
    NextKey {
        /// The node's home folder
        #[arg(long)]
        home: PathBuf,
        /// Write the key without encryption: for demonstrations only
        #[arg(long)]
        unencrypted: bool,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Replace what the double-sign guard of a stopped node knows
    ResetGuard {
        /// The node's home folder
        #[arg(long)]
        home: PathBuf,
        /// The validator key, where it is not keys/validator.pem: a file or a pkcs11: URI
        #[arg(long)]
        key: Option<PathBuf>,
        /// You know that this key has signed nothing above this height, or that the journal of this
        /// home is whole. Without it the node follows in silence until it is safe to vote
        #[arg(long, value_name = "HEIGHT")]
        above: Option<u64>,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
}

/// Runs a command.
pub(crate) async fn run(command: NodeCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        NodeCommand::Run { home, log_format, passphrase } => {
            logs::start(log_format);
            run_node(&Home::new(home), passphrase, common).await
        }
        NodeCommand::NextKey { home, unencrypted, passphrase } => {
            next_key(&Home::new(home), unencrypted, &passphrase, common)
        }
        NodeCommand::ResetGuard { home, key, above, passphrase } => {
            reset_guard(&Home::new(home), key, above, &passphrase, common)
        }
    }
}

async fn run_node(
    home: &Home,
    passphrase: PassphraseArg,
    common: &Common,
) -> anyhow::Result<Answer> {
    let mut next = NextKey::new(home);
    let keys = NodeKeys {
        validators: validators(home, &passphrase, &mut next)?,
        network: keyfile::load(&home.key_file("network"), passphrase.read()?.as_deref())?,
    };
    let node = Node::start(home, keys, read_code::reader(), read_trade::reader()).await?;
    if common.json {
        output::json(&json!({ "api": node.api() }));
    } else {
        output::line(format_args!("listening on {}", node.api()));
    }
    let mut terminate = signal(SignalKind::terminate())?;
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {
                tracing::info!("interrupted: stopping");
                break;
            }
            _ = terminate.recv() => {
                tracing::info!("told to stop: stopping");
                break;
            }
            why = node.failed() => {
                if !node.has_run_out_of_room() {
                    node.stop().await;
                    anyhow::bail!("the node stopped: {why}");
                }
                tracing::error!("{why}. This node begins anew by itself when there is room");
                // Meanwhile it answers whoever reads, and says what it waits for.
                tokio::select! {
                    _ = tokio::signal::ctrl_c() => tracing::info!("interrupted: stopping"),
                    _ = terminate.recv() => tracing::info!("told to stop: stopping"),
                    () = node.room_again() => {
                        node.stop().await;
                        return begin_anew();
                    }
                }
                break;
            }
            _ = look.tick() => take_up(&mut next, &passphrase, &node, home),
        }
    }
    node.stop().await;
    Ok(Answer::Yes)
}

/// Puts a new run of this program in the place of this one: same process id, same arguments. The
/// engine and the store are opened from what is on the disk, as after any crash.
fn begin_anew() -> anyhow::Result<Answer> {
    tracing::info!("there is room on the disk again: beginning anew");
    let mut again = Command::new("/proc/self/exe");
    let mut arguments = std::env::args_os();
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    let why = again.args(arguments).exec();
    anyhow::bail!(
        "there is room on the disk again, but this process could not begin anew ({why}): start it"
    )
}

/// Every key that this node may vote with: those that `config/node.toml` names, `validator.pem`
/// and the next one.
fn validators(
    home: &Home,
    passphrase: &PassphraseArg,
    next: &mut NextKey,
) -> anyhow::Result<Vec<SecretKey>> {
    let mut keys = Vec::new();
    for name in home.config()?.validator_keys {
        keys.push(passphrase.open(&home.path_or_uri(&name))?);
    }
    let present = home.key_file("validator");
    if present.exists() {
        keys.push(passphrase.open(&present)?);
    }
    keys.extend(next.look(passphrase)?);
    next.known = keys.iter().map(|key| key.public().thumbprint()).collect();
    Ok(keys)
}

/// The file of the next key, as it was when it was looked at last.
struct NextKey {
    file: PathBuf,
    seen: Option<SystemTime>,
    known: Vec<Digest>,
}

impl NextKey {
    fn new(home: &Home) -> Self {
        Self { file: home.key_file(NEXT), seen: None, known: Vec::new() }
    }

    /// The key, if there is one now that was not there before.
    fn look(&mut self, passphrase: &PassphraseArg) -> anyhow::Result<Option<SecretKey>> {
        let changed = std::fs::metadata(&self.file).and_then(|status| status.modified()).ok();
        if changed.is_none() || std::mem::replace(&mut self.seen, changed) == changed {
            return Ok(None);
        }
        let key = passphrase.open(&self.file)?;
        let kid = key.public().thumbprint();
        if self.known.contains(&kid) {
            return Ok(None);
        }
        self.known.push(kid);
        Ok(Some(key))
    }
}

fn take_up(next: &mut NextKey, passphrase: &PassphraseArg, node: &Node, home: &Home) {
    let taken = next.look(passphrase).and_then(|found| {
        let Some(key) = found else { return Ok(()) };
        let kid = key.public().thumbprint();
        node.add_validator(key, home)?;
        tracing::info!(%kid, "the next validator key is here: it votes from its height on");
        Ok(())
    });
    if let Err(why) = taken {
        tracing::error!("the next validator key cannot be used: {why:#}");
    }
}
