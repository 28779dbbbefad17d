//! What happens to a certificate from its issue to its end, and beside it.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use super::VehicleGroup;
use crate::family::shapes::{body, words};

body! {
    /// Body of `issue`, on `certificate:NO`, by the office that was asked.
    Issue {
        /// The application's number.
        1 application: String,
        /// The entry whose application is certified: the last one that was submitted.
        2 application_entry: Digest,
        /// Salted digest of the signatory's identity.
        3 officer_hash: Digest,
    }
}

body! {
    /// Body of `countersign`, on `certificate:NO`, by the enterprise (or a declarant for it that
    /// applied), and of `countersign_amendment`, by the other authority.
    Countersignature {
        /// Salted digest of the signatory's identity.
        1 officer_hash: Digest,
    }
}

body! {
    /// Body of `print`, by the applicant.
    Print {
        /// The number of the copy, from 1.
        1 copy_no: u32,
        /// SHA-256 of the PDF; every copy has the same.
        2 pdf: Digest,
    }
}

words! {
    /// How a certificate reaches the enterprise (case 33).
    DeliveryMode {
        /// Downloaded 网上下载.
        0 Download = "download",
        /// Collected at the window 现场领取.
        1 Window = "window",
        /// By the courier for public matters 政务专递.
        2 Courier = "courier",
    }
}

body! {
    /// Body of `deliver`, by the issuing office.
    Delivery {
        /// How.
        1 mode: DeliveryMode,
        /// Salted digest of the recipient.
        2 recipient_hash: Digest,
        ;
        /// The courier's number; with a courier only.
        3 courier_no: String,
        /// The sealed bag's number; with a courier only.
        4 bag_no: String,
        /// The courier; with a courier only.
        5 courier_party: String,
    }
}

words! {
    /// What a courier reports.
    CourierStep {
        /// Taken over.
        0 Accepted = "accepted",
        /// Under way.
        1 InTransit = "in_transit",
        /// Handed over.
        2 Delivered = "delivered",
        /// Brought back.
        3 Returned = "returned",
    }
}

body! {
    /// Body of `courier_event`, by the courier.
    CourierEvent {
        /// What happened.
        1 step: CourierStep,
        /// Where.
        2 place: String,
        /// The bag, unbroken, as it was sent.
        3 bag_no: String,
    }
}

body! {
    /// How much of one item is used.
    ItemUse {
        /// The item of the certificate.
        1 item: u32,
        /// Quantity in thousandths of the unit.
        2 qty_milli: u64,
        ;
        /// The lot.
        3 lot_no: String,
        /// The item of the declaration (decGNo).
        4 declaration_item: u32,
    }
}

body! {
    /// Body of `use`, by the customs office that consumes: against a declaration, or against the slip
    /// with which a lot leaves a bonded area.
    Use {
        /// What is used of which item; empty for kinds that are used as a whole.
        1 items: Vec<ItemUse>,
        ;
        /// The declaration, n18.
        2 entry_no: String,
        /// The exit or entry slip.
        3 slip_no: String,
    }
}

body! {
    /// Body of `gate_scan`, by a wharf or customs: the chips that were read in the vehicle.
    GateScan {
        /// The chips, each once.
        1 chips: Vec<String>,
        /// Where, as the network's places are written.
        2 place: String,
    }
}

body! {
    /// Body of `amend`, by the issuing office. It stands once the other authority countersigned.
    Amendment {
        /// Why, for people.
        1 reason: String,
        ;
        /// The vehicle and its animals as they are.
        2 group: VehicleGroup,
        /// The remarks as they should be.
        3 remarks: String,
    }
}

words! {
    /// Why a certificate is revoked.
    RevocationCause {
        /// The buyer cancelled 买方取消.
        0 BuyerCancelled = "buyer_cancelled",
        /// An error 错误.
        1 Error = "error",
        /// It should never have been issued 不符合签发条件.
        2 NotEntitled = "not_entitled",
        /// Lost or stolen 遗失.
        3 Lost = "lost",
    }
}

body! {
    /// Body of `revoke`, by the issuing office.
    Revocation {
        /// The class of reason, which the public page shows.
        1 cause: RevocationCause,
        /// Why, for people.
        2 reason: String,
    }
}

body! {
    /// Body of `file_letter`, on `letter:NO`, by customs: the guarantee letter of a temporary import.
    LetterFile {
        /// Whose it is.
        1 enterprise_uscc: String,
        /// What it secures at most, fen.
        2 amount_fen: u64,
        /// The last moment by which all must be back.
        3 return_by: u64,
        /// Digest of the letter.
        4 data_digest: Digest,
    }
}

body! {
    /// Body of `animals_returned`, on `letter:NO`, by customs.
    AnimalsReturned {
        /// The chips that were read on the way out, each once.
        1 chips: Vec<String>,
        /// Where, as the network's places are written.
        2 place: String,
    }
}

words! {
    /// What a sealed copy of a declaration is printed for (case 16).
    Purpose {
        /// Audit 审计.
        0 Audit = "audit",
        /// Foreign exchange 收付汇.
        1 Forex = "forex",
        /// Finance 财务.
        2 Finance = "finance",
    }
}

body! {
    /// Body of `archive_print`, on `archive:ENTRY_NO`, by an advanced certified enterprise.
    ArchivePrint {
        /// What for.
        1 purpose: Purpose,
        /// SHA-256 of the copy.
        2 copy: Digest,
    }
}
