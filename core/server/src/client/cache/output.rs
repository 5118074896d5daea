//! Copies of what is cached, where somebody wants them.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use cellier_model::FileName;

use crate::client::cache::{Blob, Cache, replace_file};
use crate::client::{ClientError, on_disk};

/// Where a copy goes: to the path itself, or into the folder that it names, under the file's own name.
pub(crate) fn place_of(output: &Path, file_name: &str) -> Result<PathBuf, ClientError> {
    let ends_in_slash = output.as_os_str().as_encoded_bytes().ends_with(b"/");
    if !ends_in_slash && !output.is_dir() {
        return Ok(output.to_owned());
    }
    let name = FileName::lenient(file_name, "download");
    // Whoever published the file chose its name. In a home folder such a one would be read by the next shell.
    if name.as_str().starts_with('.') {
        return Err(ClientError::Unable(format!(
            "the file is called {:?}, which would be hidden in {}: say the whole path with --output",
            name.as_str(),
            output.display()
        )));
    }
    Ok(output.join(name.as_str()))
}

impl Cache {
    /// Copies a blob to a path, in one move. It is a copy, never a link: nobody who writes to it writes to the cache.
    /// Whoever asks holds the lease.
    pub(crate) async fn copy_out(&self, blob: Blob, to: PathBuf) -> Result<PathBuf, ClientError> {
        let from = self.blob_path(blob.sha256);
        on_disk(move || {
            let copied = replace_file(&to, |copy| {
                io::copy(&mut File::open(&from)?, copy).map(drop)
            });
            copied.map_err(ClientError::local(format!("write {}", to.display())))?;
            std::path::absolute(&to).map_err(ClientError::local(format!("find {}", to.display())))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::client::cache::blob::tests::{cache, store};

    #[test]
    fn a_folder_gets_the_file_under_its_own_name() {
        let folder = tempfile::tempdir().unwrap();
        let place = |output: &Path, name: &str| place_of(output, name).map_err(|e| e.to_string());
        let below = folder.path().join("terrain.mbtiles");
        assert_eq!(place(folder.path(), "terrain.mbtiles"), Ok(below.clone()));
        assert_eq!(place(folder.path(), "../../terrain.mbtiles"), Ok(below));
        let other = folder.path().join("other");
        assert_eq!(place(&other, "terrain.mbtiles"), Ok(other.clone()));
        let slash = PathBuf::from(format!("{}/", other.display()));
        assert_eq!(
            place(&slash, "terrain.mbtiles"),
            Ok(other.join("terrain.mbtiles"))
        );
        let hidden = place(folder.path(), ".bashrc").unwrap_err();
        assert!(hidden.contains("--output"), "{hidden}");
    }

    #[tokio::test]
    async fn a_copy_can_be_changed_without_changing_the_cache() {
        let (folder, cache, _clock) = cache();
        let blob = store(&cache, b"terrain").await;
        let to = folder.path().join("copy");
        fs::write(&to, b"what was there before").unwrap();
        assert_eq!(cache.copy_out(blob, to.clone()).await.unwrap(), to);
        assert_eq!(fs::read(&to).unwrap(), b"terrain");
        fs::write(&to, b"changed").unwrap();
        assert_eq!(fs::read(cache.blob_path(blob.sha256)).unwrap(), b"terrain");
        let nowhere = cache.copy_out(blob, folder.path().join("no/folder")).await;
        assert!(matches!(nowhere, Err(ClientError::Local { .. })));
    }
}
