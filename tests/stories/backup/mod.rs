//! Backing up, losing everything, and having it again.
#![expect(clippy::unwrap_used, reason = "a story that cannot go on has failed")]

mod again;
mod by_hand;
mod damaged;
mod drill;
mod restoring;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cellier_tests::{Actor, Package, TestServer, Upload, sha256_hex};
use serde_json::Value;
use tempfile::TempDir;

/// A place for backups that outlives every server.
pub(super) struct Vault(TempDir);

impl Vault {
    pub(super) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("cellier-vault-").tempdir();
        Self(folder.unwrap())
    }

    pub(super) fn path(&self) -> PathBuf {
        self.0.path().join("backup")
    }

    pub(super) fn text(&self) -> String {
        self.path().display().to_string()
    }

    /// The files of the blobs.
    pub(super) fn blobs(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.path().join("sha256")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else {
                    found.push(entry.path());
                }
            }
        }
        found.sort();
        found
    }

    pub(super) fn manifest(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path().join("backup.json")).unwrap()).unwrap()
    }
}

/// The names of some files without their folders.
pub(super) fn names<P: AsRef<Path>>(files: &[P]) -> BTreeSet<String> {
    let name = |file: &P| {
        file.as_ref()
            .file_name()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    files.iter().map(name).collect()
}

/// A version that was acknowledged.
#[derive(Clone, Debug)]
pub(super) struct Acknowledged {
    path: String,
    sha256: String,
}

pub(super) async fn publish_file(actor: &Actor, name: &str, content: &str) -> Acknowledged {
    let upload = Upload::new("data.txt", content);
    let answer = actor.publish_file(name, &upload).await;
    let version = &answer.assert_created().json()["version"];
    Acknowledged {
        path: format!(
            "artefacts/file/{name}/versions/{}/download",
            version["version"].as_str().unwrap()
        ),
        sha256: sha256_hex(content.as_bytes()),
    }
}

pub(super) async fn publish_package(actor: &Actor, name: &str, version: &str) -> Acknowledged {
    let package = Package::new(name, version);
    actor.publish_package(&package).await.assert_created();
    Acknowledged {
        path: format!("artefacts/npm/{name}/versions/{version}/download"),
        sha256: sha256_hex(&package.tarball()),
    }
}

pub(super) async fn assert_all_there(actor: &Actor, acknowledged: &[Acknowledged]) {
    for one in acknowledged {
        let download = actor.get(&one.path).await;
        let digest = sha256_hex(download.assert_ok().bytes());
        assert_eq!(digest, one.sha256, "{}", one.path);
    }
}

/// A server with three files and a backup of it.
pub(super) async fn backed_up() -> (TestServer, Vault) {
    let server = TestServer::start().await;
    let vault = Vault::new();
    for name in ["one", "two", "three"] {
        publish_file(&server.admin(), name, &format!("the bytes of {name}")).await;
    }
    server.run(&["backup", &vault.text()]).assert_success();
    (server, vault)
}

/// Where a backup keeps some bytes.
pub(super) fn blob_of(vault: &Vault, content: &str) -> PathBuf {
    let digest = sha256_hex(content.as_bytes());
    let mut blobs = vault.blobs();
    blobs.retain(|path| path.display().to_string().contains(&digest));
    blobs.remove(0)
}
