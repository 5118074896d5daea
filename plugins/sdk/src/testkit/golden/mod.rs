//! Golden uploads: a folder for each, with the file, what the publisher said, and what the format should answer.

mod diff;
mod expected;
mod folder;
mod said;

pub(super) use self::diff::difference;
pub(super) use self::expected::Golden;
pub(super) use self::folder::read_folder;
