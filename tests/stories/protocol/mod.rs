//! A format speaks a protocol of its own: the server routes, decides and performs, the format words.

mod access;
mod containment;
mod owners;
mod reading;
mod refusals;
mod round_trip;
mod searching;
mod signatures;
mod signing_in;
mod together;
mod web_login;

use cellier_tests::{Actor, Answer, Setup, TestServer};
use reqwest::Method;

/// A file of the format.
pub(super) const SPRING: &str = "echo spring 2026\nblossom\n";

/// Publishes a file through the protocol.
pub(super) async fn put(actor: &Actor, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    send(actor, Method::PUT, path, body).await
}

/// Posts text to the protocol.
pub(super) async fn post(actor: &Actor, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    send(actor, Method::POST, path, body).await
}

pub(super) async fn send(
    actor: &Actor,
    method: Method,
    path: &str,
    body: impl Into<Vec<u8>>,
) -> Answer {
    let request = actor.request(method, &format!("/echo/{path}"));
    request.bytes(body.into()).send().await
}

pub(super) async fn get(actor: &Actor, path: &str) -> Answer {
    actor.get(&format!("/echo/{path}")).await
}

/// Expects a refusal in the words of the protocol.
#[track_caller]
pub(super) fn assert_refused(answer: &Answer, status: u16, code: &str) {
    answer.assert_status(status);
    assert_eq!(answer.header("content-type"), "text/plain; charset=utf-8");
    let text = answer.text();
    assert!(text.starts_with(&format!("error {code}: ")), "{text}");
}

/// A server whose format lets uploads and requests provoke it.
pub(super) async fn provoked() -> TestServer {
    Setup::new().set("formats.echo.hooks", "true").start().await
}
