//! Reading a founding document from its file, with errors that name the place.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use countersign_record::{
    Digest,
    encoding::Malformed,
    founding::{BadFounding, Genesis},
    limits,
};

/// Why a founding document was not taken.
#[derive(Debug, thiserror::Error)]
pub enum GenesisFault {
    /// The file cannot be read.
    #[error(
        "the founding document {} cannot be read: {error}; whoever runs the network hands it out",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// It is not the JSON of a founding document.
    #[error("{}: {fault}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why, with line and column.
        fault: Malformed,
    },
    /// Its parts do not fit together.
    #[error("{} cannot found a network: {fault}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What does not fit.
        fault: BadFounding,
    },
}

/// Reads a founding document and checks that its parts fit together. Whether it is the right one,
/// only its digest shows: compare it with what the other parties read out.
///
/// # Errors
/// A sentence with the file, and with line and column where the text is wrong.
pub fn load_genesis(path: &Path) -> Result<Genesis, GenesisFault> {
    let file = || path.to_path_buf();
    let unreadable = |error| GenesisFault::Unreadable { path: file(), error };
    let mut json = Vec::new();
    // One byte more than is allowed shows that there is more; the rest need not be read.
    let most = limits::GENESIS_BYTES_MAX as u64 + 1;
    File::open(path).and_then(|f| f.take(most).read_to_end(&mut json)).map_err(unreadable)?;
    let genesis = Genesis::from_json(&json)
        .map_err(|fault| GenesisFault::Malformed { path: file(), fault })?;
    genesis.check().map_err(|fault| GenesisFault::Unfit { path: file(), fault })?;
    Ok(genesis)
}

/// A digest in groups of four digits, to be compared by eye or read out over the telephone.
pub fn printed_digest(digest: &Digest) -> String {
    let mut printed = String::with_capacity(79);
    for (i, digit) in digest.to_string().chars().enumerate() {
        if i > 0 && i % 4 == 0 {
            printed.push(' ');
        }
        printed.push(digit);
    }
    printed
}
