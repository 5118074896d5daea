//! A package with all its versions.

use std::io;
use std::ops::Range;

use cellier_sdk::{ArtefactView, Body, Failure, Hold, Registry, Request, Response, VersionView};
use serde_json::{Map, Value, json};

use super::dist::Dist;
use super::form::Form;
use super::json::Object;
use super::manifest::{self, Person};
use super::tags;
use crate::protocol::error::error;
use crate::protocol::route::Package;

/// Most bytes of the versions in an answer, which is made in memory.
const LARGEST: usize = 60 << 20;

/// What the package itself says by its newest version.
const OF_LATEST: [&str; 9] = [
    "description",
    "homepage",
    "keywords",
    "repository",
    "bugs",
    "license",
    "author",
    "contributors",
    "funding",
];

/// Answers with a packument in the form that the client asks for.
pub(super) fn serve(
    package: &Package<'_>,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let artefact = super::find(package, registry)?;
    let form = Form::of(request);
    let mut versions = Versions::default();
    if !versions.read(&artefact, form, &request.base_url, registry)? {
        return Ok(too_large(package));
    }
    let body = match form {
        Form::Full => full(&artefact, &versions)?,
        Form::Abbreviated => abbreviated(&artefact, &versions)?,
    };
    Ok(Response::new(200)
        .header("content-type", form.media_type())
        .header("vary", "accept")
        .body(Body::Bytes(body))
        .hold(Hold::UntilArtefactChanges))
}

fn full(artefact: &ArtefactView, versions: &Versions) -> io::Result<Vec<u8>> {
    let mut body = Vec::with_capacity(versions.size());
    let mut object = Object::open(&mut body);
    object.entry("_id", &artefact.name)?;
    // A number and something behind it, as CouchDB had it. Clients give it back, and no more of it counts than the number.
    object.entry("_rev", &format_args!("{}-cellier", artefact.revision))?;
    object.entry("name", &artefact.name)?;
    versions.write_tags(&mut object, artefact)?;
    versions.write_all(&mut object)?;
    versions.write_times(&mut object, artefact)?;
    let owners: Vec<_> = artefact
        .owners
        .iter()
        .map(|owner| Person::named(owner))
        .collect();
    object.entry("maintainers", &owners)?;
    let latest = versions.latest.as_ref();
    let own = latest.and_then(manifest::manifest);
    for key in OF_LATEST {
        object.optional(key, own.and_then(|own| own.get(key)))?;
    }
    let readme = latest.and_then(|latest| latest.metadata.get("readme"));
    object.entry("readme", readme.unwrap_or(&Value::from("")))?;
    for nothing in ["users", "_attachments"] {
        object.entry(nothing, &Map::new())?;
    }
    object.close();
    Ok(body)
}

fn abbreviated(artefact: &ArtefactView, versions: &Versions) -> io::Result<Vec<u8>> {
    let mut body = Vec::with_capacity(versions.size());
    let mut object = Object::open(&mut body);
    object.entry("name", &artefact.name)?;
    object.entry("modified", &artefact.updated_at)?;
    versions.write_tags(&mut object, artefact)?;
    versions.write_all(&mut object)?;
    versions.write_times(&mut object, artefact)?;
    object.close();
    Ok(body)
}

fn too_large(package: &Package<'_>) -> Response {
    let sentence = format!(
        "the versions of {package} come to more than {} MiB of JSON: ask for one version, or for the abbreviated form",
        LARGEST >> 20
    );
    error(413, &sentence)
}

/// All versions, written as they were read: newest first, page by page, so that no more than one page is held.
#[derive(Default)]
struct Versions {
    written: Vec<u8>,
    places: Vec<Place>,
    /// The version that `latest` names, or that stands in for it.
    latest: Option<VersionView>,
}

/// Where a version stands among what is written.
struct Place {
    version: String,
    published_at: String,
    bytes: Range<usize>,
}

impl Versions {
    /// Reads all of them; whether they fit into an answer.
    fn read(
        &mut self,
        artefact: &ArtefactView,
        form: Form,
        base_url: &str,
        registry: &dyn Registry,
    ) -> Result<bool, Failure> {
        let named = tags::named(artefact, tags::LATEST);
        let mut after = None;
        loop {
            let page = registry.versions(&artefact.name, after.as_deref())?;
            for version in page.items {
                self.add(&artefact.name, &version, form, base_url, registry)?;
                let is_latest = match named {
                    Some(named) => version.version.as_str() == named,
                    None => self.latest.is_none() && !version.yanked,
                };
                if is_latest {
                    self.latest = Some(version);
                }
                if self.written.len() > LARGEST {
                    return Ok(false);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(true);
            }
        }
    }

    fn add(
        &mut self,
        name: &str,
        version: &VersionView,
        form: Form,
        base_url: &str,
        registry: &dyn Registry,
    ) -> io::Result<()> {
        let Some(dist) = Dist::of(name, version, base_url, registry)? else {
            return Ok(());
        };
        let start = self.written.len();
        manifest::write(&mut self.written, name, version, &dist, form)?;
        self.places.push(Place {
            version: version.version.as_str().to_owned(),
            published_at: version.published_at.clone(),
            bytes: start..self.written.len(),
        });
        Ok(())
    }

    /// About how many bytes the whole answer has.
    fn size(&self) -> usize {
        self.written.len() + self.places.len() * 100 + (128 << 10)
    }

    fn oldest_first(&self) -> impl Iterator<Item = &Place> {
        self.places.iter().rev()
    }

    /// The tags. One may be older than the list of versions, which was read after it: then its version may be gone.
    fn write_tags(&self, object: &mut Object<'_>, artefact: &ArtefactView) -> io::Result<()> {
        let latest = self.latest.as_ref();
        let latest = latest.map(|latest| latest.version.as_str());
        let mut written = object.object("dist-tags")?;
        for (tag, version) in tags::all(artefact, latest) {
            if self.places.iter().any(|place| place.version == version) {
                written.entry(tag, version)?;
            }
        }
        written.close();
        Ok(())
    }

    fn write_all(&self, object: &mut Object<'_>) -> io::Result<()> {
        let mut versions = object.object("versions")?;
        for place in self.oldest_first() {
            versions.written(&place.version, &self.written[place.bytes.clone()])?;
        }
        versions.close();
        Ok(())
    }

    /// When everything happened. Clients that wait until a version has been there for a while read it in both forms.
    fn write_times(&self, object: &mut Object<'_>, artefact: &ArtefactView) -> io::Result<()> {
        let mut times = object.object("time")?;
        times.entry("created", &artefact.created_at)?;
        times.entry("modified", &artefact.updated_at)?;
        for place in self.oldest_first() {
            times.entry(&place.version, &place.published_at)?;
        }
        if self.places.is_empty() {
            let unpublished = json!({ "time": artefact.updated_at, "versions": [] });
            times.entry("unpublished", &unpublished)?;
        }
        times.close();
        Ok(())
    }
}
