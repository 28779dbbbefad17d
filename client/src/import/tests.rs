//! The importer on whole files: outcomes, accounting, damage of every kind.

use proptest::prelude::*;

use super::{
    edifact::Reader,
    limits::{CONTAINERS_MAX, FILE_BYTES_MAX, VALUES_LISTED_MAX},
    movement::{Fullness, Kind},
    *,
};

const GATE_IN: &[u8] = include_bytes!("../../testdata/edifact/gate_in_d00b.edi");
const BARGE_LOAD: &[u8] = include_bytes!("../../testdata/edifact/barge_load_d95b.edi");

fn read(file: impl AsRef<[u8]>) -> Report {
    import("test", file.as_ref(), &Options::default())
}

/// A message of this type and BGM around these segments.
fn message(kind: &str, bgm: &str, body: &str) -> String {
    format!("UNH+1+{kind}:D:95B:UN'BGM+{bgm}'{body}UNT+{}+1'", body.matches('\'').count() + 3)
}

/// The verdict and codes of each container.
fn outcomes(report: &Report) -> Vec<(Verdict, Vec<Code>)> {
    let codes = |c: &ContainerReport| c.outcome.reasons().iter().map(|r| r.code).collect();
    report.all_containers().map(|c| (c.outcome.verdict(), codes(c))).collect()
}

fn codes_of(reasons: &[Reason]) -> Vec<Code> {
    reasons.iter().map(|r| r.code).collect()
}

/// What must hold of every report, whatever the bytes were.
fn invariant_everything_is_accounted_for(bytes: &[u8], report: &Report) {
    for counts in [report.messages, report.containers] {
        assert_eq!(counts.seen, counts.taken + counts.doubted + counts.refused);
    }
    let containers: usize = report.all_messages().map(|m| m.containers.len()).sum();
    assert_eq!(report.containers.seen, containers);
    if report.refused.is_none() {
        let eqds = Reader::new(bytes).filter(|r| r.tag == "EQD").count();
        assert_eq!(report.containers.seen, eqds);
    }
    for container in report.all_containers() {
        let bare = container.outcome.verdict() != Verdict::Taken;
        assert_eq!(!container.outcome.reasons().is_empty(), bare);
    }
    for language in [Language::En, Language::Zh] {
        assert!(!report.display(language).to_string().chars().any(|c| c.is_control() && c != '\n'));
    }
    serde_json::to_value(report).unwrap();
}

#[test]
fn a_gate_report_as_terminals_write_it() {
    let report = read(GATE_IN);
    assert_eq!(
        outcomes(&report),
        [
            (Verdict::Taken, vec![]),
            (Verdict::Taken, vec![]),
            (Verdict::Refused, vec![Code::NotAContainer]),
            (Verdict::Refused, vec![Code::NumberMissing]),
            (Verdict::Refused, vec![Code::NumberCheckDigit]),
        ]
    );
    let message = report.all_messages().next().unwrap();
    assert_eq!(
        (message.verdict, message.segments, &*message.guide),
        (Verdict::Taken, 39, "SMDG21")
    );
    assert_eq!(
        message.not_used.keys().collect::<Vec<_>>(),
        ["DIM", "EQN", "FTX", "GDS", "HAN", "RNG", "TMD", "TMP"]
    );
    let first = report.movements().next().unwrap();
    assert_eq!((first.kind, &*first.container), (Kind::GateIn, "CBHU7001000"));
    assert_eq!((first.bill_no(), first.booking_no()), (Some("SDSK26110001"), Some("BK26110001")));
    assert_eq!(first.vgm_kg, Some(18_251), "half up");
    assert_eq!(first.time.as_ref().unwrap().utc_ms, 1_793_664_000_000);
    assert_eq!(first.place.as_ref().map(|p| (&*p.code, &*p.terminal)), Some(("CNSUD", "SDW01")));
    let ship = first.ship.as_ref().unwrap();
    assert_eq!(
        (ship.imo.as_deref(), &*ship.name, &*ship.voyage),
        (Some("9912347"), "PEARL TRADER", "048E")
    );
    assert_eq!(first.inland.as_ref().unwrap().id, "YUEA12345");
    assert_eq!(first.seals.iter().map(|s| &*s.issuer).collect::<Vec<_>>(), ["SH", "CU"]);
    assert_eq!(first.attached, ["CH ZZZZ123456"]);
    let second = report.movements().nth(1).unwrap();
    assert_eq!((&*second.container, second.size_type.as_deref()), ("OOLU7002379", Some("45G1")));
    assert_eq!((second.gross_kg, second.fullness), (Some(21_430), Some(Fullness::Fcl)));
    assert_eq!(second.damages[0].kind, "DEN");
    assert!(!report.is_clean());
}

