//! The metadata of an archive: one JSON object, packed like the directories.

use cellier_sdk::{ReadAt, ReadAtExt as _};
use serde_json::{Map, Value};

use super::header::Header;
use crate::codes::mbtiles::LAYER_ODD;
use crate::codes::pmtiles::METADATA;
use crate::findings::Findings;
use crate::layers::{Described, Layer};
use crate::limits;
use crate::stop::Stop;
use crate::text::grouped;
use crate::tile::{Compression, Inflated, Kind, Survey, inflate};

/// Reads the metadata; nothing where it is no JSON object.
pub(super) fn read(
    content: &dyn ReadAt,
    header: &Header,
    compression: Compression,
    findings: &mut Findings,
) -> Result<Map<String, Value>, Stop> {
    let problem = match usize::try_from(header.metadata.length) {
        Ok(length) if length <= limits::METADATA => {
            let packed = content.read_range(header.metadata.offset, length)?;
            match parse(&packed, compression) {
                Ok(json) => return Ok(json),
                Err(problem) => problem,
            }
        }
        _ => format!("has {} bytes, packed", grouped(header.metadata.length)),
    };
    findings.report(&METADATA, format!("the metadata {problem}"));
    Ok(Map::new())
}

fn parse(packed: &[u8], compression: Compression) -> Result<Map<String, Value>, String> {
    let text = match inflate(packed, compression, limits::METADATA) {
        Inflated::Whole(text) => text,
        Inflated::TooMuch => {
            return Err(format!(
                "unpacks to more than {} MiB",
                limits::METADATA >> 20
            ));
        }
        Inflated::Damaged(damage) => {
            return Err(format!("cannot be unpacked with {compression}: {damage}"));
        }
    };
    match serde_json::from_slice(&text) {
        Ok(Value::Object(json)) => Ok(json),
        Ok(_) => Err("is not a JSON object".to_owned()),
        Err(error) => Err(format!("is not JSON: {error}")),
    }
}

/// The entries that are texts, or numbers as such.
pub(super) fn texts(json: &Map<String, Value>) -> Vec<(&str, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    json.iter()
        .filter_map(|(key, value)| Some((key.as_str(), text(value)?)))
        .collect()
}

/// The layers of vector tiles: those that are described, or those that were seen where none is.
pub(super) fn layers(
    json: &Map<String, Value>,
    survey: &Survey,
    zooms: (u8, u8),
    findings: &mut Findings,
) -> Vec<Layer> {
    if !survey.kind().is_some_and(Kind::is_vector) {
        return Vec::new();
    }
    let described = Described::read(json);
    for message in &described.malformed {
        findings.report(&METADATA, format!("metadata: {message}"));
    }
    for message in described.oddities(zooms) {
        findings.report(&LAYER_ODD, message);
    }
    if described.layers.is_empty() {
        return survey.layers().map(Layer::seen).collect();
    }
    survey.report_layers(&described.ids(), findings);
    described.layers
}
