//! The server as a process.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::setup::Setup;

/// How long a server may take to start or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program under test, which cargo has built beside the stories.
pub(crate) fn program() -> PathBuf {
    let stories = std::env::current_exe().expect("the path of this program");
    let folder = stories
        .parent()
        .and_then(|dependencies| dependencies.parent())
        .expect("a folder of build outputs");
    folder.join("cellier-under-test")
}

/// A running server; it is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    /// Where it listens, as `127.0.0.1:12345`.
    pub(crate) address: String,
}

impl ServerProcess {
    /// Starts a server and waits until it is ready. What it logs is appended to the file `log`.
    pub(crate) async fn start(setup: &Setup) -> Self {
        let address_file = setup.path("address");
        let _ = fs::remove_file(&address_file);
        let log = File::options()
            .create(true)
            .append(true)
            .open(setup.path("log"));
        let mut child = setup
            .serving()
            .arg("serve")
            .arg("--address-file")
            .arg(&address_file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log.expect("a file for the log"))
            .spawn()
            .expect(
                "the server starts: `cargo test` builds it, `cargo build -p cellier-tests` too",
            );
        let started = Instant::now();
        loop {
            if let Ok(address) = fs::read_to_string(&address_file) {
                let address = address.trim().to_owned();
                return Self { child, address };
            }
            let ended = child.try_wait().expect("a child");
            let log = || fs::read_to_string(setup.path("log")).unwrap_or_default();
            assert!(
                ended.is_none(),
                "the server ended while it started:\n{}",
                log()
            );
            assert!(
                started.elapsed() < PATIENCE,
                "the server is not ready after 30 s:\n{}",
                log()
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Asks it to stop, as an operator does.
    pub(crate) fn terminate(&self) {
        let asked = Command::new("kill")
            .arg("-TERM")
            .arg(self.child.id().to_string())
            .status();
        assert!(
            asked.expect("kill runs").success(),
            "the server could not be asked to stop"
        );
    }

    /// Its identifier.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The most memory that it has had at one time, in bytes.
    pub(crate) fn peak_memory(&self) -> u64 {
        self.bytes_in_status("VmHWM:")
    }

    /// The memory that it has now, in bytes.
    pub(crate) fn memory(&self) -> u64 {
        self.bytes_in_status("VmRSS:")
    }

    fn bytes_in_status(&self, what: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the status of a running process");
        let line = status.lines().find_map(|line| line.strip_prefix(what));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kib.expect("a size in kB") * 1024
    }

    /// Whether it still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Waits until it has stopped.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "the server did not stop within 30 s"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Kills it as a power cut would: it has no time for anything.
    pub(crate) fn kill9(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.kill9();
    }
}