#[test]
fn a_barge_report_with_the_usual_faults() {
    let report = read(BARGE_LOAD);
    assert_eq!(
        outcomes(&report),
        [
            (Verdict::Taken, vec![]),
            (
                Verdict::Doubted,
                vec![Code::TimeWithoutMinutes, Code::StowageUnreadable, Code::SealWithoutNumber]
            ),
            (Verdict::Doubted, vec![Code::TimeOtherQualifier]),
            (Verdict::Refused, vec![Code::DuplicateInMessage]),
        ]
    );
    let third = report.movements().nth(2).unwrap();
    assert_eq!(third.stowage.as_deref(), Some("0010104"));
    let ship = third.ship.as_ref().unwrap();
    assert_eq!((&*ship.mode, &*ship.name), ("8", "粤货8801"));
}

#[test]
fn messages_by_kind_and_function() {
    let eqd = "EQD+CN+CBHU7001000+22G1:102:5+++4'DTM+7:202611030800:203'TDT+20+1+8++++++ABC1'";
    let eqd = eqd.replace("++++++ABC1", "+++++ABC1");
    for (kind, bgm, verdict, code) in [
        ("CODECO", "34+1+9", Verdict::Taken, None),
        ("CODECO", "36+1", Verdict::Taken, None),
        ("COARRI", "44+1+9", Verdict::Taken, None),
        ("COARRI", "98+1+9", Verdict::Taken, None),
        ("COARRI", "46:::LOAD+1+9", Verdict::Taken, None),
        ("COARRI", "270+1+9", Verdict::Taken, None),
        ("CODECO", "35+1+9", Verdict::Refused, Some(Code::MessageKind)),
        ("CODECO", "44+1+9", Verdict::Refused, Some(Code::KindContradictsType)),
        ("COPRAR", "45+1+9", Verdict::Refused, Some(Code::MessageType)),
        ("CODECO", "34+1+1", Verdict::Refused, Some(Code::Cancellation)),
        ("CODECO", "34+1+5", Verdict::Doubted, Some(Code::Replacement)),
        ("CODECO", "34+1+7", Verdict::Doubted, Some(Code::Copy)),
        ("CODECO", "34+1+ZZ", Verdict::Doubted, Some(Code::FunctionUnknown)),
    ] {
        let report = read(message(kind, bgm, &eqd));
        let found = report.all_messages().next().unwrap();
        assert_eq!(found.verdict, verdict, "{kind} {bgm}: {:?}", found.reasons);
        assert_eq!(found.reasons.first().map(|r| r.code), code, "{kind} {bgm}");
        let containers = report.containers;
        assert_eq!(containers.refused == 1, verdict == Verdict::Refused, "{kind} {bgm}");
        assert_eq!(containers.seen, 1);
    }
}

