//! `countersign node run`: one validator or follower, until it is told to stop or must.

use std::{
    io::{Read as _, Write as _},
    path::PathBuf,
    time::Duration,
};

use clap::Subcommand;
use countersign_client::cli::{Answer, Common, key::PassphraseArg, output};
use countersign_node::{
    access::PictureReader,
    runtime::{
        config::Home,
        service::{Node, NodeKeys},
    },
};
use countersign_print::picture::{self, Room};
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

/// The subcommand by which a node has pictures read, in a process of its own.
pub(crate) const READ_CODE: &str = "read-code";

/// How long that process lives at most.
const READ_CODE_MAX: Duration = Duration::from_secs(60);

/// Reads the text of the QR code in the picture on standard input.
pub(crate) fn read_code() -> anyhow::Result<Answer> {
    // A node that is killed cannot end what it started.
    std::thread::spawn(|| {
        std::thread::sleep(READ_CODE_MAX);
        std::process::exit(1);
    });
    let mut picture = Vec::new();
    std::io::stdin().lock().read_to_end(&mut picture)?;
    let (answer, text) = match picture::code_in(&picture, Room::STRANGERS) {
        Ok(code) => (Answer::Yes, code),
        Err(no) => (Answer::No, no.to_string()),
    };
    // Nothing is added: a space at the end of a code belongs to it.
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(answer)
}

fn pictures() -> PictureReader {
    PictureReader {
        is_picture: picture::is_picture,
        // This very program, also when its file was replaced by a newer one meanwhile.
        program: "/proc/self/exe".into(),
        arguments: vec![READ_CODE.into()],
    }
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
    let node = Node::start(&home, keys, pictures()).await?;
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
            node.stop().await;
            anyhow::bail!("the node stopped: {why}");
        }
    }
    node.stop().await;
    Ok(Answer::Yes)
}
