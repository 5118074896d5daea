//! Names, and the paths that they stand in.

use cellier_tests::{
    Actor, Answer, Package, RawAnswer, RawForm, TestServer, Upload, both_databases, encoded,
    raw_request,
};
use reqwest::Method;
use serde_json::Value;

/// A file of some words.
fn words() -> Upload {
    Upload::new("notes.txt", "some words")
}

/// Sends a request whose path is written exactly so; client libraries would tidy it up.
fn ask(server: &TestServer, method: &str, target: &str) -> RawAnswer {
    let key = server.admin().key().to_owned();
    let head = format!(
        "{method} {target} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\nx-api-key: {key}\r\n"
    );
    if method == "GET" {
        return raw_request(server, format!("{head}\r\n"));
    }
    let body = RawForm::of_file("notes.txt", b"some words").body();
    let kind = RawForm::content_type();
    let head = format!(
        "{head}Content-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    raw_request(server, [head.into_bytes(), body].concat())
}

/// The format and name of what a path leads to.
async fn what_is_at(who: &Actor, path: &str) -> String {
    let artefact = who.get_json(&format!("artefacts/{path}")).await;
    let text = |member: &str| artefact[member].as_str().expect("a text").to_owned();
    format!("{}/{}", text("format"), text("name"))
}

#[tokio::test]
async fn names_that_are_words_of_paths_lead_to_what_they_name() {
    let server = TestServer::start().await;
    let admin = server.admin();
    admin
        .publish_package(&Package::new("file", "1.0.0"))
        .await
        .assert_created();
    for name in [
        "npm",
        "api",
        "download",
        "tags",
        "latest",
        "tarball",
        "healthz",
        "artefacts",
    ] {
        admin.publish_file(name, &words()).await.assert_created();
    }
    for (path, what) in [
        ("npm/file", "npm/file"),
        ("file", "npm/file"),
        ("file@1", "npm/file"),
        ("file/npm", "file/npm"),
        ("npm", "file/npm"),
        ("file/api", "file/api"),
        ("api", "file/api"),
        ("file/download", "file/download"),
        ("download", "file/download"),
        ("file/tags", "file/tags"),
        ("file/latest", "file/latest"),
        ("healthz", "file/healthz"),
        ("artefacts", "file/artefacts"),
    ] {
        assert_eq!(what_is_at(&admin, path).await, what, "{path}");
    }
    let versions = admin.get_json("artefacts/file/versions").await;
    assert_eq!(
        versions["results"][0]["version"], "1.0.0",
        "those of the package called file"
    );
    let fetched = admin.get("artefacts/file/download/download").await;
    assert_eq!(fetched.assert_ok().text(), "some words");
    let fetched = admin.get("artefacts/npm/file/versions/1.0.0/tarball").await;
    assert_eq!(
        fetched.assert_ok().bytes(),
        Package::new("file", "1.0.0").tarball()
    );
}

#[tokio::test]
async fn nothing_may_be_called_versions() {
    let server = TestServer::start().await;
    let admin = server.admin();
    for name in ["versions", "Versions"] {
        let package = Package::new(name, "1.0.0");
        let refused = admin.publish_package(&package).await;
        assert!([400, 422].contains(&refused.status()), "{}", refused.text());
        let put = admin.request(Method::PUT, &format!("artefacts/file/{name}/versions/1"));
        let refused = put.bytes("some words").send().await;
        assert!([400, 404].contains(&refused.status()), "{}", refused.text());
    }
    // This is the door for a package called `file`, whatever is sent.
    let refused = admin.publish_file("versions", &words()).await;
    refused.assert_problem(422, "unrecognised");
    let refused = admin.publish_file("VERSIONS", &words()).await;
    refused
        .assert_problem(400, "bad_name")
        .assert_detail("reserved");
    assert_eq!(admin.get_json("artefacts").await["count"], 0);
}

#[tokio::test]
async fn the_slash_of_a_scope_is_encoded_once_in_either_case() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let upload = Package::new("@acme/widget", "1.0.0").upload();
    for name in ["@acme%2Fwidget", "@acme%2fwidget", "%40acme%2Fwidget"] {
        let published = admin
            .upload(&format!("artefacts/{name}/versions"), &upload)
            .await;
        assert!(
            [200, 201].contains(&published.status()),
            "{}",
            published.text()
        );
        assert_eq!(what_is_at(&admin, name).await, "npm/@acme/widget");
        assert_eq!(
            what_is_at(&admin, &format!("npm/{name}")).await,
            "npm/@acme/widget"
        );
    }
    let twice = admin
        .upload("artefacts/@acme%252Fwidget/versions", &upload)
        .await;
    twice.assert_problem(400, "bad_name");
    let never = admin
        .upload("artefacts/@acme/widget/versions", &upload)
        .await;
    never
        .assert_problem(404, "not_found")
        .assert_detail("@scope%2Fname");
    admin
        .get("artefacts/@acme%252Fwidget")
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_name_that_breaks_the_rules_is_refused_with_the_rule() {
    let server = TestServer::start().await;
    let long = "x".repeat(129);
    for (name, says) in [
        ("relief@1", "'@'"),
        ("@acme/relief", "no scopes"),
        (".hidden", "starts with '.'"),
        ("-rf", "starts with '-'"),
        ("_x", "starts with '_'"),
        ("~x", "starts with '~'"),
        ("a b", "' '"),
        ("a/b", "'/'"),
        ("a\\b", "'\\\\'"),
        ("a%2Fb", "'%'"),
        ("Réunion", "'é'"),
        ("地図", "'地'"),
        ("раураl", "'р'"),
        ("a\u{202e}b", "'\\u{202e}'"),
        ("a?b", "'?'"),
        ("a#b", "'#'"),
        (long.as_str(), "129 bytes"),
    ] {
        let refused = server.admin().publish_file(name, &words()).await;
        refused.assert_problem(400, "bad_name").assert_detail(says);
    }
    assert_eq!(server.admin().get_json("artefacts").await["count"], 0);
    assert_eq!(server.files_below("blobs"), Vec::<String>::new());
}

#[tokio::test]
async fn a_package_is_named_by_the_rules_of_npm() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let scoped = |length: usize| format!("@acme/{}", "x".repeat(length - 6));
    for name in ["x".repeat(214), scoped(214)] {
        let package = Package::new(&name, "1.0.0");
        admin.publish_package(&package).await.assert_created();
        assert_eq!(
            what_is_at(&admin, &encoded(&name)).await,
            format!("npm/{name}")
        );
    }
    for name in [
        "x".repeat(215),
        scoped(215),
        "Widget".to_owned(),
        "@acme".to_owned(),
        "@acme/".to_owned(),
        "@/widget".to_owned(),
        "@acme/a/b".to_owned(),
        "node_modules".to_owned(),
        ".widget".to_owned(),
        "widget!".to_owned(),
    ] {
        let refused = admin.publish_package(&Package::new(&name, "1.0.0")).await;
        let code = refused.json()["code"].clone();
        let by_rule = [Value::from("bad_name"), Value::from("refused")].contains(&code);
        assert!(
            by_rule && refused.status() < 500,
            "{name}: {}",
            refused.text()
        );
    }
}

