//! The port to what takes space: versions that a policy may remove, blobs that nothing uses.

use async_trait::async_trait;

use crate::ports::CatalogError;
use crate::retention::Retained;
use crate::{Artefact, BlobKey, FormatId, Id, Timestamp};

/// Reading what takes space.
#[async_trait]
pub trait Space {
    /// Artefacts of a format that are not deleted, by identifier; those after `after` if it is given.
    async fn artefacts_of_format(
        &self,
        format: &FormatId,
        after: Option<Id<Artefact>>,
        limit: u32,
    ) -> Result<Vec<Artefact>, CatalogError>;

    /// All versions of an artefact that are not deleted, newest first.
    async fn retained_versions(
        &self,
        artefact: Id<Artefact>,
    ) -> Result<Vec<Retained>, CatalogError>;

    /// Blobs that nothing has used since before `before`, those longest unused first; never one that is dying.
    async fn unused_blobs(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<BlobRecord>, CatalogError>;

    /// Blobs whose deletion was begun, by key, those after `after` if it is given: a sweep that died left them, or could
    /// not delete them.
    async fn dying_blobs(
        &self,
        after: Option<&BlobKey>,
        limit: u32,
    ) -> Result<Vec<BlobRecord>, CatalogError>;

    /// How many blobs are dying or have been unused since before `before`, and how many bytes they have.
    async fn count_freeable(&self, before: Timestamp) -> Result<(u64, u64), CatalogError>;

    /// Those of these keys that the catalogue knows, whatever their state.
    async fn known_blobs(&self, keys: &[BlobKey]) -> Result<Vec<BlobKey>, CatalogError>;

    /// Those of these keys that were noted as unknown to the catalogue ([`SpaceChanges::note_orphans`]), and when that was
    /// first.
    async fn orphans_seen(
        &self,
        keys: &[BlobKey],
    ) -> Result<Vec<(BlobKey, Timestamp)>, CatalogError>;

    /// How much space is taken.
    async fn space(&self) -> Result<SpaceUsage, CatalogError>;
}

/// Changes of what takes space, in a transaction.
#[async_trait]
pub trait SpaceChanges {
    /// The versions of an artefact as [`Space::retained_versions`] gives them, seen by this transaction.
    async fn retained_versions(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Vec<Retained>, CatalogError>;

    /// Marks a blob as dying if nothing uses it and nothing has since before `before`; whether it was marked. From then
    /// on no publish shares it, so its bytes may be deleted once this is committed.
    async fn condemn_blob(
        &mut self,
        key: &BlobKey,
        before: Timestamp,
    ) -> Result<bool, CatalogError>;

    /// Forgets dying blobs whose bytes are deleted.
    async fn forget_blobs(&mut self, keys: &[BlobKey]) -> Result<(), CatalogError>;

    /// Notes that bytes lie under these keys and that the catalogue does not know them; of those that were noted before,
    /// that they are still there.
    async fn note_orphans(&mut self, keys: &[BlobKey], now: Timestamp) -> Result<(), CatalogError>;

    /// Forgets those that were last noted before `before`: they are there no more, or known.
    async fn forget_orphans(&mut self, before: Timestamp) -> Result<(), CatalogError>;
}

/// A blob as the catalogue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobRecord {
    /// Where it is.
    pub key: BlobKey,
    /// Its size in bytes.
    pub size: u64,
}

/// How much space is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpaceUsage {
    /// Blobs that the catalogue knows.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those of them that nothing uses any more: a sweep frees them when their grace period is over.
    pub reclaimable_blobs: u64,
    /// Their bytes.
    pub reclaimable_bytes: u64,
}
