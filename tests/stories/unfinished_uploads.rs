//! Uploads that are cut, refused on their way or too large: nothing is left of them.

use cellier_tests::{
    Actor, Connection, Package, RawForm, Setup, TestServer, Upload, both_databases, eventually,
};
use reqwest::Method;

/// A file of some words.
fn words(text: &str) -> Upload {
    Upload::new("notes.txt", text)
}

/// A package whose bytes differ from those of the same version with other words.
fn widget(version: &str, words: &str) -> Package {
    Package::new("@acme/widget", version).file("index.js", words)
}

/// What is served as a version of the widget.
async fn served(who: &Actor, version: &str) -> Vec<u8> {
    let path = format!("artefacts/npm/@acme%2Fwidget/versions/{version}/download");
    who.get(&path).await.assert_ok().bytes().to_vec()
}

#[tokio::test]
async fn an_upload_that_is_cut_half_way_leaves_nothing() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let form = RawForm::of_file("notes.txt", &vec![b'x'; 1 << 20]);
    let body = form.body();
    for (head, sent) in [
        (form.head(&ci, "artefacts/file/notes"), body.len() / 2),
        (form.head(&ci, "artefacts/file/notes"), body.len() - 4),
        (form.head(&ci, "artefacts/@acme%2Fwidget/versions"), 1000),
    ] {
        let mut upload = Connection::open(&server);
        upload.send(head).send(&body[..sent]);
        eventually("it is staged", async || {
            !server.files_below("blobs/staging").is_empty()
        })
        .await;
        drop(upload);
        server.assert_empty().await;
    }
    ci.publish_file("notes", &words("whole"))
        .await
        .assert_created();
}

#[tokio::test]
async fn a_cut_upload_is_told_to_be_sent_again() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let form = RawForm::of_file("notes.txt", b"some words");
    let mut upload = Connection::open(&server);
    upload
        .send(form.head(&ci, "artefacts/file/notes"))
        .send(&form.body()[..120]);
    upload.send_no_more();
    upload
        .read_answer()
        .assert_says(400, "\"code\":\"bad_body\"");
    server.assert_empty().await;
}

#[tokio::test]
async fn a_power_cut_in_the_middle_of_an_upload_leaves_nothing() {
    let mut server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let form = RawForm::of_file("notes.txt", &vec![b'x'; 1 << 20]);
    let mut upload = Connection::open(&server);
    upload
        .send(form.head(&ci, "artefacts/file/notes"))
        .send(&form.body()[..500_000]);
    eventually("it is staged", async || {
        !server.files_below("blobs/staging").is_empty()
    })
    .await;

    server.kill9();
    assert_eq!(server.files_below("blobs/staging").len(), 1);
    server.restart().await;
    server.assert_empty().await;
    ci.publish_file("notes", &words("again"))
        .await
        .assert_created();
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_power_cut() {
    for mut server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let package = widget("1.0.0", "one");
        ci.publish_package(&package).await.assert_created();
        server.kill9();
        server.restart().await;
        assert_eq!(served(&ci, "1.0.0").await, package.tarball());
        ci.publish_package(&package).await.assert_ok();
    }
}

#[tokio::test]
async fn a_bad_credential_and_a_bad_name_are_refused_before_the_body_is_sent() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").allowed_name("notes").create().await;
    let stranger = server.with_key(Some("cel_wrong"));
    let form = RawForm::of_file("notes.txt", &vec![b'x'; 1 << 20]);
    let expecting = |who: &Actor, path: &str| {
        let head = form.head(who, path);
        head.replace("Host: registry", "Host: registry\r\nExpect: 100-continue")
    };
    for (who, path, status) in [
        (&stranger, "artefacts/file/notes", 401),
        (&ci, "artefacts/file/others", 403),
        (&ci, "artefacts/npn/notes", 404),
        (&server.admin(), "artefacts/file/my%20notes", 400),
        (&server.admin(), "artefacts/npm/Notes", 400),
    ] {
        let mut polite = Connection::open(&server);
        let answer = polite.send(expecting(who, path)).read_answer();
        assert_eq!(answer.status, status, "{}", answer.text);
        let mut silent = Connection::open(&server);
        let answer = silent.send(form.head(who, path)).read_answer();
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let mut welcome = Connection::open(&server);
    let answer = welcome
        .send(expecting(&ci, "artefacts/file/notes"))
        .read_answer();
    assert_eq!(answer.status, 100, "{}", answer.text);
    welcome
        .send(form.body())
        .read_answer()
        .assert_says(201, "notes.txt");
}

#[tokio::test]
async fn who_sends_a_whole_body_with_a_wrong_key_still_reads_why_it_is_refused() {
    let server = TestServer::start().await;
    let scoped = server.upload_key("ci").allowed_name("notes").create().await;
    let stranger = server.with_key(Some("cel_wrong"));
    let upload = Upload::new("large.bin", vec![b'x'; 2 << 20]);
    for _ in 0..5 {
        let refused = stranger.publish_file("large", &upload).await;
        refused.assert_problem(401, "key_invalid");
        let refused = server.anonymous().publish_file("large", &upload).await;
        refused.assert_problem(401, "key_missing");
        let refused = scoped.publish_file("large", &upload).await;
        refused.assert_problem(403, "scope");
    }
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    let server = Setup::new().set("limits.upload", "1MiB").start().await;
    let ci = server.upload_key("ci").create().await;
    let limit = 1 << 20;
    let put = || ci.request(Method::PUT, "artefacts/file/large/versions/1");
    let declared = put().bytes(vec![b'x'; limit + 1]).send().await;
    declared
        .assert_problem(413, "too_large")
        .assert_detail("1048576 bytes");
    let pieces =
        futures_util::stream::iter((0..17).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1 << 16])));
    let undeclared = put().bytes(reqwest::Body::wrap_stream(pieces)).send().await;
    undeclared.assert_problem(413, "too_large");
    let form = ci
        .publish_file("large", &Upload::new("x", vec![b'x'; limit + 1]))
        .await;
    form.assert_problem(413, "too_large");
    server.assert_empty().await;

    let fits = ci
        .publish_file("large", &Upload::new("x", vec![b'x'; limit]))
        .await;
    assert_eq!(fits.assert_created().json()["version"]["size"], limit);
}

#[tokio::test]
async fn a_format_may_take_less_than_the_server() {
    let server = Setup::new()
        .set("formats.file.upload", "1KiB")
        .start()
        .await;
    let ci = server.upload_key("ci").create().await;
    let refused = ci
        .publish_file("large", &Upload::new("x", vec![b'x'; 1025]))
        .await;
    refused
        .assert_problem(413, "too_large")
        .assert_detail("the format file takes at most 1024");
    let package = Package::new("large", "1.0.0").file(
        "noise.bin",
        (0..=255).cycle().take(4096).collect::<Vec<u8>>(),
    );
    ci.publish_package(&package).await.assert_created();
}
