//! The HTTP interface of a node, from the outside.

use std::time::Duration;

use countersign_record::{commit::Link, encoding, statement::EntryId};
use minicbor::Decoder;
use reqwest::{Certificate, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use crate::login::Login;

/// What a statement is sent as.
const STATEMENT: &str = "application/cose";
/// What statements one after the other are sent as (RFC 8742).
const SEQUENCE: &str = "application/cbor-seq";
/// Times that a busy node is asked again before its answer is handed on.
const TRIES: u32 = 10;
/// How long one answer may take: longer than a node waits for finality.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a node says when it cannot or will not (RFC 9457).
#[derive(Clone, Debug, Deserialize)]
pub struct Problem {
    /// A name for machines.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem it is.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The whole sentence in English.
    pub detail: String,
    /// The whole sentence in Chinese.
    #[serde(default)]
    pub detail_zh: Option<String>,
    /// The refusal, where a rule said no.
    #[serde(default)]
    pub refusal: Option<Value>,
    /// Which action was refused.
    #[serde(default)]
    pub action: Option<u32>,
    /// The entry.
    #[serde(default)]
    pub entry: Option<EntryId>,
    /// The height at which the refusal was recorded.
    #[serde(default)]
    pub height: Option<u64>,
}

impl Problem {
    /// The number of the rule that said no.
    pub fn rule(&self) -> Option<u64> {
        self.refusal.as_ref()?.get("rule")?.as_u64()
    }
}

/// Why a request was not answered as hoped.
#[derive(Debug, thiserror::Error)]
pub enum ClientFault {
    /// The node cannot be reached.
    #[error("{url} cannot be reached: {why}. Is the node running, and is this its API address?")]
    Unreachable {
        /// Where it was sought.
        url: String,
        /// What the network says.
        why: String,
    },
    /// A token would go over a line that others can read.
    #[error(
        "{0} speaks no TLS: whoever reads the line would have the token, and it was not sent. Use \
         the https address of the node or of the proxy before it"
    )]
    Exposed(String),
    /// What should be believed is no certificate.
    #[error("the certificates to be believed cannot be read: {0}")]
    Certificates(String),
    /// The node says no.
    #[error("{}", .0.detail)]
    Problem(Box<Problem>),
    /// What answers is no node of this version.
    #[error("{url} answered {status} with something that is no answer of a Countersign node")]
    Strange {
        /// Who answered.
        url: String,
        /// With what status.
        status: u16,
    },
}

/// What became of a submitted statement.
#[derive(Clone, Debug)]
pub enum Submitted {
    /// It is final; the compact receipt.
    Final(Vec<u8>),
    /// It was taken in and is on its way.
    Waiting,
}

/// One node's interface. Connections are kept and reused; a clone shares them.
#[derive(Clone, Debug)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    login: Option<Login>,
}

impl Client {
    /// The interface at a URL, for instance `http://127.0.0.1:26657`.
    ///
    /// # Errors
    /// The URL is none.
    pub fn new(url: &str) -> Result<Self, ClientFault> {
        Self::trusting(url, None)
    }

    /// The interface at a URL whose certificate one of these authorities (PEM) may have signed, beside
    /// those that everybody knows.
    ///
    /// # Errors
    /// The URL is none, or the certificates are none.
    pub fn trusting(url: &str, authorities: Option<&str>) -> Result<Self, ClientFault> {
        let base = url.trim_end_matches('/').to_owned();
        let fault = |why: String| ClientFault::Unreachable { url: base.clone(), why };
        reqwest::Url::parse(&base).map_err(|e| fault(e.to_string()))?;
        let authorities = authorities.unwrap_or_default().as_bytes();
        let authorities = Certificate::from_pem_bundle(authorities)
            .map_err(|e| ClientFault::Certificates(e.to_string()))?;
        let builder = authorities
            .into_iter()
            .fold(reqwest::Client::builder(), |builder, one| builder.add_root_certificate(one));
        let http = builder
            .timeout(TIMEOUT)
            .tcp_nodelay(true)
            .no_proxy()
            .build()
            .map_err(|e| fault(e.to_string()))?;
        Ok(Self { base, http, login: None })
    }

    /// The same interface, asked by somebody who says who he is.
    #[must_use]
    pub fn with_login(self, login: Login) -> Self {
        Self { login: Some(login), ..self }
    }

    /// Whether it says who asks.
    pub fn has_login(&self) -> bool {
        self.login.is_some()
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.base
    }

