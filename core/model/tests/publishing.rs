//! Stories of publishing, against a registry in memory.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::sync::Arc;

use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::change::{delete_artefact, delete_version, set_tag, yank_version};
use cellier_model::publish::{
    Claims, Conflict, Door, PublishError, PublishRequest, Published, publish,
};
use cellier_model::read::{ArtefactAddress, resolve};
use cellier_model::testing::{FakeFormats, MemoryBlobs, context, fake_format};
use cellier_model::{Artefact, Context, FormatId, Tag};
use cellier_sdk::{
    Claim, Descriptor, Finding, Inspection, ReadAt, ReadAtExt as _, Rejection, Upload, Versioning,
};

/// A package is text: its name, its version, then anything.
fn inspect_package(_upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
    let text = String::from_utf8(content.read_head(1000)?).unwrap_or_default();
    let mut words = text.split(' ');
    match (words.next(), words.next(), words.next()) {
        (Some("package"), Some(name), Some(version)) => {
            Ok(Inspection::new().name(name).version(version))
        }
        _ => Err(Rejection::not_this_format(Finding::error(
            "P1",
            "it does not start with the word package",
        ))),
    }
}

fn formats() -> FakeFormats {
    let package = Descriptor::new("package", "1")
        .versioning(Versioning::Semver)
        .category("catalog")
        .category("other")
        .claim(Claim::magic(0, b"package "));
    let map = Descriptor::new("map", "1")
        .category("map")
        .claim(Claim::magic(0, b"MAP"));
    let file = Descriptor::new("file", "1")
        .category("other")
        .claim(Claim::anything());
    FakeFormats::default()
        .with(fake_format(file), |_, _| Ok(Inspection::new()))
        .with(fake_format(map), |_, content| {
            let head = content.read_head(3)?;
            if head == b"MAP" {
                Ok(Inspection::new())
            } else {
                Err(Rejection::invalid([Finding::error("M1", "no map")]))
            }
        })
        .with(fake_format(package), inspect_package)
}

/// A registry in memory, and somebody who may do everything in it.
struct Registry {
    context: Context,
    blobs: Arc<MemoryBlobs>,
    origin: Origin,
}

impl Registry {
    fn new() -> Self {
        let blobs = Arc::new(MemoryBlobs::default());
        let context = Context {
            blobs: Arc::<MemoryBlobs>::clone(&blobs),
            ..context(formats())
        };
        Self {
            context,
            blobs,
            origin: Origin {
                actor: Actor::CommandLine,
                address: None,
            },
        }
    }

    fn request(&self, door: Door, name: &str, bytes: &str, claims: Claims) -> PublishRequest {
        let staged = MemoryBlobs::staged(bytes.as_bytes());
        PublishRequest {
            origin: self.origin.clone(),
            door,
            name: name.to_owned(),
            claims,
            staged,
        }
    }

    async fn package(&self, name: &str, bytes: &str) -> Result<Published, PublishError> {
        publish(
            &self.context,
            &self.request(Door::Package, name, bytes, Claims::default()),
        )
        .await
    }

    async fn file(&self, name: &str, bytes: &str) -> Result<Published, PublishError> {
        publish(
            &self.context,
            &self.request(Door::File, name, bytes, Claims::default()),
        )
        .await
    }

    async fn artefact(&self, format: &str, name: &str) -> Arc<Artefact> {
        self.context
            .catalog
            .artefact(&FormatId::new(format), name)
            .await
            .unwrap()
            .unwrap()
    }

    fn address(format: &str, name: &str) -> ArtefactAddress {
        ArtefactAddress::Exact {
            format: FormatId::new(format),
            name: name.to_owned(),
        }
    }

    async fn resolved(&self, selector: &str) -> Option<String> {
        let artefact = self.artefact("package", "widget").await;
        resolve(&self.context, &artefact, selector)
            .await
            .ok()
            .map(|release| release.version.version.to_string())
    }
}

#[tokio::test]
async fn the_same_bytes_again_succeed_quietly_and_other_bytes_are_a_conflict() {
    let registry = Registry::new();
    assert!(
        !registry
            .package("widget", "package widget 1.0.0 first")
            .await
            .unwrap()
            .already_there
    );
    let again = registry
        .package("widget", "package widget 1.0.0 first")
        .await
        .unwrap();
    assert!(again.already_there);
    assert_eq!(
        registry.artefact("package", "widget").await.revision,
        1,
        "a quiet re-publish changes nothing"
    );

    let other = registry
        .package("widget", "package widget 1.0.0 second")
        .await
        .unwrap_err();
    assert!(
        matches!(other, PublishError::Conflict(Conflict::OtherBytes { .. })),
        "{other}"
    );
    assert_eq!(
        registry.blobs.count(),
        1,
        "what was refused left nothing behind"
    );
}

