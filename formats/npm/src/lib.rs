//! The npm format: tarballs as `npm pack` makes them.
//!
//! A tarball is walked once, as a stream, from its first byte to its last, and never unpacked. Clients differ in how they
//! read an archive that is not quite one: which of two entries wins, what a second gzip member holds, whether a header's
//! size or its extension's counts. Whatever two of them could read differently is therefore refused, so that what this
//! registry shows of a package is what every client installs.
//!
//! * `gzip` inflates within limits, `tar` walks the headers, [`codes`] lists everything that may be found;
//! * `tarball` knows the rules of a package: one folder, unique safe paths, one manifest;
//! * `manifest` reads `package/package.json`, `metadata` words what is kept of it, `claims` compares it with what was said;
//! * `documents` reads what can be checked: lockfiles, packuments, keys;
//! * `protocol` speaks with npm, pnpm, yarn and bun.

mod claims;
pub mod codes;
mod documents;
mod findings;
mod gzip;
pub mod limits;
mod manifest;
mod metadata;
mod names;
mod protocol;
mod stop;
mod tar;
mod tarball;
mod text;

use cellier_sdk::{
    Claim, Descriptor, DigestAlgorithm, Document, Failure, Format, Inspection, Outcome, ReadAt,
    Registry, Rejection, Request, Response, Translation, Upload, Versioning,
};

use crate::findings::Findings;
use crate::limits::Limits;
use crate::stop::Stop;
use crate::tarball::Tarball;

/// The media type of a tarball.
const MEDIA_TYPE: &str = "application/gzip";

/// Below which path clients of npm's find their registry.
const MOUNT: &str = "npm";

/// The npm tarball format.
#[derive(Clone, Copy, Debug, Default)]
pub struct Npm;

impl Format for Npm {
    fn describe(&self) -> Descriptor {
        let descriptor = Descriptor::new("npm", env!("CARGO_PKG_VERSION"))
            .title("en", "npm package")
            .title("fr", "Paquet npm")
            .versioning(Versioning::Semver)
            .naming(names::naming())
            .category("processing")
            .category("catalog")
            .category("application")
            .category("other")
            .default_category("other")
            .claim(Claim::extension("tgz"))
            .claim(Claim::media_type(MEDIA_TYPE))
            .claim(Claim::magic(0, &gzip::MAGIC))
            .digest(DigestAlgorithm::Sha1)
            .digest(DigestAlgorithm::Sha512)
            .mount(MOUNT)
            // npm drops the path of the registry's URL there.
            .root_route("/-/npm/v1/oidc/*")
            .signs()
            .documents(documents::KEYS, documents::PACKUMENT)
            .limits(cellier_sdk::Limits::upload(limits::UNPACKED));
        Limits::settings()
            .into_iter()
            .fold(descriptor, Descriptor::setting)
    }

    fn inspect(&self, upload: &Upload, content: &dyn ReadAt) -> Result<Inspection, Rejection> {
        let limits = Limits::of(&upload.settings);
        let mut findings = Findings::default();
        let mut tarball = Tarball::default();
        match tarball.walk(content, limits, &mut findings) {
            Ok(()) if tarball.has_manifest() => {}
            Ok(()) => return Err(Rejection::not_this_format(tarball.without_manifest())),
            Err(Stop::Unreadable(error)) => return Err(Rejection::Unreadable(error)),
            Err(Stop::NotATarball(finding)) => return Err(Rejection::not_this_format(finding)),
            Err(Stop::Refused(finding)) if tarball.is_of_another_kind() => {
                return Err(Rejection::not_this_format(finding));
            }
            Err(Stop::Refused(finding)) => findings.push(finding),
        }
        let manifest = tarball
            .manifest()
            .and_then(|text| manifest::read(text, &mut findings));
        if let Some(manifest) = &manifest {
            claims::compare(&upload.claims, &manifest.whole, &mut findings);
        }
        let inspection =
            manifest.map(|manifest| metadata::inspection(manifest, tarball, &mut findings));
        findings.conclude(inspection.unwrap_or_default())
    }

    fn serve(&self, request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
        protocol::serve(request, registry)
    }

    fn translate(
        &self,
        request: &Request,
        body: &dyn ReadAt,
        registry: &dyn Registry,
    ) -> Result<Translation, Failure> {
        protocol::translate(request, body, registry)
    }

    fn respond(&self, request: &Request, outcome: &Outcome) -> Response {
        protocol::respond(request, outcome)
    }

    fn read_document(&self, document: &dyn ReadAt) -> Result<Document, Rejection> {
        documents::read(document)
    }
}

cellier_sdk::export_format!(Npm);
