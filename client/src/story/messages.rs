//! The EDIFACT files that the wharves' own systems would send, written for the story.

use std::fmt::Write as _;

use super::cargo::Boxed;

/// A CODECO gate-in report (D.95B) of boxes for one bill.
pub(super) fn codeco_gate_in(boxes: &[Boxed], bill: &str, time: u64) -> String {
    let stamp = local(time);
    let mut segments = vec![
        "UNH+1+CODECO:D:95B:UN:ITG13".to_owned(),
        "BGM+34+GI260001+9".into(),
        "TDT+20+048E+1++PRA:172:20+++9912347:146::PEARL STAR".into(),
        "NAD+CF+PRA:160:20".into(),
    ];
    for boxed in boxes {
        segments.push(format!("EQD+CN+{}+45G1:102:5++2+5", boxed.no));
        segments.push(format!("RFF+BM:{bill}"));
        segments.push(format!("DTM+7:{stamp}:203"));
        segments.push("LOC+165+CNSUD:139:6+SDW:TER:ZZZ".into());
        segments.push(format!("MEA+AAE+G+KGM:{}", boxed.gross_kg));
        segments.push(format!("SEL+{}+{}", boxed.seal, boxed.seal_issuer));
        segments.push("TDT+1++3++SDT:172:20+++YUEX12345:146".into());
    }
    segments.push(format!("CNT+16:{}", boxes.len()));
    interchange("SDWHARF", "COUNTERSIGN", &stamp, segments)
}

/// A COARRI discharge report (D.95B) of boxes off a barge, seals as the crane driver keyed them in.
pub(super) fn coarri_discharge(boxes: &[Boxed], bill: &str, voyage: &str, time: u64) -> String {
    let stamp = local(time);
    let mut segments = vec![
        "UNH+1+COARRI:D:95B:UN:ITG13".to_owned(),
        "BGM+44+DR260001+9".into(),
        format!("TDT+20+{voyage}+8++PRB:172:20+++PRB0001:146::SHUNDE 1"),
        "LOC+11+CNSHK:139:6+SKW:TER:ZZZ".into(),
        "NAD+CF+PRA:160:20".into(),
    ];
    for boxed in boxes {
        segments.push(format!("EQD+CN+{}+45G1:102:5++2+5", boxed.no));
        segments.push(format!("RFF+BM:{bill}"));
        segments.push(format!("DTM+203:{stamp}:203"));
        segments.push("LOC+9+CNSUD:139:6".into());
        segments.push("LOC+11+CNSHK:139:6".into());
        segments.push(format!("SEL+{}+{}", boxed.seal, boxed.seal_issuer));
    }
    segments.push(format!("CNT+16:{}", boxes.len()));
    interchange("SKWHARF", "COUNTERSIGN", &stamp, segments)
}

fn interchange(from: &str, to: &str, stamp: &str, mut message: Vec<String>) -> String {
    message.push(format!("UNT+{}+1", message.len() + 1));
    let mut text = String::new();
    let (day, clock) = (&stamp[2..8], &stamp[8..]);
    // Writing into a string cannot fail.
    let _infallible = writeln!(text, "UNB+UNOA:2+{from}+{to}+{day}:{clock}+1'");
    for segment in message {
        let _infallible = writeln!(text, "{segment}'");
    }
    text.push_str("UNZ+1+1'\n");
    text
}

/// Shanghai time as EDIFACT's format 203: `CCYYMMDDHHMM`.
fn local(ms: u64) -> String {
    let time = i64::try_from(ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let time = time.unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    jiff::tz::offset(8).to_datetime(time).strftime("%Y%m%d%H%M").to_string()
}
