//! The whole of it: every blob, every artefact, and what nobody knows.

use std::fmt;
use std::sync::Arc;

use crate::Context;
use crate::audit::Origin;
use crate::check::Finding;
use crate::check::artefacts::check_artefacts;
use crate::check::blobs::check_blobs;
use crate::check::orphans::count_orphans;
use crate::ports::{BlobError, Blobs, CatalogError, SpaceUsage};

/// How a check is done.
#[derive(Clone, Debug, Default)]
pub struct Checking {
    /// Whether to believe that bytes of the right size are the right bytes.
    pub quick: bool,
    /// Whether to repair what can be repaired.
    pub repair: bool,
    /// Where lost bytes may be had again, such as a backup. Nothing that lies there is believed before it was read.
    pub copies: Option<Arc<dyn Blobs>>,
}

/// Hears how a check goes on.
pub trait Watcher: Send + Sync {
    /// So much is there to be checked.
    fn begins(&self, usage: &SpaceUsage);

    /// So many bytes more were checked.
    fn checked(&self, bytes: u64);

    /// Something is wrong, or was until it was repaired.
    fn found(&self, finding: &Finding);
}

/// What was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Blobs that files use.
    pub blobs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Blobs that nothing uses, whose bytes need not be right: they wait for the sweep.
    pub unused_blobs: u64,
    /// Artefacts, without deleted ones.
    pub artefacts: u64,
    /// Blobs that the catalogue does not know. They do no harm and wait for the sweep.
    pub orphans: u64,
    /// Their bytes.
    pub orphan_bytes: u64,
    /// What was wrong.
    pub found: u64,
    /// How much of that was repaired.
    pub repaired: u64,
}

impl Checked {
    /// How much is still wrong.
    pub fn remaining(&self) -> u64 {
        self.found - self.repaired
    }
}

/// Why a check stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The catalogue could not be read or written.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The storage does not answer at all, or takes nothing.
    #[error(transparent)]
    Blob(#[from] BlobError),
}

/// A check that is under way.
pub(super) struct Job<'a> {
    pub(super) context: &'a Context,
    pub(super) origin: &'a Origin,
    pub(super) wanted: &'a Checking,
    pub(super) watcher: &'a dyn Watcher,
}

impl Job<'_> {
    pub(super) fn report(&self, checked: &mut Checked, finding: &Finding) {
        checked.found += 1;
        checked.repaired += u64::from(finding.repair.is_some());
        self.watcher.found(finding);
    }
}

impl fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("wanted", self.wanted)
            .finish_non_exhaustive()
    }
}

/// Compares everything that is stored with what it should be, and repairs what it can if that is wanted.
pub async fn check(
    context: &Context,
    origin: &Origin,
    wanted: &Checking,
    watcher: &dyn Watcher,
) -> Result<Checked, CheckError> {
    let job = Job {
        context,
        origin,
        wanted,
        watcher,
    };
    // A storage that is not there at all is one error, not one for each blob.
    context.blobs.check().await?;
    watcher.begins(&context.catalog.space().await?);
    let mut checked = Checked::default();
    check_blobs(&job, &mut checked).await?;
    check_artefacts(&job, &mut checked).await?;
    count_orphans(&job, &mut checked).await?;
    Ok(checked)
}
