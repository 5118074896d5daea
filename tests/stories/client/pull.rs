//! Pulling to a machine, and living without the registry.

use cellier_tests::{Machine, Proxy, TestServer, answer};
use serde_json::{Value, json};

use super::machine;

#[tokio::test]
async fn what_was_pulled_is_there_when_the_server_is_gone() {
    let mut server = TestServer::start().await;
    let machine = machine(&server).file("terrain.bin", "relief");
    machine
        .run(&["publish", "terrain.bin", "--name", "terrain"])
        .assert_success();
    let pulled = machine.run(&["pull", "terrain"]);
    let path = pulled.assert_success().to_owned();
    server.kill9();

    let again = machine.run(&["pull", "terrain", "--retries", "0"]);
    assert_eq!(again.assert_success(), path);
    assert!(
        again.stderr.contains("cannot be reached: "),
        "{}",
        again.stderr
    );
    let told = ": using version 1 from the cache, resolved ";
    assert!(again.stderr.contains(told), "{}", again.stderr);

    let offline = machine.run(&["pull", "terrain", "--offline", "--json"]);
    let outcome: Value = serde_json::from_str(offline.assert_success()).unwrap();
    assert_eq!(outcome["path"], path);
    assert_eq!(outcome["way"], "offline");
    assert_eq!(outcome["version"], "1");
    assert_eq!(std::fs::read(&path).unwrap(), b"relief");

    // Other words were never asked, so nobody knows what they mean.
    for other in ["terrain@latest", "relief"] {
        let unknown = machine.run(&["pull", other, "--offline"]);
        assert!(unknown.assert_failure(1).contains("is not in the cache"));
        machine
            .run(&["pull", other, "--retries", "0"])
            .assert_failure(1);
    }
}

#[tokio::test]
async fn a_proxy_that_says_502_to_504_counts_as_a_server_out_of_reach() {
    let server = TestServer::start().await;
    let machine = machine(&server).file("terrain.bin", "relief");
    machine
        .run(&["publish", "terrain.bin", "--name", "terrain"])
        .assert_success();
    let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_broken = std::sync::Arc::clone(&broken);
    let proxy = Proxy::start(&server, move |_, whole| {
        if is_broken.load(std::sync::atomic::Ordering::SeqCst) {
            answer("504 Gateway Timeout", &[], b"<html>")
        } else {
            whole
        }
    });
    let machine = machine.at(&proxy.url());
    machine.run(&["pull", "terrain"]).assert_success();
    broken.store(true, std::sync::atomic::Ordering::SeqCst);
    let again = machine.run(&["pull", "terrain"]);
    again.assert_success();
    assert!(
        again.stderr.contains("504 Gateway Timeout"),
        "{}",
        again.stderr
    );
    assert!(again.stderr.contains("from the cache"), "{}", again.stderr);
}

#[tokio::test]
async fn what_a_revoked_key_has_pulled_is_not_given_out_while_the_server_answers() {
    let mut server = TestServer::start().await;
    let admin = machine(&server).file("terrain.bin", "relief");
    admin
        .run(&["publish", "terrain.bin", "--name", "terrain"])
        .assert_success();
    let reader = server
        .read_key("reader")
        .allowed_name("terrain")
        .create()
        .await;
    let machine = Machine::new(&server.url()).with_key(reader.key());
    machine.run(&["pull", "terrain"]).assert_success();

    server
        .admin()
        .delete(&format!("api-keys/{}", reader.key_id()))
        .await;
    let revoked = machine.run(&["pull", "terrain"]);
    assert!(revoked.assert_failure(1).contains("401 key_invalid"));
    assert_eq!(revoked.stdout, "");

    let other = server
        .read_key("other")
        .allowed_name("relief")
        .create()
        .await;
    let machine = machine.with_key(other.key());
    assert!(
        machine
            .run(&["pull", "terrain"])
            .assert_failure(1)
            .contains("404 not_found")
    );

    server.kill9();
    machine
        .run(&["pull", "terrain", "--retries", "0"])
        .assert_success();
}

