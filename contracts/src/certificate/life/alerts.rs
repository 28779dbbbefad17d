//! What needs a person: a vehicle whose animals differ, a bag that is another, a letter whose
//! animals are not all back.

use alloc::{format, string::String, vec::Vec};

use crate::{
    certificate::state::{Certificate, Letter},
    family::{
        Alert, Said,
        desk::{Plain, office},
    },
};

/// The alert, which concerns these parties too.
fn concerning(plain: Plain<'_>, others: impl IntoIterator<Item = String>) -> Alert {
    let mut alert = plain.alert();
    alert.parties.extend(others);
    alert.parties.sort();
    alert.parties.dedup();
    alert
}

impl Certificate {
    /// What needs attention on the certificate of that name.
    pub(in crate::certificate) fn alerts(&self, subject: &str) -> Vec<Alert> {
        self.held(subject).into_iter().chain(self.other_bag(subject)).collect()
    }

    /// The animals in the vehicle are not those on the list, and it can still be put right.
    fn held(&self, subject: &str) -> Option<Alert> {
        let (scan, group) = (self.scan.as_ref()?, self.group.as_ref()?);
        if scan.fits() || !self.standing.is_open() {
            return None;
        }
        let (missing, extra) = (scan.missing.join(", "), scan.extra.join(", "));
        let none = |list: &str, none: &str| match list {
            "" => String::from(none),
            list => list.into(),
        };
        let plain = Plain {
            kind: "animals_differ",
            subject,
            field: "chips",
            value: format!("missing: {}; not listed: {}", none(&missing, "-"), none(&extra, "-")),
            by: &scan.by,
            clearance: &self.office,
            deadline: None,
            en: format!(
                "vehicle {} is held at {}: missing {}, not on the list {}; the issuing office \
                 corrects the list, or the animals are read again",
                group.plate,
                scan.place,
                none(&missing, "none"),
                none(&extra, "none")
            ),
            zh: format!(
                "车辆 {} 在 {} 扣留：缺少 {}，清单外 {}；由签证海关更正清单或重新扫描",
                group.plate,
                scan.place,
                none(&missing, "无"),
                none(&extra, "无")
            ),
        };
        let mut alert = concerning(plain, [self.enterprise.clone()]);
        let by = self.amended.as_ref().map_or(&self.issued.by, |a| &a.by);
        let value = format!("{} animals", group.chips.len());
        let listed = Said { party: by.party.clone(), entry: by.entry, value };
        alert.statements.insert(0, listed);
        Some(alert)
    }

    /// The courier has another bag than the one that was sent.
    fn other_bag(&self, subject: &str) -> Option<Alert> {
        let handover = self.handover.as_ref()?;
        let carriage = handover.carriage.as_ref()?;
        let other = carriage.other_bag.as_ref()?;
        let plain = Plain {
            kind: "bag_differs",
            subject,
            field: "bag_no",
            value: carriage.bag_no.clone(),
            by: &handover.by,
            clearance: &self.office,
            deadline: None,
            en: format!(
                "{} was sent in bag {}, and the courier has bag {}; the office sends it anew",
                carriage.courier_no, carriage.bag_no, other.value
            ),
            zh: format!(
                "{} 以封袋 {} 寄出，快递报告封袋为 {}；由签证海关重新寄送",
                carriage.courier_no, carriage.bag_no, other.value
            ),
        };
        let mut alert = concerning(plain, [self.enterprise.clone(), other.party.clone()]);
        alert.statements.push(other.clone());
        Some(alert)
    }
}

impl Letter {
    /// Some animals are back and some are not, or the time for it is over.
    pub(in crate::certificate) fn alert(&self, subject: &str) -> Option<Alert> {
        let some_back = self.returned.as_ref();
        if self.away.is_empty() || some_back.is_none() && !self.return_by.overdue {
            return None;
        }
        let away = self.away.join(", ");
        let count = self.away.len();
        let (kind, en, zh) = if self.return_by.overdue {
            (
                "letter_overdue",
                format!("the time is over and {count} animals are not back: {away}"),
                format!("复运出境期限已过，尚有{count}匹未返回：{away}"),
            )
        } else {
            (
                "animals_missing",
                format!("{count} animals are not back, so the letter stays open: {away}"),
                format!("尚有{count}匹未返回，保函不予核销：{away}"),
            )
        };
        let plain = Plain {
            kind,
            subject,
            field: "away",
            value: away,
            by: some_back.unwrap_or(&self.by),
            clearance: &self.office,
            deadline: self.return_by.overdue.then_some(self.return_by.by),
            en,
            zh,
        };
        Some(concerning(plain, [self.enterprise.clone(), office(&self.office)]))
    }
}
