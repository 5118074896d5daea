//! Large uploads, in parts.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use cellier_model::ports::BlobError;
use cellier_sdk::{ReadAt, ReadAtExt as _};
use object_store::path::Path;
use object_store::{Attributes, MultipartUpload, ObjectStore, PutMultipartOptions};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::blobs::disk::on_disk;
use crate::blobs::remote::error::{failed, unkept};

/// One MiB.
const MIB: u64 = 1024 * 1024;

/// An upload of at most so many bytes is one request; S3 wants parts of at least 5 MiB, and a part of 8 is well filled.
pub(super) const SMALLEST_PART: u64 = 8 * MIB;

/// S3 takes no more parts than these, and no object that is larger.
const MOST_PARTS: u64 = 10_000;
const LARGEST_OBJECT: u64 = 5 * 1024 * 1024 * MIB;

/// How many parts of one upload are sent at the same time.
const AT_ONCE: usize = 4;

/// The memory that parts of all uploads of this process may hold together.
///
/// A part needs as many permits as it has MiB, or all of them if it has more: an object of 5 TiB has parts of 525 MiB,
/// which are then sent one after the other.
#[derive(Clone, Debug)]
pub(super) struct PartMemory {
    mebibytes: Arc<Semaphore>,
    all: u32,
}

impl PartMemory {
    /// What a server holds for parts.
    pub(super) const DEFAULT: u32 = 128;

    pub(super) fn of_mebibytes(all: u32) -> Self {
        Self {
            mebibytes: Arc::new(Semaphore::new(all as usize)),
            all,
        }
    }

    /// Waits until there is room for so many bytes; it is free again when what this gives is dropped.
    pub(super) async fn reserve(&self, bytes: u64) -> Result<impl Send + use<>, BlobError> {
        let permits = u32::try_from(bytes.div_ceil(MIB)).map_or(self.all, |all| all.min(self.all));
        let reserved = Arc::clone(&self.mebibytes).acquire_many_owned(permits);
        reserved
            .await
            .map_err(|error| unkept("reserve memory for an upload", error.to_string()))
    }
}

/// How an upload is divided: equal parts, and a last one that may be smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Division {
    size: u64,
    part: u64,
}

impl Division {
    /// `None` for more than S3 takes.
    fn of(size: u64) -> Option<Self> {
        let needed = size.div_ceil(MOST_PARTS).next_multiple_of(MIB);
        let part = needed.max(SMALLEST_PART);
        (size <= LARGEST_OBJECT).then_some(Self { size, part })
    }

    /// Offset and length of each part.
    fn parts(self) -> impl Iterator<Item = (u64, u64)> {
        let count = self.size.div_ceil(self.part);
        (0..count).map(move |number| {
            let offset = number * self.part;
            (offset, self.part.min(self.size - offset))
        })
    }
}

/// Sends content in parts. When this fails, or is dropped in the middle, the store forgets the parts that it has.
pub(super) async fn put_in_parts(
    store: &dyn ObjectStore,
    path: &Path,
    content: &Arc<dyn ReadAt>,
    attributes: Attributes,
    memory: &PartMemory,
) -> Result<(), BlobError> {
    let Some(division) = Division::of(content.size()) else {
        let found = format!("{} bytes, and S3 takes at most 5 TiB", content.size());
        return Err(unkept("store a blob", found));
    };
    let options = PutMultipartOptions {
        attributes,
        ..PutMultipartOptions::default()
    };
    let upload = store.put_multipart_opts(path, options).await;
    let upload = upload.map_err(|error| failed("begin to store a blob in parts", error))?;
    let mut upload = Unfinished(Some(upload));
    send_parts(upload.get()?, content, division, memory).await?;
    let completed = upload.get()?.complete().await;
    completed.map_err(|error| failed("finish a blob that was stored in parts", error))?;
    upload.0 = None;
    Ok(())
}

