//! What is noted about a storage as a whole, in the storage itself.

/// A few words that lie in a storage beside its blobs, under a name of their own, and survive a power cut as those do. They
/// are no blob: no listing finds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// The name of the registry that the storage belongs to.
    Registry,
    /// A restore into the storage was begun and has not ended; it says of which backup.
    Restoring,
}

impl Marker {
    /// More than this is read of none.
    pub(super) const LONGEST: u64 = 1024;

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Restoring => "restoring",
        }
    }
}
