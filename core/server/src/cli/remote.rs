//! What all verbs that talk to a registry are told.

use std::path::PathBuf;

use clap::Args;

use crate::cli::CliError;
use crate::client::{Connection, KEY_VARIABLE, Key, ServerUrl};

/// What all verbs that talk to a registry are told.
#[derive(Debug, Args)]
pub(super) struct RemoteArgs {
    /// The URL of the registry.
    #[arg(
        long,
        value_name = "URL",
        env = "CELLIER_URL",
        hide_env_values = true,
        default_value = "http://127.0.0.1:8080"
    )]
    server: String,
    /// A file that holds the key; without it the variable `CELLIER_KEY` does. The key itself is never an argument, where
    /// every process of the machine could see it.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// How often it is tried again when the connection breaks or the registry is busy.
    #[arg(long, value_name = "TIMES", default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(super) retries: u32,
}

impl RemoteArgs {
    pub(super) fn server(&self) -> Result<ServerUrl, CliError> {
        // Not clap's own parser: it would repeat what it found, and that may hold a password.
        let parsed = self.server.parse();
        parsed.map_err(|error| CliError::Usage(format!("--server (or CELLIER_URL): {error}")))
    }

    pub(super) fn key(&self) -> Result<Option<Key>, CliError> {
        let variable = std::env::var_os(KEY_VARIABLE);
        Ok(Key::find(self.key_file.as_deref(), variable)?)
    }

    pub(super) fn connect(&self) -> Result<Connection, CliError> {
        Ok(Connection::new(self.server()?, self.key()?)?)
    }
}
