//! A machine that talks to a registry with the command line.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::command::Outcome;
use crate::process::program;

/// A machine that has the command line and a home, and no server: no configuration, no database.
#[derive(Debug)]
pub struct Machine {
    home: TempDir,
    variables: Vec<(String, String)>,
}

impl Machine {
    /// A machine that knows the URL of its registry, and no key.
    pub fn new(url: &str) -> Self {
        let home = tempfile::Builder::new()
            .prefix("cellier-machine-")
            .tempdir()
            .expect("a home for the machine");
        let machine = Self {
            home,
            variables: Vec::new(),
        };
        machine.variable("CELLIER_URL", url)
    }

    /// Sets a variable of the environment.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives the machine a key, in the variable that the command line looks at.
    #[must_use]
    pub fn with_key(self, key: &str) -> Self {
        self.variable("CELLIER_KEY", key)
    }

    /// Lets the machine talk to another URL; what it has cached stays.
    #[must_use]
    pub fn at(self, url: &str) -> Self {
        self.variable("CELLIER_URL", url)
    }

    /// Writes a file below the home.
    #[must_use]
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), content).expect("the file is written");
        self
    }

    /// A place below the home, in which all commands run.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// The content of a file below the home.
    #[track_caller]
    pub fn read(&self, name: &str) -> Vec<u8> {
        match fs::read(self.path(name)) {
            Ok(content) => content,
            Err(error) => panic!("{name} cannot be read: {error}"),
        }
    }

    /// The names of the files in a folder of the cache that hold bytes: `blobs` or `partial`.
    pub fn cached(&self, folder: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(".cache/cellier").join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else if entry.path().extension().is_none() {
                    found.push(entry.path());
                }
            }
        }
        found
    }

    /// Runs the command line to its end, with nothing in its environment but what this machine sets.
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        let mut command = Command::new(program());
        command
            .env_clear()
            .env("HOME", self.home.path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home.path())
            .args(arguments);
        Outcome::of(&mut command)
    }
}
