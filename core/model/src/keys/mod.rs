//! API keys: their text, what is stored of them, and how one is made, checked, listed and revoked.

mod authenticate;
mod create;
mod key;
mod list;
mod pattern;
mod revoke;
mod token;
mod uses;
mod words;

pub use self::authenticate::{Authenticate, Unauthenticated};
pub(crate) use self::create::key_name_rule;
pub use self::create::{CreateKey, CreateKeyError, CreatedKey, create_key};
pub use self::key::{ApiKey, KeyType, Scope, UnknownKeyType};
pub use self::list::list_keys;
pub use self::pattern::NamePattern;
pub use self::revoke::{RevokeKeyError, revoke_key};
pub use self::token::{KeyHash, KeyToken, MalformedKey};
pub use self::words::UnknownWord;
pub(crate) use self::words::check_words;
