//! Requests in the protocol of a format: `/{mount}/…`.
//!
//! The core routes, decides access and performs; the format words. What a format may know of a request is narrowed here,
//! and what it may answer.

mod body;
mod coding;
mod cors;
mod exchange;
mod handler;
mod host_root;
mod memo;
mod perform;
mod ready;
mod refusal;
mod registry;
mod request;
mod route;
mod search;
mod shown;
mod stale;
mod tag;
mod token_view;
mod unpacked_body;

pub(crate) use self::cors::CrossOrigin;
pub(super) use self::handler::{answer_below_mount, at_host_root, is_below_mount};
pub(crate) use self::host_root::HostRoots;
pub(crate) use self::memo::Memo;
