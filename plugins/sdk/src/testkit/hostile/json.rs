//! JSON: documents that parsers choke on, and good documents with one hostile value.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::Mutant;
use super::words::HOSTILE_TEXTS;

/// Most places of a document that get a hostile value.
const MOST_PLACES: usize = 20;

/// Documents that no parser should trust.
pub(super) fn documents() -> Vec<Mutant> {
    let nested = |open: &str, close: &str, depth: usize| {
        format!("{}1{}", open.repeat(depth), close.repeat(depth)).into_bytes()
    };
    let made = [
        ("nested 100 000 arrays deep", nested("[", "]", 100_000)),
        (
            "nested 100 000 objects deep",
            nested("{\"a\":", "}", 100_000),
        ),
        (
            "opened 100 000 times and never closed",
            b"[".repeat(100_000),
        ),
        ("nested 120 arrays deep", nested("[", "]", 120)),
        (
            "with a text that is not UTF-8",
            b"{\"name\":\"\xff\xfe\"}".to_vec(),
        ),
        (
            "with half of a surrogate pair",
            br#"{"name":"\ud800"}"#.to_vec(),
        ),
        ("with a NUL in a text", br#"{"name":"a\u0000b"}"#.to_vec()),
        (
            "with a NUL between its values",
            b"{\"name\":\0\"a\"}".to_vec(),
        ),
        (
            "with the same key twice",
            br#"{"name":"a","name":"b"}"#.to_vec(),
        ),
        (
            "with a number that no type holds",
            b"{\"size\":1e999999}".to_vec(),
        ),
        (
            "with a number of 100 000 digits",
            format!("[{}]", "9".repeat(100_000)).into_bytes(),
        ),
        (
            "with a key called __proto__",
            br#"{"__proto__":{"a":1}}"#.to_vec(),
        ),
        (
            "with a text of 4 MiB",
            format!("[\"{}\"]", "x".repeat(4 << 20)).into_bytes(),
        ),
        (
            "with 200 000 items",
            format!("[{}1]", "1,".repeat(200_000)).into_bytes(),
        ),
        ("with comments", b"// hello\n{\"a\":1}".to_vec()),
        ("followed by another one", b"{} {}".to_vec()),
        ("that is null", b"null".to_vec()),
    ];
    made.into_iter()
        .map(|(label, bytes)| Mutant::new(format!("JSON {label}"), bytes))
        .collect()
}

/// The document with one hostile value in one place, if these bytes are a JSON object or array. Each is made when it is
/// its turn: all of them together may be more than memory holds.
pub(super) fn with_hostile_values(bytes: &[u8]) -> impl Iterator<Item = Mutant> + use<> {
    let document = serde_json::from_slice::<Value>(bytes).ok();
    let document = document.filter(is_container).unwrap_or_default();
    let mut pointers = Vec::new();
    if is_container(&document) {
        collect_leaves(&document, &mut String::new(), &mut pointers);
    }
    let with_keys = with_hostile_keys(&document, bytes);
    let with_values = pointers.into_iter().flat_map(move |pointer| {
        let document = document.clone();
        hostile_values().into_iter().map(move |(label, value)| {
            let mut changed = document.clone();
            if let Some(place) = changed.pointer_mut(&pointer) {
                *place = value;
            }
            let label = format!("{label} at {pointer}");
            Mutant::new(label, changed.to_string().into_bytes())
        })
    });
    with_values.chain(with_keys)
}

fn is_container(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn hostile_values() -> Vec<(String, Value)> {
    let texts = HOSTILE_TEXTS
        .iter()
        .map(|text| (format!("the text {text:?}"), json!(text)));
    let mut deep = json!(1);
    for _ in 0..110 {
        deep = json!([deep]);
    }
    let others = [
        ("null", Value::Null),
        ("a list", json!([[], {}])),
        ("an object", json!({ "a": { "b": 1 } })),
        ("true", json!(true)),
        ("a negative number", json!(-1)),
        ("a huge number", json!(u64::MAX)),
        ("a text of 100 000 characters", json!("x".repeat(100_000))),
        ("111 levels of lists", deep),
    ];
    texts
        .chain(others.map(|(label, value)| (label.to_owned(), value)))
        .collect()
}

/// Keys that parsers read differently, and bytes that are no text, put into the document as it was written.
fn with_hostile_keys(document: &Value, bytes: &[u8]) -> Vec<Mutant> {
    let Value::Object(object) = document else {
        return Vec::new();
    };
    let Some(start) = bytes.iter().position(|&byte| byte == b'{') else {
        return Vec::new();
    };
    let behind_brace = |label: &str, inserted: &[u8]| {
        let bytes = [&bytes[..=start], inserted, &bytes[start + 1..]].concat();
        Mutant::new(label, bytes)
    };
    let comma = if object.is_empty() { "" } else { "," };
    let mut mutants = vec![
        behind_brace(
            "a key called __proto__",
            format!("\"__proto__\":{{}}{comma}").as_bytes(),
        ),
        behind_brace(
            "a text that is not UTF-8",
            &[b"\"k\":\"\xff\"", comma.as_bytes()].concat(),
        ),
    ];
    if let Some((key, value)) = object.iter().next() {
        let once_more = Value::Object(Map::from_iter([(key.clone(), value.clone())])).to_string();
        let inner = &once_more[1..once_more.len() - 1];
        mutants.push(behind_brace(
            "its first key twice",
            format!("{inner},").as_bytes(),
        ));
    }
    mutants
}

/// The pointers (RFC 6901) of the first texts, numbers and words of a document.
fn collect_leaves(value: &Value, path: &mut String, pointers: &mut Vec<String>) {
    if pointers.len() >= MOST_PLACES {
        return;
    }
    let length = path.len();
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                path.push('/');
                path.push_str(&key.replace('~', "~0").replace('/', "~1"));
                collect_leaves(value, path, pointers);
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let _ = write!(path, "/{index}");
                collect_leaves(value, path, pointers);
                path.truncate(length);
            }
        }
        _ => pointers.push(path.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_a_document_is_made_hostile_in_turn() {
        let mutants: Vec<_> = with_hostile_values(br#"{"name":"a","list":[1]}"#).collect();
        let has = |text: &str| {
            let same = |mutant: &Mutant| mutant.bytes.as_ref() == text.as_bytes();
            mutants.iter().any(same)
        };
        assert!(has(r#"{"name":null,"list":[1]}"#));
        assert!(has(r#"{"name":"a","list":[true]}"#));
        assert!(has(r#"{"__proto__":{},"name":"a","list":[1]}"#));
        assert!(has(r#"{"name":"a","name":"a","list":[1]}"#));
    }

    #[test]
    fn what_is_no_document_is_left_alone() {
        for bytes in [&b"text"[..], b"1", b"\xff", b""] {
            assert_eq!(with_hostile_values(bytes).count(), 0);
        }
    }
}
