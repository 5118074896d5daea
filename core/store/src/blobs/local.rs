//! Bytes on local disk.
//!
//! ```text
//! <root>/staging/<process>-<count>             uploads on their way in
//! <root>/sha256/<ab>/<cd>/<digest>.<generation>  blobs, fanned out by the first digits of their digest
//! ```

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use cellier_model::ports::{BlobError, BlobStream, Blobs, ByteStream, Staging, StoredBlob};
use cellier_model::{BlobKey, StagedBlob, Timestamp};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, ReadAtExt as _};
use futures_util::{Stream, stream};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::blobs::digest::Hasher;
use crate::blobs::folders::DurableFolders;
use crate::blobs::staging::{LocalStaging, StagedFile, sweep};
use crate::faults;
use crate::files::{Files, make_folder_durably};

/// How much is read from disk at a time.
const PIECE: u64 = 256 * 1024;

/// How many pieces are read ahead of a client.
const AHEAD: usize = 2;

/// Bytes on local disk, durable when [`Blobs::store`] has answered.
#[derive(Clone, Debug)]
pub struct LocalBlobs {
    root: Arc<Path>,
    files: Arc<dyn Files>,
    folders: Arc<DurableFolders>,
    count: Arc<AtomicU64>,
}

impl LocalBlobs {
    /// Keeps bytes below a folder, which is made if it is not there; removes what lay staged when a server died.
    pub fn open(root: &Path) -> io::Result<Self> {
        Self::open_on(faults::files(), root)
    }

    /// The same with files that may be watched.
    pub(super) fn open_on(files: Arc<dyn Files>, root: &Path) -> io::Result<Self> {
        for folder in ["staging", "sha256"] {
            make_folder_durably(files.as_ref(), &root.join(folder))?;
        }
        sweep(&root.join("staging"))?;
        Ok(Self {
            root: root.into(),
            files,
            folders: Arc::default(),
            count: Arc::default(),
        })
    }

    /// The only path that is ever made of a key, and a key is digits and a dot.
    pub(super) fn path(&self, key: &BlobKey) -> PathBuf {
        let name = key.to_string();
        self.root
            .join("sha256")
            .join(&name[0..2])
            .join(&name[2..4])
            .join(name)
    }

    fn new_staging_path(&self) -> PathBuf {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        self.root
            .join("staging")
            .join(format!("{}-{count}", std::process::id()))
    }

    /// The order matters: the bytes reach the disk before their name does, the name before the folder's entry in its
    /// parent, and all of it before anybody is told.
    pub(super) fn store_durably(&self, from: &Path, to: &Path) -> io::Result<Stored> {
        let files = self.files.as_ref();
        files.sync(from)?;
        let folder = to.parent().unwrap_or(to);
        self.folders.make(files, &self.root, folder)?;
        match files.link(from, to) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Ok(Stored::WasThere);
            }
            Err(error) => return Err(error),
        }
        files.sync_folder(folder)?;
        Ok(Stored::New)
    }
}

/// Runs what waits for a disk on a thread that may.
async fn on_disk<T: Send + 'static>(
    doing: &'static str,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, BlobError> {
    match spawn_blocking(work).await {
        Ok(done) => done.map_err(|error| BlobError::from_io(doing, error)),
        Err(error) => Err(BlobError::from_io(doing, io::Error::other(error))),
    }
}

