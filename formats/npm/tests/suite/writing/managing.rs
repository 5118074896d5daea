//! What is done to packages that are published.

use cellier_format_npm::Npm;
use cellier_sdk::testkit::{FakeArtefact, FakeRegistry, FakeVersion};
use cellier_sdk::{Body, Change, Failure, Format as _, Method, Response, Translation};
use serde_json::{Value, json};

use super::{answer, changes, refusal, registry, request, revision, translate};

/// The document that a client has got of the package, as far as it matters.
fn packument() -> Value {
    json!({
        "_id": "widget", "_rev": format!("{}-x", revision()), "name": "widget",
        "dist-tags": { "latest": "2.0.0" },
        "versions": {
            "1.0.0": { "name": "widget", "version": "1.0.0", "deprecated": "use 2" },
            "1.1.0": { "name": "widget", "version": "1.1.0" },
            "2.0.0": { "name": "widget", "version": "2.0.0" },
        },
        "maintainers": [{ "name": "ada", "email": "" }],
        "users": {}, "_attachments": {},
    })
}

fn with_revision(path: &str) -> String {
    format!("{path}/-rev/{}-x", revision())
}

/// The changes in words, behind the expectation that nobody has changed the package since.
fn in_words(changes: &[Change]) -> Vec<String> {
    let mut words = Vec::new();
    for change in changes {
        words.push(match change {
            Change::Expect {
                name,
                revision: seen,
            } => {
                assert_eq!((name.as_str(), *seen), ("widget", revision()));
                continue;
            }
            Change::Deprecate {
                versions, message, ..
            } => format!("deprecate {}: {message:?}", versions.join(" ")),
            Change::Unpublish { version, .. } => format!("unpublish {version:?}"),
            Change::SetOwners { owners, .. } => format!("owners {owners:?}"),
            Change::Tag { tag, version, .. } => format!("tag {tag} {version}"),
            Change::Untag { tag, .. } => format!("untag {tag}"),
            Change::SetAccess { public, .. } => format!("public {public}"),
            other => panic!("{other:?}"),
        });
    }
    words
}

