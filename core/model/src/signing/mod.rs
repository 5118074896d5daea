//! Signatures of the registry: with them a client can tell that it was this registry which said something.
//!
//! One key is in use at a time, for all servers that share a database: it lies there, or in a file that every server is
//! given. A key that is retired stays listed, with the time until which it signed, and its private part is forgotten.

mod check;
mod key_pair;
mod list;
mod record;
mod rotate;
mod signer;

pub use self::check::{InvalidSignature, check_signature};
pub use self::key_pair::{InvalidSigningKey, KeyPair};
pub use self::list::list_signing_keys;
pub use self::record::{PrivateKey, SigningKeyRecord};
pub use self::rotate::{RotateError, rotate_signing_key};
pub use self::signer::{Signer, SignerError};
