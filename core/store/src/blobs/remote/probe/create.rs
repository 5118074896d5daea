//! Creating an object only where there is none.

use object_store::path::Path;
use object_store::{Error, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, PutResult};

use crate::blobs::remote::probe::{Probe, ProbeError};

impl Probe<'_> {
    pub(super) async fn create_only(&self) -> Result<(), ProbeError> {
        const ABILITY: &str = "refusing to overwrite an object (If-None-Match: *)";
        let path = self.object("small");
        match self.create(&path, b"overwritten").await {
            Err(Error::AlreadyExists { .. }) => {}
            Err(error) => return Err(ProbeError::broken(ABILITY, error)),
            Ok(_) => return Err(overwritten(ABILITY, "the condition was ignored")),
        }
        match self.objects.head(&path).await {
            Ok(object) if object.size == 10 => Ok(()),
            Ok(_) => {
                let found = "it refused, and overwrote it all the same";
                Err(overwritten(ABILITY, found))
            }
            Err(error) => Err(ProbeError::broken(ABILITY, error)),
        }
    }

    async fn create(&self, path: &Path, bytes: &'static [u8]) -> object_store::Result<PutResult> {
        let options = PutOptions::from(PutMode::Create);
        let payload = PutPayload::from_static(bytes);
        self.objects.put_opts(path, payload, options).await
    }
}

fn overwritten(ability: &'static str, found: impl Into<String>) -> ProbeError {
    let fix = "use a store that knows conditional puts, or add conditional_puts=false to storage.url: then it is looked first whether there is such an object";
    ProbeError::wrong(ability, found, fix)
}
