//! What a server is started with.

use std::fs;
use std::path::PathBuf;

use cellier_store::testing::TestPostgres;
use tempfile::TempDir;

use crate::TestServer;
use crate::command::Outcome;
use crate::process::program;

/// What a server is started with: a folder of its own, SQLite and local disk in it, and what a story changes of that.
#[derive(Debug)]
pub struct Setup {
    folder: TempDir,
    database: String,
    variables: Vec<(String, String)>,
}

impl Setup {
    /// SQLite and local disk in a folder of its own.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("cellier-story-")
            .tempdir()
            .expect("a folder for the story");
        let database = format!("sqlite://{}/cellier.db", folder.path().display());
        Self {
            folder,
            database,
            variables: Vec::new(),
        }
    }

    /// Takes a new PostgreSQL database instead of SQLite.
    #[must_use]
    pub fn on_postgres(mut self) -> Self {
        self.database = TestPostgres::shared().new_database();
        self
    }

    /// Sets a key of the configuration, such as `limits.upload`.
    #[must_use]
    pub fn set(mut self, key: &str, value: &str) -> Self {
        let name = key
            .replace('.', "__")
            .replace('-', "_")
            .to_ascii_uppercase();
        self.variables
            .push((format!("CELLIER_{name}"), value.to_owned()));
        self
    }

    /// Hashes passwords as cheaply as the configuration allows, for stories in which many are hashed.
    #[must_use]
    pub fn cheap_passwords(self) -> Self {
        self.set("access.argon2_memory", "19MiB")
            .set("access.argon2_passes", "2")
    }

    /// Sets a variable of the environment that is no key of the configuration.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Starts a server, with an admin key that was made on its command line before.
    pub async fn start(self) -> TestServer {
        TestServer::with(self).await
    }

    /// Runs the server's command line to its end.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command().args(arguments))
    }

    /// The same with something on standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        Outcome::with_input(self.command().args(arguments), input)
    }

    /// The server's program with this configuration.
    pub(crate) fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(program());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CELLIER_") {
                command.env_remove(name);
            }
        }
        command
            .env_remove("RUST_LOG")
            .current_dir(self.folder.path())
            .arg("--config")
            .arg(self.config_file())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// A place in the folder of this server.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config_file(&self) -> PathBuf {
        let path = self.path("cellier.toml");
        if !path.exists() {
            let text = format!(
                "[server]\nlisten = \"127.0.0.1:0\"\n\n[database]\nurl = {:?}\n\n[storage]\nurl = \"file://{}/blobs\"\n",
                self.database,
                self.folder.path().display(),
            );
            fs::write(&path, text).expect("the configuration is written");
        }
        path
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}
