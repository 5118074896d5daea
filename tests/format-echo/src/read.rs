//! Reads: what is there, as lines, as JSON, or as bytes.

use std::fmt::Write as _;

use cellier_sdk::{
    Body, Failure, FileView, Hold, Method, Registry, Request, Response, VersionView,
};
use serde_json::json;

use crate::lines::one_line;
use crate::{documents, people, settings};

pub(crate) fn serve(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    if request.method != Method::Get {
        return Err(Failure::MethodNotAllowed("GET".to_owned()));
    }
    match request.segments().as_slice() {
        [] => list(request, registry),
        ["-", "echo", "ping"] => Ok(ok(&settings::greeting(registry.settings()))),
        [".well-known", "echo", topic] => Ok(ok(&format!("well known: {}", one_line(topic)))),
        ["-", "caller"] => Ok(caller(request, registry)),
        ["-", "web-login"] => people::web_login(request, registry),
        ["-", "search"] => search(request, registry),
        ["-", "tokens"] => people::tokens(registry),
        ["-", "sign", text] => people::sign(text, registry),
        ["-", "signed", name] => documents::signed(name, registry),
        ["-", "signing-keys"] => people::signing_keys(registry),
        ["-", "revision", name] => revision(name, registry),
        ["-", "owners", name] => people::owners(name, registry),
        ["-", ..] => Err(Failure::NotFound),
        [name] => versions(name, registry),
        [name, selector] => version(name, selector, registry),
        [name, selector, file] => bytes(name, selector, file, None, registry),
        [name, selector, file, range] => bytes(name, selector, file, Some(range), registry),
        _ => Err(Failure::NotFound),
    }
}

/// An answer of this line.
pub(crate) fn ok(line: &str) -> Response {
    Response::text(200, &format!("ok {}\n", one_line(line)))
}

fn list(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let most = settings::page(registry.settings());
    let page = registry.artefacts(request.parameter("after"))?;
    let names: Vec<_> = page
        .items
        .iter()
        .take(most)
        .map(|item| item.name.as_str())
        .collect();
    let more = page.next.is_some() || page.items.len() > names.len();
    let mut text = format!("ok {} artefacts\n", names.len());
    for name in &names {
        text.push_str(name);
        text.push('\n');
    }
    if let Some(last) = names.last().filter(|_| more) {
        let _ = writeln!(text, "more after {last}");
    }
    Ok(Response::text(200, &text).hold(Hold::UntilFormatChanges))
}

fn search(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let number = |key, default| request.parameter(key).map_or(Ok(default), str::parse);
    let (Ok(from), Ok(limit)) = (number("from", 0), number("size", 20)) else {
        let detail = "from and size are whole numbers".to_owned();
        return Err(Failure::BadRequest(detail));
    };
    let found = registry.search(request.parameter("text").unwrap_or_default(), from, limit)?;
    let mut text = format!("ok {} found\n", found.total);
    for artefact in &found.items {
        text.push_str(&artefact.name);
        text.push('\n');
    }
    Ok(Response::text(200, &text))
}

/// The revision of an artefact: what a client has to say that it saw.
fn revision(name: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    let artefact = registry.artefact(name)?.ok_or(Failure::NotFound)?;
    Ok(ok(&artefact.revision.to_string()).hold(Hold::UntilArtefactChanges))
}

fn versions(name: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    let artefact = registry.artefact(name)?.ok_or(Failure::NotFound)?;
    let page = registry.versions(&artefact.name, None)?;
    let mut text = format!("ok {} versions\n", page.items.len());
    for version in &page.items {
        let state = if version.yanked { " (yanked)" } else { "" };
        let _ = writeln!(text, "{}{state}", version.version);
    }
    Ok(Response::text(200, &text).hold(Hold::UntilArtefactChanges))
}

fn version(name: &str, selector: &str, registry: &dyn Registry) -> Result<Response, Failure> {
    let version = find(name, selector, registry)?;
    let files: Vec<_> = version.files.iter().map(describe).collect();
    let answer = json!({
        "version": version.version,
        "metadata": version.metadata,
        "files": files,
        "yanked": version.yanked,
        "deprecated": version.deprecated,
        "publishedBy": version.published_by,
    });
    Ok(Response::json(200, &answer).hold(Hold::UntilArtefactChanges))
}

fn describe(file: &FileView) -> serde_json::Value {
    json!({
        "name": file.name,
        "variant": file.variant,
        "size": file.size,
        "sha256": file.sha256,
        "integrity": file.integrity,
    })
}

fn bytes(
    name: &str,
    selector: &str,
    file: &str,
    range: Option<&str>,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let version = find(name, selector, registry)?;
    let same_name = |candidate: &&FileView| candidate.name == file;
    let file = version
        .files
        .iter()
        .find(same_name)
        .ok_or(Failure::NotFound)?;
    let range = match range.map(|range| parse_range(range, file.size)) {
        Some(None) => {
            return Err(Failure::BadRequest(
                "the range is not FROM-TO within the file".to_owned(),
            ));
        }
        Some(range) => range,
        None => None,
    };
    let hold = if selector == version.version.as_str() {
        Hold::Immutable
    } else {
        Hold::UntilArtefactChanges
    };
    let body = Body::Blob {
        digest: file.sha256,
        range,
        encoding: None,
    };
    Ok(Response::blob(file.sha256, &file.media_type)
        .body(body)
        .hold(hold))
}

fn parse_range(text: &str, size: u64) -> Option<std::ops::Range<u64>> {
    let (from, to) = text.split_once('-')?;
    let range = from.parse().ok()?..to.parse().ok()?;
    (range.start <= range.end && range.end <= size).then_some(range)
}

fn find(name: &str, selector: &str, registry: &dyn Registry) -> Result<VersionView, Failure> {
    registry.version(name, selector)?.ok_or(Failure::NotFound)
}

/// Everything that the format learns of a request: stories look here for what must not be among it.
fn caller(request: &Request, registry: &dyn Registry) -> Response {
    let caller = registry.caller();
    let name = caller.name.as_deref().unwrap_or("nobody");
    let account = caller.account.as_deref().unwrap_or("none");
    let mut text = format!(
        "ok {}\naccount {}\nbase {}\n",
        one_line(name),
        one_line(account),
        one_line(&request.base_url)
    );
    for (what, pairs) in [("header", &request.headers), ("query", &request.query)] {
        for (key, value) in pairs {
            let _ = writeln!(text, "{what} {}: {}", one_line(key), one_line(value));
        }
    }
    registry.log("somebody asked who asks");
    Response::text(200, &text)
}
