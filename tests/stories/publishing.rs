//! Publishing: what becomes of an upload, and that nothing is left of one that fails.

use cellier_tests::{
    Actor, Answer, Connection, Package, RawForm, Setup, TestServer, Upload, both_databases,
    eventually, sha256_hex,
};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

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

/// Expects that an upload has left nothing: no artefact, no staged bytes, no stored ones.
async fn assert_nothing_is_there(server: &TestServer) {
    let everything = server.admin().get_json("artefacts").await;
    assert_eq!(everything["count"], 0, "{everything}");
    eventually("staging is swept", async || {
        server.files_below("blobs").is_empty()
    })
    .await;
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
    server.admin().get(&job).await.assert_ok();
}

#[tokio::test]
async fn text_parts_may_stand_before_or_after_the_file() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let title = r#"{"fr":"Style"}"#;
    let before = Upload::new("style.json", "{}");
    let before = before
        .text_before("category", "maplibre-style")
        .text_before("title", title);
    let before = before
        .text_before("fileName", "streets.json")
        .text_before("format", "file");
    let after = Upload::new("style.json", "{}");
    let after = after
        .text("category", "maplibre-style")
        .text("title", title);
    let after = after
        .text("fileName", "streets.json")
        .text("format", "file");
    for (name, upload) in [("one", before), ("two", after)] {
        let told = ci.publish_file(name, &upload).await.assert_created().json();
        assert_eq!(told["artefact"]["category"], "maplibre-style");
        assert_eq!(told["artefact"]["title"], json!({"fr": "Style"}));
        assert_eq!(told["artefact"]["format"], "file");
        assert_eq!(told["version"]["fileName"], "streets.json");
    }
}

#[tokio::test]
async fn an_empty_text_part_counts_as_not_there() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let mut upload = words("one");
    for name in [
        "category",
        "title",
        "description",
        "version",
        "architecture",
        "tag",
        "fileName",
        "format",
    ] {
        upload = upload.text(name, "");
    }
    let told = ci
        .publish_file("notes", &upload)
        .await
        .assert_created()
        .json();
    assert_eq!(told["artefact"]["category"], "other");
    assert_eq!(told["version"]["fileName"], "notes.txt");
}

#[tokio::test]
async fn a_form_that_breaks_a_rule_is_refused_with_the_rule() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let long = json!({"fr": "x".repeat(2001)}).to_string();
    for (status, code, says, upload) in [
        (400, "unknown_part", "titel", words("x").text("titel", "x")),
        (
            400,
            "unknown_part",
            "may have category, title",
            words("x").text("Title", "{}"),
        ),
        (
            400,
            "bad_part",
            "there twice",
            words("x").text("tag", "a").text_before("tag", "a"),
        ),
        (
            400,
            "bad_form",
            "two parts called file",
            words("x").file("more.txt", "y"),
        ),
        (
            400,
            "no_file",
            "-F file=@package.tgz",
            Upload::without_file().text("tag", "a"),
        ),
        (400, "bad_part", "title", words("x").text("title", "Relief")),
        (
            400,
            "bad_part",
            "title",
            words("x").text("title", r#"["Relief"]"#),
        ),
        (400, "bad_part", "2000", words("x").text("title", &long)),
        (
            400,
            "bad_part",
            "language",
            words("x").text("description", r#"{"français":"x"}"#),
        ),
        (
            400,
            "bad_part",
            "fileName",
            words("x").text("fileName", "../notes.txt"),
        ),
        (
            400,
            "bad_part",
            "version",
            words("x").text("version", "1\n2"),
        ),
        (
            413,
            "too_large",
            "1 MiB",
            words("x").text("description", &"x".repeat(1 << 21)),
        ),
        (
            404,
            "not_found",
            "there are",
            words("x").text("format", "npn"),
        ),
    ] {
        let refused = ci.publish_file("notes", &upload).await;
        refused.assert_problem(status, code).assert_detail(says);
    }
    let contradiction = words("x").text("format", "npm");
    let refused = ci.upload("artefacts/file/notes", &contradiction).await;
    refused.assert_problem(422, "refused");
    let refused = ci
        .upload("artefacts/npm/notes", &words("x").text("format", "file"))
        .await;
    refused
        .assert_problem(400, "bad_part")
        .assert_detail("the path says format npm");
    assert_nothing_is_there(&server).await;
}

#[tokio::test]
async fn a_body_that_is_no_form_is_415() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let post = || ci.request(Method::POST, "artefacts/file/notes");
    for request in [
        post().bytes("just bytes"),
        post().json(&json!({"file": "x"})),
        post()
            .header("content-type", "multipart/form-data")
            .bytes("no boundary"),
    ] {
        let refused = request.send().await;
        refused
            .assert_problem(415, "not_a_form")
            .assert_detail("-F file=@");
    }
    assert_nothing_is_there(&server).await;
}

