//! What describes a tileset: TileJSON 3.0 (<https://github.com/mapbox/tilejson-spec/tree/master/3.0.0>).

use cellier_sdk::{ArtefactView, Failure, Hold, Registry, Request, Response};
use serde_json::{Map, Value, json};

use super::language::best;
use super::published::Published;
use super::route::Address;
use crate::geo::{Bounds, Center, GRID_LATITUDE};
use crate::tile::Kind;

/// Answers with the description. The tiles in it are those of one revision for ever, so that browsers need not ask again
/// for any of them; the description itself is asked for again.
pub(super) fn serve(
    address: &Address<'_>,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let artefact = registry.artefact(address.name)?;
    let artefact = artefact.ok_or(Failure::NotFound)?;
    let published = Published::find(address, registry)?;
    let described = describe(&artefact, &published, request);
    Ok(Response::json(200, &Value::Object(described))
        .header("vary", "accept-language")
        .hold(Hold::UntilArtefactChanges))
}

fn describe(
    artefact: &ArtefactView,
    published: &Published,
    request: &Request,
) -> Map<String, Value> {
    let kind = published.kind;
    let pinned = Address {
        name: &artefact.name,
        selector: Some(&published.revision),
    };
    let url = format!("{}/{pinned}", request.base_url);
    let name = best(&artefact.title, request).or(published.text("name"));
    let description = best(&artefact.description, request).or(published.text("description"));
    let own = |key: &str| published.metadata.get(key).cloned();
    let of_raster = |value: Option<Value>| value.filter(|_| !kind.is_vector());
    let maps = [&artefact.title, &artefact.description];
    let [titles, descriptions] = maps.map(|texts| (!texts.is_empty()).then(|| json!(texts)));
    let (first, last) = published.zooms;
    let entries = [
        ("tilejson", Some("3.0.0".into())),
        ("name", Some(name.unwrap_or(&artefact.name).into())),
        ("title", titles),
        ("description", description.map(Value::from)),
        ("descriptions", descriptions),
        ("attribution", own("attribution")),
        ("version", Some(version(published).into())),
        (
            "tiles",
            Some(json!([format!(
                "{url}/{{z}}/{{x}}/{{y}}.{}",
                kind.extension()
            )])),
        ),
        ("scheme", Some("xyz".into())),
        ("format", Some(kind.extension().into())),
        ("minzoom", Some(first.into())),
        ("maxzoom", Some(last.into())),
        ("bounds", Some(bounds(published))),
        ("center", Some(center(published))),
        ("vector_layers", kind.is_vector().then(|| layers(published))),
        ("tileSize", of_raster(own("tileSize"))),
        ("encoding", encoding(published).map(Value::from)),
        ("type", own("type")),
        ("generator", own("generator")),
        ("cellier", Some(of_this_registry(artefact, published, &url))),
    ];
    entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect()
}

/// What other clients need not know.
fn of_this_registry(artefact: &ArtefactView, published: &Published, url: &str) -> Value {
    json!({
        "name": artefact.name,
        "revision": published.revision,
        "publishedAt": published.since,
        "tileCount": published.metadata.get("tileCount"),
        "size": published.file.size,
        "sha256": published.file.sha256.to_hex(),
        "style": format!("{url}/style.json"),
        "stats": format!("{url}/stats"),
        "archive": format!("{url}/archive.{}", published.container.as_str()),
    })
}

/// The version that the tileset states itself, as the semantic version that TileJSON asks for; else the revision.
fn version(published: &Published) -> String {
    published
        .text("version")
        .and_then(semver)
        .or_else(|| semver(&published.revision))
        .unwrap_or_else(|| "1.0.0".to_owned())
}

/// One to three numbers, filled up to three.
fn semver(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let numbers: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
    match numbers.ok()?.as_slice() {
        [major] => Some(format!("{major}.0.0")),
        [major, minor] => Some(format!("{major}.{minor}.0")),
        [major, minor, patch] => Some(format!("{major}.{minor}.{patch}")),
        _ => None,
    }
}

/// What the tiles cover; the whole grid where nothing better is known, as TileJSON has it.
pub(super) fn bounds(published: &Published) -> Value {
    let known = published.metadata.get("bounds");
    known.cloned().unwrap_or_else(|| WORLD.to_json())
}

/// The whole grid.
const WORLD: Bounds = Bounds {
    west: -180.0,
    south: -GRID_LATITUDE,
    east: 180.0,
    north: GRID_LATITUDE,
};

/// Where a map may open.
pub(super) fn center(published: &Published) -> Value {
    let known = published.metadata.get("center");
    known
        .cloned()
        .unwrap_or_else(|| Center::of(&WORLD, published.zooms.0).to_json())
}

fn layers(published: &Published) -> Value {
    let known = published.metadata.get("vectorLayers");
    known.cloned().unwrap_or_else(|| json!([]))
}

/// How elevations are put into colours, or that vector tiles are those of MapLibre.
pub(super) fn encoding(published: &Published) -> Option<&str> {
    match published.kind {
        Kind::Mlt => Some("mlt"),
        Kind::Mvt => None,
        _ => published.text("encoding"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_become_semantic_ones() {
        for (written, expected) in [
            ("2", Some("2.0.0")),
            ("1.1", Some("1.1.0")),
            ("v3.15.2", Some("3.15.2")),
            ("007", Some("7.0.0")),
            ("1.2.3.4", None),
            ("2024-05-01", None),
            ("1.-1", None),
            ("", None),
        ] {
            assert_eq!(semver(written).as_deref(), expected, "{written}");
        }
    }
}
