//! Objects that are put together from parts.

use bytes::Bytes;
use object_store::{Error, MultipartUpload, ObjectStoreExt as _, PutPayload};

use crate::blobs::remote::probe::{Probe, ProbeError};

/// The smallest part that S3 allows before the last one.
const PART: usize = 5 * 1024 * 1024;

impl Probe<'_> {
    /// Two parts, and a range that begins in one and ends in the other. That the store says "done" is not believed: some
    /// answer 200 with an error in the body.
    pub(super) async fn parts(&self) -> Result<(), ProbeError> {
        const ABILITY: &str = "putting an object together from parts";
        const FIX: &str =
            "use a store that speaks the multipart uploads of S3: large uploads depend on them";
        let broken = |error| ProbeError::broken(ABILITY, error);
        let path = self.object("parts");
        let mut upload = self.objects.put_multipart(&path).await.map_err(broken)?;
        if let Err(error) = send_two(upload.as_mut()).await {
            let _ = upload.abort().await;
            return Err(broken(error));
        }
        let size = match self.objects.head(&path).await {
            Ok(object) => object.size,
            Err(Error::NotFound { .. }) => {
                let found = "it said that the object is complete, and has none";
                return Err(ProbeError::wrong(ABILITY, found, FIX));
            }
            Err(error) => return Err(broken(error)),
        };
        if size != PART as u64 + 2 {
            let found = format!("an object of {} bytes has {size}", PART + 2);
            return Err(ProbeError::wrong(ABILITY, found, FIX));
        }
        let seam = PART as u64 - 1..PART as u64 + 1;
        let range = self.objects.get_range(&path, seam).await.map_err(broken)?;
        if range.as_ref() != b"12" {
            return Err(ProbeError::wrong(ABILITY, "its parts are in disorder", FIX));
        }
        Ok(())
    }
}

async fn send_two(upload: &mut dyn MultipartUpload) -> object_store::Result<()> {
    let first = Bytes::from(vec![b'1'; PART]);
    upload.put_part(first.into()).await?;
    let second = PutPayload::from_static(b"22");
    upload.put_part(second).await?;
    upload.complete().await.map(drop)
}
