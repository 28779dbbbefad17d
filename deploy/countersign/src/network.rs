//! `countersign network`: found a network, name it.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use countersign_client::cli::{Answer, Common, entry::now_ms, key::PassphraseArg, output};
use countersign_genesis::{
    ClockShift, Passphrases, Plan, ceremony, init, load_genesis, printed_digest, sample,
};
use serde_json::json;

/// Commands about a network as a whole.
#[derive(Debug, Subcommand)]
pub(crate) enum NetworkCommand {
    /// Write the founding document and one home folder per organisation
    Init {
        /// Where to write; must be empty or not there
        #[arg(long, short)]
        output: PathBuf,
        /// The plan (JSON); the sample Pearl River network where it is not given
        #[arg(long)]
        plan: Option<PathBuf>,
        /// Write the keys without encryption: for demonstrations only
        #[arg(long)]
        unencrypted: bool,
        /// For rehearsals: every node's clock runs so far ahead of its machine's, milliseconds
        #[arg(long, value_name = "MS", default_value = "0", allow_hyphen_values = true)]
        clock_ahead_ms: ClockShift,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Print the name of the network that a founding document founds, to be compared by telephone
    Id {
        /// The founding document
        genesis: PathBuf,
    },
    /// Print the sample plan, to be edited
    SamplePlan,
}

/// Runs a command.
pub(crate) fn run(command: NetworkCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        NetworkCommand::Init { output, plan, unencrypted, clock_ahead_ms, passphrase } => {
            let plan = read_plan(plan.as_deref())?;
            let passphrases = match (unencrypted, passphrase.read()?) {
                (true, _) => Passphrases::Unencrypted,
                (false, Some(passphrase)) => Passphrases::One(passphrase.into()),
                (false, None) => anyhow::bail!(
                    "the keys need a passphrase: give --passphrase-file, set \
                     COUNTERSIGN_PASSPHRASE, or say --unencrypted for a demonstration"
                ),
            };
            let time = clock_ahead_ms.apply(now_ms());
            let founded = init(&plan, &output, &passphrases, time)?;
            for home in founded.homes.iter().filter(|home| home.node.is_some()) {
                clock_ahead_ms.write(&home.path)?;
            }
            // The rules look at the document as well: better now than at the first start.
            countersign_contracts::founding::found(&founded.genesis)?;
            print_founded(&founded, common);
        }
        NetworkCommand::Id { genesis } => {
            let network = load_genesis(&genesis)?.network();
            if common.json {
                output::json(&json!({ "network": network }));
            } else {
                output::line(printed_digest(&network));
            }
        }
        NetworkCommand::SamplePlan => {
            output::pretty(&serde_json::to_value(sample::pearl_river()?)?);
        }
    }
    Ok(Answer::Yes)
}

fn read_plan(path: Option<&std::path::Path>) -> anyhow::Result<Plan> {
    let Some(path) = path else { return Ok(sample::pearl_river()?) };
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no plan", path.display()))
}

fn print_founded(founded: &ceremony::Founded, common: &Common) {
    if common.json {
        let homes: Vec<_> = founded
            .homes
            .iter()
            .map(|home| {
                json!({
                    "party": home.party,
                    "home": home.path,
                    "api": home.node.as_ref().map(|n| n.api_url()),
                    "p2p": home.node.as_ref().map(|n| n.address()),
                    "power": home.node.as_ref().map(|n| n.power),
                })
            })
            .collect();
        output::json(&json!({
            "network": founded.network,
            "genesis": founded.genesis_file,
            "homes": homes,
        }));
        return;
    }
    output::line(format_args!("network {}", printed_digest(&founded.network)));
    output::line(format_args!("founding document {}", founded.genesis_file.display()));
    let rows: Vec<_> = founded
        .homes
        .iter()
        .map(|home| {
            let node = home.node.as_ref();
            let kind = match node.map(|n| n.power) {
                None => "no node",
                Some(0) => "follower",
                Some(_) => "validator",
            };
            vec![
                home.party.clone(),
                kind.into(),
                node.map(|n| n.api_url()).unwrap_or_default(),
                home.path.display().to_string(),
            ]
        })
        .collect();
    output::Table::new(&["party", "node", "api", "home"], rows).show();
}
