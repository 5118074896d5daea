//! Comparing everything that is stored with what it should be, beside servers that go on working.
//!
//! # Why nothing false is reported
//!
//! What looks wrong is looked at again, in an order that leaves one explanation. Of a blob the bytes are read first and
//! its row is read after that: bytes are there before a file uses them, and deleted only after the row was marked as
//! dying, for good. So where the row is alive and used, the bytes that were not there have been lost. An artefact is
//! looked at again under its lock. A mark is read in one statement with the use that it tells of.
//!
//! # What a repair does
//!
//! It adds and repoints, it never deletes. Lost bytes are taken from another blob of the same digest, or copied from a
//! backup and stored under a fresh key, as a publish would; the blob that had them is then unused and left to the sweep.
//! Whatever follows from something else is worked out anew. Everything is recorded in the audit trail.

mod artefacts;
mod blobs;
mod bytes;
mod finding;
mod job;
mod orphans;
mod repair;

pub use self::bytes::read_blob;
pub use self::finding::{Fault, Finding, Repair};
pub use self::job::{CheckError, Checked, Checking, Watcher, check};
