//! What `/v1/status` says, as far as it bears on a stop. What a node does not say counts as well.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{CLOCK_OFF_MS, QUEUE_FULL_PERCENT};

/// Heartbeats that may fail to come.
const LATE_HEARTBEATS: u64 = 4;
/// The heartbeat of a node that does not say it, milliseconds.
const HEARTBEAT_MS: u64 = 5000;

/// One node's account of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Height under agreement, round of it, step.
    pub at: (u64, u64, String),
    /// Since the last batch, milliseconds.
    pub age_ms: u64,
    /// Time between two batches of an idle network, milliseconds.
    pub heartbeat_ms: u64,
    /// Whether the node's own party votes.
    pub votes: bool,
    /// Nodes that are connected.
    pub connected: usize,
    /// Validators that are not connected, by party.
    pub missing: Vec<String>,
    /// Voting power: of this node, of this node and those that it reaches, of all.
    pub power_own: u64,
    /// See [`Facts::power_own`].
    pub power_here: u64,
    /// See [`Facts::power_own`].
    pub power_total: u64,
    /// Heights that more than a third of the power has and this node has not.
    pub behind: u64,
    /// The clocks of others minus this node's, milliseconds, by party.
    pub clocks: BTreeMap<String, i64>,
    /// How far this node's clock lags behind the ledger's last batch, milliseconds.
    pub behind_ledger_ms: u64,
    /// Where this node's execution differs from what was decided: height and field.
    pub cannot_follow: Option<(u64, String)>,
    /// Parties whose proposals execute to something else here.
    pub differ: Vec<String>,
    /// Entries that wait, and how many can.
    pub queue: (u64, u64),
    /// Their bytes, and how many can wait; few large entries fill a queue as well.
    pub queue_bytes: (u64, u64),
    /// The node said that its disk is full.
    pub disk_full: bool,
    /// Free room on its disk, bytes, where it says so.
    pub disk_free_bytes: Option<u64>,
    /// Rules to come that its program does not know: version and height.
    pub unknown_rules: Option<(u64, u64)>,
    /// The last thing that went wrong there.
    pub last_fault: Option<String>,
    /// Why its double-sign guard lets it sign nothing for now.
    pub silence: Option<String>,
    /// English and Chinese names, by party.
    pub names: BTreeMap<String, (String, String)>,
}

impl Facts {
    /// Reads them from a node's status, `now` being this machine's clock for a node that does not
    /// say its own. Never fails: what is not there is not known.
    pub fn read(status: &Value, now: u64) -> Self {
        let consensus = &status["consensus"];
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let now = status["clock"]["now"].as_u64().unwrap_or(now);
        let time = number(&status["time"]);
        let rules = &status["rules_to_come"];
        let known = status["rules_known"].as_u64().unwrap_or(u64::MAX);
        let mut facts = Self {
            at: (
                number(&consensus["height"]),
                number(&consensus["round"]),
                text(&consensus["phase"]),
            ),
            age_ms: status["last_batch_age_ms"].as_u64().unwrap_or(now.saturating_sub(time)),
            heartbeat_ms: status["heartbeat_ms"].as_u64().unwrap_or(HEARTBEAT_MS),
            connected: consensus["connected"].as_array().map_or(0, Vec::len),
            missing: texts(&consensus["missing"]),
            clocks: map(&status["clock"]["others_ahead_ms"], Value::as_i64),
            behind_ledger_ms: time.saturating_sub(now),
            cannot_follow: difference(&status["roots"]["cannot_follow"]),
            differ: map(&status["roots"]["differ"], |v| Some(v.clone())).into_keys().collect(),
            queue: (number(&status["backlog"]), number(&status["backlog_max"])),
            queue_bytes: (number(&status["backlog_bytes"]), number(&status["backlog_bytes_max"])),
            disk_full: status["disk"]["full"].as_bool().unwrap_or_default(),
            disk_free_bytes: status["disk"]["free_bytes"].as_u64(),
            unknown_rules: rules["version"]
                .as_u64()
                .filter(|version| *version > known)
                .map(|version| (version, number(&rules["height"]))),
            last_fault: consensus["last_fault"].as_str().map(str::to_owned),
            silence: consensus["silence"].as_str().map(str::to_owned),
            ..Self::default()
        };
        facts.weigh(status);
        facts
    }

