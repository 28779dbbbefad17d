//! The one binary: it alone sees both the node and those who use it.

mod audit;
mod bench;
mod demo;
mod logs;
mod network;
mod read_code;
mod read_trade;
mod run;
mod upkeep;
mod validator_key;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use countersign_client::cli::{self, Answer, Common};

/// Entries are many small values that are made on one thread and dropped on another: the system's
/// allocator took a fifth of the time of an entry (`docs/profile.md`).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Countersign 会签: a ledger that the parties of a combined port run together.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, arg_required_else_help = true)]
struct Arguments {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Four validators on this machine, and a day on the Pearl River played through them
    Demo(demo::DemoArgs),
    /// Measure networks of nodes on this machine, beside what the machine itself can do
    Bench(bench::BenchArgs),
    /// Found a network
    #[command(subcommand)]
    Network(network::NetworkCommand),
    /// Run a node
    #[command(subcommand)]
    Node(run::NodeCommand),
    /// Print the text of the QR code in a picture (PNG or JPEG) on standard input
    #[command(name = read_code::NAME, hide = true)]
    ReadCode,
    /// Execute everything that a node keeps again, and compare: the first divergence, or none
    Audit(audit::AuditArgs),
    /// Make a damaged ledger right: keep what holds, leave the rest to the other nodes
    Repair(audit::RepairArgs),
    /// Begin a node from the ledger of another one, proven
    #[command(subcommand)]
    Snapshot(upkeep::SnapshotCommand),
    /// Copy the ledger of a running node, and put it back
    #[command(subcommand)]
    Backup(upkeep::BackupCommand),
    /// Take old batches away, and keep every proof that is still promised
    Prune(upkeep::PruneArgs),
    #[command(flatten)]
    Client(Box<cli::Command>),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(e) => return complain(&anyhow::Error::new(e)),
    };
    let common = &arguments.common;
    let answer = runtime.block_on(async {
        match arguments.command {
            Command::Demo(args) => demo::run(args, common).await,
            Command::Bench(args) => bench::run(args, common).await,
            Command::Network(command) => network::run(command, common),
            Command::Node(command) => run::run(command, common).await,
            Command::ReadCode => read_code::run(),
            Command::Audit(args) => audit::audit(&args, common),
            Command::Repair(args) => audit::repair(&args, common),
            Command::Snapshot(command) => upkeep::snapshot(command, common),
            Command::Backup(command) => upkeep::backup(command, common),
            Command::Prune(args) => upkeep::prune(&args, common),
            Command::Client(command) => cli::run(*command, common).await,
        }
    });
    match answer {
        Ok(Answer::Yes) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::FAILURE,
        Err(e) => complain(&e),
    }
}

/// One sentence a cause, to where errors belong.
#[expect(clippy::print_stderr, reason = "the way out for what went wrong")]
fn complain(error: &anyhow::Error) -> ExitCode {
    eprintln!("countersign: {error:#}");
    ExitCode::from(2)
}
