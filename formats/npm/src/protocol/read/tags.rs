//! The tags of a package.

use std::io;

use cellier_sdk::{ArtefactView, Failure, Hold, Registry, Response};
use serde::{Serialize, Serializer};

use super::{find, json};
use crate::protocol::route::Package;

/// The tag that clients install by where nobody says another.
pub(super) const LATEST: &str = "latest";

/// Answers with all tags.
pub(super) fn serve(package: &Package<'_>, registry: &dyn Registry) -> Result<Response, Failure> {
    let artefact = find(package, registry)?;
    let stand_in = match named(&artefact, LATEST) {
        Some(_) => None,
        None => newest(&artefact.name, registry)?,
    };
    let mut tags = Tags::of(&artefact);
    tags.stand_in = stand_in.as_deref();
    let mut body = Vec::new();
    serde_json::to_writer(&mut body, &tags).map_err(io::Error::from)?;
    Ok(json::response(body).hold(Hold::UntilArtefactChanges))
}

/// The version that a tag names.
pub(super) fn named<'a>(artefact: &'a ArtefactView, tag: &str) -> Option<&'a str> {
    let mut tags = artefact.tags.iter();
    let (_, version) = tags.find(|(name, _)| name == tag)?;
    Some(version.as_str())
}

/// The newest version that is not yanked. Clients know no package without `latest`, and one that has nothing but
/// prereleases has no such tag here.
pub(super) fn newest(name: &str, registry: &dyn Registry) -> io::Result<Option<String>> {
    let mut after = None;
    loop {
        let page = registry.versions(name, after.as_deref())?;
        let newest = page.items.into_iter().find(|version| !version.yanked);
        if let Some(newest) = newest {
            return Ok(Some(newest.version.into()));
        }
        after = page.next;
        if after.is_none() {
            return Ok(None);
        }
    }
}

/// All tags of a package, as an object of tag and version.
pub(super) struct Tags<'a> {
    artefact: &'a ArtefactView,
    /// What stands in for `latest` where there is none.
    pub(super) stand_in: Option<&'a str>,
    /// Which versions there are, if that is known: a tag may be older than a list of versions that was read after it.
    pub(super) known: Option<&'a dyn Fn(&str) -> bool>,
}

impl<'a> Tags<'a> {
    /// Those of this package.
    pub(super) fn of(artefact: &'a ArtefactView) -> Self {
        Self {
            artefact,
            stand_in: None,
            known: None,
        }
    }
}

impl Serialize for Tags<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tags = self.artefact.tags.iter();
        let tags = tags.map(|(tag, version)| (tag.as_str(), version.as_str()));
        let is_there = |(_, version): &(&str, &str)| self.known.is_none_or(|known| known(version));
        let has_latest = named(self.artefact, LATEST).is_some();
        let stand_in = self.stand_in.filter(|_| !has_latest);
        let stand_in = stand_in.map(|version| (LATEST, version));
        serializer.collect_map(stand_in.into_iter().chain(tags.filter(is_there)))
    }
}
