//! Every bound on what is read, each with its name.

/// Largest PDF that is read as a certificate, bytes: a page with its proofs has some 60 kB.
pub const PDF_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most attachments of one PDF: a certificate has five.
pub const ATTACHMENTS_MAX: usize = 16;
/// Largest content of all attachments together, bytes.
pub const ATTACHED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Longest dictionary before the stream of an attachment, bytes.
pub const DICTIONARY_BYTES_MAX: usize = 2 * 1024;
/// Largest picture that is read, bytes of its file.
pub const PICTURE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Widest and highest picture, pixels: A4 at 1200 dpi is 14,031 high.
pub const PICTURE_SIDE_MAX: u32 = 15_000;
/// Most memory that a picture may take when it is unpacked, bytes.
pub const PICTURE_MEMORY_MAX: u64 = 512 * 1024 * 1024;
/// Widest and highest picture that a stranger may hand in, pixels: A4 at 500 dpi is 5,846 high.
pub const STRANGERS_PICTURE_SIDE_MAX: u32 = 6_000;
/// Most memory that a stranger's picture may take when it is unpacked, bytes: 32 million pixels in
/// three colours.
pub const STRANGERS_PICTURE_MEMORY_MAX: u64 = 96 * 1024 * 1024;
/// How deep a folder of fonts is searched.
pub const FONT_FOLDER_DEPTH_MAX: u32 = 6;
/// Largest file that is read as a font, bytes: the collection of one weight has some 20 MB.
pub const FONT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Largest state code that is printed with its record in it, bytes: at 0.47 mm a module. A larger
/// one is printed with the record's digest alone.
pub const CODE_BYTES_MAX: usize = 2_100;
