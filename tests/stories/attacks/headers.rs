//! Headers that claim to be more than they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_tests::{
    Answer, RawAnswer, Setup, TestServer, Upload, key_of_another_registry, raw_request,
};
use reqwest::Method;

use super::{Attempt, attempt};

/// Headers with which other programs let a trusted proxy say who asks.
const IDENTITIES: [(Attempt, &str); 8] = [
    (
        attempt("a header says that the proxy has signed a superadmin in"),
        "X-Forwarded-User: root",
    ),
    (
        attempt("a header of another kind of proxy says that it has signed somebody in"),
        "Remote-User: root\r\nX-Remote-User: root\r\nX-Auth-Request-User: root",
    ),
    (
        attempt("a header says that the request comes from the server's own machine"),
        "X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\nForwarded: for=127.0.0.1",
    ),
    (
        attempt("a header says that the request is internal"),
        "X-Internal: true\r\nX-Middleware-Subrequest: middleware",
    ),
    (
        attempt("a header names another path than the request"),
        "X-Original-URL: /healthz\r\nX-Rewrite-URL: /healthz",
    ),
    (
        attempt("the host is that of the machine itself"),
        "X-Forwarded-Host: localhost\r\nX-Host: 127.0.0.1",
    ),
    (
        attempt("the credential is a scheme without a key"),
        "Authorization: Bearer",
    ),
    (
        attempt("the credential is an empty name with an empty password"),
        "Authorization: Basic Og==",
    ),
];

fn get(server: &TestServer, target: &str, headers: &str) -> RawAnswer {
    let head = format!("GET {target} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n{headers}");
    raw_request(server, format!("{head}\r\n\r\n"))
}

#[tokio::test]
async fn no_header_says_who_somebody_is() {
    let server = TestServer::start().await;
    for (attempt, headers) in IDENTITIES {
        let answer = get(&server, "/api/v1/api-keys", headers);
        attempt.fails(answer.status == 401, &answer.text);
    }
    let elsewhere =
        attempt("a header leads a request that anybody may make to what only admins may");
    let led = "X-Original-URL: /api/v1/api-keys\r\nX-Rewrite-URL: /api/v1/api-keys";
    let answer = get(&server, "/healthz", led);
    elsewhere.fails(answer.text.ends_with("ok\n"), &answer.text);
}

#[tokio::test]
async fn no_header_and_no_parameter_makes_a_read_a_change() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let map = Upload::new("map.bin", "a map");
    admin.publish_file("map", &map).await.assert_created();
    let path = "artefacts/file/map";
    let by_header = attempt("a header makes a read a deletion");
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ] {
        let answer = admin.get_with(path, name, "DELETE").await;
        by_header.fails(answer.status() == 200, &answer.text());
    }
    let by_query = attempt("a parameter of the query makes a read a deletion");
    admin.get(&format!("{path}?_method=DELETE")).await;
    let by_path = attempt("a read yanks a version");
    let yank = admin.get(&format!("{path}/versions/1/yank")).await;
    by_path.is_refused_with(&yank, &[405]);
    let still_there = admin.get(&format!("{path}/download")).await;
    by_query.fails(still_there.status() == 200, &still_there.text());
}

#[tokio::test]
async fn a_key_counts_only_where_a_key_belongs() {
    let server = TestServer::start().await;
    let (key, anybody) = (server.admin().key().to_owned(), server.anonymous());
    let narrow = server.read_key("narrow").allowed_name("x").create().await;
    let is_nobody = |attempt: Attempt, answer: &Answer| {
        attempt.is_refused_with(answer, &[400, 401, 403]);
    };
    let in_cookie = attempt("a key is sent as a cookie, which browsers would send for other sites");
    let cookie = format!("x-api-key={key}; cellier={key}");
    let answer = anybody.get_with("api-keys", "cookie", &cookie).await;
    is_nobody(in_cookie, &answer);
    let in_form = attempt("a key is sent in a form, which other sites could have a browser send");
    let form = anybody.request(Method::POST, "api-keys");
    let form = form.web_form(&[("x-api-key", &key), ("type", "admin"), ("name", "evil")]);
    let answer = form.send().await;
    in_form.is_refused_with(&answer, &[401, 415]);
    let as_user = attempt("a stronger key stands where the name of a user does");
    let basic = STANDARD.encode(format!("{key}:{}", narrow.key()));
    let answer = anybody
        .get_with("api-keys", "authorization", &format!("Basic {basic}"))
        .await;
    is_nobody(as_user, &answer);
    let joined =
        attempt("two keys are joined in one header, so that one of two programs sees the other");
    let both = format!("{}, {key}", narrow.key());
    let answer = anybody.get_with("api-keys", "x-api-key", &both).await;
    is_nobody(joined, &answer);
    let second = attempt("a stronger key follows in a second header");
    let answer = narrow.get_with("api-keys", "x-secret-key", &key).await;
    second.is_refused_with(&answer, &[400]);
    let other_case = attempt("a key is written in capital letters");
    let capitals = key.to_ascii_uppercase();
    let answer = anybody.get_with("api-keys", "x-api-key", &capitals).await;
    is_nobody(other_case, &answer);
}

