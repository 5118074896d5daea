//! A catalogue in memory: whole tables behind one lock.
//!
//! A transaction works on a copy and fails with [`CatalogError::Conflict`] when somebody else committed meanwhile, which
//! is also how a database may answer: the use cases must try again.

mod check;
mod leases;
mod signing_keys;
mod space;
mod web_logins;

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cellier_sdk::{Sha256, Version};

use crate::audit::{AuditEvent, AuditQuery};
use crate::keys::ApiKey;
use crate::ports::{
    ArtefactPage, ArtefactQuery, ArtefactSort, Artefacts, AuditLog, Catalog, CatalogError, Keys,
    Lease, ReleasePage, ReleaseQuery, Transaction, Versions,
};
use crate::signing::SigningKeyRecord;
use crate::testing::people::People;
use crate::testing::step::step;
use crate::web_login::PendingWebLogin;
use crate::{
    AccountRef, Artefact, ArtefactName, BlobKey, FileDetails, FileRecord, FormatId, Id, Release,
    Tag, Timestamp, VersionRecord, fold_name,
};

/// A catalogue in memory.
#[derive(Debug, Default)]
pub struct MemoryCatalog(Arc<Mutex<Tables>>);

#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    commits: u64,
    artefacts: Vec<Artefact>,
    words: HashMap<Id<Artefact>, Vec<String>>,
    door_names: HashMap<String, FormatId>,
    versions: Vec<VersionRecord>,
    files: Vec<FileRecord>,
    blobs: Vec<BlobRow>,
    /// Unknown bytes: when they were first and last seen.
    orphans: HashMap<BlobKey, (Timestamp, Timestamp)>,
    tags: Vec<(Id<Artefact>, Tag, Id<VersionRecord>)>,
    pub(super) keys: Vec<ApiKey>,
    events: Vec<AuditEvent>,
    pub(super) people: People,
    leases: Vec<Lease>,
    signing_keys: Vec<SigningKeyRecord>,
    web_logins: Vec<PendingWebLogin>,
}

/// A blob and its state.
#[derive(Clone, Copy, Debug)]
struct BlobRow {
    key: BlobKey,
    size: u64,
    dying: bool,
    unused_since: Option<Timestamp>,
}

impl Tables {
    fn position(&self, format: &FormatId, name: &str) -> Option<usize> {
        let same = |artefact: &Artefact| {
            artefact.format == *format && artefact.name.folded() == fold_name(name)
        };
        self.artefacts.iter().position(same)
    }

    fn whole(&self, version: &VersionRecord) -> Release {
        let files = self
            .files
            .iter()
            .filter(|file| file.version == version.id)
            .cloned()
            .collect();
        Release {
            version: version.clone(),
            files,
        }
    }

    fn brief(&self, version: &VersionRecord) -> Release {
        let mut release = self.whole(version);
        for file in &mut release.files {
            file.details = FileDetails::default();
        }
        release
    }

    fn version(&self, artefact: Id<Artefact>, text: &str) -> Option<&VersionRecord> {
        self.versions
            .iter()
            .find(|version| version.artefact == artefact && version.version.as_str() == text)
    }

    fn greatest(
        &self,
        artefact: Id<Artefact>,
        counts: impl Fn(&VersionRecord) -> bool,
    ) -> Option<Release> {
        let versions = self
            .versions
            .iter()
            .filter(|version| version.artefact == artefact && counts(version));
        versions
            .max_by_key(|version| &version.order)
            .map(|version| self.brief(version))
    }

