//! Alerts: everything that needs a person, read from the records and never stored beside them.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use super::{
    holds::{Doubt, Hold, some_of},
    marks::Mark,
    state::{Bill, Enterprise, Plan, Ship, Standing, State},
};
use crate::family::{
    Alert, Said,
    desk::{Plain, office},
};

impl State {
    /// What needs a person's attention on the subject of that name.
    pub fn alerts(&self, subject: &str) -> Vec<Alert> {
        match self {
            Self::Bill(bill) => bill.alerts(subject),
            Self::Box(container) => {
                let holds = container.holds.iter();
                holds.map(|hold| held(subject, hold, &container.clearance)).collect()
            }
            Self::Plan(plan) => plan.alerts(subject),
            Self::Ship(ship) => ship.alerts(subject),
            Self::Enterprise(firm) => firm.alerts(subject),
            Self::Declaration(_) => Vec::new(),
        }
    }
}

fn held(subject: &str, hold: &Hold, clearance: &str) -> Alert {
    let (fact_en, fact_zh) = hold.kind.text();
    let (a, b) = (&hold.first, &hold.second);
    let late_en = if hold.due.overdue { "; the time to answer has passed" } else { "" };
    let late_zh = if hold.due.overdue { "；已超过答复时限" } else { "" };
    let field = &hold.field;
    Alert {
        kind: hold.kind.name(),
        subject: subject.into(),
        field: Some(field.clone()),
        statements: [a.clone(), b.clone()].into(),
        parties: unique([a.party.clone(), b.party.clone(), office(clearance)]),
        since: hold.since,
        deadline: Some(hold.due.by),
        en: format!(
            "{subject} is held (hold {}): {fact_en}: {field} is {} by {} and {} by {}; only \
             customs {clearance} clears it, citing evidence{late_en}",
            hold.id, a.value, a.party, b.value, b.party
        ),
        zh: format!(
            "{subject} 已扣留（第{}号）：{fact_zh}：{field}，{} 称 {}，{} 称 {}；仅 {clearance} 关区可凭证据解除{late_zh}",
            hold.id, a.party, a.value, b.party, b.value
        ),
    }
}

