//! The port to the catalogue: everything that the registry knows, but not the bytes.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use cellier_sdk::{OrderKey, Version};

use crate::audit::{AuditEvent, AuditQuery};
use crate::keys::ApiKey;
use crate::ports::{
    AccountChanges, Accounts, CheckChanges, Checks, Grants, Leases, SessionChanges, Sessions,
    SigningKeyChanges, SigningKeys, Space, SpaceChanges, Visible, WebLoginChanges, WebLogins,
};
use crate::{
    AccountRef, Artefact, ArtefactName, BlobKey, FileRecord, FormatId, Id, Release, Tag, Timestamp,
    VersionRecord,
};

/// The catalogue: SQLite or PostgreSQL, behaving alike.
///
/// # Contract
///
/// * Nothing found is `None` or empty, never an error.
/// * Reads see what was committed before they began.
/// * Names are looked up without regard to case.
#[async_trait]
pub trait Catalog:
    Artefacts
    + Versions
    + Keys
    + AuditLog
    + Accounts
    + Grants
    + Sessions
    + Space
    + Leases
    + Checks
    + WebLogins
    + SigningKeys
    + Send
    + Sync
    + fmt::Debug
{
    /// Begins a transaction that may write.
    async fn begin(&self) -> Result<Box<dyn Transaction>, CatalogError>;

    /// Whether the database answers right now.
    async fn check(&self) -> Result<(), CatalogError>;
}

/// Reading artefacts. Deleted ones are never found.
#[async_trait]
pub trait Artefacts {
    /// One artefact.
    async fn artefact(
        &self,
        format: &FormatId,
        name: &str,
    ) -> Result<Option<Arc<Artefact>>, CatalogError>;

    /// All artefacts of a name whatever their format, oldest first.
    async fn artefacts_named(&self, name: &str) -> Result<Vec<Artefact>, CatalogError>;

    /// A page of a listing.
    async fn list_artefacts(&self, query: &ArtefactQuery) -> Result<ArtefactPage, CatalogError>;

    /// The tags of an artefact and the versions they name, sorted by tag; `latest` is not among them.
    async fn tags(&self, artefact: Id<Artefact>) -> Result<Vec<(Tag, Version)>, CatalogError>;
}

