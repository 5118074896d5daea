//! Mapbox vector tiles, versions 1 and 2: structure and layer names, as much as a check needs.

use std::collections::BTreeSet;

use super::geometry;
use super::proto::{Malformed, Message, Value};
use crate::limits;

/// The field of a tile that holds a layer.
const LAYER: u64 = 3;

/// Whether bytes begin as the first layer of a vector tile does.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x1a)
}

/// The names of the layers, each once and in their order. A tile of no bytes is one of no layers.
pub(crate) fn layers(bytes: &[u8]) -> Result<Vec<String>, Malformed> {
    let mut tile = Message::new(bytes);
    let mut names = BTreeSet::new();
    let mut in_order = Vec::new();
    while let Some((number, value)) = tile.field()? {
        let Value::Bytes(layer) = value else {
            continue;
        };
        if number != LAYER {
            continue;
        }
        let name = read_layer(layer)?;
        if names.len() == limits::LAYERS {
            return Err(layer.malformed("more layers than anyone can style"));
        }
        if !names.insert(name.clone()) {
            return Err(layer.malformed("a second layer of the same name"));
        }
        in_order.push(name);
    }
    Ok(in_order)
}

/// Reads one layer and returns its name.
fn read_layer(layer: Message<'_>) -> Result<String, Malformed> {
    let tables = read_tables(layer)?;
    let mut rest = layer;
    while let Some((number, value)) = rest.field()? {
        if let (2, Value::Bytes(feature)) = (number, value) {
            check_feature(feature, &tables)?;
        }
    }
    Ok(tables.name)
}

/// What the features of a layer refer to. It may stand behind them, so it is read first.
struct Tables {
    name: String,
    keys: u64,
    values: u64,
}

fn read_tables(layer: Message<'_>) -> Result<Tables, Malformed> {
    let mut name = None;
    let (mut keys, mut values) = (0, 0);
    let mut rest = layer;
    while let Some((number, value)) = rest.field()? {
        match (number, value) {
            (1, Value::Bytes(text)) => name = Some(text),
            (3, Value::Bytes(_)) => keys += 1,
            (4, Value::Bytes(_)) => values += 1,
            (5, Value::Varint(0)) => return Err(layer.malformed("a layer of no extent")),
            (15, Value::Varint(version)) if !(1..=2).contains(&version) => {
                return Err(layer.malformed("a layer of a version other than 1 and 2"));
            }
            (1 | 3 | 4, _) | (5 | 15, Value::Bytes(_) | Value::Fixed) => {
                return Err(layer.malformed("a field of the wrong type"));
            }
            _ => {}
        }
    }
    let Some(text) = name else {
        return Err(layer.malformed("a layer without a name"));
    };
    match str::from_utf8(text.bytes()) {
        Ok(name) if name.chars().count() <= limits::WORD => Ok(Tables {
            name: name.to_owned(),
            keys,
            values,
        }),
        Ok(_) => Err(text.malformed("a layer whose name is too long")),
        Err(_) => Err(text.malformed("a layer whose name is not UTF-8")),
    }
}

fn check_feature(feature: Message<'_>, tables: &Tables) -> Result<(), Malformed> {
    let mut geometry = None;
    let mut rest = feature;
    while let Some((number, value)) = rest.field()? {
        match (number, value) {
            (2, Value::Bytes(tags)) => check_tags(tags, tables)?,
            (3, Value::Varint(kind)) if kind > 3 => {
                return Err(feature.malformed("a feature of a type that does not exist"));
            }
            (4, Value::Bytes(commands)) => geometry = Some(commands),
            (2 | 4, _) => return Err(feature.malformed("a field of the wrong type")),
            _ => {}
        }
    }
    match geometry {
        Some(commands) => geometry::check(commands),
        None => Err(feature.malformed("a feature without geometry")),
    }
}

