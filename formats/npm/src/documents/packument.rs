//! What a registry tells of a package, as far as it is signed.

use std::collections::BTreeMap;

use cellier_sdk::{Document, Signature, Statement};
use serde::Deserialize;
use serde_json::Value;

use super::digests;

/// When each version was published.
pub(super) type Published = BTreeMap<String, Value>;

/// One version.
#[derive(Debug, Deserialize)]
pub(super) struct Manifest {
    name: String,
    version: String,
    #[serde(default)]
    dist: Dist,
}

#[derive(Debug, Default, Deserialize)]
struct Dist {
    integrity: Option<String>,
    #[serde(default)]
    signatures: Vec<Signed>,
}

#[derive(Debug, Deserialize)]
struct Signed {
    keyid: String,
    sig: String,
}

pub(super) fn document(versions: BTreeMap<String, Manifest>, time: &Published) -> Document {
    let statements = versions.into_values().map(|manifest| {
        let published_at = time.get(&manifest.version).and_then(Value::as_str);
        statement(manifest, published_at)
    });
    Document {
        statements: statements.collect(),
        ..Document::default()
    }
}

/// What is signed is the text `name@version:integrity`, with the integrity as it stands there.
fn statement(manifest: Manifest, published_at: Option<&str>) -> Statement {
    let Manifest {
        name,
        version,
        dist,
    } = manifest;
    let integrity = dist.integrity.unwrap_or_default();
    let signatures = dist.signatures.into_iter().map(|signed| Signature {
        key_id: signed.keyid,
        signature: signed.sig,
    });
    Statement {
        digests: digests(&integrity),
        text: format!("{name}@{version}:{integrity}"),
        signatures: signatures.collect(),
        published_at: published_at.map(str::to_owned),
        name,
        version,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn each_version_is_a_statement_whose_text_names_its_bytes() {
        let sha512 = format!("sha512-{}==", "A".repeat(86));
        let packument = json!({
            "name": "ms",
            "dist-tags": {"latest": "2.1.3"},
            "time": {"created": "2016-01-01T00:00:00.000Z", "2.1.3": "2020-12-08T13:54:35.223Z", "unpublished": {"a": 1}},
            "versions": {
                "2.1.2": {"name": "ms", "version": "2.1.2"},
                "2.1.3": {"name": "ms", "version": "2.1.3", "dist": {
                    "integrity": sha512,
                    "shasum": "x",
                    "signatures": [{"keyid": "SHA256:a", "sig": "b", "more": 1}],
                }},
            },
        });
        let document = super::super::read(&serde_json::to_vec(&packument).unwrap()).unwrap();
        let [bare, signed] = document.statements.as_slice() else {
            panic!("{document:?}");
        };
        assert_eq!((bare.signatures.len(), bare.digests.len()), (0, 0));
        assert_eq!(signed.text, format!("ms@2.1.3:{sha512}"));
        assert_eq!(signed.signatures[0].key_id, "SHA256:a");
        assert_eq!(
            signed.published_at.as_deref(),
            Some("2020-12-08T13:54:35.223Z")
        );
    }
}
