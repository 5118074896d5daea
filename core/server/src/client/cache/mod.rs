//! The cache of `cellier pull`: bytes by their digest, and what names meant when they were last asked for.
//!
//! ```text
//! <root>/blobs/<ab>/<sha-256>        bytes whose digest was verified; read-only
//! <root>/partial/<sha-256>           bytes on their way in, and <sha-256>.etag beside them
//! <root>/leases/<sha-256>            the lock of a digest; its time of change is the last use of the bytes
//! <root>/resolutions/<hash>.json     which version a name meant, one file for each question
//! ```
//!
//! No path is made of text that a server sent: names of files are digests, and the hash of a question.
//!
//! Several processes may use one cache. Whoever reads the bytes of a digest holds its lease together with others; whoever
//! fetches or removes them holds it alone. The operating system lets go of leases when a process dies.

mod blob;
mod lease;
mod output;
mod partial;
mod prune;
mod resolution;

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cellier_model::Clock;
use cellier_sdk::Sha256;

pub(crate) use self::blob::{Blob, Found};
pub(crate) use self::lease::{Hold, Lease};
pub(crate) use self::output::place_of;
pub(crate) use self::partial::Partial;
pub(crate) use self::prune::{Pruned, What};
pub(crate) use self::resolution::{Question, Resolution};
use crate::client::ClientError;

/// What tells backup programs that nothing here is worth a copy (<https://bford.info/cachedir/>).
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n";

/// A cache.
#[derive(Clone, Debug)]
pub(crate) struct Cache {
    root: Arc<Path>,
    clock: Arc<dyn Clock>,
}

impl Cache {
    /// Opens the cache in a folder. One that is not there is made, for its owner alone: artefacts may be private.
    pub(crate) fn open(root: &Path, clock: Arc<dyn Clock>) -> Result<Self, ClientError> {
        let failed = |path: &Path| ClientError::local(format!("use the cache {}", path.display()));
        let root = std::path::absolute(root).map_err(failed(root))?;
        let mut private = DirBuilder::new();
        private.recursive(true).mode(0o700);
        private.create(&root).map_err(failed(&root))?;
        for folder in ["blobs", "partial", "leases", "resolutions"] {
            let folder = root.join(folder);
            fs::create_dir_all(&folder).map_err(failed(&folder))?;
        }
        let tag = root.join("CACHEDIR.TAG");
        if !tag.exists() {
            fs::write(&tag, TAG).map_err(failed(&tag))?;
        }
        Ok(Self {
            root: root.into(),
            clock,
        })
    }

    /// Where the bytes of a digest lie once they are verified.
    pub(crate) fn blob_path(&self, sha256: Sha256) -> PathBuf {
        let name = sha256.to_hex();
        self.root.join("blobs").join(&name[..2]).join(name)
    }

    /// Forgets the bytes of a digest that are on their way in. Whoever asks holds the lease alone.
    pub(crate) fn discard_partial(&self, sha256: Sha256) -> Result<(), ClientError> {
        for path in [self.partial_path(sha256), self.etag_path(sha256)] {
            let failed = ClientError::local(format!("remove {}", path.display()));
            remove_if_there(&path).map_err(failed)?;
        }
        Ok(())
    }

    fn partial_path(&self, sha256: Sha256) -> PathBuf {
        self.root.join("partial").join(sha256.to_hex())
    }

    fn etag_path(&self, sha256: Sha256) -> PathBuf {
        self.partial_path(sha256).with_extension("etag")
    }

    fn lease_path(&self, sha256: Sha256) -> PathBuf {
        self.root.join("leases").join(sha256.to_hex())
    }
}

/// Where the cache is if nothing is said: `$XDG_CACHE_HOME/cellier`, or `~/.cache/cellier`.
pub(crate) fn default_folder(xdg: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    // The specification of the XDG folders has relative paths ignored.
    let absolute = |text: OsString| Some(PathBuf::from(text)).filter(|path| path.is_absolute());
    let caches = xdg
        .and_then(absolute)
        .or_else(|| Some(home.and_then(absolute)?.join(".cache")))?;
    Some(caches.join("cellier"))
}

/// Writes a file so that there is always the old one or the new one at its path, and never a part of one.
fn replace_file(path: &Path, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let mut new = tempfile::Builder::new()
        .prefix(".cellier-")
        // As every other new file: the process's umask decides who may read it.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)?;
    write(new.as_file_mut())?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    File::open(folder)?.sync_all()
}

/// Removes a file that need not be there.
fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_follows_the_xdg_specification() {
        let folder = |xdg: Option<&str>, home: Option<&str>| {
            default_folder(xdg.map(Into::into), home.map(Into::into))
                .map(|path| path.display().to_string())
        };
        let expected = |text: &str| Some(text.to_owned());
        assert_eq!(folder(Some("/x"), Some("/home/me")), expected("/x/cellier"));
        let below_home = expected("/home/me/.cache/cellier");
        assert_eq!(folder(None, Some("/home/me")), below_home);
        assert_eq!(folder(Some("relative"), Some("/home/me")), below_home);
        assert_eq!(folder(Some(""), Some("/home/me")), below_home);
        assert_eq!(folder(None, None), None);
    }
}
