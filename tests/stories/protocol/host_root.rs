//! A format that has the root of a host to itself.

use cellier_tests::{Answer, Setup, TestServer, raw_request};
use reqwest::Method;

use super::{SPRING, put};

async fn with_a_host() -> TestServer {
    let setup = Setup::new()
        .set("formats.echo.host", "echo.example.com:8443")
        .set("server.public_url", "https://registry.example.com/");
    let server = setup.start().await;
    put(&server.admin(), "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    server
}

async fn at(server: &TestServer, host: &'static str, path: &str) -> Answer {
    let request = server.admin().request(Method::GET, path);
    request.instead("host", Some(host)).send().await
}

#[tokio::test]
async fn a_format_speaks_at_the_root_of_its_host_and_still_below_its_mount() {
    let server = with_a_host().await;
    for host in [
        "echo.example.com",
        "ECHO.example.com:443",
        "echo.example.com.",
    ] {
        let versions = at(&server, host, "/season").await;
        assert_eq!(versions.assert_ok().text(), "ok 1 versions\nspring\n");
        let bytes = at(&server, host, "/season/spring/a.echo").await;
        assert_eq!(bytes.assert_ok().text(), SPRING);
        let ping = at(&server, host, "/-/echo/ping").await;
        assert_eq!(ping.assert_ok().text(), "ok hello\n");
    }
    let list = at(&server, "echo.example.com", "/").await;
    assert_eq!(list.assert_ok().text(), "ok 1 artefacts\nseason\n");
    let below = at(&server, "registry.example.com", "/echo/season").await;
    assert_eq!(below.assert_ok().text(), "ok 1 versions\nspring\n");
}

#[tokio::test]
async fn the_urls_that_it_is_told_are_those_of_the_door_that_a_client_came_by() {
    let server = with_a_host().await;
    let base = async |host, path| {
        let told = at(&server, host, path).await;
        let text = told.assert_ok().text();
        let line = text.lines().find_map(|line| line.strip_prefix("base "));
        line.unwrap().to_owned()
    };
    let own = "https://echo.example.com:8443";
    assert_eq!(base("echo.example.com", "/-/caller").await, own);
    let mount = "https://registry.example.com/echo";
    for host in ["registry.example.com", "other.example.com", "127.0.0.1"] {
        assert_eq!(base(host, "/echo/-/caller").await, mount);
    }
}

#[tokio::test]
async fn nothing_else_is_at_such_a_host_and_no_other_host_has_the_format_at_its_root() {
    let server = with_a_host().await;
    for path in [
        "/api/v1/artefacts",
        "/healthz",
        "/metrics",
        "/login",
        "/tiles",
        "/echo/season",
    ] {
        let answer = at(&server, "echo.example.com", path).await;
        answer.assert_status(404);
        assert!(answer.text().starts_with("error not_found"), "{path}");
    }
    for host in ["registry.example.com", "echo.example.com.evil.example"] {
        at(&server, host, "/season")
            .await
            .assert_problem(404, "not_found");
        at(&server, host, "/healthz").await.assert_ok();
    }
    // What the first line says counts more than what the header says.
    let request = "GET http://registry.example.com/healthz HTTP/1.1\r\nHost: echo.example.com\r\n\
                   Connection: close\r\n\r\n";
    assert_eq!(raw_request(&server, request).status, 200);
}

#[tokio::test]
async fn a_slash_in_a_name_is_told_from_one_between_names_at_either_door() {
    let server = with_a_host().await;
    for (host, path) in [
        ("echo.example.com", "/season%2fspring%2fa.echo"),
        ("registry.example.com", "/echo/season%2Fspring%2Fa.echo"),
    ] {
        // It is one name, which nothing has.
        let one = at(&server, host, path).await;
        one.assert_status(404);
        assert!(one.text().starts_with("error not_found"), "{}", one.text());
    }
}
