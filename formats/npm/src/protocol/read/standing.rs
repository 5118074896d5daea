//! Who may see a package, and who owns it.

use cellier_sdk::{Failure, Hold, Registry, Response};
use serde_json::{Map, json};

use super::find;
use crate::protocol::route::Package;

/// Answers whether everybody may see it.
pub(super) fn visibility(
    package: &Package<'_>,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let artefact = find(package, registry)?;
    let answer = json!({ "public": artefact.public });
    Ok(Response::json(200, &answer).hold(Hold::UntilArtefactChanges))
}

/// Answers who may publish it: its owners, as far as the caller may know them. What the operator grants beyond that is
/// not told here.
pub(super) fn collaborators(
    package: &Package<'_>,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let artefact = find(package, registry)?;
    let owners = artefact.owners.into_iter();
    let answer: Map<_, _> = owners.map(|owner| (owner, "write".into())).collect();
    Ok(Response::json(200, &answer.into()).hold(Hold::UntilArtefactChanges))
}
