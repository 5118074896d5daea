//! What is answered where there is no answer: a status, and the sentence that npm's clients print.

use cellier_sdk::Response;
use serde_json::json;

use super::route::Foreign;

/// A refusal in the form that every client of npm's understands.
pub(crate) fn error(status: u16, sentence: &str) -> Response {
    Response::json(status, &json!({ "error": sentence }))
}

/// About what npm has and a registry like this one has not. 404 is what clients go on after, where they can.
pub(crate) fn foreign(what: Foreign) -> Response {
    let sentence = match what {
        Foreign::Teams => {
            "this registry has no organizations and teams of npm's: its operator grants rights to accounts"
        }
        Foreign::Staging => {
            "this registry does not stage what is published: publish under another tag than latest instead"
        }
        Foreign::TrustedPublishing => {
            "this registry does not exchange the identity of a CI job: publish with a token or an upload key"
        }
        Foreign::Hooks => "this registry calls no other servers when a package changes",
    };
    error(404, sentence)
}
