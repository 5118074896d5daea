//! Stories of publishing bytes that the registry should have already, and has not any more.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::sync::Arc;

use cellier_model::access::Actor;
use cellier_model::audit::{AuditEvent, AuditQuery, Origin};
use cellier_model::ports::Blobs as _;
use cellier_model::publish::{Claims, Door, PublishRequest, Published, publish};
use cellier_model::testing::{FakeFormats, MemoryBlobs, context, fake_format};
use cellier_model::{BlobKey, Context, FormatId};
use cellier_sdk::{Claim, Descriptor, Inspection, Versioning};

const BYTES: &[u8] = b"bytes that get lost";

/// A registry in memory whose disk loses things.
struct Registry {
    context: Context,
    blobs: Arc<MemoryBlobs>,
}

impl Registry {
    fn new() -> Self {
        let file = Descriptor::new("file", "1")
            .category("other")
            .claim(Claim::anything());
        let text = Descriptor::new("text", "1")
            .versioning(Versioning::Semver)
            .category("catalog")
            .claim(Claim::magic(0, b"text "));
        let formats = FakeFormats::default()
            .with(fake_format(file), |_, _| Ok(Inspection::new()))
            .with(fake_format(text), |_, _| Ok(Inspection::new()));
        let blobs = Arc::new(MemoryBlobs::default());
        let context = Context {
            blobs: Arc::<MemoryBlobs>::clone(&blobs),
            ..context(formats)
        };
        Self { context, blobs }
    }

    async fn publish(&self, name: &str) -> Published {
        self.publish_with(name, Door::File, Claims::default()).await
    }

    async fn publish_version(&self, name: &str, version: &str) -> Published {
        let claims = Claims {
            version: Some(version.to_owned()),
            ..Claims::default()
        };
        let door = Door::Format(FormatId::new("text"));
        self.publish_with(name, door, claims).await
    }

    async fn publish_with(&self, name: &str, door: Door, claims: Claims) -> Published {
        let origin = Origin {
            actor: Actor::CommandLine,
            address: None,
        };
        let request = PublishRequest {
            origin,
            door,
            name: name.to_owned(),
            claims,
            staged: MemoryBlobs::staged(BYTES),
        };
        publish(&self.context, &request).await.unwrap()
    }

    /// Where the bytes of a file are now.
    async fn blob_of(&self, format: &str, name: &str, version: &str) -> BlobKey {
        let catalog = &self.context.catalog;
        let artefact = catalog.artefact(&FormatId::new(format), name).await;
        let id = artefact.unwrap().unwrap().id;
        let release = catalog.release(id, version).await.unwrap().unwrap();
        release.files[0].blob
    }

    async fn assert_whole(&self, key: &BlobKey) {
        let size = self.blobs.size(key).await.unwrap();
        assert_eq!(size, Some(BYTES.len() as u64), "{key}");
    }

    async fn repairs(&self) -> Vec<AuditEvent> {
        let query = AuditQuery {
            action: Some("blob.repair".to_owned()),
            limit: 10,
            ..AuditQuery::default()
        };
        self.context.catalog.audit_events(&query).await.unwrap()
    }
}

fn blob(published: &Published) -> BlobKey {
    published.release.files[0].blob
}

#[tokio::test]
async fn the_same_bytes_again_replace_those_that_were_lost() {
    let registry = Registry::new();
    let lost = blob(&registry.publish("one").await);
    registry.blobs.delete(&lost).await.unwrap();

    let again = registry.publish("one").await;
    assert!(again.already_there, "nothing new was published");
    assert_ne!(blob(&again), lost, "no key is written twice");
    assert_eq!(registry.blob_of("file", "one", "1").await, blob(&again));
    registry.assert_whole(&blob(&again)).await;
    let repairs = registry.repairs().await;
    assert_eq!(repairs.len(), 1);
    assert_eq!(repairs[0].object, lost.to_string());
    assert_eq!(repairs[0].details["problem"], "blob_missing");
    assert_eq!(repairs[0].details["files"], 1);
}

#[tokio::test]
async fn the_same_bytes_again_as_a_numbered_version_replace_those_that_were_cut() {
    let registry = Registry::new();
    let cut = blob(&registry.publish_version("one", "1.0.0").await);
    registry.blobs.damage(cut, b"bytes");

    let again = registry.publish_version("one", "1.0.0").await;
    assert!(again.already_there);
    let now = registry.blob_of("text", "one", "1.0.0").await;
    assert_ne!(now, cut);
    registry.assert_whole(&now).await;
    let repairs = registry.repairs().await;
    assert_eq!(repairs[0].details["problem"], "blob_wrong_size");
}

#[tokio::test]
async fn lost_bytes_are_not_shared_with_another_name_and_come_back_for_the_first() {
    let registry = Registry::new();
    let lost = blob(&registry.publish("one").await);
    registry.publish_version("two", "1.0.0").await;
    registry.blobs.delete(&lost).await.unwrap();

    let other = registry.publish("other").await;
    assert!(!other.already_there);
    registry.assert_whole(&blob(&other)).await;
    for (format, name, version) in [("file", "one", "1"), ("text", "two", "1.0.0")] {
        let now = registry.blob_of(format, name, version).await;
        assert_eq!(now, blob(&other), "{name}");
    }
    assert_eq!(registry.repairs().await[0].details["files"], 2);
    assert_eq!(
        registry
            .context
            .catalog
            .space()
            .await
            .unwrap()
            .reclaimable_blobs,
        1,
        "the lost blob is left to the sweep"
    );
}

#[tokio::test]
async fn lost_bytes_of_which_another_blob_has_a_copy_share_that() {
    let registry = Registry::new();
    // Of two who publish the same bytes at the same time each stores them.
    let (one, other) = tokio::join!(registry.publish("one"), registry.publish("other"));
    let (one, other) = (blob(&one), blob(&other));
    assert_ne!(one, other);

    for (name, lost, twin) in [("one", one, other), ("other", other, one)] {
        assert_eq!(registry.blob_of("file", name, "1").await, lost);
        let bytes_before = registry.blobs.count();
        registry.publish(name).await;
        let told = "what is whole is neither stored again nor repaired";
        assert_eq!(registry.blobs.count(), bytes_before, "{told}");
        assert!(registry.repairs().await.is_empty(), "{told}");
        registry.assert_whole(&twin).await;
    }
    registry.blobs.delete(&other).await.unwrap();
    registry.publish("other").await;
    let now = registry.blob_of("file", "other", "1").await;
    assert_ne!(now, other);
    registry.assert_whole(&now).await;
    assert_eq!(registry.repairs().await.len(), 1);
}
