//! Refusals and faults as HTTP problems (RFC 9457), in both languages.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign_contracts::refusal::Refusal;
use countersign_record::{encoding::Malformed, statement::EntryId};
use serde::Serialize;

use crate::ledger::NotProvable;

/// When to try again a node whose disk is full: somebody has to make room first.
const DISK_RETRY_AFTER_S: u32 = 30;

/// A problem document.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A name for machines: `urn:countersign:problem:…`.
    #[serde(rename = "type")]
    kind: String,
    /// What kind of problem it is, in English.
    title: &'static str,
    /// The same in Chinese.
    title_zh: &'static str,
    /// The HTTP status.
    status: u16,
    /// What was found, what was expected, who can put it right.
    detail: String,
    /// What more is known about it. Apart, so that an answer that succeeds stays small.
    #[serde(flatten)]
    about: Box<About>,
    #[serde(skip)]
    retry_after_s: Option<u32>,
}

/// What is known about some problems.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
struct About {
    /// The same in Chinese, where the rule has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail_zh: Option<String>,
    /// The refusal, where a rule said no.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    refusal: Option<Refusal>,
    /// The action that was refused, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<u32>,
    /// The entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    entry: Option<EntryId>,
    /// The height at which the refusal was recorded; none where nothing was stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    /// The first byte that is wrong, where bytes were.
    #[serde(skip_serializing_if = "Option::is_none")]
    at_byte: Option<usize>,
}

impl Problem {
    /// A problem of a plain kind.
    pub fn new(
        status: StatusCode,
        kind: &str,
        title: (&'static str, &'static str),
        detail: impl ToString,
    ) -> Self {
        Self {
            kind: format!("urn:countersign:problem:{kind}"),
            title: title.0,
            title_zh: title.1,
            status: status.as_u16(),
            detail: detail.to_string(),
            about: Box::default(),
            retry_after_s: None,
        }
    }

    fn with(self, about: About) -> Self {
        Self { about: Box::new(about), ..self }
    }

    /// Bytes that are not in their one encoding.
    pub fn malformed(e: &Malformed) -> Self {
        let title = ("the request body is malformed", "请求正文格式错误");
        let about = About { at_byte: Some(e.at), ..About::default() };
        Self::new(StatusCode::BAD_REQUEST, "malformed", title, e).with(about)
    }

    /// A rule's no.
    pub fn refused(refusal: Refusal, action: u32, entry: Option<(EntryId, Option<u64>)>) -> Self {
        let kind = format!("rule-{}", refusal.rule as u32);
        let new = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            &kind,
            refusal.rule.text(),
            refusal.english(),
        );
        new.with(About {
            detail_zh: Some(refusal.chinese()),
            action: Some(action),
            entry: entry.map(|(id, _)| id),
            height: entry.and_then(|(_, height)| height),
            refusal: Some(refusal),
            at_byte: None,
        })
    }

    /// Nothing of that name.
    pub fn not_found(what: impl ToString) -> Self {
        let title = ("there is no such thing in the ledger", "账本中没有此内容");
        Self::new(StatusCode::NOT_FOUND, "not-found", title, what)
    }

    /// A route for members, asked for without a token.
    pub fn login_needed() -> Self {
        let detail = "show a token of your party: 'countersign token new --key KEY --genesis FILE' \
                      makes one; it goes into the header 'Authorization: Bearer'";
        let about = About {
            detail_zh: Some(
                "请出示本方令牌：用 countersign token new --key 密钥 --genesis 文件 生成，\
                 置于请求头 Authorization: Bearer 之后"
                    .into(),
            ),
            ..About::default()
        };
        let title = ("who asks is not known", "请求方身份不明");
        Self::new(StatusCode::UNAUTHORIZED, "login", title, detail).with(about)
    }

    /// A token that is not good, or not any more.
    pub fn bad_token(why: impl std::fmt::Display) -> Self {
        let title = ("the token is not good", "令牌无效");
        Self::new(StatusCode::UNAUTHORIZED, "token", title, format!("the token is not good: {why}"))
    }

    /// Known, and not allowed.
    pub fn forbidden(why: impl ToString) -> Self {
        let title = ("this is not for who asks", "请求方无权进行此操作");
        Self::new(StatusCode::FORBIDDEN, "rights", title, why)
    }

    /// A caller that asks faster than it may.
    pub fn too_many(what: impl ToString, retry_after_s: u32) -> Self {
        let title = ("too many requests", "请求过于频繁");
        let retry_after_s = Some(retry_after_s);
        Self { retry_after_s, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate", title, what) }
    }

    /// A query that cannot be understood.
    pub fn bad_query(what: impl ToString) -> Self {
        let title = ("the request cannot be understood", "无法理解该请求");
        Self::new(StatusCode::BAD_REQUEST, "bad-query", title, what)
    }

    /// Too much at once; trying again in a moment may work.
    pub fn busy(status: StatusCode, what: impl ToString) -> Self {
        let title = ("too busy at the moment", "当前繁忙，请稍后重试");
        Self { retry_after_s: Some(1), ..Self::new(status, "busy", title, what) }
    }

    /// Nothing is taken in while the disk is full: why, in English and Chinese.
    pub fn disk_full((english, chinese): (String, String)) -> Self {
        let title = ("this node's disk is full", "本节点磁盘已满");
        let new = Self::new(StatusCode::SERVICE_UNAVAILABLE, "disk-full", title, english);
        let about = About { detail_zh: Some(chinese), ..About::default() };
        Self { retry_after_s: Some(DISK_RETRY_AFTER_S), ..new.with(about) }
    }

    /// The ledger could not answer. The cause is in the log, not in the answer.
    pub fn internal(e: &dyn std::fmt::Display) -> Self {
        tracing::error!("a request failed: {e}");
        let title = ("the node cannot answer", "节点无法应答");
        let detail = "the node's ledger could not be read; its operator finds the cause in the log";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", title, detail)
    }
}

