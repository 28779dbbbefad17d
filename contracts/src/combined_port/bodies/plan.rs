//! Bodies whose subject is a transfer plan: one barge, one voyage, one set of containers.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use crate::family::shapes::body;

body! {
    /// Body of `transfer_plan` 调拨计划, signed by the wharf at `origin`.
    TransferPlan {
        /// The barge's filed ship number.
        1 conveyance_id: String,
        /// Its voyage.
        2 voyage: String,
        /// `UNLOCODE/n4`: one of the signer's places.
        3 origin: String,
        /// `UNLOCODE/n4`.
        4 destination: String,
        /// The containers.
        5 containers: Vec<String>,
        /// Estimated departure.
        6 etd: u64,
        /// Estimated arrival.
        7 eta: u64,
    }
}

body! {
    /// Body of `plan_confirmation`: the barge carrier takes the plan, by the hash of its list.
    PlanConfirmation {
        /// SHA-256 over the container numbers in ascending order, each followed by a line feed.
        1 containers_hash: Digest,
    }
}

body! {
    /// Body of `plan_amendment`, by the wharf that made the plan, before departure.
    PlanAmendment {
        /// The whole new list. What was added needs the carrier's confirmation again.
        1 containers: Vec<String>,
        /// Why, for people.
        2 reason: String,
    }
}

body! {
    /// Body of `departure`, by the barge carrier: the load list is complete.
    Departure {
        /// When.
        1 departure_time: u64,
    }
}

body! {
    /// Body of `barge_arrival`, by the wharf at the destination.
    BargeArrival {
        /// When.
        1 arrival_time: u64,
    }
}

body! {
    /// Body of `discharge_report`, by the wharf at the destination: nothing more comes off. What
    /// was loaded and not discharged is short.
    DischargeReport {
        /// When the last container was lifted.
        1 end_time: u64,
    }
}
