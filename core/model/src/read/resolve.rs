//! From a selector to a version.

use std::sync::Arc;

use cellier_sdk::{OrderKey, Version, Versioning};
use semver::VersionReq;

use crate::ports::{CatalogError, ReleaseQuery};
use crate::read::bounds::Bounds;
use crate::read::{InvalidSelector, Selector};
use crate::{Artefact, Context, Release, Tag, VersionRecord};

/// How many versions are looked at together while one is sought that fulfils a range.
const PAGE: u32 = 100;

/// Finds the version of an artefact that a selector means, with the details of its files.
pub async fn resolve(
    context: &Context,
    artefact: &Artefact,
    selector: &str,
) -> Result<Release, ResolveError> {
    let version = version_of(context, artefact, selector).await?;
    let release = context
        .catalog
        .release(artefact.id, version.as_str())
        .await?;
    release.ok_or(ResolveError::NoMatch)
}

/// The same with the details left empty, which is all that a download needs.
pub async fn resolve_briefly(
    context: &Context,
    artefact: &Artefact,
    selector: &str,
) -> Result<Arc<Release>, ResolveError> {
    let version = version_of(context, artefact, selector).await?;
    let release = context
        .catalog
        .brief_release(artefact.id, version.as_str())
        .await?;
    release.ok_or(ResolveError::NoMatch)
}

async fn version_of(
    context: &Context,
    artefact: &Artefact,
    selector: &str,
) -> Result<Version, ResolveError> {
    let versioning = versioning_of(context, artefact);
    let version = match Selector::parse(selector, versioning)? {
        Selector::Exact(version) => Some(version),
        Selector::Line(numbers) => {
            newest_of_line(context, artefact, OrderKey::of_line(&numbers)).await?
        }
        Selector::Tag(tag) => tagged(context, artefact, &tag).await?,
        Selector::ExactOrTag(version, tag) => {
            let exact = context
                .catalog
                .brief_release(artefact.id, version.as_str())
                .await?;
            match exact {
                Some(release) => Some(release.version.version.clone()),
                None => tagged(context, artefact, &tag).await?,
            }
        }
        Selector::Range(requirements) => newest_within(context, artefact, &requirements).await?,
    };
    version.ok_or(ResolveError::NoMatch)
}

/// How the versions of an artefact are numbered; any text where its format is not there any more.
pub(crate) fn versioning_of(context: &Context, artefact: &Artefact) -> Versioning {
    let format = context.formats.get(artefact.format.as_str());
    format.map_or(Versioning::Opaque, |format| format.descriptor.versions())
}

async fn tagged(
    context: &Context,
    artefact: &Artefact,
    tag: &Tag,
) -> Result<Option<Version>, CatalogError> {
    if tag.is_latest() {
        return Ok(artefact.latest.clone());
    }
    let tags = context.catalog.tags(artefact.id).await?;
    Ok(tags
        .into_iter()
        .find(|(name, _)| name == tag)
        .map(|(_, version)| version))
}

async fn newest_of_line(
    context: &Context,
    artefact: &Artefact,
    line: OrderKey,
) -> Result<Option<Version>, CatalogError> {
    let query = ReleaseQuery {
        artefact: artefact.id,
        line: Some(line),
        stable_only: true,
        without_yanked: true,
        from: None,
        below: None,
        limit: 1,
    };
    let page = context.catalog.releases(&query).await?;
    Ok(page
        .releases
        .into_iter()
        .next()
        .map(|release| release.version.version))
}

/// The newest version that fulfils one of the requirements: the newest of those that are the newest for each.
async fn newest_within(
    context: &Context,
    artefact: &Artefact,
    requirements: &[VersionReq],
) -> Result<Option<Version>, CatalogError> {
    let mut newest: Option<VersionRecord> = None;
    for requirement in requirements {
        let Some(found) = newest_that_fulfils(context, artefact, requirement).await? else {
            continue;
        };
        if newest
            .as_ref()
            .is_none_or(|newest| found.order > newest.order)
        {
            newest = Some(found);
        }
    }
    Ok(newest.map(|version| version.version))
}

/// Reads only where such versions stand in the order, so that a requirement that nothing fulfils costs no more than one
/// that something does.
async fn newest_that_fulfils(
    context: &Context,
    artefact: &Artefact,
    requirement: &VersionReq,
) -> Result<Option<VersionRecord>, CatalogError> {
    let Bounds {
        from,
        below,
        stable_only,
    } = Bounds::of(requirement);
    let mut query = ReleaseQuery {
        artefact: artefact.id,
        line: None,
        stable_only,
        without_yanked: true,
        from,
        below,
        limit: PAGE,
    };
    loop {
        let page = context.catalog.releases(&query).await?;
        query.below = page
            .releases
            .last()
            .map(|release| release.version.order.clone());
        let fulfils = |release: &Release| {
            semver::Version::parse(release.version.version.as_str())
                .is_ok_and(|version| requirement.matches(&version))
        };
        if let Some(release) = page.releases.into_iter().find(fulfils) {
            return Ok(Some(release.version));
        }
        if !page.more {
            return Ok(None);
        }
    }
}

/// Why a selector finds no version.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The selector cannot be read.
    #[error(transparent)]
    Invalid(#[from] InvalidSelector),
    /// It can, and nothing matches.
    #[error("no version matches")]
    NoMatch,
    /// The catalogue could not be asked.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}
