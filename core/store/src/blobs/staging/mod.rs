//! Staging: bytes on their way in, on local disk and invisible.

mod folder;
mod lane;
mod upload;
mod writing;

pub(super) use self::folder::{StagingFolder, digest_staged};
#[cfg(test)]
pub(super) use self::upload::StagedFile;