#[test]
fn containers_by_what_is_wrong_with_them() {
    let time = "DTM+203:202611030800:203'";
    let ship = "TDT+20+048E+1+13+CSL:172+++9912347:146'";
    let good = "EQD+CN+CBHU7001000+22G1:102:5+++5'";
    for (body, code) in [
        (format!("{ship}{good}"), Code::TimeMissing),
        (format!("{ship}{good}DTM+203:2026110:203'"), Code::TimeUnreadable),
        (format!("{good}{time}"), Code::VesselMissing),
        (format!("TDT+20+048E+1'{good}{time}"), Code::VesselIdMissing),
        (format!("TDT+20++1+++++9912347'{good}{time}"), Code::VoyageMissing),
        (format!("TDT+20+1+1+++++9912346:146'{good}{time}"), Code::ImoCheckDigit),
        (format!("TDT+20+1+1+++++NO NAME'{good}{time}"), Code::VesselIdForm),
        (format!("{ship}EQD+CN+CBHU7001000+0000+++5'{time}"), Code::SizeTypeUnknown),
        (format!("{ship}EQD+CN+CBHU7001000+40HQ+++5'{time}"), Code::SizeTypeTradeName),
        (format!("{ship}EQD+CN+CBHU7001000+22G1'{time}"), Code::FullnessUnknown),
        (format!("{ship}{good}{time}SEL+SI+CA'"), Code::SealWithoutNumber),
        (format!("{ship}{good}{time}SEL+A1+ZZ'"), Code::SealIssuerUnknown),
        (format!("{ship}{good}{time}MEA+AAE+G+KGM:A'"), Code::WeightUnreadable),
        (format!("{ship}{good}{time}MEA+AAE+G+STN:1'"), Code::WeightUnit),
        (format!("{ship}{good}{time}MEA+AAE+G+KGM:99999'"), Code::WeightImplausible),
        (format!("{ship}{good}{time}MEA+AAE+G+KGM:9'MEA+WT++KGM:8'"), Code::WeightsDiffer),
        (format!("{ship}{good}{time}LOC+147+DECK'"), Code::StowageUnreadable),
        (format!("{ship}{good}{time}LOC+165+IDJKT45'"), Code::PlaceNotLocode),
        (format!("{ship}{good}{time}RFF+BN:{}'", "9".repeat(300)), Code::ValueTooLong),
        (format!("{ship}{good}\n{time}").replacen("5'", "5", 1), Code::Unterminated),
        (format!("{ship}{good}{time}SE+X'"), Code::GroupUnreadable),
    ] {
        let report = read(message("COARRI", "98+1+9", &body));
        assert_eq!(outcomes(&report), [(Verdict::Doubted, vec![code])], "{body}");
    }
    for (eqd, code, says) in [
        ("EQD+CN+CBHU7001001+22G1'", Code::NumberCheckDigit, "should be 0"),
        ("EQD+CN+JLG46769A01+2200'", Code::NumberForm, "AAAU9999999"),
        ("EQD+CN+CBHU700100+2200'", Code::NumberForm, "CBHU7001000"),
        ("EQD+CN++2200'", Code::NumberMissing, "no container"),
        ("EQD+TE+CBHU7001000'", Code::NotAContainer, "TE"),
        ("EQD'", Code::NotAContainer, "not a container"),
    ] {
        let report = read(message("COARRI", "98+1+9", &format!("{ship}{eqd}{time}")));
        assert_eq!(outcomes(&report), [(Verdict::Refused, vec![code])], "{eqd}");
        let text = report.all_containers().next().unwrap().outcome.reasons()[0].text(Language::En);
        assert!(text.contains(says), "{text}");
    }
}

#[test]
fn text_in_the_terminals_own_encoding_is_read_and_doubted() {
    let mut file = b"UNH+1+COARRI:D:95B:UN'BGM+46+1+9'TDT+20+1+8+++++ABC1:103::".to_vec();
    file.extend_from_slice(b"\xd4\xc1\xbb\xf5'EQD+CN+CBHU7001000+22G1+++4'");
    file.extend_from_slice(b"DTM+203:202611030800:203'UNT+6+1'");
    let report = read(file);
    assert_eq!(outcomes(&report), [(Verdict::Doubted, vec![Code::TextEncoding])]);
    assert_eq!(report.movements().next().unwrap().ship.as_ref().unwrap().name, "粤货");
}

