//! Stored bytes.

mod digest;
mod folders;
mod local;
mod patient;
mod staging;

pub use self::local::LocalBlobs;
pub use self::patient::PatientBlobs;