#[tokio::test]
async fn a_wrong_category_is_refused_with_those_that_are_allowed() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let refused = ci
        .publish_file("notes", &words("x").text("category", "maps"))
        .await;
    refused.assert_problem(422, "unknown_category");
    refused
        .assert_detail("\"maps\"")
        .assert_detail("maplibre-style")
        .assert_detail("processing");

    let package = widget("1.0.0", "x")
        .upload()
        .text("category", "maplibre-style");
    let refused = ci.upload("artefacts/npm/@acme%2Fwidget", &package).await;
    refused
        .assert_problem(422, "unknown_category")
        .assert_detail("application");
    let claims_other = widget("1.0.0", "x").manifest("registry", json!({"category": "catalog"}));
    let claims_other = claims_other.upload().text("category", "application");
    let refused = ci
        .upload("artefacts/npm/@acme%2Fwidget", &claims_other)
        .await;
    refused
        .assert_problem(422, "category_mismatch")
        .assert_detail("catalog");
    assert_nothing_is_there(&server).await;
}

#[tokio::test]
async fn a_category_that_the_operator_adds_is_a_category() {
    let setup = Setup::new().set("formats.file.categories", "[\"relief\"]");
    let server = setup.start().await;
    let ci = server
        .upload_key("ci")
        .allowed_category("relief")
        .create()
        .await;
    let told = ci
        .publish_file("alps", &words("x").text("category", "relief"))
        .await;
    assert_eq!(
        told.assert_created().json()["artefact"]["category"],
        "relief"
    );
    let listed = server.admin().get_json("artefacts?category=relief").await;
    assert_eq!(listed["count"], 1);
    let format = server.admin().get_json("formats/file").await;
    let categories = format["categories"].as_array().unwrap();
    assert!(categories.contains(&Value::from("relief")), "{format}");
}

#[tokio::test]
async fn a_package_goes_by_the_name_that_it_carries() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let upload = widget("1.0.0", "x").upload();
    let refused = ci
        .upload("artefacts/@acme%2Fgadget/versions", &upload)
        .await;
    refused.assert_problem(422, "name_mismatch");
    refused
        .assert_detail("\"@acme/gadget\"")
        .assert_detail("\"@acme/widget\"");
    assert_nothing_is_there(&server).await;
}

#[tokio::test]
async fn what_no_format_recognises_is_refused_at_the_door_for_packages() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let refused = ci
        .upload("artefacts/notes/versions", &words("plain words"))
        .await;
    refused.assert_problem(422, "unrecognised");

    let pretends = Upload::new("notes.tgz", "plain words");
    let refused = ci.upload("artefacts/notes/versions", &pretends).await;
    refused.assert_problem(422, "unrecognised");
    assert_eq!(refused.finding_codes().len(), 1, "{}", refused.text());
    let finding = &refused.json()["findings"][0];
    assert!(
        finding["message"].is_string() && finding["fix"].is_string(),
        "{finding}"
    );
    assert_nothing_is_there(&server).await;
}

#[tokio::test]
async fn a_broken_package_is_refused_with_all_that_is_wrong_with_it() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let broken = Package::new("Widget!", "one");
    let refused = ci.publish_package(&broken).await;
    refused.assert_problem(422, "refused");
    assert!(refused.finding_codes().len() >= 2, "{}", refused.text());
    assert_nothing_is_there(&server).await;
}

#[tokio::test]
async fn through_the_file_door_a_name_keeps_its_first_format() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let package = Package::new("widget", "1.0.0").upload();
    let told = ci
        .publish_file("widget", &package)
        .await
        .assert_created()
        .json();
    assert_eq!(told["artefact"]["format"], "npm");
    let refused = ci.publish_file("widget", &words("x")).await;
    refused.assert_problem(409, "name_taken");
    refused
        .assert_detail("format npm")
        .assert_detail("format file");
    let short = ci.get_json("artefacts/widget").await;
    assert_eq!(short["format"], "npm");
}

