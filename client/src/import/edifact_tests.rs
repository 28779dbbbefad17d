//! The segment reader against files in every state.

use super::*;

fn read(input: &[u8]) -> Vec<Read> {
    Reader::new(input).collect()
}

fn tags(input: &[u8]) -> Vec<String> {
    read(input).into_iter().map(|r| r.tag).collect()
}

fn element(read: &Read, n: usize) -> String {
    read.segment.as_ref().unwrap().element_str(n).unwrap_or_default().to_owned()
}

#[test]
fn separators_are_found_wherever_they_are_said() {
    for (file, what) in [
        (&b"UNB+UNOA:2+A+B'UNH+1+CODECO:D:95B:UN'"[..], "usual"),
        (b"\xef\xbb\xbf\r\nUNA:+.? 'UNB+UNOA:2+A+B'\r\nUNH+1+CODECO:D:95B:UN'", "BOM, UNA, CR LF"),
        (b"UNA|^,\\ ~UNB^UNOA|2^A^B~UNH^1^CODECO|D|95B|UN~", "other service characters"),
        (b"UNA:+.? \nUNB+UNOA:2+A+B\nUNH+1+CODECO:D:95B:UN\n", "line feed as terminator"),
        (b"UNA:+.  'UNB+UNOA:2+A+B'UNH+1+CODECO:D:95B:UN'", "no release character"),
        (b"UNB\x1dUNOB\x1f1\x1dA\x1dB\x1cUNH\x1d1\x1dCODECO\x1fD\x1f95B\x1fUN\x1c", "level B"),
    ] {
        let found = read(file);
        assert_eq!(found.len(), 2, "{what}: {found:?}");
        assert_eq!(found[0].tag, "UNB", "{what}");
        let unh = found[1].segment.as_ref().unwrap();
        assert_eq!(unh.get_element(1).unwrap().get_component(2), Some("95B"), "{what}");
    }
}

#[test]
fn lines_without_terminators_are_segments_and_that_is_said() {
    for head in ["UNH+1+CODECO:D:95B:UN", "UNB+UNOA:2+A+B"] {
        let found = read(format!("{head}\r\nBGM+34++9\r\nEQD+CN+X\r\n").as_bytes());
        assert_eq!(found[0].segment.as_ref().unwrap_err().code, Code::TerminatorAssumed);
        assert_eq!(found[3].tag, "EQD");
        assert_eq!(element(&found[3], 1), "X", "no line end in the value");
        assert_eq!(found.len(), 4);
    }
}

#[test]
fn a_lost_terminator_does_not_swallow_the_next_segment() {
    let found = read(b"DTM+7:2011:203\nEQD+CN+ABCU1234567'BGM+3\n4++9'");
    assert_eq!(found.iter().map(|r| &*r.tag).collect::<Vec<_>>(), ["DTM", "EQD", "BGM"]);
    assert_eq!(found[0].ending, Ending::LineBreak);
    assert_eq!((found[1].at.line, found[1].at.segment, found[1].at.offset), (2, 2, 15));
    assert_eq!(element(&found[2], 0), "34", "a folded line is joined");
}

#[test]
fn a_cut_file_says_so() {
    let found = read(b"BGM+34++9'EQD+CN+ABCU12");
    assert_eq!(found[1].ending, Ending::FileEnd);
    assert_eq!(element(&found[1], 1), "ABCU12");
    assert_eq!(read(b"BGM+34++9'\r\n\x1a\0")[0].ending, Ending::Terminated);
}

#[test]
fn released_separators_are_text() {
    let found = read(b"FTX+AAA+++PLASTICS?:ARTICLES ?+ ?' ??'UNT+1+1'");
    let text = found[0].segment.as_ref().unwrap().element_str(3).unwrap().to_owned();
    assert_eq!(text, "PLASTICS:ARTICLES + ' ?");
    assert_eq!(found[1].tag, "UNT");
    assert_eq!(tags(b"FTX+A?"), ["FTX"], "a release character at the very end");
}

#[test]
fn text_is_decoded_by_what_is_said_or_guessed_aloud() {
    let gbk = read(b"TDT+20+1+++++\xd4\xc1\xbb\xf5'");
    assert_eq!(element(&gbk[0], 6), "粤货");
    assert_eq!(gbk[0].encoding, Encoding::Guessed("GB 18030"));
    let latin = read(b"NAD+CA+M\xfcR\xff'");
    assert_eq!(element(&latin[0], 1), "MüRÿ");
    assert_eq!(latin[0].encoding, Encoding::Guessed("Latin-1"));
    let declared = read(b"UNB+UNOC:3+A+B'NAD+CA+M\xfcLLER'");
    assert_eq!(element(&declared[1], 1), "MüLLER");
    assert_eq!(declared[1].encoding, Encoding::Declared);
    assert_eq!(element(&read("NAD+CA+粤'".as_bytes())[0], 1), "粤");
}

#[test]
fn what_cannot_be_read_is_reported_with_its_tag() {
    let found = read(b"eqd+CN+X'+x'EQDX+1'BGM+34'");
    let codes: Vec<_> =
        found.iter().map(|r| r.segment.as_ref().map_err(|e| e.code).err()).collect();
    let bad = Some(Code::UnreadableSegment);
    assert_eq!(codes, [bad, bad, bad, None]);
    assert_eq!(found[0].tag, "EQD");
    let mut long = b"EQD+CN+".to_vec();
    long.resize(SEGMENT_BYTES_MAX + 1, b'A');
    long.extend_from_slice(b"'BGM+34'");
    let found = read(&long);
    assert_eq!(found[0].segment.as_ref().unwrap_err().code, Code::SegmentTooLong);
    assert_eq!((&*found[0].tag, &*found[1].tag), ("EQD", "BGM"));
}

#[test]
fn bad_service_strings_are_reported_and_passed_over() {
    let found = read(b"UNA++.? 'UNB+UNOA:2+A+B'");
    assert_eq!(found[0].segment.as_ref().unwrap_err().code, Code::UnaUnusable);
    assert_eq!(found[1].tag, "UNB");
    let two = read(b"UNA:+.? 'UNB+UNOA:1+A+B'UNA|^.? ~UNB^UNOA|1^C^D~UNB+x'");
    assert_eq!(element(&two[1], 1), "C");
}
