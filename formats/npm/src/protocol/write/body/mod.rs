//! The document that a client sends when it publishes, deprecates, unpublishes or names owners.
//!
//! It may have hundreds of megabytes: the tarball is inside, in base64. So it is never held. `scanner` walks the JSON once,
//! piece by piece, and notes where things are; what is small is read then and there, and strictly: no key stands twice, no
//! key is `__proto__`, nothing is nested without end. What programs would read differently is refused.

mod attachments;
mod base64;
mod document;
mod manifest;
mod scanner;
mod small;
mod trouble;
mod values;

pub(super) use self::attachments::{Attachment, Data};
pub(super) use self::document::{Document, VersionPart};
pub(super) use self::manifest::Claimed;
pub(super) use self::small::{object, text};
pub(super) use self::trouble::Trouble;

/// Most bytes of a part of the document that is held as a value.
pub(super) const LARGEST_PART: u64 = 1 << 20;

/// Most bytes of a key, and of a text that is a name of something.
pub(super) const LONGEST_WORD: usize = 512;

/// Most members of one object of the document.
pub(super) const MOST_MEMBERS: usize = 50_000;
