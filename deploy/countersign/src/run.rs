//! `countersign node run`: one validator or follower, until it is told to stop or must.

use std::{os::unix::process::CommandExt as _, path::PathBuf, process::Command};

use clap::Subcommand;
use countersign_client::cli::{Answer, Common, key::PassphraseArg, output};
use countersign_node::runtime::{
    config::Home,
    service::{Node, NodeKeys},
};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::logs::{self, LogFormat};

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
}

/// Runs a command.
pub(crate) async fn run(command: NodeCommand, common: &Common) -> anyhow::Result<Answer> {
    let NodeCommand::Run { home, log_format, passphrase } = command;
    logs::start(log_format);
    let home = Home::new(home);
    let keys = NodeKeys {
        validator: match home.key_file("validator") {
            file if file.exists() => Some(passphrase.open(&file)?),
            _ => None,
        },
        network: passphrase.open(&home.key_file("network"))?,
    };
    let node = Node::start(&home, keys).await?;
    if common.json {
        output::json(&json!({ "api": format!("http://{}", node.api()) }));
    } else {
        output::line(format_args!("listening on http://{}", node.api()));
    }
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => tracing::info!("interrupted: stopping"),
        _ = terminate.recv() => tracing::info!("told to stop: stopping"),
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
