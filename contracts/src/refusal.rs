//! The rulebook: one numbered rule for every way in which the ledger says no.
//!
//! A number is given once and never used again. Where several rules are broken, the one that
//! stands first here is answered, on every node. A refusal says what was found, what was expected
//! and who can put it right, in English and in Chinese.

use alloc::{
    format,
    string::{String, ToString},
};
use core::fmt;

use countersign_record::refused::RefusedEntry;
use countersign_record::statement::EntryId;
use serde::Serialize;

/// Declares who can put things right: variant, stable name, and the party in both languages.
macro_rules! remedies {
    ($( $variant:ident $name:literal : $en:literal, $zh:literal; )*) => {
        /// Who can put it right.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Remedy { $( #[doc = $en] $variant, )* }

        impl Remedy {
            /// Every one of them.
            pub const ALL: &'static [Remedy] = &[ $( Remedy::$variant, )* ];

            /// The stable name in documents.
            pub fn name(self) -> &'static str {
                match self { $( Remedy::$variant => $name, )* }
            }

            /// The party in English and in Chinese.
            pub fn text(self) -> (&'static str, &'static str) {
                match self { $( Remedy::$variant => ($en, $zh), )* }
            }
        }
    };
}

remedies! {
    Signer "signer": "the party that signed", "签署方";
    ClearanceCustoms "clearance_customs": "clearance customs", "验放地海关";
    Customs "customs": "customs", "海关";
    Agent "agent": "the ship agent", "船代";
    Declarant "declarant": "the declarant", "申报人";
    OriginWharf "origin_wharf": "the origin river wharf", "支线港码头";
    HubWharf "hub_wharf": "the hub wharf", "枢纽港码头";
    Carrier "carrier": "the barge carrier", "驳船承运人";
    Yard "yard": "the yard", "口岸作业场站";
    Tally "tally": "the tally company", "理货公司";
    Holder "holder": "the holder of the delivery order", "提货单持有人";
    Supplier "supplier": "the supplier", "供油企业";
    Warehouse "warehouse": "the bonded warehouse", "保税仓库";
    BunkerBarge "bunker_barge": "the bunker barge", "供油船";
    ReceivingShip "receiving_ship": "the receiving ship", "受油船";
    Surveyor "surveyor": "a surveyor", "公估机构";
    SupplyCustoms "supply_customs": "supply customs", "供油地海关";
    ReceivingCustoms "receiving_customs": "receiving customs", "受油地海关";
    Guarantor "guarantor": "the guarantor", "担保人";
    Enterprise "enterprise": "the enterprise whose tax it is", "纳税企业";
    Applicant "applicant": "the applicant", "申请人";
    IssuingOffice "issuing_office": "the issuing office", "签证海关";
    OtherAuthority "other_authority": "the other authority", "对方主管机关";
    Courier "courier": "the courier", "快递企业";
    Voters "voters": "the parties that vote, by a proposal", "有表决权的各方（提案表决）";
    Founders "founders": "the founders, by a vote", "创始各方（表决）";
}

