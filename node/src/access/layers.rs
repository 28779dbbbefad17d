//! What stands around every route: bounds on what is under way, who asks, and the headers that tell
//! a browser what it may not do.

use std::sync::Arc;

use axum::{
    BoxError, Router,
    error_handling::HandleErrorLayer,
    http::{HeaderValue, StatusCode, header},
    middleware::from_fn_with_state,
    response::{IntoResponse as _, Response},
};
use tower::{ServiceBuilder, limit::GlobalConcurrencyLimitLayer, timeout};
use tower_http::set_header::SetResponseHeaderLayer;

use super::{Problem, Shared, caller, door::Door};
use crate::limits::{REQUEST_MAX, REQUESTS_MAX};

/// No page of this interface loads anything from elsewhere or runs a script: some show strangers'
/// texts.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                              base-uri 'none'; frame-ancestors 'none'";
/// A year in which a browser does not speak to this name without TLS.
const TRANSPORT: &str = "max-age=31536000";

/// The routes with everything around them. Those about the node's health are answered however much
/// is under way.
pub(super) fn around(
    busy: Router<Arc<Shared>>,
    health: Router<Arc<Shared>>,
    shared: &Arc<Shared>,
    door: &Arc<Door>,
) -> Router<Arc<Shared>> {
    let state = (shared.clone(), door.clone());
    let identify = || from_fn_with_state(state.clone(), caller::identify);
    let bounds = ServiceBuilder::new()
        .layer(HandleErrorLayer::new(too_much))
        .load_shed()
        .layer(GlobalConcurrencyLimitLayer::new(REQUESTS_MAX))
        .timeout(REQUEST_MAX);
    let all = busy.layer(identify()).layer(bounds).merge(health.layer(identify()));
    let set = |name, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    // What is set where a route has not said otherwise. Answers depend on who asks, so nobody keeps
    // them.
    let all = all
        .layer(set(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(set(header::REFERRER_POLICY, "no-referrer"))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::CACHE_CONTROL, "no-store"));
    match door.is_tls() {
        true => all.layer(set(header::STRICT_TRANSPORT_SECURITY, TRANSPORT)),
        false => all,
    }
}

/// A request that found no place, or whose time was over.
async fn too_much(e: BoxError) -> Response {
    let problem = if e.is::<timeout::error::Elapsed>() {
        let title = ("the request took too long", "请求超时");
        let detail = format!("it was not read and answered within {} s", REQUEST_MAX.as_secs());
        Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", title, detail)
    } else {
        let detail = "as many requests are under way as this node answers at a time";
        Problem::busy(StatusCode::SERVICE_UNAVAILABLE, detail)
    };
    problem.into_response()
}
