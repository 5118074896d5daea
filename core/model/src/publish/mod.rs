//! Publishing: from a staged upload to a version that everybody may rely on.
//!
//! The walk: [`may_begin`] before a byte of the body is read; the bytes are staged; then [`publish`] chooses the format,
//! lets it inspect, decides once more with all that is known now, stores the blob durably and commits everything in one
//! transaction. What was acknowledged is never lost; what was not is whole or absent.

mod authorise;
mod begin;
mod commit;
mod error;
mod expect;
mod file;
mod inspect;
mod place;
mod prepare;
mod recognise;
mod request;
mod store;
mod together;
mod upload;
mod walk;

pub use self::begin::{largest_upload, likely_digests, may_begin};
pub use self::error::{Conflict, PublishError};
pub use self::expect::Expected;
pub use self::request::{Claims, Door, PublishRequest, Published};
pub(crate) use self::store::store_noted;
pub use self::together::{Done, Step, perform};
pub use self::walk::publish;