#[test]
fn moves_that_stand_twice_in_a_file() {
    let body = "EQD+CN+CBHU7001000+22G1+++4'DTM+7:202611030800:203'";
    let later = body.replace("0800", "0900");
    let one = |body: &str, bgm: &str| message("CODECO", bgm, body);
    let outs = |files: &[String]| outcomes(&read(files.concat()));
    let again = outs(&[one(body, "34+1+9"), one(body, "34+1+9")]);
    assert_eq!(again[1], (Verdict::Refused, vec![Code::DuplicateInFile]));
    let other_time = outs(&[one(body, "34+1+9"), one(&later, "34+1+9")]);
    assert_eq!(other_time[1], (Verdict::Doubted, vec![Code::RepeatedInFile]));
    let other_move = outs(&[one(body, "34+1+9"), one(&later, "36+1+9")]);
    assert_eq!(other_move[1], (Verdict::Taken, vec![]));
}

#[test]
fn envelopes_in_every_state() {
    let good = message("CODECO", "34+1+9", "EQD+CN+CBHU7001000+22G1+++4'DTM+7:202611030800:203'");
    let unb = "UNB+UNOA:2+A+B+261103:0800+X1'";
    let notes = |file: &str| -> Vec<Code> {
        read(file).interchanges.iter().flat_map(|i| codes_of(&i.notes)).collect()
    };
    assert_eq!(notes(&format!("{unb}{good}UNZ+1+X1'")), []);
    assert_eq!(notes(&format!("{unb}{good}UNZ+0001+X1'")), []);
    assert_eq!(notes(&good), [Code::UnbMissing]);
    assert_eq!(notes(&format!("{unb}{good}")), [Code::UnzMissing]);
    assert_eq!(notes(&format!("{unb}{good}UNZ+7+X2'")), [Code::UnzCount, Code::UnzReference]);
    assert_eq!(notes(&format!("{good}UNZ+1+X1'")), [Code::UnbMissing, Code::UnzWithoutUnb]);
    assert_eq!(notes(&format!("{unb}FTX+X'{good}UNZ+1+X1'")), [Code::StraySegment]);
    assert_eq!(notes(&format!("{unb}UNT+1+1'{good}UNZ+1+X1'")), [Code::UntWithoutUnh]);
    assert_eq!(notes(&format!("{unb}UNG+X'{good}UNE+1+1'UNZ+1+X1'")), []);
    assert_eq!(notes(&format!("{unb}{good}UNZ+1+X1")), [Code::CutShort]);
    let two = format!("{unb}{good}UNZ+1+X1'{unb}{}UNZ+1+X1'", good.replace("34", "36"));
    assert_eq!(read(&two).interchanges.len(), 2);
    assert_eq!(read(&two).containers.taken, 2);
    let test = unb.replace("X1", "X1++++++1");
    let report = read(format!("{test}{good}UNZ+1+X1'"));
    assert_eq!(outcomes(&report), [(Verdict::Refused, vec![Code::TestInterchange])]);
}

