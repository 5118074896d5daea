//! Publishing: versions, revisions, conflicts and races.

use cellier_tests::{
    Actor, Answer, Package, TestServer, Upload, both_databases, eventually, sha256_hex,
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

/// A file of some words.
fn words(text: &str) -> Upload {
    Upload::new("notes.txt", text)
}

/// A package whose bytes differ from those of the same version with other words.
fn widget(version: &str, words: &str) -> Package {
    Package::new("@acme/widget", version).file("index.js", words)
}

/// What is served as a version of the widget.
async fn served(who: &Actor, version: &str) -> Vec<u8> {
    let path = format!("artefacts/npm/@acme%2Fwidget/versions/{version}/download");
    who.get(&path).await.assert_ok().bytes().to_vec()
}

#[tokio::test]
async fn a_new_version_is_201_and_the_same_bytes_again_are_200() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let package = widget("1.0.0", "one");
        let first = ci.publish_package(&package).await;
        let told = first.assert_created().json();
        assert_eq!(
            first.header("location"),
            "/api/v1/artefacts/npm/%40acme%2Fwidget/versions/1%2E0%2E0"
        );
        assert_eq!(told["version"]["version"], "1.0.0");
        assert_eq!(told["version"]["sha256"], sha256_hex(&package.tarball()));
        assert_eq!(told["version"]["uploadedBy"]["keyName"], "ci");
        assert_eq!(told["artefact"]["public"], false);
        assert_eq!(told["artefact"]["latest"], "1.0.0");

        let again = ci.publish_package(&package).await;
        assert_eq!(again.assert_ok().json(), told);
        assert_eq!(
            ci.get(first.header("location")).await.assert_ok().json(),
            told["version"]
        );
    }
}

#[tokio::test]
async fn other_bytes_under_a_published_version_are_a_conflict_and_the_first_ones_stay() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let first = widget("1.0.0", "one");
        ci.publish_package(&first).await.assert_created();
        let before = ci.get_json("artefacts/npm/@acme%2Fwidget").await;

        let other = ci.publish_package(&widget("1.0.0", "two")).await;
        other.assert_problem(409, "version_exists");
        other.assert_detail("@acme/widget@1.0.0 is published with other bytes");
        assert_eq!(served(&ci, "1.0.0").await, first.tarball());
        assert_eq!(ci.get_json("artefacts/npm/@acme%2Fwidget").await, before);
        assert_eq!(server.files_below("blobs").len(), 1);
    }
}

#[tokio::test]
async fn of_eight_racing_publishers_with_different_bytes_exactly_one_wins() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let packages: Vec<_> = (0..8)
            .map(|n| widget("1.0.0", &format!("racer {n}")))
            .collect();
        let answers = join_all(packages.iter().map(|one| ci.publish_package(one))).await;

        let (won, lost): (Vec<_>, Vec<_>) =
            answers.iter().partition(|answer| answer.status() == 201);
        for answer in &lost {
            answer.assert_problem(409, "version_exists");
        }
        assert_eq!((won.len(), lost.len()), (1, 7));
        let sha256 = &won[0].json()["version"]["sha256"];
        assert_eq!(*sha256, sha256_hex(&served(&ci, "latest").await));
        let versions = ci.get_json("artefacts/npm/@acme%2Fwidget/versions").await;
        assert_eq!(
            versions["results"].as_array().unwrap().len(),
            1,
            "{versions}"
        );
        assert_eq!(server.files_below("blobs").len(), 1);
    }
}

#[tokio::test]
async fn eight_racing_publishers_of_the_same_bytes_all_succeed() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let package = widget("1.0.0", "one");
        let answers = join_all((0..8).map(|_| ci.publish_package(&package))).await;
        let mut statuses: Vec<_> = answers.iter().map(Answer::status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        assert_eq!(served(&ci, "1.0.0").await, package.tarball());
        assert_eq!(server.files_below("blobs").len(), 1);
    }
}

#[tokio::test]
async fn racing_revisions_of_one_file_are_all_kept_and_counted() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let uploads: Vec<_> = (0..8)
            .map(|n| words(&format!("revision of racer {n}")))
            .collect();
        let answers = join_all(uploads.iter().map(|one| ci.publish_file("notes", one))).await;
        let revision = |answer: &Answer| {
            let version = &answer.assert_created().json()["version"]["version"];
            version.as_str().unwrap().parse().unwrap()
        };
        let mut revisions: Vec<u32> = answers.iter().map(revision).collect();
        revisions.sort_unstable();
        assert_eq!(revisions, [1, 2, 3, 4, 5, 6, 7, 8]);
    }
}

