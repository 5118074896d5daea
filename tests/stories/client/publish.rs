//! Publishing from a machine.

use cellier_tests::{Machine, Package, Proxy, TestServer, answer, sha256_hex};
use serde_json::{Value, json};

use super::{large_content, machine};

#[tokio::test]
async fn a_file_is_published_with_its_titles_and_comes_back_as_it_was() {
    let server = TestServer::start().await;
    let machine = machine(&server).file("Réunion \"2026\".json", r#"{"version": 8}"#);
    let published = machine.run(&[
        "publish",
        "Réunion \"2026\".json",
        "--name",
        "relief",
        "--category",
        "maplibre-style",
        "--title",
        "fr=Relief",
        "--title",
        "en=Terrain",
        "--description",
        "fr=Un relief",
    ]);
    let digest = sha256_hex(br#"{"version": 8}"#);
    assert_eq!(
        published.assert_success(),
        format!("published: file/relief@1\nsha256: {digest}")
    );

    let artefact = server.admin().get_json("artefacts/file/relief").await;
    assert_eq!(artefact["title"], json!({"en": "Terrain", "fr": "Relief"}));
    assert_eq!(artefact["description"], json!({"fr": "Un relief"}));
    assert_eq!(artefact["category"], "maplibre-style");

    let pulled = machine.run(&["pull", "relief", "--output", "./"]);
    let path = pulled.assert_success();
    assert_eq!(
        path,
        machine.path("Réunion \"2026\".json").display().to_string()
    );
    assert_eq!(machine.read("Réunion \"2026\".json"), br#"{"version": 8}"#);
}

#[tokio::test]
async fn a_tarball_says_its_name_itself_and_its_warnings_are_told() {
    let server = TestServer::start().await;
    let package = Package::new("@acme/widget", "1.2.3").manifest("license", Value::Null);
    let machine = machine(&server).file("widget.tgz", package.tarball());
    let published = machine.run(&["publish", "widget.tgz", "--tag", "beta"]);
    let text = published.assert_success();
    assert!(
        text.starts_with("published: npm/@acme/widget@1.2.3\n"),
        "{text}"
    );
    assert!(text.contains("\nwarning NPM030: "), "{text}");
    assert!(text.contains("\n    fix: "), "{text}");

    for selector in ["^1.2", "1", "beta", "1.2.3"] {
        let pulled = machine.run(&["pull", &format!("@acme/widget@{selector}")]);
        let content = std::fs::read(pulled.assert_success()).unwrap();
        assert_eq!(content, package.tarball(), "{selector}");
    }
}

#[tokio::test]
async fn publishing_the_same_bytes_again_says_that_they_are_there_already() {
    let server = TestServer::start().await;
    let machine = machine(&server).file("notes.txt", "some notes");
    let publish = || machine.run(&["publish", "notes.txt", "--name", "notes", "--json"]);
    let outcome = |text: &str| serde_json::from_str::<Value>(text).unwrap()["outcome"].clone();
    assert_eq!(outcome(publish().assert_success()), "published");
    assert_eq!(outcome(publish().assert_success()), "already-there");
}

#[tokio::test]
async fn a_refused_upload_tells_everything_that_is_wrong_with_it_and_ends_with_1() {
    let server = TestServer::start().await;
    let broken = Package::new("@acme/widget", "one")
        .manifest("license", Value::Null)
        .file("INDEX.js", "module.exports = 2");
    let machine = machine(&server).file("widget.tgz", broken.tarball());
    let publish = ["publish", "widget.tgz", "--name", "@acme/widget"];
    let refused = machine.run(&publish);
    let told = refused.assert_failure(1);
    assert_eq!(refused.stdout, "");
    assert!(
        told.contains("the format npm refuses the upload (422 refused)"),
        "{told}"
    );
    for code in ["error NPM011: ", "error NPM024: ", "warning NPM030: "] {
        assert!(told.contains(code), "{code} is not in {told}");
    }
    assert_eq!(
        told.matches("\n    fix: ").count(),
        told.matches(" NPM0").count(),
        "{told}"
    );

    let as_json = machine.run(&[&publish[..], &["--json", "--quiet"]].concat());
    as_json.assert_failure(1);
    let outcome: Value = serde_json::from_str(&as_json.stdout).unwrap();
    assert_eq!(outcome["outcome"], "refused");
    assert_eq!(outcome["problem"]["code"], "refused");
    assert!(outcome["problem"]["findings"].as_array().unwrap().len() >= 3);
}

#[tokio::test]
async fn a_key_that_does_not_do_is_told_with_where_it_came_from() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci")
        .allowed_name("other-*")
        .create()
        .await;
    let machine = Machine::new(&server.url())
        .file("notes.txt", "some notes")
        .file("ci.key", format!("{}\n", ci.key()));
    let publish =
        |key: &[&str]| machine.run(&[&["publish", "notes.txt", "--name", "notes"], key].concat());

    let without = publish(&[]);
    assert!(
        without
            .assert_failure(1)
            .contains("set the variable CELLIER_KEY")
    );
    let narrow = publish(&["--key-file", "ci.key"]);
    let told = narrow.assert_failure(1);
    assert!(
        told.contains("the key's scope does not cover this name (allowedName)"),
        "{told}"
    );
    assert!(told.contains("is that of the file ci.key"), "{told}");
    assert!(!told.contains("cel_"), "{told}");

    server
        .admin()
        .delete(&format!("api-keys/{}", ci.key_id()))
        .await;
    let revoked = publish(&["--key-file", "ci.key"]);
    assert!(revoked.assert_failure(1).contains("401 key_invalid"));
    let machine = machine.variable("CELLIER_KEY", "");
    let empty = machine.run(&["publish", "notes.txt", "--name", "notes"]);
    assert!(
        empty
            .assert_failure(2)
            .contains("is the secret set in this pipeline?")
    );
}

#[test]
fn wrong_usage_ends_with_2_before_anybody_is_asked() {
    let machine = Machine::new("http://127.0.0.1:1").file("notes.txt", "some notes");
    let named = ["publish", "notes.txt", "--name", "notes"];
    for (arguments, told) in [
        (&["publish", "notes.txt"][..], "add --name"),
        (&["publish"], "<FILE>"),
        (&["publish", "notes.txt", "--name", ".."], "not . or .."),
        (
            &[&named[..], &["--title", "Relief"]].concat(),
            "such as fr=Relief",
        ),
        (
            &[&named[..], &["--title", "fr=a", "--title", "fr=b"]].concat(),
            "said twice",
        ),
        (
            &[&named[..], &["--server", "localhost:8080"]].concat(),
            "write a URL such as",
        ),
        (
            &[&named[..], &["--server", "https://x:cel_y@z"]].concat(),
            "never part of a URL",
        ),
        (
            &[&named[..], &["--key", "cel_x"]].concat(),
            "unexpected argument",
        ),
        (&["pull", "notes@"], "1 to 256 bytes"),
        (&["cache", "prune", "--unused-for", "soon"], "such as 30d"),
    ] {
        let refused = machine.run(arguments);
        let text = refused.assert_failure(2);
        assert!(text.contains(told), "{arguments:?}: {text}");
        assert!(!text.contains("cel_y"), "{text}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_or_is_a_folder_is_told() {
    let machine = Machine::new("http://127.0.0.1:1");
    for name in ["nowhere.txt", "."] {
        let refused = machine.run(&["publish", name, "--name", "notes"]);
        let told = refused.assert_failure(1);
        assert!(told.contains(&format!("failed to read {name}: ")), "{told}");
    }
}

#[tokio::test]
async fn an_upload_whose_answer_got_lost_is_sent_again_and_found_to_be_there() {
    let server = TestServer::start().await;
    let lost = std::sync::atomic::AtomicUsize::new(0);
    let proxy = Proxy::start(&server, move |_, whole| {
        match lost.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => Vec::new(),
            1 => answer("503 Service Unavailable", &[("retry-after", "1")], b"busy"),
            _ => whole,
        }
    });
    let machine = machine(&server)
        .at(&proxy.url())
        .file("notes.txt", "some notes");
    let published = machine.run(&["publish", "notes.txt", "--name", "notes"]);
    let told = published.assert_success();
    assert!(told.starts_with("already there: file/notes@1"), "{told}");
    assert_eq!(proxy.asked().len(), 3);
    assert_eq!(
        published.stderr.matches("; trying again in ").count(),
        2,
        "{}",
        published.stderr
    );
}

#[tokio::test]
async fn a_registry_that_stores_other_bytes_is_not_believed() {
    let server = TestServer::start().await;
    let digest = sha256_hex(b"some notes");
    let other = sha256_hex(b"other notes");
    let proxy = Proxy::start(&server, move |_, whole| {
        let text = String::from_utf8(whole).unwrap();
        text.replace(&digest, &other).into_bytes()
    });
    let machine = machine(&server)
        .at(&proxy.url())
        .file("notes.txt", "some notes");
    let refused = machine.run(&["publish", "notes.txt", "--name", "notes"]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains("has stored other bytes than were sent"),
        "{told}"
    );
}

#[tokio::test]
async fn a_large_upload_that_is_refused_at_once_is_told_why() {
    let server = TestServer::start().await;
    let ci = server
        .upload_key("ci")
        .allowed_name("other-*")
        .create()
        .await;
    let machine = Machine::new(&server.url())
        .with_key(ci.key())
        .file("large.bin", large_content().repeat(20));
    let refused = machine.run(&["publish", "large.bin", "--name", "large"]);
    let told = refused.assert_failure(1);
    assert!(told.contains("403 scope"), "{told}");
    assert!(!told.contains("trying again"), "{told}");
}

#[tokio::test]
async fn a_large_file_is_answered_later_and_waited_for() {
    let server = TestServer::start().await;
    let proxy = Proxy::start(&server, |_, whole| whole);
    let content = large_content().repeat(12);
    let machine = machine(&server)
        .at(&proxy.url())
        .file("large.bin", &content);
    let publish = || machine.run(&["publish", "large.bin", "--name", "large"]);
    for outcome in ["published", "already there"] {
        let published = publish();
        let told = published.assert_success();
        assert!(
            told.starts_with(&format!("{outcome}: file/large@1")),
            "{told}"
        );
        assert!(
            published.stderr.contains("sending large.bin (34.3 MiB)"),
            "{}",
            published.stderr
        );
    }
    let asked = proxy.asked();
    assert_eq!(asked[0].header("prefer"), Some("respond-async"));
    assert!(
        asked[1].line().starts_with("GET /api/v1/uploads/"),
        "{asked:?}"
    );
}
