//! Finding out what is there without the right to see it: by status, by the words and the length of an answer, by time.

use std::time::{Duration, Instant};

use cellier_tests::{Actor, Answer, NewKey, PASSWORD, Setup, TestServer, Upload, encoded};
use reqwest::Method;
use serde_json::json;

use super::{Attempt, Sent, attempt, send};

/// Three names of the same length: of what is private, of what was deleted, and of nothing.
const HIDDEN: &str = "hidden";
const FORMER: &str = "former";
const ABSENT: &str = "absent";

/// Every route that takes the name of an artefact, written `NAME` here.
const ROUTES: [(Attempt, Method, &str, Sent); 31] = [
    (
        attempt("a stranger reads an artefact"),
        Method::GET,
        "artefacts/file/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a stranger asks for the headers of an artefact"),
        Method::HEAD,
        "artefacts/file/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a stranger reads an artefact whose format is not said"),
        Method::GET,
        "artefacts/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a stranger reads an artefact in another format than its own"),
        Method::GET,
        "artefacts/npm/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a stranger reads an artefact with a selector behind its name"),
        Method::GET,
        "artefacts/file/NAME@1",
        Sent::Nothing,
    ),
    (
        attempt("a stranger reads an artefact in a format that does not exist"),
        Method::GET,
        "artefacts/nothing/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a stranger changes who may see an artefact"),
        Method::PATCH,
        "artefacts/file/NAME",
        Sent::Json(r#"{"public": true}"#),
    ),
    (
        attempt("a stranger deletes an artefact"),
        Method::DELETE,
        "artefacts/file/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a stranger uses a method that an artefact does not know"),
        Method::OPTIONS,
        "artefacts/file/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a stranger downloads the newest version"),
        Method::GET,
        "artefacts/file/NAME/download",
        Sent::Nothing,
    ),
    (
        attempt("a stranger asks for the headers of a download"),
        Method::HEAD,
        "artefacts/file/NAME/download",
        Sent::Nothing,
    ),
    (
        attempt("a stranger downloads a version"),
        Method::GET,
        "artefacts/file/NAME/versions/1/download",
        Sent::Nothing,
    ),
    (
        attempt("a stranger downloads a version by its other word"),
        Method::GET,
        "artefacts/NAME/versions/1/tarball",
        Sent::Nothing,
    ),
    (
        attempt("a stranger downloads an architecture of a version"),
        Method::GET,
        "artefacts/file/NAME/download?architecture=x",
        Sent::Nothing,
    ),
    (
        attempt("a stranger lists versions"),
        Method::GET,
        "artefacts/file/NAME/versions",
        Sent::Nothing,
    ),
    (
        attempt("a stranger asks for the headers of a list of versions"),
        Method::HEAD,
        "artefacts/file/NAME/versions",
        Sent::Nothing,
    ),
    (
        attempt("a stranger reads a version"),
        Method::GET,
        "artefacts/file/NAME/versions/latest",
        Sent::Nothing,
    ),
    (
        attempt("a stranger deletes a version"),
        Method::DELETE,
        "artefacts/file/NAME/versions/1",
        Sent::Nothing,
    ),
    (
        attempt("a stranger yanks a version"),
        Method::POST,
        "artefacts/file/NAME/versions/1/yank",
        Sent::Nothing,
    ),
    (
        attempt("a stranger restores a version"),
        Method::POST,
        "artefacts/file/NAME/versions/1/restore",
        Sent::Nothing,
    ),
    (
        attempt("a stranger publishes a version from a form"),
        Method::POST,
        "artefacts/file/NAME",
        Sent::File("some words"),
    ),
    (
        attempt("a stranger publishes a version as raw bytes"),
        Method::PUT,
        "artefacts/file/NAME/versions/1",
        Sent::Text("some words"),
    ),
    (
        attempt("a stranger lists tags"),
        Method::GET,
        "artefacts/file/NAME/tags",
        Sent::Nothing,
    ),
    (
        attempt("a stranger sets a tag"),
        Method::PUT,
        "artefacts/file/NAME/tags/beta",
        Sent::Json(r#"{"version": "1"}"#),
    ),
    (
        attempt("a stranger removes a tag"),
        Method::DELETE,
        "artefacts/file/NAME/tags/beta",
        Sent::Nothing,
    ),
    (
        attempt("a stranger reads owners"),
        Method::GET,
        "artefacts/file/NAME/owners",
        Sent::Nothing,
    ),
    (
        attempt("a stranger names owners"),
        Method::PUT,
        "artefacts/file/NAME/owners",
        Sent::Json(r#"{"owners": []}"#),
    ),
    (
        attempt("a stranger reads through a protocol"),
        Method::GET,
        "/echo/NAME/spring/a.echo",
        Sent::Nothing,
    ),
    (
        attempt("a stranger asks for the headers of a file through a protocol"),
        Method::HEAD,
        "/echo/NAME/spring/a.echo",
        Sent::Nothing,
    ),
    (
        attempt("a stranger publishes through a protocol"),
        Method::PUT,
        "/echo/NAME/spring/a.echo",
        Sent::Text("echo spring 2026\n"),
    ),
    (
        attempt("a stranger changes through a protocol"),
        Method::POST,
        "/echo/-/changes",
        Sent::Text("yank NAME spring\n"),
    ),
];

/// A server where one name is private, in two formats, and another one was deleted.
async fn server_with_secrets() -> TestServer {
    let server = Setup::new().cheap_passwords().start().await;
    let admin = server.admin();
    for name in [HIDDEN, FORMER] {
        let words = Upload::new("notes.txt", "some words").text("tag", "beta");
        admin.publish_file(name, &words).await.assert_created();
        let put = admin.request(Method::PUT, &format!("/echo/{name}/spring/a.echo"));
        let put = put.bytes("echo spring 2026\n").send().await;
        put.assert_created();
    }
    for format in ["file", "echo"] {
        let path = format!("artefacts/{format}/{FORMER}");
        admin.delete(&path).await.assert_no_content();
    }
    server
}

/// Those who may see none of it: nobody, somebody without a grant, and keys for other names.
async fn strangers(server: &TestServer) -> [Actor; 4] {
    let other = |key: NewKey| key.allowed_name("other*").create();
    [
        server.anonymous(),
        server.with_user("anna").await,
        other(server.read_key("reader")).await,
        other(server.upload_key("ci")).await,
    ]
}

/// All of an answer but what belongs to its request alone. Its length is among its headers.
fn essence(answer: &Answer) -> (u16, Vec<String>, String) {
    let id = answer.header("x-request-id");
    let headers = answer.headers().iter();
    let headers = headers.filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()));
    let mut headers: Vec<_> = headers
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    (answer.status(), headers, answer.text().replace(id, "ID"))
}

