//! Bytes in a bucket: publishing and downloading, being sent to the store, and a store that fails or lies.

use cellier_store::testing::{Lie, TestPostgres, TestS3};
use cellier_tests::{
    Machine, Package, Setup, Shell, StoreGate, TestServer, Upload, eventually, sha256_hex,
};
use serde_json::Value;

/// Bytes that are not the same anywhere.
fn noise(length: u32) -> Vec<u8> {
    (0..length)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes())
        .take(length as usize)
        .collect()
}

async fn publish(server: &TestServer, name: &str, bytes: &[u8]) {
    let upload = Upload::new("terrain.bin", bytes);
    let published = server.admin().publish_file(name, &upload).await;
    published.assert_created();
}

#[tokio::test]
async fn what_is_published_into_a_bucket_comes_back_whole_and_in_ranges() {
    let server = Setup::new().on_s3().start().await;
    let bytes = noise(3_000_000);
    publish(&server, "terrain", &bytes).await;
    let admin = server.admin();
    let whole = admin.get("artefacts/file/terrain/download").await;
    assert!(whole.assert_ok().bytes() == bytes);
    let etag = whole.header("etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", sha256_hex(&bytes)));

    let path = "artefacts/file/terrain/download";
    let part = admin.get_with(path, "range", "bytes=1000-1999").await;
    assert!(part.assert_status(206).bytes() == &bytes[1000..2000]);
    admin
        .get_with(path, "if-none-match", &etag)
        .await
        .assert_status(304);
    let head = admin.head(path).await;
    assert_eq!(head.assert_ok().header("content-length"), "3000000");

    let package = Package::new("@acme/widget", "1.0.0");
    admin.publish_package(&package).await.assert_created();
    let tarball = admin
        .get("artefacts/npm/@acme%2Fwidget/versions/1.0.0/tarball")
        .await;
    assert!(tarball.assert_ok().bytes().starts_with(&[0x1f, 0x8b]));
    assert_eq!(
        server.files_below("blobs"),
        Vec::<String>::new(),
        "nothing is kept beside the bucket"
    );
    let is_empty = async || server.staged().is_empty();
    eventually("nothing stays staged", is_empty).await;
}

#[tokio::test]
async fn a_large_upload_goes_in_parts_and_what_names_it_is_its_digest_alone() {
    let gate = StoreGate::new();
    let server = Setup::new().on_bucket(gate.url()).start().await;
    let bytes = noise(20_000_000);
    publish(&server, "very-large", &bytes).await;
    let whole = server
        .admin()
        .get("artefacts/file/very-large/download")
        .await;
    assert!(whole.assert_ok().bytes() == bytes);
    let seen = gate.seen();
    assert!(seen.contains(&format!("/{}", sha256_hex(&bytes))));
    assert!(seen.contains("partNumber=3"));
    assert!(!seen.contains("very-large") && !seen.contains("terrain.bin"));
    assert!(!seen.contains(server.admin().key()));
}

#[tokio::test]
async fn two_servers_share_a_database_and_a_bucket() {
    let database = TestPostgres::shared().new_database();
    let bucket = TestS3::embedded().new_bucket();
    let setup = || {
        Setup::new()
            .set("database.url", &database)
            .on_bucket(&bucket)
    };
    let one = setup().start().await;
    let other = setup().start().await;
    let bytes = noise(100_000);
    publish(&one, "shared", &bytes).await;
    let fetched = other.admin().get("artefacts/file/shared/download").await;
    assert!(fetched.assert_ok().bytes() == bytes);
}

#[tokio::test]
async fn while_the_store_is_down_the_registry_says_so_and_afterwards_it_goes_on_by_itself() {
    let gate = StoreGate::new();
    let server = Setup::new().on_bucket(gate.url()).start().await;
    let admin = server.admin();
    let bytes = noise(50_000);
    publish(&server, "terrain", &bytes).await;

    gate.close();
    let upload = Upload::new("other.bin", noise(60_000));
    let path = "artefacts/file/terrain/download";
    admin.get(path).await.assert_problem(503, "unavailable");
    let refused = admin.publish_file("other", &upload).await;
    refused.assert_problem(503, "unavailable");
    admin
        .get("artefacts/file/other")
        .await
        .assert_problem(404, "not_found");
    let known = admin.get_json("artefacts/file/terrain").await;
    assert_eq!(known["name"], "terrain", "{known}");
    let ready = server.anonymous().get("/readyz").await;
    let ready = ready.assert_status(503).json();
    assert_eq!(ready["storage"], "does not answer");
    assert_eq!(ready["database"], "ok");

    gate.open();
    admin.publish_file("other", &upload).await.assert_created();
    assert!(admin.get(path).await.assert_ok().bytes() == bytes);
    server.anonymous().get("/readyz").await.assert_ok();
    let is_empty = async || server.staged().is_empty();
    eventually("nothing stays staged", is_empty).await;
}

