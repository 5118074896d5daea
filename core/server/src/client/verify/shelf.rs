//! The documents of a registry: fetched, and kept for the time when it cannot be asked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, header};
use cellier_model::Random;
use cellier_sdk::Sha256;
use sha2::Digest as _;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::client::{ClientError, Connection, Patience, Progress};

/// The largest document that is fetched, in bytes.
const LARGEST: u64 = 256 << 20;

/// Where the documents of a registry lie on this machine.
#[derive(Debug)]
pub(crate) struct Shelf {
    place: Place,
    connection: Option<Connection>,
    retries: u32,
    random: Arc<dyn Random>,
    progress: Progress,
}

#[derive(Debug)]
enum Place {
    Kept(PathBuf),
    ForNow(TempDir),
}

impl Shelf {
    /// A shelf in a folder, or one that is gone when the program ends. Without a connection it gives what it has.
    pub(crate) fn open(
        folder: Option<PathBuf>,
        connection: Option<Connection>,
        retries: u32,
        random: Arc<dyn Random>,
        progress: Progress,
    ) -> Result<Self, ClientError> {
        let place = match folder {
            Some(folder) => {
                let made = std::fs::create_dir_all(&folder);
                made.map_err(ClientError::local(format!(
                    "make the folder {}",
                    folder.display()
                )))?;
                Place::Kept(folder)
            }
            None => {
                let folder = tempfile::tempdir();
                Place::ForNow(folder.map_err(ClientError::local("make a folder for a while"))?)
            }
        };
        Ok(Self {
            place,
            connection,
            retries,
            random,
            progress,
        })
    }

    /// Whether the registry may be asked.
    pub(crate) fn is_online(&self) -> bool {
        self.connection.is_some()
    }

    /// The file of a document; `None` if the registry has none, or if it was not kept and nobody may be asked.
    pub(crate) async fn get(&self, url: &Url) -> Result<Option<PathBuf>, ClientError> {
        let path = self.path_of(url);
        let Some(connection) = &self.connection else {
            return Ok(Some(path).filter(|path| path.is_file()));
        };
        let mut patience = Patience::new(self.retries, Arc::clone(&self.random));
        let attempt = async || fetch(connection, url, &path).await;
        match patience.try_hard(&self.progress, attempt).await {
            Ok(()) => Ok(Some(path)),
            Err(ClientError::Refused(refusal)) if refusal.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A name that no text of a registry can lead astray.
    fn path_of(&self, url: &Url) -> PathBuf {
        let folder = match &self.place {
            Place::Kept(folder) => folder.as_path(),
            Place::ForNow(folder) => folder.path(),
        };
        let digest = Sha256::new(sha2::Sha256::digest(url.as_str()).into());
        folder.join(format!("{digest}.json"))
    }
}

/// Fetches a document beside its place and moves it there when it is whole.
async fn fetch(connection: &Connection, url: &Url, path: &Path) -> Result<(), ClientError> {
    let mut headers = HeaderMap::new();
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let mut answer = connection.get(url, &headers).await?;
    let partial = path.with_extension("partial");
    let keep = || format!("keep {}", partial.display());
    let file = tokio::fs::File::create(&partial).await;
    let mut file = file.map_err(ClientError::local(keep()))?;
    let mut size: u64 = 0;
    while let Some(piece) = connection.piece(&mut answer).await? {
        size += piece.len() as u64;
        if size > LARGEST {
            return Err(ClientError::Unsound(format!(
                "{url} answers with more than {LARGEST} bytes"
            )));
        }
        let written = file.write_all(&piece).await;
        written.map_err(ClientError::local(keep()))?;
    }
    let flushed = file.flush().await;
    flushed.map_err(ClientError::local(keep()))?;
    let moved = tokio::fs::rename(&partial, path).await;
    moved.map_err(ClientError::local(format!("keep {}", path.display())))
}