#[tokio::test]
async fn of_many_publishers_of_one_version_exactly_one_wins_and_the_rest_leave_nothing() {
    let registry = Arc::new(Registry::new());
    let racers: Vec<_> = (0..8)
        .map(|racer| {
            let registry = Arc::clone(&registry);
            tokio::spawn(async move {
                registry
                    .package("widget", &format!("package widget 1.0.0 {racer}"))
                    .await
            })
        })
        .collect();
    let mut winners = Vec::new();
    for racer in racers {
        match racer.await.unwrap() {
            Ok(published) => winners.push(published.release.files[0].sha256()),
            Err(error) => assert!(matches!(error, PublishError::Conflict(_)), "{error}"),
        }
    }
    assert_eq!(winners.len(), 1);
    let artefact = registry.artefact("package", "widget").await;
    let release = registry
        .context
        .catalog
        .release(artefact.id, "1.0.0")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(release.files[0].sha256(), winners[0]);
    assert_eq!(registry.blobs.count(), 1);
}

#[tokio::test]
async fn latest_is_the_highest_stable_version_whatever_comes_last() {
    let registry = Registry::new();
    for version in ["1.0.0", "1.1.0", "1.0.9", "2.0.0-beta.1"] {
        registry
            .package("widget", &format!("package widget {version} x"))
            .await
            .unwrap();
    }
    assert_eq!(registry.resolved("latest").await.as_deref(), Some("1.1.0"));
    assert_eq!(registry.resolved("1.0").await.as_deref(), Some("1.0.9"));
    assert_eq!(registry.resolved("1").await.as_deref(), Some("1.1.0"));
    assert_eq!(registry.resolved("^1.0.0").await.as_deref(), Some("1.1.0"));
    assert_eq!(
        registry.resolved("2").await,
        None,
        "a line has stable versions alone"
    );
    assert_eq!(
        registry.resolved("2.0.0-beta.1").await.as_deref(),
        Some("2.0.0-beta.1")
    );

    let address = Registry::address("package", "widget");
    yank_version(&registry.context, &registry.origin, &address, "1.1.0")
        .await
        .unwrap();
    assert_eq!(registry.resolved("latest").await.as_deref(), Some("1.0.9"));
    assert_eq!(
        registry.resolved("1.1.0").await.as_deref(),
        Some("1.1.0"),
        "the exact selector still finds it"
    );
}

#[tokio::test]
async fn a_deleted_version_never_comes_back_not_even_with_the_same_bytes() {
    let registry = Registry::new();
    registry
        .package("widget", "package widget 1.0.0 x")
        .await
        .unwrap();
    let address = Registry::address("package", "widget");
    delete_version(&registry.context, &registry.origin, &address, "1.0.0")
        .await
        .unwrap();
    let error = registry
        .package("widget", "package widget 1.0.0 x")
        .await
        .unwrap_err();
    assert!(
        matches!(error, PublishError::Conflict(Conflict::Deleted { .. })),
        "{error}"
    );

    registry
        .package("widget", "package widget 1.0.1 x")
        .await
        .unwrap();
    delete_artefact(&registry.context, &registry.origin, &address, None)
        .await
        .unwrap();
    let error = registry
        .package("widget", "package widget 1.0.1 x")
        .await
        .unwrap_err();
    assert!(
        matches!(error, PublishError::Conflict(Conflict::Deleted { .. })),
        "{error}"
    );
    let revived = registry
        .package("widget", "package widget 1.0.2 x")
        .await
        .unwrap();
    assert!(!revived.artefact.public, "what comes back starts private");
}

#[tokio::test]
async fn revisions_are_counted_and_equal_bytes_make_no_new_one() {
    let registry = Registry::new();
    let version = |published: &Published| published.release.version.version.to_string();
    assert_eq!(version(&registry.file("notes", "one").await.unwrap()), "1");
    assert_eq!(version(&registry.file("notes", "two").await.unwrap()), "2");
    let again = registry.file("notes", "two").await.unwrap();
    assert_eq!((version(&again).as_str(), again.already_there), ("2", true));
    assert_eq!(
        version(&registry.file("notes", "one").await.unwrap()),
        "3",
        "older bytes are news"
    );

    let address = Registry::address("file", "notes");
    delete_version(&registry.context, &registry.origin, &address, "3")
        .await
        .unwrap();
    assert_eq!(
        version(&registry.file("notes", "three").await.unwrap()),
        "4",
        "a number is never used twice"
    );
}

