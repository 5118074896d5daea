//! `vector_layers`: what the publisher says about the layers of vector tiles. Both containers have it.

use serde_json::{Map, Value, json};

use crate::limits;
use crate::text::{plain, quote, word};

/// A layer as it is described.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layer {
    /// Its id, as the publisher wrote it.
    pub(crate) id: String,
    description: Option<String>,
    minzoom: Option<u64>,
    maxzoom: Option<u64>,
    fields: Map<String, Value>,
}

/// What a description holds, and what is wrong with it.
#[derive(Debug, Default)]
pub(crate) struct Described {
    /// The layers that could be read.
    pub(crate) layers: Vec<Layer>,
    /// What is malformed, as sentences.
    pub(crate) malformed: Vec<String>,
}

impl Described {
    /// Reads `vector_layers` of the metadata's JSON.
    pub(crate) fn read(metadata: &Map<String, Value>) -> Self {
        let mut described = Self::default();
        match metadata.get("vector_layers") {
            None | Some(Value::Null) => {
                described
                    .malformed
                    .push("vector_layers is missing".to_owned());
            }
            Some(Value::Array(layers)) => {
                for (index, layer) in layers.iter().take(limits::LAYERS).enumerate() {
                    described.read_layer(index, layer);
                }
            }
            Some(_) => described
                .malformed
                .push("vector_layers is not an array".to_owned()),
        }
        described
    }

    fn read_layer(&mut self, index: usize, layer: &Value) {
        let Some(id) = layer
            .get("id")
            .and_then(Value::as_str)
            .filter(|id| !id.is_empty())
        else {
            let message = format!("vector_layers[{index}].id is missing, or not a text");
            self.malformed.push(message);
            return;
        };
        let fields = match layer.get("fields") {
            Some(Value::Object(fields)) => fields.clone(),
            Some(_) => {
                let message = format!("vector_layers[{index}].fields is not an object");
                self.malformed.push(message);
                Map::new()
            }
            None => {
                self.malformed
                    .push(format!("vector_layers[{index}].fields is missing"));
                Map::new()
            }
        };
        let text = |key| layer.get(key).and_then(Value::as_str);
        let zoom = |key| layer.get(key).and_then(Value::as_u64);
        self.layers.push(Layer {
            id: id.to_owned(),
            description: text("description")
                .map(|text| plain(text, limits::TEXT))
                .filter(|text| !text.is_empty()),
            minzoom: zoom("minzoom"),
            maxzoom: zoom("maxzoom"),
            fields,
        });
    }

    /// What is odd about the layers of a tileset of these zooms, as sentences.
    pub(crate) fn oddities(&self, zooms: (u8, u8)) -> Vec<String> {
        let mut oddities = Vec::new();
        let within = u64::from(zooms.0)..=u64::from(zooms.1);
        for (index, layer) in self.layers.iter().enumerate() {
            let id = quote(&layer.id);
            if self.layers[..index]
                .iter()
                .any(|before| before.id == layer.id)
            {
                oddities.push(format!("layer {id} is described twice"));
            }
            for (key, zoom) in [("minzoom", layer.minzoom), ("maxzoom", layer.maxzoom)] {
                if let Some(zoom) = zoom.filter(|zoom| !within.contains(zoom)) {
                    oddities.push(format!(
                        "layer {id} has {key} {zoom}, the tileset has {} to {}",
                        zooms.0, zooms.1
                    ));
                }
            }
        }
        oddities
    }

    /// The ids of the layers.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.layers.iter().map(|layer| layer.id.as_str()).collect()
    }
}

impl Layer {
    /// A layer of which nothing but the name is known.
    pub(crate) fn seen(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            description: None,
            minzoom: None,
            maxzoom: None,
            fields: Map::new(),
        }
    }

    /// As TileJSON has it, safe to show.
    pub(crate) fn to_json(&self) -> Value {
        let fields: Map<_, _> = self
            .fields
            .iter()
            .take(limits::FIELDS)
            .map(|(name, kind)| {
                (
                    word(name),
                    Value::from(word(kind.as_str().unwrap_or_default())),
                )
            })
            .collect();
        let mut layer = Map::new();
        layer.insert("id".to_owned(), word(&self.id).into());
        for (key, value) in [
            (
                "description",
                self.description.as_ref().map(|text| json!(text)),
            ),
            ("minzoom", self.minzoom.map(Value::from)),
            ("maxzoom", self.maxzoom.map(Value::from)),
            ("fields", Some(Value::Object(fields))),
        ] {
            if let Some(value) = value {
                layer.insert(key.to_owned(), value);
            }
        }
        Value::Object(layer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &Value) -> Described {
        Described::read(json.as_object().unwrap())
    }

    #[test]
    fn layers_are_kept_safe_to_show() {
        let described = read(&json!({"vector_layers": [{
            "id": "roads", "description": "<b>All</b> roads", "minzoom": 2,
            "fields": {"name": "String", "<script>": 5},
        }]}));
        assert_eq!(described.malformed, Vec::<String>::new());
        assert_eq!(
            described.layers[0].to_json(),
            json!({"id": "roads", "description": "All roads", "minzoom": 2, "fields": {"name": "String", "": ""}})
        );
    }

    #[test]
    fn what_is_malformed_is_told_with_its_place() {
        for (json, expected) in [
            (json!({}), "vector_layers is missing"),
            (
                json!({"vector_layers": {}}),
                "vector_layers is not an array",
            ),
            (
                json!({"vector_layers": [{"fields": {}}]}),
                "vector_layers[0].id is missing, or not a text",
            ),
            (
                json!({"vector_layers": [{"id": "a"}]}),
                "vector_layers[0].fields is missing",
            ),
            (
                json!({"vector_layers": [{"id": "a", "fields": []}]}),
                "vector_layers[0].fields is not an object",
            ),
        ] {
            assert_eq!(read(&json).malformed, [expected]);
        }
    }

    #[test]
    fn oddities_are_told() {
        let described = read(&json!({"vector_layers": [
            {"id": "a", "fields": {}, "minzoom": 0, "maxzoom": 14},
            {"id": "a", "fields": {}},
        ]}));
        assert_eq!(
            described.oddities((0, 6)),
            [
                "layer \"a\" has maxzoom 14, the tileset has 0 to 6",
                "layer \"a\" is described twice"
            ]
        );
    }
}
