//! The typeface of the page: Noto Sans CJK in its simplified Chinese form, as every distribution
//! packages it. It is searched for when a page is set, and no other font is ever looked at, so that
//! a page is the same on every machine that has the same version of it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use countersign_record::Digest;
use typst::{
    foundations::Bytes,
    text::{Font, FontBook},
    utils::LazyHash,
};

use crate::limits;

/// The family within the collection.
pub(crate) const FAMILY: &str = "Noto Sans CJK SC";
/// The files: regular and bold.
const FILES: [&str; 2] = ["NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"];
/// Where systems keep their fonts.
const FOLDERS: [&str; 3] = ["/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts"];
/// Where people keep theirs, under their home folder.
const FOLDERS_AT_HOME: [&str; 3] = [".local/share/fonts", ".fonts", "Library/Fonts"];

/// Why there is no typeface to set a page in.
#[derive(Debug, thiserror::Error)]
pub enum NoFonts {
    /// A file is not there.
    #[error(
        "the font file {file} was not found in {searched}. Install the package fonts-noto-cjk \
         (apt-get install fonts-noto-cjk), or name the folder that holds it with --font-dir"
    )]
    Missing {
        /// The file.
        file: &'static str,
        /// The folders.
        searched: String,
    },
    /// A file is there, and is not what its name says.
    #[error(
        "{file} holds no font of the family Noto Sans CJK SC. Install the package fonts-noto-cjk \
         again"
    )]
    Strange {
        /// The file.
        file: String,
    },
}

/// The typeface, read.
#[derive(Debug)]
pub struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) fonts: Vec<Font>,
    digests: Vec<Digest>,
}

impl Fonts {
    /// Reads the typeface from these folders, or else from where systems and people keep theirs.
    ///
    /// # Errors
    /// A file is missing or is no font.
    pub fn find(folders: &[PathBuf]) -> Result<Self, NoFonts> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let at_home = home.iter().flat_map(|home| FOLDERS_AT_HOME.map(|folder| home.join(folder)));
        let usual = FOLDERS.map(PathBuf::from).into_iter().chain(at_home);
        let folders: Vec<PathBuf> = match folders {
            [] => usual.collect(),
            given => given.to_vec(),
        };
        let (mut fonts, mut digests) = (Vec::new(), Vec::new());
        for file in FILES {
            let found =
                folders.iter().find_map(|folder| seek(folder, file, limits::FONT_FOLDER_DEPTH_MAX));
            let path = found.ok_or_else(|| NoFonts::Missing { file, searched: list(&folders) })?;
            let strange = || NoFonts::Strange { file: path.display().to_string() };
            let bytes = read(&path).ok_or_else(strange)?;
            digests.push(Digest::of(&bytes));
            let of_family = |font: &Font| font.info().family.as_str() == FAMILY;
            fonts.push(Font::iter(Bytes::new(bytes)).find(of_family).ok_or_else(strange)?);
        }
        Ok(Self { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts, digests })
    }

    /// The digests of the font files, regular first: which version of the typeface it is.
    pub fn digests(&self) -> &[Digest] {
        &self.digests
    }

    /// Whether there is a picture of a character in both weights.
    pub(crate) fn have(&self, character: char) -> bool {
        self.fonts.iter().all(|font| font.info().coverage.contains(u32::from(character)))
    }
}

fn list(folders: &[PathBuf]) -> String {
    folders.iter().map(|f| f.display().to_string()).collect::<Vec<_>>().join(", ")
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let size = fs::metadata(path).ok()?.len();
    (size <= limits::FONT_BYTES_MAX).then(|| fs::read(path).ok())?
}

/// The first file of this name in a folder or below it, in the order of names.
fn seek(folder: &Path, file: &str, depth: u32) -> Option<PathBuf> {
    let here = folder.join(file);
    if here.is_file() {
        return Some(here);
    }
    let deeper = depth.checked_sub(1)?;
    let mut below: Vec<PathBuf> =
        fs::read_dir(folder).ok()?.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    below.sort();
    below.iter().find_map(|folder| seek(folder, file, deeper))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_font_is_named_with_its_package() {
        let folder = tempfile::tempdir().unwrap();
        let no = Fonts::find(&[folder.path().into()]).unwrap_err().to_string();
        assert!(no.contains("NotoSansCJK-Regular.ttc") && no.contains("fonts-noto-cjk"), "{no}");
        assert!(no.contains("--font-dir"), "{no}");
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join(FILES[0]), b"no font").unwrap();
        let no = Fonts::find(&[folder.path().into()]).unwrap_err().to_string();
        assert!(no.contains("a/b/NotoSansCJK-Regular.ttc holds no font"), "{no}");
    }

    #[test]
    fn the_usual_folders_hold_the_package_and_no_more_is_read() {
        let fonts = Fonts::find(&[]).unwrap();
        assert_eq!((fonts.fonts.len(), fonts.digests().len()), (2, 2));
        assert!(fonts.have('A') && fonts.have('会') && !fonts.have('\u{1f600}'));
    }
}