/// Sends a request of the table about a name.
async fn ask(who: &Actor, method: &Method, path: &str, sent: Sent, name: &str) -> Answer {
    let path = path.replace("NAME", name);
    if let Sent::Text(text) = sent {
        let body = text.replace("NAME", name);
        return who.request(method.clone(), &path).bytes(body).send().await;
    }
    send(who, method, &path, sent).await
}

#[tokio::test]
async fn no_route_tells_a_private_name_from_an_absent_one() {
    let server = server_with_secrets().await;
    for who in strangers(&server).await {
        for (attempt, method, path, sent) in ROUTES {
            let absent = essence(&ask(&who, &method, path, sent, ABSENT).await);
            for name in [HIDDEN, FORMER] {
                let answer = ask(&who, &method, path, sent, name).await;
                attempt.is_refused(&answer);
                let same = essence(&answer) == absent;
                let evidence = format!("{:?} is not {absent:?}", essence(&answer));
                attempt.fails(same, &evidence);
            }
        }
    }
    let kept = server.admin().get_json("artefacts").await;
    assert_eq!(kept["count"], 2, "nothing was changed: {kept}");
}

/// Headers that make an answer depend on what is there.
const CONDITIONS: [(Attempt, &str, &str); 5] = [
    (
        attempt("a stranger asks whether anything has changed"),
        "if-none-match",
        "*",
    ),
    (
        attempt("a stranger asks for what is still as it was"),
        "if-match",
        "*",
    ),
    (
        attempt("a stranger asks for what has not changed since today"),
        "if-modified-since",
        "Fri, 01 Jan 2100 00:00:00 GMT",
    ),
    (
        attempt("a stranger asks for what has not changed since long ago"),
        "if-unmodified-since",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    ),
    (
        attempt("a stranger asks for a range beyond the end"),
        "range",
        "bytes=999999-",
    ),
];

