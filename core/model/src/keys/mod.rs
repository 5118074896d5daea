//! API keys: their text, what is stored of them, and how one is made, checked and revoked.

mod authenticate;
mod create;
mod key;
mod pattern;
mod revoke;
mod token;

pub use self::authenticate::{Authenticate, Unauthenticated};
pub use self::create::{CreateKey, CreateKeyError, CreatedKey, create_key};
pub use self::key::{ApiKey, KeyType, Scope, UnknownKeyType};
pub use self::pattern::NamePattern;
pub use self::revoke::{RevokeKeyError, list_keys, revoke_key};
pub use self::token::{KeyHash, KeyToken, MalformedKey};
