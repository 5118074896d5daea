//! Downloads: ranges, conditions, headers, and who may have the bytes.

use std::time::Duration;

use cellier_tests::{
    Actor, Answer, Connection, Package, Setup, Shell, TestServer, Upload, sha256_base64, sha256_hex,
};
use reqwest::Method;
use serde_json::json;

/// Twenty bytes, each of which tells where it stands.
const ALPHABET: &[u8] = b"abcdefghijklmnopqrst";

const DOWNLOAD: &str = "artefacts/file/letters/versions/1/download";

/// A server with one file of [`ALPHABET`].
async fn server_with_letters() -> TestServer {
    let server = TestServer::start().await;
    publish_letters(&server).await;
    server
}

async fn publish_letters(server: &TestServer) {
    let letters = Upload::new("letters.txt", ALPHABET);
    server
        .admin()
        .publish_file("letters", &letters)
        .await
        .assert_created();
}

async fn make_public(server: &TestServer) {
    let public = json!({"public": true});
    server
        .admin()
        .patch("artefacts/file/letters", &public)
        .await
        .assert_ok();
}

/// Some bytes that no compression makes smaller, the same every time.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

#[tokio::test]
async fn a_range_is_answered_with_these_bytes_alone() {
    let server = server_with_letters().await;
    let admin = server.admin();
    for (range, bytes, content_range) in [
        ("bytes=0-0", "a", "bytes 0-0/20"),
        ("bytes=0-3", "abcd", "bytes 0-3/20"),
        ("bytes=19-19", "t", "bytes 19-19/20"),
        ("bytes=17-", "rst", "bytes 17-19/20"),
        ("bytes=-2", "st", "bytes 18-19/20"),
        ("bytes=-99", "abcdefghijklmnopqrst", "bytes 0-19/20"),
        ("bytes=18-9999999999999999999999", "st", "bytes 18-19/20"),
    ] {
        let part = admin.get_with(DOWNLOAD, "range", range).await;
        assert_eq!(part.assert_status(206).text(), bytes, "{range}");
        assert_eq!(part.header("content-range"), content_range);
        assert_eq!(part.header("content-length"), bytes.len().to_string());
        let whole = sha256_base64(ALPHABET);
        assert_eq!(part.header("repr-digest"), format!("sha-256=:{whole}:"));
    }
}

#[tokio::test]
async fn a_range_outside_the_file_is_416_and_tells_its_size() {
    let server = server_with_letters().await;
    for range in ["bytes=20-", "bytes=20-30", "bytes=-0"] {
        let refused = server.admin().get_with(DOWNLOAD, "range", range).await;
        refused
            .assert_problem(416, "bad_range")
            .assert_detail("20 bytes");
        assert_eq!(refused.header("content-range"), "bytes */20");
    }
}

#[tokio::test]
async fn several_ranges_and_what_is_no_range_are_answered_with_the_whole_file() {
    let server = server_with_letters().await;
    for range in [
        "bytes=0-1,4-5",
        "bytes=3-2",
        "bytes=a-b",
        "bytes",
        "items=0-1",
        "bytes=-",
    ] {
        let whole = server.admin().get_with(DOWNLOAD, "range", range).await;
        assert_eq!(whole.assert_ok().bytes(), ALPHABET, "{range}");
    }
}

#[tokio::test]
async fn a_range_counts_only_while_the_file_is_the_one_that_the_client_has() {
    let server = server_with_letters().await;
    let first = server.admin().get(DOWNLOAD).await;
    let (etag, modified) = (first.header("etag"), first.header("last-modified"));
    let weak = format!("W/{etag}");
    for (if_range, status) in [
        (etag, 206),
        (modified, 206),
        ("\"another\"", 200),
        (weak.as_str(), 200),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 200),
        ("nonsense", 200),
    ] {
        let request = server.admin().request(Method::GET, DOWNLOAD);
        let request = request
            .header("range", "bytes=0-1")
            .header("if-range", if_range);
        request.send().await.assert_status(status);
    }
}

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    let server = server_with_letters().await;
    let admin = server.admin();
    let first = admin.get(DOWNLOAD).await;
    let etag = first.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", sha256_hex(ALPHABET)));
    let modified = first.header("last-modified").to_owned();
    let list = format!("\"x\", W/{etag}");
    let long_ago = "Thu, 01 Jan 1970 00:00:00 GMT";
    for (header, value, status) in [
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", list.as_str(), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"x\"", 200),
        ("if-modified-since", modified.as_str(), 304),
        ("if-modified-since", long_ago, 200),
        ("if-modified-since", "yesterday", 200),
        ("if-match", etag.as_str(), 200),
        ("if-match", "*", 200),
        ("if-unmodified-since", modified.as_str(), 200),
    ] {
        let answer = admin.get_with(DOWNLOAD, header, value).await;
        answer.assert_status(status);
        assert_eq!(answer.header("etag"), etag);
        let sent = if status == 200 { ALPHABET } else { b"" };
        assert_eq!(answer.bytes(), sent, "{header}: {value}");
    }
    let weak = format!("W/{etag}");
    for (header, value) in [
        ("if-match", "\"x\""),
        ("if-match", weak.as_str()),
        ("if-unmodified-since", long_ago),
    ] {
        let refused = admin.get_with(DOWNLOAD, header, value).await;
        refused.assert_problem(412, "precondition_failed");
    }
}

