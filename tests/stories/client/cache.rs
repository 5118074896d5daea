//! The cache of a machine.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use cellier_tests::{Machine, TestServer};
use serde_json::Value;

use super::machine;

/// A machine that has pulled `terrain`, and where the cached copy is.
fn machine_with_terrain(server: &TestServer) -> (Machine, PathBuf) {
    let machine = machine(server).file("terrain.bin", "relief");
    machine
        .run(&["publish", "terrain.bin", "--name", "terrain"])
        .assert_success();
    let pulled = machine.run(&["pull", "terrain"]);
    let path = PathBuf::from(pulled.assert_success());
    (machine, path)
}

fn damage(path: &Path) {
    let writable = fs::Permissions::from_mode(0o644);
    fs::set_permissions(path, writable).expect("the copy becomes writable");
    fs::write(path, "re1ief").expect("the copy is damaged");
}

#[tokio::test]
async fn a_damaged_copy_is_found_and_fetched_again() {
    let mut server = TestServer::start().await;
    let (machine, path) = machine_with_terrain(&server);
    damage(&path);
    let mended = machine.run(&["pull", "terrain", "--quiet"]);
    assert_eq!(Path::new(mended.assert_success()), path);
    assert!(
        mended.stderr.starts_with("the cached copy is damaged"),
        "{}",
        mended.stderr
    );
    assert_eq!(fs::read(&path).unwrap(), b"relief");

    damage(&path);
    server.kill9();
    let refused = machine.run(&["pull", "terrain", "--retries", "0"]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains("the cached copy of terrain 1 is damaged"),
        "{told}"
    );
    assert_eq!(refused.stdout, "");
}

#[tokio::test]
async fn prune_leaves_alone_what_somebody_uses_or_would_be_given() {
    let server = TestServer::start().await;
    let (machine, path) = machine_with_terrain(&server);
    let prune = |arguments: &[&str]| {
        let all = [&["cache", "prune", "--json"], arguments].concat();
        let pruned = machine.run(&all);
        serde_json::from_str::<Value>(pruned.assert_success()).unwrap()
    };
    assert_eq!(prune(&[])["usedLately"], 1);
    assert_eq!(prune(&["--unused-for", "0s"])["newest"], 1);

    let service = File::open(&path).unwrap();
    service.lock_shared().unwrap();
    let everything = ["--unused-for", "0s", "--newest-too"];
    assert_eq!(prune(&everything)["inUse"], 1);
    assert_eq!(fs::read(&path).unwrap(), b"relief");
    drop(service);

    let dry = prune(&[&everything[..], &["--dry-run"]].concat());
    assert!(path.exists());
    assert_eq!(prune(&everything), dry);
    assert_eq!(dry["freed"], 6);
    assert!(!path.exists());
    assert_eq!(
        machine.run(&["cache", "list", "--json"]).assert_success(),
        "[]"
    );
    machine.run(&["pull", "terrain"]).assert_success();
}

#[tokio::test]
async fn the_cache_is_where_it_is_wanted_and_for_its_owner_alone() {
    let server = TestServer::start().await;
    let (machine, path) = machine_with_terrain(&server);
    let home = machine.path(".cache/cellier");
    assert!(path.starts_with(&home), "{}", path.display());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    assert_eq!(mode(&path) & 0o222, 0);

    let elsewhere = machine.run(&["pull", "terrain", "--cache", "elsewhere"]);
    assert!(Path::new(elsewhere.assert_success()).starts_with(machine.path("elsewhere")));
    let machine = machine.variable("CELLIER_CACHE", "third");
    let third = machine.run(&["pull", "terrain"]);
    assert!(Path::new(third.assert_success()).starts_with(machine.path("third")));
}
