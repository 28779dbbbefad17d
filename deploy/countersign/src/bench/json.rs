//! The report as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    figures::{Offered, margin},
    ratios::Ratios,
    report::{Goal, Report},
};

impl Report {
    /// Everything, under the names that others rely on.
    pub(super) fn json(&self) -> Value {
        let (best, alone, half) = (self.best(), self.alone(), self.half());
        json!({
            "entries_per_s": best.entries_per_s,
            "latency_ms": {
                "p50": best.latency_ms.p50, "p99": best.latency_ms.p99,
                "alone_p50": alone.p50, "alone_p99": alone.p99,
                "half_p50": half.p50, "half_p99": half.p99,
            },
            "cpu_s_per_1000": best.cpu_s_per_1000,
            "bulk": self.bulk(),
            "wire_bytes_per_entry": best.wire_bytes_per_entry,
            "hot_line_entries_per_s": self.draws().0,
            "many_lines_entries_per_s": self.draws().1,
            "generator_cpu_s_per_1000": best.generator_cpu_s_per_1000,
            "disk_bytes_per_entry": self.disk_bytes_per_entry,
            "disk_parts": self.disk_parts,
            "verify_strict_s_per_1000": self.reference.verify_strict_s_per_1000,
            "rss_mib_max": self.rss_mib_max,
            "postgres": self.postgres.figures(),
            "postgres_absent": self.postgres.absent(),
            "ratios": Ratios::of(self),
            "actions_per_s": self.actions_per_s(),
            "idle_percent": self.idle_percent,
            "receipt_check_ms": self.receipt_check_ms,
            "statement_bytes": self.statement_bytes,
            "cost": self.cost,
            "outage": self.outage,
            "accepted": self.accepted,
            "sound": self.is_sound(),
            "first_failure": self.first_failure,
            "reference": self.reference,
            "goals": self.goals().iter().map(goal_json).collect::<Vec<_>>(),
            "machine": self.machine,
            "runs": self.runs,
        })
    }

    /// Actions a second where each statement carries many, by how many it carries.
    fn actions_per_s(&self) -> BTreeMap<String, f64> {
        let files = self.runs.iter().filter_map(|run| match run.offered {
            Offered::Files { actions, .. } => Some((actions.to_string(), run.actions_per_s())),
            _ => None,
        });
        files.collect()
    }
}

fn goal_json(goal: &Goal) -> Value {
    json!({
        "name": goal.name.0,
        "found": goal.found,
        "goal": goal.goal,
        "margin": margin(goal.found, goal.goal, goal.better),
    })
}