/// Reading versions. Deleted ones are never found, yanked ones are.
#[async_trait]
pub trait Versions {
    /// The version of exactly this text, with its files and all their details.
    async fn release(
        &self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Release>, CatalogError>;

    /// The same with the details of its files left empty: enough for a download, which is why this is fast.
    async fn brief_release(
        &self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Arc<Release>>, CatalogError>;

    /// A page of versions, newest first by their order. Details of files ([`FileRecord::details`]) are left empty:
    /// they may be large.
    async fn releases(&self, query: &ReleaseQuery) -> Result<ReleasePage, CatalogError>;

    /// The same page with all details, for who would ask for each of them otherwise.
    async fn whole_releases(&self, query: &ReleaseQuery) -> Result<ReleasePage, CatalogError>;

    /// A key of a blob with these bytes that a file uses, so that a new file may share it; if there is one.
    async fn shareable_blob(
        &self,
        sha256: &cellier_sdk::Sha256,
    ) -> Result<Option<BlobKey>, CatalogError>;
}

/// Reading keys.
#[async_trait]
pub trait Keys {
    /// The key of a short id, revoked and expired ones too.
    async fn key_by_short_id(&self, short_id: &str) -> Result<Option<Arc<ApiKey>>, CatalogError>;

    /// A key.
    async fn key(&self, id: Id<ApiKey>) -> Result<Option<ApiKey>, CatalogError>;

    /// All keys that are not revoked, newest first; those before `before` if it is given.
    async fn keys(
        &self,
        before: Option<Id<ApiKey>>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, CatalogError>;

    /// The keys of these accounts that are not revoked, newest first; those before `before` if it is given.
    async fn keys_of(
        &self,
        owners: &[AccountRef],
        before: Option<Id<ApiKey>>,
        limit: u32,
    ) -> Result<Vec<ApiKey>, CatalogError>;

    /// Notes when keys were last used; a time that is older than the stored one changes nothing.
    async fn note_key_use(&self, uses: &[(Id<ApiKey>, Timestamp)]) -> Result<(), CatalogError>;
}

/// Reading the audit trail.
#[async_trait]
pub trait AuditLog {
    /// A page of events, newest first.
    async fn audit_events(&self, query: &AuditQuery) -> Result<Vec<AuditEvent>, CatalogError>;
}

/// Changes that happen together or not at all. Dropped without [`Transaction::commit`], none of them happens.
///
/// Whoever has locked an artefact is alone with it until the transaction ends.
#[async_trait]
pub trait Transaction:
    AccountChanges
    + SessionChanges
    + WebLoginChanges
    + SigningKeyChanges
    + SpaceChanges
    + CheckChanges
    + Send
{
    /// Locks an artefact and gives it as it is now, deleted ones too.
    async fn lock_artefact(
        &mut self,
        format: &FormatId,
        name: &str,
    ) -> Result<Option<Artefact>, CatalogError>;

    /// Makes an artefact unless one of its format and name is there, then locks and gives the one that is: whether it
    /// is the new one, its identifier tells.
    async fn insert_or_lock_artefact(
        &mut self,
        artefact: &Artefact,
    ) -> Result<Artefact, CatalogError>;

    /// Writes an artefact's category, texts, access, owners, retention, latest version, size, revision and times.
    async fn update_artefact(&mut self, artefact: &Artefact) -> Result<(), CatalogError>;

    /// Replaces the words by which a search finds an artefact.
    async fn index_artefact(
        &mut self,
        artefact: Id<Artefact>,
        words: &[String],
    ) -> Result<(), CatalogError>;

    /// Gives a name of the `file` door to a format unless another has it; gives the format that has it now.
    async fn claim_door_name(
        &mut self,
        name: &ArtefactName,
        format: &FormatId,
    ) -> Result<FormatId, CatalogError>;

    /// The version of exactly this text with its files, deleted ones too (those have no files).
    async fn release(
        &mut self,
        artefact: Id<Artefact>,
        version: &str,
    ) -> Result<Option<Release>, CatalogError>;

    /// The version that stands last in the order, whatever its state, with its files; details left empty.
    async fn last_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError>;

    /// The version of highest order that is stable and neither yanked nor deleted, with its files; details left empty.
    async fn latest_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError>;

    /// The version of highest order that is neither yanked nor deleted, with its files; details left empty.
    async fn newest_release(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<Option<Release>, CatalogError>;

    /// Makes a version.
    async fn insert_version(&mut self, version: &VersionRecord) -> Result<(), CatalogError>;

    /// Writes a version's state: yanked, deprecated, deleted.
    async fn update_version(&mut self, version: &VersionRecord) -> Result<(), CatalogError>;

    /// Notes a fresh key, unused for now. Committed before its bytes are stored, so that bytes which nobody knows are
    /// never those of a publish.
    async fn note_blob(
        &mut self,
        key: &BlobKey,
        size: u64,
        now: Timestamp,
    ) -> Result<(), CatalogError>;

    /// Takes a noted blob into use. `false` means that a sweep has taken it or is about to, and the bytes must be stored
    /// under a fresh key.
    async fn use_blob(&mut self, key: &BlobKey) -> Result<bool, CatalogError>;

    /// Makes a file. Its blob must be in use.
    async fn insert_file(&mut self, file: &FileRecord) -> Result<(), CatalogError>;

    /// Removes the files of a version. Blobs that nothing uses then are left to the sweep.
    async fn delete_files(
        &mut self,
        version: Id<VersionRecord>,
        now: Timestamp,
    ) -> Result<(), CatalogError>;

    /// Marks all versions of an artefact as deleted and removes their files, tags and search words.
    async fn delete_all_versions(
        &mut self,
        artefact: Id<Artefact>,
        now: Timestamp,
    ) -> Result<(), CatalogError>;

    /// Lets a tag name a version.
    async fn set_tag(
        &mut self,
        artefact: Id<Artefact>,
        tag: &Tag,
        version: Id<VersionRecord>,
        now: Timestamp,
    ) -> Result<(), CatalogError>;

    /// Removes a tag; whether it was there.
    async fn remove_tag(&mut self, artefact: Id<Artefact>, tag: &Tag)
    -> Result<bool, CatalogError>;

    /// Removes every tag that names a version; gives those removed.
    async fn remove_tags_of(
        &mut self,
        version: Id<VersionRecord>,
    ) -> Result<Vec<Tag>, CatalogError>;

    /// Makes a key.
    async fn insert_key(&mut self, key: &ApiKey) -> Result<(), CatalogError>;

    /// Revokes a key; whether it was there and not revoked yet.
    async fn revoke_key(&mut self, id: Id<ApiKey>, now: Timestamp) -> Result<bool, CatalogError>;

    /// Whether a key works right now: not revoked, not expired. Asked again before a long upload is committed.
    async fn key_is_active(&mut self, id: Id<ApiKey>, now: Timestamp)
    -> Result<bool, CatalogError>;

    /// Records an event.
    async fn append_audit(&mut self, event: &AuditEvent) -> Result<(), CatalogError>;

    /// Makes all changes happen.
    async fn commit(self: Box<Self>) -> Result<(), CatalogError>;
}

/// Which artefacts to list.
#[derive(Clone, Debug)]
pub struct ArtefactQuery {
    /// What the caller may see.
    pub visible: Visible,
    /// Only those that have words starting with all of these.
    pub words: Vec<String>,
    /// Only of this format.
    pub format: Option<FormatId>,
    /// Only of this category.
    pub category: Option<String>,
    /// Only those that have this tag.
    pub tag: Option<Tag>,
    /// In which order.
    pub sort: ArtefactSort,
    /// Only those after this one: the last of the page before.
    pub after: Option<Artefact>,
    /// At most so many.
    pub limit: u32,
}

/// The order of a listing of artefacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ArtefactSort {
    /// Those whose bytes changed last come first; then by identifier, newest first.
    #[default]
    Updated,
    /// By name (folded), then by format.
    Name,
}

/// A page of artefacts.
#[derive(Clone, Debug)]
pub struct ArtefactPage {
    /// The artefacts.
    pub artefacts: Vec<Artefact>,
    /// Whether more follow.
    pub more: bool,
    /// How many there are in all; counted up to [`ArtefactPage::COUNTED`].
    pub count: u32,
}

impl ArtefactPage {
    /// How far artefacts are counted.
    pub const COUNTED: u32 = 1_000;
}

/// Which versions to list, newest first.
#[derive(Clone, Debug)]
pub struct ReleaseQuery {
    /// Of which artefact.
    pub artefact: Id<Artefact>,
    /// Only those whose order starts with this: a line such as `1.2`.
    pub line: Option<OrderKey>,
    /// Only stable ones.
    pub stable_only: bool,
    /// Only those that are not yanked.
    pub without_yanked: bool,
    /// Only those whose order is this or a later one.
    pub from: Option<OrderKey>,
    /// Only those that stand before this one: the last of the page before.
    pub below: Option<OrderKey>,
    /// At most so many.
    pub limit: u32,
}

/// A page of versions.
#[derive(Clone, Debug)]
pub struct ReleasePage {
    /// The versions, newest first.
    pub releases: Vec<Release>,
    /// Whether more follow.
    pub more: bool,
}

/// Why the catalogue cannot answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// Somebody else changed the same things at the same time; doing it again will work.
    #[error("somebody else changed the same things at the same time")]
    Conflict,
    /// No space is left for the database.
    #[error("the database's disk is full")]
    Full,
    /// The database does not answer as it should.
    #[error("failed to {doing}")]
    Unavailable {
        /// What was tried.
        doing: &'static str,
        /// What went wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A row holds what no row should.
    #[error("the catalogue holds a broken {what}: {problem}")]
    Broken {
        /// What kind of row.
        what: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}
