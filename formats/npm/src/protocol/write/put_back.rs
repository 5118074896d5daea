//! A package's versions as a client wants them: deprecated, no longer so, or gone.

use std::collections::BTreeMap;

use cellier_sdk::{Change, Failure, ReadAt, Registry, VersionView};

use super::super::read::deprecation as shown;
use super::super::route::Package;
use super::body::VersionPart;
use super::{found, revision};
use crate::{codes, text};

/// Most changes that the host performs at once.
const MOST_CHANGES: usize = 1000;

/// What a client has seen before it changed something.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// Which revision, if it says so.
    pub(super) revision: Option<u64>,
    /// Whether a version that it does not send is to go.
    pub(super) may_remove: bool,
}

/// Compares the versions that a client sends with those that are there.
pub(super) fn put_back(
    package: &Package<'_>,
    versions: &[VersionPart],
    seen: Seen,
    body: &dyn ReadAt,
    registry: &dyn Registry,
) -> Result<Vec<Change>, Failure> {
    let artefact = found(package, registry)?;
    let expect = seen.revision.map(|seen| revision::expect(package, seen));
    let mut changes: Vec<_> = expect.into_iter().collect();
    if seen.revision.is_some_and(|seen| seen != artefact.revision) {
        // It can only be refused: what the client wants is not to be told from what others have done since.
        return Ok(changes);
    }
    let wanted = versions
        .iter()
        .map(|part| (part.version.as_str(), &part.deprecation));
    let mut wanted: BTreeMap<_, _> = wanted.collect();
    let mut notices: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = registry.versions(package.name(), after.as_deref())?;
        for version in &page.items {
            match wanted.remove(version.version.as_str()) {
                Some(deprecation) => {
                    let notice = deprecation.read(body)?;
                    if is_news(version, notice.as_deref()) {
                        let versions = notices.entry(notice).or_default();
                        versions.push(version.version.to_string());
                    }
                }
                None if seen.may_remove => changes.push(unpublish(package, version)),
                None => {}
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if let Some(unknown) = wanted.keys().next() {
        let message = format!(
            "the version {} is not published, and no tarball of it is attached",
            text::quote(unknown)
        );
        return Err(Failure::Invalid(vec![codes::ATTACHMENT.error(message)]));
    }
    let deprecations = notices
        .into_iter()
        .map(|(message, versions)| Change::Deprecate {
            name: package.name().to_owned(),
            versions,
            message,
        });
    changes.extend(deprecations);
    if changes.len() > MOST_CHANGES {
        let message = format!(
            "this makes {} changes at once, at most {MOST_CHANGES} are made: name a smaller range of versions",
            changes.len()
        );
        return Err(Failure::BadRequest(message));
    }
    Ok(changes)
}

/// Whether a client wants something else to be told of a version than it was shown. A yanked version was shown as
/// deprecated: sent back like that, it stays as it is.
fn is_news(version: &VersionView, notice: Option<&str>) -> bool {
    notice != shown(version) && notice != version.deprecated.as_deref()
}

fn unpublish(package: &Package<'_>, version: &VersionView) -> Change {
    Change::Unpublish {
        name: package.name().to_owned(),
        version: Some(version.version.to_string()),
    }
}
