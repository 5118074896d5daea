//! Pages of other origins: they read what the operator lets them, and nothing by a cookie.

use cellier_tests::{Actor, Answer, Setup, TestServer};
use reqwest::Method;

use super::{SPRING, assert_refused, put};

const PAGE: &str = "https://app.example.com";
const OTHER: &str = "https://evil.example";

async fn with_a_season(origins: &str) -> TestServer {
    let setup = Setup::new().set("formats.echo.cors_origins", origins);
    let server = setup.start().await;
    put(&server.admin(), "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    server
}

async fn from(actor: &Actor, method: Method, path: &str, origin: &str) -> Answer {
    let request = actor.request(method, path).header("origin", origin);
    request
        .header("access-control-request-method", "GET")
        .header("access-control-request-headers", "x-api-key")
        .send()
        .await
}

fn allowed(answer: &Answer) -> &str {
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    answer.header("access-control-allow-origin")
}

fn varies_by_origin(answer: &Answer) -> bool {
    let mut vary = answer.headers().get_all("vary").iter();
    vary.any(|value| value == "origin")
}

#[tokio::test]
async fn pages_of_the_origins_that_are_named_read_and_others_do_not() {
    let server = with_a_season("[\"https://app.example.com\", \"http://localhost:5173\"]").await;
    let admin = server.admin();
    // Twice, because a held answer is given to both.
    for _ in 0..2 {
        for path in [
            "/echo/season",
            "/echo/season/spring/a.echo",
            "/echo/nothing",
        ] {
            let answer = from(&admin, Method::GET, path, PAGE).await;
            assert_eq!(allowed(&answer), PAGE, "{path}");
            let exposed = answer.header("access-control-expose-headers");
            for name in ["etag", "content-range", "accept-ranges", "content-length"] {
                assert!(exposed.contains(name), "{exposed}");
            }
            let refused = from(&admin, Method::GET, path, OTHER).await;
            assert_eq!(allowed(&refused), "", "{path}");
            let nobodys = admin.get(path).await;
            assert_eq!(allowed(&nobodys), "", "{path}");
            assert!([answer, refused, nobodys].iter().all(varies_by_origin));
        }
    }
}

#[tokio::test]
async fn a_browser_that_asks_first_is_told_what_a_page_may_ask() {
    let server = with_a_season("[\"https://app.example.com\"]").await;
    let nobody = server.anonymous();
    let told = from(&nobody, Method::OPTIONS, "/echo/season", PAGE).await;
    told.assert_no_content();
    assert_eq!(allowed(&told), PAGE);
    assert_eq!(told.header("access-control-allow-methods"), "GET, HEAD");
    let headers = told.header("access-control-allow-headers");
    for name in ["x-api-key", "authorization", "range", "if-none-match"] {
        assert!(headers.contains(name), "{headers}");
    }
    assert!(varies_by_origin(&told));
    let other = from(&nobody, Method::OPTIONS, "/echo/season", OTHER).await;
    other.assert_problem(405, "method_not_allowed");
    assert_eq!(allowed(&other), "");
    // Without a question of a browser it is a method like any other.
    let plain = nobody.request(Method::OPTIONS, "/echo/season").send().await;
    plain.assert_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn no_page_writes_and_no_page_reads_the_interface_of_the_registry() {
    let server = with_a_season("[\"*\"]").await;
    let admin = server.admin();
    let read = from(&admin, Method::GET, "/echo/season", OTHER).await;
    assert_eq!(allowed(&read), "*");
    assert!(!varies_by_origin(&read));
    let write = from(&admin, Method::PUT, "/echo/season/x/a.echo", OTHER).await;
    assert_eq!(allowed(&write), "");
    for method in [Method::GET, Method::OPTIONS] {
        let api = from(&admin, method, "artefacts", OTHER).await;
        assert_eq!(allowed(&api), "");
    }
}

#[tokio::test]
async fn without_a_word_of_the_operator_a_format_is_for_our_own_pages() {
    let server = TestServer::start().await;
    let answer = from(&server.admin(), Method::GET, "/echo/season", PAGE).await;
    assert_refused(&answer, 404, "not_found");
    assert_eq!(allowed(&answer), "");
    let maps = from(&server.anonymous(), Method::GET, "/tiles", PAGE).await;
    assert_eq!(allowed(&maps), "*");
}
