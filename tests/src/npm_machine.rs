//! A machine with the clients of npm registries.

use std::fs;
use std::path::{Path, PathBuf};

use crate::repository::build_folder;
use std::process::Command;

use tempfile::TempDir;

use crate::command::Outcome;
use crate::{Package, TestServer};

/// How many seconds a script may take: clients repeat what fails, some of them for minutes.
const PATIENCE: u32 = 120;

/// A machine with npm, pnpm, yarn (1), berry (yarn 4), bun and Node, as `.ci/install` puts them into `target/npm-clients`.
/// All of them know the same registry and the same credential, keep what they keep below one home, and ask no other
/// registry.
#[derive(Debug)]
pub struct NpmMachine {
    home: TempDir,
    registry: String,
    patience: u32,
}

impl NpmMachine {
    /// A machine whose registry is this server, without a credential.
    pub fn new(server: &TestServer) -> Self {
        Self::at(&format!("{}/npm/", server.url()))
    }

    /// A machine whose registry has this URL, which ends in a slash.
    pub fn at(registry: &str) -> Self {
        let home = tempfile::Builder::new()
            .prefix("cellier-npm-")
            .tempdir()
            .expect("a home for the machine");
        let machine = Self {
            home,
            registry: registry.to_owned(),
            patience: PATIENCE,
        };
        machine.configured(None)
    }

    /// Gives the machine a key or a token.
    #[must_use]
    pub fn with_token(self, token: &str) -> Self {
        self.configured(Some(token))
    }

    /// Lets scripts take this many seconds instead of two minutes.
    #[must_use]
    pub fn patient(mut self, seconds: u32) -> Self {
        self.patience = seconds;
        self
    }

    /// The URL of the registry without its scheme, as npm writes it before what it knows of a registry.
    fn without_scheme(&self) -> &str {
        self.registry.trim_start_matches("http:")
    }

    /// Writes what the clients read: `.npmrc` for all but berry, `.yarnrc.yml` for berry.
    fn configured(self, token: Option<&str>) -> Self {
        let address = self.without_scheme();
        let mut npmrc = format!("registry={}\n", self.registry);
        let mut yarnrc = format!(
            "npmRegistryServer: \"{}\"\nunsafeHttpWhitelist: [\"127.0.0.1\", \"localhost\"]\nenableTelemetry: false\n\
             nodeLinker: node-modules\nnpmMinimalAgeGate: 0\n",
            self.registry.trim_end_matches('/')
        );
        if let Some(token) = token {
            npmrc += &format!("{address}:_authToken={token}\n");
            yarnrc += &format!("npmAuthToken: \"{token}\"\nnpmAlwaysAuth: true\n");
        }
        self.file(".npmrc", npmrc).file(".yarnrc.yml", yarnrc)
    }

    /// Writes a file below the home, and the folders on its way.
    #[must_use]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, content).expect("the file is written");
        self
    }

    /// Lays a package out in a folder, as its author has it before publishing.
    #[must_use]
    pub fn package(self, folder: &str, package: &Package) -> Self {
        let machine = self.file(
            &format!("{folder}/README.md"),
            format!("# {}\n", package.name()),
        );
        package
            .lay_out()
            .into_iter()
            .fold(machine, |machine, (path, content)| {
                machine.file(&format!("{folder}/{path}"), content)
            })
    }

    /// A project in a folder that needs packages: `name` and a range of versions each.
    #[must_use]
    pub fn project(self, folder: &str, needs: &[(&str, &str)]) -> Self {
        let needs: serde_json::Map<_, _> = needs
            .iter()
            .map(|(name, range)| ((*name).to_owned(), (*range).into()))
            .collect();
        let manifest = serde_json::json!({
            "name": "project", "version": "1.0.0", "private": true, "dependencies": needs,
        });
        self.file(&format!("{folder}/package.json"), manifest.to_string())
    }

    /// A place below the home, in which all scripts begin.
    pub fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    /// The text of a file below the home.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        match fs::read_to_string(self.path(path)) {
            Ok(text) => text,
            Err(error) => panic!("{path} cannot be read: {error}"),
        }
    }

    /// Where `.ci/install` puts the clients.
    pub fn clients() -> PathBuf {
        let clients = build_folder().join("npm-clients");
        assert!(
            clients.join("bin/node").exists(),
            "the clients of npm registries are missing: run .ci/install"
        );
        clients
    }

    /// Runs a script of bash to its end; the first command that fails ends it.
    pub fn run(&self, script: &str) -> Outcome {
        Outcome::of(&mut self.command(script))
    }

    /// The same while others go on, such as a server of the story's own.
    pub async fn run_beside(&self, script: &str) -> Outcome {
        let mut command = self.command(script);
        let run = tokio::task::spawn_blocking(move || Outcome::of(&mut command));
        run.await.expect("nobody stops the script")
    }

    fn command(&self, script: &str) -> Command {
        let clients = Self::clients();
        let programs = format!("{}/bin:/usr/local/bin:/usr/bin:/bin", clients.display());
        let mut command = Command::new("timeout");
        command
            .args(["--kill-after", "5"])
            .arg(self.patience.to_string())
            .args(["bash", "-e", "-o", "pipefail", "-c", script])
            .current_dir(self.home.path())
            .env_clear()
            .env("HOME", self.home.path())
            .env("PATH", programs)
            .env("CLIENTS", clients)
            .env("REGISTRY", &self.registry)
            .env("TMPDIR", self.home.path())
            .env("no_proxy", "127.0.0.1,localhost")
            .env("npm_config_update_notifier", "false")
            .env("npm_config_fund", "false");
        command
    }
}
