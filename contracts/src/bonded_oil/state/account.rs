//! The record of a logistics account and its tanks.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::By;
use crate::{
    bonded_oil::bodies::{Product, WarehouseUse},
    family::shapes::part,
};

part! {
    /// A logistics account 物流账册.
    Account {
        /// The warehouse that opened it.
        1 by: By,
        /// The warehouse's number with customs.
        2 warehouse_code: String,
        /// Own use or public.
        3 warehouse_use: WarehouseUse,
        /// The district of supply customs.
        4 district: String,
        /// The tanks.
        5 tanks: BTreeMap<String, Tank>,
        /// Enterprises that may apply for its oil.
        6 suppliers: Vec<String>,
        /// The number of the period that is open, from 1.
        7 period_no: u32,
        /// When it began, ledger time.
        8 period_since: u64,
        ;
        /// How the last period ended; the earlier ones stand in the history.
        9 last_close: Close,
    }
}

part! {
    /// The end of a period.
    Close {
        /// The warehouse.
        1 by: By,
        /// The period's number.
        2 period_no: u32,
        /// Tank to closing quantity, thousandths of a tonne.
        3 closing_kg: BTreeMap<String, u64>,
    }
}

part! {
    /// A tank in the open period. Quantities are thousandths of a tonne.
    Tank {
        /// What it holds.
        1 product: Product,
        /// At the beginning of the period.
        2 opening_kg: u64,
        /// Came in.
        3 in_kg: u64,
        /// Went out.
        4 out_kg: u64,
        /// Came back.
        5 returned_kg: u64,
        /// Added by customs, or taken off where negative.
        6 adjustment_kg: i64,
        ;
        /// The last dip of this period.
        7 dip: Dip,
    }
}

part! {
    /// A tank measured, against its book at that moment.
    Dip {
        /// The warehouse.
        1 by: By,
        /// What was measured, thousandths of a tonne.
        2 dip_kg: u64,
        /// What the book said.
        3 book_kg: u64,
        /// Dip less book, less what customs has adjusted since.
        4 gap_kg: i64,
        /// How much the two may differ.
        5 allowed_kg: u64,
    }
}

impl Tank {
    /// What should be in it: opening + in − out + returned ± adjustment.
    pub fn book_kg(&self) -> u64 {
        let credit = self.opening_kg.saturating_add(self.in_kg).saturating_add(self.returned_kg);
        credit.saturating_add_signed(self.adjustment_kg).saturating_sub(self.out_kg)
    }
}

impl Dip {
    /// Whether dip and book differ by more than they may.
    pub fn differs(&self) -> bool {
        self.gap_kg.unsigned_abs() > self.allowed_kg
    }
}