impl From<crate::ledger::LedgerFault> for Problem {
    fn from(e: crate::ledger::LedgerFault) -> Self {
        match e {
            crate::ledger::LedgerFault::Pruned { asked, first } => {
                NotProvable::Pruned { asked, first }.into()
            }
            other => Self::internal(&other),
        }
    }
}

impl From<NotProvable> for Problem {
    fn from(e: NotProvable) -> Self {
        let detail = e.to_string();
        let (status, kind, title, zh) = match e {
            NotProvable::Ledger(e) => return e.into(),
            NotProvable::NotYet { asked, last } => (
                StatusCode::NOT_FOUND,
                "no-such-height",
                ("that height has not been decided yet", "该高度尚未决定"),
                format!("尚无高度 {asked}；最新高度为 {last}"),
            ),
            NotProvable::Founding => (
                StatusCode::NOT_FOUND,
                "no-such-height",
                ("nobody signed the state before the first batch", "首个批次之前的状态无人签名"),
                "首个批次之前的状态由创始文件得出，无人签名；可证明的首个高度为 1".into(),
            ),
            NotProvable::Pruned { asked, first } => (
                StatusCode::GONE,
                "pruned",
                ("that height is not kept on this node", "本节点不保留该高度"),
                format!(
                    "本节点自高度 {first} 起保留批次，高度 {asked} 的内容已清理，或账本由快照恢复；\
                     请向保留全部批次的节点查询"
                ),
            ),
            NotProvable::Forgotten { asked, first, last } => (
                StatusCode::GONE,
                "state-forgotten",
                ("the state of that height cannot be proven any more", "已无法证明该高度的状态"),
                format!(
                    "高度 {asked} 的状态树已不再保留：本节点可证明高度 {first} 至 {last} 的状态。\
                     此前取得的证明仍然有效；此前的经过见该对象的历史，每份报文均有回执"
                ),
            ),
        };
        let about = About { detail_zh: Some(zh), ..About::default() };
        Self::new(status, kind, title, detail).with(about)
    }
}

impl From<countersign_contracts::world::Unreadable> for Problem {
    fn from(e: countersign_contracts::world::Unreadable) -> Self {
        Self::internal(&e)
    }
}

impl Problem {
    /// The HTTP status.
    pub(super) fn status(&self) -> u16 {
        self.status
    }

    /// The document.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry = self.retry_after_s;
        let body = self.to_json();
        let kind = (header::CONTENT_TYPE, "application/problem+json");
        let mut response = (status, [kind], body).into_response();
        if let Some(seconds) = retry {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_height_without_a_proof_is_answered_with_what_can_be_proven() {
        let rows = [
            (NotProvable::NotYet { asked: 9, last: 7 }, 404, "last is 7", "最新高度为 7"),
            (NotProvable::Founding, 404, "can be proven is 1", "首个高度为 1"),
            (NotProvable::Pruned { asked: 4, first: 5 }, 410, "height 5 on", "自高度 5 起"),
            (
                NotProvable::Forgotten { asked: 2, first: 5, last: 9 },
                410,
                "heights 5 to 9",
                "高度 5 至 9",
            ),
        ];
        for (no, status, en, zh) in rows {
            let problem = Problem::from(no);
            assert_eq!(problem.status, status);
            assert!(problem.detail.contains(en), "{}", problem.detail);
            let chinese = problem.about.detail_zh.unwrap();
            assert!(chinese.contains(zh), "{chinese}");
        }
        let fault = crate::ledger::LedgerFault::Storage("x".into());
        let problem = Problem::from(NotProvable::Ledger(fault));
        assert_eq!((problem.status, problem.detail.contains('x')), (500, false));
        let pruned = crate::ledger::LedgerFault::Pruned { asked: 4, first: 5 };
        assert_eq!(Problem::from(NotProvable::Ledger(pruned)).status, 410);
    }
}
