use countersign_print::{
    limits,
    picture::{self, NoCode, Room},
};
use image::ImageFormat;

use crate::support::{code_text, encoded, page, pdf_of, photographed, rendered};

/// The sizes of the table in `code.rs`, the largest with its record, and the largest that there is.
const SIZES: [usize; 6] = [1_045, 1_345, 1_365, 1_665, limits::CODE_BYTES_MAX, 2_860];

fn code_in(bytes: &[u8]) -> Result<String, NoCode> {
    picture::code_in(bytes, Room::STRANGERS)
}

#[test]
fn the_code_is_read_from_the_page() {
    for bytes in SIZES {
        let text = code_text(bytes);
        let pdf = pdf_of(&page(), &text);
        for dpi in [150.0, 300.0] {
            let picture = rendered(&pdf, 0, dpi);
            for format in [ImageFormat::Png, ImageFormat::Jpeg] {
                let read = code_in(&encoded(&picture, format)).unwrap_or_else(|e| e.to_string());
                assert_eq!(read, text, "{bytes} bytes at {dpi} dpi as {format:?}");
            }
            // At 300 dpi a lens may blur twice as many pixels.
            for blur in [0.8 * dpi / 150.0, 0.8] {
                let photograph = photographed(&picture, 3.0, blur, 60);
                let read = code_in(&photograph).unwrap_or_else(|e| e.to_string());
                assert_eq!(read, text, "{bytes} bytes at {dpi} dpi, blurred by {blur}");
            }
        }
    }
}

/// Figures for the comment in `code.rs`: run by hand with --ignored --nocapture.
#[test]
#[ignore = "prints figures and judges nothing"]
fn figures() {
    let folder = std::env::var_os("COUNTERSIGN_FIGURES").map(std::path::PathBuf::from);
    for bytes in SIZES {
        let text = code_text(bytes);
        let pdf = pdf_of(&page(), &text);
        let mut said = format!("{bytes} bytes:");
        for dpi in [150.0, 200.0, 300.0] {
            let picture = rendered(&pdf, 0, dpi);
            let ok = |bytes: Vec<u8>| code_in(&bytes).is_ok_and(|code| code == text);
            let plain = encoded(&picture, ImageFormat::Png);
            let (soft, poor) =
                (photographed(&picture, 3.0, 0.8, 60), photographed(&picture, 3.0, 1.6, 60));
            if let Some(folder) = &folder {
                std::fs::write(folder.join(format!("{bytes}-{dpi}.png")), &plain).unwrap();
                std::fs::write(folder.join(format!("{bytes}-{dpi}-soft.jpg")), &soft).unwrap();
                std::fs::write(folder.join(format!("{bytes}-{dpi}-poor.jpg")), &poor).unwrap();
            }
            said += &format!(" {dpi} dpi: {} {} {};", ok(plain), ok(soft), ok(poor));
        }
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{bytes}.pdf")), &pdf).unwrap();
            std::fs::write(folder.join(format!("{bytes}.txt")), &text).unwrap();
        }
        #[allow(clippy::print_stdout, reason = "figures for a person")]
        {
            println!("{said}");
        }
    }
}
