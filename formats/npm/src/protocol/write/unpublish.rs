//! Taking a package away, or the tarball of a version that was taken away before.

use cellier_sdk::{Change, Failure, Registry, Translation};

use super::super::route::Package;
use super::{as_it_is, changes, found, revision};

/// Takes a whole package away, if nobody has changed it since the client looked.
pub(super) fn whole(package: &Package<'_>, seen: &str) -> [Change; 2] {
    let unpublish = Change::Unpublish {
        name: package.name().to_owned(),
        version: None,
    };
    [revision::expect(package, revision::read(seen)), unpublish]
}

/// The last step of a client that takes one version away. The step before has taken version and tarball together, so
/// mostly there is nothing left to do.
pub(super) fn tarball(
    package: &Package<'_>,
    file: &str,
    seen: &str,
    registry: &dyn Registry,
) -> Result<Translation, Failure> {
    found(package, registry)?;
    let Some(version) = version_of(package, file) else {
        return Err(Failure::NotFound);
    };
    let Some(view) = registry.version(package.name(), version)? else {
        return Ok(as_it_is());
    };
    if view.version.as_str() != version {
        return Ok(as_it_is());
    }
    let unpublish = Change::Unpublish {
        name: package.name().to_owned(),
        version: Some(version.to_owned()),
    };
    let expect = revision::expect(package, revision::read(seen));
    Ok(changes([expect, unpublish]))
}

/// The version in the name of a tarball: `tool-1.0.0.tgz`.
fn version_of<'a>(package: &Package<'_>, file: &'a str) -> Option<&'a str> {
    let rest = file.strip_prefix(package.unscoped())?.strip_prefix('-')?;
    rest.strip_suffix(".tgz")
}
