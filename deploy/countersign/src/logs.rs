//! Log lines, for people or as JSON, on standard error.

use clap::ValueEnum;
use tracing_subscriber::{EnvFilter, fmt};

/// The engine and its actors speak of every round; operators want the exceptions.
const DEFAULT_FILTER: &str = "info,arc_malachitebft_engine=warn,arc_malachitebft_core_consensus=warn,\
    arc_malachitebft_core_driver=warn,arc_malachitebft_sync=warn,arc_malachitebft_app_channel=warn,\
    arc_malachitebft_app=warn,ractor=warn,libp2p=warn";

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. `RUST_LOG` changes what is logged.
pub(crate) fn start(format: LogFormat) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // Where standard error goes to a disk that is full, saying so there would be a panic.
    let lines = lines.log_internal_errors(false);
    // A second start in one process changes nothing.
    let _started_before = match format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
}
