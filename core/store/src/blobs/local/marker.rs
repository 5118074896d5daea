//! What is noted about a folder of blobs as a whole.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cellier_model::ports::{BlobError, Blobs as _};

use super::{LocalBlobs, Stored};
use crate::blobs::Marker;
use crate::blobs::disk::on_disk;

impl LocalBlobs {
    /// What a marker says; `None` if there is none.
    pub async fn marker(&self, marker: Marker) -> Result<Option<String>, BlobError> {
        let path = self.marker_path(marker);
        on_disk("read whose storage it is", move || read(&path)).await
    }

    /// Sets a marker that is not there, durably; `false` if there is one, which stays as it is.
    pub async fn set_marker(&self, marker: Marker, text: &str) -> Result<bool, BlobError> {
        let doing = "note whose storage it is";
        let mut staging = self.stage(&[]).await?;
        staging.write(Bytes::from(text.to_owned())).await?;
        let staged = staging.finish().await?;
        let Some(from) = staged.path().map(Path::to_owned) else {
            return Err(BlobError::from_io(doing, io::Error::other("not on disk")));
        };
        let (store, to) = (self.clone(), self.marker_path(marker));
        let stored = on_disk(doing, move || store.store_durably(&from, &to)).await?;
        Ok(matches!(stored, Stored::New))
    }

    /// Takes a marker away, durably; one that is not there is no error.
    pub async fn remove_marker(&self, marker: Marker) -> Result<(), BlobError> {
        let (files, root) = (Arc::clone(&self.files), Arc::clone(&self.root));
        let path = self.marker_path(marker);
        on_disk("note whose storage it is", move || {
            match files.remove(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => files.sync_folder(&root),
            }
        })
        .await
    }

    fn marker_path(&self, marker: Marker) -> PathBuf {
        self.root.join(marker.name())
    }
}

fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    file.take(Marker::LONGEST).read_to_string(&mut text)?;
    Ok(Some(text))
}
