//! Stories of checking and repairing, against a registry in memory.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

use std::sync::{Arc, Mutex};

use cellier_model::access::Actor;
use cellier_model::audit::{AuditQuery, Origin};
use cellier_model::change::yank_version;
use cellier_model::check::{Checked, Checking, Fault, Finding, Repair, Watcher, check};
use cellier_model::ports::{Blobs as _, SpaceUsage};
use cellier_model::publish::{Claims, Door, PublishRequest, Published, publish};
use cellier_model::read::ArtefactAddress;
use cellier_model::testing::{FakeFormats, MemoryBlobs, MemoryCatalog, context, fake_format};
use cellier_model::{BlobKey, Context, FormatId};
use cellier_sdk::{Claim, Descriptor, Inspection};

/// A registry in memory that things happen to.
struct Registry {
    context: Context,
    blobs: Arc<MemoryBlobs>,
    origin: Origin,
}

/// Notes what is found.
#[derive(Default)]
struct Notes(Mutex<Vec<Finding>>);

impl Watcher for Notes {
    fn begins(&self, _usage: &SpaceUsage) {}

    fn checked(&self, _bytes: u64) {}

    fn found(&self, finding: &Finding) {
        self.0.lock().unwrap().push(finding.clone());
    }
}

impl Registry {
    fn new() -> Self {
        let file = Descriptor::new("file", "1")
            .category("other")
            .claim(Claim::anything());
        let formats = FakeFormats::default().with(fake_format(file), |_, _| Ok(Inspection::new()));
        let blobs = Arc::<MemoryBlobs>::default();
        let context = Context {
            catalog: Arc::<MemoryCatalog>::default(),
            blobs: Arc::<MemoryBlobs>::clone(&blobs),
            ..context(formats)
        };
        let origin = Origin {
            actor: Actor::CommandLine,
            address: None,
        };
        Self {
            context,
            blobs,
            origin,
        }
    }

    async fn publish(&self, name: &str, bytes: &[u8]) -> Published {
        let request = PublishRequest {
            origin: self.origin.clone(),
            door: Door::File,
            name: name.to_owned(),
            claims: Claims::default(),
            staged: MemoryBlobs::staged(bytes),
        };
        publish(&self.context, &request).await.unwrap()
    }

    /// Publishes and gives where the bytes are.
    async fn published_blob(&self, name: &str, bytes: &[u8]) -> BlobKey {
        self.publish(name, bytes).await.release.files[0].blob
    }

    /// Where the bytes of a file are now.
    async fn blob_of(&self, name: &str) -> BlobKey {
        let format = FormatId::new("file");
        let artefact = self.context.catalog.artefact(&format, name).await.unwrap();
        let release = self
            .context
            .catalog
            .release(artefact.unwrap().id, "1")
            .await;
        release.unwrap().unwrap().files[0].blob
    }

    async fn check(&self, wanted: &Checking) -> (Checked, Vec<Finding>) {
        let notes = Notes::default();
        let checked = check(&self.context, &self.origin, wanted, &notes).await;
        (checked.unwrap(), notes.0.into_inner().unwrap())
    }

    async fn repair(&self) -> (Checked, Vec<Finding>) {
        self.check(&Checking {
            repair: true,
            ..Checking::default()
        })
        .await
    }

    /// After a repair nothing more is found.
    async fn assert_sound(&self) {
        let (checked, findings) = self.check(&Checking::default()).await;
        assert_eq!(checked.found, 0, "{findings:?}");
    }

    async fn audited(&self, action: &str) -> Vec<String> {
        let query = AuditQuery {
            action: Some(action.to_owned()),
            limit: 10,
            ..AuditQuery::default()
        };
        let events = self.context.catalog.audit_events(&query).await.unwrap();
        events.into_iter().map(|event| event.object).collect()
    }
}

#[tokio::test]
async fn a_sound_registry_is_found_sound_and_its_orphans_are_counted() {
    let registry = Registry::new();
    registry.publish("one", b"first").await;
    registry.publish("one", b"second").await;
    registry.publish("two", b"first").await;
    let staged = MemoryBlobs::staged(b"nobody knows");
    let stranger = BlobKey::fresh(staged.sha256(), registry.context.random.as_ref());
    registry.blobs.store(&staged, &stranger).await.unwrap();

    let (checked, findings) = registry.check(&Checking::default()).await;
    assert_eq!(findings, []);
    let expected = Checked {
        blobs: 2,
        bytes: 11,
        artefacts: 2,
        orphans: 1,
        orphan_bytes: 12,
        ..Checked::default()
    };
    assert_eq!(checked, expected);
}

