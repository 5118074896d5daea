//! Several files in one body: lines that say what follows, and the bytes of each file behind its line.
//!
//! ```text
//! version spring
//! tag stable
//! file a.echo linux-arm64 raw 18
//! echo spring 2026
//! x
//! file b.echo - base64 32
//! ZWNobyBzcHJpbmcgMjAyNgpzb21ldGhpbmcK
//! ```

use cellier_sdk::{
    Change, Digest, DigestAlgorithm, Failure, NewFile, Payload, ReadAt, is_safe_file_name,
};
use serde_json::{Map, json};

use crate::lines::{line_at, quote};

/// Most lines of a bundle.
const MOST_LINES: usize = 200;

pub(crate) fn read(name: &str, body: &dyn ReadAt) -> Result<Change, Failure> {
    let mut version = None;
    let mut tags = Vec::new();
    let mut files = Vec::new();
    let mut offset = 0;
    for _ in 0..MOST_LINES {
        let Some((line, next)) = line_at(body, offset)? else {
            break;
        };
        offset = next;
        let words: Vec<_> = line.split(' ').collect();
        match words.as_slice() {
            ["version", text] => version = Some((*text).to_owned()),
            ["tag", tag] => tags.push((*tag).to_owned()),
            ["file", file, variant, encoding, size, digests @ ..] => {
                let (file, end) = new_file(
                    body.size(),
                    offset,
                    [file, variant, encoding, size],
                    digests,
                )
                .ok_or_else(|| malformed(&line))?;
                files.push(file);
                offset = end;
            }
            [""] => {}
            _ => return Err(malformed(&line)),
        }
    }
    if offset < body.size() || files.is_empty() {
        return Err(Failure::BadRequest(
            "the body is not a bundle of files".to_owned(),
        ));
    }
    Ok(Change::Publish {
        name: name.to_owned(),
        version,
        files,
        tags,
    })
}

/// The file whose bytes start at an offset of a body, and where they end.
fn new_file(
    body: u64,
    start: u64,
    [name, variant, encoding, size]: [&str; 4],
    digests: &[&str],
) -> Option<(NewFile, u64)> {
    let size: u64 = size.parse().ok()?;
    let end = start.checked_add(size).filter(|end| *end <= body)?;
    let payload = match encoding {
        "raw" => Payload::Raw(start..end),
        "base64" => Payload::Base64(start..end),
        _ => return None,
    };
    let expected = digests
        .iter()
        .map(|hex| Digest::from_hex(DigestAlgorithm::Sha256, hex).ok());
    let file = NewFile {
        name: Some(name.to_owned()).filter(|name| is_safe_file_name(name))?,
        variant: Some(variant.to_owned()).filter(|variant| variant != "-"),
        payload,
        expected: expected.collect::<Option<_>>()?,
        metadata: Map::from_iter([("way".to_owned(), json!("bundle"))]),
        claims: Map::new(),
    };
    Some((file, end))
}

fn malformed(line: &str) -> Failure {
    Failure::BadRequest(format!("the line {} cannot be read", quote(line)))
}
