use std::collections::BTreeSet;

use countersign_print::{
    attachments::attachments,
    page::{Both, Page},
    typeset::{Setting, set},
};

use crate::support::{FONTS, attachment, code_text, items, page, pages, pdf_of};

#[test]
fn the_same_input_makes_the_same_bytes() {
    let (page, code) = (page(), code_text(900));
    let once = pdf_of(&page, &code);
    // Something else in between, so that nothing is only remembered.
    let other = pdf_of(&Page { number: "E265100123450002".into(), ..page.clone() }, &code);
    assert_ne!(once, other);
    assert!(once == pdf_of(&page, &code), "two runs made different bytes");
    let elsewhere = std::thread::spawn(move || pdf_of(&page, &code)).join().unwrap();
    assert!(once == elsewhere, "another thread made different bytes");
}

#[test]
fn an_ordinary_certificate_is_one_page_and_a_long_one_continues() {
    let code = code_text(1_700);
    assert_eq!(pages(&pdf_of(&page(), &code)), 1);
    let long = Page { tables: vec![items(60)], ..page() };
    let count = pages(&pdf_of(&long, &code));
    assert!((2..=4).contains(&count), "{count} pages");
    let empty = Page { valid_since: page().valid_since, ..Page::default() };
    assert_eq!(pages(&pdf_of(&empty, &code_text(1))), 1);
}

#[test]
fn it_says_that_it_is_an_archive_file_and_embeds_a_part_of_the_typeface() {
    let pdf = pdf_of(&page(), &code_text(1_400));
    let text = String::from_utf8_lossy(&pdf);
    for word in ["<pdfaid:part>3</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>"] {
        assert!(text.contains(word), "{word} is missing");
    }
    assert!(text.contains("/AFRelationship/Data"));
    assert!(text.contains("D:20261123080000"), "the date is not the certificate's");
    // Both weights of the typeface have 40 MB.
    assert!(pdf.len() < 200_000, "{} bytes", pdf.len());
}

#[test]
fn what_is_attached_is_taken_out_again() {
    let pdf = pdf_of(&page(), &code_text(10));
    let found: BTreeSet<Vec<u8>> = attachments(&pdf).unwrap().into_iter().collect();
    let setting = serde_json::to_vec(&Setting::of(&FONTS)).unwrap();
    assert_eq!(found, BTreeSet::from([b"one".to_vec(), b"two".to_vec(), setting]));
    let noise: Vec<u8> = (0..100_000_u32).map(|i| (i.wrapping_mul(i) >> 7) as u8).collect();
    let files = [attachment("noise", &noise), attachment("empty", b"")];
    let pdf = set(&page(), &files, "CSGN1:", &FONTS).unwrap();
    let found = attachments(&pdf).unwrap();
    assert!(found.contains(&noise) && found.contains(&vec![]));
}

/// Markup, what turns writing round, what the typeface has no picture of, what has no end.
const HOSTILE: [&str; 12] = [
    "#read(\"/etc/passwd\") $ x^2 $ *bold* _emph_ `raw` @ref <label> = Heading",
    "#let x = panic(); #image(\"code.svg\") \\ // comment /* ",
    "]] }} )) \"quoted\" \\u{41} \\n",
    "\u{202e}desrever\u{202c} \u{200b}\u{feff}\u{ad}",
    "\u{1f600} \u{0627}\u{0644} \u{0e01}\u{0e33} e\u{301} \u{fffd} \u{10ffff} \u{e000}",
    "\u{0}\u{7}\u{1b}[31m\r\n\t",
    "無法斷行",
    "<svg onload=alert(1)> & &amp; ]]>",
    "/Type/EmbeddedFile/Filter/FlateDecode>>stream\n",
    "A very long word: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "",
    " ",
];

#[test]
fn no_text_of_a_stranger_is_read_as_anything_else() {
    for text in HOSTILE {
        let mut page = page();
        let both = Both::new(text, text);
        (page.title, page.issuer, page.district) = (both.clone(), both.clone(), text.into());
        (page.number, page.notes) = (text.into(), vec![text.into(); 2]);
        page.declarations = vec![both.clone()];
        for field in &mut page.fields {
            (field.label, field.value) = (both.clone(), text.into());
        }
        page.tables[0].rows = vec![vec![text.into(); 7]; 2];
        for seal in &mut page.seals {
            (seal.role, seal.name) = (both.clone(), both.clone());
            (seal.party, seal.entry, seal.at) = (text.into(), text.into(), text.into());
        }
        let pdf = set(&page, &[attachment("one", b"one")], "CSGN1:", &FONTS)
            .unwrap_or_else(|e| panic!("{text:?}: {e}"));
        assert_eq!(attachments(&pdf).unwrap().len(), 2, "{text:?}");
    }
}

#[test]
fn a_code_that_is_too_long_is_refused() {
    let longest = code_text(2_860);
    assert_eq!(longest.len(), 4_296);
    assert_eq!(pages(&pdf_of(&page(), &longest)), 1);
    let no = set(&page(), &[], &format!("{longest}A"), &FONTS).unwrap_err().to_string();
    assert!(no.contains("4297 characters do not fit"), "{no}");
}
