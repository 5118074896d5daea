//! The command line: one file for each verb.

mod config;
mod error;
mod format;
mod key;
mod migrate;
mod output;
mod serve;
mod typed_password;
mod user;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use self::error::CliError;
use crate::config::{Config, Source};
use crate::formats::describe_all;

/// An artefact registry that learns new formats.
#[derive(Debug, Parser)]
#[command(
    name = "cellier",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  cellier                                   start the server; everything lives under ./data\n  \
                  cellier key create --name ci --type upload --allowed-name '@acme/*'\n  \
                  cellier --config /etc/cellier.toml serve"
)]
struct Cli {
    /// The configuration file (TOML). Without it everything has its default and lives under ./data.
    #[arg(long, global = true, value_name = "FILE", env = "CELLIER_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server (what happens when nothing is said).
    Serve(serve::ServeArgs),
    /// Make, list and revoke API keys; works beside a running server.
    Key(key::KeyArgs),
    /// Make users, set passwords, give grants; works beside a running server.
    User(user::UserArgs),
    /// Show the formats of this server, or let one look at a file.
    Format(format::FormatArgs),
    /// Check or show the configuration.
    Config(config::ConfigArgs),
    /// Bring the database's schema up to date, as every start does.
    Migrate(migrate::MigrateArgs),
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(CliError::failed("start the runtime", error)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "cellier: {}", error::in_one_line(&error));
            error.exit_code()
        }
    }
}

async fn run(cli: Cli) -> Result<(), CliError> {
    let formats = describe_all().map_err(|error| CliError::failed("set up the formats", error))?;
    let config = Config::load(Source::of_this_process(cli.config.as_deref()), &formats)?;
    match cli
        .command
        .unwrap_or(Command::Serve(serve::ServeArgs::default()))
    {
        Command::Serve(args) => serve::run(&config, args).await,
        Command::Key(args) => key::run(&config, args).await,
        Command::User(args) => user::run(&config, args).await,
        Command::Format(args) => format::run(&config, args).await,
        Command::Config(args) => config::run(&config, &args),
        Command::Migrate(args) => migrate::run(&config, &args).await,
    }
}