#[tokio::test]
async fn no_condition_tells_a_private_name_from_an_absent_one() {
    let server = server_with_secrets().await;
    for who in strangers(&server).await {
        for (attempt, header, value) in CONDITIONS {
            for path in ["artefacts/file/NAME/download", "/echo/NAME/spring/a.echo"] {
                let ask = async |name: &str| {
                    let path = path.replace("NAME", name);
                    who.get_with(&path, header, value).await
                };
                let (hidden, absent) = (ask(HIDDEN).await, ask(ABSENT).await);
                attempt.is_refused_with(&hidden, &[404]);
                let same = essence(&hidden) == essence(&absent);
                attempt.fails(same, &hidden.text());
            }
        }
    }
}

/// Answers in which a private name could show.
const LISTS: [(Attempt, &str); 9] = [
    (
        attempt("a stranger lists everything"),
        "artefacts?limit=100",
    ),
    (
        attempt("a stranger searches for a private name"),
        "artefacts?q=hidd",
    ),
    (
        attempt("a stranger lists what has a tag of a private artefact"),
        "artefacts?tag=beta",
    ),
    (
        attempt("a stranger lists a format and a category"),
        "artefacts?format=file&category=other",
    ),
    (attempt("a stranger lists through a protocol"), "/echo"),
    (
        attempt("a stranger lists what follows a private name in a protocol"),
        "/echo?after=hidden",
    ),
    (attempt("a stranger reads the metrics"), "/metrics"),
    (
        attempt("a stranger reads how ready the server is"),
        "/readyz",
    ),
    (attempt("a stranger reads about a format"), "formats/echo"),
];

#[tokio::test]
async fn no_list_holds_a_private_name() {
    let server = server_with_secrets().await;
    for who in strangers(&server).await {
        for (attempt, path) in LISTS {
            let answer = who.get(path).await;
            let told = answer.text();
            let silent = [HIDDEN, FORMER].iter().all(|name| !told.contains(name));
            attempt.fails(answer.status() == 200 && silent, &told);
            if path.starts_with("artefacts") {
                let counted = &answer.json()["count"];
                attempt.fails(*counted == 0, "they are counted");
            }
        }
    }
}

#[tokio::test]
async fn no_pattern_and_no_search_finds_more_than_it_says() {
    let server = server_with_secrets().await;
    for (attempt, pattern) in [
        (
            attempt("the sign of SQL for any text stands in the scope of a key"),
            "%*",
        ),
        (
            attempt("the sign of SQL for any character stands in the scope of a key"),
            "_idde*",
        ),
        (
            attempt("the sign for any character stands in the scope of a key"),
            "?idde*",
        ),
        (
            attempt("a set of characters stands in the scope of a key"),
            "[a-z]*",
        ),
    ] {
        let reader = server.read_key("reader").allowed_name(pattern);
        let reader = reader.create().await;
        let listed = reader.get_json("artefacts").await;
        attempt.fails(listed["count"] == 0, &listed.to_string());
        let answer = reader.get("artefacts/file/hidden").await;
        attempt.is_refused_with(&answer, &[404]);
    }
    let nobody = server.anonymous();
    for (attempt, words) in [
        (
            attempt("a search has an operator of a search engine"),
            "x OR hidden",
        ),
        (
            attempt("a search has a quotation that is not closed"),
            "\"hidden",
        ),
        (attempt("a search names a column"), "name:hidden*"),
        (
            attempt("a search ends a statement of SQL"),
            "x'; DROP TABLE artefacts; --",
        ),
        (attempt("a search has the sign of SQL for any text"), "%"),
    ] {
        let path = format!("artefacts?q={}", encoded(words));
        let answer = nobody.get(&path).await;
        attempt.fails(answer.status() == 200, &answer.text());
        attempt.fails(answer.json()["count"] == 0, &answer.text());
    }
    let kept = server.admin().get_json("artefacts").await;
    assert_eq!(kept["count"], 2, "nothing was changed: {kept}");
}

