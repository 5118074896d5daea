//! A file system of a few MiB for one server, so that a story can fill it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::program;

/// Mounts the file system, makes the admin key on it, and becomes the server.
const SERVE: &str = r#"
set -e
mkdir -p "$1"
mount -t tmpfs -o "size=$2m" none "$1"
shift 2
"$1" "$2" "$3" key create --name boss --type admin >admin-key
exec setpriv --pdeathsig KILL "$@"
"#;

/// The variable that lets the stories of full disks be left out where there are no small disks.
const WITHOUT: &str = "CELLIER_TEST_WITHOUT_SMALL_DISKS";

/// A file system of a few MiB that one server alone sees: in a mount namespace of its own, which ends with it.
#[derive(Clone, Debug)]
pub struct SmallDisk {
    folder: PathBuf,
    mebibytes: u32,
}

impl SmallDisk {
    pub(crate) fn new(folder: &Path, mebibytes: u32) -> Self {
        Self {
            folder: folder.to_owned(),
            mebibytes,
        }
    }

    /// Whether this machine has small file systems. Where it has none the story fails, unless whoever runs it has said that
    /// it may be left out: one that looks as if it had passed would hide that nothing was shown.
    ///
    /// # Panics
    ///
    /// If there are none, and nobody has said so.
    pub fn are_there() -> bool {
        let Some(problem) = Self::problem() else {
            return true;
        };
        assert!(
            std::env::var_os(WITHOUT).is_some(),
            "this machine has no small file systems to fill ({}): allow user namespaces (unshare -rm), or set {WITHOUT}=1 \
             to leave the stories of full disks out",
            problem.trim()
        );
        eprintln!(
            "LEFT OUT, because {WITHOUT} is set: this machine has no small file systems: {problem}"
        );
        false
    }

    /// Why this machine has no small file systems; `None` where it has them.
    fn problem() -> Option<String> {
        let tried = Command::new("unshare")
            .args([
                "-rm", "mount", "-t", "tmpfs", "-o", "size=1m", "none", "/mnt",
            ])
            .output();
        match tried {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(String::from_utf8_lossy(&output.stderr).into_owned()),
            Err(error) => Some(format!("unshare cannot be run: {error}")),
        }
    }

    /// Lets the server with this process number write to it no more, or again. Nothing on it may be open for writing.
    pub(crate) fn set_read_only(&self, process: u32, read_only: bool) {
        let options = if read_only {
            "remount,ro"
        } else {
            "remount,rw"
        };
        let process = process.to_string();
        let mounted = Command::new("nsenter")
            .args(["--user", "--mount", "--preserve-credentials", "--target"])
            .args([process.as_str(), "mount", "-o", options])
            .arg(&self.folder)
            .output()
            .expect("nsenter runs");
        let told = String::from_utf8_lossy(&mounted.stderr);
        assert!(mounted.status.success(), "{told}");
    }

    /// Where it is mounted, as its server sees it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The same as others see it, through the server's process.
    pub(crate) fn seen_through(&self, process: u32) -> PathBuf {
        let within = self.folder.strip_prefix("/").unwrap_or(&self.folder);
        Path::new("/proc")
            .join(process.to_string())
            .join("root")
            .join(within)
    }

    /// The server's program on this file system; its arguments begin with the two that name the configuration. The text
    /// of the admin key goes into the file `admin-key` of the folder that it runs in.
    pub(crate) fn serving(&self) -> Command {
        let mut command = Command::new("unshare");
        command
            .args(["-rm", "bash", "-c", SERVE, "small-disk"])
            .arg(&self.folder)
            .arg(self.mebibytes.to_string())
            .arg(program());
        command
    }
}
