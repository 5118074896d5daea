//! What a client means when it sends a document about a package.

use cellier_sdk::{Change, Failure, ReadAt, Registry, Translation};

use super::super::error::error;
use super::super::route::Package;
use super::body::Document;
use super::put_back::{self, Seen};
use super::{answer, changes, found, publish, revision};
use crate::{codes, text};

/// Says what a document means. `seen` is the revision in the path, where a client names one when it takes something away.
///
/// | it holds | it means |
/// |---|---|
/// | an attachment | publish |
/// | versions | deprecate, lift a deprecation; with a revision in the path also: unpublish the versions that it lacks |
/// | maintainers | say who owns the package |
/// | users | give it a star, or take that back |
pub(super) fn put(
    package: &Package<'_>,
    seen: Option<&str>,
    body: &dyn ReadAt,
    registry: &dyn Registry,
) -> Result<Translation, Failure> {
    let document = Document::read(body)?;
    check_names(package, &document)?;
    if document.attached().next().is_some() {
        return publish::publish(package, &document, body).map(|change| changes([change]));
    }
    let may_remove = seen.is_some();
    let seen = seen.or(document.revision.as_deref()).map(revision::read);
    if let Some(versions) = &document.versions {
        let seen = Seen {
            revision: seen,
            may_remove,
        };
        return put_back::put_back(package, versions, seen, body, registry).map(changes);
    }
    if let Some(owners) = document.owners {
        found(package, registry)?;
        let set_owners = Change::SetOwners {
            name: package.name().to_owned(),
            owners,
        };
        let expect = seen.map(|seen| revision::expect(package, seen));
        return Ok(changes(expect.into_iter().chain([set_owners])));
    }
    if document.has_stars {
        return Ok(answer(error(404, "this registry keeps no stars")));
    }
    let message = "the body holds no tarball, no versions and no maintainers";
    Err(Failure::Invalid(vec![codes::NOT_A_REQUEST.error(message)]))
}

fn check_names(package: &Package<'_>, document: &Document) -> Result<(), Failure> {
    let other = document.names.iter().find(|name| *name != package.name());
    let Some(other) = other else {
        return Ok(());
    };
    let message = format!(
        "the body is about {}, the path about {}",
        text::quote(other),
        text::quote(package.name())
    );
    Err(Failure::Invalid(vec![codes::OTHER_PACKAGE.error(message)]))
}
