//! Publishing: from a staged upload to a version that everybody may rely on.
//!
//! The walk: [`may_begin`] before a byte of the body is read; the bytes are staged; then [`publish`] chooses the format,
//! lets it inspect, decides once more with all that is known now, stores the blob durably and commits everything in one
//! transaction. What was acknowledged is never lost; what was not is whole or absent.

mod begin;
mod commit;
mod error;
mod inspect;
mod place;
mod prepare;
mod recognise;
mod request;
mod together;
mod walk;

pub use self::begin::{largest_upload, likely_digests, may_begin};
pub use self::error::{Conflict, PublishError};
pub use self::request::{Claims, Door, PublishRequest, Published};
pub use self::together::{Done, Step, perform};
pub use self::walk::publish;
