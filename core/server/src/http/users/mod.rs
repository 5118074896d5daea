//! Users.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod edit;
pub(super) mod get;
pub(super) mod list;
pub(super) mod password;
