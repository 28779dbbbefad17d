use countersign_print::{
    attachments::{NoFiles, attachments},
    picture::{self, NoCode, Room, is_picture},
};
use image::{GrayImage, ImageFormat};
use proptest::prelude::*;

use crate::support::{code_text, encoded, page, pdf_of};

fn code_in(bytes: &[u8]) -> Result<String, NoCode> {
    picture::code_in(bytes, Room::STRANGERS)
}

#[test]
fn every_cut_of_a_file_is_answered() {
    let pdf = pdf_of(&page(), &code_text(900));
    let whole = attachments(&pdf).unwrap();
    for end in (0..pdf.len()).step_by(97).chain(pdf.len() - 200..pdf.len()) {
        if let Ok(files) = attachments(&pdf[..end]) {
            assert!(files.len() <= whole.len());
            assert!(files.iter().all(|file| whole.contains(file)));
        }
    }
}

#[test]
fn pictures_without_a_code_are_answered() {
    let white = GrayImage::from_pixel(400, 300, image::Luma([255]));
    assert!(matches!(code_in(&encoded(&white, ImageFormat::Png)), Err(NoCode::None)));
    assert!(matches!(code_in(b"GIF89a"), Err(NoCode::Picture(_))));
    let cut = &encoded(&white, ImageFormat::Png)[..60];
    assert!(is_picture(cut) && matches!(code_in(cut), Err(NoCode::Picture(_))));
    // A few bytes that claim to be 60,000 pixels wide.
    let mut wide = encoded(&white, ImageFormat::Png);
    wide[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    assert!(matches!(code_in(&wide), Err(NoCode::Picture(_))));
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, cases: 64, ..ProptestConfig::default()
    })]

    #[test]
    fn any_bytes_behind_the_head_of_a_pdf_are_answered(
        parts in prop::collection::vec(prop_oneof![
            Just(b"/Type/EmbeddedFile".to_vec()),
            Just(b"/Filter/FlateDecode".to_vec()),
            Just(b">>stream\r\n".to_vec()),
            Just(b"\nendstream".to_vec()),
            Just(vec![0x78, 0x9c]),
            prop::collection::vec(any::<u8>(), 0..40),
        ], 0..40),
    ) {
        let pdf = [&b"%PDF-1.7"[..], &parts.concat()].concat();
        let _: Result<_, NoFiles> = attachments(&pdf);
    }

    #[test]
    fn any_picture_is_answered(
        (width, height, noise) in (1_u32..60, 1_u32..60)
            .prop_flat_map(|(w, h)| (Just(w), Just(h),
                prop::collection::vec(any::<u8>(), (w * h) as usize))),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let picture = GrayImage::from_raw(width, height, noise).unwrap();
        for format in [ImageFormat::Png, ImageFormat::Jpeg] {
            let _: Result<_, NoCode> = code_in(&encoded(&picture, format));
        }
        for head in [&b"\x89PNG\r\n\x1a\n"[..], b"\xff\xd8\xff"] {
            prop_assert!(code_in(&[head, &bytes].concat()).is_err());
        }
    }
}
