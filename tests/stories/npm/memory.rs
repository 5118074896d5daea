//! A large package needs no memory of its size.

use cellier_tests::{Package, TestServer};

use super::{author, packument};

const MEBIBYTE: u64 = 1024 * 1024;

/// `make bench` measures the same with the program that is released.
#[tokio::test]
#[ignore = "takes half a minute"]
async fn npm_publishes_two_hundred_megabytes_and_the_server_hardly_grows() {
    let server = TestServer::start().await;
    let author = author(&server)
        .await
        .package("small", &Package::new("small", "1.0.0"))
        .package("large", &Package::new("large", "1.0.0"));
    // What lives for ever once it is there, such as pools of threads, is there before.
    author.run("cd small; npm publish").assert_success();
    let idle = server.memory();
    let publish = "cd large; head -c 200000000 /dev/urandom >payload; npm publish";
    author.run_beside(publish).await.assert_success();
    let grown = server.peak_memory().saturating_sub(idle);
    let told = packument(&server.admin(), "large").await;
    let size = told["versions"]["1.0.0"]["dist"]["unpackedSize"].as_u64();
    assert!(size > Some(200_000_000), "{size:?}");
    assert!(
        grown <= 64 * MEBIBYTE,
        "{} MiB above idle",
        grown / MEBIBYTE
    );
}