async fn send_parts(
    upload: &mut dyn MultipartUpload,
    content: &Arc<dyn ReadAt>,
    division: Division,
    memory: &PartMemory,
) -> Result<(), BlobError> {
    // Dropping the set ends the tasks in it.
    let mut sending = JoinSet::new();
    for (offset, length) in division.parts() {
        if sending.len() == AT_ONCE {
            all_well(sending.join_next().await)?;
        }
        let reserved = memory.reserve(length).await?;
        let part = read_part(content, offset, length).await?;
        let sent = upload.put_part(part.into());
        sending.spawn(async move {
            let sent = sent.await;
            drop(reserved);
            sent
        });
    }
    while let Some(sent) = sending.join_next().await {
        all_well(Some(sent))?;
    }
    Ok(())
}

fn all_well(
    sent: Option<Result<object_store::Result<()>, tokio::task::JoinError>>,
) -> Result<(), BlobError> {
    match sent {
        None | Some(Ok(Ok(()))) => Ok(()),
        Some(Ok(Err(error))) => Err(failed("store a part of a blob", error)),
        Some(Err(error)) => Err(unkept("store a part of a blob", error.to_string())),
    }
}

/// Reads a piece of what is staged into memory.
pub(super) async fn read_part(
    content: &Arc<dyn ReadAt>,
    offset: u64,
    length: u64,
) -> Result<Bytes, BlobError> {
    let content = Arc::clone(content);
    on_disk("read a staged upload", move || {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let mut part = vec![0; length];
        content.read_exact_at(offset, &mut part)?;
        Ok(part.into())
    })
    .await
}

/// An upload whose parts the store is to forget, unless it was completed.
struct Unfinished(Option<Box<dyn MultipartUpload>>);

impl Unfinished {
    fn get(&mut self) -> Result<&mut dyn MultipartUpload, BlobError> {
        match &mut self.0 {
            Some(upload) => Ok(upload.as_mut()),
            None => Err(unkept("store a blob", "it is stored already".to_owned())),
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        let Some(mut upload) = self.0.take() else {
            return;
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        runtime.spawn(async move {
            if let Err(error) = upload.abort().await {
                tracing::warn!(%error, "the parts of an upload that failed could not be removed: {error}");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_grow_so_that_ten_thousand_are_enough_for_the_largest_object() {
        let part = |size| Division::of(size).map(|division| division.part);
        assert_eq!(part(SMALLEST_PART + 1), Some(8 * MIB));
        assert_eq!(part(80_000 * MIB), Some(8 * MIB));
        assert_eq!(part(80_000 * MIB + 1), Some(9 * MIB));
        assert_eq!(part(LARGEST_OBJECT), Some(525 * MIB));
        assert_eq!(part(LARGEST_OBJECT + 1), None);
    }

    #[test]
    fn parts_follow_each_other_without_a_gap_and_are_never_too_many() {
        for size in [
            SMALLEST_PART + 1,
            16 * MIB,
            100 * MIB - 1,
            80_000 * MIB + 1,
            LARGEST_OBJECT,
        ] {
            let division = Division::of(size).unwrap();
            let mut end = 0;
            let mut count = 0;
            for (offset, length) in division.parts() {
                assert_eq!(offset, end);
                assert!(length > 0 && length <= division.part);
                end += length;
                count += 1;
            }
            assert_eq!(end, size);
            assert!(count <= MOST_PARTS, "{count} parts for {size} bytes");
        }
    }

    #[tokio::test]
    async fn a_part_that_is_larger_than_the_memory_takes_all_of_it() {
        let memory = PartMemory::of_mebibytes(16);
        let one = memory.reserve(8 * MIB).await.unwrap();
        let waiting = tokio::spawn({
            let memory = memory.clone();
            async move { memory.reserve(525 * MIB).await.map(drop) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(one);
        waiting.await.unwrap().unwrap();
    }
}
