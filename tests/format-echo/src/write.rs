//! Writes: what they mean.

use cellier_sdk::{
    Change, Failure, Finding, Method, NewFile, Payload, ReadAt, Registry, Request, Translation,
};
use serde_json::{Map, json};

use crate::lines::line_at;
use crate::read::ok;
use crate::{bundle, changes, people};

/// Most lines of comment before a body.
const MOST_COMMENTS: usize = 10;

/// Most bytes whose words are counted.
const COUNTED: usize = 1 << 20;

pub(crate) fn translate(
    request: &Request,
    body: &dyn ReadAt,
    registry: &dyn Registry,
) -> Result<Translation, Failure> {
    match (request.method, request.segments().as_slice()) {
        (Method::Post, ["-", "count"]) => count(body),
        (Method::Post, ["-", "people"]) => people::read(body).map(Translation::Changes),
        (Method::Post, ["-", "changes"]) => changes::read(body).map(Translation::Changes),
        (_, ["-", ..]) => Err(Failure::NotFound),
        (Method::Put, [name, version, file]) => {
            let change = put(request, body, [name, version, file])?;
            Ok(Translation::Changes(expecting(request, name, change)))
        }
        (Method::Post, [name]) => {
            let change = bundle::read(name, body)?;
            Ok(Translation::Changes(expecting(request, name, change)))
        }
        (Method::Delete, [name, version]) => Ok(Translation::Changes(vec![Change::Unpublish {
            name: (*name).to_owned(),
            version: Some((*version).to_owned()),
        }])),
        (_, [_]) => Err(Failure::MethodNotAllowed("GET, POST".to_owned())),
        (_, [name, ..]) if registry.artefact(name)?.is_none() => Err(Failure::NotFound),
        (_, [_, ..]) => Err(Failure::MethodNotAllowed("GET, PUT, DELETE".to_owned())),
        _ => Err(Failure::MethodNotAllowed("GET".to_owned())),
    }
}

/// A POST that only reads.
fn count(body: &dyn ReadAt) -> Result<Translation, Failure> {
    use cellier_sdk::ReadAtExt as _;
    let text = body.read_head(COUNTED)?;
    let words = String::from_utf8_lossy(&text).split_whitespace().count();
    Ok(Translation::Answer(Box::new(ok(&format!("{words} words")))))
}

/// A publish that may happen only if the artefact still has the revision that the client saw, where it says one. The order
/// makes no difference.
fn expecting(request: &Request, name: &str, publish: Change) -> Vec<Change> {
    let seen = request.parameter("seen");
    let expect = seen.and_then(|seen| seen.parse().ok());
    let expect = expect.map(|revision| Change::Expect {
        name: name.to_owned(),
        revision,
    });
    std::iter::once(publish).chain(expect).collect()
}

/// The body is the file, but for the lines of comment before it.
fn put(
    request: &Request,
    body: &dyn ReadAt,
    [name, version, file]: [&str; 3],
) -> Result<Change, Failure> {
    let start = behind_comments(body)?;
    if start == body.size() {
        let nothing = Finding::error("ECHO020", "the body is empty, or nothing but comment");
        return Err(Failure::Invalid(vec![
            nothing.fix("send the file as the body"),
        ]));
    }
    if !cellier_sdk::is_safe_file_name(file) {
        return Err(Failure::BadRequest(
            "the last part of the path is not a file name".to_owned(),
        ));
    }
    let tags = request.query.iter().filter(|(key, _)| key == "tag");
    Ok(Change::Publish {
        name: name.to_owned(),
        version: Some(version.to_owned()),
        files: vec![NewFile {
            name: file.to_owned(),
            variant: request.parameter("variant").map(str::to_owned),
            payload: Payload::Raw(start..body.size()),
            expected: Vec::new(),
            metadata: Map::from_iter([("way".to_owned(), json!("put"))]),
            claims: Map::new(),
        }],
        tags: tags.map(|(_, tag)| tag.clone()).collect(),
    })
}

fn behind_comments(body: &dyn ReadAt) -> Result<u64, Failure> {
    let mut offset = 0;
    for _ in 0..MOST_COMMENTS {
        match line_at(body, offset)? {
            Some((line, next)) if line.starts_with('#') => offset = next,
            _ => return Ok(offset),
        }
    }
    Err(Failure::BadRequest(format!(
        "more than {MOST_COMMENTS} lines of comment"
    )))
}
