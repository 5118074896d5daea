//! Stories of freeing what nothing uses where something goes wrong, or is not known.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::sync::Arc;
use std::time::Duration;

use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::change::delete_artefact;
use cellier_model::ports::Blobs as _;
use cellier_model::publish::{Claims, Door, PublishRequest, publish};
use cellier_model::read::ArtefactAddress;
use cellier_model::retention::{Sweep, Swept, collect, sweep};
use cellier_model::testing::{FakeClock, FakeFormats, MemoryBlobs, context, fake_format};
use cellier_model::{BlobKey, Context, FormatId};
use cellier_sdk::{Claim, Descriptor, Inspection, Retention};

const DAY: Duration = Duration::from_hours(24);

/// A registry in memory that keeps the newest five revisions and what was unused for less than a day.
struct Registry {
    context: Context,
    blobs: Arc<MemoryBlobs>,
    clock: Arc<FakeClock>,
}

impl Registry {
    fn new() -> Self {
        let file = Descriptor::new("file", "1")
            .category("other")
            .retention(Retention::Newest(5))
            .claim(Claim::anything());
        let formats = FakeFormats::default().with(fake_format(file), |_, _| Ok(Inspection::new()));
        let (blobs, clock) = (
            Arc::new(MemoryBlobs::default()),
            Arc::new(FakeClock::at("2026-01-01T00:00:00Z")),
        );
        let context = Context {
            blobs: Arc::<MemoryBlobs>::clone(&blobs),
            clock: Arc::<FakeClock>::clone(&clock),
            ..context(formats)
        };
        Self {
            context,
            blobs,
            clock,
        }
    }

    async fn publish(&self, name: &str, bytes: &str) -> BlobKey {
        let request = PublishRequest {
            origin: operator(),
            door: Door::File,
            name: name.to_owned(),
            claims: Claims::default(),
            staged: MemoryBlobs::staged(bytes.as_bytes()),
        };
        let published = publish(&self.context, &request).await.unwrap();
        published.release.files[0].blob
    }

    async fn delete(&self, name: &str) {
        let address = ArtefactAddress::Exact {
            format: FormatId::new("file"),
            name: name.to_owned(),
        };
        delete_artefact(&self.context, &operator(), &address, None)
            .await
            .unwrap();
    }

    /// Puts bytes into storage that no row names.
    async fn put_unknown(&self, bytes: &str) -> BlobKey {
        let staged = MemoryBlobs::staged(bytes.as_bytes());
        let key = BlobKey::fresh(staged.sha256(), self.context.random.as_ref());
        self.blobs.store(&staged, &key).await.unwrap();
        key
    }

    async fn sweep(&self) -> Swept {
        sweep(&self.context, wanted(false)).await.unwrap()
    }

    async fn would_sweep(&self) -> Swept {
        sweep(&self.context, wanted(true)).await.unwrap()
    }
}

fn wanted(dry_run: bool) -> Sweep {
    Sweep {
        grace: DAY,
        orphans: true,
        dry_run,
    }
}

fn operator() -> Origin {
    Origin {
        actor: Actor::CommandLine,
        address: None,
    }
}

#[tokio::test]
async fn unknown_bytes_are_freed_a_day_after_they_were_first_noticed_however_old_they_are() {
    let registry = Registry::new();
    registry.publish("known", "known").await;
    let unknown = registry.put_unknown("of a database that is lost").await;
    // In storage for a year, as everything is after an old database was restored.
    registry.clock.advance(365 * DAY);

    for look in [registry.would_sweep().await, registry.sweep().await] {
        assert_eq!((look.orphans, look.waiting), (0, 1), "first seen just now");
    }
    registry
        .clock
        .advance(DAY.saturating_sub(Duration::from_secs(1)));
    assert_eq!(registry.sweep().await.waiting, 1);
    registry.clock.advance(Duration::from_secs(1));
    assert_eq!(registry.would_sweep().await.orphans, 1);
    assert!(registry.blobs.keys().contains(&unknown), "that was a look");
    let swept = registry.sweep().await;
    assert_eq!((swept.orphans, swept.waiting), (1, 0));
    assert!(!registry.blobs.keys().contains(&unknown));
    assert_eq!(registry.blobs.count(), 1, "what is known stays");
}