#[tokio::test]
async fn lost_cut_and_changed_bytes_are_found_with_the_files_that_are_hit() {
    let registry = Registry::new();
    let lost = registry.published_blob("lost", b"the lost bytes").await;
    registry.publish("also-lost", b"the lost bytes").await;
    let cut = registry.published_blob("cut", b"the whole bytes").await;
    let changed = registry.published_blob("changed", b"the right bytes").await;
    registry.blobs.delete(&lost).await.unwrap();
    registry.blobs.damage(cut, b"the whole");
    registry.blobs.damage(changed, b"the wrong bytes");

    let (checked, mut findings) = registry.check(&Checking::default()).await;
    assert_eq!((checked.found, checked.repaired), (3, 0));
    findings.sort_by_key(|finding| finding.fault.code());
    let codes: Vec<_> = findings.iter().map(|one| one.fault.code()).collect();
    assert_eq!(
        codes,
        ["blob_missing", "blob_wrong_bytes", "blob_wrong_size"]
    );
    let hit: Vec<_> = findings[0]
        .uses
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(hit, ["lost", "also-lost"]);
    assert_eq!(findings[0].uses[0].version, "1");
    assert_eq!(
        findings[2].fault.to_string(),
        format!("the blob {cut} has 9 bytes where 15 are expected")
    );

    let quick = Checking {
        quick: true,
        ..Checking::default()
    };
    let (checked, _) = registry.check(&quick).await;
    assert_eq!(
        checked.found, 2,
        "a quick check believes what has the right size"
    );
}

#[tokio::test]
async fn bytes_that_another_blob_has_are_shared_again() {
    let registry = Registry::new();
    // Of two who publish the same bytes at the same time each stores them.
    let (one, other) = tokio::join!(
        registry.published_blob("one", b"the same"),
        registry.published_blob("other", b"the same")
    );
    assert_ne!(one, other);
    registry.blobs.damage(one, b"rotten!!");

    let (checked, findings) = registry.repair().await;
    assert_eq!((checked.found, checked.repaired), (1, 1));
    assert_eq!(findings[0].repair, Some(Repair::Shares(other)));
    assert_eq!(registry.blob_of("one").await, other);
    assert_eq!(registry.audited("blob.repair").await, [one.to_string()]);
    assert!(
        registry.blobs.keys().contains(&one),
        "a repair deletes nothing: the rotten bytes wait for the sweep"
    );
    registry.assert_sound().await;
}

#[tokio::test]
async fn lost_bytes_are_copied_back_from_where_they_still_are() {
    let registry = Registry::new();
    let lost = registry.published_blob("lost", b"precious").await;
    registry.blobs.delete(&lost).await.unwrap();
    let staged = MemoryBlobs::staged(b"precious");
    let copies = MemoryBlobs::default();
    let under_another_key = BlobKey::fresh(staged.sha256(), registry.context.random.as_ref());
    copies.store(&staged, &under_another_key).await.unwrap();

    let (checked, _) = registry.repair().await;
    assert_eq!(checked.remaining(), 1, "nobody said where copies are");
    let wanted = Checking {
        repair: true,
        copies: Some(Arc::new(copies)),
        ..Checking::default()
    };
    let (_, findings) = registry.check(&wanted).await;
    let fresh = registry.blob_of("lost").await;
    assert_eq!(findings[0].repair, Some(Repair::Copied(fresh)));
    assert_ne!(fresh, lost, "no key is ever written twice");
    registry.assert_sound().await;
}

#[tokio::test]
async fn lost_bytes_are_found_under_a_key_that_nobody_uses() {
    let registry = Registry::new();
    let lost = registry.published_blob("lost", b"precious").await;
    registry.blobs.delete(&lost).await.unwrap();
    let staged = MemoryBlobs::staged(b"precious");
    let stranger = BlobKey::fresh(staged.sha256(), registry.context.random.as_ref());
    registry.blobs.store(&staged, &stranger).await.unwrap();

    let (_, findings) = registry.repair().await;
    let fresh = registry.blob_of("lost").await;
    assert_eq!(findings[0].repair, Some(Repair::Copied(fresh)));
    assert_ne!(fresh, stranger, "which a sweep may delete at any moment");
    registry.assert_sound().await;
}

