//! The pages themselves.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use cellier_model::Period;
use cellier_model::web_login::PendingWebLogin;

use crate::http::page::{escape, page};

/// The form, and what whoever fills it in should know.
pub(super) struct Form<'a> {
    /// The secret of the page.
    pub(super) request: &'a str,
    /// What a program has begun.
    pub(super) pending: &'a PendingWebLogin,
    /// From which address the page is looked at.
    pub(super) looked_at_from: Option<IpAddr>,
    /// How long the token holds that the program gets.
    pub(super) lifetime: Duration,
    /// The name that was typed before.
    pub(super) name: &'a str,
}

impl Form<'_> {
    /// Shows it; `problem` tells why it is shown again.
    pub(super) fn show(&self, status: StatusCode, problem: Option<&str>) -> Response {
        let mut body = String::from("<h1>Sign in for a program</h1>");
        let _ = write!(
            body,
            "<p>A program asks to act as you: <strong>{}</strong></p>\
             <p>It was started {} at {}.</p>",
            escape(&self.pending.label),
            self.pending
                .address
                .map_or_else(|| "here".to_owned(), |address| format!("from {address}")),
            self.pending.begun_at,
        );
        if self.pending.address != self.looked_at_from {
            body.push_str(
                "<p role=alert>That is not the address that you come from. If you have not started it yourself, close this \
                 page.</p>",
            );
        }
        let _ = write!(
            body,
            "<p>It gets a token that may do whatever you may, from anywhere, for {}. The token stands among your keys; revoke \
             it there, or by signing out with the program.</p>",
            Period(self.lifetime),
        );
        if let Some(problem) = problem {
            let _ = write!(body, "<p role=alert>{}</p>", escape(problem));
        }
        let _ = write!(
            body,
            "<form method=post action=\"/login\">\
             <input type=hidden name=request value=\"{}\">\
             <label>Name <input name=name value=\"{}\" required maxlength=64 autocomplete=username></label>\
             <label>Password <input name=password type=password required autocomplete=current-password></label>\
             <button>Sign in, and let the program act as me</button></form>",
            escape(self.request),
            escape(self.name),
        );
        page(status, &body)
    }
}

/// What is told to somebody whose link does not work, or does not work any more.
pub(super) fn over() -> Response {
    page(
        StatusCode::NOT_FOUND,
        "<h1>Nothing to sign in for</h1><p>The link is not right, has expired, or was used. Start again with the program that \
         gave it.</p>",
    )
}

/// What is told to somebody who has signed in.
pub(super) fn done(name: &str, label: &str) -> Response {
    let body = format!(
        "<h1>Signed in</h1><p>The program ({}) now acts as {}. Go back to it; this page can be closed.</p>",
        escape(label),
        escape(name),
    );
    page(StatusCode::OK, &body)
}
