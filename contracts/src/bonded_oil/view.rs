//! What customs asks of an account: book against dips, open approvals, undeclared deliveries,
//! disputes. Read from the account's record and those that are listed under it.

use alloc::{string::String, vec::Vec};

use serde::Serialize;

use super::{
    bodies::Product,
    state::{Account, Application, DeliveryRecord, DeliveryStage, Dip, Stage, State, Tank},
};

/// An account at a glance. Quantities are thousandths of a tonne.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// The account.
    pub account_no: String,
    /// The warehouse.
    pub warehouse: String,
    /// The district of supply customs.
    pub district: String,
    /// The number of the open period.
    pub period_no: u32,
    /// When it began, ledger time.
    pub period_since: u64,
    /// The tanks, by name.
    pub tanks: Vec<TankRow>,
    /// All tanks together.
    pub total: Totals,
    /// Applications that are neither over nor without oil still to go out or to be accounted for.
    pub open_approvals: Vec<ApprovalRow>,
    /// Deliveries that stand in no declaration, earliest deadline first.
    pub undeclared: Vec<DeliveryRow>,
    /// The sum of their quantities.
    pub undeclared_kg: u64,
    /// Deliveries about which barge and ship disagree.
    pub disputes: Vec<DisputeRow>,
}

/// Opening + in − out + returned ± adjustment = closing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// At the beginning of the period.
    pub opening_kg: u64,
    /// Came in.
    pub in_kg: u64,
    /// Went out.
    pub out_kg: u64,
    /// Came back.
    pub returned_kg: u64,
    /// Added by customs, or taken off where negative.
    pub adjustment_kg: i64,
    /// The book as it stands: the closing, if the period ended now.
    pub closing_kg: u64,
}

/// A tank, its book and its last dip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TankRow {
    /// The tank.
    pub tank: String,
    /// What it holds.
    pub product: Product,
    /// Its book.
    #[serde(flatten)]
    pub totals: Totals,
    /// Its last dip in the period.
    pub dip: Option<Dip>,
    /// Whether dip and book differ by more than they may.
    pub differs: bool,
}

/// An application that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ApprovalRow {
    /// The application.
    pub application_no: String,
    /// How far it has come.
    pub stage: Stage,
    /// The supplier.
    pub supplier: String,
    /// The ship's IMO number.
    pub imo: String,
    /// The ship's name.
    pub ship_name: String,
    /// Applied for.
    pub qty_kg: u64,
    /// Approved.
    pub approved_kg: u64,
    /// Out.
    pub outbound_kg: u64,
    /// Delivered.
    pub delivered_kg: u64,
    /// Came back.
    pub returned_kg: u64,
    /// Lost.
    pub lost_kg: u64,
    /// Out by both parties' word, and gone nowhere yet.
    pub balance_kg: u64,
    /// The end of the window.
    pub window_to: u64,
    /// Whether it passed with oil still out.
    pub overdue: bool,
}

/// A delivery that stands in no declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DeliveryRow {
    /// The number of its note.
    pub bdn_no: String,
    /// The application.
    pub application_no: String,
    /// The supplier.
    pub supplier: String,
    /// How far it has come.
    pub stage: DeliveryStage,
    /// The month as year × 100 + month.
    pub period: u32,
    /// The settled quantity, or the barge's before.
    pub qty_kg: u64,
    /// Until when it should be declared.
    pub declare_by: u64,
    /// Whether that has passed.
    pub overdue: bool,
}

/// A delivery about which barge and ship disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DisputeRow {
    /// The number of its note.
    pub bdn_no: String,
    /// The application.
    pub application_no: String,
    /// The barge's figure.
    pub barge_kg: u64,
    /// The ship's figure.
    pub ship_kg: u64,
    /// Until when a surveyor should settle it.
    pub settle_by: Option<u64>,
    /// Whether that has passed.
    pub overdue: bool,
}

