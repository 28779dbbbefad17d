//! Many entries in one request, for systems that submit a lot: statements one after the other, and
//! an answer for each, in their order.
//!
//! Each is an entry for itself, taken or refused whatever becomes of the others. What is saved is
//! what requests cost beside their entries: headers, wakings, changes of thread.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use countersign_record::{encoding::Malformed, limits::STATEMENT_BYTES_MAX};
use futures::future::join_all;
use minicbor::{Decoder, Encoder};
use tokio::time::Instant;

use super::{
    App, Problem, Shared,
    caller::Member,
    entries::{Entered, Outcome, Wait, require_type},
    extract::Query,
    shares::Payer,
};
use crate::limits::{BULK_BYTES_MAX, BULK_ENTRIES_MAX, ENTRIES_OF_A_REQUEST};

/// What statements and answers come as (RFC 8742).
const SEQUENCE: &str = "application/cbor-seq";

/// Submits many signed statements.
///
/// The answer is a sequence too: for each statement, in their order, an array of the status that it
/// would have got alone and what came with it: the receipt (200, bytes), null (202), or the problem
/// (text, JSON). A sequence that cannot be taken apart is refused as a whole, and nothing of it is
/// taken.
#[utoipa::path(post, path = "/v1/entries/bulk", params(Wait), request_body(content = Vec<u8>,
    content_type = "application/cbor-seq",
    description = "tagged COSE_Sign1 statements, one after the other (RFC 8742)"),
    responses((status = 200, description = "for each statement [status, receipt, problem or null]",
            body = Vec<u8>, content_type = "application/cbor-seq"),
        (status = 400, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 429, body = Problem),
        (status = 503, body = Problem)))]
pub(super) async fn submit(
    State(node): App,
    member: Member,
    Query(query): Query<Wait>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    require_type(&headers, &[SEQUENCE])?;
    // Before the body is read: what such requests hold in memory is bounded by their number.
    let place = node.bulks.take(&member)?;
    let body = to_bytes(body, BULK_BYTES_MAX).await.map_err(|_| too_large())?;
    let statements = split(&body)?;
    if let Some(id) = member.party() {
        let more = statements.len() / ENTRIES_OF_A_REQUEST;
        node.turnstile.charge(Payer::Party(id.into()), more)?;
    }
    let until = query.until()?;
    let all = statements.into_iter().map(|one| record(&node, &member, one, until));
    let answers = written(&join_all(all).await).map_err(|e| Problem::internal(&e))?;
    Ok(([(header::CONTENT_TYPE, SEQUENCE)], place.until_taken(answers.into())).into_response())
}

async fn record(
    node: &Shared,
    member: &Member,
    statement: Bytes,
    until: Option<Instant>,
) -> Result<Outcome, Problem> {
    Entered::with(node, member, statement).await?.outcome(node, until).await
}

fn too_large() -> Problem {
    let title = ("the request body cannot be read", "无法读取请求正文");
    let detail = format!(
        "it broke off, or is larger than {BULK_BYTES_MAX} bytes, of which no more are taken: send \
         it in parts"
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body", title, detail)
}

/// The statements of a sequence, each a part of the body. What they are is seen one by one.
pub(super) fn split(body: &Bytes) -> Result<Vec<Bytes>, Problem> {
    let (mut statements, mut at) = (Vec::new(), 0);
    while at < body.len() {
        let malformed = |why: String| {
            let why = format!("{why}, in statement {} of the sequence", statements.len() + 1);
            Problem::malformed(&Malformed::new("the sequence of statements", at, why))
        };
        if statements.len() == BULK_ENTRIES_MAX {
            return Err(malformed(format!("more than {BULK_ENTRIES_MAX} statements")));
        }
        // No further than one may reach: what the reader remembers of nested items stays small.
        let end = body.len().min(at + STATEMENT_BYTES_MAX);
        let mut decoder = Decoder::new(&body[at..end]);
        decoder.skip().map_err(|e| {
            malformed(format!("no whole item of at most {STATEMENT_BYTES_MAX} bytes: {e}"))
        })?;
        let next = at + decoder.position();
        statements.push(body.slice(at..next));
        at = next;
    }
    if statements.is_empty() {
        let empty = Malformed::new("the sequence of statements", 0, "it is empty");
        return Err(Problem::malformed(&empty));
    }
    Ok(statements)
}

type Written = Result<Vec<u8>, minicbor::encode::Error<std::convert::Infallible>>;

fn written(outcomes: &[Result<Outcome, Problem>]) -> Written {
    let mut answers = Encoder::new(Vec::new());
    for outcome in outcomes {
        answers.array(2)?;
        match outcome {
            Ok(Outcome::Final(receipt)) => answers.u16(200)?.bytes(&receipt.bytes)?,
            Ok(Outcome::Waiting(_)) => answers.u16(202)?.null()?,
            Err(problem) => answers.u16(problem.status())?.str(&problem.to_json())?,
        };
    }
    Ok(answers.into_writer())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(items: &[&[u8]]) -> Bytes {
        items.concat().into()
    }

    #[test]
    fn a_sequence_is_taken_apart_item_by_item() {
        let (one, other): (&[u8], &[u8]) = (&[0xd2, 0x80], &[0x82, 0x01, 0x41, 0xff]);
        let parts = split(&sequence(&[one, other, one])).unwrap();
        assert_eq!(parts, [one, other, one]);
        let full = vec![one; BULK_ENTRIES_MAX];
        assert_eq!(split(&sequence(&full)).unwrap().len(), BULK_ENTRIES_MAX);
    }

    #[test]
    fn what_cannot_be_taken_apart_is_refused_as_a_whole() {
        let whole: &[u8] = &[0xd2, 0x80];
        let too_many = vec![whole; BULK_ENTRIES_MAX + 1];
        // A string that claims more than a statement may have, and as much of it.
        let mut long = vec![0x5a];
        long.extend(u32::try_from(STATEMENT_BYTES_MAX).unwrap().to_be_bytes());
        long.resize(2 * STATEMENT_BYTES_MAX, 0);
        let nested = vec![0x81; STATEMENT_BYTES_MAX + 1];
        let rows: [(Bytes, &str); 5] = [
            (Bytes::new(), "empty"),
            (sequence(&[whole, &[0xd2]]), "statement 2"),
            (sequence(&too_many), "more than 1000 statements"),
            (long.into(), "statement 1"),
            (nested.into(), "statement 1"),
        ];
        for (body, why) in rows {
            let problem = split(&body).unwrap_err();
            assert_eq!(problem.status(), 400);
            assert!(problem.to_json().contains(why), "{why}: {}", problem.to_json());
        }
    }
}