#[test]
fn messages_in_every_state() {
    let body = "EQD+CN+CBHU7001000+22G1+++4'DTM+7:202611030800:203'";
    let reasons = |file: &str| -> Vec<Code> {
        read(file).all_messages().flat_map(|m| codes_of(&m.reasons)).collect()
    };
    let unh = "UNH+1+CODECO:D:95B:UN'";
    assert_eq!(reasons(&format!("{unh}BGM+34+1+9'{body}CNT+16:1'UNT+0006+1'")), []);
    assert_eq!(
        reasons(&format!("{unh}BGM+34+1+9'{body}CNT+16:3'UNT+534+2'")),
        [Code::EquipmentCount, Code::UntCount, Code::UntReference]
    );
    assert_eq!(reasons(&format!("BGM+34+1+9'{body}UNT+5+1'")), [Code::UnhMissing]);
    assert_eq!(reasons(&format!("{unh}{body}UNT+4+1'")), [Code::BgmMissing]);
    assert_eq!(reasons(body), [Code::BgmMissing, Code::UnhMissing, Code::UntMissing]);
    assert_eq!(reasons(&format!("{unh}BGM+34+1+9'UNT+3+1'")), [Code::NoContainer]);
    assert_eq!(reasons("UNH+1+CODECO:D:16A:UN'BGM+34'EQD+CN+X'UNT+4+1'"), [Code::MessageVersion]);
    let open = read(format!("{unh}BGM+34+1+9'{body}"));
    assert_eq!(outcomes(&open), [(Verdict::Doubted, vec![Code::GroupOpen])]);
    let counted = read(format!("{unh}BGM+34+1+9'{body}CNT+16:1'"));
    assert_eq!(outcomes(&counted), [(Verdict::Taken, vec![])]);
    let swallowed = format!("{unh}BGM+34+1+9'FTX+AAA+++WHAT?'{body}UNT+4+1'");
    assert_eq!(reasons(&swallowed)[0], Code::Swallowed);
    // A lost trailer and header: the second BGM begins another message of another kind.
    let lost = read(format!("{unh}BGM+34+1+9'{body}BGM+36+2+9'{body}"));
    let kinds: Vec<_> = lost.movements().map(|m| m.kind).collect();
    assert_eq!(kinds, [Kind::GateIn, Kind::GateOut]);
}

#[test]
fn bounds_refuse_the_file_as_a_whole() {
    let large = vec![b'\n'; FILE_BYTES_MAX + 1];
    assert_eq!(read(large).refused.unwrap().code, Code::FileTooLarge);
    let containers = usize::try_from(CONTAINERS_MAX).unwrap() + 1;
    let many = message("CODECO", "34", &"EQD+CN+X'".repeat(containers));
    assert_eq!(read(many).refused.unwrap().code, Code::TooManyContainers);
    assert_eq!(read("UNH'".repeat(20_001)).refused.unwrap().code, Code::TooManyMessages);
    assert_eq!(
        read(message("CODECO", "34", &"A'".repeat(400_001))).refused.unwrap().code,
        Code::TooManySegments
    );
    for nothing in ["", "\n\n", "<xml/>", "hello world"] {
        assert_eq!(read(nothing).refused.unwrap().code, Code::NoEdifact, "{nothing}");
    }
}

/// Each container repeats what its header says: were all of it kept, half a megabyte of headers and
/// one of containers would be a report of gigabytes.
#[test]
fn a_list_without_an_end_is_doubted_and_cut() {
    let rows = [
        ("RFF+BN:B'", "references"),
        ("DTM+7:202611030800:203'", ""),
        ("LOC+{n}+CNSUD'", ""),
        ("NAD+CA+COSU'", ""),
        ("SEL+CN1000{n}+CA'", "seals"),
        ("DAM+1+DEN+LEFT+MIN'", "damages"),
        ("DGS+IMD+3+1203'", "dangerous"),
        ("EQA+CH+X'", "attached"),
    ];
    for (segment, list) in rows {
        let many = |count: usize| -> String {
            (0..count).map(|n| segment.replace("{n}", &n.to_string())).collect()
        };
        let time = if segment.starts_with("DTM") { "" } else { "DTM+7:202611030800:203'" };
        let body = |count| format!("EQD+CN+CBHU7001000+22G1+++4'{time}{}", many(count));
        let taken = read(message("CODECO", "34+1+9", &body(VALUES_LISTED_MAX)));
        assert_eq!(outcomes(&taken), [(Verdict::Taken, vec![])], "{segment}");
        let report = read(message("CODECO", "34+1+9", &body(VALUES_LISTED_MAX + 1)));
        assert_eq!(outcomes(&report), [(Verdict::Doubted, vec![Code::TooManyValues])], "{segment}");
        let movement = serde_json::to_value(report.movements().next().unwrap()).unwrap();
        let kept = movement[list].as_array().map(Vec::len);
        assert!(list.is_empty() || kept == Some(VALUES_LISTED_MAX), "{segment}: {kept:?}");
        let header = many(10_000) + time + "EQD+CN+CBHU7001000+22G1+++4'";
        let report = read(message("CODECO", "34+1+9", &header));
        assert_eq!(outcomes(&report)[0].1.first(), Some(&Code::TooManyValues), "{segment}");
    }
}