/// Declares the rules: number, name, texts, and whether trying again later may succeed.
macro_rules! rulebook {
    ($( $number:literal $name:ident $( ($transient:ident) )? : $en:literal, $zh:literal; )*) => {
        /// A rule of the ledger. Its number is stable for ever.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(u32)]
        pub enum Rule { $( #[doc = $en] $name = $number, )* }

        impl Rule {
            /// Every rule, in order of precedence.
            pub const ALL: &'static [Rule] = &[ $( Rule::$name, )* ];

            /// The stable name, for instance `seal_mismatch` is written as `SealMismatch`.
            pub fn name(self) -> &'static str {
                match self { $( Rule::$name => stringify!($name), )* }
            }

            /// The rule in English and in Chinese.
            pub fn text(self) -> (&'static str, &'static str) {
                match self { $( Rule::$name => ($en, $zh), )* }
            }

            /// Whether the same statement may be accepted later without a change of its content.
            pub fn is_transient(self) -> bool {
                match self { $( Rule::$name => rulebook!(@transient $($transient)?), )* }
            }
        }
    };
    (@transient) => { false };
    (@transient transient) => { true };
}

rulebook! {
    // The statement itself.
    101 OtherNetwork: "the statement was made for another network", "该报文是为另一个网络签署的";
    102 UnknownKey: "the signing key is not registered", "签名密钥未登记";
    103 BadSignature: "the signature does not fit", "签名无效";
    104 KeyRevoked: "the signing key was revoked or replaced", "签名密钥已吊销或更换";
    105 PartySuspended: "the party is suspended", "该当事方已被暂停";
    106 Expired: "the statement has expired", "该报文已过期";
    107 ExpiresTooLate: "the statement stays valid for too long", "该报文有效期过长";
    108 ReferenceUsed: "the reference was used for other content", "该参考号已用于其他内容";
    109 UnknownFamily: "there is no such family of entries", "没有此类业务";
    110 UnknownKind: "the family has no such kind of entry", "该业务没有此类操作";
    111 UnknownSchema: "this schema version is not known", "未知的数据格式版本";
    112 BodyMalformed: "the body is not in its one encoding", "正文编码不符合规范";
    113 SealedField: "a field that a rule reads cannot be sealed", "规则所需字段不得密封";
    114 WrongRole: "the party has no role that may sign this", "该当事方无权签署此操作";
    115 SubjectMoved: "the subject has changed since the signer saw it", "该对象在签署后已变化";
    116 SubjectName: "the subject does not fit this kind of entry", "对象名称与操作不符";

    // Identifiers and fields.
    120 ContainerNumber: "the container number is not valid (ISO 6346)", "集装箱号无效（ISO 6346）";
    121 SizeType: "the size and type code is not valid (ISO 6346)", "箱型代码无效（ISO 6346）";
    122 ImoNumber: "the IMO number is not valid", "IMO编号无效";
    123 Uscc: "the unified social credit code is not valid (GB 32100)", "统一社会信用代码无效（GB 32100）";
    124 DeclarationNumber: "the declaration number is not valid", "报关单号无效";
    125 Locode: "the UN/LOCODE is not valid", "联合国口岸代码无效";
    126 District: "the customs district is not known to this network", "本网络未登记该关区代码";
    127 Place: "the supervised place is not known to this network", "本网络未登记该监管作业场所";
    128 FieldValue: "the field's value is outside what the rule allows", "字段取值超出规则范围";
    129 FieldMissing: "a field that is mandatory here is missing", "缺少必填字段";
    130 DuplicateItem: "an item is listed twice", "同一项目重复列出";

    // Membership.
    201 NoSuchParty: "there is no such party", "没有该当事方";
    202 PartyExists: "the party is already admitted", "该当事方已加入";
    // 203 stood for what 114 says; it is not given again.
    204 CustomsNotSuspended: "a customs office is not suspended by an entry", "海关不可由报文暂停";
    205 AlreadySo: "the party is already in that state", "该当事方已处于该状态";
    206 KeyInUse: "the key is already registered", "该密钥已登记";
    207 NoSuchKey: "the party has no such key", "该当事方没有此密钥";
    208 LastKey: "a party keeps at least one key", "当事方至少保留一把有效密钥";
    209 WeakKey: "the key cannot verify anything", "该密钥无法用于验证";
    210 TooManyKeys: "the party has too many keys", "该当事方密钥过多";
    211 NoValidatorsLeft: "no set of validators that can agree would be left", "将不再有可达成一致的验证人集合";
    212 UnknownRole: "there is no such role", "没有此角色";
    213 OtherPartysKey: "a party manages only its own keys", "当事方只能管理自己的密钥";
    214 VoteByOneOffice: "one customs office alone gives nobody a vote", "单一海关不得授予表决权";
    215 TooMuchSuspended: "one customs office alone suspends less than a third of the votes", "单一海关暂停的表决权须少于三分之一";
    216 CustomsAlone: "the customs offices alone would be a quorum", "海关将单独构成法定多数";

    217 NeedsVote: "the standing of a party that votes is decided by a vote", "有表决权当事方的暂停与恢复须经表决";
    218 NotAVoter: "only parties whose nodes vote may do this", "仅其节点有表决权的当事方可办理";
    219 ProposalExists: "the name of the proposal is used", "该提案名称已使用";
    220 NoSuchProposal(transient): "there is no such proposal", "没有该提案";
    221 ProposalOver: "the proposal is no longer open", "该提案已不再开放";
    222 ApprovedAlready: "the party has already approved", "该当事方已批准";
    223 NotProposer: "only the proposer may take a proposal back", "仅提案方可撤回提案";
    224 ProposalCarried: "what a quorum has approved is not taken back", "已获法定多数批准的提案不得撤回";
    225 EffectiveHeight: "it cannot take effect at that height", "不能在该高度生效";
    226 TooManyProposals: "the party has too many open proposals", "该当事方未决提案过多";
    227 NoSuchNode: "the party has no such node", "该当事方没有此节点";
    228 NoChange: "the proposal changes nothing", "提案没有任何变更";
    229 TooMuchAtOnce: "too much of the voting power would change at once", "一次变更的表决权过多";
    230 UnknownParameter: "there is no such parameter to set", "没有可设置的该参数";
    231 RulesStep: "that is not the next version of the rules", "不是规则的下一版本";

    // Combined port: what the entry is about, and whose it is to sign.
    300 NoSuchBill(transient): "no manifest is known for this bill", "该提运单没有舱单";
    301 NoSuchPlan(transient): "there is no such transfer plan", "没有该调拨计划";
    302 NoSuchBox(transient): "the container is not in the ports' hands", "该集装箱不在各方掌握中";
    303 ConveyanceNotFiled(transient): "the ship or its voyage is not filed", "该运输工具或航次未备案";
    304 NotYours: "only the party whose statement it is may do this", "仅原陈述方可办理";
    305 PlaceNotYours: "the place is run by somebody else", "该场所由他方经营";
    306 NotClearanceCustoms: "only clearance customs of the river port may do this", "仅验放地海关可办理";
    307 BillOver: "the bill is closed or withdrawn", "该提运单已结关或退关";
    308 WrongDirection: "this does not apply to goods of that direction", "该操作不适用于此进出口方向";

    // Combined port: where the container is.
    310 TwoPlaces: "a container is in one place only", "同一集装箱不能同时在两处";
    311 WrongStatus(transient): "the step does not follow the last one", "该步骤与上一步骤不衔接";
    312 TripNotOver(transient): "the container's former trip is not over", "该集装箱上一运次尚未结束";
    313 NotOnBill: "the container is not on the bill", "该集装箱不在提运单内";

    // Combined port: holds.
    320 Held(transient): "held: two statements disagree", "已扣留：两项陈述不一致";

    // Combined port: manifests and filings.
    330 TwinSent: "this twin of the manifest was already sent", "该侧舱单已发送";
    331 OtherDirection: "the bill goes the other way", "该提运单进出口方向不同";
    332 TwinMissing(transient): "one of the twin manifests is missing", "缺少双代码舱单之一";
    333 VoyageFiled: "the voyage is already filed for this ship and year", "该船当年航次已备案";
    334 NothingToAmend: "the amendment changes nothing", "变更内容为空";
    335 BoxMoved: "a container that has moved stays on the list", "已移动的集装箱不得从清单删除";
    336 VesselLoaded: "too late: loaded on the sea-going ship", "已装上干线船，不可再变更";

    // Combined port: declarations.
    340 DeclaredAlready: "the bill is already declared", "该提运单已申报";
    341 DeclarationUsed: "the declaration number stands for another bill", "该报关单号已对应其他提运单";
    342 NotArrived(transient): "not all containers have arrived", "并非所有集装箱均已运抵";
    343 FirmOverdue(transient): "the firm has a complete declaration overdue", "该企业有完整申报逾期";
    344 NotDeclared(transient): "the bill is not declared", "该提运单未申报";
    345 OtherDeclaration: "the bill has another declaration", "该提运单对应其他报关单";
    346 NotSummary: "there is no summary declaration to complete", "没有待完整申报的概要申报";
    347 SummaryOnly(transient): "only the summary declaration is filed", "仅完成概要申报";

    // Combined port: inspection and release.
    350 NoticeOpen(transient): "an inspection notice is open", "查验通知尚未办结";
    351 SelectionOver: "selection for inspection happens before the next step", "布控查验须在下一步骤之前";
    352 NoNotice(transient): "no inspection notice is open", "没有未办结的查验通知";
    353 NotRelocated(transient): "the container is not reported in its inspection slot", "尚未反馈调箱到位";
    360 AlreadyReleased: "the segment is already released", "该段已放行";
    361 SegmentOrder(transient): "segment 1 is released before segment 2", "第一段放行须先于第二段";
    362 ReleaseSet: "a release covers exactly the bill's containers", "放行集装箱须与提运单一致";
    363 NotReleased(transient): "not released", "未放行";
    364 NotWithdrawn(transient): "export goods leave by land only when withdrawn", "出口货物退关后方可陆路离场";

    // Combined port: plans and barges.
    370 PlanExists: "the batch number is used", "调拨批次号已使用";
    371 PlanLeft: "the plan can no longer be changed", "该计划不可再变更";
    372 PlanNotConfirmed(transient): "the barge carrier has not confirmed the plan", "驳船承运人未确认计划";
    373 PlanHash: "the carrier saw another list of containers", "承运人确认的箱单不一致";
    374 DeviceSilent(transient): "the barge's position device is not live", "驳船定位设备未在线";
    375 DeviceDiffers: "the position is not from the filed device", "位置并非来自备案设备";
    376 NotInPlan: "the container is not in the plan", "该集装箱不在计划内";
    377 LoadListIncomplete(transient): "the load list is not the plan", "装载清单与计划不一致";
    378 BargeBusy(transient): "the barge is under way with another plan", "驳船正在执行其他计划";
    379 NotUnderWay(transient): "the barge is not under way with this plan", "驳船未在执行该计划";
    380 BargeNotIn(transient): "the barge has not arrived, or its discharge has ended", "驳船未到港或卸船已结束";

    // Combined port: ships and tallies.
    385 VesselNotSailed(transient): "the ship has not sailed", "船舶尚未开航";
    386 TalliedAlready: "the container is already tallied", "该集装箱已理货";
    387 NotOnVoyage: "the bill is not on this voyage", "该提运单不在此航次";

    // Combined port: pick-up.
    390 OrderExists: "the bill has a delivery order", "该提运单已有提货单";
    391 NoOrder(transient): "there is no such delivery order", "没有该提货单";
    392 NotHolder: "only the holder of the delivery order may do this", "仅提货单持有人可办理";
    393 NoReceipt(transient): "there is no such equipment receipt", "没有该设备交接单";
    394 ObligationMissing: "the receipt must print what remains to be done", "设备交接单须载明未尽义务";

    // Combined port: corrections.
    400 NothingToVoid: "the entry made nothing here that can be taken back", "该报文在此没有可撤销的内容";
    401 RestsOnIt: "later statements rest on it", "已有后续陈述以其为依据";
    402 NoSuchHold: "there is no such hold", "没有该扣留";

    // Bonded oil: what the entry is about, and whose it is to sign.
    500 NoSuchAccount(transient): "there is no such logistics account", "没有该物流账册";
    501 NoSuchApplication(transient): "there is no such application", "没有该供油申请";
    502 NoSuchTank(transient): "the account has no such tank", "该账册没有此油罐";
    503 NoSuchDelivery(transient): "there is no such delivery", "没有该燃油交付单";
    504 NoSuchVoucher(transient): "the application has no such outbound voucher", "该申请没有此出库单";
    505 NotNamedForIt: "only the party that is named for it may sign this", "仅指定的当事方可签署";
    506 NotSupplyCustoms: "only supply customs may do this", "仅供油地海关可办理";
    507 NotReceivingCustoms: "only receiving customs may do this", "仅受油地海关可办理";
    508 NotIndependent: "a surveyor is no party to what it surveys", "公估机构不得为交付当事方";
    510 AccountExists: "the account number is used", "该物流账册号已使用";
    511 TankExists: "the account already has a tank of that name", "该账册已有同名油罐";
    512 ApplicationExists: "the application number is used", "该供油申请号已使用";
    513 VoucherExists: "the voucher number is used", "该单证号已使用";
    514 DeliveryExists: "the number of the delivery note is used", "该燃油交付单号已使用";
    515 OilDeclarationUsed: "the declaration number is used", "该集中申报单号已使用";
    516 NamedPartyRole: "the named party has not the role for it", "指定的当事方没有相应角色";
    517 NotOnAccount: "the supplier may not draw on this account", "该企业无权使用此账册";
    518 RecordFull: "no more fit into the record", "该记录已满";

    // Bonded oil: what oil, and how much it weighs.
    519 OtherProduct: "the oil is of another grade or sulphur class", "油品牌号或硫含量等级不符";
    520 UnknownGrade: "the grade is not in the founding document", "创始文件未列该油品牌号";
    521 UnknownSulphurClass: "the sulphur class is not in the founding document", "创始文件未列该硫含量等级";
    523 DensityRange: "the density is outside the petroleum tables of the group", "密度超出石油计量表范围";
    524 MassDiffers: "the figure is not what the petroleum tables give", "数值与石油计量表计算结果不符";
    525 GradeLimit: "a property is outside the limits of the grade (ISO 8217)", "指标超出牌号限值（ISO 8217）";
    526 SulphurLimit: "the sulphur content is above the limit", "硫含量超出限值";
    527 FuelStatement: "the supplier's declaration does not fit the fuel", "供油声明与燃油不符";

    // Bonded oil: applications and their approval.
    530 NotInternational: "bonded oil is for ships on international voyages", "保税油仅供国际航行船舶";
    531 StockShort(transient): "the tank holds less", "油罐存量不足";
    532 WindowPast: "the supply window has already ended", "供油时段已结束";
    533 ApplicationOver: "the application is refused, taken back or written off", "该申请已被拒绝、撤回或核销";
    534 DecidedAlready: "the office has already decided", "该海关已作出决定";
    535 NotApproved(transient): "supply customs has not approved", "供油地海关尚未批准";
    536 NotAcknowledged(transient): "receiving customs has not acknowledged", "受油地海关尚未确认";
    537 OverApplied: "more is approved than was applied for", "批准数量超过申请数量";

    // Bonded oil: outbound, delivery, return, loss.
    540 OverApproved: "more would go out than is approved", "出库数量超过批准数量";
    541 OutsideWindow: "outside the supply window", "不在供油时段内";
    542 CountersignedAlready: "the voucher is already countersigned", "该出库单已会签";
    543 CountersignDiffers: "the two parties' figures of the outbound differ", "双方出库数量不一致";
    544 OtherShip: "the delivery is to another ship", "受油船与申请不符";
    545 OutsideDistrict: "the place is not in the acknowledged district", "地点不在确认关区内";
    546 NotDisputed: "there is no dispute to settle", "没有待解决的争议";
    547 ConfirmedAlready: "the ship has already stated its figures", "受油船已陈述数量";
    548 OverOutbound(transient): "more than is out and not accounted for", "数量超过已出库未核算数量";

    // Bonded oil: declaration and write-off.
    550 Disputed(transient): "a delivery is disputed", "交付存在争议";
    551 NotSettled(transient): "the ship has not confirmed a delivery", "受油船尚未确认交付";
    552 DeliveryDeclared: "the delivery is already declared", "该交付已申报";
    553 OtherPeriod: "the delivery is of another month", "该交付不属于此申报月份";
    554 OtherAccount: "the delivery is from another account", "该交付不属于此账册";
    555 DeclaredTotal: "the total is not the sum of the settled deliveries", "申报总量与交付合计不符";
    556 NothingOut(transient): "nothing has gone out under the application", "该申请尚无出库";
    557 NotCountersigned(transient): "an outbound is not countersigned", "有出库单未会签";
    558 BalanceOpen(transient): "oil is out and not accounted for", "有已出库油品未核算";
    559 NotAllDeclared(transient): "a delivery is not declared", "有交付未申报";

    // Bonded oil: accounts and tanks.
    560 BookBelowZero: "a tank's book cannot fall below zero", "油罐账面不得为负";
    561 NotDipped(transient): "a tank was not dipped in this period", "有油罐本期未检尺";
    562 DipDiffers(transient): "a tank's dip differs from its book", "油罐检尺与账面不符";

    // Guarantee: what the entry is about, and whose it is to sign.
    600 NoSuchLine(transient): "no guarantee is filed under this number", "该担保备案编号不存在";
    601 NoSuchDrawdown(transient): "the declaration draws on no guarantee", "该报关单没有担保核扣";
    602 NotFilingOffice: "only the office that filed the guarantee may do this", "仅担保备案海关可办理";
    603 NotDeclarationOffice: "only the office of the declaration may do this", "仅申报地海关可办理";
    604 NotLineUser: "only those whom the guarantee names may draw on it", "仅担保列明的企业或申报人可使用";
    605 NotGuarantor: "only the guarantor may do this", "仅担保人可办理";
    606 FilingUsed: "the filing number is used", "该担保备案编号已使用";
    607 UnknownGuarantor(transient): "the guarantor is not admitted as one", "该担保人未作为担保人加入";
    608 GradeDiffers: "the credit grade is another", "信用等级与登记不一致";
    609 DataDiffers: "the guarantor's data are not those that customs filed", "担保电子数据与备案不一致";

    // Guarantee: how lines and drawdowns stand.
    610 LineStanding: "the guarantee does not stand where this step needs it", "担保状态不符合该步骤";
    611 DrawdownLive: "the declaration has a live drawdown", "该报关单已有未结担保核扣";
    612 DrawdownStage: "the drawdown does not stand where this step needs it", "担保核扣状态不符合该步骤";
    613 DrawnByRelease: "on this ledger the release itself draws", "本账本内由放行自动核扣";

    // Guarantee: what may be drawn.
    620 LineNotActive(transient): "the guarantee is not active", "担保未生效或已暂停";
    621 LineNotYetValid(transient): "the guarantee's term has not begun", "担保期限尚未开始";
    622 LineExpired: "the guarantee has expired", "担保已到期";
    623 NotBeneficiary: "the office is no beneficiary of the guarantee", "该海关不在担保受益范围";
    624 ScopeMissing: "the guarantee does not secure this kind of matter", "担保不适用于该类业务";
    625 Discredited: "a discredited enterprise secures with cash only", "失信企业仅可提供保证金";
    626 DeclarationOver: "the declaration is withdrawn", "该报关单已退关";
    627 OtherConsignor: "the declaration is another enterprise's", "该报关单属于其他企业";
    630 NoHeadroom(transient): "the limit leaves too little", "担保额度不足";
    631 LimitBelowUsed: "the new limit is less than what is used", "新额度低于已用额度";
    632 TermOver: "the term would be over already", "担保期限届满日已过";
    633 DrawsLive(transient): "drawdowns are live on the guarantee", "担保尚有未结核扣";
    634 NothingChanges: "nothing would change", "内容没有变化";

    // Guarantee: what is paid.
    640 RestoredTooMuch: "more is restored than is open", "恢复金额超过未缴金额";
    641 AssessedBelowPaid: "less is assessed than is paid", "核定税额低于已缴税额";
    642 NotOverdue(transient): "the tax is not overdue", "税款尚未逾期";
    643 LateFeeDiffers: "the late fee is another", "滞纳金与计算不一致";
    644 ClaimDiffers: "the claim is not what is open", "索赔金额与应付不一致";
    645 NoClaim(transient): "no claim is open", "没有未结索赔";
    646 PaymentDiffers: "the payment is not what was claimed", "代偿金额与索赔不一致";

    // Guarantee: release on security.
    650 NotSecured(transient): "the declaration has no drawdown on this guarantee", "该报关单未在此担保预留额度";
    651 WaiverOneStep: "security is waived in two-step declarations only", "仅两步申报可免担保";
    652 WaiverGrade: "security is waived for advanced certified enterprises only", "仅高级认证企业可免担保";

    // Certificates: what the entry is about, and whose it is to sign.
    700 NoSuchKind(transient): "no certificate of this kind is registered", "未登记该证书种类";
    701 NoSuchRules(transient): "the office has no such version of its rules", "该海关没有此版本审核规则";
    702 NotApplied(transient): "nothing was applied for under this number", "该申请编号不存在";
    703 NotOfficeAsked: "only the office that was asked may do this", "仅受理申请的海关可办理";
    704 NotApplicant: "only the party that applied may do this", "仅申请方可办理";
    705 ApplicationUsed: "the number of the application is used", "该申请编号已使用";
    706 ApplicationStage(transient): "the application does not stand where this step needs it", "申请状态不符合该步骤";
    707 SubmittedTooOften: "the application was sent too often", "申请提交次数过多";
    708 OtherApplication: "a resubmission stays with its kind, office and enterprise", "重新提交不得更换证书种类、海关或企业";
    709 ExporterNotFiled(transient): "the exporter is not filed", "该企业未备案";

    // Certificates: what is registered.
    710 RulesVersion: "versions of rules follow one another", "审核规则版本须依次递增";
    711 ActiveAlready: "this version is in force already", "该版本已生效";
    712 NumberRule: "the number rule cannot number certificates", "编号规则无法用于证书编号";
    713 RulesTooLarge: "the rule set is too large", "规则集过大";
    714 RowNumber: "rows are numbered in ascending order", "规则行号须递增且不重复";
    715 RowOutcome: "a row never makes an application pass", "规则行的结论不得为通过";
    716 ComparisonUnfit: "the comparison does not fit the field", "比较方式不适用于该字段";
    717 ValueUnfit: "the field never has such a value", "该字段不可能取此值";
    718 NeverMet: "no application meets these conditions", "没有申请能满足该行条件";
    719 NeverDecides: "another row decides wherever this one hits", "该行结论总被其他行覆盖";

    // Certificates: what is applied for.
    720 PartMissing: "the kind asks for a part that is missing", "缺少该证书种类要求的内容";
    721 AdvancedOnly: "this kind is for advanced certified enterprises only", "该证书仅适用于高级认证企业";
    722 IsolationShort: "the isolation was shorter than the kind asks for", "隔离检疫天数不足";
    723 TooManyAnimals: "more animals in the vehicle than the kind allows", "车辆所载动物超过该证书上限";
    724 TermTooLong: "the term is longer than the kind allows", "期限超过该证书上限";
    725 InvoiceTooSmall: "the items are worth more than their invoice", "项目价值合计超过发票金额";
    726 DeclarationOfOther: "the declaration is another enterprise's", "该报关单不属于该企业";
    727 DeclarationGone: "the goods of the declaration are withdrawn", "该报关单货物已退关";

    // Certificates: what an officer decides.
    730 DecisionUnfit: "this decision is not open here", "此处不可作出该决定";

    // Certificates: whose they are, and their issue.
    740 NoSuchCertificate(transient): "there is no such certificate", "没有该证书";
    741 NotIssuingOffice: "only the issuing office may do this", "仅签证海关可办理";
    742 NotCertificateHolder: "only the certificate's enterprise, or who applied for it, may do this", "仅证书所属企业或其申领人可办理";
    743 NotPassed(transient): "the application has not passed", "该申请未审核通过";
    744 OtherSubmission: "the application was submitted anew since", "该申请其后已重新提交";
    745 CertificateNumber: "the number is not the next one of its rule", "证书编号不是编号规则的下一号";
    746 NumbersUsedUp: "the number rule has no numbers left", "该编号规则的号码已用尽";
    747 InvoiceCertified(transient): "another live certificate stands for this line of the invoice", "该发票项已有有效证书";
    748 NotIsolated(transient): "the isolation is not over, too short, or a sample did not pass", "隔离检疫未期满、天数不足或样品不合格";
    749 TermOutside: "the term is over, or longer than the kind allows", "期限已过或超过该证书种类的上限";
    750 NotOnDeclaration: "the declaration has no such item", "报关单没有对应商品项";
    751 OverDeclared: "more is certified than is declared", "签证数量超过申报数量";
    752 NotReplaceable: "only an unused valid certificate is replaced", "仅未使用的有效证书可更换";

    // Certificates: how they stand.
    753 AwaitsEnterprise(transient): "the enterprise has not signed the certificate", "企业尚未在证书上签章";
    754 SignedAlready: "the enterprise has already signed the certificate", "企业已在证书上签章";
    755 CertificateReplaced: "the certificate is replaced by another", "该证书已被更换";
    756 CertificateRevoked: "the certificate is revoked", "该证书已注销";
    757 CertificateExpired: "the term of the certificate is over", "该证书已过期";
    758 CertificateUsedUp: "the certificate is used up", "该证书已用完";
    759 CertificateNotBegun(transient): "the term of the certificate has not begun", "该证书尚未生效";

    // Certificates: printed pages and their delivery.
    760 CopyNumber: "the copy is not the next one", "打印份号不是下一份";
    761 PdfDiffers: "all copies of a version are the same PDF", "同一版本各份打印件须为同一PDF";
    762 PageKnown: "this PDF is the page of another certificate or version", "该PDF是其他证书或版本的打印件";
    763 UnknownCourier(transient): "the courier is not admitted as one", "该快递企业未作为快递企业加入";
    764 DeliveryUnderWay(transient): "a courier still has the certificate", "证书仍在快递途中";
    765 NotTheCourier: "only the courier that carries it may report", "仅承运该证书的快递企业可报告";
    766 CourierOrder: "the step does not follow the courier's last one", "该步骤与快递上一步骤不衔接";

    // Certificates: use, vehicles, corrections.
    770 OtherUse: "certificates of this kind are used in another way", "该种类证书的使用方式不同";
    771 NoSuchItem: "the certificate has no such item", "证书没有该项";
    772 OverCertified: "more would be used than is certified", "使用数量超过签证数量";
    773 AnimalsDiffer(transient): "the animals in the vehicle are not those on the list", "车内动物与清单不符";
    774 NotScanned(transient): "the animals in the vehicle were not read", "车内动物尚未扫描";
    775 NoVehicle: "the certificate lists no vehicle", "该证书未列车辆";
    776 NoCorrection(transient): "no correction waits", "没有待会签的更正";
    777 SameAuthority: "another authority than the issuing office agrees to a correction", "更正须由签证海关以外的主管机关会签";

    // Certificates: guarantee letters of temporary imports.
    780 NoSuchLetter(transient): "there is no such guarantee letter", "没有该暂进保函";
    781 LetterUsed: "the number of the guarantee letter is used", "该保函编号已使用";
    782 OtherLetter: "the guarantee letter is another enterprise's", "该保函属于其他企业";
    783 LetterOver: "the guarantee letter is written off, or its time is over", "该保函已核销或已到期";
    784 AnimalInAlready(transient): "the animal is in under a guarantee letter already", "该动物已在其他保函项下进境";
    785 AnimalNotAway: "the animal did not come in under this letter, or is back", "该动物不在此保函项下或已返回";

    // Certificates: sealed copies of declarations.
    790 NotOnLedger(transient): "the declaration is not on this ledger", "该报关单不在本账本";
    791 ArchiveGrade: "copies are printed by advanced certified enterprises only", "仅高级认证企业可自助打印";

    // Evidence: files, what they are about, and whose they are.
    800 NoSuchFile(transient): "no such file is anchored", "该文件未存证";
    801 NoSuchSubject(transient): "the ledger has no such subject", "账本没有该对象";
    802 NotAnchorer: "only the party that anchored the file may do this", "仅存证方可办理";
    803 UnknownReader(transient): "a reader is a party of this network, or a role", "查阅方须为本网络当事方或角色";
    810 AnchoredAlready: "the file is already anchored", "该文件已存证";
    811 OtherWhole: "the whole is cut otherwise, or by somebody else", "整体文件的分段方式或存证方不同";
    812 SegmentTaken: "another file is anchored as this segment", "该分段已由其他文件存证";
    820 FileOver: "the file was withdrawn or destroyed", "该文件已撤回或销毁";
    821 LinkedAlready: "the file is already linked to this subject", "该文件已关联此对象";
    822 LinksFull: "the file is linked to as many subjects as it may be", "该文件关联对象已达上限";
    830 RetentionShort: "the original is kept for too short a time", "原件保存期过短";
    831 RetentionRuns(transient): "the original must still be kept", "原件保存期未满";
    832 CitedAlready: "a decision rests on the evidence", "已有决定以该证据为依据";

    // Evidence: what is cited.
    840 NotEvidence(transient): "what is cited is no entry of evidence", "所引内容不是证据存证报文";
    841 EvidenceWithdrawn: "the evidence was withdrawn", "所引证据已撤回";
}

/// One rule's "no", with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule.
    pub rule: Rule,
    /// The field that was looked at, by its name in the schema.
    pub field: String,
    /// What was found.
    pub found: String,
    /// What was expected.
    pub expected: String,
    /// Who can put it right.
    pub remedy: Remedy,
}

