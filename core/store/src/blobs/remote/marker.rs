//! What is noted about a bucket, or a prefix of one, as a whole.

use cellier_model::ports::BlobError;
use object_store::{Error, ObjectStoreExt as _, PutMode, PutOptions};

use crate::blobs::Marker;
use crate::blobs::remote::RemoteBlobs;
use crate::blobs::remote::error::{failed, unkept};

impl RemoteBlobs {
    /// What a marker says; `None` if there is none.
    pub async fn marker(&self, marker: Marker) -> Result<Option<String>, BlobError> {
        const DOING: &str = "read whose storage it is";
        let path = self.store.layout.marker(marker);
        let found = match self.store.objects.get(&path).await {
            Ok(found) => found,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(failed(DOING, error)),
        };
        if found.meta.size > Marker::LONGEST {
            let told = format!("{path} has {} bytes, so it is not ours", found.meta.size);
            return Err(unkept(DOING, told));
        }
        let text = found.bytes().await.map_err(|error| failed(DOING, error))?;
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    /// Sets a marker that is not there; `false` if there is one, which stays as it is.
    pub async fn set_marker(&self, marker: Marker, text: &str) -> Result<bool, BlobError> {
        let mut mode = PutMode::Create;
        if !self.store.conditional_puts {
            if self.marker(marker).await?.is_some() {
                return Ok(false);
            }
            mode = PutMode::Overwrite;
        }
        let path = self.store.layout.marker(marker);
        let put =
            self.store
                .objects
                .put_opts(&path, text.to_owned().into(), PutOptions::from(mode));
        match put.await {
            Ok(_) => Ok(true),
            Err(Error::AlreadyExists { .. }) => Ok(false),
            Err(error) => Err(failed("note whose storage it is", error)),
        }
    }

    /// Takes a marker away; one that is not there is no error.
    pub async fn remove_marker(&self, marker: Marker) -> Result<(), BlobError> {
        let path = self.store.layout.marker(marker);
        match self.store.objects.delete(&path).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed("note whose storage it is", error)),
        }
    }
}
