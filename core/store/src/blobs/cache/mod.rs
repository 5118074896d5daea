//! Copies of whole blobs on local disk, for formats that need a file.

mod copy;
mod fill;
mod folder;

pub(super) use self::copy::LocalCopy;
pub(super) use self::fill::{CopyError, FileCache};
