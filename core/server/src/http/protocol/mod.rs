//! Requests in the protocol of a format: `/{mount}/…`.
//!
//! The core routes, decides access and performs; the format words. What a format may know of a request is narrowed here,
//! and what it may answer.

mod answer;
mod handler;
mod perform;
mod refusal;
mod registry;
mod request;
mod route;
mod search;
mod shown;
mod stale;
mod token_view;

pub(super) use self::handler::handler;
