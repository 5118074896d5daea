//! A token as formats see it.

use cellier_model::keys::{ApiKey, KeyToken};
use cellier_sdk::TokenView;

/// What is shown of a token: everything but its text.
pub(super) fn token_view(key: &ApiKey) -> TokenView {
    TokenView {
        id: key.id.to_string(),
        name: key.name.clone(),
        short: KeyToken::beginning(&key.short_id),
        read_only: key.read_only,
        only: key.scope.name.as_ref().map(|name| name.as_str().to_owned()),
        created_at: key.created_at.to_string(),
        expires_at: key.expires_at.map(|expires_at| expires_at.to_string()),
    }
}