#[tokio::test]
async fn bytes_that_went_and_came_back_have_their_whole_grace_again() {
    let registry = Registry::new();
    registry.publish("known", "known").await;
    let unknown = registry.put_unknown("on a disk that comes and goes").await;
    registry.sweep().await;
    registry.blobs.delete(&unknown).await.unwrap();
    registry.clock.advance(DAY);
    registry.sweep().await;
    let staged = MemoryBlobs::staged(b"on a disk that comes and goes");
    registry.blobs.store(&staged, &unknown).await.unwrap();
    registry.clock.advance(DAY);
    assert_eq!(registry.sweep().await.waiting, 1);
}

#[tokio::test]
async fn a_database_without_any_version_frees_no_unknown_bytes() {
    let registry = Registry::new();
    registry
        .put_unknown("of a registry whose database is lost")
        .await;
    for _ in 0..3 {
        let swept = registry.sweep().await;
        assert_eq!((swept.orphans, swept.waiting), (0, 1));
        registry.clock.advance(30 * DAY);
    }
    assert_eq!(registry.blobs.count(), 1);
    registry.publish("known", "known").await;
    assert_eq!(registry.sweep().await.orphans, 1);
}

#[tokio::test]
async fn a_blob_that_cannot_be_deleted_keeps_no_other_from_being_freed() {
    let registry = Registry::new();
    let mut keys = Vec::new();
    for number in 0..120 {
        let name = format!("file-{number}");
        keys.push(registry.publish(&name, &name).await);
        registry.delete(&name).await;
    }
    keys.sort();
    for stuck in [keys[0], keys[60]] {
        registry.blobs.fail_to_delete_one(stuck);
    }
    registry.clock.advance(2 * DAY);
    for (round, freed) in [118, 0].into_iter().enumerate() {
        let swept = registry.sweep().await;
        assert_eq!((swept.blobs, swept.failed), (freed, 2), "round {round}");
    }
    let mut left = registry.blobs.keys();
    left.sort();
    assert_eq!(left, [keys[0], keys[60]]);
    let told = registry.would_sweep().await;
    assert_eq!(told.blobs, 2, "they are still to be freed");

    registry.publish("later", "later").await;
    registry.delete("later").await;
    registry.clock.advance(2 * DAY);
    assert_eq!(registry.sweep().await.blobs, 1, "what came later");
}

#[tokio::test]
async fn a_store_that_deletes_nothing_ends_the_sweep() {
    let registry = Registry::new();
    for number in 0..210 {
        let name = format!("file-{number}");
        registry.publish(&name, &name).await;
        registry.delete(&name).await;
    }
    registry.blobs.fail_to_delete();
    registry.clock.advance(2 * DAY);
    sweep(&registry.context, wanted(false)).await.unwrap_err();
    assert_eq!(registry.blobs.count(), 210);
}

#[tokio::test]
async fn more_versions_than_one_transaction_removes_are_all_removed_and_told_once() {
    let registry = Registry::new();
    for number in 1..=130 {
        registry.publish("report", &number.to_string()).await;
    }
    for (dry_run, left) in [(true, 130), (false, 5)] {
        let mut told = Vec::new();
        let wanted = wanted(dry_run);
        let operator = operator();
        let collection = collect(&registry.context, &operator, wanted, |one| {
            told.push(one.version);
        });
        let collection = collection.await.unwrap();
        assert_eq!((collection.versions, collection.failed), (125, 0));
        told.sort_by_key(|version| version.as_str().parse::<u32>().unwrap());
        told.dedup();
        assert_eq!(told.len(), 125);
        assert_eq!(told[124].as_str(), "125");
        let format = FormatId::new("file");
        let artefact = registry.context.catalog.artefact(&format, "report");
        let id = artefact.await.unwrap().unwrap().id;
        let kept = registry
            .context
            .catalog
            .retained_versions(id)
            .await
            .unwrap();
        assert_eq!(kept.len(), left);
    }
}
