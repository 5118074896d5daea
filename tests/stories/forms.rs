//! Forms: the parts of an upload, and what is said beside the file.

use cellier_tests::{Package, RawForm, Setup, TestServer, Upload};
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
    server.assert_empty().await;
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
    server.assert_empty().await;
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
    server.assert_empty().await;
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
    server.assert_empty().await;
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
    server.assert_empty().await;
}

#[tokio::test]
async fn a_broken_package_is_refused_with_all_that_is_wrong_with_it() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let broken = Package::new("Widget!", "one");
    let refused = ci.publish_package(&broken).await;
    refused.assert_problem(422, "refused");
    assert!(refused.finding_codes().len() >= 2, "{}", refused.text());
    server.assert_empty().await;
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
async fn saying_the_format_in_a_text_part_gives_a_name_no_second_one() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").create().await;
    let package = Package::new("widget", "1.0.0").upload();
    ci.publish_file("widget", &package).await.assert_created();
    for said in [
        words("x").text("format", "file"),
        words("x").text_before("format", "file"),
    ] {
        let refused = ci.publish_file("widget", &said).await;
        refused.assert_problem(409, "name_taken");
    }
    // The name is taken at this door alone: who says the format in the path means an artefact of its own.
    let said = words("y").text("format", "file");
    ci.publish_file("other", &said).await.assert_created();
    let refused = ci
        .publish_file("other", &Package::new("other", "1.0.0").upload())
        .await;
    refused.assert_problem(409, "name_taken");
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
