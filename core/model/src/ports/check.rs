//! The port to everything that is compared with what it should be.

use async_trait::async_trait;

use crate::ports::{BlobRecord, CatalogError};
use crate::{Artefact, ArtefactName, BlobKey, FileName, FormatId, Id, Timestamp};

/// Reading everything, a page at a time.
#[async_trait]
pub trait Checks {
    /// Blobs that are not dying, by key; those after `after` if it is given.
    async fn blob_states(
        &self,
        after: Option<BlobKey>,
        limit: u32,
    ) -> Result<Vec<BlobState>, CatalogError>;

    /// One of them as it is now; `None` if a sweep has taken it or is about to.
    async fn blob_state(&self, key: &BlobKey) -> Result<Option<BlobState>, CatalogError>;

    /// The files that use a blob, oldest first.
    async fn uses_of_blob(&self, key: &BlobKey, limit: u32) -> Result<Vec<BlobUse>, CatalogError>;

    /// Other blobs of the same bytes that files use.
    async fn twins_of_blob(&self, key: &BlobKey) -> Result<Vec<BlobRecord>, CatalogError>;

    /// All artefacts by identifier, deleted ones too; those after `after` if it is given.
    async fn all_artefacts(
        &self,
        after: Option<Id<Artefact>>,
        limit: u32,
    ) -> Result<Vec<Artefact>, CatalogError>;

    /// What searches and listings find an artefact by.
    async fn index_of_artefact(
        &self,
        artefact: Id<Artefact>,
    ) -> Result<ArtefactIndex, CatalogError>;
}

/// Correcting what a check has found, in a transaction.
#[async_trait]
pub trait CheckChanges {
    /// Lets all files of one blob use another one of the same bytes, which is in use; says how many files. The first is
    /// unused from now on and left to the sweep.
    async fn repoint_files(
        &mut self,
        from: &BlobKey,
        to: &BlobKey,
        now: Timestamp,
    ) -> Result<u64, CatalogError>;

    /// Writes down how large a blob is, for itself and for the files that use it.
    async fn correct_size(&mut self, key: &BlobKey, size: u64) -> Result<(), CatalogError>;

    /// Marks a blob as used or as unused, whichever it is; whether the mark was wrong.
    async fn correct_mark(&mut self, key: &BlobKey, now: Timestamp) -> Result<bool, CatalogError>;

    /// The same as [`Checks::index_of_artefact`], seen by this transaction.
    async fn index_of_artefact(
        &mut self,
        artefact: Id<Artefact>,
    ) -> Result<ArtefactIndex, CatalogError>;
}

/// What the catalogue says about a blob, all of it at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobState {
    /// Where it is.
    pub key: BlobKey,
    /// Its size in bytes.
    pub size: u64,
    /// How many files use it.
    pub files: u64,
    /// The smallest size that one of these files has; that of the blob if there is none.
    pub smallest_file: u64,
    /// The largest size that one of them has.
    pub largest_file: u64,
    /// Since when nothing uses it, if it is marked so.
    pub unused_since: Option<Timestamp>,
}

impl BlobState {
    /// Whether a file uses it.
    pub fn is_used(&self) -> bool {
        self.files > 0
    }

    /// Whether the mark says what is: a used blob has none, an unused one has.
    pub fn mark_is_right(&self) -> bool {
        self.is_used() == self.unused_since.is_none()
    }

    /// Whether it and all its files are said to be so large.
    pub fn sizes_are(&self, size: u64) -> bool {
        [self.size, self.smallest_file, self.largest_file] == [size; 3]
    }
}

/// What searches and listings find an artefact by; each sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtefactIndex {
    /// The words by which a search finds it.
    pub words: Vec<String>,
    /// The accounts in whose listings it may be, as [`Artefact::named_accounts`] writes them.
    pub accounts: Vec<String>,
}

/// A file that uses a blob, by the words that an operator knows it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobUse {
    /// The format of the artefact.
    pub format: FormatId,
    /// The artefact.
    pub name: ArtefactName,
    /// The version, as it is written.
    pub version: String,
    /// The file.
    pub file: FileName,
}
