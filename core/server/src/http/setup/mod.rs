//! The page that a set-up link leads to: with it the first superadmin is made.

pub(super) mod complete;
mod page;
pub(super) mod show;
