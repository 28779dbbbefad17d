use countersign_print::picture::codes_in;
use image::ImageFormat;

use crate::support::{code_text, encoded, page, pdf_of, photographed, rendered};

/// Figures for the comment in `code.rs`: run by hand with --ignored --nocapture.
#[test]
#[ignore = "prints figures and judges nothing"]
fn figures() {
    let folder = std::env::var_os("COUNTERSIGN_FIGURES").map(std::path::PathBuf::from);
    for bytes in [1_050, 1_400, 1_750, 2_100, 2_860] {
        let text = code_text(bytes);
        let pdf = pdf_of(&page(), &text);
        let mut said = format!("{bytes} bytes:");
        for dpi in [150.0, 200.0, 300.0] {
            let picture = rendered(&pdf, 0, dpi);
            let ok = |bytes: Vec<u8>| codes_in(&bytes).is_ok_and(|codes| codes == [text.clone()]);
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
