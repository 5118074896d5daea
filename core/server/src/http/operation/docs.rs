//! `GET /api/v1/openapi.json` and `GET /api/docs`

use std::fmt::Write as _;
use std::sync::OnceLock;

use axum::http::header;
use axum::response::{Html, IntoResponse};
use serde_json::Value;
use utoipa::OpenApi as _;

use crate::http::openapi::ApiDoc;

/// The OpenAPI document, made once.
fn document() -> &'static (String, String) {
    static DOCUMENT: OnceLock<(String, String)> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let document = serde_json::to_value(ApiDoc::openapi()).unwrap_or_default();
        (document.to_string(), page(&document))
    })
}

/// The OpenAPI document of this API.
pub(crate) async fn openapi() -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        document().0.as_str(),
    )
}

/// The same for people: a page without scripts, made from the document itself.
pub(crate) async fn docs() -> impl IntoResponse {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    (
        [(header::CONTENT_SECURITY_POLICY, policy)],
        Html(document().1.as_str()),
    )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
h2{border-top:1px solid #bbb;padding-top:1rem}code{background:#eee;padding:0 .25em}\
summary{cursor:pointer;padding:.25rem 0}table{border-collapse:collapse}td{padding:.1rem .75rem .1rem 0;vertical-align:top}";

fn page(document: &Value) -> String {
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Cellier API</title><style>{STYLE}</style><h1>Cellier API</h1><p>{}</p>\
         <p>The same as <a href=\"/api/v1/openapi.json\">OpenAPI document</a>.</p>",
        escape(text(&document["info"]["description"])),
    );
    let mut tag = "";
    for (path, method, operation) in operations(document) {
        let its_tag = text(&operation["tags"][0]);
        if its_tag != tag {
            let _ = write!(page, "<h2>{}</h2>", escape(its_tag));
            tag = its_tag;
        }
        describe(&mut page, path, method, operation);
    }
    page
}

/// All operations, those of one tag together.
fn operations(document: &Value) -> Vec<(&str, &str, &Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            all.push((path.as_str(), method.as_str(), operation));
        }
    }
    all.sort_by_key(|(path, _, operation)| (text(&operation["tags"][0]), *path));
    all
}

fn describe(page: &mut String, path: &str, method: &str, operation: &Value) {
    let summary = escape(text(&operation["summary"]));
    let method = method.to_uppercase();
    let _ = write!(
        page,
        "<details><summary><code>{method} {}</code> {summary}</summary>",
        escape(path)
    );
    let _ = write!(
        page,
        "<p>{}</p><table>",
        escape(text(&operation["description"]))
    );
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let name = escape(text(&parameter["name"]));
        let place = escape(text(&parameter["in"]));
        let _ = write!(
            page,
            "<tr><td><code>{name}</code><td>{place}<td>{}",
            escape(text(&parameter["description"]))
        );
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let _ = write!(
            page,
            "<tr><td>{}<td>answer<td>{}",
            escape(status),
            escape(text(&response["description"]))
        );
    }
    page.push_str("</table></details>");
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
