//! `cellier backup`

use std::path::PathBuf;
use std::time::Duration;

use cellier_model::Context;
use cellier_model::access::Actor;
use cellier_model::audit::{self, Origin};
use cellier_store::Store;
use clap::Args;
use serde_json::{Map, json};

use crate::backup::{BackedUp, BackupError, BackupFolder, back_up};
use crate::cli::{CliError, Progress, output};
use crate::compose::{Parts, compose_as_it_is};
use crate::config::Config;
use crate::jobs::{GC_LEASE, Holder, under_lease, wait_for_lease};

/// How long a backup waits for somebody who frees space right now.
const PATIENCE: Duration = Duration::from_mins(5);

/// Write everything into a folder: all rows as of one moment, and the bytes that they use.
///
/// The server goes on working meanwhile; only freeing space waits. A second backup into the same folder copies what is
/// new and replaces the first one when it is complete: until then the first one stays valid.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cellier backup /mnt/backup/cellier\n  \
                        cellier restore --verify-only /mnt/backup/cellier     read it back, and compare all digests")]
pub(super) struct BackupArgs {
    /// An empty folder, or one that holds a backup.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Read again what the folder holds already, and copy what is not right any more.
    #[arg(long)]
    verify: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, args: &BackupArgs) -> Result<(), CliError> {
    let Parts { context, store, .. } = compose_as_it_is(config).await?;
    let folder = BackupFolder::to_write(&args.folder, context.clock.now()).map_err(failed)?;
    let done = while_nothing_is_swept(&context, &store, &folder, args.verify).await?;
    record(&context, &folder, &done).await?;
    if args.json {
        output::json(&as_json(&done))
    } else {
        tell(&folder, &done)
    }
}

async fn while_nothing_is_swept(
    context: &Context,
    store: &Store,
    folder: &BackupFolder,
    reread: bool,
) -> Result<BackedUp, CliError> {
    let progress = Progress::new();
    let holder = Holder::of_this_process(context);
    let unknown = |error| CliError::failed("learn who frees space", error);
    progress.begin_counting("waiting until nobody frees space");
    wait_for_lease(context, GC_LEASE, &holder, PATIENCE)
        .await
        .map_err(unknown)?
        .map_err(|elsewhere| {
            CliError::Refused(format!(
                "a backup waits until nobody frees space: {elsewhere}"
            ))
        })?;
    let work = Box::pin(back_up(context, store, folder, reread, &progress));
    let done = under_lease(context, GC_LEASE, &holder, work).await;
    done.map_err(unknown)?
        .map_err(|elsewhere| {
            CliError::Refused(format!(
                "the backup was stopped, because space may be freed again: {elsewhere}; the backup before is still valid"
            ))
        })?
        .map_err(failed)
}

async fn record(context: &Context, folder: &BackupFolder, done: &BackedUp) -> Result<(), CliError> {
    let origin = Origin {
        actor: Actor::CommandLine,
        address: None,
    };
    let mut details = Map::new();
    details.insert("snapshot".to_owned(), done.snapshot.into());
    details.insert("blobs".to_owned(), done.held.blobs.into());
    details.insert("bytes".to_owned(), done.held.bytes.into());
    let object = folder.path().display().to_string();
    audit::record(context, &origin, "registry.backup", object, details)
        .await
        .map_err(|error| CliError::failed("record the backup, which is complete", error))
}

/// What a command says about a backup that cannot be made or read.
pub(super) fn failed(error: BackupError) -> CliError {
    if error.is_refusal() {
        CliError::Refused(error.to_string())
    } else {
        CliError::failed("work on the backup", error)
    }
}

fn tell(folder: &BackupFolder, done: &BackedUp) -> Result<(), CliError> {
    output::line(&format!(
        "backed up {} rows and {} blobs with {} bytes into {}: copied {} blobs with {} bytes, removed {}",
        done.rows,
        done.held.blobs,
        done.held.bytes,
        folder.path().display(),
        done.copied.blobs,
        done.copied.bytes,
        done.removed.blobs,
    ))
}

fn as_json(done: &BackedUp) -> serde_json::Value {
    json!({
        "snapshot": done.snapshot,
        "createdAt": done.began,
        "schema": done.schema,
        "rows": done.rows,
        "blobs": done.held.blobs,
        "bytes": done.held.bytes,
        "copied": { "blobs": done.copied.blobs, "bytes": done.copied.bytes },
        "removed": { "blobs": done.removed.blobs, "bytes": done.removed.bytes },
    })
}
