//! A store of objects in the network, before anything is known of it.

use std::fmt;
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::path::Path;
use object_store::signer::Signer;

use crate::blobs::remote::layout::Layout;

/// A store of objects in the network, and how it is to be used.
#[derive(Clone)]
pub struct RemoteStore {
    pub(super) objects: Arc<dyn ObjectStore>,
    pub(super) signer: Option<Arc<dyn Signer>>,
    pub(super) layout: Layout,
    pub(super) conditional_puts: bool,
}

impl RemoteStore {
    /// Any store of objects.
    pub fn of(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            objects,
            signer: None,
            layout: Layout::below(Path::default()),
            conditional_puts: true,
        }
    }

    /// Keeps everything below a prefix.
    #[must_use]
    pub fn below(mut self, prefix: Path) -> Self {
        self.layout = Layout::below(prefix);
        self
    }

    /// Lets clients be sent to the store itself, with URLs that this signs.
    #[must_use]
    pub fn with_signer(mut self, signer: Arc<dyn Signer>) -> Self {
        self.signer = Some(signer);
        self
    }

    /// Whether the store can refuse to overwrite an object. Where it cannot, it is looked first whether there is one; that
    /// is as good as long as no key is made twice, and keys have 64 random bits beside their digest.
    #[must_use]
    pub fn with_conditional_puts(mut self, conditional_puts: bool) -> Self {
        self.conditional_puts = conditional_puts;
        self
    }
}

impl fmt::Debug for RemoteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteStore")
            .field("objects", &format_args!("{}", self.objects))
            .field("layout", &self.layout)
            .field("conditional_puts", &self.conditional_puts)
            .finish_non_exhaustive()
    }
}
