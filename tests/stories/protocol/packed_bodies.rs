//! Bodies that a client has packed.

use std::io::Write as _;

use cellier_tests::{Actor, Answer, Setup, TestServer};
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;

use super::{SPRING, assert_refused, get};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("room in memory");
    encoder.finish().expect("room in memory")
}

async fn put(actor: &Actor, coding: &str, body: Vec<u8>) -> Answer {
    let request = actor.request(Method::PUT, "/echo/season/spring/a.echo");
    let request = request.header("content-encoding", coding);
    request.bytes(body).send().await
}

#[tokio::test]
async fn a_body_that_is_packed_with_gzip_is_what_it_was_before() {
    let server = TestServer::start().await;
    let admin = server.admin();
    put(&admin, "gzip", gzip(SPRING.as_bytes()))
        .await
        .assert_created();
    let bytes = get(&admin, "season/spring/a.echo").await;
    assert_eq!(bytes.assert_ok().text(), SPRING);
    let again = put(&admin, "identity", SPRING.into()).await;
    assert_eq!(
        again.assert_ok().text(),
        "ok season spring was there before\n"
    );
}

#[tokio::test]
async fn what_is_not_what_it_says_leaves_nothing_behind() {
    let server = Setup::new()
        .set("formats.echo.upload", "64MiB")
        .start()
        .await;
    let admin = server.admin();
    let packed = gzip(SPRING.as_bytes());
    let half = packed[..packed.len() - 9].to_vec();
    let large = gzip(&vec![b'x'; 128 << 20]);
    for (coding, body, status, code) in [
        ("gzip", SPRING.into(), 400, "bad_coding"),
        ("gzip", half, 400, "bad_coding"),
        ("gzip", large, 413, "suspicious_coding"),
        ("br", packed.clone(), 415, "unknown_coding"),
        ("gzip, gzip", packed, 415, "unknown_coding"),
    ] {
        let refused = put(&admin, coding, body).await;
        assert_refused(&refused, status, code);
        if status == 415 {
            assert_eq!(refused.header("accept-encoding"), "gzip, identity");
        }
    }
    server.assert_empty().await;
    assert!(server.peak_memory() < 200 << 20);
}

#[tokio::test]
async fn a_packed_body_may_be_as_large_as_a_plain_one_and_no_larger() {
    let server = Setup::new()
        .set("formats.echo.upload", "1MiB")
        .start()
        .await;
    let admin = server.admin();
    // Digits that gzip makes a third of.
    let many: String = (0..3_000_000u32).map(|number| number.to_string()).collect();
    let refused = put(&admin, "gzip", gzip(many.as_bytes())).await;
    assert_refused(&refused, 413, "too_large");
    let nobody = server.anonymous();
    let refused = put(&nobody, "gzip", gzip(many.as_bytes())).await;
    assert_refused(&refused, 401, "key_missing");
    server.assert_empty().await;
}
