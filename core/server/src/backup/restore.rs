//! Restoring a backup into an empty database and an empty storage.

use cellier_model::ports::{BlobRecord, StoredBlob};
use cellier_model::{Context, check};
use cellier_store::{ImportError, Marker, Store};
use futures_util::TryStreamExt as _;
use tokio::fs::File;
use tokio::io::BufReader;

use crate::backup::catalogue::{blobs_of, check_rows};
use crate::backup::copy::{AT_A_TIME, CopyError, copy_blob};
use crate::backup::error::Problems;
use crate::backup::manifest::Manifest;
use crate::backup::verify::check_sizes;
use crate::backup::{BackupError, BackupFolder};
use crate::cli::Progress;
use crate::compose::Parts;

/// What was restored.
#[derive(Clone, Debug)]
pub(crate) struct Restored {
    /// When the backup began: what was published before is there again.
    pub(crate) began: String,
    /// The number of the schema that the backup was made on.
    pub(crate) schema: u32,
    /// How many rows it holds.
    pub(crate) rows: u64,
    /// How many blobs it holds.
    pub(crate) blobs: u64,
    /// Their bytes.
    pub(crate) bytes: u64,
}

/// Restores a backup: first the blobs, then all rows in one transaction, so that no row is ever without its bytes. One
/// that dies half way can be run again: until the storage is given the name of its registry, it carries the marker of a
/// restore that has not ended, and that alone permits blobs to be in it.
pub(crate) async fn restore(
    parts: &Parts,
    folder: &BackupFolder,
    progress: &Progress,
) -> Result<Restored, BackupError> {
    let Parts { context, store, .. } = parts;
    let manifest = folder.complete_manifest()?;
    let is_repeated = refuse_unless_empty(parts, folder).await?;
    progress.begin_counting("checking the backup");
    refuse_if_damaged(folder, &manifest).await?;
    if !is_repeated {
        let backup = format!("of the backup of {}\n", manifest.created_at);
        let storage = &parts.storage;
        storage.set_marker(Marker::Restoring, &backup).await?;
    }
    progress.begin("restoring blobs", manifest.bytes);
    blobs_of(folder, manifest.snapshot)
        .try_for_each_concurrent(AT_A_TIME, |blob| {
            restore_blob(context, folder, blob, progress)
        })
        .await?;
    progress.begin_counting("restoring the database");
    restore_rows(store, folder, &manifest).await?;
    Ok(Restored {
        began: manifest.created_at.clone(),
        schema: manifest.schema,
        rows: manifest.rows(),
        blobs: manifest.blobs,
        bytes: manifest.bytes,
    })
}

/// Whether a restore into this storage was begun before.
async fn refuse_unless_empty(parts: &Parts, folder: &BackupFolder) -> Result<bool, BackupError> {
    let contents = parts.store.contents().await?;
    if !contents.is_empty() {
        return Err(database_not_empty(&contents));
    }
    if let Some(registry) = parts.storage.marker(Marker::Registry).await? {
        let registry = registry.trim().to_owned();
        return Err(BackupError::OfAnother { registry });
    }
    let is_repeated = parts.storage.marker(Marker::Restoring).await?.is_some();
    let stored = parts.context.blobs.list().await?;
    let strangers = stored
        .map_err(BackupError::from)
        .try_filter_map(|blob| async move {
            if is_repeated {
                unless_ours(folder, blob).await
            } else {
                Ok(Some(blob))
            }
        });
    let mut strangers = std::pin::pin!(strangers);
    match strangers.try_next().await? {
        None => Ok(is_repeated),
        Some(blob) => Err(BackupError::NotEmpty {
            place: "the storage".to_owned(),
            holds: if is_repeated {
                format!(
                    "blobs that are not part of the backup, such as {}",
                    blob.key
                )
            } else {
                format!("blobs that no restore has put there, such as {}", blob.key)
            },
        }),
    }
}

/// A restore that died has left blobs of the backup in storage, and only those. Their bytes are read when they are come to.
async fn unless_ours(
    folder: &BackupFolder,
    blob: StoredBlob,
) -> Result<Option<StoredBlob>, BackupError> {
    let size = folder.blobs().size(&blob.key).await?;
    Ok((size != Some(blob.size)).then_some(blob))
}

fn database_not_empty(contents: &[(&'static str, u64)]) -> BackupError {
    let tables: Vec<_> = contents
        .iter()
        .map(|(table, rows)| format!("{rows} rows in {table}"))
        .collect();
    BackupError::NotEmpty {
        place: "the database".to_owned(),
        holds: tables.join(", "),
    }
}

/// Before hours are spent: whether the rows are what was written, and every blob is there.
async fn refuse_if_damaged(folder: &BackupFolder, manifest: &Manifest) -> Result<(), BackupError> {
    let mut problems = Problems::default();
    check_rows(folder, manifest, &mut problems).await?;
    if problems.are_none() {
        check_sizes(folder, manifest, &mut problems).await?;
    }
    if problems.are_none() {
        return Ok(());
    }
    Err(BackupError::Damaged {
        files: problems.named,
        more: problems.more,
    })
}

async fn restore_blob(
    context: &Context,
    folder: &BackupFolder,
    blob: BlobRecord,
    progress: &Progress,
) -> Result<(), BackupError> {
    if context.blobs.size(&blob.key).await?.is_some() {
        let advance = |bytes| progress.advance(bytes);
        let fault = check::read_blob(context.blobs.as_ref(), &blob, advance).await;
        if fault.is_none() {
            return Ok(());
        }
        // What the restore before has left there has changed since; no row names it yet.
        context.blobs.delete(&blob.key).await?;
    }
    let copied = copy_blob(folder.blobs(), context.blobs.as_ref(), blob, progress).await;
    copied.map_err(|error| match error {
        CopyError::Source(problem) => BackupError::Damaged {
            files: vec![format!("{}: {problem}", BackupFolder::name_of(&blob.key))],
            more: 0,
        },
        CopyError::Target(error) => error.into(),
    })
}

async fn restore_rows(
    store: &Store,
    folder: &BackupFolder,
    manifest: &Manifest,
) -> Result<(), BackupError> {
    let refused = |error| match error {
        ImportError::NotEmpty { tables } => database_not_empty(&tables),
        error => BackupError::Import(error),
    };
    let mut import = store.import(manifest.schema).await.map_err(refused)?;
    for (table, file) in manifest.table_files(folder.path())? {
        let path = folder.table(manifest.snapshot, table);
        let opened = File::open(&path).await;
        let mut reader = BufReader::new(opened.map_err(BackupError::io("open", &path))?);
        let rows = import.read(table, &mut reader).await.map_err(refused)?;
        if rows != file.rows {
            let expected = file.rows;
            return Err(BackupError::Damaged {
                files: vec![format!(
                    "{} has {rows} rows where {expected} are expected",
                    path.display()
                )],
                more: 0,
            });
        }
    }
    import.finish().await.map_err(refused)
}
