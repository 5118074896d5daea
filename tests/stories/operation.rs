//! Operating a server: health, metrics, logs, migrations.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cellier_tests::{
    Connection, PASSWORD, Package, Setup, TestServer, Upload, eventually, repository_file, run_sql,
};
use reqwest::Method;
use serde_json::{Value, json};

/// A file of some words.
fn words() -> Upload {
    Upload::new("notes.txt", "some words")
}

/// The words between backticks of a cell of a table in Markdown.
fn in_backticks(cell: &str) -> BTreeSet<String> {
    cell.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn a_server_says_that_it_is_alive_and_ready() {
    let server = TestServer::start().await;
    let anyone = server.anonymous();
    assert_eq!(anyone.get("/healthz").await.assert_ok().text(), "ok\n");
    let ready = json!({"ready": true, "database": "ok", "storage": "ok", "formats": "ok"});
    assert_eq!(anyone.get_json("/readyz").await, ready);
}

#[tokio::test]
async fn a_server_without_its_storage_is_not_ready_until_it_is_back() {
    let server = TestServer::start().await;
    let admin = server.admin();
    admin.publish_file("notes", &words()).await.assert_created();
    let (blobs, away) = (server.path("blobs"), server.path("away"));
    std::fs::rename(&blobs, &away).unwrap();

    let unready = admin.get("/readyz").await.assert_status(503).json();
    assert_eq!(unready["ready"], false);
    assert_eq!(unready["storage"], "does not answer");
    assert_eq!(unready["database"], "ok");
    admin.get("/healthz").await.assert_ok();
    let refused = admin.publish_file("other", &words()).await;
    refused
        .assert_problem(503, "unavailable")
        .assert_detail("its storage does not answer");
    assert!(!refused.header("retry-after").is_empty());
    let missing = admin.get("artefacts/notes/download").await;
    missing.assert_problem(503, "unavailable");
    admin.get("artefacts/notes").await.assert_ok();

    std::fs::rename(&away, &blobs).unwrap();
    admin.get("/readyz").await.assert_ok();
    admin.publish_file("other", &words()).await.assert_created();
    assert_eq!(
        admin
            .get("artefacts/notes/download")
            .await
            .assert_ok()
            .text(),
        "some words"
    );
    let listed = admin.get_json("artefacts").await;
    assert_eq!(listed["count"], 2, "{listed}");
}

#[tokio::test]
async fn a_server_without_its_database_is_not_ready_until_it_is_back() {
    let server = TestServer::on_postgres().await;
    let admin = server.admin();
    admin.publish_file("notes", &words()).await.assert_created();
    server.interrupt_database();

    eventually("the server notices", async || {
        admin.get("/readyz").await.status() == 503
    })
    .await;
    let unready = admin.get("/readyz").await.json();
    assert_eq!(unready["database"], "does not answer");
    assert_eq!(unready["storage"], "ok");
    server.anonymous().get("/healthz").await.assert_ok();

    server.resume_database();
    eventually("the server recovers", async || {
        admin.get("/readyz").await.status() == 200
    })
    .await;
    admin
        .publish_file("notes", &Upload::new("notes.txt", "more"))
        .await
        .assert_created();
    let versions = admin.get_json("artefacts/file/notes/versions").await;
    assert_eq!(versions["results"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_metrics_are_those_that_the_page_for_operators_lists() {
    let server = Setup::new().set("gc.every", "1s").start().await;
    let admin = server.admin();
    let empty = Upload::new("empty", "");
    admin.publish_file("empty", &empty).await.assert_created();
    admin
        .publish_package(&Package::new("widget", "1.0.0"))
        .await
        .assert_created();
    admin.get("artefacts/npm/widget/download").await.assert_ok();
    eventually("space is looked at", async || {
        let metrics = server.metrics().await;
        metrics.text().contains("cellier_blob_bytes{")
    })
    .await;

    let metrics = server.metrics().await;
    let page = repository_file("docs/operating.md");
    let rows = page.lines().filter(|line| line.starts_with("| `cellier_"));
    let mut told = BTreeSet::new();
    for row in rows {
        let cells: Vec<_> = row.split('|').collect();
        for name in in_backticks(cells[1]) {
            for label in in_backticks(cells[2]) {
                let has_label =
                    |line: &str| line.starts_with(&name) && line.contains(&format!("{label}=\""));
                assert!(
                    metrics.text().lines().any(has_label),
                    "{name} has no label {label}"
                );
            }
            told.insert(name);
        }
    }
    let types = metrics
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "));
    let there: BTreeSet<_> = types
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(told, there);
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let package = Package::new("widget", "1.0.0");
    let size = package.tarball().len();
    admin.publish_package(&package).await.assert_created();
    admin.publish_package(&package).await.assert_ok();
    admin.get("artefacts/npm/widget/download").await.assert_ok();
    admin
        .get("artefacts/npm/gadget")
        .await
        .assert_problem(404, "not_found");

    let metrics = server.metrics().await;
    let size = u32::try_from(size).unwrap();
    for (name, labels, value) in [
        ("cellier_uploads_total", &["format=\"npm\""][..], 2.0),
        (
            "cellier_upload_bytes_total",
            &["format=\"npm\""],
            2.0 * f64::from(size),
        ),
        ("cellier_download_bytes_total", &[], f64::from(size)),
        (
            "cellier_inspections_total",
            &["format=\"npm\"", "outcome=\"taken\""],
            2.0,
        ),
        (
            "cellier_http_requests_total",
            &["method=\"POST\"", "status=\"201\""],
            1.0,
        ),
        (
            "cellier_http_requests_total",
            &["method=\"GET\"", "status=\"404\""],
            1.0,
        ),
        (
            "cellier_http_request_seconds_count",
            &["route=\"/api/v1/artefacts/{*path}\""],
            4.0,
        ),
    ] {
        let counted = metrics.sum(name, labels);
        assert!(
            (counted - value).abs() < 0.5,
            "{name}{labels:?} is {counted}, not {value}"
        );
    }
}

#[tokio::test]
async fn no_client_can_make_the_metrics_grow() {
    let server = TestServer::start().await;
    let anyone = server.anonymous();
    for number in 0..20 {
        let method = Method::from_bytes(format!("BREW{number}").as_bytes()).unwrap();
        anyone
            .request(method, &format!("/pots/{number}"))
            .send()
            .await
            .assert_status(404);
        anyone
            .get(&format!("artefacts/npm/pot-{number}"))
            .await
            .assert_status(404);
    }
    let metrics = server.metrics().await;
    for word in ["BREW", "pot"] {
        assert!(!metrics.text().contains(word), "{}", metrics.text());
    }
    let others = metrics.sum(
        "cellier_http_requests_total",
        &["method=\"other\"", "route=\"other\""],
    );
    assert!((others - 20.0).abs() < 0.5, "{others}");
}

#[tokio::test]
async fn every_answer_has_a_request_id_that_stands_in_the_log() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let given = admin
        .get_with("artefacts", "x-request-id", "proxy-4711.a_b")
        .await;
    assert_eq!(given.header("x-request-id"), "proxy-4711.a_b");
    let made = admin.get("artefacts/nothing").await;
    made.assert_problem(404, "not_found");
    let published = admin.publish_file("notes", &words()).await;
    let log = server.log();
    for (id, line) in [
        ("proxy-4711.a_b", "GET /api/v1/artefacts answered 200"),
        (
            made.header("x-request-id"),
            "GET /api/v1/artefacts/nothing answered 404",
        ),
        (published.header("x-request-id"), "published file/notes@1"),
        (
            published.header("x-request-id"),
            "POST /api/v1/artefacts/file/notes answered 201",
        ),
    ] {
        let of_request = |logged: &str| logged.contains(id) && logged.contains(line);
        assert!(
            log.lines().any(of_request),
            "{id} {line} is missing in:\n{log}"
        );
    }

    for nonsense in ["two words", "\"quoted\"", &"x".repeat(65), "a;b", ""] {
        let answer = admin.get_with("artefacts", "x-request-id", nonsense).await;
        assert_ne!(answer.header("x-request-id"), nonsense);
        assert_eq!(answer.header("x-request-id").len(), 32);
    }
}

#[tokio::test]
async fn no_log_holds_a_key_whatever_its_level() {
    for format in ["text", "json"] {
        let setup = Setup::new()
            .set("log.level", "trace")
            .set("log.format", format);
        let server = setup.start().await;
        let ci = server.upload_key("ci").create().await;
        let mut wrong: Vec<char> = ci.key().chars().collect();
        wrong[20] = if wrong[20] == 'x' { 'y' } else { 'x' };
        let wrong: String = wrong.into_iter().collect();
        let anyone = server.anonymous();
        for key in [ci.key(), &wrong] {
            anyone.get_with("artefacts", "x-api-key", key).await;
            anyone.get_with("artefacts", "x-secret-key", key).await;
            anyone
                .get_with("artefacts", "authorization", &format!("Bearer {key}"))
                .await;
            anyone
                .get_with("artefacts", "cookie", &format!("key={key}"))
                .await;
            anyone.get(&format!("artefacts?key={key}")).await;
            anyone.get(&format!("artefacts/{key}")).await;
            anyone.get(&format!("/{key}")).await;
            server
                .with_key(Some(key))
                .publish_file("notes", &words())
                .await;
            let broken = format!("GET / HTTP/1.1\r\nx-api-key: {key}\r\nbroken header\r\n\r\n");
            Connection::open(&server).send(broken).read_to_end();
        }
        let log = server.log();
        assert!(log.contains("answered 201"), "{log}");
        for key in [ci.key(), &wrong] {
            let secret = &key[14..];
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None);
        }
    }
}

#[tokio::test]
async fn a_log_for_machines_is_one_object_a_line() {
    let server = Setup::new().set("log.format", "json").start().await;
    server.admin().get("artefacts").await.assert_ok();
    let log = server.log();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let answered = lines.iter().find(|line| line["status"] == 200).expect(&log);
    assert_eq!(answered["method"], "GET");
    assert_eq!(answered["path"], "/api/v1/artefacts");
    assert!(answered["seconds"].is_number(), "{answered}");
}

#[tokio::test]
async fn a_log_level_keeps_what_lies_below_it_away() {
    let setup = Setup::new().set("log.level", "error");
    // While there is no superadmin, a start says so whatever the level.
    let made = setup.run_with_input(
        &["user", "create", "ana", "--superadmin", "--password-stdin"],
        PASSWORD,
    );
    made.assert_success();
    let server = setup.start().await;
    server.admin().get("artefacts").await.assert_ok();
    assert_eq!(server.log(), "");
}

#[tokio::test]
async fn migrations_are_checked_and_applied_by_hand_or_by_the_start() {
    for setup in [Setup::new(), Setup::new().on_postgres()] {
        let pending = setup.run(&["migrate", "--check"]);
        let told = pending.assert_failure(1);
        assert!(
            told.contains("migrations are pending: run cellier migrate"),
            "{told}"
        );
        assert!(
            pending.stdout.contains("pending: 1 catalogue"),
            "{}",
            pending.stdout
        );
        let applied = setup.run(&["migrate"]);
        assert!(applied.assert_success().contains("applied: 1 catalogue"));
        for arguments in [&["migrate", "--check"][..], &["migrate"]] {
            let nothing = setup.run(arguments);
            assert_eq!(nothing.assert_success(), "the database is up to date");
        }
        let server = setup.start().await;
        server.run(&["migrate", "--check"]).assert_success();
        server
            .admin()
            .publish_file("notes", &words())
            .await
            .assert_created();
    }
}

/// What lies in the folder of a database, sorted.
fn files_beside(database: &Path) -> Vec<String> {
    let folder = database.parent().expect("a folder");
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_check_of_the_schema_makes_and_changes_nothing() {
    let setup = Setup::new();
    let database = setup.path("cellier.db");
    let before = files_beside(&database);
    setup.run(&["migrate", "--check"]).assert_failure(1);
    assert_eq!(files_beside(&database), before);

    setup.run(&["migrate"]).assert_success();
    let (files, bytes) = (files_beside(&database), fs::read(&database).ok());
    assert_ne!(files, before, "there is a database now");
    setup.run(&["migrate", "--check"]).assert_success();
    assert_eq!(files_beside(&database), files);
    assert_eq!(fs::read(&database).ok(), bytes);

    // Beside a server, which has files of its own there.
    let server = setup.start().await;
    let files = files_beside(&database);
    server.run(&["migrate", "--check"]).assert_success();
    assert_eq!(files_beside(&database), files);
}

/// What runs beside a server, or must not happen at a place that was mistyped.
const ON_WHAT_IS_THERE: [&[&str]; 8] = [
    &["key", "list"],
    &["key", "revoke", "0197a5c0-0000-7000-8000-000000000000"],
    &["user", "list"],
    &["signing-key", "rotate"],
    &["gc", "--dry-run"],
    &["gc"],
    &["fsck"],
    &["backup", "vault"],
];

#[tokio::test]
async fn only_what_may_come_before_the_first_start_makes_a_database() {
    for setup in [Setup::new(), Setup::new().on_postgres()] {
        let database = setup.path("cellier.db");
        let before = files_beside(&database);
        for verb in ON_WHAT_IS_THERE {
            let refused = setup.run(verb);
            let told = refused.assert_failure(1);
            for part in [
                "cellier: there is no",
                "start the server once or run cellier migrate",
            ] {
                assert!(told.contains(part), "{part:?} is missing in: {told}");
            }
            assert_eq!(files_beside(&database), before, "{verb:?}");
        }
        let create = ["key", "create", "--name", "boss", "--type", "admin"];
        setup.run(&create).assert_success();
        setup.run(&["key", "list"]).assert_success();
    }
}

#[tokio::test]
async fn nothing_but_a_start_and_migrate_changes_the_schema_under_an_older_server() {
    let setup = Setup::new();
    setup.run(&["migrate"]).assert_success();
    let database = setup.path("cellier.db");
    let older = "DELETE FROM migrations WHERE number = (SELECT MAX(number) FROM migrations)";
    run_sql(&database, older);
    let create_key = ["key", "create", "--name", "boss", "--type", "admin"];
    let create_user = ["user", "create", "ana", "--password-stdin"];
    for verb in ON_WHAT_IS_THERE
        .into_iter()
        .chain([&create_key[..], &create_user])
    {
        let refused = setup.run_with_input(verb, PASSWORD);
        let told = refused.assert_failure(1);
        assert!(told.contains("run cellier migrate first"), "{told}");
    }
    let still = setup.run(&["migrate", "--check"]);
    let told = still.assert_failure(1);
    assert!(told.contains("1 migrations are pending"), "{told}");
}

#[tokio::test]
async fn a_change_that_sqlite_itself_takes_back_spoils_no_later_one() {
    let server = TestServer::start().await;
    let admin = server.admin();
    admin.publish_file("notes", &words()).await.assert_created();
    let database = server.path("cellier.db");
    let rollback =
        "CREATE TRIGGER refuse BEFORE INSERT ON tags BEGIN SELECT RAISE(ROLLBACK, 'no space'); END";
    run_sql(&database, rollback);
    let first = json!({"version": "1"});
    for _ in 0..3 {
        let refused = admin
            .put_json("artefacts/file/notes/tags/stable", &first)
            .await;
        refused.assert_problem(503, "unavailable");
        admin
            .patch("artefacts/notes", &json!({"public": true}))
            .await
            .assert_ok();
    }
    run_sql(&database, "DROP TRIGGER refuse");
    admin
        .put_json("artefacts/file/notes/tags/stable", &first)
        .await
        .assert_ok();
}

#[tokio::test]
async fn an_older_server_refuses_the_database_of_a_newer_one() {
    let setup = Setup::new();
    setup.run(&["migrate"]).assert_success();
    let future = "INSERT INTO migrations (number, name, sha256) VALUES (9999, 'wings', 'x')";
    run_sql(&setup.path("cellier.db"), future);
    for command in [
        &["serve"][..],
        &["migrate"],
        &["migrate", "--check"],
        &["key", "list"],
    ] {
        let refused = setup.run(command);
        let told = refused.assert_failure(1);
        assert!(told.contains("migration 9999"), "{told}");
        assert!(told.contains("use the newer version"), "{told}");
    }
}
