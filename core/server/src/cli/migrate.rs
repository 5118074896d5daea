//! `cellier migrate`

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
    let store = open_store(config).await?;
    let failed = |error| CliError::failed("bring the database up to date", error);
    if args.check {
        let pending = store.pending_migrations().await.map_err(failed)?;
        for migration in &pending {
            output::line(&format!("pending: {} {}", migration.number, migration.name))?;
        }
        return match pending.len() {
            0 => output::line("the database is up to date"),
            count => Err(CliError::Refused(format!(
                "{count} migrations are pending: run cellier migrate"
            ))),
        };
    }
    let applied = store.migrate().await.map_err(failed)?;
    for migration in &applied {
        output::line(&format!("applied: {} {}", migration.number, migration.name))?;
    }
    output::line("the database is up to date")
}