impl AccountView {
    /// The view of an account. `listed` are the names and states of the subjects that are listed
    /// under it ([`State::listed_under`]), in any order; others are passed over.
    pub fn of<'s>(
        account_no: &str,
        account: &Account,
        listed: impl IntoIterator<Item = (&'s str, &'s State)>,
    ) -> Self {
        let tanks: Vec<TankRow> = account.tanks.iter().map(|(n, t)| tank_row(n, t)).collect();
        let total = tanks.iter().fold(Totals::default(), |sum, row| sum.plus(&row.totals));
        let mut view = Self {
            account_no: account_no.into(),
            warehouse: account.by.party.clone(),
            district: account.district.clone(),
            period_no: account.period_no,
            period_since: account.period_since,
            tanks,
            total,
            open_approvals: Vec::new(),
            undeclared: Vec::new(),
            undeclared_kg: 0,
            disputes: Vec::new(),
        };
        for (subject, state) in listed {
            let name = subject.split_once(':').map_or(subject, |(_, name)| name);
            match state {
                State::Application(a) if a.account_no == account_no => view.add(name, a),
                State::Delivery(d) if d.account_no == account_no => view.add_delivery(name, d),
                _ => {}
            }
        }
        view.open_approvals.sort_by(|a, b| a.application_no.cmp(&b.application_no));
        view.undeclared.sort_by(|a, b| (a.declare_by, &a.bdn_no).cmp(&(b.declare_by, &b.bdn_no)));
        view.disputes.sort_by(|a, b| a.bdn_no.cmp(&b.bdn_no));
        view
    }

    fn add(&mut self, name: &str, a: &Application) {
        if a.is_over() {
            return;
        }
        self.open_approvals.push(ApprovalRow {
            application_no: name.into(),
            stage: a.stage,
            supplier: a.by.party.clone(),
            imo: a.ship.imo.clone(),
            ship_name: a.ship.name.clone(),
            qty_kg: a.qty_kg,
            approved_kg: a.approved_kg,
            outbound_kg: a.outbound_kg(),
            delivered_kg: a.delivered_kg(),
            returned_kg: a.returned_kg(),
            lost_kg: a.lost_kg(),
            balance_kg: a.balance_kg(),
            window_to: a.window.by,
            overdue: a.window.overdue && a.is_oil_out(),
        });
    }

    fn add_delivery(&mut self, name: &str, d: &DeliveryRecord) {
        let application_no = &d.note.application_no;
        if d.is_undeclared() {
            self.undeclared_kg = self.undeclared_kg.saturating_add(d.qty_kg());
            self.undeclared.push(DeliveryRow {
                bdn_no: name.into(),
                application_no: application_no.clone(),
                supplier: d.supplier.clone(),
                stage: d.stage,
                period: d.period,
                qty_kg: d.qty_kg(),
                declare_by: d.declaration_due.by,
                overdue: d.declaration_due.overdue,
            });
        }
        if let Some(ship) = d.ship.as_ref().filter(|_| d.stage == DeliveryStage::Disputed) {
            self.disputes.push(DisputeRow {
                bdn_no: name.into(),
                application_no: application_no.clone(),
                barge_kg: d.note.measured.qty_kg,
                ship_kg: ship.stated.measured.qty_kg,
                settle_by: d.dispute_due.as_ref().map(|due| due.by),
                overdue: d.dispute_due.as_ref().is_some_and(|due| due.overdue),
            });
        }
    }
}

impl Totals {
    fn plus(self, other: &Self) -> Self {
        Self {
            opening_kg: self.opening_kg.saturating_add(other.opening_kg),
            in_kg: self.in_kg.saturating_add(other.in_kg),
            out_kg: self.out_kg.saturating_add(other.out_kg),
            returned_kg: self.returned_kg.saturating_add(other.returned_kg),
            adjustment_kg: self.adjustment_kg.saturating_add(other.adjustment_kg),
            closing_kg: self.closing_kg.saturating_add(other.closing_kg),
        }
    }
}

fn tank_row(name: &str, tank: &Tank) -> TankRow {
    TankRow {
        tank: name.into(),
        product: tank.product.clone(),
        totals: Totals {
            opening_kg: tank.opening_kg,
            in_kg: tank.in_kg,
            out_kg: tank.out_kg,
            returned_kg: tank.returned_kg,
            adjustment_kg: tank.adjustment_kg,
            closing_kg: tank.book_kg(),
        },
        dip: tank.dip.clone(),
        differs: tank.dip.as_ref().is_some_and(Dip::differs),
    }
}
