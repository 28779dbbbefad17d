//! The code on the page: a QR code (ISO/IEC 18004) of the text of a state code.

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
