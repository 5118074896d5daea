//! Who asks.

use std::sync::Arc;

use crate::access::Acting;
use crate::keys::ApiKey;
use crate::{AccountRef, Uploader};

/// Who asks. Made by [`Authenticate`](crate::keys::Authenticate), never by a handler.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Nobody presented a credential.
    Anonymous,
    /// The holder of a key that works and belongs to no account.
    Key(Arc<ApiKey>),
    /// A person, or the holder of a key that belongs to an account.
    Account(Box<Acting>),
    /// Somebody at a terminal of the server itself, who can read its database anyway.
    CommandLine,
    /// The server itself, which applies what its operator has configured.
    System,
}

impl Actor {
    /// What is kept with the things that this actor changes.
    pub fn as_uploader(&self) -> Uploader {
        match self {
            Self::Anonymous => Uploader {
                kind: "anonymous".to_owned(),
                ..Uploader::default()
            },
            Self::Key(key) => key.as_uploader(),
            Self::Account(acting) => Uploader {
                kind: "account".to_owned(),
                account: acting.name().map(str::to_owned),
                ..acting.key().map(ApiKey::as_uploader).unwrap_or_default()
            },
            Self::CommandLine => Uploader {
                kind: "command-line".to_owned(),
                ..Uploader::default()
            },
            Self::System => Uploader {
                kind: "system".to_owned(),
                ..Uploader::default()
            },
        }
    }

    /// What tells this actor from others, for what is kept for it alone: the account, or the key if it belongs to none.
    pub fn identity(&self) -> Option<String> {
        match self {
            Self::Key(key) => Some(format!("key:{}", key.id)),
            Self::Account(acting) => acting.accounts().next().map(ToString::to_string),
            Self::Anonymous | Self::CommandLine | Self::System => None,
        }
    }

    /// The account that owns what this actor is the first to publish: the person. A key without an account leaves the
    /// artefact to whoever the scopes let at it.
    pub(crate) fn as_owner(&self) -> Option<AccountRef> {
        match self {
            Self::Account(acting) => acting.user.as_ref().map(AccountRef::user),
            Self::Anonymous | Self::Key(_) | Self::CommandLine | Self::System => None,
        }
    }
}
