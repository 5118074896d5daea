//! One version, by number, tag or range.

use cellier_sdk::{Failure, Hold, Registry, Request, Response};

use super::dist::Dist;
use super::form::Form;
use super::{find, json, manifest, tags};
use crate::protocol::error::error;
use crate::protocol::route::Package;

/// Answers with a version.
pub(super) fn serve(
    package: &Package<'_>,
    selector: &str,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let artefact = find(package, registry)?;
    let mut found = registry.version(&artefact.name, selector)?;
    if found.is_none()
        && selector == tags::LATEST
        && let Some(newest) = tags::newest(&artefact.name, registry)?
    {
        found = registry.version(&artefact.name, &newest)?;
    }
    let Some(version) = found else {
        return Ok(absent(package, selector));
    };
    let dist = Dist::of(&artefact.name, &version, &request.base_url, registry)?;
    let Some(dist) = dist else {
        return Ok(absent(package, selector));
    };
    let mut body = Vec::new();
    manifest::write(&mut body, &artefact.name, &version, &dist, Form::Full)?;
    Ok(json::response(body).hold(Hold::UntilArtefactChanges))
}

fn absent(package: &Package<'_>, selector: &str) -> Response {
    let shown = crate::text::quote(selector);
    let sentence = format!("{package} has no version {shown}: versions are listed at /{package}");
    error(404, &sentence).hold(Hold::UntilArtefactChanges)
}