fn unique<const N: usize>(parties: [String; N]) -> Vec<String> {
    parties.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

impl Bill {
    fn alerts(&self, subject: &str) -> Vec<Alert> {
        if self.standing != Standing::Open {
            return Vec::new();
        }
        let clearance = self.clearance();
        let mut alerts: Vec<Alert> =
            self.holds.iter().map(|hold| held(subject, hold, clearance)).collect();
        alerts.extend(self.doubts.iter().map(|doubt| doubted(subject, doubt, clearance)));
        alerts.extend(self.short_alert(subject));
        alerts.extend(self.relocation_alert(subject));
        alerts.extend(self.arrival_alert(subject));
        alerts.extend(self.tally_alert(subject));
        alerts
    }

    fn short_alert(&self, subject: &str) -> Option<Alert> {
        let missing = |c: &&str| {
            self.boxes.get(*c).is_some_and(|b| b.marks.has(Mark::Short) && !b.marks.is_settled())
        };
        let short: Vec<&str> = self.containers().into_iter().filter(missing).collect();
        let (by, manifest) = (self.tallied.as_ref()?, self.hub.as_ref().or(self.river.as_ref())?);
        if short.is_empty() {
            return None;
        }
        let listed = self.containers().len();
        let names = some_of(&short);
        let tallied = Said {
            party: by.party.clone(),
            entry: by.entry,
            value: format!("{} containers, without {names}", listed - short.len()),
        };
        let stated = Said {
            party: manifest.by.party.clone(),
            entry: manifest.by.entry,
            value: format!("{listed} containers"),
        };
        Some(Alert {
            kind: "short",
            subject: subject.into(),
            field: Some("containers".into()),
            parties: unique([
                by.party.clone(),
                manifest.by.party.clone(),
                office(self.clearance()),
            ]),
            statements: [stated, tallied].into(),
            since: by.at,
            deadline: None,
            en: format!("{subject}: short at the tally: {names}; the agent amends the manifest"),
            zh: format!("{subject}：理货短少：{names}；由船代变更舱单"),
        })
    }

    fn relocation_alert(&self, subject: &str) -> Option<Alert> {
        let notice = self.notice.as_ref().filter(|n| n.due.overdue && n.relocated.is_empty())?;
        Some(
            Plain {
                kind: "relocation_overdue",
                subject,
                field: "relocation_feedback",
                value: notice.inspection_method.clone(),
                by: &notice.by,
                clearance: self.clearance(),
                deadline: Some(notice.due.by),
                en: "inspection notice without relocation in time; the yard reports the slot"
                    .into(),
                zh: "查验通知后逾期未调箱到位；由作业场站反馈".into(),
            }
            .alert(),
        )
    }

    fn arrival_alert(&self, subject: &str) -> Option<Alert> {
        let declared = self.declaration.as_ref()?;
        let due = declared.arrival_due.as_ref().filter(|d| d.overdue)?;
        Some(
            Plain {
                kind: "arrival_overdue",
                subject,
                field: "arrival",
                value: declared.entry_no.clone(),
                by: &declared.by,
                clearance: self.clearance(),
                deadline: Some(due.by),
                en: "declared in advance, and not all containers arrived in time".into(),
                zh: "提前申报后货物未按时全部运抵".into(),
            }
            .alert(),
        )
    }

    fn tally_alert(&self, subject: &str) -> Option<Alert> {
        let due = self.tally_due.as_ref().filter(|d| d.overdue)?;
        let manifest = self.hub.as_ref().or(self.river.as_ref())?;
        Some(
            Plain {
                kind: "tally_overdue",
                subject,
                field: "tally",
                value: format!("{} containers", self.containers().len()),
                by: &manifest.by,
                clearance: self.clearance(),
                deadline: Some(due.by),
                en: "no tally report in time; the tally company reports".into(),
                zh: "理货报告逾期；由理货公司发送".into(),
            }
            .alert(),
        )
    }
}

fn doubted(subject: &str, doubt: &Doubt, clearance: &str) -> Alert {
    let (en, zh) = doubt.kind.text();
    Plain {
        kind: doubt.kind.name(),
        subject,
        field: &doubt.field,
        value: doubt.found.clone(),
        by: &doubt.by,
        clearance,
        deadline: None,
        en: format!("{en}: {} is {}", doubt.field, doubt.found),
        zh: format!("{zh}：{} 为 {}", doubt.field, doubt.found),
    }
    .alert()
}

impl Plan {
    fn alerts(&self, subject: &str) -> Vec<Alert> {
        let late = self.transit_due.iter().filter(|due| due.overdue);
        let alert = |due: &super::state::Due| {
            Plain {
                kind: "transit_overdue",
                subject,
                field: "barge_arrival",
                value: format!("{} to {}", self.conveyance_id, self.destination),
                by: self.confirmed.as_ref().unwrap_or(&self.by),
                clearance: crate::identifiers::PlaceCode::district_of(&self.origin),
                deadline: Some(due.by),
                en: format!("barge {} is not at {} in time", self.conveyance_id, self.destination),
                zh: format!("驳船 {} 逾期未抵 {}", self.conveyance_id, self.destination),
            }
            .alert()
        };
        late.map(alert).collect()
    }
}

impl Ship {
    fn alerts(&self, subject: &str) -> Vec<Alert> {
        let lost = self.signal_due.iter().filter(|due| due.overdue);
        let last = self.position.as_ref().map_or_else(
            || String::from("no position yet"),
            |p| format!("{} {} (1e-7 degrees)", p.lat_e7, p.lon_e7),
        );
        let alert = |due: &super::state::Due| {
            Plain {
                kind: "signal_lost",
                subject,
                field: "position",
                value: last.clone(),
                by: &self.by,
                clearance: "",
                deadline: Some(due.by),
                en: format!("no signal from the barge under way; last {last}"),
                zh: format!("在途驳船失去定位信号；最后位置 {last}"),
            }
            .alert()
        };
        lost.map(alert).collect()
    }
}

impl Enterprise {
    fn alerts(&self, subject: &str) -> Vec<Alert> {
        let late = self.open.iter().filter(|(_, open)| open.due.overdue);
        let alert = |(entry_no, open): (&String, &super::state::OpenSummary)| {
            let mut alert = Plain {
                kind: "complete_declaration_overdue",
                subject,
                field: "complete_declaration",
                value: entry_no.clone(),
                by: &open.by,
                clearance: entry_no.get(..4).unwrap_or_default(),
                deadline: Some(open.due.by),
                en: format!(
                    "declaration {entry_no} of bill {} lacks its second step; later summaries of \
                     this firm are refused",
                    open.bill_no
                ),
                zh: format!(
                    "提运单 {} 的报关单 {entry_no} 逾期未完整申报；该企业后续概要申报将被拒绝",
                    open.bill_no
                ),
            }
            .alert();
            // Whoever secures the tax learns that the second step is late.
            alert.parties.extend(open.guarantor.clone());
            alert
        };
        late.map(alert).collect()
    }
}
