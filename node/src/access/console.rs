//! The web console: files that `npm run build` made in `client/console`, embedded in the program.
//! They hold no secret and are the public's; what they show they ask for as everybody else does.
//!
//! A program that was built without them serves a page that says how to build them.

use std::{borrow::Cow, sync::Arc};

use axum::{
    Router,
    extract::Path,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::get,
};
use maud::{DOCTYPE, html};
use rust_embed::RustEmbed;

use super::{Problem, Shared};

#[derive(RustEmbed)]
#[folder = "../client/console/dist/"]
#[allow_missing = true]
struct Built;

/// Where the console is.
const HOME: &str = "/console/";
const START_PAGE: &str = "index.html";

/// The console alone runs a script, its own, and speaks to the node that served it. Its components
/// write their styles themselves.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' \
                              'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; \
                              connect-src 'self'; base-uri 'none'; form-action 'none'; \
                              frame-ancestors 'none'";
/// The name of an asset changes with its content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_AGAIN: &str = "no-cache";

/// Whether a path is one of the console's files.
pub(super) fn is_file(path: &str) -> bool {
    path.starts_with(HOME)
}

/// The routes of the console.
pub(super) fn routes() -> Router<Arc<Shared>> {
    let home = || async { Redirect::temporary(HOME) };
    Router::new()
        .route("/", get(home))
        .route("/console", get(home))
        .route(HOME, get(async |headers: HeaderMap| answer(START_PAGE, &headers)))
        .route(
            "/console/{*path}",
            get(async |Path(path): Path<String>, headers: HeaderMap| answer(&path, &headers)),
        )
}

fn answer(path: &str, headers: &HeaderMap) -> Response {
    serve::<Built>(path, takes_gzip(headers))
}

/// A file; the start page for every other name, for the page itself knows what is behind it.
fn serve<F: RustEmbed>(path: &str, gzip: bool) -> Response {
    let is_asset = path.starts_with("assets/");
    match find::<F>(path, gzip).or_else(|| find::<F>(START_PAGE, gzip).filter(|_| !is_asset)) {
        Some(found) => found,
        None if is_asset => Problem::not_found(format!("no file {HOME}{path}")).into_response(),
        None => not_built(),
    }
}

/// A file as it lies there, or as it was packed beside it when it was built.
fn find<F: RustEmbed>(path: &str, gzip: bool) -> Option<Response> {
    let plain = F::get(path)?;
    let packed = gzip.then(|| F::get(&format!("{path}.gz"))).flatten();
    let keep = if path.starts_with("assets/") { FOR_EVER } else { ASK_AGAIN };
    let mut headers = vec![
        (header::CONTENT_TYPE, media_type(path)),
        (header::CACHE_CONTROL, keep),
        (header::VARY, "accept-encoding"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    ];
    let body = match packed {
        Some(packed) => {
            headers.push((header::CONTENT_ENCODING, "gzip"));
            packed.data
        }
        None => plain.data,
    };
    Some(with(headers, body))
}

fn with(headers: Vec<(HeaderName, &'static str)>, body: Cow<'static, [u8]>) -> Response {
    let mut response = body.into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    let takes = |part: &str| {
        let mut words = part.split(';').map(str::trim);
        let weight = |word: &str| word.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok());
        words.next() == Some("gzip") && !words.filter_map(weight).any(|q| q <= 0.0)
    };
    said.is_some_and(|said| said.split(',').any(takes))
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "geojson") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

fn not_built() -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "Countersign 会签" } }
            body {
                h1 { "This node was built without its console 本节点未包含网页控制台" }
                p { "Build it, then build the node again: 请先构建控制台，再重新构建节点:" }
                pre { "cd client/console && npm ci && npm run build" }
                p { a href="/verify" { "Check a certificate 证书核验" } " · "
                    a href="/openapi.json" { "The HTTP interface 接口说明" } }
            }
        }
    };
    Html(page.into_string()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use rust_embed::{EmbeddedFile, Filenames, Metadata};

    use super::*;

    struct Two;
    struct Nothing;

    impl RustEmbed for Two {
        fn get(path: &str) -> Option<EmbeddedFile> {
            let data: &'static [u8] = match path {
                "index.html" => b"<!doctype html>",
                "assets/a-1.js" => b"plain",
                "assets/a-1.js.gz" => b"packed",
                _ => return None,
            };
            let metadata = Metadata::__rust_embed_new([0; 32], None, None);
            Some(EmbeddedFile { data: data.into(), metadata })
        }

        #[expect(refining_impl_trait, reason = "the trait's own derive does so too")]
        fn iter() -> Filenames {
            Filenames::Embedded([].iter())
        }
    }

    impl RustEmbed for Nothing {
        fn get(_: &str) -> Option<EmbeddedFile> {
            None
        }

        #[expect(refining_impl_trait, reason = "the trait's own derive does so too")]
        fn iter() -> Filenames {
            Filenames::Embedded([].iter())
        }
    }

    fn header_of(response: &Response, name: HeaderName) -> &str {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn an_asset_is_kept_for_ever_and_a_page_is_asked_for_again() {
        let asset = serve::<Two>("assets/a-1.js", true);
        assert_eq!(header_of(&asset, header::CACHE_CONTROL), FOR_EVER);
        assert_eq!(header_of(&asset, header::CONTENT_ENCODING), "gzip");
        assert!(header_of(&asset, header::CONTENT_TYPE).starts_with("text/javascript"));
        let plain = serve::<Two>("assets/a-1.js", false);
        assert_eq!(header_of(&plain, header::CONTENT_ENCODING), "");
        let page = serve::<Two>("customs/bill/SDSK26110001", true);
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(header_of(&page, header::CACHE_CONTROL), ASK_AGAIN);
        assert!(header_of(&page, header::CONTENT_SECURITY_POLICY).contains("script-src 'self'"));
    }

    #[test]
    fn a_missing_asset_is_no_page() {
        assert_eq!(serve::<Two>("assets/gone.js", true).status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn without_a_console_the_page_says_how_to_build_it() {
        let page = serve::<Nothing>("", false);
        assert_eq!(page.status(), StatusCode::OK);
        assert_eq!(header_of(&page, header::CONTENT_ENCODING), "");
        assert!(header_of(&page, header::CONTENT_TYPE).starts_with("text/html"));
    }

    #[test]
    fn gzip_is_sent_to_whoever_takes_it() {
        let mut headers = HeaderMap::new();
        assert!(!takes_gzip(&headers));
        headers.insert(header::ACCEPT_ENCODING, "br, gzip;q=0.8".parse().unwrap());
        assert!(takes_gzip(&headers));
        headers.insert(header::ACCEPT_ENCODING, "gzip;q=0, br".parse().unwrap());
        assert!(!takes_gzip(&headers));
    }
}
