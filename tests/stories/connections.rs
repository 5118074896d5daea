//! Connections: slow clients, silent ones, many of them, and how a server ends.

use std::net::TcpStream;
use std::time::Duration;

use cellier_tests::{
    Actor, Connection, RawForm, Setup, TestServer, Upload, eventually, raw_request,
};
use reqwest::Method;

/// A file of some words.
fn words() -> Upload {
    Upload::new("notes.txt", "some words")
}

/// Sends the first half of an upload and waits until the server has begun to stage it. What is returned is the other
/// half.
async fn begin_upload(server: &TestServer, who: &Actor, name: &str) -> (Connection, Vec<u8>) {
    let form = RawForm::of_file("notes.txt", &vec![b'x'; 100_000]);
    let body = form.body();
    let (first, rest) = body.split_at(body.len() / 2);
    let mut upload = Connection::open(server);
    upload
        .send(form.head(who, &format!("artefacts/file/{name}")))
        .send(first);
    eventually("the upload is staged", async || {
        !server.files_below("blobs/staging").is_empty()
    })
    .await;
    (upload, rest.to_vec())
}

/// Waits until the server takes no new connections.
async fn stops_listening(server: &TestServer) {
    eventually("the server stops listening", async || {
        TcpStream::connect(server.address()).is_err()
    })
    .await;
}

#[tokio::test]
async fn an_upload_in_flight_ends_well_when_the_server_is_asked_to_stop() {
    let mut server = TestServer::start().await;
    let admin = server.admin();
    let mut idle = Connection::open(&server);
    idle.send("GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n");
    idle.read_answer().assert_says(200, "ok");
    let (mut upload, rest) = begin_upload(&server, &admin, "notes").await;

    server.ask_to_stop();
    stops_listening(&server).await;
    // Nobody waits for a connection that does nothing.
    assert_eq!(idle.read_to_end().text, "");
    let answer = upload.send(rest).read_answer();
    answer.assert_says(201, "\"fileName\":\"notes.txt\"");
    assert!(server.ended().await.success());
    assert!(server.log().contains("stopped"), "{}", server.log());

    server.restart().await;
    let fetched = admin.get("artefacts/notes/download").await;
    assert_eq!(fetched.assert_ok().bytes(), vec![b'x'; 100_000]);
}

#[tokio::test]
async fn work_that_was_answered_later_is_done_before_the_server_ends() {
    let mut server = TestServer::start().await;
    let admin = server.admin();
    for number in 0..5 {
        let request = admin.request(Method::POST, &format!("artefacts/file/notes-{number}"));
        let request = request.header("prefer", "respond-async").form(&words());
        request.send().await.assert_status(202);
    }
    assert!(server.stop().await.success());
    server.restart().await;
    assert_eq!(admin.get_json("artefacts").await["count"], 5);
}

#[tokio::test]
async fn the_grace_of_a_shutdown_ends_and_cuts_off_what_is_not_done() {
    let mut server = Setup::new()
        .set("server.shutdown_grace", "200ms")
        .start()
        .await;
    let admin = server.admin();
    let (upload, _rest) = begin_upload(&server, &admin, "notes").await;
    assert!(server.stop().await.success());
    assert!(server.log().contains("cut off"), "{}", server.log());
    drop(upload);
    server.restart().await;
    admin
        .get("artefacts/notes")
        .await
        .assert_problem(404, "not_found");
    assert_eq!(server.files_below("blobs"), Vec::<String>::new());
}

#[tokio::test]
async fn a_second_signal_ends_the_server_at_once() {
    let mut server = TestServer::start().await;
    let (_upload, _rest) = begin_upload(&server, &server.admin(), "notes").await;
    server.ask_to_stop();
    stops_listening(&server).await;
    server.ask_to_stop();
    assert_eq!(server.ended().await.code(), Some(1));
}

#[tokio::test]
async fn a_server_ends_also_when_all_its_connections_are_taken() {
    let setup = Setup::new()
        .set("limits.connections", "2")
        .set("limits.header_timeout", "10m");
    let mut server = setup.set("server.shutdown_grace", "100ms").start().await;
    let _silent = [Connection::open(&server), Connection::open(&server)];
    let mut waiting = Connection::open(&server);
    waiting.send("GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n");
    assert!(server.stop().await.success());
}

#[tokio::test]
async fn who_waits_for_a_free_connection_is_served_when_there_is_one() {
    let server = Setup::new().set("limits.connections", "1").start().await;
    let mut first = Connection::open(&server);
    let request = "GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n";
    first.send(request).read_answer().assert_says(200, "ok");
    let mut second = Connection::open(&server);
    second.send(request);
    drop(first);
    second.read_answer().assert_says(200, "ok");
}