#[tokio::test]
async fn an_upload_that_is_cut_half_way_leaves_nothing() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let form = RawForm::of_file("notes.txt", &vec![b'x'; 1 << 20]);
    let body = form.body();
    for (head, sent) in [
        (form.head(&ci, "artefacts/file/notes"), body.len() / 2),
        (form.head(&ci, "artefacts/file/notes"), body.len() - 4),
        (form.head(&ci, "artefacts/@acme%2Fwidget/versions"), 1000),
    ] {
        let mut upload = Connection::open(&server);
        upload.send(head).send(&body[..sent]);
        eventually("it is staged", async || {
            !server.files_below("blobs/staging").is_empty()
        })
        .await;
        drop(upload);
        assert_nothing_is_there(&server).await;
    }
    ci.publish_file("notes", &words("whole"))
        .await
        .assert_created();
}

#[tokio::test]
async fn a_cut_upload_is_told_to_be_sent_again() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let form = RawForm::of_file("notes.txt", b"some words");
    let mut upload = Connection::open(&server);
    upload
        .send(form.head(&ci, "artefacts/file/notes"))
        .send(&form.body()[..120]);
    upload.send_no_more();
    upload
        .read_answer()
        .assert_says(400, "\"code\":\"bad_body\"");
    assert_nothing_is_there(&server).await;
}

#[tokio::test]
async fn a_power_cut_in_the_middle_of_an_upload_leaves_nothing() {
    let mut server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let form = RawForm::of_file("notes.txt", &vec![b'x'; 1 << 20]);
    let mut upload = Connection::open(&server);
    upload
        .send(form.head(&ci, "artefacts/file/notes"))
        .send(&form.body()[..500_000]);
    eventually("it is staged", async || {
        !server.files_below("blobs/staging").is_empty()
    })
    .await;

    server.kill9();
    assert_eq!(server.files_below("blobs/staging").len(), 1);
    server.restart().await;
    assert_nothing_is_there(&server).await;
    ci.publish_file("notes", &words("again"))
        .await
        .assert_created();
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_power_cut() {
    for mut server in both_databases().await {
        let ci = server.upload_key("ci").create().await;
        let package = widget("1.0.0", "one");
        ci.publish_package(&package).await.assert_created();
        server.kill9();
        server.restart().await;
        assert_eq!(served(&ci, "1.0.0").await, package.tarball());
        ci.publish_package(&package).await.assert_ok();
    }
}

#[tokio::test]
async fn a_bad_credential_is_refused_before_the_body_is_sent() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").allowed_name("notes").create().await;
    let stranger = server.with_key(Some("cel_wrong"));
    let form = RawForm::of_file("notes.txt", &vec![b'x'; 1 << 20]);
    let expecting = |who: &Actor, path: &str| {
        let head = form.head(who, path);
        head.replace("Host: registry", "Host: registry\r\nExpect: 100-continue")
    };
    for (who, path, status) in [
        (&stranger, "artefacts/file/notes", 401),
        (&ci, "artefacts/file/others", 403),
        (&ci, "artefacts/npn/notes", 404),
    ] {
        let mut polite = Connection::open(&server);
        let answer = polite.send(expecting(who, path)).read_answer();
        assert_eq!(answer.status, status, "{}", answer.text);
        let mut silent = Connection::open(&server);
        let answer = silent.send(form.head(who, path)).read_answer();
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let mut welcome = Connection::open(&server);
    let answer = welcome
        .send(expecting(&ci, "artefacts/file/notes"))
        .read_answer();
    assert_eq!(answer.status, 100, "{}", answer.text);
    welcome
        .send(form.body())
        .read_answer()
        .assert_says(201, "notes.txt");
}

#[tokio::test]
async fn who_sends_a_whole_body_with_a_wrong_key_still_reads_why_it_is_refused() {
    let server = TestServer::start().await;
    let scoped = server.upload_key("ci").allowed_name("notes").create().await;
    let stranger = server.with_key(Some("cel_wrong"));
    let upload = Upload::new("large.bin", vec![b'x'; 2 << 20]);
    for _ in 0..5 {
        let refused = stranger.publish_file("large", &upload).await;
        refused.assert_problem(401, "key_invalid");
        let refused = server.anonymous().publish_file("large", &upload).await;
        refused.assert_problem(401, "key_missing");
        let refused = scoped.publish_file("large", &upload).await;
        refused.assert_problem(403, "scope");
    }
}

#[tokio::test]
async fn an_upload_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    let server = Setup::new().set("limits.upload", "1MiB").start().await;
    let ci = server.upload_key("ci").create().await;
    let limit = 1 << 20;
    let put = || ci.request(Method::PUT, "artefacts/file/large/versions/1");
    let declared = put().bytes(vec![b'x'; limit + 1]).send().await;
    declared
        .assert_problem(413, "too_large")
        .assert_detail("1048576 bytes");
    let pieces =
        futures_util::stream::iter((0..17).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1 << 16])));
    let undeclared = put().bytes(reqwest::Body::wrap_stream(pieces)).send().await;
    undeclared.assert_problem(413, "too_large");
    let form = ci
        .publish_file("large", &Upload::new("x", vec![b'x'; limit + 1]))
        .await;
    form.assert_problem(413, "too_large");
    assert_nothing_is_there(&server).await;

    let fits = ci
        .publish_file("large", &Upload::new("x", vec![b'x'; limit]))
        .await;
    assert_eq!(fits.assert_created().json()["version"]["size"], limit);
}

