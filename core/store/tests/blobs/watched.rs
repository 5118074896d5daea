//! A store in memory that is watched, and that a test can make careless.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result, UploadPart,
};

/// A store in memory that is watched. Clones are the same store.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    pub(crate) inner: InMemory,
    seen: Arc<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    gets: AtomicUsize,
    in_flight: AtomicUsize,
    peak: AtomicUsize,
    careless: AtomicBool,
}

impl Watched {
    /// A store that overwrites an object when it is asked to create one only.
    pub(crate) fn careless() -> Self {
        let store = Self::default();
        store.seen.careless.store(true, Ordering::Relaxed);
        store
    }

    /// How often bytes were asked for.
    pub(crate) fn gets(&self) -> usize {
        self.seen.gets.load(Ordering::Relaxed)
    }

    /// How many bytes of parts were on their way at the same time, at most.
    pub(crate) fn peak(&self) -> usize {
        self.seen.peak.load(Ordering::Relaxed)
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

#[async_trait]
impl ObjectStore for Watched {
    async fn put_opts(
        &self,
        path: &Path,
        payload: PutPayload,
        mut options: PutOptions,
    ) -> Result<PutResult> {
        if self.seen.careless.load(Ordering::Relaxed) {
            options.mode = PutMode::Overwrite;
        }
        self.inner.put_opts(path, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Ok(Box::new(WatchedUpload {
            inner: self.inner.put_multipart_opts(path, options).await?,
            seen: Arc::clone(&self.seen),
        }))
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        if !options.head {
            self.seen.gets.fetch_add(1, Ordering::Relaxed);
        }
        self.inner.get_opts(path, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

#[derive(Debug)]
struct WatchedUpload {
    inner: Box<dyn MultipartUpload>,
    seen: Arc<Seen>,
}

#[async_trait]
impl MultipartUpload for WatchedUpload {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let length = data.content_length();
        let sent = self.inner.put_part(data);
        let seen = Arc::clone(&self.seen);
        let in_flight = seen.in_flight.fetch_add(length, Ordering::Relaxed) + length;
        seen.peak.fetch_max(in_flight, Ordering::Relaxed);
        Box::pin(async move {
            // Slower than the disk, so that parts would pile up if nobody held them back.
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            let sent = sent.await;
            seen.in_flight.fetch_sub(length, Ordering::Relaxed);
            sent
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        self.inner.complete().await
    }

    async fn abort(&mut self) -> Result<()> {
        self.inner.abort().await
    }
}