fn text(response: &Response) -> String {
    match &response.body {
        Body::Bytes(bytes) => String::from_utf8(bytes.clone()).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_document_that_is_sent_back_deprecates_what_it_says() {
    let mut document = packument();
    document["versions"]["1.0.0"]["deprecated"] = "".into();
    document["versions"]["1.1.0"]["deprecated"] = "has a \"hole\"".into();
    let asked = changes(Method::Put, "widget", &document.to_string());
    assert!(matches!(asked[0], Change::Expect { .. }));
    assert_eq!(
        in_words(&asked),
        [
            "deprecate 1.0.0: None",
            r#"deprecate 1.1.0: Some("has a \"hole\"")"#
        ]
    );
}

#[test]
fn versions_that_are_told_the_same_are_deprecated_at_once() {
    let mut document = packument();
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        document["versions"][version]["deprecated"] = "use 3".into();
    }
    let asked = changes(Method::Put, "widget", &document.to_string());
    assert_eq!(
        in_words(&asked),
        [r#"deprecate 2.0.0 1.1.0 1.0.0: Some("use 3")"#]
    );
}

#[test]
fn a_document_that_is_sent_back_as_it_was_changes_nothing() {
    let asked = changes(Method::Put, "widget", &packument().to_string());
    assert_eq!(in_words(&asked), [""; 0]);
}

#[test]
fn a_yanked_version_was_shown_as_deprecated_and_stays_as_it_is() {
    let shown = {
        let packument = Npm
            .serve(&request(Method::Get, "yanked"), &with_yanked())
            .unwrap();
        let packument: Value = serde_json::from_str(&text(&packument)).unwrap();
        packument["versions"]["1.0.0"]["deprecated"].clone()
    };
    assert!(shown.as_str().is_some_and(|text| text.contains("yanked")));
    for (deprecated, expected) in [
        (shown, &[][..]),
        ("".into(), &[]),
        ("use 2".into(), &[r#"deprecate 1.0.0: Some("use 2")"#]),
    ] {
        let body =
            json!({ "_id": "yanked", "versions": { "1.0.0": { "deprecated": deprecated } } });
        let body = body.to_string().into_bytes();
        let translated = Npm.translate(&request(Method::Put, "yanked"), &body, &with_yanked());
        let Ok(Translation::Changes(asked)) = translated else {
            panic!("{translated:?}");
        };
        assert_eq!(in_words(&asked), expected);
    }
}

fn with_yanked() -> FakeRegistry {
    let yanked = FakeVersion::new("1.0.0").file("a.tgz", "application/gzip", "a");
    registry().with_artefact(FakeArtefact::new("yanked").version(yanked.yanked()))
}

#[test]
fn a_version_that_a_document_lacks_goes_only_where_the_client_says_what_it_has_seen() {
    let mut document = packument();
    document["versions"]
        .as_object_mut()
        .unwrap()
        .remove("1.1.0");
    let body = document.to_string();
    assert_eq!(in_words(&changes(Method::Put, "widget", &body)), [""; 0]);
    let asked = changes(Method::Put, &with_revision("widget"), &body);
    assert!(matches!(asked[0], Change::Expect { .. }));
    assert_eq!(in_words(&asked), [r#"unpublish Some("1.1.0")"#]);
}

#[test]
fn a_document_of_another_revision_is_left_to_the_core_to_refuse() {
    for seen in ["1-x", "undefined", "999-x"] {
        let mut document = packument();
        document["_rev"] = seen.into();
        document["versions"] = json!({});
        let body = document.to_string();
        for path in ["widget".to_owned(), format!("widget/-rev/{seen}")] {
            let asked = changes(Method::Put, &path, &body);
            let [
                Change::Expect {
                    revision: expected, ..
                },
            ] = asked.as_slice()
            else {
                panic!("{path}: {asked:?}");
            };
            assert_ne!(*expected, revision());
        }
    }
}

#[test]
fn a_version_that_is_not_there_cannot_be_sent_back() {
    let mut document = packument();
    document["versions"]["3.0.0"] = json!({});
    let found = refusal(Method::Put, "widget", &document.to_string());
    assert_eq!(found, ["NPM053"]);
    document["versions"] = json!({ "1.0.0": { "deprecated": 7 } });
    let found = refusal(Method::Put, "widget", &document.to_string());
    assert_eq!(found, ["NPM050"]);
}

#[test]
fn a_whole_package_goes_if_nobody_has_changed_it() {
    let asked = changes(Method::Delete, &with_revision("widget"), "");
    assert!(matches!(asked[0], Change::Expect { .. }));
    assert_eq!(in_words(&asked), ["unpublish None"]);
}

#[test]
fn the_tarball_of_a_version_that_is_gone_is_gone_already() {
    let gone = format!("widget/-/widget-1.2.0.tgz/-rev/{}", revision());
    assert_eq!(answer(Method::Delete, &gone, "").status, 200);
    let there = format!("widget/-/widget-1.1.0.tgz/-rev/{}", revision());
    let asked = changes(Method::Delete, &there, "");
    assert_eq!(in_words(&asked), [r#"unpublish Some("1.1.0")"#]);
    for nothing in ["gizmo-1.1.0.tgz", "widget-1.1.0.zip", "widget"] {
        let path = format!("widget/-/{nothing}/-rev/1");
        let translated = translate(Method::Delete, &path, "");
        assert!(matches!(translated, Err(Failure::NotFound)), "{nothing}");
    }
}

#[test]
fn owners_are_named_by_a_document_without_versions() {
    let body = json!({
        "_id": "widget", "_rev": format!("{}-x", revision()),
        "maintainers": [{ "name": "ada", "email": "ada@example.com" }, { "name": "bo" }],
    });
    let asked = changes(Method::Put, &with_revision("widget"), &body.to_string());
    assert!(matches!(asked[0], Change::Expect { .. }));
    assert_eq!(in_words(&asked), [r#"owners ["ada", "bo"]"#]);
    for bad in [
        json!([7]),
        json!([{}]),
        json!("ada"),
        json!([{ "name": "" }]),
    ] {
        let body = json!({ "_id": "widget", "maintainers": bad }).to_string();
        let path = with_revision("widget");
        assert_eq!(refusal(Method::Put, &path, &body), ["NPM050"], "{bad}");
    }
}

#[test]
fn stars_and_second_factors_are_declined_in_words() {
    let star = json!({ "_id": "widget", "_rev": "1-x", "users": { "ada": true } });
    let declined = answer(Method::Put, "widget", &star.to_string());
    assert_eq!(declined.status, 404);
    assert_eq!(
        text(&declined),
        r#"{"error":"this registry keeps no stars"}"#
    );
    let factors = r#"{"publish_requires_tfa":true}"#;
    let declined = answer(Method::Post, "-/package/widget/access", factors);
    assert_eq!(declined.status, 404);
    assert_eq!(answer(Method::Post, "-/npm/v1/user", "{}").status, 404);
    assert_eq!(answer(Method::Put, "-/org/acme/user", "{}").status, 404);
}

#[test]
fn tags_are_set_and_removed_but_for_the_one_that_moves_by_itself() {
    let path = |tag: &str| format!("-/package/widget/dist-tags/{tag}");
    let asked = changes(Method::Put, &path("next"), "\"1.1.0\"");
    assert_eq!(in_words(&asked), ["tag next 1.1.0"]);
    let asked = changes(Method::Delete, &path("next"), "");
    assert_eq!(in_words(&asked), ["untag next"]);
    let as_it_is = answer(Method::Put, &path("latest"), "\"2.0.0\"");
    assert_eq!(as_it_is.status, 200);
    let sentence = refusal(Method::Put, &path("latest"), "\"1.0.0\"");
    assert!(sentence[0].contains("highest stable version"));
    let sentence = refusal(Method::Delete, &path("latest"), "");
    assert!(sentence[0].contains("highest stable version"));
    assert_eq!(refusal(Method::Put, &path("next"), "{}"), ["NPM050"]);
}

#[test]
fn a_package_becomes_public_or_private() {
    for (access, words) in [
        ("public", "public true"),
        ("restricted", "public false"),
        ("private", "public false"),
    ] {
        let body = json!({ "access": access }).to_string();
        let asked = changes(Method::Post, "-/package/widget/access", &body);
        assert_eq!(in_words(&asked), [words]);
    }
    let found = refusal(Method::Post, "-/package/widget/access", "{}");
    assert_eq!(found, ["NPM050"]);
}

#[test]
fn what_nobody_may_see_is_changed_by_nobody() {
    let mut document = packument();
    document["_id"] = "secret".into();
    document["name"] = "secret".into();
    let body = document.to_string();
    let translated = translate(Method::Put, "secret", &body);
    assert!(matches!(translated, Err(Failure::NotFound)));
    let anonymous = registry().with_caller(cellier_sdk::Caller::anonymous());
    let request = request(Method::Put, "secret");
    let body = body.into_bytes();
    let translated: Result<Translation, Failure> = Npm.translate(&request, &body, &anonymous);
    assert!(matches!(translated, Err(Failure::CredentialNeeded)));
}
