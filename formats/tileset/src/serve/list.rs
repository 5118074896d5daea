//! The tilesets that the caller may see.

use cellier_sdk::{ArtefactView, Failure, Hold, Registry, Request, Response};
use serde_json::{Map, Value, json};

use super::language::best;
use super::published::Published;
use super::route::Address;

/// Most tilesets on a page.
const MOST: usize = 100;

/// Answers with a page of them, by name.
pub(super) fn serve(request: &Request, registry: &dyn Registry) -> Result<Response, Failure> {
    let limit = match request.parameter("limit").map(str::parse::<usize>) {
        None => MOST,
        Some(Ok(limit @ 1..=MOST)) => limit,
        Some(_) => {
            let detail = format!("limit is a whole number from 1 to {MOST}");
            return Err(Failure::BadRequest(detail));
        }
    };
    let page = registry.artefacts(request.parameter("after"))?;
    let has_more = page.next.is_some() || page.items.len() > limit;
    let mut results = Vec::new();
    for artefact in page.items.iter().take(limit) {
        results.push(entry(artefact, request, registry)?);
    }
    let mut answer = json!({ "results": results });
    if let Some(last) = page.items.get(..limit).unwrap_or(&page.items).last()
        && has_more
    {
        let address = Address {
            name: &last.name,
            selector: None,
        };
        let next = format!("{}?after={address}&limit={limit}", request.base_url);
        answer["next"] = next.into();
    }
    Ok(Response::json(200, &answer)
        .header("vary", "accept-language")
        .hold(Hold::UntilFormatChanges))
}

/// What is told of a tileset. One whose versions were all yanked has no zooms.
fn entry(
    artefact: &ArtefactView,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Value, Failure> {
    let address = Address {
        name: &artefact.name,
        selector: None,
    };
    let mut entry = Map::new();
    entry.insert("name".to_owned(), artefact.name.clone().into());
    if let Some(title) = best(&artefact.title, request) {
        entry.insert("title".to_owned(), title.into());
    }
    let url = format!("{}/{address}", request.base_url);
    entry.insert("url".to_owned(), url.into());
    let latest = registry.version(&artefact.name, address.selector())?;
    let latest = latest.and_then(|version| Published::read(version, address.selector()));
    if let Some(latest) = latest {
        entry.insert("revision".to_owned(), latest.revision.into());
        for key in ["tileType", "minzoom", "maxzoom", "bounds"] {
            let value = latest.metadata.get(key).cloned();
            entry.extend(value.map(|value| (key.to_owned(), value)));
        }
    }
    Ok(Value::Object(entry))
}
