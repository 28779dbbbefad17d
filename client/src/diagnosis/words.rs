//! A sentence and a remedy for each cause, in both languages: one table, filled with the facts.

use super::{Cause, Facts};
use crate::language::Language;

/// What there is to say about a cause: (English, Chinese), with `{places}` for facts.
struct Words {
    what: (&'static str, &'static str),
    remedy: (&'static str, &'static str),
}

impl Cause {
    /// What is the matter, as a sentence.
    pub fn what(self, facts: &Facts, language: Language) -> String {
        fill(language.pick(words(self).what), facts, language)
    }

    /// What to do, as a sentence.
    pub fn remedy(self, facts: &Facts, language: Language) -> String {
        fill(language.pick(words(self).remedy), facts, language)
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one row a cause")]
fn words(cause: Cause) -> Words {
    let (what, remedy) = match cause {
        Cause::Moves => {
            (("the network moves", "网络运行正常"), ("nothing needs to be done", "无需处置"))
        }
        Cause::CatchingUp => (
            (
                "this node is {behind} batches behind the others and fetches them",
                "本节点比其他节点少 {behind} 个批次，正在补取",
            ),
            ("wait: it goes on by itself", "等待即可，会自行补齐"),
        ),
        Cause::Unreachable => (
            (
                "this node does not answer: its process is not running or frozen, or this is not its \
                 API address",
                "本节点无应答：进程未运行或已冻结，或地址不是其接口地址",
            ),
            (
                "look whether the process runs (the end of its log says why it stopped), start it or \
                 let it go on; ask another node whether the network moves without it",
                "请查看进程是否在运行（日志末尾写明停止原因），启动或恢复它；并向其他节点查询网络是否在没有它的情况下运行",
            ),
        ),
        Cause::DoubleSign => (
            (
                "this node refuses to sign, because its validator key may be at work elsewhere: {fault}",
                "本节点拒绝签名，因其验证密钥可能正在别处使用：{fault}",
            ),
            (
                "find the other process or machine with this key and end it for good; only then \
                 start this node again",
                "找到使用同一密钥的另一进程或机器并彻底停掉，然后才可重新启动本节点",
            ),
        ),
        Cause::Silent => (
            ("this node does not vote for now: {silence}", "本节点暂不投票：{silence}"),
            (
                "nothing, while the others decide without it: it votes again by itself. If so many \
                 are silent that nothing is decided, the operators agree on the last height and run \
                 countersign node reset-guard (runbook: A node says \"double-sign guard\")",
                "其他节点能够作出决定时无须处理：本节点会自行恢复投票。若沉默的节点过多以致无法作出决定，\
                 由各方运维确认最后高度后执行 countersign node reset-guard（见运维手册“节点提示 \
                 double-sign guard”一节）",
            ),
        ),
        Cause::DiskFull => (
            (
                "the disk of this node is full: it takes no entries ({free} free)",
                "本节点磁盘已满，不再接收报文（剩余 {free}）",
            ),
            (
                "make room on the volume of its data folder; it goes on by itself",
                "请在其数据目录所在卷上腾出空间，节点会自行恢复",
            ),
        ),
        Cause::OwnRootsDiffer => (
            (
                "this node executes batch {height}, which the others have decided, to another \
                 {field}: it cannot follow",
                "其他各方已决定的批次 {height}，在本节点执行得到的 {field} 不同，无法跟随",
            ),
            (
                "compare the program's version with the others'; if it is the same, this ledger is \
                 damaged: see \"The data directory is damaged\" in the runbook",
                "请与其他各方核对程序版本；若版本一致，则本地账本已损坏：见运维手册《数据目录损坏》",
            ),
        ),
        Cause::Alone => (
            (
                "this node is connected to no other: it has {here} of {total} voting power, and \
                 {need} are needed. Missing: {missing}",
                "本节点未与任何节点相连：仅有表决权 {here}/{total}，需要 {need}。缺席：{missing}",
            ),
            (
                "ask the others whether they go on: if they do, mend this node's line, firewall or \
                 peers in node.toml; if they do not run, have them started",
                "请询问其他各方是否仍在运行：若是，检修本节点的线路、防火墙或 node.toml 中的 peers；若未运行，请其启动",
            ),
        ),
        Cause::QuorumLost => (
            (
                "too few validators are on this side: {here} of {total} voting power, and {need} are \
                 needed. Missing: {missing}",
                "本侧验证人不足：表决权 {here}/{total}，需要 {need}。缺席：{missing}",
            ),
            (
                "bring the missing ones back, or the line to them: with their return it goes on by \
                 itself, and nothing else ends it",
                "请恢复缺席的验证人或与其之间的线路：恢复后网络自行继续，别无他法",
            ),
        ),
        Cause::RootsDiffer => (
            (
                "batches proposed by {differ} execute to something else on this node",
                "{differ} 提议的批次在本节点执行结果不同",
            ),
            (
                "compare the versions of the programs; change nothing, keep the logs and data \
                 folders of all nodes, and call the developers",
                "请核对各方程序版本；什么都不要改，保留所有节点的日志与数据目录，并联系开发方",
            ),
        ),
        Cause::LeftBehind => (
            (
                "the others are {behind} batches ahead, and this node takes in none of them. Last \
                 error: {fault}",
                "其他节点已领先 {behind} 个批次，本节点未能取入。最近错误：{fault}",
            ),
            (
                "the network moves without this node; look at its log and disk, and restart it",
                "网络在没有本节点的情况下运行；请检查其日志与磁盘，并重新启动",
            ),
        ),
        Cause::ClockLags => (
            (
                "the clock of this node lags {offset} s behind the others: it votes for nothing that \
                 they propose",
                "本节点时钟比其他各方慢 {offset} 秒：它不会对他方提议投赞成票",
            ),
            ("set this machine's clock, and let it follow a time server", SET_ZH),
        ),
        Cause::ClockLeads => (
            (
                "the clock of this node is {offset} s ahead of the others: nobody votes for what it \
                 proposes",
                "本节点时钟比其他各方快 {offset} 秒：它的提议无人投赞成票",
            ),
            ("set this machine's clock, and let it follow a time server", SET_ZH),
        ),
        Cause::OthersClock => (
            (
                "clocks differ from this node's by more than 10 s: {clocks}",
                "以下各方时钟与本节点相差超过 10 秒：{clocks}",
            ),
            (
                "ask their operators to set the clock; until then their turns to propose are lost",
                "请其运维校准时钟；在此之前轮到其提议的回合均会作废",
            ),
        ),
        Cause::RulesUnknown => (
            (
                "rules version {version} is voted for from height {rules_height} on, and the program \
                 of this node does not know it: it will stop before that height",
                "规则版本 {version} 将自高度 {rules_height} 起生效，而本节点程序不认识该版本：它会在此高度之前停止",
            ),
            (
                "install the release that knows these rules before that height",
                "请在此高度之前安装支持该规则版本的程序",
            ),
        ),
        Cause::QueueFull => (
            (
                "{waiting} entries of {waiting_mb} MB wait, of at most {most} and {most_mb} MB: more \
                 are turned away",
                "等待中的报文 {waiting} 份、{waiting_mb} MB，上限 {most} 份、{most_mb} MB：后续将被拒收",
            ),
            (
                "see which party sends far more than usual; clients send again after a second, and \
                 nothing is lost",
                "请查看哪一方发送量异常；客户端会在一秒后重发，不会丢失",
            ),
        ),
        Cause::Unexplained => (
            (
                "no batch is made although enough validators are connected to this node",
                "与本节点相连的验证人足够，却没有产生批次",
            ),
            (
                "ask another node the same: validators must reach each other, not only this node; \
                 then look at the logs, clocks and disks of all",
                "请向其他节点作同样查询：验证人之间必须互通，而不仅是与本节点相连；再检查各节点的日志、时钟与磁盘",
            ),
        ),
    };
    Words { what, remedy }
}

const SET_ZH: &str = "请校准本机时钟，并与时间服务器同步";

/// Puts the facts into the places of a text.
fn fill(text: &str, facts: &Facts, language: Language) -> String {
    let (height, field) = facts.cannot_follow.clone().unwrap_or_default();
    let (version, rules_height) = facts.unknown_rules.unwrap_or_default();
    let offset = facts.clock_off_ms().unwrap_or_default().unsigned_abs() / 1000;
    let clocks = facts
        .clocks_off()
        .into_iter()
        .map(|(party, ms)| format!("{} {:+} s", facts.name(party, language), ms / 1000));
    let names = |parties: &[String]| join(parties.iter().map(|p| facts.name(p, language)));
    let unknown = language.pick(("unknown", "未知"));
    let free = facts.disk_free_bytes.map_or(unknown.into(), |b| format!("{} MB", b / 1_000_000));
    let places = [
        ("{behind}", facts.behind.to_string()),
        ("{here}", facts.power_here.to_string()),
        ("{total}", facts.power_total.to_string()),
        ("{need}", facts.power_needed().to_string()),
        ("{missing}", names(&facts.missing)),
        ("{differ}", names(&facts.differ)),
        ("{clocks}", join(clocks)),
        ("{offset}", offset.to_string()),
        ("{free}", free),
        ("{height}", height.to_string()),
        ("{field}", field),
        ("{version}", version.to_string()),
        ("{rules_height}", rules_height.to_string()),
        ("{waiting}", facts.queue.0.to_string()),
        ("{most}", facts.queue.1.to_string()),
        ("{waiting_mb}", (facts.queue_bytes.0 / 1_000_000).to_string()),
        ("{most_mb}", (facts.queue_bytes.1 / 1_000_000).to_string()),
        // Last: what stands in it is not ours, and is not filled again.
        ("{silence}", facts.silence.clone().unwrap_or_else(|| unknown.into())),
        ("{fault}", facts.last_fault.clone().unwrap_or_else(|| unknown.into())),
    ];
    places.into_iter().fold(text.to_owned(), |text, (place, fact)| text.replace(place, &fact))
}

fn join(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { "–".to_owned() } else { items.join(", ") }
}

impl Facts {
    /// A party as people know it: its name and its id.
    pub fn name(&self, party: &str, language: Language) -> String {
        match self.names.get(party).map(|(en, zh)| language.pick((en.as_str(), zh.as_str()))) {
            Some(name) if !name.is_empty() => format!("{name} ({party})"),
            _ => party.to_owned(),
        }
    }
}