#[tokio::test]
async fn the_headers_are_those_of_a_file_that_no_browser_runs() {
    let server = TestServer::start().await;
    let page = "<!doctype html><script>alert(1)</script>";
    let upload = Upload::new("page.html", page).media_type("text/html");
    server
        .admin()
        .publish_file("page", &upload)
        .await
        .assert_created();
    let fetched = server.admin().get("artefacts/file/page/download").await;
    assert_eq!(fetched.assert_ok().text(), page);
    for (header, value) in [
        ("content-disposition", "attachment; filename=\"page.html\""),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("accept-ranges", "bytes"),
        ("content-length", "40"),
        ("content-encoding", ""),
    ] {
        assert_eq!(fetched.header(header), value, "{header}");
    }
    let digest = sha256_base64(page.as_bytes());
    assert_eq!(fetched.header("repr-digest"), format!("sha-256=:{digest}:"));
}

#[tokio::test]
async fn head_tells_the_headers_and_sends_no_bytes() {
    let server = server_with_letters().await;
    let admin = server.admin();
    let (get, head) = (admin.get(DOWNLOAD).await, admin.head(DOWNLOAD).await);
    let told = |answer: &Answer| {
        let mut headers = answer.headers().clone();
        headers.remove("date");
        headers.remove("x-request-id");
        headers
    };
    assert_eq!(told(head.assert_ok()), told(&get));

    let request = format!(
        "HEAD /api/v1/{DOWNLOAD} HTTP/1.1\r\nHost: registry\r\nConnection: close\r\nx-api-key: {}\r\n\r\n",
        admin.key()
    );
    let raw = cellier_tests::raw_request(&server, request);
    assert!(raw.text.contains("content-length: 20\r\n"), "{}", raw.text);
    assert!(raw.text.ends_with("\r\n\r\n"), "{}", raw.text);
}

#[tokio::test]
async fn an_exact_version_may_be_kept_for_ever_and_any_other_selector_is_asked_again() {
    let setup = Setup::new().set("access.anonymous_downloads", "true");
    let server = setup.start().await;
    publish_letters(&server).await;
    let cache_control = async |path: &str| {
        let fetched = server
            .admin()
            .get(&format!("artefacts/file/letters/{path}"))
            .await;
        fetched.assert_ok().header("cache-control").to_owned()
    };
    let exact = "versions/1/download";
    let floating = ["versions/latest/download", "download"];
    assert_eq!(
        cache_control(exact).await,
        "private, max-age=31536000, immutable"
    );
    for path in floating {
        assert_eq!(cache_control(path).await, "private, no-cache");
    }
    make_public(&server).await;
    assert_eq!(
        cache_control(exact).await,
        "public, max-age=31536000, immutable"
    );
    for path in floating {
        assert_eq!(cache_control(path).await, "public, no-cache");
    }
}

#[tokio::test]
async fn what_further_architectures_may_change_is_asked_again_and_the_rest_may_be_kept_for_ever() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let door = "artefacts/@acme%2Fwidget/versions";
    let publish = async |architecture: Option<&str>| {
        let content = architecture.unwrap_or("any");
        let package = Package::new("@acme/widget", "1.0.0").file("index.js", content);
        let mut upload = package.upload();
        if let Some(architecture) = architecture {
            upload = upload.text("architecture", architecture);
        }
        let created = admin.upload(door, &upload).await;
        let sha256 = &created.assert_created().json()["version"]["sha256"];
        format!("\"{}\"", sha256.as_str().unwrap_or_default())
    };
    let exact = "artefacts/npm/@acme%2Fwidget/versions/1.0.0/download";
    let said = format!("{exact}?architecture=linux-x64");
    let told = async |path: &str| {
        let fetched = admin.get(path).await;
        let header = |name| fetched.assert_ok().header(name).to_owned();
        (header("etag"), header("cache-control"))
    };
    let for_ever = "private, max-age=31536000, immutable".to_owned();
    let for_now = "private, no-cache".to_owned();

    let x64 = publish(Some("linux-x64")).await;
    assert_eq!(told(exact).await, (x64.clone(), for_now));
    assert_eq!(told(&said).await, (x64.clone(), for_ever.clone()));

    publish(Some("linux-arm64")).await;
    let unclear = admin.get(exact).await;
    unclear.assert_problem(400, "architecture_needed");
    assert_eq!(told(&said).await, (x64.clone(), for_ever.clone()));

    let any = publish(None).await;
    assert_eq!(told(exact).await, (any.clone(), for_ever.clone()));
    publish(Some("linux-riscv64")).await;
    assert_eq!(told(exact).await, (any, for_ever.clone()));
    assert_eq!(told(&said).await, (x64, for_ever));
}