#[tokio::test]
async fn a_deleted_version_never_comes_back() {
    for server in both_databases().await {
        let admin = server.admin();
        let package = widget("1.0.0", "one");
        admin.publish_package(&package).await.assert_created();
        admin
            .publish_package(&widget("1.1.0", "x"))
            .await
            .assert_created();
        let version = "artefacts/npm/@acme%2Fwidget/versions/1.0.0";
        admin.delete(version).await.assert_no_content();
        admin.get(version).await.assert_problem(404, "not_found");

        for again in [package, widget("1.0.0", "two")] {
            let refused = admin.publish_package(&again).await;
            refused
                .assert_problem(409, "version_exists")
                .assert_detail("was deleted");
        }
        admin
            .publish_package(&widget("1.0.1", "one"))
            .await
            .assert_created();
    }
}

#[tokio::test]
async fn a_deleted_artefact_begins_anew_and_its_tombstones_stay() {
    for server in both_databases().await {
        let admin = server.admin();
        let artefact = "artefacts/npm/@acme%2Fwidget";
        let titled = widget("1.0.0", "one")
            .upload()
            .text("title", r#"{"en":"Widget"}"#);
        let door = "artefacts/@acme%2Fwidget/versions";
        admin.upload(door, &titled).await.assert_created();
        admin
            .patch(artefact, &json!({"public": true}))
            .await
            .assert_ok();
        admin.delete(artefact).await.assert_no_content();
        admin.get(artefact).await.assert_problem(404, "not_found");
        assert_eq!(admin.get_json("artefacts?q=widget").await["count"], 0);

        let refused = admin.publish_package(&widget("1.0.0", "one")).await;
        refused
            .assert_problem(409, "version_exists")
            .assert_detail("was deleted");
        admin.get(artefact).await.assert_problem(404, "not_found");

        admin
            .publish_package(&widget("1.0.1", "one"))
            .await
            .assert_created();
        let anew = admin.get_json(artefact).await;
        assert_eq!(anew["public"], false);
        assert_eq!(anew["title"], json!({}));
        assert_eq!(anew["versions"].as_array().unwrap().len(), 1, "{anew}");
    }
}

#[tokio::test]
async fn a_file_counts_its_revisions_and_equal_bytes_make_no_new_one() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let publish = async |text: &str| {
            let answer = ci.publish_file("notes", &words(text)).await;
            let version = answer.json()["version"]["version"]
                .as_str()
                .unwrap()
                .to_owned();
            (answer.status(), version)
        };
        assert_eq!(publish("one").await, (201, "1".to_owned()));
        assert_eq!(publish("two").await, (201, "2".to_owned()));
        assert_eq!(publish("two").await, (200, "2".to_owned()));
        // Going back to what an older revision held is a change.
        assert_eq!(publish("one").await, (201, "3".to_owned()));

        let first = ci.get("artefacts/file/notes/versions/1/download").await;
        assert_eq!(first.assert_ok().text(), "one");
        let newest = ci.get("artefacts/file/notes/download").await;
        assert_eq!(newest.assert_ok().text(), "one");
        assert_eq!(
            server.files_below("blobs").len(),
            2,
            "equal bytes are stored once"
        );
    }
}

#[tokio::test]
async fn the_bytes_of_a_yanked_revision_become_a_new_one() {
    let server = TestServer::start().await;
    let admin = server.admin();
    admin
        .publish_file("notes", &words("one"))
        .await
        .assert_created();
    admin
        .post("artefacts/file/notes/versions/1/yank")
        .await
        .assert_no_content();
    let again = admin.publish_file("notes", &words("one")).await;
    assert_eq!(again.assert_created().json()["version"]["version"], "2");
}

#[tokio::test]
async fn a_yanked_package_stays_yanked_when_its_bytes_are_published_again() {
    let server = TestServer::start().await;
    let admin = server.admin();
    let package = widget("1.0.0", "one");
    admin.publish_package(&package).await.assert_created();
    let yank = "artefacts/npm/@acme%2Fwidget/versions/1.0.0/yank";
    admin.post(yank).await.assert_no_content();

    let again = admin.publish_package(&package).await.assert_ok().json();
    assert!(again["version"]["yanked"].is_string(), "{again}");
    let tagged = package.upload().text("tag", "beta");
    let tagged = admin
        .upload("artefacts/@acme%2Fwidget/versions", &tagged)
        .await;
    tagged
        .assert_problem(409, "yanked")
        .assert_detail("restore it before a tag names it");
    let artefact = admin.get_json("artefacts/npm/@acme%2Fwidget").await;
    assert_eq!(artefact["tags"], json!({}));
}

