//! Documents that somebody can check, a line for each thing that they say.
//!
//! | line | what it says |
//! |---|---|
//! | `pin NAME VERSION INTEGRITY [SOURCE]` | a lockfile: this version, with these bytes |
//! | `local PATH` | a lockfile: something of this machine |
//! | `signed NAME VERSION INTEGRITY TIME KEY SIGNATURE` | the registry: it has signed `NAME@VERSION:INTEGRITY` |
//! | `KEY PUBLIC-KEY EXPIRES` behind `ok N keys` | the registry: one of its keys, `-` if it does not expire |

use std::fmt::Write as _;

use cellier_sdk::{
    Digest, Document, Failure, Finding, Hold, Pin, ReadAt, Registry, Rejection, Response,
    Signature, SigningKey, Statement,
};

use crate::lines::{line_at, quote};

/// Where the registry lists its keys.
pub(crate) const KEYS: &str = "-/signing-keys";

/// Where it tells what it has signed of an artefact.
pub(crate) const SIGNED: &str = "-/signed/{name}";

/// Most lines that are read.
const MOST: usize = 10_000;

/// Everything that the registry says of the versions of an artefact, signed.
pub(crate) fn signed(name: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    let artefact = registry.artefact(name)?.ok_or(Failure::NotFound)?;
    let mut text = String::new();
    let mut after = None;
    loop {
        let page = registry.versions(&artefact.name, after.as_deref())?;
        for version in &page.items {
            let integrity = version
                .files
                .first()
                .and_then(|file| file.integrity.first());
            let Some(integrity) = integrity else {
                continue;
            };
            let said = format!("{}@{}:{integrity}", artefact.name, version.version);
            let Some(signed) = registry.sign(&said)? else {
                continue;
            };
            let _ = writeln!(
                text,
                "signed {} {} {integrity} {} {} {}",
                artefact.name,
                version.version,
                version.published_at,
                signed.key_id,
                signed.signature
            );
        }
        after = page.next;
        if after.is_none() {
            return Ok(Response::text(200, &text).hold(Hold::UntilArtefactChanges));
        }
    }
}

/// Reads a document.
pub(crate) fn read(content: &dyn ReadAt) -> Result<Document, Rejection> {
    let mut document = Document::default();
    let mut offset = 0;
    for _ in 0..MOST {
        let Some((line, next)) = line_at(content, offset)? else {
            break;
        };
        offset = next;
        let words: Vec<_> = line.split(' ').collect();
        if !read_line(&words, &mut document) {
            let message = format!("the line {} says nothing that can be checked", quote(&line));
            let finding = Finding::error("ECHO030", message);
            return Err(Rejection::not_this_format(
                finding.fix("write a line like: pin season spring sha256-…"),
            ));
        }
    }
    Ok(document)
}

fn read_line(words: &[&str], document: &mut Document) -> bool {
    let digests = |text: &str| Digest::from_integrity(text).ok().into_iter().collect();
    match words {
        ["ok", _, "keys"] => {}
        ["pin", name, version, integrity, source @ ..] => document.pins.push(Pin {
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            digests: digests(integrity),
            source: source.first().map(|source| (*source).to_owned()),
        }),
        ["local", path] => document.local.push((*path).to_owned()),
        ["signed", name, version, integrity, time, key, signature] => {
            document.statements.push(Statement {
                name: (*name).to_owned(),
                version: (*version).to_owned(),
                digests: digests(integrity),
                text: format!("{name}@{version}:{integrity}"),
                signatures: vec![Signature {
                    key_id: (*key).to_owned(),
                    signature: (*signature).to_owned(),
                }],
                published_at: Some((*time).to_owned()),
            });
        }
        [key_id, public_key, expires] if key_id.starts_with("SHA256:") => {
            document.keys.push(SigningKey {
                key_id: (*key_id).to_owned(),
                public_key: (*public_key).to_owned(),
                expires: Some((*expires).to_owned()).filter(|expires| expires != "-"),
            })
        }
        _ => return false,
    }
    true
}
