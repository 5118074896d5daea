//! Stored bytes.

mod digest;
mod folders;
mod local;
mod staging;

pub use self::local::LocalBlobs;