    fn is_shown(&self, artefact: &Artefact, query: &ArtefactQuery) -> bool {
        let words = self
            .words
            .get(&artefact.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let has_word = |start: &String| words.iter().any(|word| word.starts_with(start.as_str()));
        let has_tag = |wanted: &Tag| {
            wanted.is_latest() && artefact.latest.is_some()
                || self
                    .tags
                    .iter()
                    .any(|(of, tag, _)| *of == artefact.id && tag == wanted)
        };
        artefact.deleted_at.is_none()
            && query.visible.shows(artefact)
            && query.words.iter().all(has_word)
            && query
                .format
                .as_ref()
                .is_none_or(|format| artefact.format == *format)
            && query
                .category
                .as_ref()
                .is_none_or(|category| artefact.category == *category)
            && query.tag.as_ref().is_none_or(has_tag)
    }
}

impl MemoryCatalog {
    /// The blobs that files use.
    pub fn used_blobs(&self) -> Vec<BlobKey> {
        self.lock().files.iter().map(|file| file.blob).collect()
    }

    /// The blobs that have a row, whatever their state.
    pub fn noted_blobs(&self) -> Vec<BlobKey> {
        self.lock().blobs.iter().map(|blob| blob.key).collect()
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Catalog for MemoryCatalog {
    async fn begin(&self) -> Result<Box<dyn Transaction>, CatalogError> {
        step().await;
        let working = self.lock().clone();
        Ok(Box::new(MemoryTransaction {
            working,
            tables: Arc::clone(&self.0),
        }))
    }

    async fn check(&self) -> Result<(), CatalogError> {
        Ok(())
    }
}

#[async_trait]
impl Artefacts for MemoryCatalog {
    async fn artefact(
        &self,
        format: &FormatId,
        name: &str,
    ) -> Result<Option<Arc<Artefact>>, CatalogError> {
        step().await;
        let tables = self.lock();
        let found = tables
            .position(format, name)
            .map(|index| tables.artefacts[index].clone());
        Ok(found
            .filter(|artefact| artefact.deleted_at.is_none())
            .map(Arc::new))
    }

    async fn artefacts_named(&self, name: &str) -> Result<Vec<Artefact>, CatalogError> {
        let same = |artefact: &&Artefact| {
            artefact.deleted_at.is_none() && artefact.name.folded() == fold_name(name)
        };
        let mut found: Vec<_> = self.lock().artefacts.iter().filter(same).cloned().collect();
        found.sort_by_key(|artefact| artefact.created_at);
        Ok(found)
    }

    async fn list_artefacts(&self, query: &ArtefactQuery) -> Result<ArtefactPage, CatalogError> {
        let tables = self.lock();
        let mut found: Vec<_> = tables
            .artefacts
            .iter()
            .filter(|one| tables.is_shown(one, query))
            .cloned()
            .collect();
        let count = u32::try_from(found.len())
            .unwrap_or(u32::MAX)
            .min(ArtefactPage::COUNTED);
        let by_name = |artefact: &Artefact| (artefact.name.folded(), artefact.format.clone());
        let by_change =
            |artefact: &Artefact| Reverse((artefact.data_updated_at, artefact.id.to_string()));
        match query.sort {
            ArtefactSort::Name => {
                found.sort_by_key(by_name);
                found.retain(|artefact| {
                    query
                        .after
                        .as_ref()
                        .is_none_or(|after| by_name(artefact) > by_name(after))
                });
            }
            ArtefactSort::Updated => {
                found.sort_by_key(by_change);
                found.retain(|artefact| {
                    query
                        .after
                        .as_ref()
                        .is_none_or(|after| by_change(artefact) > by_change(after))
                });
            }
        }
        let more = found.len() > query.limit as usize;
        found.truncate(query.limit as usize);
        Ok(ArtefactPage {
            artefacts: found,
            more,
            count,
        })
    }

    async fn tags(&self, artefact: Id<Artefact>) -> Result<Vec<(Tag, Version)>, CatalogError> {
        let tables = self.lock();
        let version =
            |id: Id<VersionRecord>| tables.versions.iter().find(|version| version.id == id);
        let of_artefact = tables.tags.iter().filter(|(of, ..)| *of == artefact);
        let mut tags: Vec<_> = of_artefact
            .filter_map(|(_, tag, id)| {
                version(*id).map(|version| (tag.clone(), version.version.clone()))
            })
            .collect();
        tags.sort();
        Ok(tags)
    }
}

#[async_trait]
impl Versions for MemoryCatalog {
    async fn release(
        &self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Release>, CatalogError> {
        step().await;
        let tables = self.lock();
        let found = tables
            .version(artefact, version)
            .filter(|version| version.deleted_at.is_none());
        Ok(found.map(|version| tables.whole(version)))
    }

    async fn brief_release(
        &self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Arc<Release>>, CatalogError> {
        let tables = self.lock();
        let found = tables
            .version(artefact, version)
            .filter(|version| version.deleted_at.is_none());
        Ok(found.map(|version| Arc::new(tables.brief(version))))
    }

    async fn releases(&self, query: &ReleaseQuery) -> Result<ReleasePage, CatalogError> {
        step().await;
        let tables = self.lock();
        let wanted = |version: &&VersionRecord| {
            version.artefact == query.artefact
                && version.deleted_at.is_none()
                && (version.stable || !query.stable_only)
                && (version.yanked_at.is_none() || !query.without_yanked)
                && query
                    .line
                    .as_ref()
                    .is_none_or(|line| version.order.as_str().starts_with(line.as_str()))
                && query
                    .from
                    .as_ref()
                    .is_none_or(|from| version.order >= *from)
                && query
                    .below
                    .as_ref()
                    .is_none_or(|below| version.order < *below)
        };
        let mut found: Vec<_> = tables.versions.iter().filter(wanted).collect();
        found.sort_by_key(|version| Reverse(&version.order));
        let more = found.len() > query.limit as usize;
        found.truncate(query.limit as usize);
        Ok(ReleasePage {
            releases: found
                .into_iter()
                .map(|version| tables.brief(version))
                .collect(),
            more,
        })
    }

    async fn whole_releases(&self, query: &ReleaseQuery) -> Result<ReleasePage, CatalogError> {
        let mut page = self.releases(query).await?;
        let tables = self.lock();
        for release in &mut page.releases {
            *release = tables.whole(&release.version);
        }
        Ok(page)
    }

    async fn shareable_blob(&self, sha256: &Sha256) -> Result<Option<BlobKey>, CatalogError> {
        step().await;
        Ok(self
            .lock()
            .blobs
            .iter()
            .find(|blob| blob.key.sha256() == *sha256 && !blob.dying && blob.unused_since.is_none())
            .map(|blob| blob.key))
    }
}

#[async_trait]
impl Keys for MemoryCatalog {
    async fn key_by_short_id(&self, short_id: &str) -> Result<Option<Arc<ApiKey>>, CatalogError> {
        Ok(self
            .lock()
            .keys
            .iter()
            .find(|key| key.short_id == short_id)
            .cloned()
            .map(Arc::new))
    }

    async fn key(&self, id: Id<ApiKey>) -> Result<Option<ApiKey>, CatalogError> {
        Ok(self.lock().keys.iter().find(|key| key.id == id).cloned())
    }

    async fn keys(
        &self,
        before: Option<Id<ApiKey>>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, CatalogError> {
        let mut keys: Vec<_> = self
            .lock()
            .keys
            .iter()
            .filter(|key| key.revoked_at.is_none())
            .cloned()
            .collect();
        keys.sort_by_key(|key| Reverse(key.id.to_string()));
        keys.retain(|key| before.is_none_or(|before| key.id.to_string() < before.to_string()));
        keys.truncate(limit as usize);
        Ok(keys)
    }

    async fn keys_of(
        &self,
        owners: &[AccountRef],
        before: Option<Id<ApiKey>>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, CatalogError> {
        let mut keys = self.keys(before, u32::MAX).await?;
        keys.retain(|key| {
            key.owner
                .as_ref()
                .is_some_and(|owner| owners.contains(owner))
        });
        keys.truncate(limit as usize);
        Ok(keys)
    }

    async fn note_key_use(&self, uses: &[(Id<ApiKey>, Timestamp)]) -> Result<(), CatalogError> {
        let mut tables = self.lock();
        for (id, at) in uses {
            for key in tables.keys.iter_mut().filter(|key| key.id == *id) {
                key.last_used_at = key.last_used_at.max(Some(*at));
            }
        }
        Ok(())
    }
}

#[async_trait]
impl AuditLog for MemoryCatalog {
    async fn audit_events(&self, query: &AuditQuery) -> Result<Vec<AuditEvent>, CatalogError> {
        let wanted = |event: &&AuditEvent| {
            query.action.as_ref().is_none_or(|action| {
                event.action == *action || event.action.split('.').next() == Some(action.as_str())
            }) && query
                .object
                .as_ref()
                .is_none_or(|object| event.object == *object)
                && query.key_id.is_none_or_same(event.actor.key_id.as_ref())
                && query.since.is_none_or(|since| event.at >= since)
                && query.until.is_none_or(|until| event.at < until)
                && query
                    .before
                    .is_none_or(|before| event.id.to_string() < before.to_string())
        };
        let mut events: Vec<_> = self.lock().events.iter().filter(wanted).cloned().collect();
        events.sort_by_key(|event| Reverse(event.id.to_string()));
        events.truncate(query.limit as usize);
        Ok(events)
    }
}

trait IsNoneOrSame {
    fn is_none_or_same(&self, other: Option<&String>) -> bool;
}

impl IsNoneOrSame for Option<String> {
    fn is_none_or_same(&self, other: Option<&String>) -> bool {
        self.is_none() || self.as_ref() == other
    }
}

/// A transaction on a copy of the tables.
pub(super) struct MemoryTransaction {
    pub(super) working: Tables,
    tables: Arc<Mutex<Tables>>,
}

#[async_trait]
impl Transaction for MemoryTransaction {
    async fn lock_artefact(
        &mut self,
        format: &FormatId,
        name: &str,
    ) -> Result<Option<Artefact>, CatalogError> {
        Ok(self
            .working
            .position(format, name)
            .map(|index| self.working.artefacts[index].clone()))
    }

    async fn insert_or_lock_artefact(
        &mut self,
        artefact: &Artefact,
    ) -> Result<Artefact, CatalogError> {
        let tables = &mut self.working;
        if let Some(index) = tables.position(&artefact.format, artefact.name.as_str()) {
            return Ok(tables.artefacts[index].clone());
        }
        tables.artefacts.push(artefact.clone());
        Ok(artefact.clone())
    }

    async fn update_artefact(&mut self, artefact: &Artefact) -> Result<(), CatalogError> {
        for stored in self
            .working
            .artefacts
            .iter_mut()
            .filter(|stored| stored.id == artefact.id)
        {
            stored.clone_from(artefact);
        }
        Ok(())
    }

    async fn index_artefact(
        &mut self,
        artefact: Id<Artefact>,
        words: &[String],
    ) -> Result<(), CatalogError> {
        self.working.words.insert(artefact, words.to_vec());
        Ok(())
    }

    async fn claim_door_name(
        &mut self,
        name: &ArtefactName,
        format: &FormatId,
    ) -> Result<FormatId, CatalogError> {
        let owner = self
            .working
            .door_names
            .entry(name.folded())
            .or_insert_with(|| format.clone());
        Ok(owner.clone())
    }

    async fn release(
        &mut self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Release>, CatalogError> {
        Ok(self
            .working
            .version(artefact, version)
            .map(|version| self.working.whole(version)))
    }

    async fn last_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError> {
        Ok(self.working.greatest(artefact, |_any| true))
    }

    async fn latest_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError> {
        let counts = |version: &VersionRecord| {
            version.stable && version.yanked_at.is_none() && version.deleted_at.is_none()
        };
        Ok(self.working.greatest(artefact, counts))
    }

    async fn newest_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError> {
        let counts =
            |version: &VersionRecord| version.yanked_at.is_none() && version.deleted_at.is_none();
        Ok(self.working.greatest(artefact, counts))
    }

    async fn insert_version(&mut self, version: &VersionRecord) -> Result<(), CatalogError> {
        self.working.versions.push(version.clone());
        Ok(())
    }

    async fn update_version(&mut self, version: &VersionRecord) -> Result<(), CatalogError> {
        for stored in self
            .working
            .versions
            .iter_mut()
            .filter(|stored| stored.id == version.id)
        {
            stored.clone_from(version);
        }
        Ok(())
    }

    async fn note_blob(
        &mut self,
        key: &BlobKey,
        size: u64,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        self.working.blobs.push(BlobRow {
            key: *key,
            size,
            dying: false,
            unused_since: Some(now),
        });
        Ok(())
    }

    async fn use_blob(&mut self, key: &BlobKey) -> Result<bool, CatalogError> {
        let mut blobs = self.working.blobs.iter_mut();
        let usable = blobs.find(|blob| blob.key == *key && !blob.dying);
        Ok(usable.map(|blob| blob.unused_since = None).is_some())
    }

    async fn insert_file(&mut self, file: &FileRecord) -> Result<(), CatalogError> {
        self.working.files.push(file.clone());
        Ok(())
    }

    async fn delete_files(
        &mut self,
        version: Id<VersionRecord>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        self.working.files.retain(|file| file.version != version);
        self.working.note_unused(now);
        Ok(())
    }

    async fn delete_all_versions(
        &mut self,
        artefact: Id<Artefact>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let tables = &mut self.working;
        for version in tables
            .versions
            .iter_mut()
            .filter(|version| version.artefact == artefact)
        {
            version.deleted_at.get_or_insert(now);
            tables.files.retain(|file| file.version != version.id);
        }
        tables.tags.retain(|(of, ..)| *of != artefact);
        tables.words.remove(&artefact);
        tables.note_unused(now);
        Ok(())
    }

    async fn set_tag(
        &mut self,
        artefact: Id<Artefact>,
        tag: &Tag,
        version: Id<VersionRecord>,
        _now: Timestamp,
    ) -> Result<(), CatalogError> {
        self.remove_tag(artefact, tag).await?;
        self.working.tags.push((artefact, tag.clone(), version));
        Ok(())
    }

    async fn remove_tag(
        &mut self,
        artefact: Id<Artefact>,
        tag: &Tag,
    ) -> Result<bool, CatalogError> {
        let before = self.working.tags.len();
        self.working
            .tags
            .retain(|(of, name, _)| (*of, name) != (artefact, tag));
        Ok(self.working.tags.len() < before)
    }

    async fn remove_tags_of(
        &mut self,
        version: Id<VersionRecord>,
    ) -> Result<Vec<Tag>, CatalogError> {
        let (removed, kept) = self
            .working
            .tags
            .drain(..)
            .partition(|(_, _, named)| *named == version);
        self.working.tags = kept;
        let removed: Vec<(Id<Artefact>, Tag, Id<VersionRecord>)> = removed;
        Ok(removed.into_iter().map(|(_, tag, _)| tag).collect())
    }

    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), CatalogError> {
        self.working.keys.push(key.clone());
        Ok(())
    }

    async fn revoke_key(&mut self, id: Id<ApiKey>, now: Timestamp) -> Result<bool, CatalogError> {
        let found = self
            .working
            .keys
            .iter_mut()
            .find(|key| key.id == id && key.revoked_at.is_none());
        Ok(found.map(|key| key.revoked_at = Some(now)).is_some())
    }

    async fn key_is_active(
        &mut self,
        id: Id<ApiKey>,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        Ok(self
            .working
            .keys
            .iter()
            .any(|key| key.id == id && key.is_active(now)))
    }

    async fn append_audit(&mut self, event: &AuditEvent) -> Result<(), CatalogError> {
        self.working.events.push(event.clone());
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<(), CatalogError> {
        step().await;
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if tables.commits != self.working.commits {
            return Err(CatalogError::Conflict);
        }
        self.working.commits += 1;
        *tables = std::mem::take(&mut self.working);
        Ok(())
    }
}
