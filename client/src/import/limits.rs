//! Every bound of the importer with its name: whatever bytes arrive, memory and work stay bounded.

/// Largest file, bytes. A day's moves of a large terminal are a tenth of it.
pub const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Longest segment, bytes. Real ones stay below 1,000; the longest free text takes 2,600.
pub const SEGMENT_BYTES_MAX: usize = 8 * 1024;
/// Most segments of one file.
pub const SEGMENTS_MAX: u32 = 400_000;
/// Most messages of one file.
pub const MESSAGES_MAX: u32 = 20_000;
/// Most containers of one file.
pub const CONTAINERS_MAX: u32 = 50_000;
/// Most containers of a file that is dropped at a node: its report is one answer, some 2 KiB each.
pub const DROPPED_CONTAINERS_MAX: usize = 5_000;
/// Most reasons that one list of the report holds; the rest are counted.
pub const REASONS_LISTED_MAX: usize = 64;
/// Most characters of the file that one reason quotes.
pub const QUOTE_CHARS_MAX: usize = 60;
/// Most characters of a value that a movement keeps; a longer one is doubted and cut.
pub const VALUE_CHARS_MAX: usize = 256;
/// Most values of one kind that a message's header or a container keeps; a further one is doubted and
/// left out. The message designs allow nine of each. Every container repeats its header's values: a
/// bound here keeps the report as large as the file, and not as large as its square.
pub const VALUES_LISTED_MAX: usize = 16;
/// Heaviest plausible container with its cargo, kg (R): the heaviest rating of ISO 668 is 36,000,
/// out-of-gauge pieces on flat racks weigh more.
pub const GROSS_KG_PLAUSIBLE_MAX: u64 = 60_000;
