//! A Cellier server of this run.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Bench, command};

/// How a server is set up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Setup {
    /// The URL of its database; a file of its own if there is none.
    pub(crate) database: Option<String>,
    /// The folder of its blobs; one of its own if there is none.
    pub(crate) blobs: Option<PathBuf>,
    /// Further lines of its configuration, from their section's name on.
    pub(crate) further: &'static str,
    /// Whether it writes a line for each request, as it does unless told otherwise. Its peers here write none.
    pub(crate) logs_requests: bool,
}

/// A running server with a registry of its own. Killed when dropped, and its folder removed: the files of one scenario
/// must not fill the disk of the next.
pub(crate) struct Cellier {
    process: Child,
    folder: PathBuf,
    binary: PathBuf,
    pub(crate) url: String,
    pub(crate) key: String,
    /// Seconds from the start of the process until it was ready.
    pub(crate) seconds_to_ready: f64,
}

impl Cellier {
    /// Starts a server on embedded defaults, but for the line in its log for each request, which its peers do not write; `name` tells it from the others of this run.
    pub(crate) fn start(bench: &Bench, name: &str) -> Result<Self, String> {
        Self::start_with(bench, name, &Setup::default())
    }

    /// Starts a server that is set up so.
    pub(crate) fn start_with(bench: &Bench, name: &str, setup: &Setup) -> Result<Self, String> {
        let folder = bench.folder.join(name);
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let own = format!("sqlite://{}/cellier.db", folder.display());
        let configuration = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"{}\"\n\
             [storage]\nurl = \"file://{}\"\n[log]\nlevel = \"{}\"\n{}",
            setup.database.as_deref().unwrap_or(&own),
            setup
                .blobs
                .clone()
                .unwrap_or_else(|| folder.join("blobs"))
                .display(),
            if setup.logs_requests { "info" } else { "warn" },
            setup.further,
        );
        fs::write(folder.join("cellier.toml"), configuration).map_err(|error| error.to_string())?;
        let created = Self::command(&bench.binary, &folder)
            .args(["key", "create", "--name", "bench", "--type", "admin"])
            .stderr(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        let key = String::from_utf8_lossy(&created.stdout).trim().to_owned();
        let (process, url, seconds_to_ready) = Self::spawn(&bench.binary, &folder)?;
        Ok(Self {
            process,
            folder,
            binary: bench.binary.clone(),
            url,
            key,
            seconds_to_ready,
        })
    }

    fn command(binary: &Path, folder: &Path) -> Command {
        let mut command = Command::new(binary);
        command.arg("--config").arg(folder.join("cellier.toml"));
        command
    }

    fn spawn(binary: &Path, folder: &Path) -> Result<(Child, String, f64), String> {
        let address = folder.join("address");
        let _ = fs::remove_file(&address);
        let log = fs::File::create(folder.join("log")).map_err(|error| error.to_string())?;
        let started = Instant::now();
        let process = Self::command(binary, folder)
            .args(["serve", "--address-file"])
            .arg(&address)
            .stderr(log)
            .spawn()
            .map_err(|error| error.to_string())?;
        while started.elapsed() < Duration::from_secs(20) {
            let text = fs::read_to_string(&address).unwrap_or_default();
            if text.ends_with('\n') && is_ready(text.trim()) {
                return Ok((
                    process,
                    format!("http://{}", text.trim()),
                    started.elapsed().as_secs_f64(),
                ));
            }
            std::thread::sleep(Duration::from_micros(500));
        }
        Err("the server did not become ready in 20 seconds".to_owned())
    }

    /// Stops the server and starts it again on the same registry.
    pub(crate) fn restart(&mut self) -> Result<(), String> {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let (process, url, seconds) = Self::spawn(&self.binary, &self.folder)?;
        self.process = process;
        self.url = url;
        self.seconds_to_ready = seconds;
        Ok(())
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Publishes a file as format `file` and gives the URL to download it from.
    pub(crate) fn publish(&self, name: &str, file: &Path) -> Result<String, String> {
        command::upload(&self.upload_url(name), &self.key, file)?;
        Ok(format!(
            "{}/api/v1/artefacts/file/{name}/versions/1/download",
            self.url
        ))
    }

    /// Publishes a few bytes as format `file`.
    pub(crate) fn publish_text(&self, name: &str, text: &str) -> Result<(), String> {
        let file = self.folder.join("text");
        fs::write(&file, text).map_err(|error| error.to_string())?;
        command::upload(&self.upload_url(name), &self.key, &file).map(drop)
    }

    /// Publishes a tileset.
    pub(crate) fn publish_tileset(&self, name: &str, file: &Path) -> Result<(), String> {
        let url = format!("{}/api/v1/artefacts/tileset/{name}", self.url);
        command::upload(&url, &self.key, file).map(drop)
    }

    pub(crate) fn upload_url(&self, name: &str) -> String {
        format!("{}/api/v1/artefacts/file/{name}", self.url)
    }
}

/// Whether the server at this address says that it is ready.
fn is_ready(address: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut connection = TcpStream::connect(address)?;
        connection
            .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer)?;
        Ok(answer.starts_with("HTTP/1.1 200 "))
    };
    ask().unwrap_or(false)
}

impl Drop for Cellier {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
