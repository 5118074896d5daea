//! The row `json`: the layers of vector tiles.

use serde_json::Value;

use super::rows::Rows;
use crate::codes::mbtiles::{JSON, LAYER_ODD, LAYERS};
use crate::findings::Findings;
use crate::layers::{Described, Layer};
use crate::tile::{Kind, Survey};

/// The layers of vector tiles: those that are described, or those that were seen where none is. Images have none, and
/// whatever their `json` says is nobody's concern.
pub(super) fn layers(
    rows: &Rows,
    survey: &Survey,
    zooms: (u8, u8),
    findings: &mut Findings,
) -> Vec<Layer> {
    if !survey.kind().is_some_and(Kind::is_vector) {
        return Vec::new();
    }
    let Some(described) = read(rows, findings) else {
        return seen(survey);
    };
    for message in &described.malformed {
        findings.report(&LAYERS, message);
    }
    for message in described.oddities(zooms) {
        findings.report(&LAYER_ODD, message);
    }
    if described.layers.is_empty() {
        return seen(survey);
    }
    survey.report_layers(&described.ids(), findings);
    described.layers
}

fn read(rows: &Rows, findings: &mut Findings) -> Option<Described> {
    let unknown = "the layers are unknown but for those in the tiles that were looked into";
    let Some(text) = rows.get("json") else {
        findings.report(
            &JSON,
            format!("metadata row \"json\" is missing; {unknown}"),
        );
        return None;
    };
    let problem = match serde_json::from_str(text) {
        Ok(Value::Object(json)) => return Some(Described::read(&json)),
        Ok(_) => "is not a JSON object".to_owned(),
        Err(error) => format!("is not JSON: {error}"),
    };
    findings.report(&JSON, format!("metadata \"json\" {problem}; {unknown}"));
    None
}

fn seen(survey: &Survey) -> Vec<Layer> {
    survey.layers().map(Layer::seen).collect()
}
