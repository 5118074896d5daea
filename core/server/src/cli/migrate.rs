//! `cellier migrate`

use cellier_store::{Migration, Opening};
use clap::Args;

use crate::cli::{CliError, output};
use crate::compose::open_store;
use crate::config::Config;

/// Bring the database's schema up to date, as every start does.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  cellier migrate --check || echo 'the next start will migrate'")]
pub(super) struct MigrateArgs {
    /// Only tell what would be done; exit code 1 if there is anything.
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(config: &Config, args: &MigrateArgs) -> Result<(), CliError> {
    if args.check {
        return check(config).await;
    }
    let store = open_store(config, Opening::MayCreate).await?;
    let applied = store.migrate().await;
    let applied =
        applied.map_err(|error| CliError::failed("bring the database up to date", error))?;
    for migration in &applied {
        output::line(&format!("applied: {} {}", migration.number, migration.name))?;
    }
    output::line("the database is up to date")
}

/// Tells what is pending, without making or changing anything: for a database that is not there, that is everything.
async fn check(config: &Config) -> Result<(), CliError> {
    let is_missing = config
        .database
        .url
        .path()
        .is_some_and(|path| !path.exists());
    let pending = if is_missing {
        Migration::all().to_vec()
    } else {
        let store = open_store(config, Opening::ReadOnly).await?;
        let pending = store.pending_migrations().await;
        pending.map_err(|error| CliError::failed("learn the schema of the database", error))?
    };
    for migration in &pending {
        output::line(&format!("pending: {} {}", migration.number, migration.name))?;
    }
    match pending.len() {
        0 => output::line("the database is up to date"),
        count => Err(CliError::Refused(format!(
            "{count} migrations are pending: run cellier migrate"
        ))),
    }
}