#[tokio::test]
async fn a_copy_that_is_rotten_itself_repairs_nothing() {
    let registry = Registry::new();
    let lost = registry.published_blob("lost", b"precious").await;
    registry.blobs.delete(&lost).await.unwrap();
    let copies = MemoryBlobs::default();
    copies.damage(lost, b"rotten!!");
    let wanted = Checking {
        repair: true,
        copies: Some(Arc::new(copies)),
        ..Checking::default()
    };
    let (checked, findings) = registry.check(&wanted).await;
    assert_eq!((checked.found, checked.repaired), (1, 0));
    assert_eq!(findings[0].fault, Fault::BlobMissing { key: lost });
    assert!(findings[0].fault.fix().contains("--from"));
}

#[tokio::test]
async fn a_size_that_the_catalogue_has_wrong_is_corrected_and_the_artefact_after_it() {
    let registry = Registry::new();
    let blob = registry.published_blob("one", b"twelve bytes").await;
    let mut transaction = registry.context.catalog.begin().await.unwrap();
    transaction.correct_size(&blob, 99).await.unwrap();
    transaction.commit().await.unwrap();

    let (checked, findings) = registry.repair().await;
    assert_eq!((checked.found, checked.repaired), (1, 1));
    let fault = Fault::SizeWrong {
        key: blob,
        actual: 12,
    };
    assert_eq!(findings[0].fault, fault);
    registry.assert_sound().await;
}

#[tokio::test]
async fn marks_that_are_wrong_are_corrected_either_way() {
    let registry = Registry::new();
    let used = registry.published_blob("one", b"used").await;
    let random = registry.context.random.as_ref();
    let unused = BlobKey::fresh(MemoryBlobs::staged(b"unused").sha256(), random);
    let now = registry.context.clock.now();
    let mut transaction = registry.context.catalog.begin().await.unwrap();
    // An unused blob that is taken into use by nobody's file, and a file that another one has left without its blob.
    transaction.note_blob(&unused, 6, now).await.unwrap();
    transaction.use_blob(&unused).await.unwrap();
    transaction
        .repoint_files(&used, &unused, now)
        .await
        .unwrap();
    transaction
        .repoint_files(&unused, &used, now)
        .await
        .unwrap();
    transaction.use_blob(&unused).await.unwrap();
    transaction.commit().await.unwrap();

    let (_, findings) = registry.repair().await;
    let mut marks: Vec<_> = findings.iter().map(|one| one.fault.clone()).collect();
    marks.sort_by_key(|fault| matches!(fault, Fault::MarkWrong { used: true, .. }));
    let expected =
        [(unused, false), (used, true)].map(|(key, used)| Fault::MarkWrong { key, used });
    assert_eq!(marks, expected);
    registry.assert_sound().await;
}

#[tokio::test]
async fn what_an_artefact_shows_is_worked_out_anew() {
    let registry = Registry::new();
    registry.publish("one", b"first").await;
    let published = registry.publish("one", b"the second").await;
    let address = ArtefactAddress::Exact {
        format: FormatId::new("file"),
        name: "one".to_owned(),
    };
    yank_version(&registry.context, &registry.origin, &address, "2")
        .await
        .unwrap();
    // As if the artefact had been written before the yank.
    let mut transaction = registry.context.catalog.begin().await.unwrap();
    let stale = &published.artefact;
    transaction.update_artefact(stale).await.unwrap();
    let words = ["elsewhere".to_owned()];
    transaction.index_artefact(stale.id, &words).await.unwrap();
    transaction.commit().await.unwrap();

    let (_, findings) = registry.repair().await;
    let fault = Fault::ArtefactOutdated {
        artefact: "file/one".to_owned(),
        what: vec!["latest version", "size", "search words"],
    };
    assert_eq!(findings[0].fault, fault);
    assert_eq!(registry.audited("artefact.repair").await, ["file/one"]);
    registry.assert_sound().await;
    let format = FormatId::new("file");
    let artefact = registry.context.catalog.artefact(&format, "one").await;
    let artefact = artefact.unwrap().unwrap();
    assert_eq!(artefact.latest.as_ref().unwrap().as_str(), "1");
    assert_eq!(artefact.size, 5);
    assert!(
        artefact.revision > published.artefact.revision,
        "what was rendered from it is rendered again"
    );
}
