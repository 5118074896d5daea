//! Stored bytes.

mod digest;
mod folders;
mod local;
mod patient;
#[cfg(test)]
mod power_cut;
mod staging;

pub use self::local::LocalBlobs;
pub use self::patient::PatientBlobs;
