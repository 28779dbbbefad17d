//! Pictures of a printed page that strangers hand in: few at a time, one decoded at a time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits;

/// How the code in a picture is read. A node brings no decoder of pictures: who starts it hands
/// one in.
#[derive(Clone, Copy, Debug)]
pub struct PictureReader {
    /// Whether bytes begin as a picture does.
    pub is_picture: fn(&[u8]) -> bool,
    /// The text of the code in a picture that a stranger sent, or a sentence why none was read.
    /// Bounds the memory it takes.
    pub code_in: fn(&[u8]) -> Result<String, String>,
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
    reader: PictureReader,
    places: Arc<Semaphore>,
    decoder: Arc<Semaphore>,
}

/// A place for one picture.
pub(super) struct Place {
    reader: PictureReader,
    decoder: Arc<Semaphore>,
    _place: OwnedSemaphorePermit,
}

impl Pictures {
    pub(crate) fn new(reader: PictureReader) -> Self {
        Self {
            reader,
            places: Arc::new(Semaphore::new(limits::PICTURES_MAX)),
            decoder: Arc::new(Semaphore::new(1)),
        }
    }

    /// Whether the first bytes of a file are those of a picture.
    pub(super) fn is_one(&self, first: &[u8]) -> bool {
        (self.reader.is_picture)(first)
    }

    /// A place, unless all are taken. It is held while the picture arrives.
    pub(super) fn reserve(&self) -> Option<Place> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        Some(Place { reader: self.reader, decoder: self.decoder.clone(), _place: place })
    }
}

impl Place {
    /// Reads the code, after those who were here before. A decoder that gives up on a picture
    /// that was made to break it has read none.
    pub(super) async fn read(self, bytes: Vec<u8>) -> ReadPicture {
        let turn = self.decoder.clone().acquire_owned().await;
        let code_in = self.reader.code_in;
        let read = tokio::task::spawn_blocking(move || {
            // Whoever asked may have gone: the next begins when this one has ended all the same.
            let _turn = turn;
            code_in(&bytes)
        });
        match read.await {
            Ok(Ok(text)) => ReadPicture::Code(text),
            Ok(Err(why)) => ReadPicture::None(why),
            Err(_) => ReadPicture::None("the picture cannot be read".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(code_in: fn(&[u8]) -> Result<String, String>) -> Pictures {
        Pictures::new(PictureReader { is_picture: |bytes| bytes == b"P", code_in })
    }

    #[tokio::test]
    async fn a_decoder_that_breaks_has_read_nothing_and_the_next_picture_is_read() {
        let desk = pictures(|bytes| match bytes {
            b"evil" => panic!("made to break"),
            b"blurred" => Err("not sharp".into()),
            code => Ok(String::from_utf8_lossy(code).into()),
        });
        let evil = desk.reserve().unwrap().read(b"evil".to_vec()).await;
        assert_eq!(evil, ReadPicture::None("the picture cannot be read".into()));
        let blurred = desk.reserve().unwrap().read(b"blurred".to_vec()).await;
        assert_eq!(blurred, ReadPicture::None("not sharp".into()));
        let good = desk.reserve().unwrap().read(b"CODE".to_vec()).await;
        assert_eq!(good, ReadPicture::Code("CODE".into()));
    }

    #[test]
    fn pictures_beyond_the_places_are_turned_away_until_one_is_free() {
        let desk = pictures(|_| Ok(String::new()));
        let mut taken: Vec<_> =
            (0..limits::PICTURES_MAX).map(|_| desk.reserve().unwrap()).collect();
        assert!(desk.reserve().is_none());
        taken.pop();
        assert!(desk.reserve().is_some());
    }
}
