//! What a start asks of a store, before anything depends on the answers.
//!
//! Some stores accept a condition and ignore it, or say "done" and have done nothing. They would lose or mix up bytes much
//! later, when nobody looks. So everything that is ever asked of a store is tried here first, on objects of the probe's
//! own, and a store that fails is refused with the reason. Nothing is tried that is not used: a store need not know more.

mod create;
mod error;
mod link;
mod objects;
mod parts;

use cellier_model::Random;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _};

pub use self::error::ProbeError;
use crate::blobs::remote::digits::random_digits;
use crate::blobs::remote::store::RemoteStore;

/// Tries all abilities; removes what it has written whatever comes of it.
pub(super) async fn probe(
    store: &RemoteStore,
    links: bool,
    random: &dyn Random,
) -> Result<(), ProbeError> {
    let probe = Probe {
        store,
        objects: store.objects.as_ref(),
        folder: store.layout.probes().join(random_digits(random)),
    };
    let outcome = probe.all(links).await;
    let tidied = probe.delete().await;
    outcome.and(tidied)
}

struct Probe<'a> {
    store: &'a RemoteStore,
    objects: &'a dyn ObjectStore,
    folder: Path,
}

impl Probe<'_> {
    async fn all(&self, links: bool) -> Result<(), ProbeError> {
        self.write_and_read().await?;
        self.missing_object().await?;
        if self.store.conditional_puts {
            self.create_only().await?;
        }
        self.list().await?;
        self.parts().await?;
        if links {
            self.follow_link().await?;
        }
        Ok(())
    }

    fn object(&self, name: &str) -> Path {
        self.folder.clone().join(name)
    }

    /// Removes what was written, and makes sure of it.
    async fn delete(&self) -> Result<(), ProbeError> {
        const ABILITY: &str = "deleting an object";
        let broken = |error| ProbeError::broken(ABILITY, error);
        let written = self.objects.list(Some(&self.folder));
        let written: Vec<_> = written.try_collect().await.map_err(broken)?;
        for object in &written {
            self.objects
                .delete(&object.location)
                .await
                .map_err(broken)?;
        }
        for object in &written {
            match self.objects.head(&object.location).await {
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(broken(error)),
                Ok(_) => {
                    let found = "an object that was deleted is still there";
                    return Err(ProbeError::wrong(ABILITY, found, error::OTHER_STORE));
                }
            }
        }
        Ok(())
    }
}
