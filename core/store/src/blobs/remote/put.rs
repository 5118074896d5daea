//! Storing a blob, and making sure of it.

use std::sync::Arc;

use cellier_model::ports::BlobError;
use cellier_model::{BlobKey, Random, StagedBlob};
use object_store::path::Path;
use object_store::{Attribute, Attributes, Error, GetOptions, PutMode, PutOptions};

use crate::blobs::remote::digits::random_digits;
use crate::blobs::remote::error::{failed, unkept};
use crate::blobs::remote::multipart::{PartMemory, SMALLEST_PART, put_in_parts, read_part};
use crate::blobs::remote::store::RemoteStore;

/// The attribute of an object that says by which call it was stored.
const MARK: Attribute = Attribute::Metadata(std::borrow::Cow::Borrowed("cellier-mark"));

/// Random digits that an object is stored with, by which its maker knows it again.
///
/// An answer may get lost, and a request that was repeated then finds an object in its way: whether that is our own is
/// told by the mark.
#[derive(Debug, PartialEq, Eq)]
struct Mark(String);

impl Mark {
    fn new(random: &dyn Random) -> Self {
        Self(random_digits(random))
    }

    fn attributes(&self) -> Attributes {
        Attributes::from_iter([(MARK, self.0.clone())])
    }
}

/// Stores staged bytes under a fresh key: small ones with one request, larger ones in parts. Whatever the store answers,
/// what counts is what it then has.
pub(super) async fn put(
    store: &RemoteStore,
    staged: &StagedBlob,
    key: &BlobKey,
    memory: &PartMemory,
    random: &Arc<dyn Random>,
) -> Result<(), BlobError> {
    let path = store.layout.blob(key);
    let mark = Mark::new(random.as_ref());
    let in_parts = staged.size() > SMALLEST_PART;
    // Parts are put together without a condition, so that it has to be looked first.
    if (in_parts || !store.conditional_puts) && is_there(store, &path).await? {
        return Err(BlobError::AlreadyExists { key: *key });
    }
    let put = if in_parts {
        let content = staged.content();
        put_in_parts(
            store.objects.as_ref(),
            &path,
            content,
            mark.attributes(),
            memory,
        )
        .await
    } else {
        put_whole(store, key, staged, &mark, memory).await
    };
    let already_there = Err(BlobError::AlreadyExists { key: *key });
    match find(store, &path).await? {
        Some(Found {
            mark: Some(found), ..
        }) if found != mark.0 => already_there,
        Some(found) if found.size != staged.size() => {
            put?;
            let told = format!("it kept {} of {} bytes", found.size, staged.size());
            Err(unkept("store a blob", told))
        }
        Some(Found { mark: Some(_), .. }) => Ok(()),
        // A store that keeps no marks: what it answered is all that there is to go by.
        Some(Found { mark: None, .. }) => put,
        None => match put {
            Ok(()) | Err(BlobError::AlreadyExists { .. }) => {
                let told = "it said that there is such an object now, and has none";
                Err(unkept("store a blob", told.to_owned()))
            }
            failed => failed,
        },
    }
}

async fn put_whole(
    store: &RemoteStore,
    key: &BlobKey,
    staged: &StagedBlob,
    mark: &Mark,
    memory: &PartMemory,
) -> Result<(), BlobError> {
    let _reserved = memory.reserve(staged.size()).await?;
    let bytes = read_part(staged.content(), 0, staged.size()).await?;
    let options = PutOptions {
        mode: if store.conditional_puts {
            PutMode::Create
        } else {
            PutMode::Overwrite
        },
        attributes: mark.attributes(),
        ..PutOptions::default()
    };
    let path = store.layout.blob(key);
    match store.objects.put_opts(&path, bytes.into(), options).await {
        Ok(_) => Ok(()),
        Err(Error::AlreadyExists { .. }) => Err(BlobError::AlreadyExists { key: *key }),
        Err(error) => Err(failed("store a blob", error)),
    }
}

/// An object that was found.
struct Found {
    size: u64,
    /// `None` from a store that keeps no attributes.
    mark: Option<String>,
}

async fn is_there(store: &RemoteStore, path: &Path) -> Result<bool, BlobError> {
    Ok(find(store, path).await?.is_some())
}

async fn find(store: &RemoteStore, path: &Path) -> Result<Option<Found>, BlobError> {
    let options = GetOptions {
        head: true,
        ..GetOptions::default()
    };
    match store.objects.get_opts(path, options).await {
        Ok(found) => Ok(Some(Found {
            size: found.meta.size,
            mark: found
                .attributes
                .get(&MARK)
                .map(|mark| mark.as_ref().to_owned()),
        })),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(failed("look at a blob", error)),
    }
}
