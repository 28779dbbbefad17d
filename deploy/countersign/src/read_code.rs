//! `countersign read-code`: how a node reads the pictures that strangers hand to its public page.

use std::{
    io::{Read as _, Write as _},
    time::Duration,
};

use countersign_client::cli::Answer;
use countersign_node::access::PictureReader;
use countersign_print::picture::{self, Room};

/// The subcommand by which a node has pictures read, in a process of its own.
pub(crate) const NAME: &str = "read-code";

/// How long that process lives at most.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Reads the text of the QR code in the picture on standard input.
pub(crate) fn run() -> anyhow::Result<Answer> {
    std::thread::spawn(end_in_time);
    let mut picture = Vec::new();
    std::io::stdin().lock().read_to_end(&mut picture)?;
    let (answer, text) = match picture::code_in(&picture, Room::STRANGERS) {
        Ok(code) => (Answer::Yes, code),
        Err(no) => (Answer::No, no.to_string()),
    };
    // Nothing is added: a space at the end of a code belongs to it.
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(answer)
}

/// A node that is killed cannot end what it started.
#[expect(clippy::disallowed_methods, reason = "a decoder cannot be told to stop; no file is open")]
fn end_in_time() {
    std::thread::sleep(TIME_MAX);
    std::process::exit(1);
}

/// How a node has pictures read.
pub(crate) fn reader() -> PictureReader {
    PictureReader {
        is_picture: picture::is_picture,
        // This very program, also when its file was replaced by a newer one meanwhile.
        program: "/proc/self/exe".into(),
        arguments: vec![NAME.into()],
    }
}
