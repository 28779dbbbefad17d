//! Bodies whose subject is a bill: manifests, declarations, inspection, release, tally, pick-up.

use alloc::{string::String, vec::Vec};

use countersign_record::Digest;

use super::{LineMark, Money, Seal, ShipVoyage};
use crate::family::shapes::{body, words};

words! {
    /// Which way the goods go.
    MessageType {
        /// Pre-allotted manifest, export 预配舱单.
        0 Mt2101 = "MT2101",
        /// Original manifest, import 原始舱单.
        1 Mt1101 = "MT1101",
    }
}

body! {
    /// Body of `manifest` (MT2101, MT1101). Signed by the ship agent, once with the river port's
    /// code (`line_mark` branch) and once with the hub's (`line_mark` trunk): the twins (S20).
    Manifest {
        /// MT2101 export or MT1101 import.
        1 message_type: MessageType,
        /// Customs district, n4.
        2 customs_code: String,
        /// `UNLOCODE/n4`, for instance `CNSHK/5304`.
        3 location: String,
        /// `UN` and the IMO number of the sea-going ship, or a filed ship number.
        4 conveyance_id: String,
        /// The ship's name, an..35.
        5 name: String,
        /// The voyage, an..17.
        6 voyage: String,
        /// The containers.
        7 containers: Vec<ManifestContainer>,
        /// Packages, more than 0.
        8 packages: u32,
        /// Gross weight of the goods in grams, more than 0.
        9 gross_g: u64,
        /// Which of the twins this is.
        10 line_mark: LineMark,
        ;
        /// The house bill. Sealable.
        11 house_bill: String,
        /// The consignor. Sealable.
        12 consignor: String,
        /// The consignee. Sealable.
        13 consignee: String,
        /// The goods in words. Sealable.
        14 goods: String,
    }
}

body! {
    /// A container on a manifest.
    ManifestContainer {
        /// ISO 6346.
        1 container_no: String,
        /// ISO 6346, four characters; the old four digits are accepted.
        2 size_type: String,
        ;
        /// Gross weight of the goods in it, grams; with the tare, the VGM is checked against it.
        3 gross_g: u64,
        /// Weight of the empty container, grams.
        4 tare_g: u64,
    }
}

body! {
    /// Body of `manifest_amendment`: the same change on both twins, by the agent that sent them.
    ManifestAmendment {
        /// Why, for people.
        1 reason: String,
        ;
        /// The whole new list of containers.
        2 containers: Vec<ManifestContainer>,
        /// Packages.
        3 packages: u32,
        /// Gross weight in grams.
        4 gross_g: u64,
        /// Another ship or voyage, for the whole bill or for the containers `rolled`.
        5 conveyance: ShipVoyage,
        /// Containers that were left behind and go with `conveyance`, or as soon as one is known.
        6 rolled: Vec<String>,
    }
}

body! {
    /// One item of a declaration.
    Item {
        /// HS code, n10 (6 for origin purposes elsewhere).
        1 hs: String,
        /// Quantity in thousandths of the unit.
        2 qty_milli: u64,
        /// GACC unit code, n3, for instance 035 kg.
        3 unit: String,
        /// Net weight in grams.
        4 net_g: u64,
        /// Origin, ISO 3166 alpha-3.
        5 origin: String,
    }
}

body! {
    /// Body of `declaration` and of `complete_declaration` (the second of the two steps, S5).
    Declaration {
        /// The declaration number, n18.
        1 entry_no: String,
        /// Trade mode 监管方式, n4.
        2 trade_mode: String,
        /// Mode of transport; 2 is water.
        3 mode: u8,
        /// Customs of exit or entry, n4.
        4 exit_customs: String,
        /// Date of export or import, `YYYY-MM-DD`.
        5 ie_date: String,
        /// The domestic consignor or consignee.
        6 consignor_uscc: String,
        /// The declarant's USCC.
        7 agent_uscc: String,
        /// Packages.
        8 packages: u32,
        /// Gross weight in grams.
        9 gross_g: u64,
        /// Net weight in grams, at most the gross weight and the sum over the items.
        10 net_g: u64,
        /// Container numbers.
        11 containers: Vec<String>,
        /// The items.
        12 items: Vec<Item>,
        /// Whether it is made before the goods arrive 提前申报.
        13 advance: bool,
        ;
        /// The overseas party. Sealable.
        14 consignee: String,
        /// The goods in words, item by item. Sealable.
        15 goods: Vec<String>,
        /// The value. Sealable.
        16 value: Money,
    }
}

