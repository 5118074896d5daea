//! Who asks.

use crate::Uploader;
use crate::keys::ApiKey;

/// Who asks. Made by [`Authenticate`](crate::keys::Authenticate), never by a handler.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Nobody presented a credential.
    Anonymous,
    /// The holder of a key that works.
    Key(Box<ApiKey>),
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
}