/// Were a look at a header a look at the rest of the file, these would take minutes each.
#[test]
fn a_file_of_nothing_but_headers_is_read_once() {
    for header in ["UNB'", "UNB+\r"] {
        let report = read(header.repeat(399_000));
        let refused = report.refused.map(|why| why.code);
        assert_eq!((report.file.segments, refused), (399_000, Some(Code::NoEdifact)), "{header:?}");
    }
}

#[test]
fn a_file_cut_anywhere_loses_nothing_that_it_had() {
    for file in [GATE_IN, BARGE_LOAD] {
        let whole = read(file);
        for end in 0..file.len() {
            let part = read(&file[..end]);
            invariant_everything_is_accounted_for(&file[..end], &part);
            // What was read before the cut is what the whole file says.
            for (cut, full) in part.all_containers().zip(whole.all_containers()) {
                if cut.outcome.verdict() == Verdict::Taken {
                    assert_eq!(cut, full, "cut at {end}");
                }
            }
        }
    }
}

#[test]
fn a_file_with_any_byte_changed_is_accounted_for() {
    for file in [GATE_IN, BARGE_LOAD] {
        for at in 0..file.len() {
            for byte in [b'\'', b'+', b'?', b'\n', 0, 0xff, b'E'] {
                let mut changed = file.to_vec();
                changed[at] = byte;
                invariant_everything_is_accounted_for(&changed, &read(&changed));
            }
        }
    }
}

#[test]
fn the_report_speaks_both_languages() {
    let report = read(BARGE_LOAD);
    let en = report.display(Language::En).to_string();
    assert!(
        en.contains("containers: 4 seen = 1 taken + 2 doubted (taken too) + 1 refused"),
        "{en}"
    );
    let zh = report.display(Language::Zh).to_string();
    assert!(zh.contains("集装箱：共 4 = 接收 1 + 存疑（已接收） 2 + 拒收 1"), "{zh}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["containers"]["doubted"], 2);
    let first = &json["interchanges"][0]["messages"][0]["containers"][1];
    assert_eq!(first["outcome"], "doubted");
    assert_eq!(first["doubts"][0]["code"], "time_without_minutes");
}

proptest! {
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        invariant_everything_is_accounted_for(&bytes, &read(&bytes));
    }

    #[test]
    fn any_segments_are_accounted_for(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("UNA:+.? '".to_owned()), Just("UNA|^.?*~".to_owned()),
                Just("UNB+UNOA:2+A+B'".to_owned()), Just("UNZ+1+X'".to_owned()),
                Just("UNH+1+CODECO:D:95B:UN'".to_owned()), Just("UNT+5+1'".to_owned()),
                Just("BGM+34++9'".to_owned()), Just("EQD+CN+CBHU7001000+22G1+++5'".to_owned()),
                Just("EQD".to_owned()), Just("\nEQD+".to_owned()), Just("CNT+16:1'".to_owned()),
                Just("UNG+A'".to_owned()), Just("UNE+1'".to_owned()), Just("'".to_owned()),
                "[A-Z]{3}[+:'?*~a0 \n]{0,9}", "\\PC{0,12}",
            ], 0..60)
    ) {
        let bytes = parts.concat().into_bytes();
        invariant_everything_is_accounted_for(&bytes, &read(&bytes));
    }
}