impl Refusal {
    /// A refusal that the signer can put right.
    pub fn new(
        rule: Rule,
        field: impl Into<String>,
        found: impl ToString,
        expected: impl ToString,
    ) -> Self {
        Self {
            rule,
            field: field.into(),
            found: found.to_string(),
            expected: expected.to_string(),
            remedy: Remedy::Signer,
        }
    }

    /// The same refusal, to be put right by somebody else.
    #[must_use]
    pub fn mended_by(self, remedy: Remedy) -> Self {
        Self { remedy, ..self }
    }

    /// The whole sentence in English.
    pub fn english(&self) -> String {
        let (rule, who) = (self.rule.text().0, self.remedy.text().0);
        format!(
            "{rule}: {} is {}, expected {}; {who} can put it right",
            self.field, self.found, self.expected
        )
    }

    /// The whole sentence in Chinese.
    pub fn chinese(&self) -> String {
        let (rule, who) = (self.rule.text().1, self.remedy.text().1);
        format!("{rule}：{} 为 {}，应为 {}；由{who}更正", self.field, self.found, self.expected)
    }

    /// The form that the ledger keeps.
    pub fn record(&self, entry: EntryId, action: u32) -> RefusedEntry {
        RefusedEntry {
            entry,
            action,
            rule: self.rule as u32,
            field: self.field.clone(),
            found: self.found.clone(),
            expected: self.expected.clone(),
            remedy: self.remedy.name().into(),
        }
    }

    /// Reads back what the ledger keeps; nothing where the rule or the remedy is of a later version.
    pub fn from_record(record: &RefusedEntry) -> Option<Self> {
        Some(Self {
            rule: Rule::ALL.iter().copied().find(|r| *r as u32 == record.rule)?,
            field: record.field.clone(),
            found: record.found.clone(),
            expected: record.expected.clone(),
            remedy: Remedy::ALL.iter().copied().find(|r| r.name() == record.remedy)?,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rule as u32, self.english())
    }
}

impl core::error::Error for Refusal {}

impl Serialize for Refusal {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut out = s.serialize_struct("Refusal", 9)?;
        out.serialize_field("rule", &(self.rule as u32))?;
        out.serialize_field("name", self.rule.name())?;
        out.serialize_field("field", &self.field)?;
        out.serialize_field("found", &self.found)?;
        out.serialize_field("expected", &self.expected)?;
        out.serialize_field("remedy", self.remedy.name())?;
        out.serialize_field("transient", &self.rule.is_transient())?;
        out.serialize_field("en", &self.english())?;
        out.serialize_field("zh", &self.chinese())?;
        out.end()
    }
}
