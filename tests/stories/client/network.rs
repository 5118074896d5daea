//! What goes wrong between a machine and its registry.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cellier_tests::{Machine, Proxy, TestServer, answer, body_of};

use super::{large_content, machine};

/// A server with a large file called `terrain`.
async fn server_with_terrain() -> TestServer {
    let server = TestServer::start().await;
    let machine = machine(&server).file("terrain.bin", large_content());
    machine
        .run(&["publish", "terrain.bin", "--name", "terrain"])
        .assert_success();
    server
}

/// Cuts the first so many downloads after a million bytes.
fn cutting_proxy(server: &TestServer, cuts: usize) -> Proxy {
    let cut = AtomicUsize::new(0);
    Proxy::start(server, move |asked, mut whole| {
        if asked.is_download() && cut.fetch_add(1, Ordering::SeqCst) < cuts {
            whole.truncate(body_of(&whole) + 1_000_000);
        }
        whole
    })
}

#[track_caller]
fn assert_has_terrain(machine: &Machine, name: &str) {
    assert!(
        machine.read(name) == large_content(),
        "{name} has other bytes"
    );
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let server = server_with_terrain().await;
    let proxy = cutting_proxy(&server, 2);
    let machine = machine(&server).at(&proxy.url());
    let pulled = machine.run(&["pull", "terrain", "--output", "terrain.bin"]);
    pulled.assert_success();
    assert_has_terrain(&machine, "terrain.bin");
    let downloads = proxy.downloads();
    let ranges: Vec<_> = downloads
        .iter()
        .map(|asked| asked.header("range"))
        .collect();
    assert_eq!(
        ranges,
        [None, Some("bytes=1000000-"), Some("bytes=2000000-")]
    );
    assert!(downloads[1].header("if-range").unwrap().starts_with('"'));
}

#[tokio::test]
async fn a_later_run_goes_on_where_an_earlier_one_stopped() {
    let server = server_with_terrain().await;
    let proxy = cutting_proxy(&server, 1);
    let machine = machine(&server).at(&proxy.url());
    machine
        .run(&["pull", "terrain", "--retries", "0"])
        .assert_failure(1);
    assert_eq!(machine.cached("partial").len(), 1);
    let pulled = machine.run(&["pull", "terrain", "--output", "terrain.bin"]);
    pulled.assert_success();
    assert!(
        pulled.stderr.contains("an earlier run has fetched"),
        "{}",
        pulled.stderr
    );
    assert_has_terrain(&machine, "terrain.bin");
    assert_eq!(proxy.downloads()[1].header("range"), Some("bytes=1000000-"));
    assert_eq!(machine.cached("partial").len(), 0);
}

#[tokio::test]
async fn what_an_earlier_run_left_is_fetched_again_where_it_is_damaged() {
    let server = server_with_terrain().await;
    let proxy = cutting_proxy(&server, 1);
    let machine = machine(&server).at(&proxy.url());
    machine
        .run(&["pull", "terrain", "--retries", "0"])
        .assert_failure(1);
    let partial = machine.cached("partial").remove(0);
    std::fs::write(&partial, vec![0; 1_000_000]).unwrap();
    let pulled = machine.run(&["pull", "terrain", "--output", "terrain.bin"]);
    pulled.assert_success();
    assert!(
        pulled.stderr.contains("fetching all of it again"),
        "{}",
        pulled.stderr
    );
    assert_has_terrain(&machine, "terrain.bin");
}

