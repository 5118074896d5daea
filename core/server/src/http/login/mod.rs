//! The page on which somebody signs in on behalf of a program that has no browser.

pub(super) mod complete;
mod page;
pub(super) mod show;
