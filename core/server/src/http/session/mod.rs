//! The session that a request comes with.

pub(super) mod create;
pub(super) mod end;
pub(super) mod get;