#[tokio::test]
async fn bytes_that_are_not_those_the_registry_describes_are_refused_and_not_kept() {
    let server = server_with_terrain().await;
    let lies: [fn(&mut Vec<u8>); 2] = [
        |whole| *whole.last_mut().unwrap() ^= 1,
        |whole| {
            let body = whole.split_off(body_of(whole));
            *whole = answer("200 OK", &[], &[&body[..], b"and more"].concat());
        },
    ];
    for lie in lies {
        let proxy = Proxy::start(&server, move |asked, mut whole| {
            if asked.is_download() {
                lie(&mut whole);
            }
            whole
        });
        let machine = machine(&server).at(&proxy.url());
        let refused = machine.run(&["pull", "terrain"]);
        let told = refused.assert_failure(1);
        assert!(told.contains("nothing was kept"), "{told}");
        assert_eq!(refused.stdout, "");
        assert_eq!(
            machine.cached("blobs").len() + machine.cached("partial").len(),
            0
        );
        assert_eq!(proxy.downloads().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_to_another_place_is_followed_without_the_key() {
    let server = server_with_terrain().await;
    let elsewhere = Proxy::start(&server, |_, _| {
        answer("200 OK", &[("etag", "\"store\"")], &large_content())
    });
    let target = format!("{}/bucket/terrain?signature=s3cret", elsewhere.url());
    let proxy = Proxy::start(&server, move |asked, whole| {
        if asked.is_download() {
            answer("302 Found", &[("location", &target)], b"")
        } else {
            whole
        }
    });
    let machine = machine(&server).at(&proxy.url());
    machine
        .run(&["pull", "terrain", "--output", "terrain.bin"])
        .assert_success();
    assert_has_terrain(&machine, "terrain.bin");
    assert!(proxy.downloads()[0].header("x-api-key").is_some());
    let followed = &elsewhere.asked()[0];
    assert_eq!(followed.line(), "GET /bucket/terrain?signature=s3cret");
    for name in ["x-api-key", "authorization", "x-secret-key", "cookie"] {
        assert_eq!(followed.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn a_registry_that_moved_gets_no_key_and_that_is_told() {
    let server = server_with_terrain().await;
    let target = server.url();
    let proxy = Proxy::start(&server, move |asked, _| {
        let path = asked.line().split(' ').nth(1).unwrap_or_default();
        let location = format!("{target}{path}");
        answer("308 Permanent Redirect", &[("location", &location)], b"")
    });
    let machine = machine(&server).at(&proxy.url()).file("notes.txt", "notes");
    for arguments in [
        &["pull", "terrain"][..],
        &["publish", "notes.txt", "--name", "notes"],
    ] {
        let refused = machine.run(arguments);
        let told = refused.assert_failure(1);
        assert!(told.contains("--server"), "{told}");
        assert!(told.contains(&server.url()), "{told}");
    }
}

#[tokio::test]
async fn redirects_without_an_end_are_not_followed_for_ever() {
    let server = server_with_terrain().await;
    let proxy = Proxy::start(&server, |asked, whole| {
        if asked.is_download() {
            answer("307 Temporary Redirect", &[("location", "download")], b"")
        } else {
            whole
        }
    });
    let machine = machine(&server).at(&proxy.url());
    let refused = machine.run(&["pull", "terrain"]);
    assert!(
        refused
            .assert_failure(1)
            .contains("sends the client on more than 5 times")
    );
    assert_eq!(proxy.downloads().len(), 6);
}

#[tokio::test]
async fn two_pulls_at_once_fetch_the_bytes_once() {
    let server = server_with_terrain().await;
    let proxy = Proxy::start(&server, |asked, whole| {
        if asked.is_download() {
            std::thread::sleep(Duration::from_millis(500));
        }
        whole
    });
    let machine = machine(&server).at(&proxy.url());
    let outcomes = std::thread::scope(|scope| {
        let pulls = [(); 3].map(|()| scope.spawn(|| machine.run(&["pull", "terrain"])));
        pulls.map(|pull| pull.join().unwrap())
    });
    let paths = outcomes.each_ref().map(|outcome| outcome.assert_success());
    assert!(paths.iter().all(|path| *path == paths[0]), "{paths:?}");
    assert!(std::fs::read(paths[0]).unwrap() == large_content());
    assert_eq!(proxy.downloads().len(), 1);
}

#[tokio::test]
async fn a_machine_without_certificates_still_speaks_plain_http() {
    let server = server_with_terrain().await;
    let machine = machine(&server)
        .variable("SSL_CERT_FILE", "/nowhere")
        .variable("SSL_CERT_DIR", "/nowhere");
    machine.run(&["pull", "terrain"]).assert_success();
    let encrypted = machine.run(&["pull", "terrain", "--server", "https://127.0.0.1:1"]);
    let told = encrypted.assert_failure(1);
    assert!(told.contains("install ca-certificates"), "{told}");
}
