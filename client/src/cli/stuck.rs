//! `countersign why-stuck`: which height and step, who is missing, and what to do.

use serde_json::{Value, json};

use super::{Answer, Common, output};

/// Milliseconds without a batch after which a network counts as stuck: four heartbeats.
const QUIET_MS: u64 = 20_000;

/// Runs the command. A network that moves is exit code 0, one that stands still 1.
pub async fn run(common: &Common) -> anyhow::Result<Answer> {
    let status = common.client()?.json("/v1/status").await?;
    // A rehearsal's ledger time is that of its moved clocks.
    let ahead_ms = status["clock_ahead_ms"].as_i64().unwrap_or(0);
    let now = super::entry::now_ms().saturating_add_signed(ahead_ms);
    let age = now.saturating_sub(status["time"].as_u64().unwrap_or(0));
    let stuck = age > QUIET_MS;
    let consensus = &status["consensus"];
    let missing: Vec<&str> =
        consensus["missing"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let validators = status["validators"].as_array().map_or(0, Vec::len);
    let tolerated = validators.saturating_sub(1) / 3;
    let remedy = remedy(stuck, missing.len(), tolerated);
    if common.json {
        output::json(&json!({
            "stuck": stuck,
            "height": consensus["height"],
            "round": consensus["round"],
            "step": consensus["phase"],
            "last_batch_age_ms": age,
            "missing_validators": missing,
            "last_error": consensus["last_fault"],
            "remedy": common.lang.pick(remedy),
        }));
    } else {
        let (height, round) = (&consensus["height"], &consensus["round"]);
        let step = consensus["phase"].as_str().unwrap_or("?");
        output::line(format_args!("height {height}, round {round}, step {step}"));
        output::line(format_args!("last batch {} s ago", age / 1000));
        for party in &missing {
            output::line(format_args!("missing validator: {party}"));
        }
        if let Some(fault) = consensus["last_fault"].as_str() {
            output::line(format_args!("last error: {fault}"));
        }
        output::line(common.lang.pick(remedy));
    }
    Ok(if stuck { Answer::No } else { Answer::Yes })
}

fn remedy(stuck: bool, missing: usize, tolerated: usize) -> (&'static str, &'static str) {
    match (stuck, missing > tolerated) {
        (false, _) => ("the network moves", "网络运行正常"),
        (true, true) => (
            "too many validators are missing: bring the listed ones back, or restore the line to them",
            "缺席的验证人过多：请恢复所列节点或与其之间的线路",
        ),
        (true, false) => (
            "enough validators are connected to this node; check their clocks, disks and logs, and \
             ask another node the same",
            "与本节点相连的验证人足够；请检查各节点的时钟、磁盘和日志，并向其他节点查询",
        ),
    }
}
