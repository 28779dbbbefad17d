//! The description of this interface for other people's tools.

use axum::Json;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, Ref, RefOr, Response,
        path::Operation,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{
    Problem, batches, boards, bulk, certificates, changes, entries, events, imports, oversight,
    receipts, standing, status, subjects,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Countersign node",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
        description = "Entries in, receipts and everything that can be known out. Errors are \
            RFC 9457 problems that carry the refusal's number, in English and Chinese. On a node \
            that others than its operator reach, whoever shows no token may verify certificates and \
            little else; a party sees what concerns it, and what does not is answered as what is \
            not there (404). Customs sees everything."
    ),
    modifiers(&Token, &Problems),
    security(("token" = []), ()),
    paths(
        entries::submit,
        bulk::submit,
        entries::check,
        entries::show,
        receipts::receipt,
        imports::read,
        subjects::list,
        subjects::show,
        subjects::history,
        subjects::evidence,
        subjects::next_move,
        boards::boxes,
        boards::search,
        oversight::exposure,
        oversight::line,
        oversight::account,
        oversight::note,
        certificates::certificate,
        certificates::paper,
        certificates::ask,
        certificates::answer,
        subjects::parties,
        subjects::alerts,
        batches::list,
        batches::show,
        changes::list,
        events::stream,
        standing::status,
        status::genesis,
        standing::metrics,
        status::livez,
        standing::readyz,
        document
    ),
    components(schemas(Problem))
)]
struct Document;

/// This description.
#[utoipa::path(get, path = "/openapi.json", security(()),
    responses((status = 200, description = "OpenAPI", body = Object)))]
pub(super) async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}

/// The form of the public page: one of the two.
#[derive(utoipa::ToSchema)]
#[expect(dead_code, reason = "the form is read field by field, as it arrives; this describes it")]
pub(super) struct VerifyForm {
    /// The PDF that was printed.
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<Vec<u8>>,
    /// A certificate's number, the SHA-256 of its PDF, or the text of the code on the page.
    q: Option<String>,
}

/// How a caller says who it is.
struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let description = "A CWT (RFC 8392) as hexadecimal digits, signed with an entry key of the \
                           party: `countersign token new`. Not asked for on a node that its operator \
                           alone reaches.";
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("CWT")
            .description(Some(description));
        if let Some(components) = document.components.as_mut() {
            components.add_security_scheme("token", SecurityScheme::Http(bearer.build()));
        }
    }
}

/// Every no is a problem document, whichever of the many it is: those with a meaning of their own
/// are listed where they belong, all others are the default.
struct Problems;

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
const SCHEMA: &str = "#/components/schemas/Problem";

impl Modify for Problems {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        for path in document.paths.paths.values_mut() {
            path.get.iter_mut().chain(&mut path.post).for_each(complete);
        }
    }
}

fn complete(operation: &mut Operation) {
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        if response.description.is_empty() {
            response.description = meaning(status).into();
        }
        let is_problem = response.content.get(JSON).is_some_and(|content| match content {
            RefOr::T(content) => content.schema.as_ref().is_some_and(|s| match s {
                RefOr::Ref(schema) => schema.ref_location == SCHEMA,
                RefOr::T(_) => false,
            }),
            RefOr::Ref(_) => false,
        });
        if is_problem && let Some(content) = response.content.swap_remove(JSON) {
            response.content.insert(PROBLEM.into(), content);
        }
    }
    let mut other = Response::new(
        "any other no: who asks is not known (401) or may not (403), \
        too much or too often (408, 413, 429, 503), a query that cannot be read (400), a fault of \
        the node (500)",
    );
    other.content.insert(PROBLEM.into(), RefOr::T(Content::new(Some(Ref::new(SCHEMA)))));
    operation.responses.responses.insert("default".into(), RefOr::T(other));
}

fn meaning(status: &str) -> &'static str {
    match status {
        "200" => "what was asked for",
        "400" => "it cannot be read",
        "404" => "there is no such thing, or it does not concern who asks",
        "413" => "too large",
        "415" => "another content type than is taken",
        "429" => "the party's share is used up; try again in a moment",
        "503" => "too much at once; try again in a moment",
        _ => "see the problem",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_described() {
        let routed = include_str!("mod.rs").split(".route(\"").skip(1);
        let routed: BTreeSet<_> = routed.filter_map(|r| r.split('"').next()).collect();
        assert!(routed.len() > 20, "{routed:?}");
        let document = Document::openapi();
        let described: BTreeSet<_> = document.paths.paths.keys().map(String::as_str).collect();
        assert_eq!(described, routed);
    }

    #[test]
    fn every_operation_says_what_its_answers_are() {
        let document = serde_json::to_value(Document::openapi()).unwrap();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let responses = operation["responses"].as_object().unwrap();
                assert!(responses.contains_key("default"), "{method} {path}");
                for (status, response) in responses {
                    let said = response["description"].as_str();
                    assert!(said.is_some_and(|d| !d.is_empty()), "{method} {path} {status}");
                    let content = response["content"].as_object().unwrap();
                    assert!(!content.is_empty(), "{method} {path} {status}");
                    let problem = content.contains_key(PROBLEM);
                    // `/readyz` says no with its reasons, all others with a problem.
                    let no = !status.starts_with('2') && path != "/readyz" || status == "default";
                    assert_eq!(problem, no, "{method} {path} {status}");
                }
            }
        }
        assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
    }
}
