//! What the use cases need of the world: implemented by `store`, by the server, and by fakes in tests.

mod blobs;
mod catalog;
mod formats;
mod leases;
mod space;

pub use self::blobs::{
    BlobError, Blobs, ByteStream, Link, LinkTo, Staging, StoredBlob, StoredBlobs,
};
pub use self::catalog::{
    ArtefactPage, ArtefactQuery, ArtefactSort, Artefacts, AuditLog, Catalog, CatalogError, Keys,
    ReleasePage, ReleaseQuery, Transaction, Versions, Visible,
};
pub use self::formats::{FormatInfo, Formats, InspectError, Origin as FormatOrigin};
pub use self::leases::{Lease, LeaseTaken, Leases};
pub use self::space::{BlobRecord, Space, SpaceChanges, SpaceUsage};