body! {
    /// Body of `summary_declaration` (S5): nine items, two confirmations, and two more fields where
    /// a licence is needed.
    SummaryDeclaration {
        /// The declaration number, n18; the complete declaration keeps it.
        1 entry_no: String,
        /// Item 1: the domestic consignee or consignor.
        2 consignor_uscc: String,
        /// Item 2: mode of transport; 2 is water.
        3 mode: u8,
        /// Item 2: ship.
        4 conveyance_id: String,
        /// Item 2: voyage. (Item 3, the bill, is the subject.)
        5 voyage: String,
        /// Item 4: trade mode, n4.
        6 trade_mode: String,
        /// Item 5: HS code, n6.
        7 hs: String,
        /// Item 7: quantity in thousandths of the unit.
        8 qty_milli: u64,
        /// Item 7: unit, n3.
        9 unit: String,
        /// Item 9: origin, ISO 3166 alpha-3.
        10 origin: String,
        /// Confirmation 1: whether the goods must by law be inspected.
        11 inspection_required: bool,
        /// Confirmation 2: whether duty is due.
        12 duty_due: bool,
        /// Whether a licence is needed; then the two fields below are mandatory.
        13 licensed: bool,
        /// Whether it is made before the goods arrive.
        14 advance: bool,
        ;
        /// Licence number.
        15 licence_no: String,
        /// Which item lies in which container.
        16 container_items: String,
        /// Item 6: the goods in words. Sealable.
        17 goods_name: String,
        /// Item 8: the total value. Sealable.
        18 value: Money,
    }
}

words! {
    /// The type of check 检查类型.
    CheckType {
        /// Quarantine 检疫.
        0 Quarantine = "quarantine",
        /// Customs examination 查验.
        1 Examination = "examination",
        /// Commodity inspection 检验.
        2 Inspection = "inspection",
    }
}

body! {
    /// Body of `inspection_notice`: exactly the thirteen fields of case S3.
    InspectionNotice {
        /// 报关单号.
        1 entry_no: String,
        /// 舱单编号.
        2 manifest_no: String,
        /// 提运单号; the subject's bill.
        3 bill_no: String,
        /// 运输工具航次/批次号.
        4 voyage_or_batch_no: String,
        /// 运输工具名称.
        5 conveyance_name: String,
        /// 查验关区, n4.
        6 inspection_customs: String,
        /// 查验方式.
        7 inspection_method: String,
        /// 检查类型.
        8 check_type: CheckType,
        /// 重量标识.
        9 weight_mark: String,
        /// 卸货点代码.
        10 unloading_point: String,
        /// 查验通知发出时间.
        11 notice_time: u64,
        ;
        /// 其他提示.
        12 other_hint: String,
        /// 企业名称. Sealable.
        13 enterprise_name: String,
    }
}

body! {
    /// Body of `relocation_feedback`: exactly the nine fields of case S3.
    RelocationFeedback {
        /// 报关单号.
        1 entry_no: String,
        /// 提运单号; the subject's bill.
        2 bill_no: String,
        /// 运输工具代码或名称.
        3 conveyance: String,
        /// 查验记录单号.
        4 inspection_record_no: String,
        /// 查验场地名称.
        5 place_name: String,
        /// 查验场地编号, `UNLOCODE/n4`: one of the signer's places.
        6 place_code: String,
        /// 查验场位编号.
        7 slot_no: String,
        /// 到位时间.
        8 in_place_time: u64,
        ;
        /// 集装箱编号, where the goods are in containers.
        9 container_no: String,
    }
}

words! {
    /// What an inspection came to.
    InspectionOutcome {
        /// Goods and declaration agree.
        0 Clean = "clean",
        /// They do not: the bill is held.
        1 Discrepancy = "discrepancy",
    }
}

