//! The public keys of the registry's signatures.

use cellier_sdk::{Failure, Registry, Response, SigningKey};
use serde_json::{Value, json};

use crate::protocol::error::error;

/// ECDSA on P-256, in the words of npm's clients.
const KEY_TYPE: &str = "ecdsa-sha2-nistp256";

/// Answers with all keys, those that sign no more with the time until which they did.
pub(super) fn serve(registry: &dyn Registry) -> Result<Response, Failure> {
    let keys = registry.signing_keys()?;
    if keys.is_empty() {
        // What clients take as: here nothing is signed.
        return Ok(error(404, "this registry signs nothing"));
    }
    let keys: Vec<_> = keys.iter().map(describe).collect();
    Ok(Response::json(200, &json!({ "keys": keys })))
}

fn describe(key: &SigningKey) -> Value {
    json!({
        "expires": key.expires,
        "keyid": key.key_id,
        "keytype": KEY_TYPE,
        "scheme": KEY_TYPE,
        "key": key.public_key,
    })
}
