//! A published file, as its registry lends it.

use std::cell::OnceCell;
use std::fmt;
use std::io;

use cellier_sdk::{ReadAt, Registry, Sha256};

/// A published file that is opened when something of it is first needed.
///
/// Opening is where the host decides whether the caller may have the bytes, so whatever is made of them opens the file,
/// even if all that it takes is remembered from another request.
pub(crate) struct Blob<'a> {
    registry: &'a dyn Registry,
    digest: Sha256,
    content: OnceCell<Box<dyn ReadAt>>,
}

impl<'a> Blob<'a> {
    /// The file of a digest that this registry has shown.
    pub(crate) fn new(registry: &'a dyn Registry, digest: Sha256) -> Self {
        Self {
            registry,
            digest,
            content: OnceCell::new(),
        }
    }

    /// Its digest.
    pub(crate) fn digest(&self) -> Sha256 {
        self.digest
    }

    /// Its bytes.
    pub(crate) fn content(&self) -> io::Result<&dyn ReadAt> {
        if let Some(content) = self.content.get() {
            return Ok(content.as_ref());
        }
        let opened = self.registry.open(self.digest)?;
        Ok(self.content.get_or_init(|| opened).as_ref())
    }
}

impl fmt::Debug for Blob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({})", self.digest)
    }
}
