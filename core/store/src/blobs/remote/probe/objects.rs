//! Writing, reading, listing and missing objects.

use bytes::Bytes;
use futures_util::StreamExt as _;
use object_store::{Error, ObjectStoreExt as _};

use crate::blobs::remote::probe::error::OTHER_STORE;
use crate::blobs::remote::probe::{Probe, ProbeError};

impl Probe<'_> {
    pub(super) async fn write_and_read(&self) -> Result<(), ProbeError> {
        const ABILITY: &str = "writing an object and reading it back";
        let broken = |error| ProbeError::broken(ABILITY, error);
        let path = self.object("small");
        let written = Bytes::from_static(b"0123456789");
        let put = self.objects.put(&path, written.clone().into()).await;
        put.map_err(broken)?;
        let read = self.objects.get(&path).await.map_err(broken)?;
        let read = read.bytes().await.map_err(broken)?;
        if read != written {
            let found = format!("{} bytes came back that are not those", read.len());
            return Err(ProbeError::wrong(ABILITY, found, OTHER_STORE));
        }
        let range = self.objects.get_range(&path, 3..7).await.map_err(broken)?;
        if range != written.slice(3..7) {
            let found = "a range came back as other bytes";
            return Err(ProbeError::wrong(ABILITY, found, OTHER_STORE));
        }
        let size = self.objects.head(&path).await.map_err(broken)?.size;
        if size != 10 {
            let found = format!("an object of 10 bytes has {size}");
            return Err(ProbeError::wrong(ABILITY, found, OTHER_STORE));
        }
        Ok(())
    }

    pub(super) async fn missing_object(&self) -> Result<(), ProbeError> {
        const ABILITY: &str = "saying that an object is missing";
        match self.objects.head(&self.object("missing")).await {
            Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(ProbeError::broken(ABILITY, error)),
            Ok(_) => {
                let found = "it has an object that nobody wrote";
                Err(ProbeError::wrong(ABILITY, found, OTHER_STORE))
            }
        }
    }

    pub(super) async fn list(&self) -> Result<(), ProbeError> {
        const ABILITY: &str = "listing objects";
        let mut listed = self.objects.list(Some(&self.folder));
        let path = self.object("small");
        while let Some(object) = listed.next().await {
            let object = object.map_err(|error| ProbeError::broken(ABILITY, error))?;
            if object.location == path && object.size == 10 {
                return Ok(());
            }
        }
        let found = "an object that was just written is not listed";
        let fix = "use a store whose listings are up to date: the sweep and the check rely on them";
        Err(ProbeError::wrong(ABILITY, found, fix))
    }
}
