//! Publishing a version.

use cellier_sdk::{
    Change, Digest, Failure, Finding, NewFile, Payload, ReadAt, Version, is_safe_file_name,
};

use super::super::read::ATTESTATIONS;
use super::super::route::Package;
use super::body::{Attachment, Claimed, Data, Document, VersionPart};
use super::tags::LATEST;
use super::{digests, provenance};
use crate::{codes, text};

/// What the name of a tarball ends in.
const TARBALL: &str = ".tgz";

/// Says what is to be published. What the client says of the tarball is handed on to be compared with it: the host checks
/// its digests, this format's inspection its name, version and dependencies.
///
/// Whether the client wants everybody to see the package (`access`) is left to who may decide that, see `access`. Nor does
/// it matter which revision the client has seen: a version that is added takes nothing away.
pub(super) fn publish(
    package: &Package<'_>,
    document: &Document,
    body: &dyn ReadAt,
) -> Result<Change, Failure> {
    let part = one_version(document).map_err(refused)?;
    let version = part.version.as_str();
    let tarball = tarball(package, version, document).map_err(refused)?;
    let claimed = Claimed::read(body, part.manifest.clone())?;
    check_identity(package, version, &claimed).map_err(refused)?;
    let mut expected = digests::of(&claimed).map_err(refused)?;
    let tags = tags(document, version).map_err(refused)?;
    let of = (package, version, expected.as_slice());
    let provenance = provenance::find(document, of, body)?;
    let mut metadata = serde_json::Map::new();
    if let Some(provenance) = provenance {
        expected.push(provenance.subject);
        let attestations = vec![provenance.attestation].into();
        metadata.insert(ATTESTATIONS.to_owned(), attestations);
    }
    Ok(Change::Publish {
        name: package.name().to_owned(),
        version: Some(version.to_owned()),
        files: vec![NewFile {
            name: file_name(package, version).map_err(refused)?,
            variant: None,
            payload: tarball,
            expected: without_doubles(expected),
            metadata,
            claims: claimed.fields,
        }],
        tags,
    })
}

pub(super) fn refused(finding: Finding) -> Failure {
    Failure::Invalid(vec![finding])
}

fn one_version(document: &Document) -> Result<&VersionPart, Finding> {
    let versions = document.versions.as_deref().unwrap_or_default();
    let [part] = versions else {
        let message = format!("the body holds {} versions", versions.len());
        return Err(codes::NOT_ONE_VERSION.error(message));
    };
    match Version::semver(&part.version) {
        Ok(_) => Ok(part),
        Err(error) => Err(codes::INVALID_VERSION.error(error.to_string())),
    }
}

/// The one tarball among the attachments, under one of the names that clients give it.
fn tarball(package: &Package<'_>, version: &str, document: &Document) -> Result<Payload, Finding> {
    let is_other = |attachment: &&Attachment| !provenance::is_bundle(attachment);
    let mut tarballs = document.attached().filter(is_other);
    let (Some(tarball), None) = (tarballs.next(), tarballs.next()) else {
        let message = "the body does not have exactly one tarball among its attachments";
        return Err(codes::ATTACHMENT.error(message));
    };
    let name = text::quote(&tarball.name);
    if !is_named(&tarball.name, package, version, TARBALL) {
        let package = text::quote(package.name());
        let message =
            format!("the attachment {name} is not called like {package} in version {version}");
        return Err(codes::ATTACHMENT.error(message));
    }
    let Some(Data::Base64 { range, size }) = &tarball.data else {
        let message = format!("the attachment {name} has no bytes");
        return Err(codes::ATTACHMENT.error(message));
    };
    if let Some(said) = tarball.length.filter(|said| said != size) {
        let message =
            format!("the attachment {name} has {size} bytes, the request says {said} of it");
        return Err(codes::ATTACHMENT_LENGTH.error(message));
    }
    Ok(Payload::Base64(range.clone()))
}

/// Whether an attachment is called like the package and its version. Clients put the scope in front of that or leave it
/// out; nothing else is a name, and so nothing is ever a path.
pub(super) fn is_named(name: &str, package: &Package<'_>, version: &str, ending: &str) -> bool {
    let rest = name
        .strip_prefix(package.name())
        .or_else(|| name.strip_prefix(package.unscoped()));
    let rest = rest.and_then(|rest| rest.strip_prefix('-'));
    rest.and_then(|rest| rest.strip_suffix(ending)) == Some(version)
}

fn file_name(package: &Package<'_>, version: &str) -> Result<String, Finding> {
    let name = format!("{}-{version}{TARBALL}", package.unscoped());
    if is_safe_file_name(&name) {
        return Ok(name);
    }
    let message = format!("a tarball cannot be called {}", text::quote(&name));
    Err(codes::ATTACHMENT.error(message))
}

/// The manifest may name the package and the version again, and must not name others.
fn check_identity(package: &Package<'_>, version: &str, claimed: &Claimed) -> Result<(), Finding> {
    for (key, expected) in [("name", package.name()), ("version", version)] {
        let said = claimed.fields.get(key).and_then(serde_json::Value::as_str);
        if let Some(said) = said.filter(|said| *said != expected) {
            let message = format!(
                "the {key} in the manifest is {}, the request is about {}",
                text::quote(said),
                text::quote(expected)
            );
            return Err(codes::MANIFEST_DIFFERS.error(message));
        }
    }
    Ok(())
}

/// The tags that are to name the version, but for the one that moves by itself.
fn tags(document: &Document, version: &str) -> Result<Vec<String>, Finding> {
    for (tag, named) in &document.tags {
        if named != version {
            let message = format!(
                "the tag {} is to name {}, and {version} is published",
                text::quote(tag),
                text::quote(named)
            );
            return Err(codes::TAG_OF_OTHER_VERSION.error(message));
        }
    }
    let tags = document.tags.iter().map(|(tag, _)| tag);
    let by_hand = tags.filter(|tag| tag.as_str() != LATEST);
    Ok(by_hand.cloned().collect())
}

fn without_doubles(mut digests: Vec<Digest>) -> Vec<Digest> {
    digests.sort();
    digests.dedup();
    digests
}
