//! What attackers try, and that none of it succeeds: the list of `docs/security.md`, attempt by attempt.
//!
//! # To add an attempt
//!
//! 1. A row of a test below, or a test of its own, with an [`attempt`] whose sentence says what the attacker does.
//! 2. The same sentence on the page. [`page`] compares the two.

mod enumeration;
mod headers;
mod page;
mod paths;
mod scopes;
mod sessions;

use cellier_tests::{Actor, Answer, Upload};
use reqwest::Method;
use serde_json::Value;

/// Something that an attacker does, named by the sentence that stands for it on the page.
#[derive(Clone, Copy, Debug)]
struct Attempt(&'static str);

const fn attempt(sentence: &'static str) -> Attempt {
    Attempt(sentence)
}

impl Attempt {
    /// Expects that it was refused, as a fault of who asks and never as one of the server.
    #[track_caller]
    fn is_refused(self, answer: &Answer) {
        self.is_refused_with(answer, &[400, 401, 403, 404, 405, 409, 413, 415, 422, 501]);
    }

    /// Expects that it was refused with one of these statuses.
    #[track_caller]
    fn is_refused_with(self, answer: &Answer, statuses: &[u16]) {
        let refused = statuses.contains(&answer.status());
        self.fails(refused, &format!("{}: {}", answer.status(), answer.text()));
    }

    /// Expects what is only so if it has failed.
    #[track_caller]
    fn fails(self, has_failed: bool, evidence: &str) {
        assert!(has_failed, "the attempt succeeds: {}: {evidence}", self.0);
    }
}

/// What an attacker sends along.
#[derive(Clone, Copy, Debug)]
enum Sent {
    Nothing,
    Json(&'static str),
    Text(&'static str),
    File(&'static str),
}

/// Sends a request of a table.
async fn send(who: &Actor, method: &Method, path: &str, sent: Sent) -> Answer {
    let request = who.request(method.clone(), path);
    let request = match sent {
        Sent::Nothing => request,
        Sent::Text(text) => request.bytes(text),
        Sent::File(text) => request.form(&Upload::new("map.bin", text)),
        Sent::Json(text) => {
            let body: Value = serde_json::from_str(text).expect("a body of JSON");
            request.json(&body)
        }
    };
    request.send().await
}
