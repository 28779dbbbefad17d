//! Alerts: everything that needs a person, read from the records and never stored beside them.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};

use super::{
    reading::tonnes,
    state::{Account, Application, By, DeliveryRecord, DeliveryStage, Dip, State},
};
use crate::family::{Alert, Said, desk::office};

impl State {
    /// What needs a person's attention on the subject of that name.
    pub fn alerts(&self, subject: &str) -> Vec<Alert> {
        match self {
            Self::Account(account) => account.alerts(subject),
            Self::Application(application) => application.alerts(subject),
            Self::Delivery(delivery) => delivery.alerts(subject),
            Self::Declaration(_) => Vec::new(),
        }
    }
}

/// What an alert of this family is made of, beside who stated what.
struct Notice<'a> {
    kind: &'static str,
    subject: &'a str,
    field: &'static str,
    said: Vec<Said>,
    /// Parties that it concerns beside those that stated something.
    informed: Vec<String>,
    since: u64,
    deadline: Option<u64>,
    en: String,
    zh: String,
}

impl Notice<'_> {
    fn alert(self) -> Alert {
        let stated = self.said.iter().map(|s| s.party.clone());
        let parties: BTreeSet<String> = stated.chain(self.informed).collect();
        Alert {
            kind: self.kind,
            subject: self.subject.into(),
            field: Some(self.field.into()),
            statements: self.said,
            parties: parties.into_iter().collect(),
            since: self.since,
            deadline: self.deadline,
            en: format!("{}: {}", self.subject, self.en),
            zh: format!("{}：{}", self.subject, self.zh),
        }
    }
}

fn said(by: &By, value: String) -> Said {
    Said { party: by.party.clone(), entry: by.entry, value }
}

impl Account {
    fn alerts(&self, subject: &str) -> Vec<Alert> {
        let dips = self.tanks.iter().filter_map(|(name, t)| Some((name, t.dip.as_ref()?)));
        let alert = |(name, dip): (&String, &Dip)| {
            let (measured, book) = (tonnes(dip.dip_kg), tonnes(dip.book_kg));
            Notice {
                kind: "dip_differs",
                subject,
                field: "tank_dip",
                said: [said(&dip.by, format!("{name}: {measured}"))].into(),
                informed: [office(&self.district)].into(),
                since: dip.by.at,
                deadline: None,
                en: format!(
                    "tank {name}: the dip is {measured}, the book {book}; customs {} adjusts the \
                     book or the warehouse dips again",
                    self.district
                ),
                zh: format!(
                    "{name}罐检尺为 {measured}，账面为 {book}；由 {} 关区调整账面或由仓库重新检尺",
                    self.district
                ),
            }
            .alert()
        };
        dips.filter(|(_, dip)| dip.differs()).map(alert).collect()
    }
}

impl Application {
    fn offices(&self) -> Vec<String> {
        [office(&self.supply_district), office(&self.receiving_district)].into()
    }

    fn alerts(&self, subject: &str) -> Vec<Alert> {
        self.window_alert(subject).into_iter().chain(self.loss_alert(subject)).collect()
    }

    fn window_alert(&self, subject: &str) -> Option<Alert> {
        if !self.window.overdue || !self.is_oil_out() {
            return None;
        }
        let out = tonnes(self.outbound_kg().saturating_sub(self.accounted_kg()));
        let mut informed = self.offices();
        informed.extend([self.by.party.clone(), self.barge_party.clone()]);
        Some(
            Notice {
                kind: "oil_still_out",
                subject,
                field: "balance",
                said: [said(&self.by, format!("{} applied for", tonnes(self.qty_kg)))].into(),
                informed,
                since: self.window.by,
                deadline: Some(self.window.by),
                en: format!(
                    "the supply window has ended and {out} is out, neither delivered, returned nor \
                     lost"
                ),
                zh: format!("供油时段已结束，仍有 {out} 未交付、未退回、未报损"),
            }
            .alert(),
        )
    }

