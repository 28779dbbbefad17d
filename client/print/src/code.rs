//! The code on the page: a QR code (ISO/IEC 18004) of the text of a state code, which proves the
//! certificate's record without anything else than the founding document.
//!
//! Measured with a quorum of four validators, pages set by this crate, rendered and read again
//! (2026-11):
//!
//! | subjects on the ledger | record | state proof | state code | characters | QR code |
//! |---|---|---|---|---|---|
//! | 10³ (path of 10) | 400 B | 1,489 B | 1,045 B | 1,574 | version 23-L, 109 modules |
//! | 10³ | 700 B | 1,789 B | 1,345 B | 2,024 | version 27-L, 125 modules |
//! | 10⁶ (path of 20) | 400 B | 1,829 B | 1,365 B | 2,054 | version 27-L, 125 modules |
//! | 10⁶ | 700 B | 2,129 B | 1,665 B | 2,504 | version 31-L, 141 modules |
//!
//! Base45 in the alphanumeric mode takes 3 % more room than plain bytes would, and every scanner
//! hands it over as it is, while many break plain bytes on the way.
//!
//! All of them, up to the largest code that there is, are read from the page rendered at 150, 200
//! and 300 dpi, and again when it is turned by 3°, blurred (σ 0.8 pixels) and stored as a JPEG of
//! quality 60. What a lens may blur before a code is lost grows with the size of its modules and
//! hardly with the level of error correction: with 1,345 bytes on 76 mm σ 0.23 mm at level L (0.57
//! mm a module) and at M (0.51 mm), 0.19 mm at Q; with 1,750 bytes 0.23 mm at L, 0.21 mm at M. So
//! the level is L, and the code is as large as the page has room for. (L bears 7 % of a code being
//! covered; where more is, there is the file.)
//!
//! A code with its record is printed up to [`crate::limits::CODE_BYTES_MAX`]. Beyond that the
//! record's digest stands in it instead: some 960 bytes however large the record is, and the record
//! is in the attachments.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// Light modules round a code: the standard asks for four.
const QUIET: usize = 4;

/// A code that has more text than the largest QR code holds.
#[derive(Debug, thiserror::Error)]
#[error("{0} characters do not fit into a printed code")]
pub struct TooLong(usize);

/// A code, as rows of modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    width: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code of a text.
    ///
    /// # Errors
    /// The text is too long.
    pub fn of(text: &str) -> Result<Self, TooLong> {
        let code = QrCode::with_error_correction_level(text, EcLevel::L)
            .map_err(|_| TooLong(text.len()))?;
        let dark = code.to_colors().iter().map(|c| *c == Color::Dark).collect();
        Ok(Self { width: code.width(), dark })
    }

    /// Modules a side, the quiet zone counted in.
    pub fn modules(&self) -> usize {
        self.width + 2 * QUIET
    }

    /// The drawing: one path over all dark modules, a bar for each run in a row.
    pub(crate) fn svg(&self) -> String {
        let (side, mut path) = (self.modules(), String::new());
        for (row, y) in self.dark.chunks(self.width.max(1)).zip(QUIET..) {
            let mut x = QUIET;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    // Writing into a String does not fail.
                    let _ = write!(path, "M{x} {y}h{0}v1h-{0}z", run.len());
                }
                x += run.len();
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" \
             width=\"{side}\" height=\"{side}\"><path d=\"{path}\" fill=\"#000\"/></svg>"
        )
    }
}
