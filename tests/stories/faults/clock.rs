//! A clock that is set back.

use cellier_tests::{Actor, Sent, Setup, TestServer, Upload};
use serde_json::Value;

use super::scene::Scene;

const TWO_DAYS_BACK: &str = "clock=-2d";

async fn publish(admin: &Actor, name: &str, text: &str) {
    let upload = Upload::new("data.txt", text);
    admin.publish_file(name, &upload).await.assert_created();
}

/// When an artefact was changed, and when its bytes were.
async fn changed(admin: &Actor, name: &str) -> [String; 2] {
    let artefact = admin.get_json(&format!("artefacts/file/{name}")).await;
    ["updatedAt", "dataUpdatedAt"].map(|member| {
        let time = artefact[member].as_str();
        time.expect("a time").to_owned()
    })
}

fn freed_blobs(server: &TestServer) -> Value {
    let told = server.run(&["gc", "--json"]);
    let told: Value = serde_json::from_str(told.assert_success()).expect("JSON");
    told["blobs"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_happens_before_what_has_happened() {
    let scene = Scene::open(Setup::new(), false).await;
    let admin = scene.server.admin();
    publish(&admin, "report", "the first").await;
    let mut last = changed(&admin, "report").await;
    scene.server.faults(TWO_DAYS_BACK);
    publish(&admin, "report", "the second").await;
    for step in ["publish", "delete"] {
        if step == "delete" {
            let first = admin.delete("artefacts/file/report/versions/1").await;
            first.assert_no_content();
        }
        let now = changed(&admin, "report").await;
        assert!(last <= now, "{step}: {last:?} and then {now:?}");
        last = now;
    }
    let newest = admin.get("artefacts/file/report/download").await;
    assert_eq!(newest.assert_ok().text(), "the second");
    publish(&admin, "report", "the third").await;
    let versions = admin.get_json("artefacts/file/report/versions").await;
    assert_eq!(versions["results"][0]["version"], "3", "{versions}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_stays_dead_and_a_living_one_lives() {
    let scene = Scene::open(Setup::new(), false).await;
    let server = &scene.server;
    let dead = server.upload_key("dead").create().await;
    let alive = server.upload_key("alive").create().await;
    let path = format!("api-keys/{}", dead.key_id());
    server.admin().delete(&path).await.assert_no_content();
    server.faults(TWO_DAYS_BACK);
    let upload = Upload::new("data.txt", "words");
    let refused = dead.publish_file("notes", &upload).await;
    refused.assert_problem(401, "key_invalid");
    alive.publish_file("notes", &upload).await.assert_created();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_grace_of_deleted_bytes_is_never_shortened() {
    let setup = Setup::new().set("gc.every", "0s").set("gc.grace", "1h");
    let server = setup.with_faults().start().await;
    let admin = server.admin();
    for name in ["one", "other"] {
        publish(&admin, name, name).await;
    }
    let delete = async |name: &str| {
        let path = format!("artefacts/file/{name}");
        admin.delete(&path).await.assert_no_content();
    };
    delete("one").await;
    server.faults(TWO_DAYS_BACK);
    assert_eq!(freed_blobs(&server), 0, "the clock was set back");
    delete("other").await;
    assert_eq!(freed_blobs(&server), 0, "deleted by a wrong clock");
    server.no_faults();
    assert_eq!(freed_blobs(&server), 0, "the clock is right again");
    server.faults("clock=+2h");
    assert_eq!(freed_blobs(&server), 2, "the grace is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_whose_clock_was_ahead_keeps_nobody_from_sweeping() {
    let mut scene = Scene::open(Setup::new(), false).await;
    let deleted = scene.publish(Sent::file("garbage", "garbage")).await;
    assert_eq!(scene.delete(deleted).await, Some(204));
    scene.server.faults("clock=+2d; blob:list:before=kill");
    let killed = scene.server.run(&["gc"]);
    assert_eq!(killed.code, None, "{}", killed.stderr);
    assert!(scene.server.recover().await);
    scene.server.run(&["gc"]).assert_success();
    scene.check().await;
}
