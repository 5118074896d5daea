//! What is answered where there is no answer: a status, and the same small JSON whoever refuses.

use cellier_sdk::{Failure, Hold, Outcome, Request, Response};
use serde_json::json;

use crate::stop::Stop;

/// A refusal: a code for programs, and a sentence for people.
pub(super) fn refuse(status: u16, code: &str, detail: &str) -> Response {
    Response::json(status, &json!({ "error": code, "detail": detail }))
}

/// The same about something that is not in this version, which may be remembered.
pub(super) fn absent(code: &str, detail: &str) -> Response {
    refuse(404, code, detail).hold(Hold::UntilArtefactChanges)
}

/// What becomes of a file that cannot be read: the host's trouble, or a file that should not have been published.
pub(super) fn unreadable(stop: Stop) -> Result<Response, Failure> {
    match stop {
        Stop::Unreadable(error) => Err(error.into()),
        Stop::Refused(finding) | Stop::NotATileset(finding) => {
            let detail = format!("{}: {}", finding.code, finding.message);
            Ok(refuse(500, "unreadable_tileset", &detail))
        }
    }
}

/// Words an outcome of the host.
pub(crate) fn respond(request: &Request, outcome: &Outcome) -> Response {
    match outcome {
        Outcome::Performed(_) => Response::new(200),
        Outcome::Refused(refusal) => {
            let detail = match (refusal.code.as_str(), request.segments().as_slice()) {
                ("not_found", segments) => not_found(segments),
                _ => refusal.detail.clone(),
            };
            refuse(refusal.status, &refusal.code, &detail)
        }
    }
}

/// The sentence for a path where nothing is, with what may have been meant.
fn not_found(segments: &[&str]) -> String {
    match segments {
        [name] if name.rsplit_once('.').is_some_and(|(_, end)| end == "json") => {
            "there is no such tileset; the TileJSON of one is at its name, without .json".to_owned()
        }
        [_] | [_, "style.json" | "stats" | "archive"] | [_, _, _, _] => {
            "there is no such tileset, version or tile, or you may not see it".to_owned()
        }
        _ => "there is nothing at this path; a tileset has /NAME, /NAME/Z/X/Y, /NAME/style.json, /NAME/stats and /NAME/archive"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use cellier_sdk::{Body, Method, Refusal};

    use super::*;

    fn worded(path: &[&str], status: u16, code: &str) -> (u16, String) {
        let request = Request::new(Method::Get, path.iter().copied());
        let refusal = Refusal {
            status,
            code: code.to_owned(),
            detail: "the host's own words".to_owned(),
            version: None,
            findings: Vec::new(),
        };
        let response = respond(&request, &Outcome::Refused(refusal));
        let Body::Bytes(bytes) = response.body else {
            panic!("no body: {response:?}");
        };
        (response.status, String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn the_hosts_refusals_look_like_ours() {
        let (status, body) = worded(&["a"], 401, "key_missing");
        assert_eq!(status, 401);
        assert_eq!(
            body,
            r#"{"error":"key_missing","detail":"the host's own words"}"#
        );
    }

    #[test]
    fn who_finds_nothing_is_told_what_there_could_be() {
        for (path, words) in [
            (["a.json"].as_slice(), "without .json"),
            (&["a", "stats"], "no such tileset"),
            (&["a", "1", "2", "3@2x.png"], "no such tileset"),
            (&["a", "tiles.json"], "/NAME/style.json"),
        ] {
            let (status, body) = worded(path, 404, "not_found");
            assert!(status == 404 && body.contains(words), "{path:?}: {body}");
        }
    }
}
