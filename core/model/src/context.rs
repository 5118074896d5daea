//! What every use case is given.

use std::sync::Arc;

use crate::access::AccessPolicy;
use crate::ports::{Blobs, Catalog, Formats, Passwords};
use crate::sessions::SessionPolicy;
use crate::{Clock, Random};

/// The ports and the operator's policy: what every use case is given.
#[derive(Clone, Debug)]
pub struct Context {
    /// Everything that is known.
    pub catalog: Arc<dyn Catalog>,
    /// The bytes.
    pub blobs: Arc<dyn Blobs>,
    /// The formats.
    pub formats: Arc<dyn Formats>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The slow hash of passwords.
    pub passwords: Arc<dyn Passwords>,
    /// What the operator allows.
    pub access: AccessPolicy,
    /// For how long sessions hold.
    pub sessions: SessionPolicy,
}