#[tokio::test]
async fn through_the_file_door_the_category_or_the_content_chooses_the_format() {
    let registry = Registry::new();
    let claims = |category: &str| Claims {
        category: Some(category.to_owned()),
        ..Claims::default()
    };
    assert_eq!(
        registry
            .file("world", "MAP of the world")
            .await
            .unwrap()
            .artefact
            .format
            .as_str(),
        "map"
    );
    let refused = publish(
        &registry.context,
        &registry.request(Door::File, "x", "no", claims("map")),
    )
    .await;
    assert!(matches!(refused, Err(PublishError::Refused { .. })));
    let unknown = publish(
        &registry.context,
        &registry.request(Door::File, "x", "no", claims("song")),
    )
    .await;
    match unknown {
        Err(PublishError::UnknownCategory { allowed, .. }) => {
            assert_eq!(allowed, ["catalog", "map", "other"]);
        }
        other => panic!("{other:?}"),
    }
    let shared = publish(
        &registry.context,
        &registry.request(Door::File, "y", "MAP", claims("other")),
    )
    .await
    .unwrap();
    assert_eq!(
        shared.artefact.format.as_str(),
        "file",
        "a category of several formats is the file format's"
    );

    let taken = registry.file("world", "plain text").await.unwrap_err();
    assert!(
        matches!(taken, PublishError::Conflict(Conflict::NameTaken { .. })),
        "{taken}"
    );
}

#[tokio::test]
async fn a_package_must_say_the_name_that_the_path_says() {
    let registry = Registry::new();
    let error = registry
        .package("gadget", "package widget 1.0.0 x")
        .await
        .unwrap_err();
    assert!(
        matches!(error, PublishError::NameMismatch { .. }),
        "{error}"
    );
    let error = registry
        .package("gadget", "something else")
        .await
        .unwrap_err();
    assert!(
        matches!(error, PublishError::Unrecognised { .. }),
        "{error}"
    );
    let error = registry
        .package("widget", "package widget v1.0 x")
        .await
        .unwrap_err();
    assert!(matches!(error, PublishError::Version(_)), "{error}");
}

#[tokio::test]
async fn tags_move_by_hand_and_go_with_the_yank() {
    let registry = Registry::new();
    registry
        .package("widget", "package widget 1.0.0 x")
        .await
        .unwrap();
    registry
        .package("widget", "package widget 2.0.0-beta.1 x")
        .await
        .unwrap();
    let address = Registry::address("package", "widget");
    let beta = Tag::parse("beta").unwrap();
    set_tag(
        &registry.context,
        &registry.origin,
        &address,
        &beta,
        "2.0.0-beta.1",
    )
    .await
    .unwrap();
    assert_eq!(
        registry.resolved("beta").await.as_deref(),
        Some("2.0.0-beta.1")
    );
    let latest = Tag::parse("latest").unwrap();
    assert!(
        set_tag(
            &registry.context,
            &registry.origin,
            &address,
            &latest,
            "2.0.0-beta.1"
        )
        .await
        .is_err()
    );
    yank_version(
        &registry.context,
        &registry.origin,
        &address,
        "2.0.0-beta.1",
    )
    .await
    .unwrap();
    assert_eq!(registry.resolved("beta").await, None);
}

#[tokio::test]
async fn bytes_that_cannot_be_deleted_change_no_answer() {
    let registry = Registry::new();
    registry.file("report", "some words").await.unwrap();
    registry.blobs.fail_to_delete();

    // The name is taken: that is only known when the bytes are stored already.
    let claims = Claims {
        category: Some("map".to_owned()),
        ..Claims::default()
    };
    let request = registry.request(Door::File, "report", "MAP of the world", claims);
    let refused = publish(&registry.context, &request).await.unwrap_err();
    assert!(
        matches!(refused, PublishError::Conflict(Conflict::NameTaken { .. })),
        "{refused:?}"
    );

    // Of two who publish the same at the same time, one has stored bytes that nothing uses.
    let (one, other) = tokio::join!(
        registry.file("twice", "the same"),
        registry.file("twice", "the same")
    );
    assert_ne!(one.unwrap().already_there, other.unwrap().already_there);
    let noted = registry.context.catalog.space().await.unwrap();
    assert_eq!(noted.reclaimable_blobs, 2, "both are left to the sweep");
}
