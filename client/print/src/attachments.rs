//! The files in a stranger's PDF, taken out without following its structure.
//!
//! A PDF that is true is, byte for byte, one that we set ourselves, so nothing is gained by reading
//! whatever else a PDF can be. What is sought is the dictionary of an embedded file and the stream
//! behind it; a file that somebody saved again mostly keeps both, and then the proof in it can be
//! checked although the page is not the one that was printed. Every length is bounded, nothing
//! recurses, and what a stream says about itself is not believed.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use crate::limits;

/// Why no files were taken out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoFiles {
    /// It is too large.
    #[error("the file has {found} bytes, at most {} are taken", limits::PDF_BYTES_MAX)]
    TooLarge {
        /// Its length.
        found: usize,
    },
    /// It is no PDF.
    #[error("the file does not begin as a PDF does")]
    NoPdf,
    /// Nothing is attached to it.
    #[error(
        "nothing is attached to this PDF: a certificate carries its proof in itself. If it was \
         scanned or printed anew, check the code on the page instead"
    )]
    Nothing,
    /// What is attached is too much, or broken.
    #[error("attachment {number}: {why}")]
    Broken {
        /// Which one, from 1.
        number: usize,
        /// What is wrong.
        why: &'static str,
    },
}

/// Whether a file begins as a PDF does.
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-")
}

/// The attached files that can be read, in the order in which they lie in the PDF. What only looks
/// like one (words in a title) is passed over: what is missing then will be missed.
///
/// # Errors
/// It is no PDF, or has no attachment that can be read.
pub fn attachments(pdf: &[u8]) -> Result<Vec<Vec<u8>>, NoFiles> {
    if pdf.len() > limits::PDF_BYTES_MAX {
        return Err(NoFiles::TooLarge { found: pdf.len() });
    }
    if !is_pdf(pdf) {
        return Err(NoFiles::NoPdf);
    }
    let (mut files, mut broken) = (Vec::new(), None);
    let (mut rest, mut room) = (pdf, limits::ATTACHED_BYTES_MAX);
    for number in 1..=limits::ATTACHMENTS_MAX {
        let Some((dictionary, stream)) = next_stream(rest) else { break };
        match content(dictionary, stream, room) {
            Ok(file) => {
                room -= file.len();
                files.push(file);
            }
            Err(why) => broken = broken.or(Some(NoFiles::Broken { number, why })),
        }
        rest = stream;
    }
    match (files.is_empty(), broken) {
        (false, _) => Ok(files),
        (true, Some(broken)) => Err(broken),
        (true, None) => Err(NoFiles::Nothing),
    }
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|window| window == word)
}

/// The dictionary of the next embedded file, from its type on, and everything behind the word that
/// begins its stream.
fn next_stream(mut rest: &[u8]) -> Option<(&[u8], &[u8])> {
    const TYPE: &[u8] = b"/EmbeddedFile";
    loop {
        let after = rest.get(find(rest, TYPE)? + TYPE.len()..)?;
        rest = after;
        // `/EmbeddedFiles` is the list of them.
        if after.first().is_some_and(u8::is_ascii_alphanumeric) {
            continue;
        }
        let near = after.get(..limits::DICTIONARY_BYTES_MAX).unwrap_or(after);
        let Some(end) = find(near, b"stream") else { continue };
        let (dictionary, stream) = after.split_at_checked(end)?;
        let stream = stream.strip_prefix(b"stream").unwrap_or(stream);
        let stream = stream.strip_prefix(b"\r").unwrap_or(stream);
        return Some((dictionary, stream.strip_prefix(b"\n").unwrap_or(stream)));
    }
}

fn content(dictionary: &[u8], stream: &[u8], room: usize) -> Result<Vec<u8>, &'static str> {
    const TOO_LARGE: &str = "it is larger than any proof is";
    if find(dictionary, b"/FlateDecode").is_some() {
        return decompress_to_vec_zlib_with_limit(stream, room).map_err(|e| match e.status {
            TINFLStatus::HasMoreOutput => TOO_LARGE,
            _ => "its compressed bytes are broken",
        });
    }
    if find(dictionary, b"/Filter").is_some() {
        return Err("it is packed in a way that certificates are not");
    }
    let end = find(stream, b"endstream").ok_or("its end is missing")?;
    let plain = stream.get(..end).unwrap_or_default();
    let plain = plain.strip_suffix(b"\n").unwrap_or(plain);
    let plain = plain.strip_suffix(b"\r").unwrap_or(plain);
    if plain.len() > room { Err(TOO_LARGE) } else { Ok(plain.to_vec()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn pdf(parts: &[&[u8]]) -> Vec<u8> {
        [&b"%PDF-1.7\n"[..], &parts.concat()].concat()
    }

    fn packed(content: &[u8]) -> Vec<u8> {
        let head = b"4 0 obj\n<</Type/EmbeddedFile/Filter/FlateDecode/Length 9>>\nstream\n";
        let tail = b"\nendstream\nendobj\n";
        [&head[..], &compress_to_vec_zlib(content, 6), tail].concat()
    }

    #[test]
    fn files_are_found_packed_or_plain_wherever_they_lie() {
        let plain = b"<< /Type /EmbeddedFile /Length 5 >> stream\r\nplain\r\nendstream";
        let list = b"<</Names<</EmbeddedFiles 3 0 R>>>> stream of words";
        let whole = pdf(&[list, &packed(b"one"), plain, &packed(b"")]);
        let found = attachments(&whole).unwrap();
        assert_eq!(found, [b"one".to_vec(), b"plain".to_vec(), b"".to_vec()]);
    }

    #[test]
    fn what_is_no_proof_is_refused_before_it_takes_room() {
        let bomb = packed(&vec![0; limits::ATTACHED_BYTES_MAX + 1]);
        let bad = b"/EmbeddedFile/Filter/FlateDecode>>stream\nno zlib";
        let other = b"/EmbeddedFile/Filter/LZWDecode>>stream\nxendstream";
        for (bytes, why) in [
            (b"%!PS".to_vec(), "does not begin as a PDF"),
            (pdf(&[b"no files"]), "nothing is attached"),
            (pdf(&[b"/EmbeddedFile", &[b' '; 4096], b"stream\nx"]), "nothing is attached"),
            (pdf(&[&bomb]), "attachment 1: it is larger"),
            (pdf(&[bad]), "compressed bytes are broken"),
            (pdf(&[other]), "packed in a way"),
            (pdf(&[b"/EmbeddedFile>>stream\nplain"]), "its end is missing"),
            (vec![b'%'; limits::PDF_BYTES_MAX + 1], "at most 4194304 are taken"),
        ] {
            let no = attachments(&bytes).unwrap_err().to_string();
            assert!(no.contains(why), "{no}");
        }
        let half = packed(&vec![0; limits::ATTACHED_BYTES_MAX / 2 + 1]);
        let both = attachments(&pdf(&[&half, &half, &packed(b"small")])).unwrap();
        assert_eq!(both.iter().map(Vec::len).collect::<Vec<_>>(), [2_097_153, 5]);
        let many: Vec<u8> = packed(b"x").repeat(limits::ATTACHMENTS_MAX + 1);
        assert_eq!(attachments(&pdf(&[&many])).unwrap().len(), limits::ATTACHMENTS_MAX);
    }
}
