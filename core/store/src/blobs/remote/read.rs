//! Ranges of blobs as streams that go on where they broke.

use std::io;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cellier_model::BlobKey;
use cellier_model::ports::{BlobError, ByteStream};
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectStore};

use crate::blobs::remote::error::failed_on;
use crate::blobs::remote::patience::Patience;
use crate::blobs::remote::store::RemoteStore;

/// Streams a range of a blob.
pub(super) async fn read(
    store: &RemoteStore,
    key: &BlobKey,
    range: Range<u64>,
    patience: Patience,
) -> Result<ByteStream, BlobError> {
    let mut reading = Reading {
        objects: Arc::clone(&store.objects),
        path: store.layout.blob(key),
        missing: range,
        pieces: stream::empty().boxed(),
        patience,
        breaks: 0,
    };
    // Asked for at once: who is told that a blob is missing can still answer so.
    let opened = reading.open().await;
    opened.map_err(|error| failed_on(*key, "read a blob", error))?;
    let next = |mut reading: Reading| async move {
        let piece = reading.next().await?;
        Some((piece, reading))
    };
    Ok(Box::pin(stream::unfold(reading, next)))
}

/// Reads a range of a blob into memory.
pub(super) async fn read_whole(
    store: &RemoteStore,
    key: &BlobKey,
    range: Range<u64>,
    patience: Patience,
) -> io::Result<Vec<u8>> {
    let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
    let mut pieces = read(store, key, range, patience)
        .await
        .map_err(io::Error::other)?;
    let mut bytes = Vec::with_capacity(length);
    while let Some(piece) = pieces.try_next().await? {
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// A range of a blob that is being read.
struct Reading {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    missing: Range<u64>,
    pieces: BoxStream<'static, object_store::Result<Bytes>>,
    patience: Patience,
    /// How often the stream broke since bytes came last.
    breaks: u32,
}

impl Reading {
    /// Asks for what is missing. Of an empty range it is only asked whether the blob is there.
    async fn open(&mut self) -> object_store::Result<()> {
        let is_empty = self.missing.is_empty();
        let options = GetOptions {
            head: is_empty,
            range: (!is_empty).then(|| GetRange::Bounded(self.missing.clone())),
            ..GetOptions::default()
        };
        let answer = self.objects.get_opts(&self.path, options).await?;
        if !is_empty {
            self.pieces = answer.into_stream();
        }
        Ok(())
    }

    /// The next piece; `None` when the range is read. A stream that breaks, or ends too early, is opened again where it
    /// ended. Errors that may pass were waited out below already, before the stream began; in its middle they are here.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        while !self.missing.is_empty() {
            let broken = match self.pieces.next().await {
                Some(Ok(piece)) if piece.is_empty() => continue,
                Some(Ok(piece)) => return Some(Ok(self.take(piece))),
                Some(Err(error)) => io::Error::other(error),
                None => io::ErrorKind::UnexpectedEof.into(),
            };
            if let Err(error) = self.resume(broken).await {
                self.missing = 0..0;
                return Some(Err(error));
            }
        }
        None
    }

    fn take(&mut self, mut piece: Bytes) -> Bytes {
        self.breaks = 0;
        let missing = self.missing.end - self.missing.start;
        piece.truncate(usize::try_from(missing).unwrap_or(usize::MAX));
        self.missing.start += piece.len() as u64;
        piece
    }

    async fn resume(&mut self, broken: io::Error) -> io::Result<()> {
        if self.breaks >= self.patience.retries {
            return Err(broken);
        }
        tokio::time::sleep(self.wait()).await;
        self.breaks += 1;
        let offset = self.missing.start;
        tracing::debug!(error = %broken, offset, "a download from the store broke and goes on at byte {offset}: {broken}");
        self.open().await.map_err(io::Error::other)
    }

    fn wait(&self) -> Duration {
        let wait = self
            .patience
            .backoff
            .saturating_mul(1 << self.breaks.min(16));
        wait.min(Patience::LONGEST_BACKOFF)
    }
}
