//! Makes the file of a certificate, and checks a file by making it again.

use std::path::PathBuf;

use countersign_record::founding::Genesis;

use crate::{
    attachments::attachments,
    certificate::{Certified, NotCertified, Stage},
    fonts::Fonts,
    typeset::{EDITION, NotSet, Setting, set},
};

impl Certified {
    /// The file: the page with everything attached that proves it.
    ///
    /// # Errors
    /// The typesetter refuses.
    pub fn print(&self, fonts: &Fonts) -> Result<Vec<u8>, NotSet> {
        set(&self.page(), &self.files, &self.code, fonts)
    }
}

/// Checks the file of a certificate against the founding document alone: its proofs, and that its
/// page is, byte for byte, the one that they make. The typeface is sought in `font_folders`, or in
/// the usual ones where none are named.
///
/// # Errors
/// The first step that fails. Where only the page cannot be compared, or is another, what is proven
/// none the less comes with it.
pub fn check(
    genesis: &Genesis,
    pdf: &[u8],
    font_folders: &[PathBuf],
) -> Result<Certified, NotCertified> {
    let files = attachments(pdf).map_err(|e| NotCertified::new(Stage::File, e))?;
    let certified = Certified::verify(genesis, &files)?;
    match compare(&certified, pdf, &files, font_folders) {
        Ok(()) => Ok(certified),
        Err(why) => {
            Err(NotCertified { stage: Stage::Page, why, proven: Some(Box::new(certified)) })
        }
    }
}

fn compare(
    certified: &Certified,
    pdf: &[u8],
    files: &[Vec<u8>],
    font_folders: &[PathBuf],
) -> Result<(), String> {
    let cannot = |why: &dyn std::fmt::Display| {
        format!("the proof holds, but the page could not be compared: {why}")
    };
    let fonts = Fonts::find(font_folders).map_err(|e| cannot(&e))?;
    let again = certified.print(&fonts).map_err(|e| cannot(&e))?;
    if again == pdf {
        return Ok(());
    }
    let setting = files.iter().find_map(|file| serde_json::from_slice::<Setting>(file).ok());
    match setting {
        Some(setting) if setting.edition != EDITION => {
            let edition = setting.edition;
            return Err(cannot(&format!(
                "it is of edition {edition}, this program sets edition {EDITION}"
            )));
        }
        Some(setting) if setting.fonts != fonts.digests() => {
            return Err(cannot(
                &"it was set in another version of the typeface than is installed here. Install \
                  that version of fonts-noto-cjk, or name its folder with --font-dir",
            ));
        }
        _ => {}
    }
    // What one of them lacks differs at its end.
    let at = again.iter().zip(pdf).take_while(|(a, b)| a == b).count();
    Err(format!("byte {at} of the file differs from the page that the proofs make"))
}
