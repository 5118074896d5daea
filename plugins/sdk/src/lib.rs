//! The format contract of Cellier: everything a format plugin sees of the registry, and nothing else.
//!
//! A *format* teaches the registry one kind of artefact: how to recognise an upload, what is wrong with it, which
//! metadata it carries and, if its ecosystem has a protocol of its own, how to speak it. The registry does the rest:
//! authentication, access, digests, storage, transactions, immutability, retention, audit, ranges and caching.
//!
//! A whole, working format:
//!
//! ```
//! use cellier_sdk::{
//!     Claim, Descriptor, Finding, Format, Inspection, ReadAt, ReadAtExt, Rejection, Upload, Versioning,
//! };
//!
//! /// Colour palettes: a line `PALETTE`, then one `#rrggbb` a line.
//! struct Palette;
//!
//! impl Format for Palette {
//!     fn describe(&self) -> Descriptor {
//!         Descriptor::new("palette", "1.0.0")
//!             .title("en", "Colour palette")
//!             .versioning(Versioning::Revisions)
//!             .category("palette")
//!             .claim(Claim::extension("palette"))
//!             .claim(Claim::magic(0, b"PALETTE\n"))
//!     }
//!
//!     fn inspect(&self, _upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
//!         let head = content.read_head(64 * 1024)?;
//!         let Some(colours) = head.strip_prefix(b"PALETTE\n") else {
//!             return Err(Rejection::not_this_format(
//!                 Finding::error("PAL001", "the file does not start with the line PALETTE")
//!                     .fix("write PALETTE as the first line"),
//!             ));
//!         };
//!         let count = colours.split(|byte| *byte == b'\n').filter(|line| line.starts_with(b"#")).count();
//!         if count == 0 {
//!             return Err(Rejection::invalid([Finding::error("PAL002", "the palette has no colour")
//!                 .fix("add at least one line like #ffcc00")]));
//!         }
//!         Ok(Inspection::new().media_type("text/plain").metadata("colours", count))
//!     }
//! }
//!
//! cellier_sdk::export_format!(Palette);
//!
//! # fn main() {
//! let ours = cellier_sdk::built_in_formats().unwrap();
//! assert_eq!(ours[0].describe().id(), "palette");
//!
//! let upload = Upload::new("sunset");
//! let inspection = ours[0].inspect(&upload, &b"PALETTE\n#ffcc00\n".to_vec()).unwrap();
//! assert_eq!(inspection.metadata["colours"], 1);
//! # }
//! ```
//!
//! # The rules of the contract
//!
//! * A format is called on a blocking thread with its input already staged; it never waits for a client and it may be
//!   called from many threads at once.
//! * Content is read by random access through [`ReadAt`]; a format must not hold a whole file in memory.
//! * The same input gives the same answer: no clock, no randomness, no network.
//! * A format says what it found ([`Inspection`]) or what is wrong ([`Rejection`], all findings at once). It never
//!   decides who may do what and never performs a [`Change`] itself.
//!
//! The conformance kit (`testkit`, a cargo feature) examines all of that in one line of a format's tests.

mod built_in;
mod change;
mod content;
mod descriptor;
mod digest;
mod document;
mod file_name;
mod finding;
mod format;
mod inspection;
mod localized;
mod media_type;
mod name;
mod registry;
mod request;
mod response;
mod settings;
mod upload;
mod version;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use self::built_in::{BuiltIn, DuplicateFormat, built_in_formats};
pub use self::change::{Change, NewFile, Outcome, Payload, Performed, Refusal, Translation};
pub use self::content::{ContentReader, ReadAt, ReadAtExt};
pub use self::descriptor::{
    Claim, Descriptor, InvalidDescriptor, Limits, Retention, Versioning, is_identifier,
};
pub use self::digest::{Digest, DigestAlgorithm, InvalidDigest, InvalidIntegrity, Sha256};
pub use self::document::{Document, DocumentPaths, Pin, Statement};
pub use self::file_name::is_safe_file_name;
pub use self::finding::{Finding, Rejection, Severity};
pub use self::format::{Failure, Format};
pub use self::inspection::{Dependency, Inspection};
pub use self::localized::{InvalidLocalized, LanguageTag, LocalizedText};
pub use self::media_type::{InvalidMediaType, MediaType};
pub use self::name::{InvalidName, Name, Naming};
pub use self::registry::{
    ArtefactView, Caller, FileView, Found, Page, Registry, Signature, SigningKey, TokenView,
    VersionView, WebLogin,
};
pub use self::request::{Method, Request};
pub use self::response::{Body, Hold, Response};
pub use self::settings::{InvalidSetting, Setting, Settings};
pub use self::upload::Upload;
pub use self::version::{InvalidVersion, OrderKey, Version};

#[doc(hidden)]
pub use inventory;
