//! `countersign why-stuck`: which height and step, who is missing, and what to do.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Answer, Common, output};
use crate::{
    diagnosis::{Cause, Facts, Finding, diagnose},
    http::ClientFault,
};

/// How long a node may think about its status. One that does not answer by then is frozen.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// Runs the command. A network that moves is exit code 0, one that stands still 1, a node that does
/// not answer 2.
pub async fn run(common: &Common) -> anyhow::Result<Answer> {
    let client = common.client()?;
    let asked = tokio::time::timeout(ANSWER_MAX, client.json("/v1/status")).await;
    let why = match asked {
        Ok(Ok(status)) => return Ok(tell(&status, common)),
        Ok(Err(fault @ ClientFault::Unreachable { .. })) => fault.to_string(),
        Ok(Err(other)) => return Err(other.into()),
        Err(_) => format!("{} does not answer within {} s", client.url(), ANSWER_MAX.as_secs()),
    };
    let (facts, cause) = (Facts::default(), Cause::Unreachable);
    let (what, remedy) = (cause.what(&facts, common.lang), cause.remedy(&facts, common.lang));
    if common.json {
        output::json(&json!({
            "stuck": null, "cause": cause.code(), "what": what, "remedy": remedy,
            "last_error": why,
        }));
    }
    anyhow::bail!("{why}\n{what}\n{remedy}")
}

fn tell(status: &Value, common: &Common) -> Answer {
    // A rehearsal's ledger time is that of its moved clocks.
    let ahead_ms = status["clock_ahead_ms"].as_i64().unwrap_or(0);
    let now = super::entry::now_ms().saturating_add_signed(ahead_ms);
    let facts = Facts::read(status, now);
    let finding = diagnose(&facts);
    if common.json {
        output::json(&for_programs(status, &facts, finding, common));
    } else {
        for_people(&facts, finding, common);
    }
    if finding.stuck { Answer::No } else { Answer::Yes }
}

fn for_programs(status: &Value, facts: &Facts, finding: Finding, common: &Common) -> Value {
    let (height, round, step) = &facts.at;
    json!({
        "stuck": finding.stuck,
        "cause": finding.cause.code(),
        "what": finding.cause.what(facts, common.lang),
        "remedy": finding.cause.remedy(facts, common.lang),
        "height": height,
        "round": round,
        "step": step,
        "last_batch_age_ms": facts.age_ms,
        "missing_validators": facts.missing,
        "power": {
            "here": facts.power_here, "total": facts.power_total, "needed": facts.power_needed(),
        },
        "behind": facts.behind,
        "roots_differ": status["roots"],
        "clock_off_ms": facts.clock_off_ms(),
        "clocks_ahead_ms": facts.clocks,
        "backlog": facts.queue.0,
        "backlog_max": facts.queue.1,
        "backlog_bytes": facts.queue_bytes.0,
        "backlog_bytes_max": facts.queue_bytes.1,
        "disk": status["disk"],
        "last_error": facts.last_fault,
    })
}

fn for_people(facts: &Facts, finding: Finding, common: &Common) {
    let say = |en: String, zh: String| output::line(common.lang.pick((en.as_str(), zh.as_str())));
    let (height, round, step) = &facts.at;
    say(
        format!("height {height}, round {round}, step {step}"),
        format!("高度 {height}，轮次 {round}，步骤 {step}"),
    );
    let seconds = facts.age_ms / 1000;
    say(format!("last batch {seconds} s ago"), format!("上一批次在 {seconds} 秒前"));
    for party in &facts.missing {
        let name = facts.name(party, common.lang);
        say(format!("missing validator: {name}"), format!("缺席的验证人：{name}"));
    }
    let (here, total, need) = (facts.power_here, facts.power_total, facts.power_needed());
    say(
        format!("voting power here {here} of {total}, needed {need}"),
        format!("本侧表决权 {here}/{total}，需要 {need}"),
    );
    let (waiting, most) = facts.queue;
    say(format!("entries waiting {waiting} of {most}"), format!("等待中的报文 {waiting}/{most}"));
    if let Some(free) = facts.disk_free_bytes {
        let free = free / 1_000_000;
        say(format!("disk: {free} MB free"), format!("磁盘：剩余 {free} MB"));
    }
    if let Some(fault) = &facts.last_fault {
        say(format!("last error: {fault}"), format!("最近错误：{fault}"));
    }
    output::line(finding.cause.what(facts, common.lang));
    output::line(finding.cause.remedy(facts, common.lang));
}
