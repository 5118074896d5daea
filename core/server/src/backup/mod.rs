//! Backups: a folder that holds everything, the same for every database and every storage.
//!
//! ```text
//! backup.json                        what this is, and that it is complete: written last, in one move
//! catalogue/<snapshot>/<table>.jsonl the rows of one moment, one a line
//! sha256/<ab>/<cd>/<key>             the blobs that these rows use, as they lie in storage
//! staging/  lock                     blobs on their way in; who works on the folder
//! ```
//!
//! # Why a backup is consistent
//!
//! The rows are those of one moment. A blob is there before a row uses it and is never changed, so whatever the rows use
//! can be copied after that moment, unless a sweep deletes it meanwhile: the backup holds the lease under which space is
//! freed, and behind that stands the grace period. Rows that nothing but a process has a use for are left out.
//!
//! # Why a backup that dies leaves the one before
//!
//! A new backup writes rows into a folder of their own and adds blobs beside those that are there. Only `backup.json` says
//! which rows count. Once the new one is in its place, what only the old one needed is removed.
//!
//! # Why nothing in the folder leads out of it
//!
//! Paths are made of the names of our own tables, of a number and of keys of blobs, which are digits and a dot. No other
//! text of the folder becomes a path.

mod catalogue;
mod copy;
mod create;
mod error;
mod folder;
mod manifest;
mod restore;
mod tidy;
mod verify;

pub(crate) use self::create::{BackedUp, back_up};
pub(crate) use self::error::BackupError;
pub(crate) use self::folder::BackupFolder;
pub(crate) use self::restore::{Restored, restore};
pub(crate) use self::verify::verify;