#[tokio::test]
async fn the_part_tag_sets_a_tag_and_moves_it_with_the_next_version() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let door = "artefacts/@acme%2Fwidget/versions";
        for version in ["1.0.0-beta.1", "1.0.0-beta.2"] {
            let upload = widget(version, version).upload().text("tag", "beta");
            ci.upload(door, &upload).await.assert_created();
            let tags = ci.get_json("artefacts/npm/@acme%2Fwidget/tags").await;
            assert_eq!(tags, json!({"beta": version}));
        }
        // The same bytes again bring the tag back.
        let upload = widget("1.0.0-beta.1", "1.0.0-beta.1")
            .upload()
            .text("tag", "beta");
        ci.upload(door, &upload).await.assert_ok();
        let tagged = ci
            .get_json("artefacts/npm/@acme%2Fwidget/versions/beta")
            .await;
        assert_eq!(tagged["version"], "1.0.0-beta.1");

        let latest = widget("1.0.0", "x").upload().text("tag", "latest");
        let refused = ci.upload(door, &latest).await;
        refused.assert_problem(400, "latest_moves_by_itself");
        let unclear = widget("1.0.0", "x").upload().text("tag", "v2");
        let refused = ci.upload(door, &unclear).await;
        refused
            .assert_problem(400, "bad_part")
            .assert_detail("does not look like a version");
    }
}

#[tokio::test]
async fn the_same_bytes_with_new_titles_change_the_titles_alone() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let titled = |title: &str| {
        let title = json!({"fr": title, "pt-BR": "Relevo"}).to_string();
        words("one")
            .text("title", &title)
            .text("description", r#"{"en":"Hills"}"#)
    };
    let first = ci
        .publish_file("relief", &titled("Relief"))
        .await
        .assert_created()
        .json();
    let again = ci
        .publish_file("relief", &titled("Le relief"))
        .await
        .assert_ok()
        .json();
    assert_eq!(again["version"], first["version"]);
    let (before, after) = (&first["artefact"], &again["artefact"]);
    assert_eq!(
        after["title"],
        json!({"fr": "Le relief", "pt-BR": "Relevo"})
    );
    assert_eq!(after["description"], json!({"en": "Hills"}));
    assert_eq!(after["dataUpdatedAt"], before["dataUpdatedAt"]);
    assert_ne!(after["updatedAt"], before["updatedAt"]);

    let without = ci
        .publish_file("relief", &words("two"))
        .await
        .assert_created()
        .json();
    assert_eq!(
        without["artefact"]["title"], after["title"],
        "what is not said stays"
    );
}

#[tokio::test]
async fn raw_bytes_are_put_under_their_version() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let put =
        async |path: &str, bytes: Vec<u8>| ci.request(Method::PUT, path).bytes(bytes).send().await;
    let tarball = widget("1.0.0", "one").tarball();
    let version = "artefacts/npm/@acme%2Fwidget/versions";
    let exact = format!("{version}/1.0.0");
    put(&exact, tarball.clone()).await.assert_created();
    put(&exact, tarball.clone()).await.assert_ok();
    let other = widget("1.0.0", "two").tarball();
    put(&exact, other)
        .await
        .assert_problem(409, "version_exists");
    let mismatch = put(&format!("{version}/1.0.1"), tarball.clone()).await;
    mismatch
        .assert_problem(422, "version_mismatch")
        .assert_detail("\"1.0.1\"");

    let notes = "artefacts/file/notes/versions";
    put(&format!("{notes}/1"), b"one".to_vec())
        .await
        .assert_created();
    put(&format!("{notes}/1"), b"one".to_vec())
        .await
        .assert_ok();
    put(&format!("{notes}/1"), b"two".to_vec())
        .await
        .assert_problem(409, "version_exists");
    let skipped = put(&format!("{notes}/5"), b"two".to_vec()).await;
    skipped
        .assert_problem(409, "version_exists")
        .assert_detail("would become revision 2");
    put(&format!("{notes}/2"), b"two".to_vec())
        .await
        .assert_created();
    put(&format!("{notes}/0"), b"x".to_vec())
        .await
        .assert_problem(422, "bad_version");
    put(&format!("{notes}/1.0"), b"x".to_vec())
        .await
        .assert_problem(422, "bad_version");
    let unknown = put("artefacts/npn/notes/versions/1", b"x".to_vec()).await;
    unknown.assert_problem(404, "not_found");
}

