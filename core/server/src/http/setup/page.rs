//! The pages themselves: plain HTML, without scripts.

use std::fmt::Write as _;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem}\
label{display:block;margin-top:1rem}input{font:inherit;width:100%;box-sizing:border-box;padding:.4rem}\
button{font:inherit;margin-top:1.5rem;padding:.4rem 1.2rem}[role=alert]{border-left:.3rem solid #b00;padding-left:.7rem}";

/// The form for the first superadmin; `problem` tells why it is shown again.
pub(super) fn form(status: StatusCode, token: &str, name: &str, problem: Option<&str>) -> Response {
    let mut body =
        String::from("<h1>Set up Cellier</h1><p>Make the first superadmin of this registry.</p>");
    if let Some(problem) = problem {
        let _ = write!(body, "<p role=alert>{}</p>", escape(problem));
    }
    let _ = write!(
        body,
        "<form method=post action=\"/setup\" autocomplete=off>\
         <input type=hidden name=token value=\"{}\">\
         <label>Name <input name=name value=\"{}\" required maxlength=64 pattern=\"[a-z0-9][a-z0-9._\\-]*\" \
         autocomplete=username></label>\
         <label>Password <input name=password type=password required minlength=12 autocomplete=new-password></label>\
         <label>Password again <input name=again type=password required minlength=12 autocomplete=new-password></label>\
         <button>Make the superadmin</button></form>",
        escape(token),
        escape(name),
    );
    page(status, &body)
}

/// What is told to somebody whose link does not work, or does not work any more.
pub(super) fn over() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "<h1>Nothing to set up</h1><p>The link is not right, has expired, or was used. While there is no superadmin, every \
         start of the server prints a new one.</p>",
    )
}

/// What is told to the first superadmin.
pub(super) fn done(name: &str) -> Response {
    let body = format!(
        "<h1>Welcome</h1><p>{} is the superadmin of this registry, and signed in.</p>\
         <p><a href=\"/api/docs\">The HTTP API</a></p>",
        escape(name),
    );
    page(StatusCode::CREATED, &body)
}

/// A page that nobody may frame, that runs nothing, and whose address, which holds the secret, goes nowhere.
fn page(status: StatusCode, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Cellier</title><style>{STYLE}</style>{body}</html>\n"
    );
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
