//! The command line: one file for each verb.

mod backup;
mod cache;
mod config;
mod error;
mod format;
mod fsck;
mod gc;
mod key;
mod migrate;
mod output;
mod progress;
mod publish;
mod pull;
mod remote;
mod restore;
mod serve;
mod signing_key;
mod typed_password;
mod user;
mod verify;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub(crate) use self::error::{CliError, in_one_line};
pub(crate) use self::progress::Progress;
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
                  cellier publish terrain.mbtiles --name terrain --server https://registry.example.com\n  \
                  cellier pull terrain@latest --server https://registry.example.com --output terrain.mbtiles\n  \
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
    #[command(flatten)]
    Server(ServerCommand),
    #[command(flatten)]
    Client(ClientCommand),
}

/// What is done on the machine of the server, with its configuration.
#[derive(Debug, Subcommand)]
enum ServerCommand {
    /// Start the server (what happens when nothing is said).
    Serve(serve::ServeArgs),
    /// Make, list and revoke API keys; works beside a running server.
    Key(key::KeyArgs),
    /// Make users, set passwords, give grants; works beside a running server.
    User(user::UserArgs),
    /// List the keys that sign what formats say, or put a new one into use; works beside a running server.
    SigningKey(signing_key::SigningKeyArgs),
    /// Show the formats of this server, or let one look at a file.
    Format(format::FormatArgs),
    /// Check or show the configuration.
    Config(config::ConfigArgs),
    /// Remove what no retention rule keeps and free the bytes that nothing uses; works beside a running server.
    Gc(gc::GcArgs),
    /// Compare everything that is stored with what it should be, and repair it; works beside a running server.
    Fsck(fsck::FsckArgs),
    /// Write everything into a folder; works beside a running server.
    Backup(backup::BackupArgs),
    /// Restore a backup into an empty database and an empty storage, or check one.
    Restore(restore::RestoreArgs),
    /// Bring the database's schema up to date, as every start does.
    Migrate(migrate::MigrateArgs),
}

/// What is done on any machine, over HTTP. No configuration is read for it, and no database opened.
#[derive(Debug, Subcommand)]
enum ClientCommand {
    /// Publish a file to a registry.
    Publish(publish::PublishArgs),
    /// Get a file from a registry, or from the cache while the registry is out of reach; prints its path.
    Pull(pull::PullArgs),
    /// Look at the cache of pull, or make room in it.
    Cache(cache::CacheArgs),
    /// Check that what a lockfile pins, or a package, is what a registry has signed.
    Verify(verify::VerifyArgs),
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
            let _ = writeln!(std::io::stderr(), "cellier: {}", in_one_line(&error));
            error.exit_code()
        }
    }
}

async fn run(cli: Cli) -> Result<(), CliError> {
    let serve = ServerCommand::Serve(serve::ServeArgs::default());
    match cli.command.unwrap_or(Command::Server(serve)) {
        Command::Server(command) => run_on_server(cli.config.as_deref(), command).await,
        Command::Client(ClientCommand::Publish(args)) => publish::run(args).await,
        Command::Client(ClientCommand::Pull(args)) => pull::run(args).await,
        Command::Client(ClientCommand::Cache(args)) => cache::run(&args),
        Command::Client(ClientCommand::Verify(args)) => verify::run(args).await,
    }
}

async fn run_on_server(file: Option<&Path>, command: ServerCommand) -> Result<(), CliError> {
    let formats = describe_all().map_err(|error| CliError::failed("set up the formats", error))?;
    let config = Config::load(Source::of_this_process(file), &formats)?;
    match command {
        ServerCommand::Serve(args) => serve::run(&config, args).await,
        ServerCommand::Key(args) => key::run(&config, args).await,
        ServerCommand::User(args) => user::run(&config, args).await,
        ServerCommand::SigningKey(args) => signing_key::run(&config, &args).await,
        ServerCommand::Format(args) => format::run(&config, args).await,
        ServerCommand::Config(args) => config::run(&config, &args).await,
        ServerCommand::Gc(args) => gc::run(&config, &args).await,
        ServerCommand::Fsck(args) => fsck::run(&config, &args).await,
        ServerCommand::Backup(args) => backup::run(&config, &args).await,
        ServerCommand::Restore(args) => restore::run(&config, &args).await,
        ServerCommand::Migrate(args) => migrate::run(&config, &args).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    const DOCUMENTATION: &str = include_str!("../../../../docs/command-line.md");

    #[test]
    fn the_arguments_of_all_verbs_fit_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_verb_and_option_stands_in_the_documentation() {
        let mut missing = Vec::new();
        collect(&Cli::command(), "cellier", &mut missing);
        assert_eq!(missing, [""; 0], "add them to docs/command-line.md");
    }

    fn collect(command: &clap::Command, path: &str, missing: &mut Vec<String>) {
        if !DOCUMENTATION.contains(path) {
            missing.push(path.to_owned());
        }
        for option in command.get_arguments().filter_map(clap::Arg::get_long) {
            if !DOCUMENTATION.contains(&format!("--{option}")) {
                missing.push(format!("{path} --{option}"));
            }
        }
        for verb in command.get_subcommands() {
            collect(verb, &format!("{path} {}", verb.get_name()), missing);
        }
    }
}
