//! Paths, and texts that could become paths, that lead elsewhere than they say.

use cellier_tests::{RawAnswer, TestServer, Upload, raw_request};
use reqwest::Method;

use super::{Attempt, attempt};

/// What no answer to a path of these may hold: a private file, a file of the machine, a list of anything.
const SPOILS: [&str; 3] = ["some words", "root:", "\"results\""];

/// Sends this path as it is written, with the admin key, so that nothing but the path keeps it from its aim.
fn get(server: &TestServer, target: &str) -> RawAnswer {
    let key = server.admin().key().to_owned();
    raw_request(
        server,
        format!(
            "GET {target} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\nx-api-key: {key}\r\n\r\n"
        ),
    )
}

const TARGETS: [(Attempt, &str); 20] = [
    (
        attempt("a path climbs out of the mount of a format into the API"),
        "/echo/../api/v1/api-keys",
    ),
    (
        attempt("an encoded path climbs out of the mount of a format into the API"),
        "/echo/..%2fapi%2fv1%2fapi-keys",
    ),
    (
        attempt("a path climbs out of what anybody may ask into the API"),
        "/healthz/../api/v1/api-keys",
    ),
    (
        attempt("an encoded path climbs out of the metrics into the audit trail"),
        "/metrics/%2e%2e/api/v1/audit",
    ),
    (
        attempt("a path climbs out of the page of the first start into the users"),
        "/setup/../api/v1/users",
    ),
    (
        attempt("a path climbs from one collection into another"),
        "/api/v1/users/../api-keys",
    ),
    (
        attempt("a path parameter behind a dot-dot segment hides it"),
        "/api/v1/artefacts/file/..;/file/notes/download",
    ),
    (
        attempt("a path parameter makes a segment another one for a proxy"),
        "/api/v1/artefacts;x=y/file/notes/download",
    ),
    (
        attempt("dots are encoded twice"),
        "/api/v1/artefacts/file/%252e%252e%252fetc%252fpasswd/download",
    ),
    (
        attempt("dots are encoded in UTF-8 that is longer than allowed"),
        "/api/v1/artefacts/file/%c0%ae%c0%ae%c0%afetc%c0%afpasswd/download",
    ),
    (
        attempt("dots are encoded as old servers of Windows decode them"),
        "/api/v1/artefacts/file/%u002e%u002e%u2215etc/download",
    ),
    (
        attempt("slashes of full width pass for slashes"),
        "/api/v1/artefacts/file/..%EF%BC%8F..%EF%BC%8Fetc%EF%BC%8Fpasswd/download",
    ),
    (
        attempt("backslashes pass for slashes"),
        "/api/v1/artefacts/file/..\\..\\..\\etc\\passwd/download",
    ),
    (
        attempt("a NUL cuts the name short"),
        "/api/v1/artefacts/file/notes%00.html/download",
    ),
    (
        attempt("an encoded question mark hides the end of the path"),
        "/api/v1/artefacts/file/notes/download%3fx=.png",
    ),
    (
        attempt("an encoded number sign hides the end of the path"),
        "/api/v1/artefacts/file/notes/download%23.png",
    ),
    (
        attempt("the name of a format climbs to a file of the machine"),
        "/api/v1/formats/..%2f..%2f..%2fetc%2fpasswd",
    ),
    (
        attempt("the name of an upload climbs to a file of the machine"),
        "/api/v1/uploads/..%2f..%2f..%2fetc%2fpasswd",
    ),
    (
        attempt("a file of the protocol climbs to a file of the machine"),
        "/echo/season/spring/..%2f..%2f..%2fetc%2fpasswd",
    ),
    (
        attempt("the path names the database that lies beside the storage"),
        "/cellier.db",
    ),
];

#[tokio::test]
async fn no_path_leads_elsewhere_than_it_says() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let words = Upload::new("notes.txt", "some words");
    admin.publish_file("notes", &words).await.assert_created();
    let season = admin.request(Method::PUT, "/echo/season/spring/a.echo");
    let season = season.bytes("echo spring 2026\n").send().await;
    season.assert_created();
    for (attempt, target) in TARGETS {
        let answer = get(&server, target);
        let spoils = SPOILS.iter().any(|spoil| answer.text.contains(spoil));
        let refused = [400, 404].contains(&answer.status);
        attempt.fails(refused && !spoils, &answer.text);
    }
}

#[tokio::test]
async fn a_server_is_no_proxy_for_others() {
    let server = TestServer::start().await;
    for (attempt, line) in [
        (
            attempt("a tunnel is asked for"),
            "CONNECT 127.0.0.1:22 HTTP/1.1",
        ),
        (
            attempt("a file of the machine is asked for as a URL"),
            "GET file:///etc/passwd HTTP/1.1",
        ),
        (
            attempt("the address of the metadata of a cloud is asked for as a URL"),
            "GET http://169.254.169.254/latest/meta-data/ HTTP/1.1",
        ),
    ] {
        let request = format!("{line}\r\nHost: registry\r\nConnection: close\r\n\r\n");
        let answer = raw_request(&server, request);
        let refused = [0, 400, 404, 405].contains(&answer.status);
        attempt.fails(refused && !answer.text.contains("root:"), &answer.text);
    }
}

/// A part of a form, and a text that could become a path.
const TEXTS: [(Attempt, &str, &str); 6] = [
    (
        attempt("a file name in the form climbs"),
        "fileName",
        "../../escape",
    ),
    (
        attempt("a file name in the form is an absolute path"),
        "fileName",
        "/tmp/cellier-escape",
    ),
    (
        attempt("a version in the form climbs"),
        "version",
        "../../escape",
    ),
    (
        attempt("an architecture in the form climbs"),
        "architecture",
        "../../escape",
    ),
    (attempt("a tag in the form climbs"), "tag", "../../escape"),
    (
        attempt("a category in the form climbs"),
        "category",
        "../../escape",
    ),
];

#[tokio::test]
async fn no_text_of_an_upload_becomes_a_path() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let written = || {
        let below = server.files_below(".");
        let beside = std::env::temp_dir().join("cellier-escape").exists();
        beside || below.iter().any(|file| file.contains("escape"))
    };
    for (attempt, part, text) in TEXTS {
        let upload = Upload::new("map.bin", text).text(part, text);
        let answer = admin.publish_file("map", &upload).await;
        let name = answer.json()["version"]["fileName"].to_string();
        let tamed = !name.contains("..") && !name.contains('/');
        let sensible = answer.status() == 201 || [400, 422].contains(&answer.status());
        attempt.fails(sensible && tamed && !written(), &answer.text());
    }
    for (attempt, path) in [
        (
            attempt("a version in the path climbs"),
            "artefacts/file/map/versions/..%2F..%2Fescape",
        ),
        (
            attempt("a file of a protocol climbs"),
            "/echo/season/spring/..%2F..%2Fescape",
        ),
        (
            attempt("a version of a protocol climbs"),
            "/echo/season/..%2F..%2Fescape/a.echo",
        ),
    ] {
        let put = admin.request(Method::PUT, path);
        let answer = put.bytes("echo ../../escape 1\n").send().await;
        attempt.is_refused_with(&answer, &[400, 404, 422]);
        attempt.fails(!written(), "a file was written");
    }
}
