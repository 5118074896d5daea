//! The versions of an artefact.

pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod restore;
pub(super) mod yank;
