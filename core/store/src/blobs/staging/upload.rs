//! One upload on its way in.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cellier_model::StagedBlob;
use cellier_model::ports::{BlobError, Staging};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::blobs::digest::Hasher;

/// How many pieces may wait for a thread. A piece is what the network gave at once, some ten to some hundred KiB: this
/// bounds the memory of an upload whatever its size.
const WAITING: usize = 16;

/// An upload that is being staged: one thread writes and computes most digests, another computes SHA-512, which is as
/// slow as all the others together.
pub(super) struct LocalStaging {
    size: u64,
    writer: Worker,
    sha512: Option<Worker>,
    file: Arc<StagedFile>,
}

struct Worker {
    pieces: Sender<Bytes>,
    digests: JoinHandle<io::Result<Vec<Digest>>>,
}

impl LocalStaging {
    /// Stages into a new file, which lies at `path`.
    pub(super) fn begin(
        path: PathBuf,
        file: File,
        digests: &[DigestAlgorithm],
    ) -> io::Result<Self> {
        let file = StagedFile {
            file,
            path,
            size: 0,
        };
        let writing = file.file.try_clone()?;
        let file = Arc::new(file);
        let with_writer = digests.iter().copied().filter(|algorithm| {
            !matches!(algorithm, DigestAlgorithm::Sha256 | DigestAlgorithm::Sha512)
        });
        let with_writer = std::iter::once(DigestAlgorithm::Sha256).chain(with_writer);
        let writer = Worker::spawn(with_writer.filter_map(Hasher::new).collect(), Some(writing));
        let wants_sha512 = digests.contains(&DigestAlgorithm::Sha512);
        let sha512 = wants_sha512
            .then(|| Hasher::new(DigestAlgorithm::Sha512))
            .flatten();
        let sha512 = sha512.map(|hasher| Worker::spawn(vec![hasher], None));
        Ok(Self {
            size: 0,
            writer,
            sha512,
            file,
        })
    }
}

impl Worker {
    fn spawn(hashers: Vec<Hasher>, file: Option<File>) -> Self {
        let (pieces, received) = channel(WAITING);
        Self {
            pieces,
            digests: spawn_blocking(move || work(received, hashers, file)),
        }
    }

    async fn finish(self) -> io::Result<Vec<Digest>> {
        drop(self.pieces);
        self.digests.await.map_err(io::Error::other)?
    }
}

fn work(
    mut pieces: Receiver<Bytes>,
    mut hashers: Vec<Hasher>,
    mut file: Option<File>,
) -> io::Result<Vec<Digest>> {
    while let Some(piece) = pieces.blocking_recv() {
        if let Some(file) = &mut file {
            file.write_all(&piece)?;
        }
        for hasher in &mut hashers {
            hasher.update(&piece);
        }
    }
    Ok(hashers.into_iter().filter_map(Hasher::finish).collect())
}

#[async_trait]
impl Staging for LocalStaging {
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        self.size += bytes.len() as u64;
        if let Some(sha512) = &self.sha512
            && sha512.pieces.send(bytes.clone()).await.is_err()
        {
            return Err(gone());
        }
        if self.writer.pieces.send(bytes).await.is_ok() {
            return Ok(());
        }
        // The writer has stopped: its own error says why.
        let (nobody, _) = channel(1);
        self.writer.pieces = nobody;
        match (&mut self.writer.digests).await {
            Ok(Err(error)) => Err(BlobError::from_io("write a staged upload", error)),
            _ => Err(gone()),
        }
    }

    fn size(&self) -> u64 {
        self.size
    }

    async fn finish(self: Box<Self>) -> Result<StagedBlob, BlobError> {
        let Self {
            size,
            writer,
            sha512,
            file,
        } = *self;
        let mut digests = writer
            .finish()
            .await
            .map_err(|error| BlobError::from_io("write a staged upload", error))?;
        if let Some(sha512) = sha512 {
            let more = sha512.finish().await;
            digests.extend(more.map_err(|error| BlobError::from_io("compute a digest", error))?);
        }
        let sha256 = digests
            .iter()
            .position(|digest| digest.algorithm() == DigestAlgorithm::Sha256);
        let sha256 = sha256
            .map(|index| digests.swap_remove(index))
            .ok_or_else(gone)?;
        let sha256 = sha256
            .as_bytes()
            .try_into()
            .map(Sha256::new)
            .map_err(|_never| gone())?;
        let staged = Arc::into_inner(file).ok_or_else(gone)?.of_size(size);
        Ok(StagedBlob::new(sha256, digests, Arc::new(staged)))
    }
}

fn gone() -> BlobError {
    BlobError::Unavailable {
        doing: "stage an upload",
        source: "its thread has stopped".into(),
    }
}

/// A staged file; removed when dropped.
struct StagedFile {
    file: File,
    path: PathBuf,
    size: u64,
}

impl StagedFile {
    fn of_size(mut self, size: u64) -> Self {
        self.size = size;
        self
    }
}

impl ReadAt for StagedFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    fn local_path(&self) -> Option<&Path> {
        Some(&self.path)
    }
}

impl Drop for StagedFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, "a staged upload could not be removed; the next start removes it: {error}");
        }
    }
}