#[tokio::test]
async fn names_that_differ_in_case_alone_are_one_artefact() {
    for server in both_databases().await {
        let admin = server.admin();
        let publish = async |name: &str, text: &str| {
            let told = admin
                .publish_file(name, &Upload::new("notes.txt", text))
                .await;
            told.json()["artefact"]["name"].as_str().unwrap().to_owned()
        };
        assert_eq!(publish("Terrain", "one").await, "Terrain");
        assert_eq!(publish("TERRAIN", "two").await, "Terrain");
        assert_eq!(admin.get_json("artefacts").await["count"], 1);
        for name in ["Terrain", "terrain", "tErrain"] {
            assert_eq!(what_is_at(&admin, name).await, "file/Terrain");
        }
        let ci = server
            .upload_key("ci")
            .allowed_name("terrain")
            .create()
            .await;
        ci.publish_file("TERRAIN", &words()).await.assert_created();
    }
}

#[tokio::test]
async fn paths_that_climb_or_hide_something_lead_nowhere() {
    let server = TestServer::start().await;
    server
        .admin()
        .publish_file("notes", &words())
        .await
        .assert_created();
    let answers_so = |method: &str, target: &str, expected: &[u16]| {
        let answer = ask(&server, method, target);
        assert!(
            expected.contains(&answer.status),
            "{method} {target}: {}",
            answer.text
        );
        assert!(
            !answer.text.contains("some words"),
            "{method} {target}: {}",
            answer.text
        );
        assert!(
            !answer.text.contains("root:"),
            "{method} {target}: {}",
            answer.text
        );
    };
    for name in [
        "..",
        ".",
        "%2e%2e",
        "%2E",
        "..%2f..%2fetc%2fpasswd",
        "%5c..%5c",
        "a%5cb",
    ] {
        answers_so("POST", &format!("/api/v1/artefacts/file/{name}"), &[400]);
        answers_so("GET", &format!("/api/v1/artefacts/file/{name}"), &[404]);
    }
    for name in ["", "%00", "a%00b", "%0d%0aX-Evil:%20yes", "%ff", "%7f"] {
        answers_so(
            "POST",
            &format!("/api/v1/artefacts/file/{name}"),
            &[400, 404],
        );
        answers_so("GET", &format!("/api/v1/artefacts/file/{name}"), &[404]);
    }
    for target in [
        "//api/v1/artefacts/file/notes",
        "/api//v1/artefacts/file/notes",
        "/api/v1/artefacts//file/notes",
        "/api/v1/artefacts/file//notes",
        "/api/v1/artefacts/file/notes/",
        "/api/v1/artefacts/file/notes//download",
        "/api/v1/artefacts/",
        "/api/v1/artefacts/file/notes/../notes/download",
        "/api/v1/artefacts/file/notes/versions/1/download/..",
        "/api/v1/../../etc/passwd",
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/artefacts/file%2Fnotes",
        "/API/v1/artefacts/file/notes",
        "/api/v1/artefacts/FILE/notes/download",
        "/api%2Fv1/artefacts/file/notes",
        "/",
    ] {
        answers_so("GET", target, &[404]);
    }
    let long = "x".repeat(60_000);
    answers_so(
        "GET",
        &format!("/api/v1/artefacts/file/{long}"),
        &[404, 414, 431],
    );
    answers_so(
        "GET",
        &format!("/api/v1/artefacts/{}", "a/".repeat(20_000)),
        &[404, 414, 431],
    );
    server.admin().get("artefacts/file/notes").await.assert_ok();
}