#[tokio::test]
async fn a_store_that_lies_is_refused_at_start_with_what_it_did_and_what_to_do() {
    let error = "<Error><Code>InternalError</Code></Error>";
    let store = TestS3::lying(move |request| {
        let query = request.uri.query().unwrap_or_default();
        let is_complete = request.method == "POST" && query.contains("uploadId=");
        is_complete.then_some(Lie::Answer(200, error))
    });
    let setup = Setup::new().on_bucket(&store.new_bucket());
    for command in [&["serve"][..], &["config", "check", "--probe"]] {
        let refused = setup.run(command);
        let told = refused.assert_failure(1);
        for part in [
            "the object storage cannot be used",
            "putting an object together from parts",
            "InternalError",
        ] {
            assert!(told.contains(part), "{part:?} is missing in: {told}");
        }
    }
}

#[tokio::test]
async fn a_bucket_that_does_what_is_asked_passes_the_check() {
    let setup = Setup::new().on_s3().set("storage.redirect", "always");
    let checked = setup.run(&["config", "check", "--probe"]);
    assert!(
        checked
            .assert_success()
            .contains("the storage does what is asked of it")
    );
}

#[tokio::test]
async fn wrong_credentials_are_refused_at_start_and_never_shown() {
    let setup = Setup::new()
        .on_s3()
        .variable("AWS_SECRET_ACCESS_KEY", "hunter2hunter2");
    let refused = setup.run(&["serve"]);
    let told = refused.assert_failure(1);
    assert!(told.contains("AWS_SECRET_ACCESS_KEY"), "{told}");
    assert!(!told.contains("hunter2"), "{told}");
    let half = setup.variable("AWS_ACCESS_KEY_ID", "");
    let refused = half.run(&["serve"]);
    assert!(refused.assert_failure(1).contains("do not fit together"));
}

#[tokio::test]
async fn nobody_is_sent_to_the_store_unless_the_operator_wants_it() {
    let server = Setup::new().on_s3().start().await;
    publish(&server, "terrain", b"bytes").await;
    let bearer = format!("Bearer {}", server.admin().key());
    let path = "artefacts/file/terrain/download";
    let answer = server
        .anonymous()
        .get_with(path, "authorization", &bearer)
        .await;
    assert_eq!(answer.assert_ok().bytes(), b"bytes");
}

