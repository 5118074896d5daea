//! A style that shows any tileset at once: MapLibre's style specification 8
//! (<https://maplibre.org/maplibre-style-spec/>).
//!
//! Every layer of vector tiles is drawn as areas, lines and points, in a colour of its own; an image as it is; elevations as
//! shaded hills. Nothing is fetched from anywhere else: no glyphs, so no labels, and no map below.

use std::collections::HashSet;

use cellier_sdk::{Failure, Hold, Registry, Request, Response};
use serde_json::{Map, Value, json};

use super::published::Published;
use super::route::Address;
use super::tilejson::{bounds, center, encoding};
use crate::tile::Kind;

/// The name of the one source.
const SOURCE: &str = "tiles";

/// Answers with the style. Its source is what was asked about: a revision, or whatever the latest is.
pub(super) fn serve(
    address: &Address<'_>,
    request: &Request,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let published = Published::find(address, registry)?;
    let url = format!("{}/{address}", request.base_url);
    let (center, zoom) = view(&published);
    let style = json!({
        "version": 8,
        "name": address.name,
        "center": center,
        "zoom": zoom,
        "sources": { SOURCE: source(&published, &url) },
        "layers": layers(&published),
    });
    Ok(Response::json(200, &style).hold(Hold::UntilArtefactChanges))
}

/// Where the map opens: on all of it, as far as a small window shows it. Where the first zoom that has tiles shows only a part,
/// the center is the one that the tileset states, which is more likely to have something on it than the middle.
fn view(published: &Published) -> (Value, f64) {
    let bounds = bounds(published);
    let side = |index: usize| {
        bounds
            .get(index)
            .and_then(Value::as_f64)
            .unwrap_or_default()
    };
    let (west, south, east, north) = (side(0), side(1), side(2), side(3));
    let widest = (east - west).max((north - south) * 2.0).max(1e-6);
    let fitting = (360.0 / widest).log2();
    let [first, deepest] = map_zooms(published);
    if fitting < first {
        let stated = center(published);
        return (json!([stated[0], stated[1]]), first);
    }
    let middle = json!([f64::midpoint(west, east), f64::midpoint(south, north)]);
    (middle, (fitting.min(deepest) * 10.0).floor() / 10.0)
}

/// The first and the last zoom of the map at which there are tiles. A map counts in tiles of 512 pixels, so images of 256
/// belong to the zoom before.
fn map_zooms(published: &Published) -> [f64; 2] {
    let is_small = published.metadata.get("tileSize").and_then(Value::as_u64) == Some(256);
    let (first, last) = published.zooms;
    [first, last].map(|zoom| {
        f64::from(if is_small {
            zoom.saturating_sub(1)
        } else {
            zoom
        })
    })
}

fn source(published: &Published, url: &str) -> Value {
    let kind = published.kind;
    let is_elevation = !kind.is_vector() && encoding(published).is_some();
    let what = match kind {
        _ if is_elevation => "raster-dem",
        Kind::Mvt | Kind::Mlt => "vector",
        _ => "raster",
    };
    let mut source = Map::new();
    source.insert("type".to_owned(), what.into());
    source.insert("url".to_owned(), url.into());
    if let Some(encoding) = encoding(published) {
        source.insert("encoding".to_owned(), encoding.into());
    }
    let size = published.metadata.get("tileSize");
    if let Some(size) = size.filter(|_| !kind.is_vector()) {
        source.insert("tileSize".to_owned(), size.clone());
    }
    Value::Object(source)
}

fn layers(published: &Published) -> Vec<Value> {
    let background = json!({
        "id": "background", "type": "background", "paint": { "background-color": "#f4f3ee" },
    });
    let mut layers = vec![background];
    if published.kind.is_vector() {
        let ids = layer_ids(published);
        for draw in [area, line, point] {
            layers.extend(ids.iter().map(|id| draw(id, &colour(id))));
        }
    } else if encoding(published).is_some() {
        layers.push(json!({ "id": "hills", "type": "hillshade", "source": SOURCE }));
    } else {
        layers.push(json!({ "id": "images", "type": "raster", "source": SOURCE }));
    }
    layers
}

/// The layers of vector tiles, each once.
fn layer_ids(published: &Published) -> Vec<&str> {
    let described = published.metadata.get("vectorLayers");
    let described = described.and_then(Value::as_array);
    let ids = described.into_iter().flatten();
    let ids = ids.filter_map(|layer| layer.get("id").and_then(Value::as_str));
    let mut seen = HashSet::new();
    ids.filter(|id| !id.is_empty() && seen.insert(*id))
        .collect()
}

// The filters are of the older kind, which QGIS reads as well as MapLibre.

fn area(id: &str, colour: &str) -> Value {
    json!({
        "id": format!("{id}-area"), "type": "fill", "source": SOURCE, "source-layer": id,
        "filter": ["==", "$type", "Polygon"],
        "paint": { "fill-color": colour, "fill-opacity": 0.25 },
    })
}

fn line(id: &str, colour: &str) -> Value {
    json!({
        "id": format!("{id}-line"), "type": "line", "source": SOURCE, "source-layer": id,
        "filter": ["in", "$type", "LineString", "Polygon"],
        "paint": { "line-color": colour, "line-width": 1 },
    })
}

fn point(id: &str, colour: &str) -> Value {
    json!({
        "id": format!("{id}-point"), "type": "circle", "source": SOURCE, "source-layer": id,
        "filter": ["==", "$type", "Point"],
        "paint": {
            "circle-color": colour, "circle-radius": 3,
            "circle-stroke-color": "#ffffff", "circle-stroke-width": 1,
        },
    })
}

/// The same colour for the same layer in every tileset: its hue is a hash (FNV-1a) of the layer's name.
fn colour(id: &str) -> String {
    let hash = id.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("hsl({}, 60%, 42%)", hash % 360)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_has_the_same_colour_everywhere_and_others_have_others() {
        assert_eq!(colour("roads"), colour("roads"));
        let colours: HashSet<_> = ["roads", "water", "buildings", "places", "land"]
            .map(colour)
            .into_iter()
            .collect();
        assert_eq!(colours.len(), 5);
    }
}
