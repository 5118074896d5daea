//! What a server is started with.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use cellier_store::testing::TestPostgres;
use tempfile::TempDir;

use crate::TestServer;
use crate::command::{Outcome, Running};
use crate::process::program;
use crate::small_disk::SmallDisk;

/// What a server is started with: a folder of its own, SQLite and local disk in it, and what a story changes of that.
#[derive(Debug)]
pub struct Setup {
    folder: TempDir,
    database: String,
    config: Config,
    variables: Vec<(String, String)>,
    pub(crate) small_disk: Option<SmallDisk>,
    /// How many files the server may have open: as `prlimit` takes it.
    files: Option<String>,
    /// Where the objects of its bucket lie as files, if it has one.
    pub(crate) bucket: Option<PathBuf>,
}

/// The configuration file.
#[derive(Debug)]
enum Config {
    /// One that keeps everything in the folder of the story.
    Usual,
    /// This text.
    Text(String),
    /// None at all.
    None,
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
            config: Config::Usual,
            variables: Vec::new(),
            small_disk: None,
            files: None,
            bucket: None,
        }
    }

    /// Takes a new PostgreSQL database instead of SQLite.
    #[must_use]
    pub fn on_postgres(self) -> Self {
        self.on_database(&TestPostgres::shared().new_database())
    }

    /// Takes this database, which is on PostgreSQL.
    pub(crate) fn on_database(mut self, url: &str) -> Self {
        url.clone_into(&mut self.database);
        self
    }

    /// Keeps everything on a file system of its own that has this many MiB. Only where [`SmallDisk::are_there`] says
    /// that there are some.
    #[must_use]
    pub fn on_a_small_disk(mut self, mebibytes: u32) -> Self {
        let disk = SmallDisk::new(&self.path("disk"), mebibytes);
        self.database = format!("sqlite://{}/cellier.db", disk.folder().display());
        self.small_disk = Some(disk);
        self
    }

    /// Starts the server where so many files may be open, unless it asks for more.
    #[must_use]
    pub fn soft_limit_of_files(mut self, files: u32) -> Self {
        self.files = Some(format!("--nofile={files}:4096"));
        self
    }

    /// Starts the server where no more than so many files may be open.
    #[must_use]
    pub fn limit_of_files(mut self, files: u32) -> Self {
        self.files = Some(format!("--nofile={files}:{files}"));
        self
    }

    /// Takes this text as configuration file.
    #[must_use]
    pub fn config(mut self, text: &str) -> Self {
        self.config = Config::Text(text.to_owned());
        self
    }

    /// Has no configuration file: what is not set by variables has its default.
    #[must_use]
    pub fn without_config_file(mut self) -> Self {
        self.config = Config::None;
        self
    }

    /// Sets a key of the configuration, such as `limits.upload`.
    #[must_use]
    pub fn set(self, key: &str, value: &str) -> Self {
        let name = key
            .replace('.', "__")
            .replace('-', "_")
            .to_ascii_uppercase();
        self.variable(&format!("CELLIER_{name}"), value)
    }

    /// Hashes passwords as cheaply as the configuration allows, for stories in which many are hashed.
    #[must_use]
    pub fn cheap_passwords(self) -> Self {
        self.set("access.argon2_memory", "19MiB")
            .set("access.argon2_passes", "2")
    }

    /// Sets a variable of the environment, also one that is no key of the configuration.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What another server is started with that shares the database and the storage of this one, and has a folder of its
    /// own for everything else.
    #[must_use]
    pub fn replica(&self) -> Self {
        let blobs = format!("file://{}", self.path("blobs").display());
        let mut replica = Self::new().set("storage.url", &blobs);
        replica.database.clone_from(&self.database);
        // A bucket, where the first has one, is named here and wins over the folder.
        replica.variables.extend_from_slice(&self.variables);
        replica
    }

    /// Starts a server, with an admin key that was made on its command line before.
    pub async fn start(self) -> TestServer {
        TestServer::with(self).await
    }

    /// Starts a server whose database knows this admin key already.
    pub async fn start_with_key(self, admin: &str) -> TestServer {
        TestServer::with_admin(self, admin).await
    }

    /// Starts the server's command line and does not wait for its end.
    pub fn begin(&self, arguments: &[&str]) -> Running {
        Running::start(self.command().args(arguments))
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
    pub(crate) fn command(&self) -> Command {
        self.in_environment(Command::new(program()), self.config_arguments())
    }

    /// The server's program as it serves. When the stories are killed it ends too, and holds on to nothing of theirs.
    pub(crate) fn serving(&self) -> Command {
        let command = if let Some(disk) = &self.small_disk {
            disk.serving()
        } else {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "KILL"]);
            if let Some(files) = &self.files {
                command.args(["prlimit", files.as_str()]);
            }
            command.arg(program());
            command
        };
        self.in_environment(command, self.config_arguments())
    }

    fn in_environment(&self, mut command: Command, arguments: Vec<PathBuf>) -> Command {
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("CELLIER_") {
                command.env_remove(name);
            }
        }
        command
            .env_remove("RUST_LOG")
            .current_dir(self.folder.path())
            .args(arguments)
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The URL of the database.
    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    /// A place in the folder of this server.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn config_arguments(&self) -> Vec<PathBuf> {
        let path = self.path("cellier.toml");
        match &self.config {
            Config::None => return Vec::new(),
            Config::Text(text) => fs::write(&path, text),
            Config::Usual => fs::write(&path, self.usual_config()),
        }
        .expect("the configuration is written");
        vec!["--config".into(), path]
    }

    fn usual_config(&self) -> String {
        let blobs = self
            .small_disk
            .as_ref()
            .map_or(self.path("blobs"), |disk| disk.folder().join("blobs"));
        format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n\n[database]\nurl = {:?}\n\n[storage]\nurl = \"file://{}\"\n",
            self.database,
            blobs.display(),
        )
    }
}

impl Default for Setup {
    fn default() -> Self {
        Self::new()
    }
}
