//! Stored bytes.

mod digest;
mod disk;
mod folders;
mod local;
mod staging;

pub use self::local::LocalBlobs;
