//! The sessions of people.

pub(super) mod end;
pub(super) mod list;
