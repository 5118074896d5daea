//! One upload on its way in.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cellier_model::StagedBlob;
use cellier_model::ports::{BlobError, Staging};
use cellier_sdk::{DigestAlgorithm, ReadAt, Sha256};
use tokio::runtime::Handle;

use crate::blobs::digest::Hasher;
use crate::blobs::staging::lane::{Lane, Work};
use crate::blobs::staging::writing::Writing;
use crate::files::Files;

/// An upload that is being staged: one lane writes and computes most digests, another computes SHA-512, which is as slow
/// as all the others together.
pub(super) struct LocalStaging {
    size: u64,
    writer: Lane,
    sha512: Option<Lane>,
    file: Arc<StagedFile>,
}

impl LocalStaging {
    /// Stages into a new file.
    pub(super) fn begin(file: StagedFile, digests: &[DigestAlgorithm]) -> io::Result<Self> {
        let (files, path) = (Arc::clone(&file.files), file.path.clone());
        let writing = Writing::new(files, file.file.try_clone()?, path);
        let with_writer = digests.iter().copied().filter(|algorithm| {
            !matches!(algorithm, DigestAlgorithm::Sha256 | DigestAlgorithm::Sha512)
        });
        let with_writer = std::iter::once(DigestAlgorithm::Sha256).chain(with_writer);
        let writer = Lane::new(Work {
            hashers: with_writer.filter_map(Hasher::new).collect(),
            file: Some(writing),
        });
        let wants_sha512 = digests.contains(&DigestAlgorithm::Sha512);
        let sha512 = wants_sha512
            .then(|| Hasher::new(DigestAlgorithm::Sha512))
            .flatten();
        let sha512 = sha512.map(|hasher| {
            Lane::new(Work {
                hashers: vec![hasher],
                file: None,
            })
        });
        Ok(Self {
            size: 0,
            writer,
            sha512,
            file: Arc::new(file),
        })
    }
}

#[async_trait]
impl Staging for LocalStaging {
    async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        self.size += bytes.len() as u64;
        if let Some(sha512) = &mut self.sha512 {
            let pushed = sha512.push(bytes.clone()).await;
            pushed.map_err(|error| BlobError::from_io("compute a digest", error))?;
        }
        let pushed = self.writer.push(bytes).await;
        pushed.map_err(|error| BlobError::from_io("write a staged upload", error))
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
pub(in crate::blobs) struct StagedFile {
    files: Arc<dyn Files>,
    file: File,
    path: PathBuf,
    size: u64,
}

impl StagedFile {
    /// Makes a new file at `path`, locked: the lock says that somebody works on it, and a server that starts removes only
    /// what nobody has locked. `None` if one that starts in this very moment has taken it for an abandoned one.
    pub(in crate::blobs) fn create(
        files: Arc<dyn Files>,
        path: PathBuf,
    ) -> io::Result<Option<Self>> {
        let file = files.create(&path)?;
        file.lock()?;
        let is_there = file.metadata()?.nlink() > 0;
        Ok(is_there.then_some(Self {
            files,
            file,
            path,
            size: 0,
        }))
    }

    /// Appends bytes.
    pub(in crate::blobs) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.files.append(&mut self.file, &self.path, bytes)
    }

    /// Where it lies.
    #[cfg(test)]
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

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
        let (files, path) = (Arc::clone(&self.files), std::mem::take(&mut self.path));
        let remove = move || {
            if let Err(error) = files.remove(&path) {
                tracing::warn!(%error, "a staged upload could not be removed; the next start removes it: {error}");
            }
        };
        // Whoever drops it may serve connections, and must not wait for a disk.
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(remove)),
            Err(_no_runtime) => remove(),
        }
    }
}
