//! What the registry signs, and the keys by which that can be checked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_store::testing::TestPostgres;
use cellier_tests::{Actor, Setup, Shell, TestServer, both_databases};

use super::get;

/// The key and the signature of a text.
async fn sign(server: &TestServer, text: &str) -> (String, String) {
    let answer = get(&server.anonymous(), &format!("-/sign/{text}")).await;
    let text = answer.assert_ok().text();
    let mut words = text.trim().split(' ').skip(1);
    let mut next = || words.next().expect("a key and a signature").to_owned();
    (next(), next())
}

/// The keys that are listed: identifier, public key, and until when each signed.
async fn keys(who: &Actor) -> Vec<[String; 3]> {
    let text = get(who, "-/signing-keys").await.assert_ok().text();
    let fields = |line: &str| {
        let mut fields = line.split(' ').map(str::to_owned);
        [(); 3].map(|()| fields.next().expect("three fields"))
    };
    text.lines().skip(1).map(fields).collect()
}

/// Lets openssl judge.
fn is_signed(text: &str, public_key: &str, signature: &str) -> bool {
    let job = Shell::new()
        .file("text", text)
        .file(
            "key",
            format!("-----BEGIN PUBLIC KEY-----\n{public_key}\n-----END PUBLIC KEY-----\n"),
        )
        .file("signature", format!("{signature}\n"));
    let judged = job.run(
        "base64 -d < signature > raw; openssl dgst -sha256 -verify key -signature raw text || true",
    );
    judged.assert_success() == "Verified OK"
}

#[tokio::test]
async fn what_is_signed_can_be_checked_with_the_keys_that_are_listed() {
    for mut server in both_databases().await {
        let (key, signature) = sign(&server, "widget@1.0.0:sha512-x").await;
        let listed = keys(&server.anonymous()).await;
        assert_eq!(listed.len(), 1);
        let [id, public_key, expires] = &listed[0];
        assert_eq!((id, expires.as_str()), (&key, "-"));
        assert!(is_signed("widget@1.0.0:sha512-x", public_key, &signature));
        assert!(!is_signed("widget@1.0.1:sha512-x", public_key, &signature));
        STANDARD.decode(public_key).expect("base64");
        server.restart().await;
        let again = sign(&server, "widget@1.0.0:sha512-x").await;
        assert_eq!(again, (key, signature), "the key outlives the server");
    }
}

#[tokio::test]
async fn a_rotated_key_stays_listed_with_the_time_until_which_it_signed() {
    let database = TestPostgres::shared().new_database();
    let setup = || Setup::new().set("database.url", &database);
    let (one, other) = (setup().start().await, setup().start().await);
    let (old, signature) = sign(&one, "text").await;
    assert_eq!(sign(&other, "text").await, (old.clone(), signature.clone()));

    let rotated = one.run(&["signing-key", "rotate"]);
    let new = rotated.assert_success().to_owned();
    assert_ne!(new, old);
    for server in [&one, &other] {
        assert_eq!(sign(server, "text").await.0, new, "on every server at once");
    }
    let listed = keys(&one.anonymous()).await;
    let ids: Vec<_> = listed.iter().map(|[id, ..]| id.as_str()).collect();
    assert_eq!(ids, [&new, &old]);
    assert_eq!(listed[0][2], "-");
    assert!(listed[1][2].ends_with('Z'), "{listed:?}");
    assert!(
        is_signed("text", &listed[1][1], &signature),
        "what it signed holds"
    );

    let shown = one.run(&["signing-key", "list"]);
    let shown = shown.assert_success();
    assert!(
        shown.contains(&format!("{new}  ")) && shown.contains("in use"),
        "{shown}"
    );
    let json = one.run(&["signing-key", "list", "--json"]);
    let json: serde_json::Value = serde_json::from_str(json.assert_success()).unwrap();
    assert_eq!(json[0]["keyId"], new);
    assert_eq!(json[1]["expires"], listed[1][2]);
    assert!(!json.to_string().contains("rivate"), "{json}");
}

#[tokio::test]
async fn a_key_in_a_file_signs_and_is_rotated_by_putting_another_there() {
    let job = Shell::new();
    let generate = |name: &str| {
        let command = format!(
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name} && \
             openssl pkey -in {name} -pubout -outform DER | openssl dgst -sha256 -binary | base64"
        );
        let digest = job
            .run(&command)
            .assert_success()
            .trim_end_matches('=')
            .to_owned();
        (
            job.path(name).display().to_string(),
            format!("SHA256:{digest}"),
        )
    };
    let ((first, first_id), (second, second_id)) = (generate("first.pem"), generate("second.pem"));
    let mut server = Setup::new().set("signing.key_file", &first).start().await;
    assert_eq!(sign(&server, "text").await.0, first_id);
    let refused = server.run(&["signing-key", "rotate"]);
    assert!(
        refused.assert_failure(1).contains("signing.key_file"),
        "{refused:?}"
    );
    server
        .restart_with(|setup| setup.set("signing.key_file", &second))
        .await;
    let (key, signature) = sign(&server, "text").await;
    assert_eq!(key, second_id);
    let listed = keys(&server.anonymous()).await;
    let ids: Vec<_> = listed.iter().map(|[id, ..]| id.clone()).collect();
    assert_eq!(ids, [second_id, first_id]);
    assert!(is_signed("text", &listed[0][1], &signature));
}

#[tokio::test]
async fn a_file_that_holds_no_such_key_is_told_at_the_start() {
    let job = Shell::new().file("wrong.pem", "-----BEGIN PRIVATE KEY-----\n");
    let path = job.path("wrong.pem").display().to_string();
    let setup = Setup::new().set("signing.key_file", &path);
    let refused = setup.run(&["serve"]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains(&path) && told.contains("openssl genpkey"),
        "{told}"
    );
}
