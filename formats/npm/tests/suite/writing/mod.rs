//! What clients write, and how they are answered.

mod bodies;
mod conformance;
mod hostile;
mod managing;
mod people;
mod provenance;
mod publishing;
mod words;

use cellier_format_npm::Npm;
use cellier_sdk::testkit::{FakeArtefact, FakeRegistry, FakeVersion};
use cellier_sdk::{Caller, Change, Failure, Format as _, Method, Request, Response, Translation};

/// A registry with a package of three versions, the oldest of which is deprecated.
pub(crate) fn registry() -> FakeRegistry {
    let version = |text: &str| {
        let file = format!("widget-{text}.tgz");
        FakeVersion::new(text).file(&file, "application/gzip", text)
    };
    let widget = FakeArtefact::new("widget")
        .version(version("1.0.0").deprecated("use 2"))
        .version(version("1.1.0"))
        .version(version("2.0.0"))
        .tag("latest", "2.0.0")
        .owner("ada");
    FakeRegistry::new()
        .with_caller(Caller::signed_in("ada"))
        .with_pages_of(2)
        .with_artefact(widget)
}

/// The revision that the package in [`registry`] has.
pub(crate) fn revision() -> u64 {
    use cellier_sdk::Registry as _;
    registry().artefact("widget").unwrap().unwrap().revision
}

pub(crate) fn request(method: Method, path: &str) -> Request {
    let mut request = Request::new(method, path.split('/').map(|part| part.replace("%2f", "/")));
    request.base_url = "https://registry.example.com/npm".to_owned();
    request
}

pub(crate) fn translate(method: Method, path: &str, body: &str) -> Result<Translation, Failure> {
    let body = body.as_bytes().to_vec();
    Npm.translate(&request(method, path), &body, &registry())
}

/// The changes that a write asks for.
pub(crate) fn changes(method: Method, path: &str, body: &str) -> Vec<Change> {
    match translate(method, path, body) {
        Ok(Translation::Changes(changes)) => changes,
        other => panic!("{method:?} {path}: {other:?}"),
    }
}

/// The answer to a write that changes nothing.
pub(crate) fn answer(method: Method, path: &str, body: &str) -> Response {
    match translate(method, path, body) {
        Ok(Translation::Answer(response)) => *response,
        other => panic!("{method:?} {path}: {other:?}"),
    }
}

/// The codes for which a write is refused.
pub(crate) fn refusal(method: Method, path: &str, body: &str) -> Vec<String> {
    match translate(method, path, body) {
        Err(Failure::Invalid(findings)) => findings.into_iter().map(|one| one.code).collect(),
        Err(Failure::BadRequest(sentence)) => vec![sentence],
        other => panic!("{method:?} {path}: {other:?}"),
    }
}
