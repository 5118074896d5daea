//! The rows of a backup, as files.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context as TaskContext, Poll, ready};

use cellier_model::ports::BlobRecord;
use cellier_sdk::Sha256;
use cellier_store::{Store, tables};
use futures_util::{Stream, stream};
use serde::Deserialize;
use sha2::Digest as _;
use tokio::fs::{File, OpenOptions};
use tokio::io::{
    AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, BufWriter,
};

use crate::backup::error::Problems;
use crate::backup::folder::{make_folder, new_file, sync_folder};
use crate::backup::manifest::{Manifest, TableFile};
use crate::backup::{BackupError, BackupFolder};

/// The table that names the blobs.
const BLOBS: &str = "blobs";

/// The longest line of that table that is read.
const LONGEST_BLOB_LINE: u64 = 4096;

/// Writes the rows of this moment, durably.
pub(super) async fn write_rows(
    store: &Store,
    folder: &BackupFolder,
    snapshot: u64,
) -> Result<Vec<TableFile>, BackupError> {
    let rows_folder = folder.catalogue(snapshot);
    make_folder(&rows_folder).map_err(BackupError::io("make the folder", &rows_folder))?;
    let mut moment = store.snapshot().await?;
    let mut files = Vec::new();
    for table in tables(Store::schema()) {
        let path = folder.table(snapshot, table);
        let file = OpenOptions::from(new_file()).open(&path).await;
        let file = file.map_err(BackupError::io("make", &path))?;
        let mut writer = BufWriter::new(Digesting::new(file));
        let rows = moment.write(table, &mut writer).await?;
        let sha256 = finish(writer).await;
        let sha256 = sha256.map_err(BackupError::io("write", &path))?;
        files.push(TableFile::new(table, rows, sha256));
    }
    for written in [&rows_folder, &folder.catalogues()] {
        sync_folder(written).map_err(BackupError::io("write", written))?;
    }
    Ok(files)
}

async fn finish(mut writer: BufWriter<Digesting>) -> io::Result<Sha256> {
    writer.flush().await?;
    let digesting = writer.into_inner();
    digesting.file.sync_all().await?;
    Ok(Sha256::new(digesting.hasher.finalize().into()))
}

/// A file whose digest is computed while it is written.
struct Digesting {
    file: File,
    hasher: sha2::Sha256,
}

impl Digesting {
    fn new(file: File) -> Self {
        Self {
            file,
            hasher: sha2::Sha256::new(),
        }
    }
}

impl AsyncWrite for Digesting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut TaskContext<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.file).poll_write(context, bytes))?;
        self.hasher.update(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut TaskContext<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.file).poll_shutdown(context)
    }
}

/// Compares the files of the rows with their digests.
pub(super) async fn check_rows(
    folder: &BackupFolder,
    manifest: &Manifest,
    problems: &mut Problems,
) -> Result<(), BackupError> {
    for (table, file) in manifest.table_files(folder.path())? {
        let path = folder.table(manifest.snapshot, table);
        let name = || format!("catalogue/{}/{}.jsonl", manifest.snapshot, table.name());
        match digest_of(&path).await {
            Ok(sha256) if sha256.to_hex() == file.sha256 => {}
            Ok(_) => problems.add(format!("{} has changed since it was written", name())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                problems.add(format!("{} is missing", name()));
            }
            Err(error) => problems.add(format!("{} cannot be read: {error}", name())),
        }
    }
    Ok(())
}

async fn digest_of(path: &Path) -> io::Result<Sha256> {
    let mut file = File::open(path).await?;
    let mut hasher = sha2::Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut buffer).await?;
        if count == 0 {
            return Ok(Sha256::new(hasher.finalize().into()));
        }
        hasher.update(&buffer[..count]);
    }
}

/// The blobs that the rows of a snapshot use, by key, one after the other.
pub(super) fn blobs_of(
    folder: &BackupFolder,
    snapshot: u64,
) -> impl Stream<Item = Result<BlobRecord, BackupError>> + Send + use<> {
    let table = tables(Store::schema()).find(|table| table.name() == BLOBS);
    let path = table.map(|table| folder.table(snapshot, table));
    let lines = BlobLines {
        path: path.unwrap_or_default(),
        reader: None,
        count: 0,
    };
    stream::try_unfold(lines, |mut lines| async {
        let next = lines.next().await?;
        Ok(next.map(|blob| (blob, lines)))
    })
}

struct BlobLines {
    path: PathBuf,
    reader: Option<BufReader<File>>,
    count: u64,
}

/// What is needed of a row.
#[derive(Deserialize)]
struct BlobLine {
    blob_key: String,
    size: u64,
}

impl BlobLines {
    async fn next(&mut self) -> Result<Option<BlobRecord>, BackupError> {
        let mut line = Vec::new();
        self.read_line(&mut line)
            .await
            .map_err(BackupError::io("read", &self.path))?;
        if line.is_empty() {
            return Ok(None);
        }
        self.count += 1;
        self.parse(&line).map(Some)
    }

    async fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<()> {
        let reader = match &mut self.reader {
            Some(reader) => reader,
            none => none.insert(BufReader::new(File::open(&self.path).await?)),
        };
        let mut limited = reader.take(LONGEST_BLOB_LINE);
        limited.read_until(b'\n', line).await.map(drop)
    }

    fn parse(&self, line: &[u8]) -> Result<BlobRecord, BackupError> {
        let row: Result<BlobLine, _> = serde_json::from_slice(line);
        let blob = row.ok().and_then(|row| {
            let key = row.blob_key.parse().ok()?;
            Some(BlobRecord {
                key,
                size: row.size,
            })
        });
        blob.ok_or_else(|| BackupError::Damaged {
            files: vec![format!(
                "line {} of {} names no blob",
                self.count,
                self.path.display()
            )],
            more: 0,
        })
    }
}
