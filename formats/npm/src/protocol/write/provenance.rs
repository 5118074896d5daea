//! Where and how a package was built, as a CI job has signed it: a Sigstore bundle with an in-toto statement.
//!
//! The statement names the tarball by its digest. That it is about this very tarball is checked here; who signed it is
//! checked by whoever trusts the signer, as `npm audit signatures` does.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cellier_sdk::{Digest, DigestAlgorithm, Failure, Finding, ReadAt, ReadAtExt as _};
use serde_json::{Value, json};

use super::super::route::Package;
use super::body::{Attachment, Data, Document};
use super::publish::{is_named, refused};
use crate::manifest::json::parse as parse_strictly;
use crate::{codes, text};

/// What the name of a bundle ends in.
const BUNDLE: &str = ".sigstore";

/// What the media type of a bundle starts with; its version follows.
const BUNDLE_TYPE: &str = "application/vnd.dev.sigstore.bundle";

/// The type of the signed statement.
const STATEMENT_TYPE: &str = "application/vnd.in-toto+json";

/// Most bytes of a bundle; real ones have about ten thousand.
const LARGEST_BUNDLE: u64 = 256 * 1024;

/// A provenance that is about a tarball.
pub(super) struct Provenance {
    /// The digest of the tarball that it is about.
    pub(super) subject: Digest,
    /// What is kept and served of it.
    pub(super) attestation: Value,
}

/// Whether an attachment is a provenance.
pub(super) fn is_bundle(attachment: &Attachment) -> bool {
    matches!(attachment.data, Some(Data::Text(_)))
}

/// The provenance among the attachments, if there is one. It is about the version of this package, and about the tarball
/// of these digests as far as they were said.
pub(super) fn find(
    document: &Document,
    of: (&Package<'_>, &str, &[Digest]),
    body: &dyn ReadAt,
) -> Result<Option<Provenance>, Failure> {
    let mut bundles = document.attached().filter(|one| is_bundle(one));
    let Some(attachment) = bundles.next() else {
        return Ok(None);
    };
    if bundles.next().is_some() {
        return Err(refused(wrong("there are two of them")));
    }
    let (package, version, _) = of;
    if !is_named(&attachment.name, package, version, BUNDLE) {
        let name = text::quote(&attachment.name);
        return Err(refused(wrong(&format!("it is called {name}"))));
    }
    let text = read(attachment, body)?;
    check(&text, attachment, of).map(Some).map_err(refused)
}

/// The text of an attachment that is a text.
fn read(attachment: &Attachment, body: &dyn ReadAt) -> Result<String, Failure> {
    let Some(Data::Text(range)) = &attachment.data else {
        return Err(refused(wrong("it has no bytes")));
    };
    let size = range.end - range.start;
    let length = usize::try_from(size).ok();
    let length = length.filter(|_| size <= LARGEST_BUNDLE).ok_or_else(|| {
        let problem = format!("it has {size} bytes, at most {LARGEST_BUNDLE} are kept");
        refused(wrong(&problem))
    })?;
    let quoted = body.read_range(range.start, length)?;
    serde_json::from_slice(&quoted).map_err(|_not_text| refused(wrong("it is not Unicode")))
}

fn check(
    text: &str,
    attachment: &Attachment,
    (package, version, digests): (&Package<'_>, &str, &[Digest]),
) -> Result<Provenance, Finding> {
    // Clients count as JavaScript does.
    let length = text.encode_utf16().count() as u64;
    if attachment.length.is_some_and(|said| said != length) {
        let message =
            format!("the provenance has {length} characters, the request says another number");
        return Err(codes::ATTACHMENT_LENGTH.error(message));
    }
    let bundle = parse(text.as_bytes(), "the bundle")?;
    let media_type = bundle["mediaType"].as_str().unwrap_or_default();
    let is_other = |said: &String| said != media_type;
    if !media_type.starts_with(BUNDLE_TYPE)
        || attachment.content_type.as_ref().is_some_and(is_other)
    {
        return Err(wrong(
            "it is not a Sigstore bundle of the media type that was said",
        ));
    }
    let envelope = &bundle["dsseEnvelope"];
    if envelope["payloadType"] != STATEMENT_TYPE {
        return Err(wrong("the bundle holds no in-toto statement"));
    }
    let payload = envelope["payload"].as_str().unwrap_or_default();
    let payload = STANDARD.decode(payload).unwrap_or_default();
    let statement = parse(&payload, "the statement")?;
    let subject = subject(&statement, package, version)?;
    let same_algorithm = |digest: &&Digest| digest.algorithm() == subject.algorithm();
    if digests
        .iter()
        .find(same_algorithm)
        .is_some_and(|said| *said != subject)
    {
        return Err(wrong("it is about a tarball of another digest"));
    }
    let predicate_type = statement["predicateType"].as_str();
    let predicate_type =
        predicate_type.ok_or_else(|| wrong("the statement does not say of which type it is"))?;
    Ok(Provenance {
        subject,
        attestation: json!({ "predicateType": predicate_type, "bundle": bundle }),
    })
}

/// The SHA-512 of the one thing that a statement is about, if that is this version of this package.
fn subject(statement: &Value, package: &Package<'_>, version: &str) -> Result<Digest, Finding> {
    let subjects = statement["subject"].as_array().map(Vec::as_slice);
    let Some([subject]) = subjects else {
        return Err(wrong("the statement is not about exactly one thing"));
    };
    let expected = format!(
        "pkg:npm/{}@{version}",
        package.name().replacen('@', "%40", 1)
    );
    if subject["name"] != expected.as_str() {
        let found = subject["name"].as_str().unwrap_or_default();
        let problem = format!(
            "the statement is about {} and not {expected}",
            text::quote(found)
        );
        return Err(wrong(&problem));
    }
    let sha512 = subject["digest"]["sha512"].as_str().unwrap_or_default();
    Digest::from_hex(DigestAlgorithm::Sha512, sha512)
        .map_err(|_not_a_digest| wrong("the statement has no SHA-512 of the tarball"))
}

fn parse(text: &[u8], what: &str) -> Result<Value, Finding> {
    match parse_strictly(text) {
        Ok((value, mistakes)) if mistakes.is_empty() => Ok(value),
        _ => Err(wrong(&format!(
            "{what} is not JSON that every program reads alike"
        ))),
    }
}

fn wrong(problem: &str) -> Finding {
    codes::PROVENANCE.error(format!("the provenance cannot be kept: {problem}"))
}
