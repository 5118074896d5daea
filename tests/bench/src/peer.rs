//! Servers of others, as `.ci/install-bench` installs them into `target/bench-peers`.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::latency::Asker;

/// A running server of others. Killed when dropped.
pub(crate) struct Peer {
    process: Child,
    pub(crate) url: String,
}

impl Peer {
    /// Starts a server that will listen at a port, and waits until `probe`, a path of its own, is answered with success.
    /// What it says goes into a file of the folder.
    pub(crate) fn start(
        command: &mut Command,
        folder: &Path,
        port: u16,
        probe: &str,
    ) -> Result<Self, String> {
        let log = folder.join("peer.log");
        let file = || File::create(&log).map_err(|error| error.to_string());
        let name = command.get_program().display().to_string();
        let process = command
            .current_dir(folder)
            .stdout(file()?)
            .stderr(file()?)
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        let peer = Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        };
        let (asker, started) = (Asker::new()?, Instant::now());
        let url = format!("{}{probe}", peer.url);
        while started.elapsed() < Duration::from_secs(30) {
            if asker.get(&url, &[]).is_ok() {
                return Ok(peer);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let said = std::fs::read_to_string(&log).unwrap_or_default();
        Err(format!(
            "{name} did not answer {probe} in 30 seconds: {said}"
        ))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A package of those that are installed.
pub(crate) fn package(name: &str) -> Result<PathBuf, String> {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    let package = Path::new(&target)
        .join("bench-peers/node_modules")
        .join(name);
    package
        .canonicalize()
        .map_err(|_error| format!("{} is missing: run .ci/install-bench", package.display()))
}

/// The version of a package, as it says itself.
pub(crate) fn version(name: &str) -> Result<String, String> {
    let manifest = std::fs::read(package(name)?.join("package.json"));
    let manifest = manifest.map_err(|error| error.to_string())?;
    let manifest: serde_json::Value =
        serde_json::from_slice(&manifest).map_err(|error| error.to_string())?;
    Ok(format!(
        "{name} {}",
        manifest["version"].as_str().unwrap_or("?")
    ))
}

/// The Node that they run on.
pub(crate) fn node() -> Result<Command, String> {
    package(".bin/node").map(Command::new)
}

/// How that Node is called.
pub(crate) fn node_version() -> Result<String, String> {
    let node = package(".bin/node")?;
    let (said, _) = crate::command::run(&node.display().to_string(), &["--version"])?;
    Ok(format!("Node {}", said.trim().trim_start_matches('v')))
}