#[tokio::test]
async fn a_client_is_sent_to_the_store_where_it_does_not_show_its_key_there() {
    let gate = StoreGate::new();
    let setup = Setup::new().on_bucket(gate.url());
    let server = setup.set("storage.redirect", "auto").start().await;
    let bytes = noise(10_000);
    publish(&server, "terrain", &bytes).await;
    let path = "artefacts/file/terrain/versions/1/download";
    let bearer = format!("Bearer {}", server.admin().key());
    let nobody = server.anonymous();

    let sent = nobody.get_with(path, "authorization", &bearer).await;
    sent.assert_status(302);
    assert_eq!(sent.header("cache-control"), "no-store");
    let location = sent.header("location").to_owned();
    assert!(location.contains(&sha256_hex(&bytes)), "{location}");
    assert!(!location.contains("cel_"), "{location}");

    // A key that clients would pass on, a condition that the store would answer otherwise, and a HEAD stay here.
    let admin = server.admin();
    assert!(admin.get(path).await.assert_ok().bytes() == bytes);
    let head = nobody.request(reqwest::Method::HEAD, path);
    let head = head.header("authorization", &bearer).send().await;
    head.assert_ok();
    let etag = head.header("etag").to_owned();
    let unchanged = nobody
        .request(reqwest::Method::GET, path)
        .header("authorization", &bearer)
        .header("if-none-match", &etag)
        .send()
        .await;
    unchanged.assert_status(304);
    nobody.get(path).await.assert_problem(404, "not_found");

    let client = Shell::new()
        .variable("URL", &format!("{}/api/v1/{path}", server.url()))
        .variable("KEY", server.admin().key());
    let fetched = client.run(
        r#"
        curl -sfL -H "authorization: Bearer $KEY" -D headers -o whole "$URL"
        curl -sfL -H "authorization: Bearer $KEY" -r 1000-1999 -o part "$URL"
        curl -sfL -u "me:$KEY" -o other "$URL"
        "#,
    );
    fetched.assert_success();
    assert!(std::fs::read(client.path("whole")).unwrap() == bytes);
    assert!(std::fs::read(client.path("other")).unwrap() == bytes);
    assert!(std::fs::read(client.path("part")).unwrap() == bytes[1000..2000]);
    let headers = std::fs::read_to_string(client.path("headers")).unwrap();
    assert!(headers.contains("filename=\"terrain.bin\""), "{headers}");
    let seen = gate.seen();
    assert!(
        seen.contains("X-Amz-Signature="),
        "the client came to the store"
    );
    assert!(!seen.contains("cel_"), "and showed it no key");
}

#[tokio::test]
async fn an_operator_who_trusts_the_store_may_send_everybody_there() {
    let setup = Setup::new().on_s3();
    let server = setup.set("storage.redirect", "always").start().await;
    publish(&server, "terrain", b"bytes").await;
    let sent = server
        .admin()
        .get("artefacts/file/terrain/versions/latest/download")
        .await;
    sent.assert_status(302);
    assert_eq!(sent.header("cache-control"), "no-store");
    let metrics = server.anonymous().get("/metrics").await.text();
    assert!(
        metrics.contains("cellier_download_redirects_total 1"),
        "{metrics}"
    );
}

#[tokio::test]
async fn the_command_line_goes_to_the_store_too_and_shows_it_no_key() {
    let gate = StoreGate::new();
    let setup = Setup::new().on_bucket(gate.url());
    let server = setup.set("storage.redirect", "always").start().await;
    let bytes = noise(3_000_000);
    publish(&server, "terrain", &bytes).await;
    let machine = Machine::new(&server.url()).with_key(server.admin().key());
    let pulled = machine.run(&["pull", "terrain", "--output", "terrain.bin"]);
    pulled.assert_success();
    assert!(machine.read("terrain.bin") == bytes);
    let seen = gate.seen();
    assert!(
        seen.contains("X-Amz-Signature="),
        "the client came to the store"
    );
    assert!(!seen.contains("cel_"), "and showed it no key");

    // Whether it may still have what it has is for the registry to say.
    let again = machine.run(&["pull", "terrain", "--json"]);
    let again: Value = serde_json::from_str(again.assert_success()).unwrap();
    assert_eq!(again["way"], "cached");
}

#[tokio::test]
async fn what_nothing_uses_any_more_is_deleted_from_the_bucket() {
    let gate = StoreGate::new();
    let setup = Setup::new().on_bucket(gate.url()).set("gc.grace", "0s");
    let server = setup.start().await;
    for number in 1..=7 {
        publish(&server, "report", format!("revision {number}").as_bytes()).await;
    }
    let collected = server.run(&["gc", "--json"]);
    let collected: Value = serde_json::from_str(collected.assert_success()).unwrap();
    assert_eq!(collected["blobs"], 2, "{collected}");
    assert_eq!(collected["orphans"], 0, "{collected}");
    let seen = gate.seen();
    let is_deleted = |number: u32| {
        let digest = sha256_hex(format!("revision {number}").as_bytes());
        let mut lines = seen.lines();
        lines.any(|line| line.starts_with("DELETE ") && line.contains(&digest))
    };
    let deleted: Vec<_> = (1..=7).filter(|number| is_deleted(*number)).collect();
    assert_eq!(deleted, [1, 2]);
    let newest = server.admin().get("artefacts/file/report/download").await;
    assert_eq!(newest.assert_ok().bytes(), b"revision 7");
}