#[async_trait]
impl Blobs for LocalBlobs {
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        let (files, path) = (Arc::clone(&self.files), self.new_staging_path());
        // Even making a file may wait for a disk, and a thread that serves connections must not.
        let file = on_disk("stage an upload", move || StagedFile::create(files, path)).await?;
        match LocalStaging::begin(file, digests) {
            Ok(staging) => Ok(Box::new(staging)),
            Err(error) => Err(BlobError::from_io("stage an upload", error)),
        }
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        let content = Arc::clone(staged.content());
        let hashers: Vec<_> = digests.iter().copied().filter_map(Hasher::new).collect();
        on_disk("read a staged upload", move || {
            compute(content.as_ref(), hashers)
        })
        .await
    }

    async fn store(&self, staged: &StagedBlob, key: &BlobKey) -> Result<(), BlobError> {
        let Some(from) = staged.path().map(Path::to_owned) else {
            return Err(BlobError::Unavailable {
                doing: "store a blob",
                source: "it is not staged on disk".into(),
            });
        };
        let (store, to) = (self.clone(), self.path(key));
        let stored = on_disk("store a blob", move || store.store_durably(&from, &to)).await;
        match stored? {
            Stored::New => Ok(()),
            Stored::WasThere => Err(BlobError::AlreadyExists { key: *key }),
        }
    }

    async fn read(&self, key: &BlobKey, range: Range<u64>) -> Result<ByteStream, BlobError> {
        let (path, key) = (self.path(key), *key);
        let first = range.start..range.end.min(range.start.saturating_add(PIECE));
        let rest = first.end..range.end;
        let opened = spawn_blocking(move || {
            let file = File::open(path)?;
            let piece = read_piece(&file, first)?;
            Ok((file, piece))
        });
        let (file, piece) = match opened.await.map_err(io::Error::other) {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) | Err(error) => return Err(missing_or(key, "read a blob", error)),
        };
        if rest.is_empty() {
            return Ok(Box::pin(stream::iter([Ok(piece)])));
        }
        Ok(Box::pin(read_ahead(file, piece, rest)))
    }

    async fn open(&self, key: &BlobKey) -> Result<Arc<dyn ReadAt>, BlobError> {
        let (path, key) = (self.path(key), *key);
        let opened = spawn_blocking(move || {
            let file = File::open(&path)?;
            let size = file.metadata()?.len();
            Ok(StoredFile { file, path, size })
        });
        match opened.await.map_err(io::Error::other) {
            Ok(Ok(file)) => Ok(Arc::new(file)),
            Ok(Err(error)) | Err(error) => Err(missing_or(key, "open a blob", error)),
        }
    }

    async fn size(&self, key: &BlobKey) -> Result<Option<u64>, BlobError> {
        let path = self.path(key);
        on_disk("look at a blob", move || match fs::metadata(path) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        let (files, path) = (Arc::clone(&self.files), self.path(key));
        on_disk("delete a blob", move || match files.remove(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        })
        .await
    }

    async fn list(&self) -> Result<BlobStream, BlobError> {
        let (blobs, received) = mpsc::channel(256);
        let root = self.root.join("sha256");
        spawn_blocking(move || {
            if let Err(error) = list_blobs(&root, &blobs) {
                let _ = blobs.blocking_send(Err(BlobError::from_io("list blobs", error)));
            }
        });
        let next = |mut received: mpsc::Receiver<_>| async move {
            received.recv().await.map(|key| (key, received))
        };
        Ok(Box::pin(stream::unfold(received, next)))
    }

    async fn check(&self) -> Result<(), BlobError> {
        let (files, path) = (Arc::clone(&self.files), self.new_staging_path());
        on_disk("write to storage", move || {
            let written = files
                .create(&path)
                .and_then(|mut file| files.append(&mut file, &path, b"check"));
            // On a full disk the file is there although nothing could be written into it.
            let removed = files.remove(&path);
            written.and(removed)
        })
        .await
    }
}

fn missing_or(key: BlobKey, doing: &'static str, error: io::Error) -> BlobError {
    match error.kind() {
        io::ErrorKind::NotFound => BlobError::Missing { key },
        _ => BlobError::from_io(doing, error),
    }
}

fn compute(content: &dyn ReadAt, mut hashers: Vec<Hasher>) -> io::Result<Vec<Digest>> {
    let mut reader = content.reader();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(hashers.into_iter().filter_map(Hasher::finish).collect());
        }
        for hasher in &mut hashers {
            hasher.update(&buffer[..count]);
        }
    }
}

/// Whether a key was fresh.
pub(super) enum Stored {
    New,
    WasThere,
}

fn read_piece(file: &File, range: Range<u64>) -> io::Result<Bytes> {
    let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
    let mut piece = vec![0; length];
    file.read_exact_at(&mut piece, range.start)?;
    Ok(piece.into())
}

/// Reads the rest of a range on a thread of its own, a little ahead of the client. When the client goes away, the channel
/// closes and the thread ends.
fn read_ahead(
    file: File,
    first: Bytes,
    rest: Range<u64>,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let (pieces, received) = mpsc::channel(AHEAD);
    spawn_blocking(move || {
        let mut offset = rest.start;
        while offset < rest.end {
            let end = rest.end.min(offset + PIECE);
            let piece = read_piece(&file, offset..end);
            let failed = piece.is_err();
            if pieces.blocking_send(piece).is_err() || failed {
                return;
            }
            offset = end;
        }
    });
    let next = |(first, mut received): (Option<Bytes>, mpsc::Receiver<io::Result<Bytes>>)| async move {
        match first {
            Some(first) => Some((Ok(first), (None, received))),
            None => received.recv().await.map(|piece| (piece, (None, received))),
        }
    };
    stream::unfold((Some(first), received), next)
}

fn list_blobs(root: &Path, blobs: &mpsc::Sender<Result<StoredBlob, BlobError>>) -> io::Result<()> {
    for first in fs::read_dir(root)? {
        for second in fs::read_dir(first?.path())? {
            for blob in fs::read_dir(second?.path())? {
                let blob = stored_blob(&blob?)?;
                if blob.is_some_and(|blob| blobs.blocking_send(Ok(blob)).is_err()) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// What a file is as a blob; nothing if it is none, or is gone by now.
fn stored_blob(entry: &fs::DirEntry) -> io::Result<Option<StoredBlob>> {
    let name = entry.file_name();
    let Some(key) = name.to_str().and_then(|name| name.parse().ok()) else {
        return Ok(None);
    };
    let metadata = match entry.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let since_epoch = metadata
        .modified()?
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    Ok(Some(StoredBlob {
        key,
        size: metadata.len(),
        modified: Timestamp::from_micros(0).plus(since_epoch),
    }))
}

/// A stored blob, open.
struct StoredFile {
    file: File,
    path: PathBuf,
    size: u64,
}

impl ReadAt for StoredFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    fn local_path(&self) -> Option<&Path> {
        Some(&self.path)
    }
}
