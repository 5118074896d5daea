//! Stored bytes.

mod cache;
mod digest;
mod disk;
mod folders;
mod hot;
mod local;
mod marker;
mod patient;
mod pieces;
#[cfg(test)]
mod power_cut;
mod remote;
mod staging;

pub use self::hot::HotBlobs;
pub use self::local::LocalBlobs;
pub use self::marker::Marker;
pub use self::patient::PatientBlobs;
pub use self::remote::{
    InvalidCredentials, InvalidS3Location, Patience, ProbeError, RemoteBlobs, RemoteOptions,
    RemoteStore, S3Location,
};
