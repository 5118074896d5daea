//! What is stored of a key that signs.

use std::fmt;

use crate::Timestamp;
use crate::signing::{InvalidSigningKey, KeyPair};

/// A key that signs or has signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyRecord {
    /// Its identifier.
    pub id: String,
    /// The public part: `SubjectPublicKeyInfo` in DER, in base64.
    pub public_key: String,
    /// The private part; none if the key is retired, or lies in a file.
    pub private_key: Option<PrivateKey>,
    /// When it was first used.
    pub created_at: Timestamp,
    /// Until when it signed, if it does no more.
    pub retired_at: Option<Timestamp>,
}

impl SigningKeyRecord {
    /// A key whose private part lies in a file.
    pub(super) fn in_file(pair: &KeyPair, now: Timestamp) -> Self {
        Self {
            id: pair.id().to_owned(),
            public_key: pair.public_key().to_owned(),
            private_key: None,
            created_at: now,
            retired_at: None,
        }
    }

    /// A key whose private part lies in the catalogue.
    pub(super) fn in_catalogue(pair: &KeyPair, now: Timestamp) -> Result<Self, InvalidSigningKey> {
        Ok(Self {
            private_key: Some(pair.private_key()?),
            ..Self::in_file(pair, now)
        })
    }
}

/// The private part of a key: PKCS#8 in DER, in base64. It shows itself to nobody who does not ask for it by name.
#[derive(Clone, PartialEq, Eq)]
pub struct PrivateKey(String);

impl PrivateKey {
    /// Takes a private part as it is stored.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}
