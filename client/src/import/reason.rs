//! Why something is doubted or refused: stable codes, each with its sentence in both languages.

use std::fmt;

use serde::{Serialize, Serializer, ser::SerializeStruct};

use super::limits::QUOTE_CHARS_MAX;

/// The language of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Chinese 中文.
    Zh,
}

impl Language {
    /// The one of two texts that is in this language.
    pub fn pick<T>(self, en: T, zh: T) -> T {
        match self {
            Self::En => en,
            Self::Zh => zh,
        }
    }
}

/// Where in the file something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Segment of the file, from 1.
    pub segment: u32,
    /// Byte, from 0.
    pub offset: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}@{}", self.line, self.segment, self.offset)
    }
}

/// One reason. What was found and expected are quoted in the sentence of its code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What kind of reason.
    pub code: Code,
    /// Where.
    pub at: Position,
    /// What stands there, shortened and without control characters.
    pub found: String,
    /// What should stand there, or what would help.
    pub expected: String,
}

impl Reason {
    /// A reason. Both texts are made safe to print: they come from strangers.
    pub fn new(code: Code, at: Position, found: &str, expected: &str) -> Self {
        Self { code, at, found: quote(found), expected: quote(expected) }
    }

    /// The sentence.
    pub fn text(&self, language: Language) -> String {
        let (en, zh) = self.code.texts();
        language.pick(en, zh).replacen("{expected}", &self.expected, 1).replacen(
            "{found}",
            &self.found,
            1,
        )
    }
}

/// Shortens a text for a report and takes out what a terminal would obey.
fn quote(text: &str) -> String {
    let mut out = printable(&text.trim().chars().take(QUOTE_CHARS_MAX + 1).collect::<String>());
    if text.trim().chars().nth(QUOTE_CHARS_MAX).is_some() {
        out = out.chars().take(QUOTE_CHARS_MAX).chain(['…']).collect();
    }
    out
}

/// A text from the file without what a terminal would obey.
pub(crate) fn printable(text: &str) -> String {
    let harmless = |c: char| if c.is_control() || is_direction(c) { '\u{b7}' } else { c };
    text.trim().chars().map(harmless).collect()
}

/// Characters that turn the text beside them round, or that nobody sees.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Reason", 6)?;
        out.serialize_field("code", self.code.name())?;
        out.serialize_field("at", &self.at)?;
        out.serialize_field("found", &self.found)?;
        out.serialize_field("expected", &self.expected)?;
        out.serialize_field("en", &self.text(Language::En))?;
        out.serialize_field("zh", &self.text(Language::Zh))?;
        out.end()
    }
}

/// Declares the codes: variant, stable name, sentences.
macro_rules! codes {
    ($( $variant:ident $name:literal : $en:literal, $zh:literal; )*) => {
        /// A kind of reason. Its name is stable: scripts may rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $( #[doc = $en] $variant, )* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )* ];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// The sentence in English and in Chinese; `{found}` and `{expected}` are filled in.
            pub fn texts(self) -> (&'static str, &'static str) {
                match self { $( Self::$variant => ($en, $zh), )* }
            }
        }
    };
}

