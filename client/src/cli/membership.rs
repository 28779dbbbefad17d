//! `countersign membership`: who votes, what is proposed, and how it stands; propose and approve.

use std::{collections::BTreeSet, path::PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use countersign_contracts::membership::{bodies::Change, validator_proof};
use countersign_genesis::signer::SecretKey;
use countersign_record::founding::NodeKeys;
use serde_json::{Value, json};

use super::{
    Answer, Common, GenesisArg, Language,
    entry::{self, now_ms},
    key::PassphraseArg,
    output::{self, Table, list, text},
    succession,
};
use crate::{
    draft::{Draft, DraftAction},
    http::{Client, ClientFault, escape},
    party::{NotFinal, Party},
};

/// Commands about who votes and what is voted on.
#[derive(Debug, Subcommand)]
pub enum MembershipCommand {
    /// Who votes, what may fail, and the proposals that are open
    Show,
    /// Print the change by which a party's node joins, votes or has other keys; on its own machine
    Node {
        /// The party
        #[arg(long)]
        party: String,
        /// The node's network key file
        #[arg(long, value_name = "FILE")]
        network_key: PathBuf,
        /// The node's validator key file; without it the node follows
        #[arg(long, value_name = "FILE", requires = "power")]
        validator_key: Option<PathBuf>,
        /// Its voting power
        #[arg(long, requires = "validator_key")]
        power: Option<u64>,
        #[command(flatten)]
        passphrase: PassphraseArg,
    },
    /// Propose a change, and approve it by that
    Propose {
        /// A name for the proposal, never used before
        name: String,
        /// The change as JSON, or @FILE
        #[arg(long)]
        change: String,
        /// The first height to which it applies
        #[arg(long)]
        height: u64,
        /// Why, for people
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        hand: Hand,
    },
    /// Approve a proposal
    Approve {
        /// Its name
        name: String,
        #[command(flatten)]
        hand: Hand,
    },
    /// Follow every change of who votes and keep the set that it leads to, for verify --trusted
    Follow {
        /// The founding document, from somebody whom you trust
        #[arg(long, value_name = "FILE", env = "COUNTERSIGN_GENESIS")]
        genesis: PathBuf,
        /// Where what was followed is kept; it is gone on from where it is there
        #[arg(long, value_name = "FILE")]
        trusted: PathBuf,
        /// Only changes before this height, to check a proof of it
        #[arg(long, value_name = "HEIGHT")]
        until: Option<u64>,
    },
    /// Take a proposal back, as long as no quorum has approved it
    Withdraw {
        /// Its name
        name: String,
        /// Why, for people
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        hand: Hand,
    },
}

/// Who signs, and whether it is meant.
#[derive(Clone, Debug, Args)]
pub struct Hand {
    /// The party's key file
    #[arg(long)]
    key: PathBuf,
    /// Dry run: show the arithmetic and what would be refused; nothing is stored
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    passphrase: PassphraseArg,
    #[command(flatten)]
    genesis: GenesisArg,
}

/// Runs a command.
pub async fn run(command: MembershipCommand, common: &Common) -> anyhow::Result<Answer> {
    match command {
        MembershipCommand::Show => show(common).await,
        MembershipCommand::Node { party, network_key, validator_key, power, passphrase } => {
            let validator = validator_key.map(|file| passphrase.open(&file)).transpose()?;
            let node = NodeKeys {
                network_key: passphrase.open(&network_key)?.public(),
                validator_key: validator.as_ref().map(SecretKey::public),
                power: power.unwrap_or_default(),
            };
            let proof = validator.map(|key| key.sign(&validator_proof(&party, &key.public())));
            let proof = proof.transpose()?;
            output::pretty(&serde_json::to_value(Change::SetNode { party, node, proof })?);
            Ok(Answer::Yes)
        }
        MembershipCommand::Propose { name, change, height, reason, hand } => {
            let change: Change = serde_json::from_value(entry::read_body(&change)?)
                .context("this is no change of the membership")?;
            let body = json!({ "change": change, "effective_height": height, "reason": reason });
            hand.says("propose", &name, body, common).await
        }
        MembershipCommand::Approve { name, hand } => {
            hand.says("approve", &name, json!({}), common).await
        }
        MembershipCommand::Follow { genesis, trusted, until } => {
            succession::follow(&super::read_genesis(&genesis)?, &trusted, until, common).await
        }
        MembershipCommand::Withdraw { name, reason, hand } => {
            hand.says("withdraw", &name, json!({ "reason": reason }), common).await
        }
    }
}

impl Hand {
    async fn says(
        self,
        kind: &str,
        name: &str,
        body: Value,
        common: &Common,
    ) -> anyhow::Result<Answer> {
        let action = DraftAction::new("membership", kind, format!("proposal:{name}"), body);
        let draft = Draft::of(format!("{kind}-{name}"), now_ms(), action);
        let client = common.client()?;
        let genesis = self.genesis.load(&client).await?;
        let party = Party::new(genesis, client, Box::new(self.passphrase.open(&self.key)?));
        if self.dry_run {
            let statement = party.sign(&draft)?;
            return entry::print_check(party.client().check(statement.bytes()).await, common);
        }
        match party.record(&draft).await {
            Ok(receipt) => {
                super::receipt::print_verified(&receipt, common);
                Ok(Answer::Yes)
            }
            Err(NotFinal::Client(no)) => entry::refused(no, common),
            Err(other) => Err(other.into()),
        }
    }
}

/// The arithmetic that an event of a proposal carries, as sentences; none for any other event.
pub(super) fn arithmetic(event: &Value, lang: Language) -> Vec<String> {
    let holder = if event["proposal"].is_object() { &event["proposal"] } else { event };
    let (tally, balance) = (&holder["tally"], &holder["balance"]);
    let mut lines = Vec::new();
    if tally.is_object() {
        let number = |name: &str| text(&tally[name]);
        let missing: Vec<String> = list(&tally["missing"]).iter().map(text).collect();
        lines.push(approvals(
            [number("approved"), number("power"), number("needed")],
            &missing.join(", "),
            lang,
        ));
    }
    if balance.is_object() {
        let number = |name: &str| text(&balance[name]);
        let (before, after, stays) = (number("before"), number("after"), number("stays"));
        let (may, then) = (number("may_fail_before"), number("may_fail_after"));
        lines.push(match lang {
            Language::En => format!(
                "voting power {before} before, {after} after, of which {stays} stays as it is; \
                 {may} may fail before, {then} after"
            ),
            Language::Zh => format!(
                "表决权：变更前 {before}，变更后 {after}，其中保持不变 {stays}；可容忍失效：变更前 \
                 {may}，变更后 {then}"
            ),
        });
    }
    lines
}

fn approvals([approved, power, needed]: [String; 3], missing: &str, lang: Language) -> String {
    match lang {
        Language::En => {
            format!("approved by {approved} of {power}, {needed} needed; not yet: {missing}")
        }
        Language::Zh => format!("已批准 {approved}/{power}，需要 {needed}；尚未批准：{missing}"),
    }
}

/// The validators as the node knows them: party, power.
fn voters(status: &Value) -> Vec<(String, u64)> {
    let one = |v: &Value| (text(&v["party"]), v["power"].as_u64().unwrap_or_default());
    list(&status["validators"]).iter().map(one).collect()
}

async fn show(common: &Common) -> anyhow::Result<Answer> {
    let client = common.client()?;
    let status = client.json("/v1/status").await?;
    let proposals = open_proposals(&client).await?;
    if common.json {
        output::json(&json!({
            "height": status["height"], "rules": status["rules"],
            "rules_to_come": status["rules_to_come"], "validators": status["validators"],
            "proposals": proposals,
        }));
        return Ok(Answer::Yes);
    }
    let voters = voters(&status);
    let lang = common.lang;
    let power: u64 = voters.iter().map(|(_, power)| power).sum();
    let needed = (power / 3 * 2 + power % 3 * 2 / 3) + 1;
    let may_fail = power.saturating_sub(needed);
    let (height, rules) = (&status["height"], &status["rules"]);
    output::line(match lang {
        Language::En => format!(
            "height {height}, rules {rules}; voting power {power}, {needed} decide, {may_fail} may fail"
        ),
        Language::Zh => format!(
            "高度 {height}，规则版本 {rules}；表决权 {power}，法定多数 {needed}，可容忍失效 {may_fail}"
        ),
    });
    let headings = match lang {
        Language::En => ["party", "power"],
        Language::Zh => ["当事方", "表决权"],
    };
    let rows = voters.iter().map(|(party, power)| vec![party.clone(), power.to_string()]);
    Table::new(&headings, rows.collect()).show();
    for proposal in &proposals {
        print_proposal(proposal, &voters, [power, needed], lang);
    }
    Ok(Answer::Yes)
}

/// The open proposals, the next to take effect first.
async fn open_proposals(client: &Client) -> anyhow::Result<Vec<Value>> {
    let schedule = match client.json("/v1/subjects/membership/schedule").await {
        Ok(schedule) => schedule,
        // Nothing was ever proposed.
        Err(ClientFault::Problem(no)) if no.status == 404 => return Ok(Vec::new()),
        Err(e) => return Err(e.into()),
    };
    let open = schedule["state"]["open"].as_object().cloned().unwrap_or_default();
    let mut proposals = Vec::new();
    for scheduled in open.values() {
        let name = text(&scheduled["proposal"]);
        let subject = escape(&format!("proposal:{name}")).to_string();
        let state = client.json(&format!("/v1/subjects/membership/{subject}")).await?;
        proposals.push(json!({ "name": name, "proposal": state["state"] }));
    }
    proposals.sort_by_key(|p| p["proposal"]["effective_height"].as_u64());
    Ok(proposals)
}

fn print_proposal(
    named: &Value,
    voters: &[(String, u64)],
    [power, needed]: [u64; 2],
    lang: Language,
) {
    let (name, proposal) = (text(&named["name"]), &named["proposal"]);
    let gave: BTreeSet<String> =
        list(&proposal["approvals"]).iter().map(|by| text(&by["party"])).collect();
    let (given, missing): (Vec<_>, Vec<_>) =
        voters.iter().partition(|(party, _)| gave.contains(party));
    let approved: u64 = given.iter().map(|(_, power)| power).sum();
    let missing: BTreeSet<&str> = missing.iter().map(|(party, _)| party.as_str()).collect();
    let missing = missing.into_iter().collect::<Vec<_>>().join(", ");
    let (height, by) = (&proposal["effective_height"], text(&proposal["proposed"]["party"]));
    let (reason, change) = (text(&proposal["reason"]), &proposal["change"]);
    output::line(match lang {
        Language::En => format!("{name}: from height {height}, proposed by {by}: {reason}"),
        Language::Zh => format!("{name}：自高度 {height} 起，提案方 {by}：{reason}"),
    });
    output::line(format_args!("  {change}"));
    let numbers = [approved, power, needed].map(|n| n.to_string());
    output::line(format_args!("  {}", approvals(numbers, &missing, lang)));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::arithmetic;
    use crate::cli::Language;

    #[test]
    fn an_event_of_a_proposal_is_told_with_its_arithmetic() {
        let tally = json!({ "power": 4, "approved": 2, "needed": 3, "missing": ["A", "B"] });
        let balance = json!({ "before": 4, "after": 5, "stays": 4, "may_fail_before": 1,
            "may_fail_after": 1 });
        let proposed =
            json!({ "event": "proposed", "proposal": { "tally": tally, "balance": balance } });
        let lines = arithmetic(&proposed, Language::En);
        assert_eq!(lines[0], "approved by 2 of 4, 3 needed; not yet: A, B");
        assert!(lines[1].starts_with("voting power 4 before, 5 after, of which 4 stays"));
        let approved = json!({ "event": "approved", "tally": tally, "balance": null });
        assert_eq!(arithmetic(&approved, Language::Zh).len(), 1);
        assert!(arithmetic(&json!({ "event": "scheduled" }), Language::En).is_empty());
    }
}
