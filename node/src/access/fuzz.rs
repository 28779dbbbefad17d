//! What a stranger's request does before anybody knows who asks: an answer. See `crate::fuzz`.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Uri},
};
use bytes::Bytes;
use countersign_record::token::Token;

use super::{bulk, caller, door::Door, entries};

/// A body that may be a sequence of statements; and a request as lines: its path and query first,
/// then its headers.
pub(crate) fn request(bytes: &[u8]) {
    let _sequence = bulk::split(&Bytes::copy_from_slice(bytes)).is_ok();
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.lines();
    let Ok(uri) = lines.next().unwrap_or_default().parse::<Uri>() else { return };
    let mut request = Request::new(Body::empty());
    for line in lines {
        let Some((name, value)) = line.split_once(": ") else { continue };
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            request.headers_mut().append(name, value);
        }
    }
    let _address = [Door::Open, Door::Proxy].map(|door| caller::address(&door, &request));
    let _local = caller::require_own_machine(request.headers()).is_ok();
    let _taken = entries::read_statement(request.headers(), Ok(Bytes::new())).is_ok();
    for part in uri.path().split('/').chain(uri.query()) {
        let (_id, _token) = (entries::read_id(part).is_ok(), Token::parse_text(part).is_ok());
    }
}
