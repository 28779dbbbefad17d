//! Codes in pictures: a scan or a photograph of the page, as PNG or JPEG.

use std::io::Cursor;

use image::{GrayImage, ImageFormat, ImageReader, ImageResult, Limits};
use rxing::{
    BinaryBitmap, DecodeHintValue, DecodeHints, Luma8LuminanceSource, Reader,
    common::HybridBinarizer, qrcode::cpp_port::QrReader,
};

use crate::limits;

/// Why no code was read.
#[derive(Debug, thiserror::Error)]
pub enum NoCode {
    /// The picture cannot be read.
    #[error("the picture cannot be read: {0}")]
    Picture(String),
    /// No code was read.
    #[error(
        "no QR code was read from the picture: take it straight, sharp and large, or read the code \
         with a scanner and hand its text over"
    )]
    None,
}

fn format(bytes: &[u8]) -> Option<ImageFormat> {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    const JPEG: &[u8] = b"\xff\xd8\xff";
    if bytes.starts_with(PNG) {
        return Some(ImageFormat::Png);
    }
    bytes.starts_with(JPEG).then_some(ImageFormat::Jpeg)
}

/// Whether a file begins as a PNG or JPEG picture does.
pub fn is_picture(bytes: &[u8]) -> bool {
    format(bytes).is_some()
}

/// How large a picture may be.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    side: u32,
    memory: u64,
}

impl Room {
    /// For a file of one's own: a scan at 1200 dpi fits.
    pub const OWN: Self =
        Self { side: limits::PICTURE_SIDE_MAX, memory: limits::PICTURE_MEMORY_MAX };
    /// For what strangers send to a server.
    pub const STRANGERS: Self = Self {
        side: limits::STRANGERS_PICTURE_SIDE_MAX,
        memory: limits::STRANGERS_PICTURE_MEMORY_MAX,
    };
}

/// The text of the code in a picture.
///
/// # Errors
/// It is no picture, is too large, or holds no code that can be read.
pub fn code_in(bytes: &[u8], room: Room) -> Result<String, NoCode> {
    if bytes.len() > limits::PICTURE_BYTES_MAX {
        let max = limits::PICTURE_BYTES_MAX;
        return Err(NoCode::Picture(format!("{} bytes, at most {max} are taken", bytes.len())));
    }
    let format = format(bytes).ok_or_else(|| NoCode::Picture("neither PNG nor JPEG".into()))?;
    let grey = decoded(bytes, format, room).map_err(|e| NoCode::Picture(e.to_string()))?;
    let (width, height) = grey.dimensions();
    let source = Luma8LuminanceSource::new(grey.into_raw(), width, height)
        .map_err(|e| NoCode::Picture(e.to_string()))?;
    let mut picture = BinaryBitmap::new(HybridBinarizer::new(source));
    let hints = DecodeHints::default().with(DecodeHintValue::TryHarder(true));
    let found = QrReader.decode_with_hints(&mut picture, &hints).map_err(|_| NoCode::None)?;
    Ok(found.getText().to_owned())
}

fn decoded(bytes: &[u8], format: ImageFormat, room: Room) -> ImageResult<GrayImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(room.side);
    limits.max_image_height = Some(room.side);
    limits.max_alloc = Some(room.memory);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    Ok(reader.decode()?.into_luma8())
}
