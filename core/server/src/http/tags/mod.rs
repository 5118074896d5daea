//! The tags of an artefact.

pub(super) mod list;
pub(super) mod remove;
pub(super) mod set;

use cellier_model::Tag;

use crate::http::problem::Problem;

fn parse(tag: &str) -> Result<Tag, Problem> {
    Tag::parse(tag).map_err(|error| Problem::bad_request("bad_tag", error.to_string()))
}
