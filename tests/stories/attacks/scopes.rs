//! Keys and people that reach for what lies beyond their rights.

use cellier_tests::{Actor, Answer, NewKey, Package, Setup, TestServer, Upload};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Attempt, Sent, attempt, send};

const SPRING: &str = "echo spring 2026\nblossom\n";

fn map() -> Upload {
    Upload::new("map.bin", "a map")
}

/// The door, and the name in the package that comes through it.
const DISGUISES: [(Attempt, &str, &str); 6] = [
    (
        attempt("a package of another name comes through the door of a name that the key covers"),
        "artefacts/@acme%2Fwidget/versions",
        "@evil/widget",
    ),
    (
        attempt("a package of another name comes through the door of its format"),
        "artefacts/npm/@acme%2Fwidget",
        "@evil/widget",
    ),
    (
        attempt("a package of another name comes through the door for files"),
        "artefacts/file/@acme%2Fwidget",
        "@evil/widget",
    ),
    (
        attempt("a name climbs out of the prefix that the key covers"),
        "artefacts/npm/@acme%2F..%2F@evil%2Fwidget",
        "@evil/widget",
    ),
    (
        attempt("a name holds its slash encoded twice, to be another name once decoded"),
        "artefacts/@acme%252Fwidget/versions",
        "@acme/widget",
    ),
    (
        attempt("a selector behind the name makes it another name"),
        "artefacts/npm/@acme%2Fwidget@1.0.0",
        "@acme/widget",
    ),
];

#[tokio::test]
async fn no_package_gets_past_a_scope_in_disguise() {
    let server = TestServer::start().await;
    let ci = server.upload_key("ci").allowed_name("@acme/*");
    let ci = ci.create().await;
    for (attempt, door, name) in DISGUISES {
        let refused = ci.upload(door, &Package::new(name, "1.0.0").upload()).await;
        attempt.is_refused(&refused);
    }
    let raw = attempt("raw bytes hold a package of another name than their path");
    let put = ci.request(Method::PUT, "artefacts/npm/@acme%2Fwidget/versions/1.0.0");
    let evil = Package::new("@evil/widget", "1.0.0").tarball();
    raw.is_refused(&put.bytes(evil).send().await);
    server.assert_empty().await;
}

/// A pattern, and a name that some comparisons of text would take for one that it covers.
const LOOKALIKES: [(Attempt, &str, &str); 4] = [
    (
        attempt("a letter of full width stands for one of the name that the key covers"),
        "map-*",
        "%EF%BD%8Dap-x",
    ),
    (
        attempt("a sign that folds to a letter in lower case stands for that letter"),
        "k-*",
        "%E2%84%AA-map",
    ),
    (
        attempt("an invisible character splits the name that another key covers"),
        "map-*",
        "map-%E2%80%8Bx",
    ),
    (
        attempt("a name begins as the pattern does, but without its last character"),
        "map-*",
        "map",
    ),
];

#[tokio::test]
async fn no_name_passes_for_another_one() {
    let server = TestServer::start().await;
    for (attempt, pattern, name) in LOOKALIKES {
        let ci = server.upload_key("ci").allowed_name(pattern);
        let ci = ci.create().await;
        let refused = ci.upload(&format!("artefacts/file/{name}"), &map()).await;
        attempt.is_refused_with(&refused, &[400, 403]);
    }
    server.assert_empty().await;
}

#[tokio::test]
async fn no_form_changes_the_format_that_a_key_is_limited_to() {
    let server = TestServer::start().await;
    let files = server.upload_key("ci").allowed_format("file");
    let files = files.create().await;
    let packages = server.upload_key("ci").allowed_format("npm");
    let packages = packages.create().await;

    let by_content = attempt("a key for files uploads what is recognised as a package");
    let package = Package::new("widget", "1.0.0").upload();
    by_content.is_refused_with(&files.publish_file("widget", &package).await, &[403]);
    let by_part = attempt("a key for files says in the form that its file is a package");
    let said = package.text_before("format", "npm");
    by_part.is_refused_with(&files.publish_file("widget", &said).await, &[403]);
    let by_door = attempt("a key for packages says in the form that its file is a package");
    let said = map().text("format", "npm");
    by_door.is_refused(&packages.publish_file("widget", &said).await);
    let by_version = attempt("a key for packages puts raw bytes as a file");
    let put = packages.request(Method::PUT, "artefacts/file/widget/versions/1");
    by_version.is_refused_with(&put.bytes("a map").send().await, &[403]);
    server.assert_empty().await;
}