/// Tags are pairs of a key's and a value's index.
fn check_tags(mut tags: Message<'_>, tables: &Tables) -> Result<(), Malformed> {
    while !tags.is_empty() {
        let pair = tags;
        let key = tags.varint()?;
        let value = tags.varint()?;
        if key >= tables.keys || value >= tables.values {
            return Err(pair.malformed("a tag that is not in the layer's tables"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A field of bytes.
    fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
        let length = u8::try_from(bytes.len()).unwrap();
        assert!(length < 128, "one byte of length is enough for tests");
        [&[number << 3 | 2, length], bytes].concat()
    }

    const VERSION_2: &[u8] = &[15 << 3, 2];
    const EXTENT: &[u8] = &[5 << 3, 0x80, 0x20];
    const A_POINT: &[u8] = &[3 << 3, 1, 4 << 3 | 2, 3, 9, 50, 34];

    fn layer(parts: &[&[u8]]) -> Vec<u8> {
        field(3, &parts.concat())
    }

    fn problem(tile: &[u8]) -> &'static str {
        match layers(tile) {
            Ok(_) => "none",
            Err(malformed) => malformed.what,
        }
    }

    #[test]
    fn layers_are_found_with_their_tables_before_or_behind_the_features() {
        let tagged = [A_POINT, &field(2, &[0, 0])].concat();
        let roads = layer(&[
            VERSION_2,
            &field(1, b"roads"),
            &field(2, &tagged),
            &field(3, b"name"),
            &field(4, &field(1, b"A1")),
            EXTENT,
        ]);
        let empty = layer(&[&field(1, b"empty")]);
        assert_eq!(
            layers(&[roads, empty].concat()).unwrap(),
            ["roads", "empty"]
        );
        assert_eq!(layers(b"").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_layer_must_be_what_the_specification_says() {
        let name = field(1, b"a");
        let cases: [(&[&[u8]], &str); 6] = [
            (&[VERSION_2], "a layer without a name"),
            (&[&field(1, b"\xff")], "a layer whose name is not UTF-8"),
            (&[&name, &[5 << 3, 0]], "a layer of no extent"),
            (
                &[&name, &[15 << 3, 3]],
                "a layer of a version other than 1 and 2",
            ),
            (&[&name, &[3 << 3, 1]], "a field of the wrong type"),
            (&[&name, &[2]], "a value that goes on past the end"),
        ];
        for (parts, expected) in cases {
            assert_eq!(problem(&layer(parts)), expected);
        }
        let twice = [layer(&[&name]), layer(&[&name])].concat();
        assert_eq!(problem(&twice), "a second layer of the same name");
    }

    #[test]
    fn a_feature_must_be_what_the_specification_says() {
        let name = field(1, b"a");
        let cases: [(&[u8], &str); 4] = [
            (&[3 << 3, 1], "a feature without geometry"),
            (&[3 << 3, 9], "a feature of a type that does not exist"),
            (&[4 << 3, 9], "a field of the wrong type"),
            (
                &[2 << 3 | 2, 2, 0, 0],
                "a tag that is not in the layer's tables",
            ),
        ];
        for (feature, expected) in cases {
            let tile = layer(&[&name, &field(2, feature)]);
            assert_eq!(problem(&tile), expected);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place_in_the_tile() {
        let sound = layer(&[&field(1, b"a")]);
        let tile = [sound.clone(), vec![0x1b]].concat();
        assert_eq!(layers(&tile).unwrap_err().at, sound.len());
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = layers(&bytes);
            let _ = layers(&[&[0x1a, 100][..], &bytes].concat());
        }

        #[test]
        fn a_sound_tile_with_one_byte_changed_is_answered(index in 0_usize..40, byte: u8) {
            let mut tile = layer(&[VERSION_2, &field(1, b"roads"), &field(2, A_POINT), EXTENT]);
            let index = index % tile.len();
            tile[index] = byte;
            let _ = layers(&tile);
        }
    }
}
