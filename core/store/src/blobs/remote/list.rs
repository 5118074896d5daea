//! Listing all blobs, however many there are.

use std::sync::Arc;

use cellier_model::ports::{BlobError, StoredBlob, StoredBlobs};
use cellier_model::{BlobKey, Timestamp};
use cellier_sdk::Sha256;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};

use crate::blobs::remote::error::failed;
use crate::blobs::remote::layout::Layout;
use crate::blobs::remote::store::RemoteStore;

/// How often a listing is taken up again where it broke. Stores list by name, so that the last name says where.
const TRIES: u32 = 3;

/// Lists all blobs, page by page.
pub(super) fn list(store: &RemoteStore) -> StoredBlobs {
    list_below(store, store.layout.blobs())
}

/// The keys of the blobs of a digest: all of them lie in one folder.
pub(super) async fn keys_of(
    store: &RemoteStore,
    sha256: &Sha256,
) -> Result<Vec<BlobKey>, BlobError> {
    let folder = store.layout.folder(&sha256.to_hex());
    let mut found = list_below(store, folder);
    let mut keys = Vec::new();
    while let Some(blob) = found.try_next().await? {
        if blob.key.sha256() == *sha256 {
            keys.push(blob.key);
        }
    }
    keys.sort();
    Ok(keys)
}

fn list_below(store: &RemoteStore, prefix: Path) -> StoredBlobs {
    let listing = Listing {
        pages: store.objects.list(Some(&prefix)),
        objects: Arc::clone(&store.objects),
        prefix,
        last: None,
        tries: TRIES,
    };
    Box::pin(stream::unfold(listing, |mut listing| async move {
        let found = listing.next().await?;
        Some((found, listing))
    }))
}

struct Listing {
    objects: Arc<dyn ObjectStore>,
    prefix: Path,
    pages: BoxStream<'static, object_store::Result<ObjectMeta>>,
    last: Option<Path>,
    tries: u32,
}

impl Listing {
    async fn next(&mut self) -> Option<Result<StoredBlob, BlobError>> {
        loop {
            match self.pages.next().await? {
                Ok(object) => {
                    self.tries = TRIES;
                    let blob = stored_blob(&object);
                    self.last = Some(object.location);
                    if let Some(blob) = blob {
                        return Some(Ok(blob));
                    }
                }
                Err(error) if self.tries == 0 => {
                    self.pages = stream::empty().boxed();
                    return Some(Err(failed("list blobs", error)));
                }
                Err(_may_pass) => self.resume(),
            }
        }
    }

    fn resume(&mut self) {
        self.tries -= 1;
        self.pages = match &self.last {
            Some(last) => self.objects.list_with_offset(Some(&self.prefix), last),
            None => self.objects.list(Some(&self.prefix)),
        };
    }
}

fn stored_blob(object: &ObjectMeta) -> Option<StoredBlob> {
    Some(StoredBlob {
        key: Layout::key(&object.location)?,
        size: object.size,
        modified: Timestamp::from_micros(object.last_modified.timestamp_micros()),
    })
}
