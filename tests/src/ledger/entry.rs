//! One upload, and what is known of it.

use std::sync::Arc;

use crate::{Actor, Answer, Package, Upload, encoded, sha256_hex};

/// Which entry of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryId(pub(super) usize);

/// An upload.
#[derive(Clone, Debug)]
pub struct Sent {
    pub(super) format: &'static str,
    pub(super) name: String,
    file_name: String,
    content: Arc<[u8]>,
    pub(super) sha256: String,
}

impl Sent {
    /// A file, which becomes the next revision of its artefact.
    pub fn file(name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self::new("file", name, "data.bin", content.into())
    }

    /// An npm package.
    pub fn package(package: &Package) -> Self {
        Self::new("npm", package.name(), "package.tgz", package.tarball())
    }

    fn new(format: &'static str, name: &str, file_name: &str, content: Vec<u8>) -> Self {
        Self {
            format,
            name: name.to_owned(),
            file_name: file_name.to_owned(),
            sha256: sha256_hex(&content),
            content: content.into(),
        }
    }

    /// The path of the artefact.
    pub fn path(&self) -> String {
        format!("artefacts/{}/{}", self.format, encoded(&self.name))
    }

    pub(super) async fn publish(&self, actor: &Actor) -> Result<Answer, reqwest::Error> {
        let upload = Upload::new(&self.file_name, self.content.to_vec());
        let request = actor.request(reqwest::Method::POST, &self.path());
        request.form(&upload).try_send().await
    }

    pub(super) fn size(&self) -> usize {
        self.content.len()
    }
}

/// An upload, and what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) sent: Sent,
    pub(super) state: State,
}

/// What is known of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// There was no answer, or one that the server could not do it: it must be whole or absent.
    Unknown,
    /// It was acknowledged: it must be there.
    Acknowledged { version: String },
    /// It was refused: it must not be there.
    Refused,
    /// It was acknowledged, and then somebody began to delete it: it must be whole or gone.
    Going { version: String },
    /// Its deletion was acknowledged: it must be gone.
    Gone { version: String },
}

impl Entry {
    /// The version that was acknowledged once.
    pub(super) fn version(&self) -> Option<String> {
        match &self.state {
            State::Acknowledged { version }
            | State::Going { version }
            | State::Gone { version } => Some(version.clone()),
            State::Unknown | State::Refused => None,
        }
    }

    pub(super) fn version_path(&self) -> Option<String> {
        let version = self.version()?;
        Some(format!(
            "{}/versions/{}",
            self.sent.path(),
            encoded(&version)
        ))
    }
}