#[tokio::test]
async fn who_may_see_a_version_and_not_have_it_gets_nothing_from_the_cache_either() {
    let server = TestServer::start().await;
    let machine = machine(&server).file("terrain.bin", "relief");
    machine
        .run(&["publish", "terrain.bin", "--name", "terrain"])
        .assert_success();
    machine.run(&["pull", "terrain"]).assert_success();
    let public = json!({"public": true});
    server
        .admin()
        .patch("artefacts/file/terrain", &public)
        .await
        .assert_ok();
    let narrow = server
        .read_key("narrow")
        .allowed_name("relief")
        .create()
        .await;
    let machine = machine.with_key(narrow.key());
    let refused = machine.run(&["pull", "terrain"]);
    assert!(refused.assert_failure(1).contains("403"));
    assert_eq!(refused.stdout, "");
}

#[tokio::test]
async fn a_new_version_is_pulled_and_the_old_one_stays() {
    let server = TestServer::start().await;
    let machine = machine(&server)
        .file("one.bin", "one")
        .file("two.bin", "two");
    let publish = |file: &str| {
        machine
            .run(&["publish", file, "--name", "terrain"])
            .assert_success()
            .to_owned()
    };
    let pull = || std::path::PathBuf::from(machine.run(&["pull", "terrain"]).assert_success());
    publish("one.bin");
    let first = pull();
    publish("two.bin");
    let second = pull();
    assert_eq!(std::fs::read(first).unwrap(), b"one");
    assert_eq!(std::fs::read(second).unwrap(), b"two");

    let listed = machine.run(&["cache", "list", "--json"]);
    let listed: Value = serde_json::from_str(listed.assert_success()).unwrap();
    assert_eq!(listed[0]["version"], "2");
    assert_eq!(listed[0]["fileName"], "two.bin");
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_twice() {
    let server = TestServer::start().await;
    let proxy = Proxy::start(&server, |_, whole| whole);
    let machine = machine(&server)
        .at(&proxy.url())
        .file("terrain.bin", "relief");
    machine
        .run(&["publish", "terrain.bin", "--name", "terrain"])
        .assert_success();
    machine.run(&["pull", "terrain"]).assert_success();
    machine.run(&["pull", "terrain"]).assert_success();
    let asked = proxy.asked();
    let conditional = asked
        .iter()
        .filter(|asked| asked.header("if-none-match").is_some());
    assert_eq!(conditional.count(), 2, "{asked:?}");
    assert_eq!(proxy.downloads().len(), 1);
}

#[tokio::test]
async fn one_of_several_architectures_has_to_be_said() {
    let server = TestServer::start().await;
    let machine = machine(&server).file("arm", "arm").file("x64", "x64");
    for (file, architecture) in [("arm", "linux-arm64"), ("x64", "linux-x64")] {
        let said = [
            "--version",
            "1",
            "--architecture",
            architecture,
            "--format",
            "file",
        ];
        let publish = [&["publish", file, "--name", "tool"], &said[..]].concat();
        machine.run(&publish).assert_success();
    }
    let refused = machine.run(&["pull", "tool"]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains("--architecture, of linux-arm64, linux-x64"),
        "{told}"
    );
    let arm = machine.run(&[
        "pull",
        "tool",
        "--architecture",
        "linux-arm64",
        "--output",
        "tool",
    ]);
    arm.assert_success();
    assert_eq!(machine.read("tool"), b"arm");
    let none = machine.run(&["pull", "tool", "--architecture", "riscv"]);
    assert!(none.assert_failure(1).contains("404 not_found"));
}

#[tokio::test]
async fn without_a_stable_version_a_bare_name_means_the_newest_one() {
    let server = TestServer::start().await;
    let machine = machine(&server);
    for version in ["1.0.0-beta.1", "1.0.0-beta.2"] {
        let package = cellier_tests::Package::new("widget", version);
        server
            .admin()
            .publish_package(&package)
            .await
            .assert_created();
    }
    let pulled = machine.run(&["pull", "widget", "--json"]);
    let outcome: Value = serde_json::from_str(pulled.assert_success()).unwrap();
    assert_eq!(outcome["version"], "1.0.0-beta.2");
    let missing = machine.run(&["pull", "gadget"]);
    assert!(missing.assert_failure(1).contains("404 not_found"));
}
