//! Stored bytes.

mod digest;
mod local;
mod staging;

pub use self::local::LocalBlobs;