    fn loss_alert(&self, subject: &str) -> Option<Alert> {
        let lost = self.lost_kg();
        let last = self.vouchers.values().filter(|v| v.kind == super::state::VoucherKind::Loss);
        let last = last.max_by_key(|v| v.by.at)?;
        if lost <= self.loss_allowed_kg {
            return None;
        }
        let (lost, allowed) = (tonnes(lost), tonnes(self.loss_allowed_kg));
        Some(
            Notice {
                kind: "loss_over_allowance",
                subject,
                field: "loss",
                said: [said(&last.by, format!("{lost} lost"))].into(),
                informed: self.offices(),
                since: last.by.at,
                deadline: None,
                en: format!("{lost} is stated as lost, {allowed} is usual"),
                zh: format!("报损 {lost}，超过正常损耗 {allowed}"),
            }
            .alert(),
        )
    }
}

impl DeliveryRecord {
    fn alerts(&self, subject: &str) -> Vec<Alert> {
        let mut alerts = Vec::new();
        alerts.extend(self.dispute_alert(subject));
        alerts.extend(self.confirmation_alert(subject));
        alerts.extend(self.declaration_alert(subject));
        alerts
    }

    fn concerned(&self) -> Vec<String> {
        let offices = [office(&self.supply_district), office(&self.receiving_district)];
        let parties = [self.supplier.clone(), self.ship_party.clone(), self.by.party.clone()];
        offices.into_iter().chain(parties).collect()
    }

    fn dispute_alert(&self, subject: &str) -> Option<Alert> {
        let ship = self.ship.as_ref().filter(|_| self.stage == DeliveryStage::Disputed)?;
        let (barge_kg, ship_kg) = (self.note.measured.qty_kg, ship.stated.measured.qty_kg);
        let (barge_t, ship_t) = (tonnes(barge_kg), tonnes(ship_kg));
        let late = self.dispute_due.as_ref().is_some_and(|due| due.overdue);
        let (late_en, late_zh) = if late {
            ("; the time to settle it has passed", "；已超过解决时限")
        } else {
            ("", "")
        };
        Some(
            Notice {
                kind: "delivery_disputed",
                subject,
                field: "qty_kg",
                said: [said(&self.by, barge_t.clone()), said(&ship.by, ship_t.clone())].into(),
                informed: self.concerned(),
                since: ship.by.at,
                deadline: self.dispute_due.as_ref().map(|due| due.by),
                en: format!(
                    "disputed: {barge_t} by the barge, {ship_t} by the ship; a surveyor settles \
                     it{late_en}"
                ),
                zh: format!(
                    "交付数量有争议：供油船称 {barge_t}，受油船称 {ship_t}；由公估机构解决{late_zh}"
                ),
            }
            .alert(),
        )
    }

    fn confirmation_alert(&self, subject: &str) -> Option<Alert> {
        let due = self.confirmation_due.as_ref().filter(|due| due.overdue)?;
        Some(
            Notice {
                kind: "delivery_unconfirmed",
                subject,
                field: "delivery_confirmation",
                said: [said(&self.by, tonnes(self.note.measured.qty_kg))].into(),
                informed: self.concerned(),
                since: due.by,
                deadline: Some(due.by),
                en: "the receiving ship has not stated its figures in time".into(),
                zh: "受油船逾期未陈述数量".into(),
            }
            .alert(),
        )
    }

    fn declaration_alert(&self, subject: &str) -> Option<Alert> {
        let due = Some(&self.declaration_due).filter(|due| due.overdue && self.is_undeclared())?;
        let qty = tonnes(self.qty_kg());
        let mut informed = self.concerned();
        informed.retain(|p| *p != self.ship_party);
        Some(
            Notice {
                kind: "declaration_overdue",
                subject,
                field: "declaration",
                said: [said(&self.by, qty.clone())].into(),
                informed,
                since: due.by,
                deadline: Some(due.by),
                en: format!(
                    "{qty} of {} is not declared in time; the supplier declares",
                    self.period
                ),
                zh: format!("{} 交付的 {qty} 逾期未集中申报；由供油企业申报", self.period),
            }
            .alert(),
        )
    }
}
