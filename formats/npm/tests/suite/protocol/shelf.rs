//! A registry in memory, with packages that were inspected like any upload.

use cellier_format_npm::Npm;
use cellier_sdk::testkit::{FakeArtefact, FakeRegistry, FakeVersion};
use cellier_sdk::{Body, DigestAlgorithm, Failure, Format as _, Method, Request, Response};
use serde_json::{Value, json};

use crate::support::{Archive, inspect};

/// Where the registry is, as its clients know it.
pub(crate) const BASE: &str = "https://registry.example.com/npm";

/// By which most clients ask for a packument, but for npm when it installs.
pub(crate) const ABBREVIATED: &str =
    "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*";

/// A manifest with some of everything.
pub(crate) fn manifest(name: &str, version: &str) -> Value {
    json!({
        "name": name, "version": version, "license": "MIT", "description": "A tool.",
        "keywords": ["geo", "Tile"], "author": "Ada <ada@example.com> (https://example.com)",
        "homepage": "https://example.com/tool",
        "repository": { "type": "git", "url": "git+https://example.com/tool.git" },
        "bin": "cli.js", "engines": { "node": ">=20" }, "os": ["linux"], "funding": "https://example.com/fund",
        "scripts": { "test": "true" }, "dependencies": { "ms": "^2.1.3" },
        "peerDependenciesMeta": { "x": { "optional": true } },
    })
}

/// A tarball of a manifest.
pub(crate) fn tarball(manifest: &Value) -> Vec<u8> {
    let manifest = serde_json::to_vec(manifest).unwrap();
    Archive::new()
        .file("package/package.json", &manifest)
        .file("package/README.md", b"# A tool")
        .tgz()
}

/// A version of a package, as a host keeps it that has published its tarball.
pub(crate) fn published(manifest: &Value) -> FakeVersion {
    let bytes = tarball(manifest);
    let inspection = inspect(&bytes).unwrap();
    let version = FakeVersion::new(inspection.version.as_deref().unwrap()).file(
        inspection.file_name.as_deref().unwrap(),
        inspection.media_type.as_deref().unwrap(),
        &bytes,
    );
    let metadata = inspection.metadata.into_iter();
    metadata.fold(version, |version, (key, value)| {
        version.metadata(&key, value)
    })
}

/// A registry that signs.
pub(crate) fn registry() -> FakeRegistry {
    FakeRegistry::new()
        .with_digest(DigestAlgorithm::Sha1)
        .with_digest(DigestAlgorithm::Sha512)
        .that_signs()
}

/// A registry with `@acme/tool` 1.0.0 and 1.1.0.
pub(crate) fn with_tool() -> FakeRegistry {
    registry().with_artefact(
        FakeArtefact::new("@acme/tool")
            .owner("ada")
            .version(published(&manifest("@acme/tool", "1.0.0")).published_by("ada"))
            .version(published(&manifest("@acme/tool", "1.1.0")))
            .tag("stable", "1.0.0"),
    )
}

/// A read of a path; what is between slashes is one segment, decoded.
pub(crate) fn get(path: &str) -> Request {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let segments = path.split('/').map(|segment| segment.replace("%2f", "/"));
    let mut request = Request::new(Method::Get, segments);
    request.base_url = BASE.to_owned();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap();
        let pair = (key.to_owned(), value.replace('+', " "));
        request.query.push(pair);
    }
    request
}

/// The same with a header.
pub(crate) fn get_with(path: &str, header: &str, value: &str) -> Request {
    let mut request = get(path);
    request.headers.push((header.to_owned(), value.to_owned()));
    request
}

/// The answer to a read.
pub(crate) fn answer(registry: &FakeRegistry, request: &Request) -> Response {
    Npm.serve(request, registry).unwrap()
}

/// The JSON of a read that succeeds.
pub(crate) fn read(registry: &FakeRegistry, path: &str) -> Value {
    let answer = answer(registry, &get(path));
    assert_eq!(answer.status, 200, "{path}");
    json_of(&answer)
}

/// The JSON of an answer.
pub(crate) fn json_of(answer: &Response) -> Value {
    let Body::Bytes(bytes) = &answer.body else {
        panic!("an answer without bytes: {answer:?}");
    };
    serde_json::from_slice(bytes).unwrap()
}

/// What keeps a read from being answered.
pub(crate) fn failure(registry: &FakeRegistry, path: &str) -> Failure {
    Npm.serve(&get(path), registry).unwrap_err()
}

/// The value of an answer's header.
pub(crate) fn header<'a>(answer: &'a Response, name: &str) -> Option<&'a str> {
    let mut headers = answer.headers.iter();
    let (_, value) = headers.find(|(key, _)| key == name)?;
    Some(value)
}