#[tokio::test]
async fn every_way_to_the_bytes_leads_to_the_same_ones() {
    let server = server_with_letters().await;
    for path in [
        "artefacts/file/letters/versions/1/download",
        "artefacts/file/letters/versions/latest/tarball",
        "artefacts/file/letters/download",
        "artefacts/file/letters/tarball",
        "artefacts/letters/versions/1/download",
        "artefacts/letters/download",
        "artefacts/letters@1/download",
        "artefacts/file/LETTERS/download?file=letters.txt",
    ] {
        let fetched = server.admin().get(path).await;
        assert_eq!(fetched.assert_ok().bytes(), ALPHABET, "{path}");
    }
    let other = server
        .admin()
        .get(&format!("{DOWNLOAD}?file=numbers.txt"))
        .await;
    other
        .assert_problem(404, "not_found")
        .assert_detail("letters.txt");
    let unknown = server.admin().get(&format!("{DOWNLOAD}?arch=x64")).await;
    unknown
        .assert_problem(400, "bad_query")
        .assert_detail("architecture");
}

#[tokio::test]
async fn without_a_key_nothing_is_downloaded_unless_the_operator_says_so() {
    let mut server = server_with_letters().await;
    let fetch = async |who: Actor| who.get(DOWNLOAD).await;
    fetch(server.anonymous())
        .await
        .assert_problem(404, "not_found");
    make_public(&server).await;
    let refused = fetch(server.anonymous()).await;
    refused
        .assert_problem(401, "key_missing")
        .assert_detail("x-api-key");
    let other = server
        .read_key("other")
        .allowed_name("numbers")
        .create()
        .await;
    let refused = fetch(other).await;
    refused
        .assert_problem(403, "scope")
        .assert_detail("allowedName");
    fetch(server.read_key("reader").create().await)
        .await
        .assert_ok();

    server
        .restart_with(|setup| setup.set("access.anonymous_downloads", "true"))
        .await;
    assert_eq!(
        fetch(server.anonymous()).await.assert_ok().bytes(),
        ALPHABET
    );
    let private = json!({"public": null});
    server
        .admin()
        .patch("artefacts/letters", &private)
        .await
        .assert_ok();
    fetch(server.anonymous())
        .await
        .assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_large_file_comes_back_intact_and_is_never_held_in_memory() {
    let server = TestServer::start().await;
    let before = server.peak_memory();
    let content = noise(64 << 20);
    let digest = sha256_hex(&content);
    let put = server
        .admin()
        .request(Method::PUT, "artefacts/file/large/versions/1");
    let told = put
        .bytes(content.clone())
        .send()
        .await
        .assert_created()
        .json();
    assert_eq!(told["version"]["sha256"], digest);
    assert_eq!(told["version"]["size"], 64 << 20);
    let form = Upload::new("large.bin", content);
    server
        .admin()
        .publish_file("large", &form)
        .await
        .assert_ok();

    let fetched = server.admin().get("artefacts/file/large/download").await;
    assert_eq!(sha256_hex(fetched.assert_ok().bytes()), digest);
    let tail = server
        .admin()
        .get_with("artefacts/file/large/download", "range", "bytes=-65536")
        .await;
    assert_eq!(
        tail.assert_status(206).bytes(),
        &form.content()[(64 << 20) - 65536..]
    );

    let grown = server.peak_memory() - before;
    assert!(grown < 24 << 20, "the server grew by {grown} bytes");
}

#[tokio::test]
async fn curl_resumes_a_download_that_broke_off() {
    let server = TestServer::start().await;
    let content = noise(3 << 20);
    let large = Upload::new("large.bin", content.clone());
    server
        .admin()
        .publish_file("large", &large)
        .await
        .assert_created();
    let shell = Shell::new()
        .variable("KEY", server.admin().key())
        .variable(
            "URL",
            &format!(
                "{}/api/v1/artefacts/file/large/versions/1/download",
                server.url()
            ),
        )
        .file("large.bin", &content[..1_000_000]);
    let resumed = shell.run(
        r#"curl -sf -C - -H "x-api-key: $KEY" -o large.bin -w '%{http_code} %{size_download}' "$URL""#,
    );
    assert_eq!(
        resumed.assert_success(),
        format!("206 {}", content.len() - 1_000_000)
    );
    assert_eq!(std::fs::read(shell.path("large.bin")).unwrap(), content);
    let named =
        shell.run(r#"mkdir here && cd here && curl -sfOJ -H "x-api-key: $KEY" "$URL" && ls"#);
    assert_eq!(named.assert_success(), "large.bin");
}

#[tokio::test]
async fn a_client_that_goes_away_or_reads_slowly_holds_up_nobody() {
    let server = TestServer::start().await;
    let large = Upload::new("large.bin", noise(8 << 20));
    server
        .admin()
        .publish_file("large", &large)
        .await
        .assert_created();
    let request = format!(
        "GET /api/v1/artefacts/file/large/download HTTP/1.1\r\nHost: registry\r\nx-api-key: {}\r\n\r\n",
        server.admin().key()
    );
    let mut slow: Vec<_> = (0..20).map(|_| Connection::open(&server)).collect();
    for connection in &mut slow {
        connection.send(&request);
    }
    let fetched = server.admin().get("artefacts/file/large/download").await;
    assert_eq!(fetched.assert_ok().bytes(), large.content());
    drop(slow);
    server.admin().get("/readyz").await.assert_ok();
}

/// Begins to download a large file on so many connections, and reads nothing of it.
fn begin_downloads(server: &TestServer, count: usize) -> Vec<Connection> {
    let request = format!(
        "GET /api/v1/artefacts/file/large/download HTTP/1.1\r\nHost: registry\r\nx-api-key: {}\r\n\r\n",
        server.admin().key()
    );
    let mut begun: Vec<_> = (0..count).map(|_| Connection::open(server)).collect();
    for connection in &mut begun {
        connection.send(&request);
    }
    begun
}

async fn publish_large(server: &TestServer) -> Upload {
    let large = Upload::new("large.bin", noise(64 << 20));
    let published = server.admin().publish_file("large", &large).await;
    published.assert_created();
    large
}

#[tokio::test]
async fn six_hundred_clients_that_read_nothing_keep_nobody_else_waiting() {
    let server = TestServer::start().await;
    let large = publish_large(&server).await;
    let stalled = begin_downloads(&server, 600);
    for _ in 0..3 {
        let fetched = server.admin().get("artefacts/file/large/download").await;
        assert_eq!(fetched.assert_ok().bytes(), large.content());
        server.admin().get("/readyz").await.assert_ok();
    }
    drop(stalled);
}

#[tokio::test]
async fn a_client_that_reads_nothing_is_hung_up_on_and_a_slow_one_gets_everything() {
    let server = Setup::new().set("limits.idle_timeout", "2s").start().await;
    let large = publish_large(&server).await;
    let mut clients = begin_downloads(&server, 2);
    let mut slow = clients.pop().unwrap();
    let mut stalled = clients.pop().unwrap();
    // The pauses are what the story is about: together they are longer than the limit, none of them is.
    let mut received = slow.read_some(1 << 20);
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(600)).await;
        received += slow.read_some(1 << 20);
    }
    received += slow.read_some(usize::MAX);
    assert!(received > large.content().len(), "{received}");
    let received = stalled.read_some(usize::MAX);
    assert!(received < large.content().len(), "{received}");
}

