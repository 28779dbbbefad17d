//! Bodies whose subject is a logistics account 物流账册 and its tanks.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use super::{Measurement, Product};
use crate::family::shapes::{body, words};

words! {
    /// Whose oil a bonded warehouse may keep.
    WarehouseUse {
        /// Its own enterprise's alone 自用型.
        0 Own = "own",
        /// Anybody's 公用型.
        1 Public = "public",
    }
}

body! {
    /// A tank at the beginning of its account.
    TankOpening {
        /// Its name, an..16.
        1 tank: String,
        /// What it holds.
        2 product: Product,
        /// How much, thousandths of a tonne.
        3 opening_kg: u64,
    }
}

body! {
    /// Body of `account_open`, by the warehouse.
    AccountOpen {
        /// The warehouse's number with customs.
        1 warehouse_code: String,
        /// Own use or public.
        2 warehouse_use: WarehouseUse,
        /// The office that supervises it: supply customs of all that leaves it.
        3 district: String,
        /// The tanks.
        4 tanks: Vec<TankOpening>,
        /// Enterprises that may apply for its oil; exactly one where it is for own use.
        5 suppliers: Vec<String>,
    }
}

body! {
    /// Body of `account_amendment`, by the warehouse: what is added, at least one thing.
    AccountAmendment {
        /// Further tanks.
        1 tanks: Vec<TankOpening>,
        /// Further suppliers.
        2 suppliers: Vec<String>,
        /// Why, for people.
        3 reason: String,
    }
}

body! {
    /// Body of `stock_in`, by the warehouse.
    StockIn {
        /// The tank.
        1 tank: String,
        /// What it is; it must be what the tank holds.
        2 product: Product,
        /// What was measured.
        3 measured: Measurement,
        /// The declaration under which it came in.
        4 entry_no: String,
    }
}

body! {
    /// Body of `tank_dip`, by the warehouse: all that a tank holds, measured.
    TankDip {
        /// The tank.
        1 tank: String,
        /// What was measured.
        2 measured: Measurement,
    }
}

body! {
    /// Body of `adjustment`, by the office of the account's district alone.
    Adjustment {
        /// The tank.
        1 tank: String,
        /// What is added to the book, thousandths of a tonne; taken off where negative.
        2 change_kg: i64,
        /// Entries that anchored the evidence, at least one.
        3 evidence: Vec<Digest>,
        /// Why, for people.
        4 reason: String,
    }
}

body! {
    /// Body of `period_close`, by the warehouse: the next opening is this closing.
    PeriodClose {
        /// The period's number, from 1.
        1 period_no: u32,
    }
}
