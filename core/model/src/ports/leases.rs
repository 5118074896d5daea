//! The port to leases: work that one server does at a time.

use std::time::Duration;

use async_trait::async_trait;

use crate::Timestamp;
use crate::ports::CatalogError;

/// Work that one server does at a time.
///
/// A lease saves work, it does not guard data: what is done under it must be safe also when two servers hold it for a
/// moment at the same time, because one of them stood still and has not noticed yet that its lease is over.
#[async_trait]
pub trait Leases {
    /// Takes or renews a lease for its term unless somebody else holds it; gives who holds it otherwise.
    ///
    /// Leases that several machines ask for begin and end by one clock, that of the database, because those of the machines
    /// differ. `now` is what the clock of this machine shows; it counts only where no other machine can ask.
    async fn acquire_lease(
        &self,
        wanted: &WantedLease,
        now: Timestamp,
    ) -> Result<LeaseTaken, CatalogError>;

    /// Gives a lease up; one that somebody else holds by now is left alone.
    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), CatalogError>;
}

/// A lease that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedLease {
    /// The work.
    pub name: String,
    /// Who would do it.
    pub holder: String,
    /// How long it holds if it is not renewed.
    pub term: Duration,
}

/// A lease that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The work.
    pub name: String,
    /// Who does it.
    pub holder: String,
    /// Until when it holds if it is not renewed, by the clock that it was taken by.
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