#[tokio::test]
async fn a_second_server_at_the_same_address_says_that_one_is_there() {
    let server = TestServer::start().await;
    let second = Setup::new().set("server.listen", &server.address());
    let outcome = second.run(&["serve"]);
    let told = outcome.assert_failure(1);
    let expected = format!(
        "failed to listen on {} (server.listen); another server may be there already: Address already in use",
        server.address()
    );
    assert!(told.contains(&expected), "{told}");
    server.anonymous().get("/healthz").await.assert_ok();
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_headers_is_hung_up_on() {
    let server = Setup::new()
        .set("limits.header_timeout", "200ms")
        .start()
        .await;
    let begun = [
        "",
        "G",
        "GET /healthz HTTP/1.1\r\nHost: regis",
        "PRI * HTTP/2.0",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\r\n\r\n",
    ];
    let mut connections: Vec<_> = begun
        .iter()
        .map(|text| {
            let mut connection = Connection::open(&server);
            connection.send(text);
            connection
        })
        .collect();
    server.anonymous().get("/healthz").await.assert_ok();
    for (connection, text) in connections.iter_mut().zip(begun) {
        let rest = connection.read_to_end();
        assert!(!rest.text.contains("200 OK"), "{text:?}: {}", rest.text);
    }
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request_for_longer_than_headers_may_take() {
    let setup = Setup::new().set("limits.header_timeout", "100ms");
    let server = setup.set("limits.keep_alive", "2s").start().await;
    let request = "GET /healthz HTTP/1.1\r\nHost: registry\r\n\r\n";
    let mut connection = Connection::open(&server);
    for _ in 0..2 {
        connection
            .send(request)
            .read_answer()
            .assert_says(200, "ok");
        // The pause is what the story is about: it is longer than headers may take.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(connection.read_to_end().text, "", "it is closed in the end");
}

#[tokio::test]
async fn a_client_that_pauses_in_the_middle_of_a_body_is_told_408() {
    let server = Setup::new()
        .set("limits.idle_timeout", "200ms")
        .start()
        .await;
    let admin = server.admin();
    let (mut upload, _rest) = begin_upload(&server, &admin, "notes").await;
    upload
        .read_answer()
        .assert_says(408, "\"code\":\"too_slow\"");

    let key = admin.key();
    let head = format!("Host: registry\r\nx-api-key: {key}\r\nContent-Length: 100\r\n");
    for (method, path, kind) in [
        (
            "PUT",
            "artefacts/file/notes/versions/1",
            "application/octet-stream",
        ),
        ("PATCH", "artefacts/file/notes", "application/json"),
        ("POST", "api-keys", "application/json"),
    ] {
        let mut paused = Connection::open(&server);
        paused.send(format!(
            "{method} /api/v1/{path} HTTP/1.1\r\n{head}Content-Type: {kind}\r\n\r\n{{\"a"
        ));
        paused
            .read_answer()
            .assert_says(408, "\"code\":\"too_slow\"");
    }
    assert_eq!(admin.get_json("artefacts").await["count"], 0);
    eventually("staging is swept", async || {
        server.files_below("blobs").is_empty()
    })
    .await;
}

#[tokio::test]
async fn a_body_that_comes_slowly_but_steadily_is_taken() {
    let server = Setup::new().set("limits.idle_timeout", "2s").start().await;
    let form = RawForm::of_file("notes.txt", b"some words");
    let mut upload = Connection::open(&server);
    upload.send(form.head(&server.admin(), "artefacts/file/notes"));
    let body = form.body();
    for piece in body.chunks(body.len() / 6 + 1) {
        upload.send(piece);
        // The pause is what the story is about: six of them are longer than the limit, none of them is.
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
    upload.read_answer().assert_says(201, "notes.txt");
}

#[tokio::test]
async fn two_hundred_clients_that_never_finish_keep_nobody_else_waiting() {
    let server = TestServer::start().await;
    let slow: Vec<_> = (0..200)
        .map(|number| {
            let mut connection = Connection::open(&server);
            connection.send(format!(
                "GET /healthz HTTP/1.1\r\nHost: registry\r\nX-{number}: "
            ));
            connection
        })
        .collect();
    let admin = server.admin();
    admin.publish_file("notes", &words()).await.assert_created();
    assert_eq!(
        admin
            .get("artefacts/notes/download")
            .await
            .assert_ok()
            .text(),
        "some words"
    );
    drop(slow);
    let closing = "GET /readyz HTTP/1.1\r\nHost: registry\r\nConnection: close\r\n\r\n";
    raw_request(&server, closing).assert_says(200, "\"ready\":true");
}
