//! The OpenAPI document, and what holds for every path of it.

use cellier_tests::{Actor, TestServer, Upload, repository_file};
use reqwest::Method;
use serde_json::Value;

/// Every path of the document with the methods that it has there.
fn operations(document: &Value) -> Vec<(String, Vec<Method>)> {
    let paths = document["paths"].as_object().expect("paths");
    let methods = |operations: &Value| {
        let operations = operations.as_object().expect("operations");
        let method = |name: &String| name.to_uppercase().parse().expect("a method");
        operations.keys().map(method).collect()
    };
    paths
        .iter()
        .map(|(path, operations)| (path.clone(), methods(operations)))
        .collect()
}

/// A path of the document with something that is there in the place of each parameter.
fn filled_in(path: &str) -> String {
    let id = if path.contains("/formats/") {
        "file"
    } else {
        "0197a5c0-0000-7000-8000-000000000000"
    };
    path.replace("{id}", id)
        .replace("{format}", "file")
        .replace("{name}", "notes")
        .replace("{selector}", "1")
        .replace("{version}", "1")
        .replace("{tag}", "stable")
}

/// A server with what [`filled_in`] names, the document and the admin.
async fn server_with_notes() -> (TestServer, Value, Actor) {
    let server = TestServer::start().await;
    let admin = server.admin();
    let notes = Upload::new("notes.txt", "some words").text("tag", "stable");
    admin.publish_file("notes", &notes).await.assert_created();
    let document = server.anonymous().get_json("openapi.json").await;
    (server, document, admin)
}

#[tokio::test]
async fn the_document_that_is_served_is_the_one_in_docs() {
    let (_server, document, _admin) = server_with_notes().await;
    let agreed: Value = serde_json::from_str(&repository_file("docs/openapi.json")).unwrap();
    assert_eq!(document, agreed);
}

#[tokio::test]
async fn every_operation_of_the_document_is_there() {
    let (_server, document, admin) = server_with_notes().await;
    for (path, methods) in operations(&document) {
        for method in methods {
            let answer = admin
                .request(method.clone(), &filled_in(&path))
                .send()
                .await;
            let text = answer.text();
            assert!(answer.status() < 500, "{method} {path}: {text}");
            assert_ne!(answer.status(), 405, "{method} {path}: {text}");
            assert!(
                !text.contains("there is nothing at this path"),
                "{method} {path}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn every_answer_is_one_that_the_document_tells_of() {
    let (server, document, admin) = server_with_notes().await;
    for (path, methods) in operations(&document) {
        for method in methods {
            let operation = &document["paths"][&path][method.as_str().to_lowercase()];
            for who in [&admin, &server.anonymous()] {
                let answer = who.request(method.clone(), &filled_in(&path)).send().await;
                let told = &operation["responses"][answer.status().to_string()];
                let media_type = answer.header("content-type").split(';').next();
                let content = told["content"].as_object();
                let is_told = match content {
                    Some(content) => content.contains_key(media_type.unwrap_or_default()),
                    None => told.is_object() && answer.bytes().is_empty(),
                };
                assert!(
                    is_told,
                    "{method} {path} answers {} as {media_type:?}, which is not in the document: {}",
                    answer.status(),
                    answer.text()
                );
            }
        }
    }
}

#[tokio::test]
async fn head_is_answered_as_get_is_wherever_there_is_a_get() {
    let (_server, document, admin) = server_with_notes().await;
    let of_document = operations(&document)
        .into_iter()
        .filter(|(_, methods)| methods.contains(&Method::GET));
    let undocumented = ["/api/docs", "/api/v1/openapi.json"].map(str::to_owned);
    for path in of_document
        .map(|(path, _)| filled_in(&path))
        .chain(undocumented)
    {
        let (get, head) = (admin.get(&path).await, admin.head(&path).await);
        assert_eq!(head.status(), get.status(), "{path}");
        assert_eq!(head.bytes(), b"", "{path}");
        for header in ["content-type", "etag", "cache-control", "allow"] {
            assert_eq!(
                head.header(header),
                get.header(header),
                "{header} of {path}"
            );
        }
    }
}

#[tokio::test]
async fn a_method_that_a_path_has_not_is_405_and_tells_those_that_it_has() {
    let (_server, document, admin) = server_with_notes().await;
    let brew = || "BREW".parse::<Method>().expect("a method");
    for (path, mut methods) in operations(&document) {
        let refused = admin.request(brew(), &filled_in(&path)).send().await;
        refused.assert_problem(405, "method_not_allowed");
        if methods.contains(&Method::GET) {
            methods.push(Method::HEAD);
        }
        let allowed: Vec<_> = refused.header("allow").split(',').map(str::trim).collect();
        for method in methods {
            assert!(
                allowed.contains(&method.as_str()),
                "{path} allows {allowed:?}, not {method}"
            );
        }
    }
}

#[tokio::test]
async fn no_page_of_another_site_may_read_the_answers() {
    let (_server, document, admin) = server_with_notes().await;
    for (path, _) in operations(&document) {
        let path = filled_in(&path);
        let get = admin
            .get_with(&path, "origin", "https://evil.example")
            .await;
        let preflight = admin.request(Method::OPTIONS, &path);
        let preflight = preflight.header("origin", "https://evil.example");
        let preflight = preflight
            .header("access-control-request-method", "DELETE")
            .send()
            .await;
        preflight.assert_problem(405, "method_not_allowed");
        for answer in [get, preflight] {
            let cross_origin =
                |name: &&reqwest::header::HeaderName| name.as_str().starts_with("access-control-");
            assert_eq!(answer.headers().keys().find(cross_origin), None, "{path}");
        }
    }
}

#[tokio::test]
async fn the_page_for_people_has_every_operation_and_no_script() {
    let (server, document, _admin) = server_with_notes().await;
    let answer = server.anonymous().get("/api/docs").await;
    let page = answer.assert_ok().text();
    for (path, _) in operations(&document) {
        assert!(page.contains(&path), "{path} is missing");
    }
    assert!(!page.contains("<script"), "{page}");
    assert!(
        answer
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
}

#[tokio::test]
async fn an_unknown_path_is_a_problem_like_any_other() {
    let (_server, _document, admin) = server_with_notes().await;
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v2/artefacts",
        "/favicon.ico",
        "/api/v1/artefact",
    ] {
        admin.get(path).await.assert_problem(404, "not_found");
        admin.post(path).await.assert_problem(404, "not_found");
    }
}