#[tokio::test]
async fn a_version_has_a_file_for_each_architecture() {
    for server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let door = "artefacts/@acme%2Fwidget/versions";
        let build = |architecture: &str| {
            let upload = widget("1.0.0", architecture).upload();
            upload.text("architecture", architecture)
        };
        for architecture in ["linux-x64", "linux-arm64"] {
            ci.upload(door, &build(architecture)).await.assert_created();
            ci.upload(door, &build(architecture)).await.assert_ok();
        }
        let other = widget("1.0.0", "x")
            .upload()
            .text("architecture", "linux-x64");
        ci.upload(door, &other)
            .await
            .assert_problem(409, "version_exists");
        let bad = widget("1.0.0", "x").upload().text("architecture", "../x64");
        ci.upload(door, &bad).await.assert_problem(400, "bad_part");

        let version = "artefacts/npm/@acme%2Fwidget/versions/1.0.0";
        let files = ci.get_json(version).await["files"].clone();
        assert_eq!(files.as_array().unwrap().len(), 2, "{files}");
        let unsaid = ci.get(&format!("{version}/download")).await;
        unsaid
            .assert_problem(400, "architecture_needed")
            .assert_detail("linux-arm64");
        let said = ci
            .get(&format!("{version}/download?architecture=linux-arm64"))
            .await;
        assert_eq!(
            said.assert_ok().bytes(),
            widget("1.0.0", "linux-arm64").tarball()
        );
        let absent = ci
            .get(&format!("{version}/download?architecture=riscv"))
            .await;
        absent
            .assert_problem(404, "not_found")
            .assert_detail("linux-x64");
    }
}

#[tokio::test]
async fn who_prefers_not_to_wait_is_told_later() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let later = async |upload: &Upload| {
        let request = ci.request(Method::POST, "artefacts/@acme%2Fwidget/versions");
        let request = request.header("prefer", "respond-async").form(upload);
        let answer = request.send().await;
        assert_eq!(
            answer.assert_status(202).json(),
            json!({"status": "pending"})
        );
        assert_eq!(answer.header("preference-applied"), "respond-async");
        let job = answer.header("location").to_owned();
        eventually("the upload is finished", async || {
            ci.get_json(&job).await["status"] != "pending"
        })
        .await;
        job
    };
    let job = later(&widget("1.0.0", "one").upload()).await;
    let published = ci.get_json(&job).await;
    assert_eq!(published["status"], "published");
    assert_eq!(published["result"]["version"]["version"], "1.0.0");

    let conflict = later(&widget("1.0.0", "two").upload()).await;
    let refused = ci.get_json(&conflict).await;
    assert_eq!(refused["status"], "refused");
    assert_eq!(refused["problem"]["code"], "version_exists");
    assert_eq!(refused["problem"]["status"], 409);

    let other = server.upload_key("other").create().await;
    other.get(&job).await.assert_problem(404, "not_found");
    server
        .anonymous()
        .get(&job)
        .await
        .assert_problem(404, "not_found");
    let at_once = server
        .admin()
        .publish_package(&widget("1.0.0", "one"))
        .await;
    let shown = server.admin().get_json(&job).await;
    assert_eq!(shown["result"], at_once.assert_ok().json());
}

#[tokio::test]
async fn a_backport_or_a_prerelease_does_not_move_latest() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let newest = widget(
        "1.1.0",
        "the newest, and longer than the others by some words",
    );
    ci.publish_package(&newest).await.assert_created();
    for version in ["1.0.9", "2.0.0-beta.1"] {
        let told = ci
            .publish_package(&widget(version, "x"))
            .await
            .assert_created()
            .json();
        assert_eq!(told["artefact"]["latest"], "1.1.0");
        assert_eq!(told["artefact"]["size"], newest.tarball().len());
    }
    assert_eq!(served(&ci, "latest").await, newest.tarball());
    let shown = ci.get("artefacts/npm/@acme%2Fwidget/download").await;
    assert_eq!(shown.assert_ok().bytes(), newest.tarball());
}