    /// The voting power, here and in all, and how far a third of it is ahead.
    fn weigh(&mut self, status: &Value) {
        let own = text(&status["party"]);
        let tips = map(&status["consensus"]["tips"], Value::as_u64);
        let mut ahead: Vec<(u64, u64)> = Vec::new();
        for validator in status["validators"].as_array().into_iter().flatten() {
            let (party, power) = (text(&validator["party"]), validator["power"].as_u64());
            let power = power.unwrap_or_default();
            let names = &validator["names"];
            self.names.insert(party.clone(), (text(&names["en"]), text(&names["zh"])));
            self.power_total = self.power_total.saturating_add(power);
            if party == own {
                (self.votes, self.power_own) = (true, power);
            }
            if !self.missing.contains(&party) {
                self.power_here = self.power_here.saturating_add(power);
            }
            ahead.extend(tips.get(&party).map(|tip| (*tip, power)));
        }
        ahead.sort_unstable_by(|a, b| b.cmp(a));
        let mut sum = 0_u64;
        let third = ahead.iter().find(|(_, power)| {
            sum = sum.saturating_add(*power);
            u128::from(sum) * 3 > u128::from(self.power_total)
        });
        let height = status["height"].as_u64().unwrap_or_default();
        self.behind = third.map_or(0, |(tip, _)| tip.saturating_sub(height));
    }

    /// Without a batch for longer, a network counts as stuck, milliseconds.
    pub fn quiet_ms(&self) -> u64 {
        self.heartbeat_ms.saturating_mul(LATE_HEARTBEATS)
    }

    /// Whether more than two thirds of the power are on this side.
    pub fn is_quorum_here(&self) -> bool {
        u128::from(self.power_here) * 3 > u128::from(self.power_total) * 2
    }

    /// The least power that decides.
    pub fn power_needed(&self) -> u64 {
        let two_thirds = u128::from(self.power_total) * 2 / 3;
        u64::try_from(two_thirds).unwrap_or(u64::MAX).saturating_add(1)
    }

    /// Whether hardly another entry can wait.
    pub fn is_queue_full(&self) -> bool {
        [self.queue, self.queue_bytes].into_iter().any(|(waiting, most)| {
            let percent = u128::from(QUEUE_FULL_PERCENT);
            most > 0 && u128::from(waiting) * 100 >= u128::from(most) * percent
        })
    }

    /// The parties whose clocks differ by more than a proposal may, and by how much.
    pub fn clocks_off(&self) -> Vec<(&str, i64)> {
        let off = self.clocks.iter().filter(|(_, off)| off.unsigned_abs() > CLOCK_OFF_MS);
        off.map(|(party, off)| (party.as_str(), *off)).collect()
    }

    /// How far this node's clock is off, milliseconds, negative where it lags: known where it is
    /// behind what the ledger has recorded, or where most of at least two others differ one way.
    pub fn clock_off_ms(&self) -> Option<i64> {
        if self.behind_ledger_ms > CLOCK_OFF_MS {
            return Some(i64::try_from(self.behind_ledger_ms).map_or(i64::MIN, |ms| -ms));
        }
        let mut others: Vec<i64> = self.clocks.values().copied().collect();
        if others.len() < 2 {
            return None;
        }
        others.sort_unstable();
        // Of an even number the one nearer to this node's own clock, which counts as well.
        let (low, high) = (others[(others.len() - 1) / 2], others[others.len() / 2]);
        let middle = if low.unsigned_abs() < high.unsigned_abs() { low } else { high };
        (middle.unsigned_abs() > CLOCK_OFF_MS).then_some(middle.saturating_neg())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn map<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> BTreeMap<String, T> {
    let fields = value.as_object().into_iter().flatten();
    fields.filter_map(|(key, value)| Some((key.clone(), read(value)?))).collect()
}

fn difference(value: &Value) -> Option<(u64, String)> {
    Some((value["height"].as_u64()?, text(&value["field"])))
}
