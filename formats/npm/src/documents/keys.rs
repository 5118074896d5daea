//! The list of a registry's keys.

use cellier_sdk::{Document, SigningKey};
use serde::Deserialize;

/// The only kind of key that npm speaks of: ECDSA on P-256 with SHA-256.
const KIND: &str = "ecdsa-sha2-nistp256";

#[derive(Debug, Deserialize)]
pub(super) struct Key {
    keyid: String,
    keytype: String,
    #[serde(rename = "key")]
    public: String,
    expires: Option<String>,
}

/// Keys of other kinds are passed over: what only they have signed is then signed by nobody who is known.
pub(super) fn document(keys: Vec<Key>) -> Document {
    let known = keys.into_iter().filter(|key| key.keytype == KIND);
    let keys = known.map(|key| SigningKey {
        key_id: key.keyid,
        public_key: key.public,
        expires: key.expires,
    });
    Document {
        keys: keys.collect(),
        ..Document::default()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn keys_of_the_kind_that_is_known_are_read() {
        let text = r#"{"keys": [
            {"expires": null, "keyid": "SHA256:a", "keytype": "ecdsa-sha2-nistp256", "scheme": "ecdsa-sha2-nistp256", "key": "x"},
            {"expires": "2026-01-02T03:04:05Z", "keyid": "SHA256:b", "keytype": "ecdsa-sha2-nistp256", "key": "y"},
            {"expires": null, "keyid": "SHA256:c", "keytype": "rsa", "key": "z"}
        ]}"#;
        let document = super::super::read(&text.as_bytes().to_vec()).unwrap();
        let keys: Vec<_> = document
            .keys
            .iter()
            .map(|key| (&*key.key_id, key.expires.is_some()))
            .collect();
        assert_eq!(keys, [("SHA256:a", false), ("SHA256:b", true)]);
    }
}
