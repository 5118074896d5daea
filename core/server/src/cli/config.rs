//! `cellier config`

use clap::{Args, Subcommand};

use crate::cli::{CliError, output};
use crate::config::Config;
use crate::storage::Storage;

/// Check or show the configuration.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cellier --config cellier.toml config check --probe\n  \
                        CELLIER_SERVER__LISTEN=0.0.0.0:80 cellier config show"
)]
pub(super) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say whether the configuration is right; every mistake is told with its key, value and what is allowed.
    Check {
        /// Also try the storage, as a start does: with small objects that are removed again.
        #[arg(long)]
        probe: bool,
    },
    /// Print what holds, defaults and variables included, with passwords masked.
    Show,
}

pub(super) async fn run(config: &Config, args: &ConfigArgs) -> Result<(), CliError> {
    match args.command {
        // Whoever comes here has passed the check.
        ConfigCommand::Check { probe: false } => output::line("the configuration is right"),
        ConfigCommand::Check { probe: true } => {
            Storage::open(&config.storage)?.probe().await?;
            output::line("the configuration is right, and the storage does what is asked of it")
        }
        ConfigCommand::Show => output::line(config.show().trim_end()),
    }
}
