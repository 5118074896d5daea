//! `cellier restore`

use std::path::PathBuf;

use cellier_model::Context;
use cellier_model::access::Actor;
use cellier_model::audit::{self, Origin};
use cellier_model::check::Checking;
use cellier_store::Opening;
use clap::Args;
use serde_json::{Map, Value, json};

use crate::backup::{BackupFolder, Restored, restore, verify};
use crate::cli::backup::failed;
use crate::cli::{CliError, Progress, fsck, output};
use crate::compose::{assemble, open_store};
use crate::config::Config;
use crate::registry::{Tie, tie};
use crate::server_lock::ServerLock;

/// Restore a backup into an empty database and an empty storage: those that the configuration names.
///
/// Stop the server before. A restore that died half way can be run again. What a backup of SQLite holds may be restored
/// into PostgreSQL, and the other way round.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier restore --verify /mnt/backup/cellier\n  \
                        cellier restore --verify-only /mnt/backup/cellier     a drill that changes nothing"
)]
pub(super) struct RestoreArgs {
    /// The folder of the backup.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Check everything after it was restored, as cellier fsck does.
    #[arg(long, conflicts_with = "verify_only")]
    verify: bool,
    /// Only check the backup: read all of it and compare every file with its digest.
    #[arg(long)]
    verify_only: bool,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, args: &RestoreArgs) -> Result<(), CliError> {
    let folder = BackupFolder::to_read(&args.folder).map_err(failed)?;
    if args.verify_only {
        return only_verify(&folder, args.json).await;
    }
    // A server on the database would migrate and use what is only half there.
    let _no_server = ServerLock::take(&config.database.url)?;
    let parts = assemble(config, open_store(config, Opening::MayCreate).await?)?;
    parts.storage.probe().await?;
    let progress = Progress::new();
    let done = restore(&parts, &folder, &progress).await;
    drop(progress);
    let done = done.map_err(failed)?;
    tie(config, &parts, Tie::Adopt).await?;
    let context = parts.context;
    record(&context, &folder, &done).await?;
    if args.json {
        output::json(&as_json(&done))?;
    } else {
        output::line(&format!(
            "restored {} rows and {} blobs with {} bytes from {}, a backup of {}",
            done.rows,
            done.blobs,
            done.bytes,
            folder.path().display(),
            done.began,
        ))?;
    }
    if args.verify {
        fsck::check_everything(&context, &Checking::default(), fsck::Told::Briefly).await?;
    }
    Ok(())
}

async fn only_verify(folder: &BackupFolder, as_json: bool) -> Result<(), CliError> {
    let progress = Progress::new();
    let checked = verify(folder, &progress).await;
    drop(progress);
    let checked = checked.map_err(failed)?;
    if as_json {
        return output::json(&json!({
            "createdAt": checked.began,
            "schema": checked.schema,
            "rows": checked.rows,
            "blobs": checked.blobs,
            "bytes": checked.bytes,
        }));
    }
    output::line(&format!(
        "the backup of {} in {} is as it was written: {} rows and {} blobs with {} bytes",
        checked.began,
        folder.path().display(),
        checked.rows,
        checked.blobs,
        checked.bytes,
    ))
}

async fn record(context: &Context, folder: &BackupFolder, done: &Restored) -> Result<(), CliError> {
    let origin = Origin {
        actor: Actor::CommandLine,
        address: None,
    };
    let mut details = Map::new();
    details.insert("backupOf".to_owned(), done.began.clone().into());
    let object = folder.path().display().to_string();
    audit::record(context, &origin, "registry.restore", object, details)
        .await
        .map_err(|error| CliError::failed("record the restore, which is complete", error))
}

fn as_json(done: &Restored) -> Value {
    json!({
        "createdAt": done.began,
        "schema": done.schema,
        "rows": done.rows,
        "blobs": done.blobs,
        "bytes": done.bytes,
    })
}