codes! {
    // The file as a whole.
    FileTooLarge "file_too_large": "the file has {found} bytes, at most {expected} are taken; split it", "文件有 {found} 字节，最多接收 {expected} 字节；请拆分";
    TooManySegments "too_many_segments": "more than {expected} segments; split the file", "超过 {expected} 个段；请拆分文件";
    TooManyMessages "too_many_messages": "more than {expected} messages; split the file", "超过 {expected} 份报文；请拆分文件";
    TooManyContainers "too_many_containers": "more than {expected} containers; split the file", "超过 {expected} 个集装箱；请拆分文件";
    TooManyDropped "too_many_dropped": "{found} containers, at most {expected} are taken here; split the file, or use 'countersign import'", "文件有 {found} 个集装箱，此处最多接收 {expected} 个；请拆分，或使用 countersign import";
    NoEdifact "no_edifact": "no EDIFACT message in it", "文件中没有 EDIFACT 报文";
    // The interchange.
    UnaUnusable "una_unusable": "the service characters '{found}' cannot be used; the usual ones were", "分隔符声明“{found}”不可用；已改用常用分隔符";
    TerminatorAssumed "terminator_assumed": "no segment terminator anywhere; each line was read as a segment", "全文没有段结束符；已按每行一段读取";
    UnbMissing "unb_missing": "no interchange header (UNB)", "缺少交换头（UNB）";
    UnzMissing "unz_missing": "no interchange trailer (UNZ): something may be missing at the end", "缺少交换尾（UNZ）：结尾可能有缺失";
    UnzWithoutUnb "unz_without_unb": "an interchange trailer (UNZ) without a header", "有交换尾（UNZ）而无交换头";
    UnzCount "unz_count": "UNZ says {found} messages, {expected} were read", "UNZ 写明 {found} 份报文，实读 {expected} 份";
    UnzReference "unz_reference": "UNZ names reference '{found}', UNB '{expected}'", "UNZ 的参考号为“{found}”，UNB 为“{expected}”";
    TestInterchange "test_interchange": "the interchange is marked as a test", "该交换标记为测试";
    StraySegment "stray_segment": "segment {found} stands outside any message", "段 {found} 不在任何报文内";
    UnreadableSegment "unreadable_segment": "unreadable: '{found}'", "无法读取：“{found}”";
    SegmentTooLong "segment_too_long": "a segment of {found} bytes, at most {expected} are read", "段长 {found} 字节，最多读取 {expected} 字节";
    Unterminated "unterminated": "segment '{found}' has no terminator before the next line", "段“{found}”在换行前没有结束符";
    CutShort "cut_short": "the file ends inside segment '{found}'", "文件在段“{found}”中间结束";
    MoreReasons "more_reasons": "{found} more of this kind", "同类另有 {found} 条";
    // The message.
    UnhMissing "unh_missing": "no message header (UNH); the kind comes from BGM alone", "缺少报文头（UNH）；仅凭 BGM 判断种类";
    UntMissing "unt_missing": "no message trailer (UNT): something may be missing at the end", "缺少报文尾（UNT）：结尾可能有缺失";
    UntWithoutUnh "unt_without_unh": "a message trailer (UNT) without a message", "有报文尾（UNT）而无报文";
    UntCount "unt_count": "UNT says {found} segments, {expected} were read", "UNT 写明 {found} 段，实读 {expected} 段";
    UntReference "unt_reference": "UNT names reference '{found}', UNH '{expected}'", "UNT 的参考号为“{found}”，UNH 为“{expected}”";
    EquipmentCount "equipment_count": "CNT says {found} containers, {expected} were read", "CNT 写明 {found} 个集装箱，实读 {expected} 个";
    MessageType "message_type": "'{found}' is not a message that this importer takes ({expected})", "“{found}”不是本导入器接收的报文（{expected}）";
    MessageVersion "message_version": "version '{found}', read as {expected}", "版本“{found}”，按 {expected} 读取";
    BgmMissing "bgm_missing": "no BGM: nobody can say what the message reports", "缺少 BGM：无法判断报文内容";
    MessageKind "message_kind": "BGM code '{found}' is not taken ({expected})", "BGM 代码“{found}”不接收（{expected}）";
    KindContradictsType "kind_contradicts_type": "BGM code {found} does not belong in a {expected} message", "BGM 代码 {found} 与报文 {expected} 不符";
    Cancellation "cancellation": "the message cancels an earlier one (function {found}); a ledger entry is taken back by 'void', not by a file", "报文撤销先前报文（功能 {found}）；账本条目须以“void”收回";
    Replacement "replacement": "the message changes or replaces an earlier one (function {found}); entries made from that one stand until they are voided", "报文变更或替换先前报文（功能 {found}）；先前条目在收回前仍然有效";
    Copy "copy": "the message is a copy or repetition (function {found})", "报文为副本或重复（功能 {found}）";
    FunctionUnknown "function_unknown": "unusual message function '{found}'", "不常见的报文功能“{found}”";
    DuplicateMessage "duplicate_message": "reference '{found}' was already used in this interchange", "参考号“{found}”在本交换中已使用";
    NoContainer "no_container": "the message names no container", "报文中没有集装箱";
    // The container.
    NotAContainer "not_a_container": "equipment '{found}' is not a container", "设备“{found}”不是集装箱";
    NumberMissing "number_missing": "no container number", "没有箱号";
    NumberForm "number_form": "'{found}' is not a container number ({expected})", "“{found}”不是箱号（{expected}）";
    NumberCheckDigit "number_check_digit": "{found} fails its check digit, which should be {expected}; where customs has noted it as a legacy box, enter it by hand", "{found} 校验码不符，应为 {expected}；如海关已备注为旧箱，请手工录入";
    DuplicateInMessage "duplicate_in_message": "{found} stands twice in this message", "{found} 在本报文中重复";
    DuplicateInFile "duplicate_in_file": "the same move of {found} stands in an earlier message of this file", "{found} 的同一动作已在本文件先前报文中";
    RepeatedInFile "repeated_in_file": "{found} makes the same kind of move in an earlier message of this file, at another time", "{found} 在本文件先前报文中已有同类动作，时间不同";
    GroupCut "group_cut": "the file ends inside this container's data", "文件在该箱数据中间结束";
    GroupOpen "group_open": "the message ends without a trailer right after this container: some of its data may be missing", "报文在该箱之后无报文尾：其数据可能有缺失";
    GroupUnreadable "group_unreadable": "a segment of this container could not be read: '{found}'", "该箱有一段无法读取：“{found}”";
    Swallowed "swallowed": "a container seems to be swallowed by segment {found}: a terminator is released or lost", "段 {found} 似乎吞并了一个集装箱：段结束符被转义或丢失";
    TextEncoding "text_encoding": "'{found}' is not UTF-8 and was read as {expected}", "“{found}”不是 UTF-8，按 {expected} 读取";
    ValueTooLong "value_too_long": "'{found}' is longer than {expected} characters and was cut", "“{found}”超过 {expected} 个字符，已截断";
    TooManyValues "too_many_values": "more than {expected} segments {found}: the rest of them was left out", "段 {found} 超过 {expected} 个：其余未采用";
    SizeTypeUnknown "size_type_unknown": "the size-type '{found}' says nothing", "尺寸箱型“{found}”无意义";
    SizeTypeNotIso "size_type_not_iso": "the size-type '{found}' is not ISO 6346", "尺寸箱型“{found}”不符合 ISO 6346";
    SizeTypeOld "size_type_old": "the old size-type '{found}' has no certain successor", "旧尺寸箱型“{found}”没有确定的新代码";
    SizeTypeTradeName "size_type_trade_name": "the size-type '{found}' is a trade name, read as {expected}", "尺寸箱型“{found}”为行业俗称，按 {expected} 读取";
    FullnessUnknown "fullness_unknown": "full or empty is not said ('{found}'; expected {expected})", "未说明重箱或空箱（“{found}”；应为 {expected}）";
    SealWithoutNumber "seal_without_number": "'{found}' says that there is a seal, not which", "“{found}”只说明有封志，未给封志号";
    SealIssuerUnknown "seal_issuer_unknown": "seal issuer '{found}' ({expected})", "封志施加方“{found}”（{expected}）";
    WeightUnreadable "weight_unreadable": "weight '{found}' cannot be read", "重量“{found}”无法读取";
    WeightUnit "weight_unit": "weight unit '{found}' ({expected})", "重量单位“{found}”（{expected}）";
    WeightImplausible "weight_implausible": "{found} kg is not plausible ({expected})", "{found} 千克不合理（{expected}）";
    WeightsDiffer "weights_differ": "the gross weight is said twice: {found} and {expected} kg", "毛重前后不一：{found} 与 {expected} 千克";
    TimeMissing "time_missing": "no time of the move (DTM {expected})", "没有动作时间（DTM {expected}）";
    TimeUnreadable "time_unreadable": "time '{found}' cannot be read ({expected})", "时间“{found}”无法读取（{expected}）";
    TimeWithoutMinutes "time_without_minutes": "time '{found}' has no minutes; read as {expected}", "时间“{found}”没有分钟；按 {expected} 读取";
    TimeFormatAssumed "time_format_assumed": "time '{found}' does not fit its format code; read as {expected}", "时间“{found}”与格式代码不符；按 {expected} 读取";
    TimeOtherQualifier "time_other_qualifier": "the time of the move was taken from {found}, not from {expected}", "动作时间取自 {found}，而非 {expected}";
    PlaceNotLocode "place_not_locode": "place '{found}' is not a UN/LOCODE", "地点“{found}”不是 UN/LOCODE";
    StowageUnreadable "stowage_unreadable": "stowage '{found}' is not a cell ({expected})", "积载位置“{found}”无法识别（{expected}）";
    VesselMissing "vessel_missing": "no ship is named (TDT+20)", "未指明船舶（TDT+20）";
    VesselIdMissing "vessel_id_missing": "the ship has neither call sign nor IMO number ('{found}')", "船舶既无呼号也无 IMO 编号（“{found}”）";
    VesselIdForm "vessel_id_form": "ship id '{found}' is neither a call sign nor an IMO number", "船舶标识“{found}”既非呼号也非 IMO 编号";
    ImoCheckDigit "imo_check_digit": "IMO number {found} fails its check digit, which should be {expected}", "IMO 编号 {found} 校验码不符，应为 {expected}";
    VoyageMissing "voyage_missing": "no voyage number", "没有航次号";
    TruckPlateMissing "truck_plate_missing": "no truck plate ('{found}')", "没有车牌（“{found}”）";
    // From movement to entry.
    NeedsPlace "needs_place": "the entry needs the place as UNLOCODE/customs office; give {expected}", "条目需要地点（UNLOCODE/关区）；请用 {expected} 给出";
    NeedsBill "needs_bill": "the entry needs the bill of lading; no RFF+BM, give {expected}", "条目需要提单号；没有 RFF+BM，请用 {expected} 给出";
    NeedsPlan "needs_plan": "the entry needs the transfer plan's batch number; give {expected}", "条目需要调拨计划批次号；请用 {expected} 给出";
    NeedsLeg "needs_leg": "barge or sea-going ship? give {expected}", "是驳船还是海船？请用 {expected} 给出";
    NeedsTime "needs_time": "the entry needs the time of the move; give {expected}", "条目需要动作时间；请用 {expected} 给出";
    NeedsSeal "needs_seal": "a full container needs its seal number; give {expected}", "重箱需要封志号；请用 {expected} 给出";
    NeedsSealIssuer "needs_seal_issuer": "the entry needs the issuer of seal {found}; give {expected}", "条目需要封志 {found} 的施加方；请用 {expected} 给出";
    NeedsFullness "needs_fullness": "the entry needs to say full or empty; give {expected}", "条目须说明重箱或空箱；请用 {expected} 给出";
    NeedsStowage "needs_stowage": "the entry needs the stowage cell (LOC+147), which only the sender can give", "条目需要积载位置（LOC+147），只能由发送方提供";
    NeedsVessel "needs_vessel": "the entry needs the ship; give {expected}", "条目需要船舶标识；请用 {expected} 给出";
    NeedsVoyage "needs_voyage": "the entry needs the voyage; give {expected}", "条目需要航次；请用 {expected} 给出";
    PlaceDiffers "place_differs": "the file says {found}, the option says {expected}", "文件写明 {found}，选项写明 {expected}";
    DoubtedLeftOut "doubted_left_out": "doubted, and only undoubted moves were asked for; see {expected}", "存疑，而仅要求无疑问的动作；见 {expected}";
    LeftOut "left_out": "left out, as was asked for; see {expected}", "按要求略去；见 {expected}";
    RulesRefuse "rules_refuse": "the ledger's rules would refuse it: {found}", "账本规则将拒绝：{found}";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_own_name_and_both_sentences() {
        let mut names: Vec<_> = Code::ALL.iter().map(|c| c.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let (en, zh) = code.texts();
            assert!(en.is_ascii(), "{en}");
            assert!(zh.chars().any(|c| c > '\u{4e00}'), "{zh}");
            for field in ["{found}", "{expected}"] {
                assert_eq!(en.contains(field), zh.contains(field), "{}", code.name());
            }
        }
    }

    #[test]
    fn what_strangers_wrote_is_printed_harmlessly() {
        let at = Position { line: 1, segment: 1, offset: 0 };
        let reason = Reason::new(Code::UnreadableSegment, at, "\u{1b}[2J\u{202e}\n{expected}", "x");
        let text = reason.text(Language::En);
        assert!(!text.chars().any(|c| c.is_control() || is_direction(c)), "{text:?}");
        assert!(text.contains("{expected}"), "a quoted placeholder is not filled: {text}");
        let long = Reason::new(Code::NumberForm, at, &"箱".repeat(500), "");
        assert_eq!(long.found.chars().count(), QUOTE_CHARS_MAX + 1);
    }
}
