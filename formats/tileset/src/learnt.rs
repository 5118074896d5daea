//! What is kept of a tileset beside its bytes.
//!
//! | key | value |
//! |---|---|
//! | `kind` | `mbtiles` or `pmtiles` |
//! | `tileType` | what the tiles are: `mvt`, `mlt`, `png`, `jpg`, `webp`, `gif` or `avif` |
//! | `tileCompression` | how they are packed: `none`, `gzip`, `zlib`, `brotli` or `zstd` |
//! | `tileSize` | pixels of an image each way, where that is 256 or 512 |
//! | `minzoom`, `maxzoom` | the first and the last zoom that has tiles |
//! | `bounds`, `center` | as in TileJSON: west, south, east, north; longitude, latitude, zoom |
//! | `tileCount` | how many tiles there are |
//! | `zooms` | how many of each zoom: `[{zoom, count}]` |
//! | `entryCount`, `contentCount` | of PMTiles: how many directory entries, and distinct contents where that is known |
//! | `vectorLayers` | as in TileJSON: `[{id, description?, minzoom?, maxzoom?, fields}]` |
//! | `name`, `description`, `version` | what the metadata says in plain text |
//! | `attribution` | HTML of text and links to the web, nothing else |
//! | `type` | `overlay` or `baselayer`, if stated |
//! | `encoding` | of elevations: `terrarium` or `mapbox`, if stated |
//! | `generator` | name and version of the program that made it |
//! | `schema` | of MBTiles: `flat`, `flat-with-hash`, `normalized`, `dedup-id`, `cache` or `view-other` |
//! | `checkedTiles` | how many tiles were looked into |

use cellier_sdk::{Inspection, LanguageTag, LocalizedText};
use serde_json::{Map, Value, json};

use crate::about::About;
use crate::codes::LAYERS_CUT;
use crate::container::Container;
use crate::findings::Findings;
use crate::geo::{Bounds, Center};
use crate::layers::Layer;
use crate::limits;
use crate::tile::{Compression, Kind, Survey};

/// The language of a text whose language nobody says (ISO 639-3).
const UNDETERMINED: &str = "und";

/// Everything that was learnt of a tileset.
#[derive(Debug, Default)]
pub(crate) struct Learnt {
    pub(crate) container: Option<Container>,
    pub(crate) kind: Option<Kind>,
    pub(crate) compression: Option<Compression>,
    pub(crate) tile_size: Option<u32>,
    pub(crate) zooms: Option<(u8, u8)>,
    pub(crate) bounds: Option<Bounds>,
    pub(crate) center: Option<Center>,
    pub(crate) tile_count: Option<u64>,
    pub(crate) per_zoom: Vec<(u8, u64)>,
    pub(crate) entry_count: Option<u64>,
    pub(crate) content_count: Option<u64>,
    pub(crate) layers: Vec<Layer>,
    pub(crate) about: About,
    pub(crate) schema: Option<&'static str>,
    pub(crate) checked_tiles: u64,
}

impl Learnt {
    /// What the metadata's words and a look into the tiles tell.
    pub(crate) fn new(about: About, survey: &Survey) -> Self {
        Self {
            kind: survey.kind(),
            compression: survey
                .compressions()
                .first()
                .map(|(compression, _)| *compression),
            tile_size: survey.sides(),
            checked_tiles: survey.looked(),
            about,
            ..Self::default()
        }
    }

    /// Words everything.
    pub(crate) fn into_inspection(self, findings: &mut Findings) -> Inspection {
        let mut inspection = Inspection::new();
        inspection.title = localized(self.about.name.as_deref());
        inspection.description = localized(self.about.description.as_deref());
        if let Some(container) = self.container {
            inspection = inspection.media_type(container.media_type());
        }
        inspection.metadata = self.metadata(findings);
        inspection
    }

    fn metadata(&self, findings: &mut Findings) -> Map<String, Value> {
        let about = &self.about;
        let text = |text: &Option<String>| text.as_deref().map(Value::from);
        let zooms: Vec<_> = self
            .per_zoom
            .iter()
            .map(|(zoom, count)| json!({"zoom": zoom, "count": count}))
            .collect();
        let entries = [
            (
                "kind",
                self.container.map(|container| container.as_str().into()),
            ),
            ("tileType", self.kind.map(|kind| kind.as_str().into())),
            (
                "tileCompression",
                self.compression
                    .map(|compression| compression.as_str().into()),
            ),
            ("tileSize", self.tile_size.map(Value::from)),
            ("minzoom", self.zooms.map(|(first, _)| first.into())),
            ("maxzoom", self.zooms.map(|(_, last)| last.into())),
            ("bounds", self.bounds.map(Bounds::to_json)),
            ("center", self.center.map(Center::to_json)),
            ("tileCount", self.tile_count.map(Value::from)),
            ("zooms", (!zooms.is_empty()).then_some(Value::Array(zooms))),
            ("entryCount", self.entry_count.map(Value::from)),
            ("contentCount", self.content_count.map(Value::from)),
            ("vectorLayers", self.layers_json(findings)),
            ("name", text(&about.name)),
            ("description", text(&about.description)),
            ("attribution", text(&about.attribution)),
            ("version", text(&about.version)),
            ("type", about.role.map(Value::from)),
            ("encoding", about.encoding.map(Value::from)),
            ("generator", text(&about.generator)),
            ("schema", self.schema.map(Value::from)),
            ("checkedTiles", Some(self.checked_tiles.into())),
        ];
        entries
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)))
            .collect()
    }

    /// The layers of vector tiles, as many as fit into the metadata.
    fn layers_json(&self, findings: &mut Findings) -> Option<Value> {
        if !self.kind?.is_vector() {
            return None;
        }
        let mut size = 0;
        let mut kept = Vec::new();
        for layer in &self.layers {
            let layer = layer.to_json();
            size += layer.to_string().len();
            if size > limits::LAYERS_JSON {
                let message = format!("{} of {} layers are kept", kept.len(), self.layers.len());
                findings.report(&LAYERS_CUT, message);
                break;
            }
            kept.push(layer);
        }
        Some(Value::Array(kept))
    }
}

/// A text whose language nobody says.
fn localized(text: Option<&str>) -> LocalizedText {
    let mut texts = LocalizedText::default();
    if let (Some(text), Ok(language)) = (text, UNDETERMINED.parse::<LanguageTag>()) {
        // Should the contract become stricter, the whole text is still in the metadata.
        let _ = texts.set(language, text);
    }
    texts
}
