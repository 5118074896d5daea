//! JSON that every program reads alike.
//!
//! Ordinary parsers keep the first or the last of two equal keys, and some treat `__proto__` as more than a key. Here
//! both are mistakes, and all of them are found at once.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{limits, text};

/// Most mistakes that are listed of one document.
const MOST_MISTAKES: usize = 20;

/// A key that programs read differently.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mistake {
    /// The first or the last may win.
    #[error("the key {key} stands twice in {place}")]
    Twice {
        /// The key, quoted.
        key: String,
        /// Where the object is.
        place: String,
    },
    /// In JavaScript this may change the object itself.
    #[error("the key \"__proto__\" stands in {place}")]
    Prototype {
        /// Where the object is.
        place: String,
    },
}

/// Reads a document, with the mistakes that do not keep it from being read.
pub(crate) fn parse(text: &[u8]) -> Result<(Value, Vec<Mistake>), serde_json::Error> {
    let mistakes = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict {
        place: &Place::Top,
        depth: 0,
        mistakes: &mistakes,
    }
    .deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((value, mistakes.into_inner()))
}

/// Where in the document something stands.
enum Place<'a> {
    Top,
    Key(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => f.write_str("the manifest"),
            Self::Key(above, key) => write!(f, "{above} → {}", text::quote(key)),
            Self::Item(above, index) => write!(f, "{above} → item {index}"),
        }
    }
}

/// Reads one value.
struct Strict<'a> {
    place: &'a Place<'a>,
    depth: usize,
    mistakes: &'a RefCell<Vec<Mistake>>,
}

impl Strict<'_> {
    fn deeper<'b>(&'b self, place: &'b Place<'b>) -> Strict<'b> {
        Strict {
            place,
            depth: self.depth + 1,
            mistakes: self.mistakes,
        }
    }

    fn check_depth<E: serde::de::Error>(&self) -> Result<(), E> {
        if self.depth < limits::JSON_DEPTH {
            return Ok(());
        }
        let most = limits::JSON_DEPTH;
        Err(E::custom(format!("it is nested deeper than {most} levels")))
    }

    fn note(&self, mistake: impl FnOnce(String) -> Mistake) {
        let mut mistakes = self.mistakes.borrow_mut();
        if mistakes.len() < MOST_MISTAKES {
            mistakes.push(mistake(self.place.to_string()));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut items = Vec::new();
        loop {
            let place = Place::Item(self.place, items.len());
            match access.next_element_seed(self.deeper(&place))? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        self.check_depth()?;
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if key == "__proto__" {
                self.note(|place| Mistake::Prototype { place });
            } else if object.contains_key(&key) {
                let key = text::quote(&key);
                self.note(|place| Mistake::Twice { key, place });
            }
            let place = Place::Key(self.place, &key);
            let value = access.next_value_seed(self.deeper(&place))?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mistakes(text: &str) -> Vec<String> {
        let (_, mistakes) = parse(text.as_bytes()).unwrap();
        mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_plain_document_is_read_as_any_parser_would() {
        let text = r#"{ "b": [1, -2, 3.5, true, null, "é\u00e9"], "a": { "b": {} } }"#;
        let (value, mistakes) = parse(text.as_bytes()).unwrap();
        assert_eq!(value, serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(mistakes, []);
    }

    #[test]
    fn every_key_that_stands_twice_is_found_however_it_is_spelt() {
        let text = r#"{ "a": 1, "\u0061": 2, "x": [{ "b": 1, "b": { "c": 1, "c": 2 } }] }"#;
        assert_eq!(
            mistakes(text),
            [
                r#"the key "a" stands twice in the manifest"#,
                r#"the key "b" stands twice in the manifest → "x" → item 0"#,
                r#"the key "c" stands twice in the manifest → "x" → item 0 → "b""#,
            ]
        );
    }

    #[test]
    fn a_prototype_is_found_however_deep() {
        assert_eq!(
            mistakes(r#"{ "x": { "__proto__": { "scripts": {} } } }"#),
            [r#"the key "__proto__" stands in the manifest → "x""#]
        );
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(limits::JSON_DEPTH).as_bytes()).is_ok());
        assert!(parse(nested(limits::JSON_DEPTH + 1).as_bytes()).is_err());
        assert!(parse(nested(1_000_000).as_bytes()).is_err());
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for bad in [
            "",
            "{",
            "{} {}",
            "{'a': 1}",
            "{\"a\": NaN}",
            "[1e999]",
            r#"["\ud800"]"#,
            "[1,]",
            "// x\n{}",
        ] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
        assert!(parse(b"[\"\xff\"]").is_err());
    }

    #[test]
    fn a_document_of_mistakes_costs_no_more_than_a_few() {
        let long_key = "k".repeat(100_000);
        let twice = vec!["\"a\":1"; 100_000].join(",");
        let found = mistakes(&format!("{{\"{long_key}\":{{{twice}}}}}"));
        assert_eq!(found.len(), MOST_MISTAKES);
        assert!(found.iter().all(|mistake| mistake.len() < 300));
    }

    proptest! {
        #[test]
        fn where_nothing_is_mistaken_the_value_is_that_of_an_ordinary_parser(text in "[\\[\\]{}\":, 01ab\\\\]{0,24}") {
            let plain = parse(text.as_bytes()).ok().filter(|(_, mistakes)| mistakes.is_empty());
            if let Some((value, _)) = plain {
                prop_assert_eq!(Some(value), serde_json::from_str(&text).ok());
            }
        }
    }
}