/// What an upload key tries on an artefact that it sees, because it is public, and does not cover.
const BEYOND: [(Attempt, Method, &str, Sent); 10] = [
    (
        attempt("an upload key publishes over what is public and beyond its scope"),
        Method::POST,
        "artefacts/file/victim",
        Sent::File("evil"),
    ),
    (
        attempt("an upload key moves a tag beyond its scope"),
        Method::PUT,
        "artefacts/file/victim/tags/stable",
        Sent::Json(r#"{"version": "2"}"#),
    ),
    (
        attempt("an upload key removes a tag beyond its scope"),
        Method::DELETE,
        "artefacts/file/victim/tags/stable",
        Sent::Nothing,
    ),
    (
        attempt("an upload key yanks a version beyond its scope"),
        Method::POST,
        "artefacts/file/victim/versions/2/yank",
        Sent::Nothing,
    ),
    (
        attempt("an upload key restores a yanked version beyond its scope"),
        Method::POST,
        "artefacts/file/victim/versions/1/restore",
        Sent::Nothing,
    ),
    (
        attempt("an upload key deletes a version beyond its scope"),
        Method::DELETE,
        "artefacts/file/victim/versions/2",
        Sent::Nothing,
    ),
    (
        attempt("an upload key lets retention delete what is beyond its scope"),
        Method::PATCH,
        "artefacts/file/victim",
        Sent::Json(r#"{"retention": {"newest": 1}}"#),
    ),
    (
        attempt("an upload key names owners beyond its scope"),
        Method::PUT,
        "artefacts/file/victim/owners",
        Sent::Json(r#"{"owners": []}"#),
    ),
    (
        attempt("an upload key moves an artefact into the category that it covers"),
        Method::PATCH,
        "artefacts/file/victim",
        Sent::Json(r#"{"category": "other"}"#),
    ),
    (
        attempt("an upload key leaves the format out, so that the short form finds the artefact"),
        Method::POST,
        "artefacts/victim/versions/2/yank",
        Sent::Nothing,
    ),
];

#[tokio::test]
async fn an_upload_key_changes_nothing_beyond_its_scope() {
    let server = TestServer::start().await;
    let admin = server.admin();
    for text in ["one", "two"] {
        let upload = Upload::new("map.bin", text);
        admin.publish_file("victim", &upload).await.assert_created();
    }
    let path = "artefacts/file/victim";
    let public = json!({"public": true});
    admin.patch(path, &public).await.assert_ok();
    let first = json!({"version": "1"});
    let stable = format!("{path}/tags/stable");
    admin.put_json(&stable, &first).await.assert_ok();
    let yank = format!("{path}/versions/1/yank");
    admin.post(&yank).await.assert_no_content();
    let before = admin.get_json(path).await;

    let ci = server.upload_key("ci").allowed_name("own*");
    let ci = ci.create().await;
    ci.get(path).await.assert_ok();
    for (attempt, method, path, sent) in BEYOND {
        attempt.is_refused_with(&send(&ci, &method, path, sent).await, &[403]);
    }
    assert_eq!(admin.get_json(path).await, before);
}

/// The same through the protocol of a format: the request is right, and what it means is not allowed.
const THROUGH_A_PROTOCOL: [(Attempt, Method, &str, Sent); 9] = [
    (
        attempt("a protocol publishes beyond the scope of the key"),
        Method::PUT,
        "/echo/victim/summer/a.echo",
        Sent::Text("echo summer 2027\nheat\n"),
    ),
    (
        attempt("a protocol publishes several files at once beyond the scope of the key"),
        Method::POST,
        "/echo/victim",
        Sent::Text("version summer\nfile a.echo - raw 17\necho summer 2027\n"),
    ),
    (
        attempt("a protocol deletes a version for an upload key"),
        Method::DELETE,
        "/echo/victim/spring",
        Sent::Nothing,
    ),
    (
        attempt("a protocol deletes the artefact that an upload key covers"),
        Method::POST,
        "/echo/-/changes",
        Sent::Text("unpublish own\n"),
    ),
    (
        attempt("a protocol moves a tag beyond the scope of the key"),
        Method::POST,
        "/echo/-/changes",
        Sent::Text("tag victim stable spring\n"),
    ),
    (
        attempt("a protocol deprecates a version beyond the scope of the key"),
        Method::POST,
        "/echo/-/changes",
        Sent::Text("deprecate victim spring evil\n"),
    ),
    (
        attempt("a protocol hides a change beyond the scope behind one within it"),
        Method::POST,
        "/echo/-/changes",
        Sent::Text("tag own stable spring\nyank victim spring\n"),
    ),
    (
        attempt("a protocol changes a title beyond the scope of the key"),
        Method::POST,
        "/echo/-/changes",
        Sent::Text("title victim en evil\n"),
    ),
    (
        attempt("a protocol names owners for an upload key"),
        Method::POST,
        "/echo/-/changes",
        Sent::Text("owners own evil\n"),
    ),
];

#[tokio::test]
async fn no_protocol_is_a_way_round_a_scope() {
    let server = TestServer::start().await;
    let admin = server.admin();
    for name in ["victim", "own"] {
        let put = admin.request(Method::PUT, &format!("/echo/{name}/spring/a.echo"));
        put.bytes(SPRING).send().await.assert_created();
        let public = json!({"public": true});
        let path = format!("artefacts/echo/{name}");
        admin.patch(&path, &public).await.assert_ok();
    }
    let everything = async || {
        let artefacts = admin.get_json("artefacts?sort=name").await;
        let versions = admin.get_json("artefacts/echo/victim/versions").await;
        (artefacts, versions)
    };
    let before = everything().await;
    let ci = server.upload_key("ci").allowed_name("own");
    let ci = ci.create().await;
    for (attempt, method, path, sent) in THROUGH_A_PROTOCOL {
        attempt.is_refused(&send(&ci, &method, path, sent).await);
    }
    assert_eq!(everything().await, before);
}

/// Publishing the same bytes again changes titles, so it is a way to change them.
#[tokio::test]
async fn a_key_of_one_category_retitles_nothing_in_another() {
    let server = Setup::new()
        .set("formats.file.categories", "[\"application\"]")
        .start()
        .await;
    let application = map().text("category", "application");
    let published = server.admin().publish_file("app", &application).await;
    published.assert_created();
    let other = server.upload_key("ci").allowed_category("other");
    let other = other.create().await;
    let titled = map().text("title", r#"{"en": "evil"}"#);
    let silent = attempt("a key of one category sends the bytes of another with a new title");
    let said = attempt("a key of one category claims the bytes of another for its own");
    for (attempt, upload) in [
        (silent, titled.clone()),
        (said, titled.text("category", "other")),
    ] {
        attempt.is_refused(&other.publish_file("app", &upload).await);
    }
    let kept = server.admin().get_json("artefacts/file/app").await;
    assert_eq!(kept["category"], "application");
    assert_ne!(kept["title"], json!({"en": "evil"}));
}

#[tokio::test]
async fn nobody_raises_oneself() {
    let server = Setup::new().cheap_passwords().start().await;
    let admin = server.admin();
    let (anna, bert) = (
        server.with_user("anna").await,
        server.with_user("bert").await,
    );
    for (name, head) in [("acme", "anna"), ("globex", "bert")] {
        let made = json!({"name": name, "admin": head});
        admin
            .post_json("organizations", &made)
            .await
            .assert_created();
    }
    let member = json!({"role": "member"});
    admin
        .put_json("organizations/globex/members/anna", &member)
        .await
        .assert_ok();
    let grant = server.grant("organization", "acme", &json!([])).await;
    let grant = format!("access-grants/{grant}");
    let everything = json!({"publish": [{}]});
    let head = json!({"role": "admin"});
    let superadmin = json!({"superadmin": true});
    let widened = json!({"name": "evil", "superadmin": true});

    let refused = async |attempt: Attempt, answer: Answer| {
        attempt.is_refused_with(&answer, &[403, 404]);
    };
    refused(
        attempt("an admin of an organization widens its grant"),
        anna.patch(&grant, &everything).await,
    )
    .await;
    refused(
        attempt("a member of an organization makes herself its admin"),
        anna.put_json("organizations/globex/members/anna", &head)
            .await,
    )
    .await;
    refused(
        attempt("a member of an organization puts out its admin"),
        anna.delete("organizations/globex/members/bert").await,
    )
    .await;
    refused(
        attempt("an admin of one organization joins another"),
        bert.put_json("organizations/acme/members/bert", &head)
            .await,
    )
    .await;
    refused(
        attempt("somebody becomes a superadmin by changing herself"),
        anna.patch("users/anna", &superadmin).await,
    )
    .await;
    refused(
        attempt("somebody makes a superadmin"),
        anna.post_json("users", &widened).await,
    )
    .await;
    refused(
        attempt("somebody sets the password of another"),
        anna.put_json(
            "users/bert/password",
            &json!({"password": "evil horse battery"}),
        )
        .await,
    )
    .await;
    let members = admin.get_json("organizations/globex/members").await;
    assert_eq!(members["results"][0]["role"], "member", "{members}");
}

#[tokio::test]
async fn nobody_takes_what_belongs_to_others() {
    let server = Setup::new().cheap_passwords().start().await;
    let admin = server.admin();
    let (anna, bert) = (
        server.with_user("anna").await,
        server.with_user("bert").await,
    );
    for name in ["anna", "bert"] {
        server.grant("user", name, &json!([{"name": "map*"}])).await;
    }
    anna.publish_file("map", &map()).await.assert_created();
    let refused = |attempt: Attempt, answer: &Answer| attempt.is_refused_with(answer, &[403]);
    let takeover = json!({"owners": [{"type": "user", "id": "bert"}]});
    refused(
        attempt("somebody with a grant names herself owner of what others own"),
        &bert.put_json("artefacts/file/map/owners", &takeover).await,
    );
    refused(
        attempt("somebody with a grant yanks what others own"),
        &bert.post("artefacts/file/map/versions/1/yank").await,
    );
    refused(
        attempt("an owner publishes to the world what a superadmin keeps private"),
        &anna
            .patch("artefacts/file/map", &json!({"public": true}))
            .await,
    );
    let reader = reader_of(&anna).await;
    refused(
        attempt("a read key of an owner names owners"),
        &reader
            .put_json("artefacts/file/map/owners", &takeover)
            .await,
    );
    refused(
        attempt("a read key of an account makes another key"),
        &reader.post_json("api-keys", &key_of("anna")).await,
    );
    admin.delete("artefacts/file/map").await.assert_no_content();
    refused(
        attempt("somebody takes the name of a deleted artefact of others"),
        &bert
            .publish_file("map", &Upload::new("map.bin", "evil"))
            .await,
    );
    let other_case = attempt("somebody takes the name of others in capital letters");
    refused(
        other_case,
        &bert
            .publish_file("MAP", &Upload::new("map.bin", "evil"))
            .await,
    );
}

fn key_of(user: &str) -> Value {
    json!({"type": "read", "name": "k", "owner": {"type": "user", "id": user}})
}

async fn reader_of(user: &Actor) -> Actor {
    NewKey::new(user.clone(), "read", "k")
        .owner("user", "anna")
        .create()
        .await
}