/// Routes about people and what is theirs. `NAME` is `bert`, who is there, or `nobo`, who is not.
const PEOPLE: [(Attempt, Method, &str, Sent); 7] = [
    (
        attempt("a user asks for another user"),
        Method::GET,
        "users/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a user changes another user"),
        Method::PATCH,
        "users/NAME",
        Sent::Json(r#"{"disabled": true}"#),
    ),
    (
        attempt("a user deletes another user"),
        Method::DELETE,
        "users/NAME",
        Sent::Nothing,
    ),
    (
        attempt("a user sets the password of another user"),
        Method::PUT,
        "users/NAME/password",
        Sent::Json(r#"{"password": "evil horse battery"}"#),
    ),
    (
        attempt("a user lists the sessions of another user"),
        Method::GET,
        "sessions?user=NAME",
        Sent::Nothing,
    ),
    (
        attempt("a user asks for an organization of others"),
        Method::GET,
        "organizations/NAMEcorp",
        Sent::Nothing,
    ),
    (
        attempt("a user joins an organization of others"),
        Method::PUT,
        "organizations/NAMEcorp/members/anna",
        Sent::Json(r#"{"role": "member"}"#),
    ),
];

#[tokio::test]
async fn no_route_tells_whether_an_account_is_there() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    server.with_user("bert").await;
    server.organization("bertcorp", &["bert"]).await;
    for (attempt, method, path, sent) in PEOPLE {
        let there = ask(&anna, &method, path, sent, "bert").await;
        let absent = ask(&anna, &method, path, sent, "nobo").await;
        attempt.is_refused_with(&there, &[403, 404]);
        let evidence = format!("{} is not {}", there.text(), absent.text());
        attempt.fails(essence(&there) == essence(&absent), &evidence);
    }
}

#[tokio::test]
async fn an_identifier_of_others_is_answered_like_one_of_nothing() {
    let server = Setup::new().cheap_passwords().start().await;
    let anna = server.with_user("anna").await;
    let bert = server.with_user("bert").await;
    server.grant("user", "bert", &json!([{}])).await;
    let key = NewKey::new(bert.clone(), "read", "k").owner("user", "bert");
    let key = key.create().await;
    let sessions = bert.get_json("sessions").await;
    let session = sessions["results"][0]["id"].as_str().unwrap();
    let upload = bert.request(Method::POST, "artefacts/file/map");
    let upload = upload
        .form(&Upload::new("map.bin", "a map"))
        .header("prefer", "respond-async");
    let status = upload.send().await.header("location").to_owned();
    bert.get(&status).await.assert_ok();
    let upload = status.trim_start_matches("/api/v1/uploads/");
    for (attempt, method, noun, id) in [
        (
            attempt("a user ends the session of another"),
            Method::DELETE,
            "sessions",
            session,
        ),
        (
            attempt("a user revokes the key of another"),
            Method::DELETE,
            "api-keys",
            key.key_id(),
        ),
        (
            attempt("a user reads the outcome of an upload of another"),
            Method::GET,
            "uploads",
            upload,
        ),
    ] {
        let mut other: String = id[..id.len() - 4].to_owned();
        other.push_str("0000");
        let there = send(&anna, &method, &format!("{noun}/{id}"), Sent::Nothing).await;
        let absent = send(&anna, &method, &format!("{noun}/{other}"), Sent::Nothing).await;
        attempt.is_refused_with(&there, &[404]);
        attempt.fails(essence(&there) == essence(&absent), &there.text());
    }
    bert.get("session").await.assert_ok();
    key.get("artefacts").await.assert_ok();
}

/// Bytes are stored once, whoever has published them first. That must not show.
#[tokio::test]
async fn nobody_learns_which_bytes_are_stored_already() {
    let server = server_with_secrets().await;
    let ci = server
        .upload_key("ci")
        .allowed_name("other*")
        .create()
        .await;
    let known = attempt("somebody uploads bytes to see whether a private artefact holds them");
    let told = async |name: &str, text: &str| {
        let upload = Upload::new("notes.txt", text);
        let answer = ci.publish_file(name, &upload).await;
        let mut shown = answer.json();
        // Times are written without zeros at their end.
        for time in ["createdAt", "updatedAt", "dataUpdatedAt"] {
            shown["artefact"][time] = json!(null);
        }
        shown["version"]["publishedAt"] = json!(null);
        (answer.status(), shown.to_string().len())
    };
    let (stored, new) = (
        told("other1", "some words").await,
        told("other2", "same words").await,
    );
    known.fails(stored == new, &format!("{stored:?} is not {new:?}"));
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Asked by turns, so that whatever else the machine does slows both down. Both are looked for in the same way and differ
/// by the time to read one row, which no network lets through; what is caught here is work that only one of them causes.
#[tokio::test]
async fn the_time_of_an_answer_does_not_tell_a_private_name_from_an_absent_one() {
    let server = server_with_secrets().await;
    let stranger = server.anonymous();
    let timed = attempt("a stranger measures how long an answer about a name takes");
    for path in ["artefacts/file/NAME/download", "/echo/NAME/spring"] {
        let (mut hidden, mut absent) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            for (name, times) in [(HIDDEN, &mut hidden), (ABSENT, &mut absent)] {
                let path = path.replace("NAME", name);
                let started = Instant::now();
                stranger.get(&path).await.assert_status(404);
                times.push(started.elapsed());
            }
        }
        let (hidden, absent) = (median(hidden), median(absent));
        let apart = hidden.abs_diff(absent);
        let near = apart < hidden.min(absent) + Duration::from_millis(2);
        timed.fails(near, &format!("{path}: {hidden:?}, {absent:?}"));
    }
}

/// A password takes many milliseconds to check, so skipping that would show. Guesses come from many addresses and for many
/// names, because each of them has to wait after a few.
#[tokio::test]
async fn the_time_of_a_refusal_does_not_tell_whether_a_user_is_there() {
    let server = Setup::new()
        .cheap_passwords()
        .set("server.trusted_proxies", "[\"127.0.0.1\"]")
        .start()
        .await;
    let names = ["anna", "bert", "carl"];
    for name in names {
        server.with_user(name).await;
    }
    let timed = attempt("somebody measures how long a wrong password takes for a name");
    let guess = async |number: u32, name: String| {
        let request = server.anonymous().request(Method::POST, "session");
        let request = request.header("x-forwarded-for", &format!("192.0.2.{number}"));
        let wrong = json!({"name": name, "password": PASSWORD.to_uppercase()});
        let started = Instant::now();
        request.json(&wrong).send().await.assert_status(401);
        started.elapsed()
    };
    let (mut there, mut absent) = (Vec::new(), Vec::new());
    for number in 0..12 {
        let name = names[number as usize % names.len()].to_owned();
        there.push(guess(number, name).await);
        absent.push(guess(number, format!("nobody-{number}")).await);
    }
    let (there, absent) = (median(there), median(absent));
    let near = there < absent * 2 && absent < there * 2;
    timed.fails(near, &format!("{there:?}, {absent:?}"));
}
