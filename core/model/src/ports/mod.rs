//! What the use cases need of the world: implemented by `store`, by the server, and by fakes in tests.

mod accounts;
mod blobs;
mod catalog;
mod check;
mod formats;
mod leases;
mod passwords;
mod signing_keys;
mod space;
mod visible;
mod web_logins;

pub use self::accounts::{
    AccountChanges, AccountQuery, Accounts, Grants, SessionChanges, Sessions,
};
pub use self::blobs::{
    BlobError, Blobs, ByteStream, Link, LinkTo, Staging, StoredBlob, StoredBlobs,
};
pub use self::catalog::{
    ArtefactPage, ArtefactQuery, ArtefactSort, Artefacts, AuditLog, Catalog, CatalogError, Keys,
    ReleasePage, ReleaseQuery, Transaction, Versions,
};
pub use self::check::{ArtefactIndex, BlobState, BlobUse, CheckChanges, Checks};
pub use self::formats::{FormatInfo, Formats, InspectError, Origin as FormatOrigin};
pub use self::leases::{Lease, LeaseTaken, Leases, WantedLease};
pub use self::passwords::{PasswordHash, Passwords, PasswordsError, Verified};
pub use self::signing_keys::{SigningKeyChanges, SigningKeys};
pub use self::space::{BlobRecord, Space, SpaceChanges, SpaceUsage};
pub use self::visible::{Sight, Visible};
pub use self::web_logins::{WebLoginChanges, WebLogins};
