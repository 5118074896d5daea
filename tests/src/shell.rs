//! A shell with real clients in it, as a CI job has it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::command::Outcome;

/// A folder, and bash to run scripts in it as a CI job does: the first command that fails ends the script.
#[derive(Debug)]
pub struct Shell {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Shell {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("cellier-job-")
            .tempdir()
            .expect("a folder for the job");
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file, and the folders on its way.
    #[must_use]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(path, content).expect("the file is written");
        self
    }

    /// A place in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Runs a script. npm gets a home of its own and looks for no news; a proxy of this machine is not asked.
    pub fn run(&self, script: &str) -> Outcome {
        let mut bash = Command::new("bash");
        bash.args(["-e", "-o", "pipefail", "-c", script])
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env("npm_config_cache", self.path(".npm"))
            .env("npm_config_update_notifier", "false")
            .env("npm_config_fund", "false")
            .env("npm_config_audit", "false")
            .env("no_proxy", "127.0.0.1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        Outcome::of(&mut bash)
    }
}

impl Default for Shell {
    fn default() -> Self {
        Self::new()
    }
}