#[tokio::test]
async fn a_target_in_absolute_form_is_read_as_its_path() {
    let server = TestServer::start().await;
    server
        .admin()
        .publish_file("notes", &words())
        .await
        .assert_created();
    let target = "http://elsewhere.example/api/v1/artefacts/file/notes/download";
    ask(&server, "GET", target).assert_says(200, "some words");
    let answer = ask(&server, "GET", "http://elsewhere.example/");
    answer.assert_says(404, "not_found");
}

#[tokio::test]
async fn versions_and_tags_of_a_path_are_checked_like_names() {
    let server = TestServer::start().await;
    let admin = server.admin();
    admin.publish_file("notes", &words()).await.assert_created();
    let statuses = async |path: &str| -> Answer { admin.get(path).await };
    let long = "9".repeat(3000);
    for version in [
        "%00",
        "..%2F1",
        "1%2F..%2F1",
        "%F0%9F%92%A9",
        "1%0d%0a",
        long.as_str(),
    ] {
        let answer = statuses(&format!("artefacts/file/notes/versions/{version}")).await;
        assert!(
            [400, 404].contains(&answer.status()),
            "{version}: {}",
            answer.text()
        );
    }
    let put = admin.request(Method::PUT, &format!("artefacts/npm/notes/versions/{long}"));
    let refused = put.bytes("x").send().await;
    refused
        .assert_problem(400, "bad_part")
        .assert_detail("256 bytes");
}