#[tokio::test]
async fn a_format_may_take_less_than_the_server() {
    let server = Setup::new()
        .set("formats.file.upload", "1KiB")
        .start()
        .await;
    let ci = server.upload_key("ci").create().await;
    let refused = ci
        .publish_file("large", &Upload::new("x", vec![b'x'; 1025]))
        .await;
    refused
        .assert_problem(413, "too_large")
        .assert_detail("the format file takes at most 1024");
    let package = Package::new("large", "1.0.0").file(
        "noise.bin",
        (0..=255).cycle().take(4096).collect::<Vec<u8>>(),
    );
    ci.publish_package(&package).await.assert_created();
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

#[tokio::test]
async fn a_file_name_of_any_script_comes_back_as_it_was() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let name = "Réunion « 2026 » 地図.txt";
    let door = "artefacts/file";
    let by_library = ci
        .upload(&format!("{door}/one"), &Upload::new(name, "x"))
        .await;
    by_library.assert_created();
    let form = RawForm::of_file(name, b"x");
    let by_curl = ci.request(Method::POST, &format!("{door}/two"));
    let by_curl = by_curl
        .header("content-type", &RawForm::content_type())
        .bytes(form.body());
    by_curl.send().await.assert_created();
    let said = words("x").text("fileName", name);
    ci.upload(&format!("{door}/three"), &said)
        .await
        .assert_created();

    for artefact in ["one", "two", "three"] {
        let version = ci.get_json(&format!("{door}/{artefact}/versions/1")).await;
        assert_eq!(version["fileName"], name, "{artefact}");
        let fetched = ci.get(&format!("{door}/{artefact}/download")).await;
        assert_eq!(
            fetched.assert_ok().header("content-disposition"),
            "attachment; filename=\"R_union _ 2026 _ __.txt\"; filename*=UTF-8''\
             R%C3%A9union%20%C2%AB%202026%20%C2%BB%20%E5%9C%B0%E5%9B%B3.txt"
        );
    }
}

#[tokio::test]
async fn a_path_in_a_file_name_is_left_out() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    for (name, kept) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\maps\\alps.bin", "alps.bin"),
        ("..", "file"),
    ] {
        let form = RawForm::of_file(name, name.as_bytes());
        let request = ci.request(Method::POST, "artefacts/file/notes");
        let request = request.header("content-type", &RawForm::content_type());
        let told = request
            .bytes(form.body())
            .send()
            .await
            .assert_created()
            .json();
        assert_eq!(told["version"]["fileName"], kept);
    }
}

#[tokio::test]
async fn an_empty_file_is_published_with_a_warning() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let told = ci.publish_file("empty", &words("")).await;
    told.assert_created();
    assert_eq!(told.finding_codes(), ["FILE001"]);
    let fetched = ci.get("artefacts/file/empty/download").await;
    assert_eq!(fetched.assert_ok().bytes(), b"");
    assert_eq!(fetched.header("content-length"), "0");
}
