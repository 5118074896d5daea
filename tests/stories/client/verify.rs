//! What a registry has signed is checked on a machine that does not trust it, or cannot ask it.

use std::fs;

use cellier_tests::{Actor, Machine, Outcome, TestServer};
use reqwest::Method;

use super::machine;

const SPRING: &str = "echo spring 2026\nblossom\n";
const SUMMER: &str = "echo summer 2027\nheat\n";

async fn put(who: &Actor, path: &str, body: &str) {
    let request = who.request(Method::PUT, &format!("/echo/{path}"));
    request.bytes(body.to_owned()).send().await.assert_created();
}

async fn season() -> TestServer {
    let server = TestServer::start().await;
    put(&server.admin(), "season/spring/a.echo", SPRING).await;
    put(&server.admin(), "season/summer/a.echo", SUMMER).await;
    server
}

fn integrity(bytes: &str) -> String {
    let digest: cellier_sdk::Sha256 = cellier_tests::sha256_hex(bytes.as_bytes())
        .parse()
        .expect("a digest");
    digest.to_integrity()
}

fn lock(bytes_of_summer: &str) -> String {
    format!(
        "pin season spring {}\npin season summer {}\nlocal ./beside\n",
        integrity(SPRING),
        integrity(bytes_of_summer)
    )
}

/// Runs the verb on a file with the keys and the documents that the machine keeps.
fn verify(machine: &Machine, file: &str, more: &[&str]) -> Outcome {
    let kept = ["--keys", "keys", "--documents", "kept", "--retries", "0"];
    machine.run(&[&["verify", "echo", file], kept.as_slice(), more].concat())
}

#[tokio::test]
async fn what_a_lockfile_pins_is_what_the_registry_has_signed_also_when_it_cannot_be_asked() {
    let mut server = season().await;
    let machine = machine(&server)
        .file("lock", lock(SUMMER))
        .file("wrong", lock("echo summer 2027\ncold\n"));
    let first = verify(&machine, "lock", &[]);
    let told = "2 verified, 0 of other registries, 1 of this machine";
    assert_eq!(first.assert_success(), told);
    assert!(
        first.stderr.contains("are trusted from now on"),
        "{}",
        first.stderr
    );
    let again = verify(&machine, "lock", &[]);
    again.assert_success();
    assert_eq!(again.stderr, "", "the keys are known");

    server.kill9();
    verify(&machine, "lock", &[]).assert_failure(1);
    assert_eq!(
        verify(&machine, "lock", &["--offline"]).assert_success(),
        told
    );
    let wrong = verify(&machine, "wrong", &["--offline"]);
    let why = wrong.assert_failure(1);
    assert!(why.contains("1 of 2 versions are not verified"), "{why}");
    assert!(
        wrong
            .stdout
            .starts_with("season@summer: the registry has signed OTHER BYTES"),
        "{}",
        wrong.stdout
    );
}

#[tokio::test]
async fn a_registry_that_changes_its_mind_and_its_keys_is_caught_by_the_keys_that_are_kept() {
    let server = season().await;
    let machine = machine(&server).file("lock", lock(SUMMER));
    verify(&machine, "lock", &[]).assert_success();
    server.run(&["signing-key", "rotate"]).assert_success();
    // Answers from before the rotation hold until the artefact changes.
    put(
        &server.admin(),
        "season/autumn/a.echo",
        "echo autumn 2028\nx\n",
    )
    .await;
    let caught = verify(&machine, "lock", &["--json"]);
    caught.assert_failure(1);
    let json: serde_json::Value = serde_json::from_str(&caught.stdout).unwrap();
    assert_eq!(json["versions"][0]["verdict"], "unknown_key");
    assert_eq!(json["local"][0], "./beside");

    fs::remove_file(machine.path("keys")).unwrap();
    verify(&machine, "lock", &[]).assert_success();
}

#[tokio::test]
async fn what_the_registry_does_not_know_or_nobody_kept_is_told() {
    let server = season().await;
    let bytes = integrity(SPRING);
    let foreign = "https://elsewhere.example/a";
    let text = format!(
        "pin season winter {bytes}\npin nothing v1 {bytes}\npin season spring sha1-AAAA\npin other v1 {bytes} {foreign}\n"
    );
    let machine = machine(&server)
        .file("lock", text)
        .file("letter", "Dear all,\n");
    let found = verify(&machine, "lock", &[]);
    found.assert_failure(1);
    for line in [
        "season@winter: the registry has no such version",
        "nothing@v1: the registry has no such version",
        "season@spring: the document names no digest",
        "0 verified, 1 of other registries, 0 of this machine",
    ] {
        assert!(found.stdout.contains(line), "{line}: {}", found.stdout);
    }
    fs::remove_dir_all(machine.path("kept")).unwrap();
    let found = verify(&machine, "lock", &["--offline"]);
    found.assert_failure(1);
    assert!(
        found.stdout.contains("is not among the kept documents"),
        "{}",
        found.stdout
    );

    let letter = verify(&machine, "letter", &[]);
    assert!(letter.assert_failure(1).contains("ECHO030"), "{letter:?}");
    let other = machine.run(&["verify", "file", "lock"]);
    assert!(
        other.assert_failure(1).contains("no signatures"),
        "{other:?}"
    );
    machine
        .run(&["verify", "nothing", "lock"])
        .assert_failure(2);
    let no_keys = machine.run(&["verify", "echo", "lock", "--offline"]);
    no_keys.assert_failure(2);
}

#[tokio::test]
async fn what_the_registry_tells_is_checked_by_itself_and_a_signature_that_was_moved_is_wrong() {
    let server = season().await;
    let told = server.admin().get("/echo/-/signed/season").await;
    let told = told.assert_ok().text();
    let lines: Vec<_> = told.lines().collect();
    let swapped = |line: &str, with: &str| {
        let (start, _) = line.rsplit_once(' ').unwrap();
        let (_, signature) = with.rsplit_once(' ').unwrap();
        format!("{start} {signature}\n")
    };
    let machine = machine(&server)
        .file("told", &told)
        .file("swapped", swapped(lines[0], lines[1]));
    let good = verify(&machine, "told", &[]);
    assert!(good.assert_success().starts_with("2 verified"), "{good:?}");
    let bad = verify(&machine, "swapped", &["--offline", "--json"]);
    bad.assert_failure(1);
    assert!(bad.stdout.contains("wrong_signature"), "{}", bad.stdout);
}
