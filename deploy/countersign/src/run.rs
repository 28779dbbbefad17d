//! `countersign node run`: one validator or follower, until it is told to stop or must.

use std::path::PathBuf;

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
        output::json(&json!({ "api": node.api() }));
    } else {
        output::line(format_args!("listening on {}", node.api()));
    }
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => tracing::info!("interrupted: stopping"),
        _ = terminate.recv() => tracing::info!("told to stop: stopping"),
        why = node.failed() => {
            node.stop().await;
            anyhow::bail!("the node stopped: {why}");
        }
    }
    node.stop().await;
    Ok(Answer::Yes)
}