#[tokio::test]
async fn more_clients_may_come_than_the_usual_limit_of_open_files_allows() {
    let server = Setup::new().soft_limit_of_files(200).start().await;
    let large = publish_large(&server).await;
    let stalled = begin_downloads(&server, 150);
    let fetched = server.admin().get("artefacts/file/large/download").await;
    assert_eq!(fetched.assert_ok().bytes(), large.content());
    drop(stalled);
}

#[tokio::test]
async fn connections_are_no_more_than_there_are_files_for_and_the_log_says_so() {
    let server = Setup::new().limit_of_files(200).start().await;
    let log = server.log();
    assert!(log.contains("limits.connections = 10000 needs 20128 open files, this process may have 200: at most 36"), "{log}");
    let large = publish_large(&server).await;
    let stalled = begin_downloads(&server, 20);
    let fetched = server.admin().get("artefacts/file/large/download").await;
    assert_eq!(fetched.assert_ok().bytes(), large.content());
    drop(stalled);
}

#[tokio::test]
async fn names_of_nothing_are_not_remembered() {
    let server = TestServer::start().await;
    let anyone = server.anonymous();
    let ask = async |number: usize| {
        let name = format!("{number}{}", "x".repeat(20_000));
        let answer = anyone.get(&format!("artefacts/file/{name}")).await;
        answer.assert_problem(404, "not_found");
    };
    ask(0).await;
    let before = server.peak_memory();
    for number in 0..2000 {
        ask(number).await;
    }
    let grown = server.peak_memory() - before;
    assert!(grown < 16 << 20, "the server grew by {grown} bytes");
}
