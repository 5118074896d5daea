//! The pages themselves.

use std::fmt::Write as _;

use axum::http::StatusCode;
use axum::response::Response;

use crate::http::page::{escape, page};

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
