//! What the registry is: names, versions, digests, artefacts, keys, access rules, and the use cases, against ports.
//!
//! Nothing here knows HTTP, SQL or a file system. A use case is a function that takes a [`Context`] (the ports) and what
//! the caller asks for, and answers with what happened or with an error that names what the caller can act on.
//!
//! # To add a query
//!
//! 1. A method on its port in `ports/catalog.rs`, with what it promises in words.
//! 2. Its SQL in `core/store/src/catalog/<noun>.rs`.
//! 3. A case in the catalogue suite of `core/store`, which runs on SQLite and PostgreSQL alike.

pub mod access;
pub mod accounts;
pub mod audit;
pub mod change;
pub mod check;
pub mod keys;
pub mod ports;
pub mod publish;
pub mod read;
pub mod retention;
pub mod sessions;

mod artefact;
mod blob;
mod context;
mod id;
mod period;
mod retry;
mod search;
mod time;

pub mod testing;

pub use self::artefact::{
    AccountKind, AccountRef, Artefact, ArtefactName, FileDetails, FileName, FileRecord, FormatId,
    InvalidText, Notice, Release, Tag, Uploader, Variant, VersionRecord, fold_name,
};
pub use self::blob::{BlobKey, InvalidBlobKey, StagedBlob};
pub use self::context::Context;
pub use self::id::{Id, InvalidId};
pub use self::period::{InvalidPeriod, Period};
pub use self::time::{Clock, InvalidTimestamp, Random, Timestamp};
