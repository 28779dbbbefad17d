//! What is said of the node itself, by who asks: to the public that it is up and how high, to its
//! own people and to customs what it measures.

use axum::{
    Json,
    extract::State,
    http::{Method, StatusCode, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    App, Problem,
    caller::{Caller, Member},
    status,
};

/// What the public is told of a node: enough to see that it is this network's and goes on.
const PUBLIC: [&str; 5] = ["network", "version", "height", "time", "clock_ahead_ms"];

/// Where the node stands. The public is told the network, the version, the height and its time.
#[utoipa::path(get, path = "/v1/status", tag = "node", security((), ("token" = [])),
    responses((status = 200, description = "where it stands", body = Object)))]
pub(super) async fn status(State(node): App, caller: Caller) -> Json<Value> {
    let Json(mut all) = status::status(State(node)).await;
    if let (Caller::Public, Some(fields)) = (caller, all.as_object_mut()) {
        fields.retain(|name, _| PUBLIC.contains(&name.as_str()));
    }
    Json(all)
}

/// Whether entries can become final here now. The public is not told why not.
#[utoipa::path(get, path = "/readyz", tag = "node", security((), ("token" = [])),
    responses((status = 200, description = "they can", body = Object),
        (status = 503, description = "the reasons why not", body = Object)))]
pub(super) async fn readyz(State(node): App, caller: Caller) -> Response {
    let response = status::readyz(State(node)).await;
    match caller {
        Caller::Operator | Caller::Party(_) => response,
        Caller::Public => {
            let status = response.status();
            (status, Json(json!({ "ready": status == StatusCode::OK }))).into_response()
        }
    }
}

/// Counters as Prometheus text: for the party whose node it is, and for customs.
#[utoipa::path(get, path = "/metrics", tag = "node",
    responses((status = 200, description = "counters", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(State(node): App, member: Member) -> Result<Response, Problem> {
    if !member.is_or_sees_all(&node.party) {
        let detail = format!("what this node measures is shown to {} and to customs", node.party);
        return Err(Problem::forbidden(detail));
    }
    Ok(status::metrics(State(node)).await)
}

/// A path that is there, asked for in another way.
pub(super) async fn no_such_method(method: Method, uri: Uri) -> Problem {
    let title = ("this cannot be done here", "此路径不支持该方法");
    let detail =
        format!("{} does not take {method}; /openapi.json lists what it takes", uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", title, detail)
}
