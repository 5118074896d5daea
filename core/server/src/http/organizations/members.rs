//! `/api/v1/organizations/{name}/members`

pub(crate) mod list;
pub(crate) mod put;
pub(crate) mod remove;
