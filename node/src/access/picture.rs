//! Pictures of a printed page that strangers hand in: few at a time, one decoded at a time, each in
//! a process of its own that ends when its time is over.
//!
//! A small picture full of the corners of codes keeps every decoder that we know busy for minutes,
//! and none can be told to stop: a process can.

use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::Command,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::limits;

/// How the code in a picture is read. A node brings no decoder of pictures: who starts it names a
/// program.
#[derive(Clone, Debug)]
pub struct PictureReader {
    /// Whether bytes begin as a picture does.
    pub is_picture: fn(&[u8]) -> bool,
    /// The program. It gets the picture on its standard input and writes to its standard output:
    /// the text of the code and ends with 0, or a sentence why none was read and ends with
    /// another code. Bounds the memory it takes.
    pub program: PathBuf,
    /// What the program is told.
    pub arguments: Vec<OsString>,
}

/// What was read from a picture.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ReadPicture {
    /// The text of its code.
    Code(String),
    /// None, and why.
    None(String),
}

/// The one desk at which pictures are read.
pub(crate) struct Pictures {
    reader: Arc<PictureReader>,
    places: Arc<Semaphore>,
    decoder: Arc<Semaphore>,
    time: Duration,
}

/// A place for one picture.
pub(super) struct Place {
    reader: Arc<PictureReader>,
    decoder: Arc<Semaphore>,
    time: Duration,
    _place: OwnedSemaphorePermit,
}

impl Pictures {
    pub(crate) fn new(reader: PictureReader) -> Self {
        Self {
            reader: Arc::new(reader),
            places: Arc::new(Semaphore::new(limits::PICTURES_MAX)),
            decoder: Arc::new(Semaphore::new(1)),
            time: limits::PICTURE_READ_MAX,
        }
    }

    /// Whether the first bytes of a file are those of a picture.
    pub(super) fn is_one(&self, first: &[u8]) -> bool {
        (self.reader.is_picture)(first)
    }

    /// A place, unless all are taken. It is held while the picture arrives.
    pub(super) fn reserve(&self) -> Option<Place> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let (reader, decoder) = (self.reader.clone(), self.decoder.clone());
        Some(Place { reader, decoder, time: self.time, _place: place })
    }
}

impl Place {
    /// Reads the code, after those who were here before. If whoever asked goes away, or the time is
    /// over, the process is ended.
    pub(super) async fn read(self, bytes: Vec<u8>) -> ReadPicture {
        let _turn = self.decoder.acquire().await;
        let (status, said) = match timeout(self.time, self.ask(bytes)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(e)) => {
                tracing::error!("the reader of pictures does not run: {e}");
                return ReadPicture::None("this node cannot read pictures at the moment".into());
            }
            Err(_) => {
                let seconds = self.time.as_secs();
                return ReadPicture::None(format!(
                    "no code was found within {seconds} s: take the code alone, straight and sharp"
                ));
            }
        };
        match (status.success(), said.is_empty()) {
            (true, _) => ReadPicture::Code(said),
            (false, false) => ReadPicture::None(said),
            // It broke: the picture was made to break it.
            (false, true) => ReadPicture::None("the picture cannot be read".into()),
        }
    }

    async fn ask(&self, bytes: Vec<u8>) -> io::Result<(ExitStatus, String)> {
        let mut child = Command::new(&self.reader.program)
            .args(&self.reader.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (mut stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let hand_over = async {
            if let Some(stdin) = &mut stdin {
                // It may have seen enough and closed the pipe: what it says counts.
                let _closed = stdin.write_all(&bytes).await;
            }
            drop(stdin);
        };
        let listen = async {
            let mut said = Vec::new();
            if let Some(stdout) = stdout {
                stdout.take(limits::REQUEST_BYTES_MAX as u64).read_to_end(&mut said).await?;
            }
            Ok::<_, io::Error>(said)
        };
        let ((), said) = tokio::join!(hand_over, listen);
        Ok((child.wait().await?, String::from_utf8_lossy(&said?).into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader that does what a shell's script says.
    fn pictures(script: &str) -> Pictures {
        Pictures::new(PictureReader {
            is_picture: |bytes| bytes == b"P",
            program: "/bin/sh".into(),
            arguments: vec!["-c".into(), script.into()],
        })
    }

    async fn read(desk: &Pictures, bytes: &[u8]) -> ReadPicture {
        desk.reserve().unwrap().read(bytes.to_vec()).await
    }

    #[tokio::test]
    async fn a_reader_says_the_code_or_why_there_is_none_or_breaks() {
        let code = read(&pictures("cat"), b"CSGN1: ").await;
        assert_eq!(code, ReadPicture::Code("CSGN1: ".into()));
        let blurred = read(&pictures("cat >/dev/null; printf blurred; exit 1"), b"").await;
        assert_eq!(blurred, ReadPicture::None("blurred".into()));
        // More than a pipe holds, for one that does not listen.
        let broken = read(&pictures("kill -SEGV $$"), &[0; 1 << 20]).await;
        assert_eq!(broken, ReadPicture::None("the picture cannot be read".into()));
        let missing = PictureReader {
            is_picture: |_| true,
            program: "/nonexistent".into(),
            arguments: vec![],
        };
        let missing = read(&Pictures::new(missing), b"").await;
        assert!(matches!(missing, ReadPicture::None(why) if why.contains("at the moment")));
    }

    #[tokio::test]
    async fn a_picture_that_takes_for_ever_is_given_up_and_the_next_one_is_read() {
        let script = "read word; if [ $word = evil ]; then exec sleep 1000; fi; printf %s $word";
        let desk = Pictures { time: Duration::from_millis(50), ..pictures(script) };
        let evil = read(&desk, b"evil\n").await;
        assert!(matches!(evil, ReadPicture::None(why) if why.contains("no code was found within")));
        let desk = Pictures { time: limits::PICTURE_READ_MAX, ..desk };
        assert_eq!(read(&desk, b"good\n").await, ReadPicture::Code("good".into()));
    }

    #[test]
    fn pictures_beyond_the_places_are_turned_away_until_one_is_free() {
        let desk = pictures("");
        let mut taken: Vec<_> =
            (0..limits::PICTURES_MAX).map(|_| desk.reserve().unwrap()).collect();
        assert!(desk.reserve().is_none());
        taken.pop();
        assert!(desk.reserve().is_some());
    }
}
