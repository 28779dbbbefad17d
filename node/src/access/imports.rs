//! Trade files that a member drops: what is in them, and the entries that they would make. Nothing is
//! signed here, and nothing is kept.

use std::fmt;

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Request, State},
    http::{HeaderMap, header},
    response::{IntoResponse as _, Response},
};

use super::{
    App, Problem, blocking,
    caller::Member,
    entries::{read_body, require_type},
    extract::Query,
    shares::Places,
};
use crate::limits::{IMPORT_BYTES_MAX, IMPORTS_MAX, IMPORTS_PER_PARTY_MAX};

/// What trade files come as.
const TYPES: [&str; 2] = ["application/EDIFACT", "application/octet-stream"];

/// One option that was given with a file: its name and its value.
type Given = (String, String);
/// Reads a file with its options.
type Read = fn(&[u8], &[Given]) -> Result<Vec<u8>, String>;

/// How trade files are read. A node knows no format of theirs: who starts it brings the reader.
#[derive(Clone, Copy)]
pub struct TradeReader {
    /// Says, as a JSON document, what is in a file and which entries it would make with these
    /// options; in a sentence, which of them it cannot read. Bounds the memory that
    /// it takes.
    pub read: Read,
}

impl fmt::Debug for TradeReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TradeReader")
    }
}

/// The desk at which trade files are read, a few at a time. A place at it is held from before the
/// file arrives until its report was taken.
pub(crate) struct Imports {
    reader: TradeReader,
    places: Places,
}

impl Imports {
    pub(crate) fn new(reader: TradeReader) -> Self {
        Self { reader, places: Places::new("trade files", IMPORTS_MAX, IMPORTS_PER_PARTY_MAX) }
    }
}

/// What may be said beside a file: the options of `countersign import`. One that is left empty says
/// nothing.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the reader of trade files reads them; this describes them")]
pub(super) struct ImportQuery {
    /// The wharf's place, `UNLOCODE/n4`.
    place: Option<String>,
    /// The bill of lading, for containers without RFF+BM; or CONTAINER=BILL for one of them.
    bill: Option<Vec<String>>,
    /// The transfer plan of barge loads and discharges.
    batch: Option<String>,
    /// `barge` or `vessel`: the leg of loads and discharges, where TDT+20 does not say it.
    leg: Option<String>,
    /// UN and the IMO number, or the filed ship number, where TDT+20 does not say it.
    ship: Option<String>,
    /// The voyage, where TDT+20 does not say it.
    voyage: Option<String>,
    /// When it happened, UTC milliseconds since 1970, for moves without a time.
    event_time: Option<String>,
    /// `empty` or `full`, where EQD does not say it.
    fullness: Option<String>,
    /// `ca` carrier, `sh` shipper or `cu` customs, where SEL does not say it.
    seal_issuer: Option<String>,
    /// The seals of one container: CONTAINER=NUMBER:ISSUER.
    seal: Option<Vec<String>>,
    /// The equipment receipt of one container: CONTAINER=NUMBER.
    eir: Option<Vec<String>>,
    /// Containers to leave out.
    without: Option<Vec<String>>,
    /// `true`: put truck plates into gate entries, where every party reads them.
    truck_plates: Option<String>,
    /// `true`: leave doubted movements out.
    undoubted: Option<String>,
    /// The sender's distance from UTC in minutes; 480 where nothing is said.
    utc_offset: Option<String>,
}

/// What a CODECO or COARRI file says, container by container, and the entries that it would make.
#[utoipa::path(post, path = "/v1/imports", tag = "entries", params(ImportQuery),
    request_body(description = "an EDIFACT file", content(
        (Vec<u8> = "application/EDIFACT"), (Vec<u8> = "application/octet-stream"))),
    responses((status = 200, description = "the report, what makes no entry and why, the entries \
            to be signed and their encoded bodies; nothing is kept", body = Object),
        (status = 400, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
pub(super) async fn read(
    State(node): App,
    member: Member,
    Query(asked): Query<Vec<Given>>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    require_type(&headers, &TYPES)?;
    let place = node.imports.places.take(&member)?;
    let file = read_body(Bytes::from_request(request, &()).await, IMPORT_BYTES_MAX)?;
    let read = node.imports.reader.read;
    let report = blocking(move || read(&file, &asked).map_err(unreadable)).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], place.until_taken(report.into()))
        .into_response())
}

fn unreadable(why: String) -> Problem {
    Problem::bad_query(why)
}