body! {
    /// Body of `inspection_result`: it closes the notice.
    InspectionResult {
        /// The declaration.
        1 entry_no: String,
        /// The job.
        2 inspection_record_no: String,
        /// What it came to.
        3 result: InspectionOutcome,
        /// Salted digest of the officer's id.
        4 officer_hash: Digest,
        /// When it ended.
        5 end_time: u64,
        ;
        /// The container that was opened.
        6 container_no: String,
        /// The seals put on afterwards: a new chain begins (S20).
        7 new_seals: Vec<Seal>,
        /// Which field of the declaration is wrong; with a discrepancy.
        8 field: String,
        /// What was found instead; with a discrepancy.
        9 found: String,
        /// Entries that anchored what was photographed or filmed on the job.
        10 evidence: Vec<Digest>,
    }
}

words! {
    /// What customs decided.
    Decision {
        /// Release 放行.
        0 Release = "release",
        /// Release with an obligation that remains 附条件提离; of segment 1 only.
        1 Conditional = "conditional",
    }
}

words! {
    /// Why the tax does not stand in the way.
    TaxBasis {
        /// Paid; `tax_reference` is the tax bill.
        0 Paid = "paid",
        /// Secured; `tax_reference` is the filing number of the guarantee, on which the declaration
        /// has a drawdown.
        1 Guarantee = "guarantee",
        /// Waived for an advanced AEO in the two-step declaration (S7).
        2 AeoWaiver = "aeo_waiver",
        /// None is due.
        3 NoneDue = "none_due",
    }
}

body! {
    /// Body of `release`.
    Release {
        /// The declaration.
        1 entry_no: String,
        /// The containers: all of the bill.
        2 containers: Vec<String>,
        /// 1 may leave the port, 2 may go to the market (S5).
        3 segment: u8,
        /// What was decided.
        4 decision: Decision,
        /// Salted digest of the officer's id.
        5 officer_hash: Digest,
        /// When.
        6 time: u64,
        /// Why the tax does not stand in the way; a guarantee or waiver is checked.
        7 tax: TaxBasis,
        ;
        /// Tax bill or filing number; mandatory with `paid` and `guarantee`.
        8 tax_reference: String,
        /// What remains to be done, where the release is conditional; the EIR prints it.
        9 obligation: String,
    }
}

words! {
    /// Which tally it is (numbers as recalled, R).
    TallyType {
        /// Discharge tally, import.
        0 Mt5101 = "MT5101",
        /// Loading tally, export.
        1 Mt5102 = "MT5102",
    }
}

words! {
    /// What a tally says about a container.
    TallyOutcome {
        /// As on the manifest.
        0 Ok = "ok",
        /// On the manifest, not on the ship 短装/短卸.
        1 Short = "short",
        /// On the ship, not on the manifest 溢装/溢卸.
        2 Over = "over",
        /// Damaged; counted as there.
        3 Damaged = "damaged",
    }
}

body! {
    /// One container of a tally.
    TallyRow {
        /// ISO 6346.
        1 container_no: String,
        /// Packages counted; 0 for a container that is short.
        2 packages: u32,
        /// What the tally says.
        3 result: TallyOutcome,
        ;
        /// Gross weight in grams.
        4 gross_g: u64,
        /// The seal as read.
        5 seal_no: String,
    }
}

body! {
    /// Body of `tally`: what one tally company counted of this bill on one voyage.
    Tally {
        /// Which tally it is.
        1 message_type: TallyType,
        /// The ship.
        2 conveyance_id: String,
        /// The voyage.
        3 voyage: String,
        /// The containers.
        4 rows: Vec<TallyRow>,
        /// When the tally began.
        5 start_time: u64,
        /// When it ended.
        6 end_time: u64,
    }
}

body! {
    /// Body of `delivery_order` (S32): the right to collect, made out by the ship agent.
    DeliveryOrder {
        /// Delivery order number, an..35.
        1 do_no: String,
        /// Free time ends.
        2 free_until: u64,
        /// Who may collect.
        3 holder_uscc: String,
    }
}

body! {
    /// Body of `title_transfer` (S32): the holder hands the goods on.
    TitleTransfer {
        /// The delivery order.
        1 do_no: String,
        /// The new holder.
        2 to_uscc: String,
    }
}

body! {
    /// Body of `withdrawal` 退关: clearance customs lets goods out of the export.
    Withdrawal {
        /// The containers that do not sail; all of the bill withdraws the bill.
        1 containers: Vec<String>,
        /// Why, for people.
        2 reason: String,
        /// Entries that anchored the application and its papers, at least one.
        3 evidence: Vec<Digest>,
    }
}
