//! Several publishers of one version at the same time.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_tests::{Actor, Package, TestServer, both_databases};
use futures_util::future::join_all;
use serde_json::Value;
use sha2::{Digest as _, Sha512};

use super::{packument, put};

/// What a publisher of a round brings: a package of that version, with something of its own in it.
fn package(round: usize, publisher: usize) -> Package {
    Package::new("@acme/widget", &format!("1.0.{round}"))
        .file("index.js", format!("module.exports = {publisher}\n"))
        .file(&format!("by-{publisher}.js"), "\n")
}

/// Two to eight publish other bytes as one version at once. One wins, all others are told that it is taken, and what is
/// served of it is whole and the winner's.
async fn race(server: &TestServer, round: usize) {
    let publishers = 2 + round % 7;
    let packages: Arc<[Package]> = (0..publishers).map(|one| package(round, one)).collect();
    let publish = |publisher: usize| {
        let (who, packages) = (server.admin(), Arc::clone(&packages));
        tokio::spawn(async move { put(&who, &packages[publisher]).await })
    };
    let answers = join_all((0..publishers).map(publish)).await;
    let answers: Vec<_> = answers
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect();
    let winners: Vec<_> = (0..publishers)
        .filter(|one| answers[*one].status() < 300)
        .collect();
    let statuses: Vec<_> = answers.iter().map(cellier_tests::Answer::status).collect();
    assert_eq!(winners.len(), 1, "round {round}: {statuses:?}");
    for (publisher, answer) in answers.iter().enumerate() {
        let expected = publisher == winners[0] || matches!(answer.status(), 403 | 409);
        assert!(
            expected,
            "round {round}: {} {}",
            answer.status(),
            answer.text()
        );
    }
    let served = served(&server.admin(), round).await;
    assert!(
        served == packages[winners[0]].tarball(),
        "round {round}: not the winner's bytes"
    );
}

/// The tarball of a round, which is what its manifest says.
async fn served(who: &Actor, round: usize) -> Vec<u8> {
    let told = packument(who, "@acme/widget").await;
    let dist: &Value = &told["versions"][format!("1.0.{round}")]["dist"];
    let path = dist["tarball"]
        .as_str()
        .and_then(|url| url.find("/npm/").map(|at| url[at..].to_owned()));
    let tarball = who.get(&path.expect("a tarball below the mount")).await;
    let bytes = tarball.assert_ok().bytes().to_vec();
    let integrity = format!("sha512-{}", STANDARD.encode(Sha512::digest(&bytes)));
    assert_eq!(dist["integrity"], integrity.as_str(), "round {round}");
    bytes
}

async fn races(rounds: usize) {
    for server in both_databases().await {
        for round in 0..rounds {
            race(&server, round).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_publishers_that_race_exactly_one_wins() {
    races(30).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn of_publishers_that_race_a_thousand_times_exactly_one_wins_each_time() {
    races(1000).await;
}

#[tokio::test]
async fn publishing_again_after_an_answer_that_got_lost_succeeds() {
    for server in both_databases().await {
        let (who, package) = (server.admin(), package(0, 0));
        put(&who, &package).await.assert_status(201);
        let again = put(&who, &package).await;
        assert!(
            matches!(again.status(), 200 | 201),
            "{} {}",
            again.status(),
            again.text()
        );
        let taken = put(&who, &self::package(0, 1)).await;
        assert!(
            matches!(taken.status(), 403 | 409),
            "{} {}",
            taken.status(),
            taken.text()
        );
        assert!(
            taken.json()["error"]
                .as_str()
                .is_some_and(|told| told.contains("1.0.0")),
            "{}",
            taken.text()
        );
    }
}