/// What the request of this number claims about where it comes from.
type Mask = fn(u32) -> String;

/// How one client looks like many.
const MASKS: [(Attempt, &str, Mask); 5] = [
    (
        attempt("wrong keys come with another port of the same address each"),
        "203.0.113.1",
        |number| format!("203.0.113.1:{}", 1000 + number),
    ),
    (
        attempt("wrong keys come with another claim of the client before its address each"),
        "203.0.113.2",
        |number| format!("198.51.100.{number}, 203.0.113.2"),
    ),
    (
        attempt("wrong keys come from an address as both kinds of addresses write it"),
        "203.0.113.3",
        |number| match number % 2 {
            0 => "203.0.113.3".to_owned(),
            _ => "::ffff:203.0.113.3".to_owned(),
        },
    ),
    (
        attempt("wrong keys come from another address of the same network of IPv6 each"),
        "2001:db8::1",
        |number| format!("2001:db8::{number:x}:{number:x}"),
    ),
    (
        attempt("wrong keys come with nonsense instead of an address, each another one"),
        "nonsense",
        |number| format!("nonsense-{number}"),
    ),
];

#[tokio::test]
async fn who_guesses_keys_is_one_client_whatever_it_claims() {
    let setup = Setup::new().set("server.trusted_proxies", "[\"127.0.0.1\"]");
    let server = setup.start().await;
    let guess = key_of_another_registry();
    for (attempt, address, mask) in MASKS {
        let nobody = server.with_key(Some(&guess));
        for number in 0..20 {
            let claim = mask(number);
            let refused = nobody
                .get_with("artefacts", "x-forwarded-for", &claim)
                .await;
            attempt.is_refused_with(&refused, &[401]);
        }
        let waits = nobody
            .get_with("artefacts", "x-forwarded-for", address)
            .await;
        attempt.is_refused_with(&waits, &[429]);
    }
}

#[tokio::test]
async fn what_a_client_claims_does_not_come_back() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let hosts = attempt("the host of the request gets into the links of the answer");
    let async_upload = admin.request(Method::POST, "artefacts/file/map");
    let async_upload = async_upload
        .form(&Upload::new("map.bin", "a map"))
        .header("prefer", "respond-async")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "gopher")
        .instead("host", Some("evil.example"));
    let answer = async_upload.send().await;
    let said = format!("{:?} {}", answer.headers(), answer.text());
    hosts.fails(answer.status() < 300 && !said.contains("evil"), &said);

    let id = attempt("the identifier of a request carries a script into the answer");
    let answer = admin
        .get_with(
            "artefacts/nothing",
            "x-request-id",
            "<script>evil()</script>",
        )
        .await;
    let said = format!("{:?} {}", answer.headers(), answer.text());
    id.fails(!said.contains("script"), &said);

    let path = attempt("the path carries a script into the answer");
    let answer = get(
        &server,
        "/%3Cscript%3Eevil()%3C/script%3E",
        "Accept: text/html",
    );
    path.fails(!answer.text.contains("<script"), &answer.text);
    let token = attempt("the token of the first start carries a script into its page");
    let answer = get(
        &server,
        "/setup?token=%22%3E%3Cscript%3Eevil()",
        "Accept: text/html",
    );
    token.fails(!answer.text.contains("<script"), &answer.text);

    let trace =
        attempt("a trace sends the headers back, those that the client cannot read among them");
    let request =
        "TRACE / HTTP/1.1\r\nHost: registry\r\nX-Secret: evil\r\nConnection: close\r\n\r\n";
    let answer = raw_request(&server, request);
    let refused = [404, 405].contains(&answer.status);
    trace.fails(refused && !answer.text.contains("evil"), &answer.text);
}

#[tokio::test]
async fn no_page_of_another_site_reads_an_answer() {
    let server = TestServer::start().await;
    for (attempt, origin) in [
        (
            attempt("a page of another site asks to read"),
            "https://evil.example",
        ),
        (attempt("a page without an origin asks to read"), "null"),
    ] {
        for method in [Method::GET, Method::OPTIONS] {
            let request = server.admin().request(method, "artefacts");
            let request = request
                .header("origin", origin)
                .header("access-control-request-method", "DELETE")
                .header("access-control-request-headers", "x-api-key");
            let answer = request.send().await;
            let mut names = answer.headers().keys();
            let allows = names.any(|name| name.as_str().starts_with("access-control-allow"));
            attempt.fails(!allows, &format!("{:?}", answer.headers()));
        }
    }
}

#[tokio::test]
async fn nobody_is_asked_for_a_body_before_the_key_is_looked_at() {
    let server = TestServer::start().await;
    let waits = attempt("somebody without a key is told to go on with a large body");
    let request = "PUT /api/v1/artefacts/file/map/versions/1 HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\
                   Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n";
    let answer = raw_request(&server, request);
    waits.fails(answer.status == 401, &answer.text);
}
