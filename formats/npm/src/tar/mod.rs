//! A strict walk through a tar archive: header by header, forwards only, refusing whatever programs read differently.
//!
//! Knows the POSIX ustar header with PAX extensions and the GNU long name; nothing of what a package is.

mod field;
mod header;
mod kind;
mod pax;
mod walker;

pub(crate) use self::kind::Kind;
pub(crate) use self::walker::{Entry, Walker};
