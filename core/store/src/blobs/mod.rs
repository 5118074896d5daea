//! Stored bytes.

mod digest;
mod folders;
mod hot;
mod local;
mod staging;

pub use self::hot::HotBlobs;
pub use self::local::LocalBlobs;
