//! Storing a blob, and making sure of it.

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
    random: &dyn Random,
) -> Result<(), BlobError> {
    let path = store.layout.blob(key);
    let mark = Mark::new(random);
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
    match find(store, &path).await {
        // It answers nothing at all: its first error says more.
        Err(_) if put.is_err() => put,
        found => judge(put, found?, staged.size(), key, &mark),
    }
}

/// What an upload has come to: `put` is what the store said, `found` is what it has.
fn judge(
    put: Result<(), BlobError>,
    found: Option<Found>,
    size: u64,
    key: &BlobKey,
    mark: &Mark,
) -> Result<(), BlobError> {
    let Some(found) = found else {
        return match put {
            Ok(()) | Err(BlobError::AlreadyExists { .. }) => {
                let told = "it said that there is such an object now, and has none";
                Err(unkept("store a blob", told.to_owned()))
            }
            failed => failed,
        };
    };
    match &found.mark {
        Some(other) if *other != mark.0 => Err(BlobError::AlreadyExists { key: *key }),
        // A store that keeps no marks: what it answered is all that there is to go by.
        None if put.is_err() => put,
        _ if found.size == size => Ok(()),
        _ => {
            let told = format!("it kept {} of {size} bytes", found.size);
            put.and(Err(unkept("store a blob", told)))
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> BlobKey {
        format!("{}.00000000000000ff", "ab".repeat(32))
            .parse()
            .unwrap()
    }

    /// What is told of an upload of 10 bytes.
    fn told(put: Result<(), BlobError>, found: Option<(u64, Option<&str>)>) -> String {
        let found = found.map(|(size, mark)| Found {
            size,
            mark: mark.map(str::to_owned),
        });
        match judge(put, found, 10, &key(), &Mark("mine".to_owned())) {
            Ok(()) => "stored".to_owned(),
            Err(BlobError::AlreadyExists { .. }) => "already there".to_owned(),
            Err(BlobError::Full) => "full".to_owned(),
            Err(error) => std::error::Error::source(&error).unwrap().to_string(),
        }
    }

    #[test]
    fn what_the_store_has_counts_and_not_what_it_said() {
        let exists = || Err(BlobError::AlreadyExists { key: key() });
        let mine = Some((10, Some("mine")));
        assert_eq!(told(Ok(()), mine), "stored");
        assert_eq!(told(exists(), mine), "stored");
        assert_eq!(told(Err(BlobError::Full), mine), "stored");
        assert_eq!(told(Ok(()), Some((10, Some("other")))), "already there");
        assert_eq!(told(Err(BlobError::Full), None), "full");
        for put in [Ok(()), exists()] {
            assert!(told(put, None).contains("has none"));
        }
        assert_eq!(
            told(Ok(()), Some((7, Some("mine")))),
            "it kept 7 of 10 bytes"
        );
    }

    #[test]
    fn a_store_that_keeps_no_marks_is_taken_at_its_word() {
        let exists = Err(BlobError::AlreadyExists { key: key() });
        assert_eq!(told(Ok(()), Some((10, None))), "stored");
        assert_eq!(told(exists, Some((10, None))), "already there");
        assert_eq!(told(Ok(()), Some((7, None))), "it kept 7 of 10 bytes");
    }
}
