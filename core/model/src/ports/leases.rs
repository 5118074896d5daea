//! The port to leases: work that one server does at a time.

use async_trait::async_trait;

use crate::Timestamp;
use crate::ports::CatalogError;

/// Work that one server does at a time.
///
/// A lease saves work, it does not guard data: what is done under it must be safe also when two servers, whose clocks
/// differ, hold it for a moment at the same time.
#[async_trait]
pub trait Leases {
    /// Takes or renews a lease unless somebody else holds it, until `until`; gives who holds it otherwise.
    async fn acquire_lease(
        &self,
        wanted: &Lease,
        now: Timestamp,
    ) -> Result<LeaseTaken, CatalogError>;

    /// Gives a lease up; one that somebody else holds by now is left alone.
    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), CatalogError>;
}

/// A lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The work.
    pub name: String,
    /// Who does it.
    pub holder: String,
    /// Until when it holds if it is not renewed.
    pub until: Timestamp,
}

/// Whether a lease could be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaseTaken {
    /// It is ours.
    Ours,
    /// Somebody else has it.
    HeldBy(Lease),
}
