//! Bytes on local disk.
//!
//! ```text
//! <root>/staging/<process>-<count>             uploads on their way in
//! <root>/sha256/<ab>/<cd>/<digest>.<generation>  blobs, fanned out by the first digits of their digest
//! <root>/registry, <root>/restoring            whose storage it is, and whether a restore into it has not ended
//! ```

mod marker;

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use cellier_model::ports::{BlobError, Blobs, ByteStream, Staging, StoredBlob, StoredBlobs};
use cellier_model::{BlobKey, StagedBlob, Timestamp};
use cellier_sdk::{Digest, DigestAlgorithm, ReadAt, Sha256};
use futures_util::stream;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use crate::blobs::disk::on_disk;
use crate::blobs::folders::DurableFolders;
use crate::blobs::pieces::{PIECE, pieces, read_piece};
use crate::blobs::staging::{StagingFolder, digest_staged};
use crate::faults;
use crate::files::{Files, make_folder_durably};

/// Bytes on local disk, durable when [`Blobs::store`] has answered.
#[derive(Clone, Debug)]
pub struct LocalBlobs {
    root: Arc<Path>,
    files: Arc<dyn Files>,
    folders: Arc<DurableFolders>,
    staging: StagingFolder,
}

impl LocalBlobs {
    /// Keeps bytes below a folder, which is made if it is not there; removes what lay staged when a server died.
    pub fn open(root: &Path) -> io::Result<Self> {
        Self::open_on(faults::files(), root)
    }

    /// The same with files that may be watched.
    pub(super) fn open_on(files: Arc<dyn Files>, root: &Path) -> io::Result<Self> {
        make_folder_durably(files.as_ref(), &root.join("sha256"))?;
        let staging = StagingFolder::open(Arc::clone(&files), &root.join("staging"))?;
        Ok(Self {
            root: root.into(),
            files,
            folders: Arc::default(),
            staging,
        })
    }

    /// Reads what lies below a folder, such as a backup on a medium that cannot be written, and leaves everything as it
    /// is. What is stored through it goes where it belongs, if the folder was opened before.
    pub fn existing(root: &Path) -> Self {
        let files = faults::files();
        Self {
            root: root.into(),
            files: Arc::clone(&files),
            folders: Arc::default(),
            staging: StagingFolder::existing(files, &root.join("staging")),
        }
    }

    /// The only path that is ever made of a key, and a key is digits and a dot.
    pub(super) fn path(&self, key: &BlobKey) -> PathBuf {
        let name = key.to_string();
        self.folder(&name).join(name)
    }

    /// The folder of the blobs whose digest starts as this text in hexadecimal does.
    fn folder(&self, digest: &str) -> PathBuf {
        self.root
            .join("sha256")
            .join(&digest[0..2])
            .join(&digest[2..4])
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

#[async_trait]
impl Blobs for LocalBlobs {
    async fn stage(&self, digests: &[DigestAlgorithm]) -> Result<Box<dyn Staging>, BlobError> {
        self.staging.stage(digests).await
    }

    async fn digest(
        &self,
        staged: &StagedBlob,
        digests: &[DigestAlgorithm],
    ) -> Result<Vec<Digest>, BlobError> {
        digest_staged(staged, digests).await
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
        Ok(Box::pin(pieces(file, piece, rest)))
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

    async fn keys_of(&self, sha256: &Sha256) -> Result<Vec<BlobKey>, BlobError> {
        let folder = self.folder(&sha256.to_hex());
        let sha256 = *sha256;
        on_disk("look for copies of a blob", move || {
            let mut keys = keys_in(&folder)?;
            keys.retain(|key| key.sha256() == sha256);
            Ok(keys)
        })
        .await
    }

    async fn list(&self) -> Result<StoredBlobs, BlobError> {
        let (found, received) = mpsc::channel(256);
        let root = self.root.join("sha256");
        spawn_blocking(move || {
            if let Err(error) = list_folders(&root, &found) {
                let _ = found.blocking_send(Err(BlobError::from_io("list blobs", error)));
            }
        });
        let next = |mut received: mpsc::Receiver<_>| async move {
            received.recv().await.map(|blob| (blob, received))
        };
        Ok(Box::pin(stream::unfold(received, next)))
    }

    async fn check(&self) -> Result<(), BlobError> {
        self.staging.check().await
    }
}

fn missing_or(key: BlobKey, doing: &'static str, error: io::Error) -> BlobError {
    match error.kind() {
        io::ErrorKind::NotFound => BlobError::Missing { key },
        _ => BlobError::from_io(doing, error),
    }
}

/// Whether a key was fresh.
pub(super) enum Stored {
    New,
    WasThere,
}

/// The keys of the blobs in one folder; none if it is not there.
fn keys_in(folder: &Path) -> io::Result<Vec<BlobKey>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut keys = Vec::new();
    for entry in entries {
        keys.extend(
            entry?
                .file_name()
                .to_str()
                .and_then(|name| name.parse::<BlobKey>().ok()),
        );
    }
    keys.sort();
    Ok(keys)
}

fn list_folders(
    root: &Path,
    found: &mpsc::Sender<Result<StoredBlob, BlobError>>,
) -> io::Result<()> {
    for first in fs::read_dir(root)? {
        for second in fs::read_dir(first?.path())? {
            for entry in fs::read_dir(second?.path())? {
                let Some(blob) = stored_blob(&entry?)? else {
                    continue;
                };
                if found.blocking_send(Ok(blob)).is_err() {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// What an entry of a folder says of a blob; `None` for what is no blob, or was deleted a moment ago.
fn stored_blob(entry: &fs::DirEntry) -> io::Result<Option<StoredBlob>> {
    let Some(key) = entry
        .file_name()
        .to_str()
        .and_then(|name| name.parse().ok())
    else {
        return Ok(None);
    };
    match entry.metadata() {
        Ok(metadata) => Ok(Some(StoredBlob {
            key,
            size: metadata.len(),
            modified: stored_at(&metadata),
        })),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The time of the last change of the inode. The time of the last write is that of the upload, which may have waited
/// for hours before it was stored; linking it into place changes the inode.
fn stored_at(metadata: &fs::Metadata) -> Timestamp {
    let micros = metadata.ctime().saturating_mul(1_000_000);
    Timestamp::from_micros(micros.saturating_add(metadata.ctime_nsec() / 1000))
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
