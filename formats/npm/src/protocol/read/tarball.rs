//! The bytes of a version.

use cellier_sdk::{Failure, Hold, Registry, Response};

use super::dist;
use crate::protocol::route::Package;

/// Answers with a tarball, which the host streams. What a published version holds never changes.
pub(super) fn serve(
    package: &Package<'_>,
    file: &str,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let text = dist::version_in(package.name(), file).ok_or(Failure::NotFound)?;
    let version = registry.version(package.name(), text)?;
    let version = version.filter(|version| version.version.as_str() == text);
    let version = version.ok_or(Failure::NotFound)?;
    let tarball = dist::tarball(&version).ok_or(Failure::NotFound)?;
    Ok(Response::blob(tarball.sha256, &tarball.media_type).hold(Hold::Immutable))
}
