//! Several servers on one database and one storage.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cellier_tests::{
    Actor, PASSWORD, Package, Setup, TestServer, Upload, encoded, eventually, sha256_hex,
};
use serde_json::json;

/// Two servers on one PostgreSQL and one folder of bytes.
async fn two_servers() -> [TestServer; 2] {
    let one = Setup::new().on_postgres().cheap_passwords().start().await;
    let other = one.replica().await;
    [one, other]
}

/// The same on one bucket.
async fn two_servers_on_a_bucket() -> [TestServer; 2] {
    let setup = Setup::new().on_postgres().on_s3().set("gc.grace", "0s");
    let one = setup.start().await;
    let other = one.replica().await;
    [one, other]
}

/// Somebody with the same key, at another server.
fn at(server: &TestServer, who: &Actor) -> Actor {
    server.with_key(Some(who.key()))
}

fn file(content: &str) -> Upload {
    Upload::new("map.bin", content)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_on_one_server_is_there_at_the_next_request_to_another() {
    for [one, other] in [two_servers().await, two_servers_on_a_bucket().await] {
        let (here, there) = (one.admin(), other.admin());
        let package = Package::new("@acme/widget", "1.0.0");
        here.publish_package(&package).await.assert_created();
        let path = format!("artefacts/npm/{}", encoded("@acme/widget"));
        let download = format!("{path}/versions/latest/download");
        let fetched = there.get(&download).await;
        assert_eq!(fetched.assert_ok().bytes(), package.tarball());
        there.publish_package(&package).await.assert_ok();
        let changed = Package::new("@acme/widget", "1.0.0").file("new.js", "1");
        let refused = there.publish_package(&changed).await;
        refused.assert_status(409);

        // Each has now answered what the other is about to change.
        for number in 1..=5 {
            let (publisher, reader) = match number % 2 {
                0 => (&here, &there),
                _ => (&there, &here),
            };
            let next = Package::new("@acme/widget", &format!("1.{number}.0"));
            publisher.publish_package(&next).await.assert_created();
            let latest = reader.get(&download).await;
            assert_eq!(latest.assert_ok().bytes(), next.tarball());
            let listed = reader.get_json("artefacts?q=widget").await;
            assert_eq!(listed["count"], 1, "{listed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_or_deleted_on_one_server_is_so_at_the_next_request_to_another() {
    for [one, other] in [two_servers().await, two_servers_on_a_bucket().await] {
        let (here, there) = (one.admin(), other.admin());
        for content in ["first", "second"] {
            let published = here.publish_file("map", &file(content)).await;
            published.assert_created();
        }
        let tag = json!({"version": "1"});
        let tagged = "artefacts/file/map/versions/stable/download";
        there.get(tagged).await.assert_problem(404, "not_found");
        let put = here.put_json("artefacts/file/map/tags/stable", &tag).await;
        put.assert_ok();
        assert_eq!(there.get(tagged).await.assert_ok().bytes(), b"first");

        let newest = "artefacts/file/map/download";
        assert_eq!(there.get(newest).await.assert_ok().bytes(), b"second");
        let second = "artefacts/file/map/versions/2";
        here.delete(second).await.assert_no_content();
        there.get(second).await.assert_problem(404, "not_found");
        let gone = there.get(&format!("{second}/download")).await;
        gone.assert_problem(404, "not_found");
        assert_eq!(there.get(newest).await.assert_ok().bytes(), b"first");

        there.delete("artefacts/file/map").await.assert_no_content();
        here.get(newest).await.assert_problem(404, "not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_revoked_on_one_server_is_dead_at_the_next_request_to_another() {
    let [one, other] = two_servers().await;
    let ci = one.upload_key("ci").create().await;
    let ci_there = at(&other, &ci);
    let published = ci_there.publish_file("map", &file("a map")).await;
    published.assert_created();
    let revocation = format!("api-keys/{}", ci.key_id());
    one.admin().delete(&revocation).await.assert_no_content();
    let refused = ci_there.publish_file("map", &file("another")).await;
    refused.assert_problem(401, "key_invalid");

    // And one that a terminal beside the first server revokes.
    let ci = other.upload_key("ci").create().await;
    let ci_there = at(&other, &ci);
    ci_there.get("artefacts").await.assert_ok();
    one.run(&["key", "revoke", ci.key_id()]).assert_success();
    let refused = ci_there.get("artefacts").await;
    refused.assert_problem(401, "key_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_taken_away_on_one_server_is_gone_at_the_next_request_to_another() {
    let [one, other] = two_servers().await;
    let anna = one.with_user("anna").await;
    let anna_there = other.anonymous().with_cookie(anna.cookie());
    anna_there.get("session").await.assert_ok();
    let published = one.admin().publish_file("map", &file("a map")).await;
    published.assert_created();

    let download = "artefacts/file/map/download";
    anna_there
        .get(download)
        .await
        .assert_problem(404, "not_found");
    let shown = json!({"privateAccess": [{"type": "user", "id": "anna"}]});
    let patched = one.admin().patch("artefacts/file/map", &shown).await;
    patched.assert_ok();
    let refused = anna_there.get(download).await;
    refused.assert_problem(403, "grant_missing");
    let grant = one.grant("user", "anna", &json!([])).await;
    assert_eq!(anna_there.get(download).await.assert_ok().bytes(), b"a map");
    let grant = format!("access-grants/{grant}");
    one.admin().delete(&grant).await.assert_no_content();
    let refused = anna_there.get(download).await;
    refused.assert_problem(403, "grant_missing");

    // A session ends everywhere, by its owner as by an admin.
    let second = other.anonymous().sign_in("anna", PASSWORD).await;
    let second_here = one.anonymous().with_cookie(second.cookie());
    second_here.get("session").await.assert_ok();
    second.delete("session").await.assert_no_content();
    second_here.get("session").await.assert_status(401);
    let disabled = json!({"disabled": true});
    let patched = other.admin().patch("users/anna", &disabled).await;
    patched.assert_ok();
    anna.get("artefacts").await.assert_status(401);
    anna_there.get("artefacts").await.assert_status(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn space_is_freed_on_all_servers_by_whichever_of_them_does_it() {
    let [one, other] = two_servers_on_a_bucket().await;
    for number in 1..=7 {
        let upload = file(&format!("revision {number}"));
        let published = one.admin().publish_file("map", &upload).await;
        published.assert_created();
        // Twice, so that each server has the bytes in its memory.
        for server in [&one, &one, &other, &other] {
            let fetched = server.admin().get("artefacts/file/map/download").await;
            fetched.assert_ok();
        }
    }
    other.run(&["gc"]).assert_success();
    for server in [&one, &other] {
        let admin = server.admin();
        for (number, status) in [(1, 404), (2, 404), (3, 200), (7, 200)] {
            let path = format!("artefacts/file/map/versions/{number}/download");
            admin.get(&path).await.assert_status(status);
        }
    }
    one.run(&["fsck"]).assert_success();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_server_at_a_time_frees_space_and_when_it_dies_another_takes_over() {
    let setup = Setup::new().on_postgres().set("gc.every", "1s");
    let mut one = setup.with_faults().start().await;
    let holder = || one.run_in_database("SELECT holder FROM leases WHERE name = 'gc'");

    // The first server is held up in the middle of its work.
    let held = one.hold_table("blobs");
    eventually("the first server frees space", async || {
        !holder().is_empty()
    })
    .await;
    let first = holder();
    let other = one.replica().await;
    let refused = other.run(&["gc"]);
    let told = refused.assert_failure(1);
    assert!(
        told.contains(&format!("{first} does it right now")),
        "{told}"
    );

    one.kill9();
    drop(held);
    // A server whose clock says that the lease was over long ago has to wait like any other.
    one.faults("clock=+2d");
    let freed = async || other.metrics().await.sum("cellier_gc_runs_total", &[]) > 0.5;
    for _ in 0..25 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert!(!freed().await, "the lease of the dead one still holds");
    }
    let refused = other.run(&["gc"]);
    assert!(refused.assert_failure(1).contains(&first));

    // A minute later nobody has renewed it, which a server sees whose clock says that it was taken in times to come.
    one.faults("clock=-2d");
    other.run_in_database("UPDATE leases SET expires_at = expires_at - 60000000");
    eventually("the other server frees space", freed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_a_server_is_killed_the_other_serves_all_that_was_acknowledged() {
    let [mut one, other] = two_servers_on_a_bucket().await;
    let stop = Arc::new(AtomicBool::new(false));
    let publishers: Vec<_> = (0..4)
        .map(|publisher| {
            let (admin, stop) = (one.admin(), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for number in 0.. {
                    let name = format!("file-{publisher}-{number}");
                    let content = format!("what {name} holds");
                    let request =
                        admin.request(reqwest::Method::POST, &format!("artefacts/file/{name}"));
                    match request.form(&file(&content)).try_send().await {
                        Ok(answer) => acknowledged.push((answer.status(), name, content)),
                        Err(_killed) => break,
                    }
                    if stop.load(Ordering::SeqCst) {
                        break;
                    }
                }
                acknowledged
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(700)).await;
    one.kill9();
    stop.store(true, Ordering::SeqCst);
    let mut acknowledged = Vec::new();
    for publisher in publishers {
        acknowledged.extend(publisher.await.unwrap());
    }
    assert!(!acknowledged.is_empty());
    let admin = other.admin();
    for (status, name, content) in &acknowledged {
        assert_eq!(*status, 201, "{name}");
        let path = format!("artefacts/file/{name}/download");
        let fetched = admin.get(&path).await;
        assert_eq!(fetched.assert_ok().bytes(), content.as_bytes());
        let digest = format!("\"{}\"", sha256_hex(content.as_bytes()));
        assert_eq!(fetched.header("etag"), digest);
    }
    let next = admin.publish_file("next", &file("next")).await;
    next.assert_created();
    other.run(&["fsck"]).assert_success();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_servers_that_start_at_once_on_an_empty_database_one_migrates_and_all_serve() {
    let first = Setup::new().on_postgres();
    let mut setups: Vec<_> = (0..3).map(|_| first.replica()).collect();
    setups.push(first);
    let starting: Vec<_> = setups
        .into_iter()
        .map(|setup| tokio::spawn(setup.start_with_key("nobody has one yet")))
        .collect();
    let mut servers = Vec::new();
    for server in starting {
        servers.push(server.await.unwrap());
    }
    let migrated = |server: &&TestServer| server.log().contains("applying migration 1 ");
    assert_eq!(servers.iter().filter(migrated).count(), 1);
    for server in &servers {
        server.anonymous().get("/readyz").await.assert_ok();
    }
}

/// What the next release might do to every table, and the trace that it leaves: columns with defaults, indices, a new table.
/// As a migration of ours does, it gives way when it does not get a table soon, and tries again.
const NEXT_SCHEMA: &str = r"
SET lock_timeout = '500ms';
DO $$ DECLARE name TEXT; BEGIN LOOP
    BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP
            EXECUTE format('ALTER TABLE %I ADD COLUMN of_the_next BIGINT NOT NULL DEFAULT 7', name);
            EXECUTE format('CREATE INDEX %I ON %I (of_the_next)', 'next_' || name, name);
        END LOOP;
        CREATE TABLE wings (id BIGINT NOT NULL PRIMARY KEY);
        INSERT INTO migrations (number, name, sha256) VALUES (9999, 'wings', 'x');
        RETURN;
    EXCEPTION WHEN lock_not_available THEN
        PERFORM pg_sleep(0.1);
    END;
END LOOP; END $$;
";

#[tokio::test(flavor = "multi_thread")]
async fn servers_go_on_without_a_failed_request_while_a_newer_one_migrates_their_database() {
    let [one, mut other] = two_servers().await;
    one.admin()
        .publish_file("map", &file("a map"))
        .await
        .assert_created();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = [&one, &other, &one, &other]
        .into_iter()
        .enumerate()
        .map(|(client, server)| tokio::spawn(use_all(server.admin(), client, Arc::clone(&stop))))
        .collect();
    let pause = || tokio::time::sleep(Duration::from_millis(500));
    pause().await;
    one.run_in_database(NEXT_SCHEMA);
    pause().await;
    stop.store(true, Ordering::SeqCst);
    for client in clients {
        let rounds = client.await.unwrap();
        assert!(rounds > 1, "{rounds}");
    }
    one.anonymous().get("/readyz").await.assert_ok();

    // But none of the old ones starts any more.
    other.stop().await;
    let refused = other.run(&["serve"]);
    assert!(refused.assert_failure(1).contains("use the newer version"));
}

/// Publishes, reads, tags and deletes until it is told to stop, and expects that all of it goes well.
async fn use_all(admin: Actor, client: usize, stop: Arc<AtomicBool>) -> u32 {
    let mut rounds = 0;
    while !stop.load(Ordering::SeqCst) {
        rounds += 1;
        let name = format!("file-{client}-{rounds}");
        let content = format!("what {name} holds");
        let published = admin.publish_file(&name, &file(&content)).await;
        published.assert_created();
        let artefact = format!("artefacts/file/{name}");
        let download = admin.get(&format!("{artefact}/download")).await;
        assert_eq!(download.assert_ok().bytes(), content.as_bytes());
        let tag = json!({"version": "1"});
        let tagged = admin
            .put_json(&format!("{artefact}/tags/stable"), &tag)
            .await;
        tagged.assert_ok();
        admin.get("artefacts?q=file").await.assert_ok();
        admin.get("artefacts/file/map/download").await.assert_ok();
        admin.get("audit").await.assert_ok();
        admin.delete(&artefact).await.assert_no_content();
    }
    rounds
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_a_file_of_sqlite_is_refused_and_told_what_to_do() {
    let mut server = TestServer::start().await;
    let database = server.path("cellier.db");
    let again = Setup::new().set("database.url", &format!("sqlite://{}", database.display()));
    let refused = again.run(&["serve"]);
    let told = refused.assert_failure(1);
    for part in [
        "another cellier serve runs on the database",
        &database.display().to_string(),
        "cellier.db.server-lock",
        "postgres://USER@HOST/NAME",
    ] {
        assert!(told.contains(part), "{part:?} is missing in: {told}");
    }

    // The first goes on, and so does everything beside it.
    let admin = server.admin();
    admin
        .publish_file("map", &file("a map"))
        .await
        .assert_created();
    let vault = server.path("backup").display().to_string();
    for beside in [
        &["key", "list"][..],
        &["user", "list"],
        &["gc"],
        &["fsck"],
        &["migrate"],
        &["backup", &vault],
    ] {
        server.run(beside).assert_success();
    }

    // One that is killed leaves nothing that would have to be removed.
    server.kill9();
    let second = again.start_with_key(admin.key()).await;
    let known = second.admin().get_json("artefacts").await;
    assert_eq!(known["count"], 1, "{known}");
    drop(second);
    server.restart().await;
    server
        .admin()
        .get("artefacts/file/map/download")
        .await
        .assert_ok();
}