    /// Submits a statement; with `wait` it answers once the entry is final.
    ///
    /// # Errors
    /// The refusal, or why no answer came.
    pub async fn submit(&self, statement: &[u8], wait: bool) -> Result<Submitted, ClientFault> {
        match self.post_patiently("/v1/entries", STATEMENT, statement, wait).await? {
            (StatusCode::OK, receipt) => Ok(Submitted::Final(receipt)),
            _ => Ok(Submitted::Waiting),
        }
    }

    /// Submits many statements in one request, each an entry for itself; with `wait` it answers once
    /// all of them are final. What became of each, in their order.
    ///
    /// # Errors
    /// Why no answer came: then some of them may have been taken, and may be sent again.
    pub async fn submit_many(
        &self,
        statements: &[impl AsRef<[u8]> + Sync],
        wait: bool,
    ) -> Result<Vec<Result<Submitted, ClientFault>>, ClientFault> {
        let sequence = statements.iter().map(AsRef::as_ref).collect::<Vec<_>>().concat();
        let (status, body) =
            self.post_patiently("/v1/entries/bulk", SEQUENCE, &sequence, wait).await?;
        let answers = read_answers(&body).filter(|answers| answers.len() == statements.len());
        answers.ok_or_else(|| self.strange(status))
    }

    /// Posts, and once more after a while where the node is busy.
    async fn post_patiently(
        &self,
        path: &str,
        kind: &str,
        body: &[u8],
        wait: bool,
    ) -> Result<(StatusCode, Vec<u8>), ClientFault> {
        let query = if wait { "?wait=final" } else { "" };
        let mut tries = 0;
        loop {
            match self.post(&format!("{path}{query}"), kind, body).await {
                Err(ClientFault::Problem(p)) if matches!(p.status, 429 | 503) && tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(Duration::from_millis(100 * u64::from(tries))).await;
                }
                answer => return answer,
            }
        }
    }

    /// The dry run: what would happen, or the refusal that it would meet.
    ///
    /// # Errors
    /// The refusal, or why no answer came.
    pub async fn check(&self, statement: &[u8]) -> Result<Value, ClientFault> {
        let (status, body) = self.post("/v1/entries/check", STATEMENT, statement).await?;
        self.read_json(status, &body)
    }

    /// A compact receipt, or the statement with standard receipts attached.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn receipt(&self, id: &EntryId, cose: bool) -> Result<Vec<u8>, ClientFault> {
        let format = if cose { "cose" } else { "compact" };
        Ok(self.send(self.get(&format!("/v1/entries/{id}/receipt?format={format}"))).await?.1)
    }

    /// A compact receipt without the changes of the validator set up to a height.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn receipt_since(
        &self,
        id: &EntryId,
        cose: bool,
        since: u64,
    ) -> Result<Vec<u8>, ClientFault> {
        let format = if cose { "cose" } else { "compact" };
        let path = format!("/v1/entries/{id}/receipt?format={format}&since={since}");
        Ok(self.send(self.get(&path)).await?.1)
    }

    /// Changes of the validator set after a height, not checked; none where there are no more.
    ///
    /// # Errors
    /// Why no answer came, or it is none.
    pub async fn validator_changes(&self, after: u64) -> Result<Vec<Link>, ClientFault> {
        let path = format!("/v1/validators/changes?after={after}");
        let (status, body) = self.send(self.get(&path)).await?;
        encoding::decode("changes of the validator set", &body).map_err(|_| self.strange(status))
    }

    /// The file that proves a guarantee line with all its live drawdowns, at a height; at the
    /// newest where none is given.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn line_statement(
        &self,
        filing_no: &str,
        at: Option<u64>,
    ) -> Result<Vec<u8>, ClientFault> {
        let at = at.map(|height| format!("&at={height}")).unwrap_or_default();
        let path = format!("/v1/lines/{}?proof=true{at}", escape(filing_no));
        Ok(self.send(self.get(&path)).await?.1)
    }

    /// The file that proves a subject's record, or that there is none, at a height; at the newest
    /// where none is given.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn state_proof(
        &self,
        family: &str,
        subject: &str,
        at: Option<u64>,
    ) -> Result<Vec<u8>, ClientFault> {
        let at = at.map(|height| format!("&at={height}")).unwrap_or_default();
        let (family, subject) = (escape(family), escape(subject));
        let path = format!("/v1/subjects/{family}/{subject}?proof=true{at}");
        Ok(self.send(self.get(&path)).await?.1)
    }

    /// Any JSON answer, by its path.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn json(&self, path: &str) -> Result<Value, ClientFault> {
        let (status, body) = self.send(self.get(path)).await?;
        self.read_json(status, &body)
    }

    /// Any answer as text, by its path.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn text(&self, path: &str) -> Result<String, ClientFault> {
        let (_, body) = self.send(self.get(path)).await?;
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.base))
    }

    async fn post(
        &self,
        path: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<(StatusCode, Vec<u8>), ClientFault> {
        let request = self.http.post(format!("{}{path}", self.base));
        let request = request.header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.to_vec())).await
    }

    /// Sends a request; once more with a token where the node asks for one and there is a key to
    /// make it with.
    async fn send(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<(StatusCode, Vec<u8>), ClientFault> {
        let again = request.try_clone();
        let answer = self.send_as(request, self.login.as_ref().and_then(Login::bearer)).await;
        match (&answer, again, &self.login) {
            (Err(ClientFault::Problem(p)), Some(again), Some(login)) if p.status == 401 => {
                match login.asked() {
                    Some(token) => self.send_as(again, Some(token)).await,
                    None => answer,
                }
            }
            _ => answer,
        }
    }

    async fn send_as(
        &self,
        request: reqwest::RequestBuilder,
        token: Option<String>,
    ) -> Result<(StatusCode, Vec<u8>), ClientFault> {
        let unreachable = |e: reqwest::Error| {
            use std::error::Error as _;
            let mut why = e.to_string();
            let mut cause = e.source();
            while let Some(deeper) = cause {
                (why, cause) = (deeper.to_string(), deeper.source());
            }
            ClientFault::Unreachable { url: self.base.clone(), why }
        };
        let request = match token {
            Some(token) if self.is_private() => request.bearer_auth(token),
            Some(_) => return Err(ClientFault::Exposed(self.base.clone())),
            None => request,
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?.to_vec();
        if status.is_success() {
            return Ok((status, body));
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(ClientFault::Problem(Box::new(problem))),
            Err(_) => Err(self.strange(status)),
        }
    }

    /// Whether nobody on the way can read along: TLS, or this machine.
    fn is_private(&self) -> bool {
        let Ok(url) = reqwest::Url::parse(&self.base) else { return false };
        let host = url.host_str().unwrap_or_default();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let loopback = address.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        url.scheme() == "https" || loopback || host == "localhost"
    }

    fn read_json(&self, status: StatusCode, body: &[u8]) -> Result<Value, ClientFault> {
        serde_json::from_slice(body).map_err(|_| self.strange(status))
    }

    fn strange(&self, status: StatusCode) -> ClientFault {
        ClientFault::Strange { url: self.base.clone(), status: status.as_u16() }
    }
}

/// What became of each statement of a sequence; nothing where it is no such answer.
fn read_answers(body: &[u8]) -> Option<Vec<Result<Submitted, ClientFault>>> {
    let (mut answers, mut decoder) = (Vec::new(), Decoder::new(body));
    while decoder.position() < body.len() {
        if decoder.array().ok()? != Some(2) {
            return None;
        }
        let answer = match decoder.u16().ok()? {
            200 => Ok(Submitted::Final(decoder.bytes().ok()?.to_vec())),
            202 => decoder.null().map(|()| Ok(Submitted::Waiting)).ok()?,
            _ => Err(ClientFault::Problem(serde_json::from_str(decoder.str().ok()?).ok()?)),
        };
        answers.push(answer);
    }
    Some(answers)
}

/// A path segment with everything escaped that has a meaning in a URL.
pub fn escape(segment: &str) -> String {
    segment.bytes().fold(String::new(), |mut out, b| {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' => {
                out.push(char::from(b));
            }
            _ => out.push_str(&format!("%{b:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_a_sequence_are_read_in_their_order_or_not_at_all() {
        let problem = r#"{"type":"urn:x","title":"t","status":422,"detail":"no"}"#;
        let mut whole = vec![0x82, 0x18, 200, 0x42, 7, 8, 0x82, 0x18, 202, 0xf6];
        whole.extend([0x82, 0x19, 0x01, 0xa6, 0x78, u8::try_from(problem.len()).unwrap()]);
        whole.extend(problem.bytes());
        let answers = read_answers(&whole).unwrap();
        assert!(matches!(&answers[0], Ok(Submitted::Final(receipt)) if receipt == &[7, 8]));
        assert!(matches!(&answers[1], Ok(Submitted::Waiting)));
        assert!(matches!(&answers[2], Err(ClientFault::Problem(p)) if p.status == 422));
        assert!(read_answers(&whole[..whole.len() - 1]).is_none(), "cut off");
        assert!(read_answers(&[0x83, 0x18, 202, 0xf6, 0]).is_none(), "another shape");
        assert!(read_answers(&[]).unwrap().is_empty());
    }
}
