//! What a format answers is packed as the client likes it, once, and each form has a tag of its own.

use std::collections::BTreeSet;
use std::io::Read as _;

use cellier_tests::{Answer, TestServer};

use super::{SPRING, assert_refused, get, provoked, put};

const LONG: &str = "/echo/-/long/season";
const PACKED: &str = "/echo/-/packed/season";

async fn with_a_season() -> TestServer {
    let server = provoked().await;
    put(&server.admin(), "season/spring/a.echo", SPRING)
        .await
        .assert_created();
    server
}

fn unpacked(answer: &Answer) -> String {
    let mut text = String::new();
    match answer.header("content-encoding") {
        "" => text = answer.text(),
        "gzip" => {
            let mut decoder = flate2::read::GzDecoder::new(answer.bytes());
            decoder.read_to_string(&mut text).expect("sound gzip");
        }
        other => panic!("{other} is not unpacked here"),
    }
    text
}

#[tokio::test]
async fn a_client_is_sent_the_coding_that_it_likes_best() {
    let server = with_a_season().await;
    let admin = server.admin();
    let plain = admin.get(LONG).await;
    assert_eq!(plain.assert_ok().header("content-encoding"), "");
    assert_eq!(plain.header("vary"), "accept-language, accept-encoding");
    let mut tags = BTreeSet::from([plain.header("etag").to_owned()]);
    for (accepted, coding) in [
        ("gzip", "gzip"),
        ("gzip;q=0.5, br", "br"),
        ("zstd, gzip", "zstd"),
        ("gzip, deflate, br, zstd", "br"),
    ] {
        let sent = admin.get_with(LONG, "accept-encoding", accepted).await;
        assert_eq!(sent.assert_ok().header("content-encoding"), coding);
        assert!(sent.bytes().len() < plain.bytes().len() / 2, "{coding}");
        assert_eq!(sent.header("vary"), plain.header("vary"));
        tags.insert(sent.header("etag").to_owned());
        let request = admin.request(reqwest::Method::HEAD, LONG);
        let head = request.header("accept-encoding", accepted).send().await;
        for name in ["etag", "content-length", "content-encoding", "vary"] {
            assert_eq!(head.header(name), sent.header(name), "{coding} {name}");
        }
        assert_eq!(
            head.header("content-length"),
            sent.bytes().len().to_string()
        );
        if coding == "gzip" {
            assert_eq!(unpacked(&sent), plain.text());
        }
    }
    assert_eq!(tags.len(), 4, "{tags:?}");
    assert!(tags.iter().all(|tag| tag.starts_with('"')), "{tags:?}");
}

#[tokio::test]
async fn who_has_one_form_is_told_so_whatever_it_takes_now() {
    let server = with_a_season().await;
    let admin = server.admin();
    for accepted in ["identity", "gzip", "br", "zstd"] {
        let sent = admin.get_with(LONG, "accept-encoding", accepted).await;
        let tag = sent.header("etag").to_owned();
        for now in ["identity", "br"] {
            let known = admin
                .request(reqwest::Method::GET, LONG)
                .header("accept-encoding", now)
                .header("if-none-match", &format!("\"x\", W/{tag}"))
                .send()
                .await;
            assert_eq!((known.status(), known.bytes()), (304, &b""[..]));
            assert_eq!(known.header("etag"), tag);
            assert_eq!(known.header("vary"), sent.header("vary"));
            assert_eq!(known.header("cache-control"), "private, no-cache");
        }
    }
    let other = admin.get_with(LONG, "if-none-match", "\"x\"").await;
    other.assert_ok();
    let wanted = admin.get_with(LONG, "if-match", "\"x\"").await;
    assert_refused(&wanted, 412, "precondition_failed");
}

#[tokio::test]
async fn who_takes_no_plain_bytes_gets_none() {
    let server = with_a_season().await;
    let admin = server.admin();
    // Too small to be packed for anybody else.
    let path = "/echo/season";
    let small = admin.get_with(path, "accept-encoding", "gzip").await;
    assert_eq!(small.assert_ok().header("content-encoding"), "");
    let forced = admin
        .get_with(path, "accept-encoding", "gzip, identity;q=0")
        .await;
    assert_eq!(forced.assert_ok().header("content-encoding"), "gzip");
    assert_eq!(unpacked(&forced), small.text());
    for accepted in ["identity;q=0", "lzw, *;q=0"] {
        let nothing = admin.get_with(path, "accept-encoding", accepted).await;
        assert_refused(&nothing, 406, "not_acceptable");
    }
}

#[tokio::test]
async fn what_is_packed_already_is_passed_on_and_unpacked_only_for_who_cannot() {
    let server = with_a_season().await;
    let admin = server.admin();
    for _ in 0..2 {
        let packed = admin.get_with(PACKED, "accept-encoding", "br, gzip").await;
        assert_eq!(packed.assert_ok().header("content-encoding"), "gzip");
        assert_eq!(packed.header("etag"), "\"packed\"");
        assert_eq!(packed.header("vary"), "accept-encoding");
        assert_eq!(unpacked(&packed), "ok packed\n");
        let plain = admin.get(PACKED).await;
        assert_eq!(plain.assert_ok().header("content-encoding"), "");
        assert_eq!(plain.header("etag"), "\"packed:identity\"");
        assert_eq!(plain.text(), "ok packed\n");
        for tag in ["\"packed\"", "\"packed:identity\""] {
            let known = admin.get_with(PACKED, "if-none-match", tag).await;
            assert_eq!((known.status(), known.header("etag")), (304, tag));
        }
    }
}

#[tokio::test]
async fn a_part_of_a_file_is_sent_from_memory_as_it_is_sent_from_the_file() {
    let server = with_a_season().await;
    let admin = server.admin();
    let first = get(&admin, "-/part/season").await;
    for _ in 0..3 {
        let again = get(&admin, "-/part/season").await;
        assert_eq!(again.assert_ok().text(), "echo sprin");
        for (name, value) in first.headers() {
            let is_of_request = ["x-request-id", "date"].contains(&name.as_str());
            if !is_of_request {
                assert_eq!(again.headers().get(name), Some(value), "{name}");
            }
        }
        let range = admin
            .get_with("/echo/-/part/season", "range", "bytes=5-")
            .await;
        assert_eq!((range.status(), range.text().as_str()), (206, "sprin"));
        let known = admin
            .get_with("/echo/-/part/season", "if-none-match", "\"part\"")
            .await;
        assert_eq!((known.status(), known.header("etag")), (304, "\"part\""));
    }
}
