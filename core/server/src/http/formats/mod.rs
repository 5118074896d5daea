//! The formats of this server.

pub(super) mod get;
pub(super) mod list;
