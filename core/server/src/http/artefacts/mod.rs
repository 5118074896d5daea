//! Everything below `/api/v1/artefacts`.
//!
//! Paths are read by [`resource`], because what a segment means depends on the formats that are there; what is done then
//! is one file for each endpoint.

pub(super) mod delete;
pub(super) mod edit;
pub(super) mod get;
pub(super) mod list;
pub(super) mod publish;
pub(super) mod put;
mod resource;
mod route;

pub(super) use self::route::{is_below, route};
