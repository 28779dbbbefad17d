//! Codes in pictures: a scan or a photograph of the page, as PNG or JPEG.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};
use rqrr::PreparedImage;

use crate::limits;

/// Why no code was read.
#[derive(Debug, thiserror::Error)]
pub enum NoCode {
    /// The picture cannot be read.
    #[error("the picture cannot be read: {0}")]
    Picture(String),
    /// There is no code in it.
    #[error("no QR code was found in the picture: take it straight, sharp and large")]
    None,
    /// There is one, and it cannot be read.
    #[error(
        "a QR code was found, but not read ({0}): take the picture closer and sharper, or read the \
         code with a scanner and hand its text over"
    )]
    Unread(String),
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

/// The texts of the codes in a picture.
///
/// # Errors
/// It is no picture, is too large, or holds no code that can be read.
pub fn codes_in(bytes: &[u8]) -> Result<Vec<String>, NoCode> {
    if bytes.len() > limits::PICTURE_BYTES_MAX {
        let max = limits::PICTURE_BYTES_MAX;
        return Err(NoCode::Picture(format!("{} bytes, at most {max} are taken", bytes.len())));
    }
    let format = format(bytes).ok_or_else(|| NoCode::Picture("neither PNG nor JPEG".into()))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut room = Limits::default();
    room.max_image_width = Some(limits::PICTURE_SIDE_MAX);
    room.max_image_height = Some(limits::PICTURE_SIDE_MAX);
    room.max_alloc = Some(limits::PICTURE_MEMORY_MAX);
    reader.limits(room);
    let grey = reader.decode().map_err(|e| NoCode::Picture(e.to_string()))?.into_luma8();
    let (width, height) = (grey.width() as usize, grey.height() as usize);
    let raw = grey.into_raw();
    let mut prepared = PreparedImage::prepare_from_greyscale(width, height, |x, y| {
        raw.get(y * width + x).copied().unwrap_or(u8::MAX)
    });
    let (mut texts, mut why) = (Vec::new(), None);
    for grid in prepared.detect_grids() {
        match grid.decode() {
            Ok((_, text)) => texts.push(text),
            Err(e) => why = Some(e.to_string()),
        }
    }
    match (texts.is_empty(), why) {
        (false, _) => Ok(texts),
        (true, Some(why)) => Err(NoCode::Unread(why)),
        (true, None) => Err(NoCode::None),
    }
}
