//! Bytes on their way in: what is left of a download that broke off is where the next one goes on.

use std::fs;
use std::path::PathBuf;

use bytes::Bytes;
use tokio::fs::File;
use tokio::io::{AsyncSeekExt as _, AsyncWriteExt as _};

use crate::client::ClientError;
use crate::client::cache::{Blob, Cache, replace_file};

/// Most bytes that an entity tag may have.
const LONGEST_ETAG: usize = 1024;

/// Bytes on their way in. Whoever has them holds the lease alone.
#[derive(Debug)]
pub(crate) struct Partial {
    file: File,
    path: PathBuf,
    etag_path: PathBuf,
    etag: Option<String>,
    blob: Blob,
    length: u64,
}

impl Partial {
    /// Takes up what an earlier attempt has left, or starts with nothing.
    pub(crate) async fn open(cache: &Cache, blob: Blob) -> Result<Self, ClientError> {
        let path = cache.partial_path(blob.sha256);
        let etag_path = cache.etag_path(blob.sha256);
        let opened = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .await;
        let mut file = opened.map_err(ClientError::local(format!("write {}", path.display())))?;
        let length = file
            .seek(std::io::SeekFrom::End(0))
            .await
            .map_err(ClientError::local(format!("read {}", path.display())))?;
        // One that cannot be read is as good as none: the download starts anew.
        let etag = fs::read_to_string(&etag_path)
            .ok()
            .filter(|etag| is_strong(etag));
        let mut partial = Self {
            file,
            path,
            etag_path,
            etag,
            blob,
            length,
        };
        let usable = partial.etag.is_some() || partial.is_whole();
        if length > 0 && (length > blob.size || !usable) {
            partial.restart(None).await?;
        }
        Ok(partial)
    }

    /// How many bytes are there.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// How many there are to be.
    pub(crate) fn size(&self) -> u64 {
        self.blob.size
    }

    /// Whether all of them are there; whether they are the right ones is another question.
    pub(crate) fn is_whole(&self) -> bool {
        self.length == self.blob.size
    }

    /// The entity tag of what the bytes are the beginning of.
    pub(crate) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Forgets all bytes. Those that follow are of something with this entity tag; a weak one says nothing about bytes.
    pub(crate) async fn restart(&mut self, etag: Option<&str>) -> Result<(), ClientError> {
        let failed = || ClientError::local(format!("write {}", self.path.display()));
        self.file.set_len(0).await.map_err(failed())?;
        let start = std::io::SeekFrom::Start(0);
        self.file.seek(start).await.map_err(failed())?;
        self.length = 0;
        self.etag = etag.filter(|etag| is_strong(etag)).map(str::to_owned);
        let text = self.etag.clone().unwrap_or_default();
        let written = replace_file(&self.etag_path, |file| {
            std::io::Write::write_all(file, text.as_bytes())
        });
        written.map_err(failed())
    }

    /// Adds bytes. Where more come than there should be, all of them are forgotten.
    pub(crate) async fn write(&mut self, bytes: &Bytes) -> Result<(), ClientError> {
        let length = self.length.saturating_add(bytes.len() as u64);
        if length > self.blob.size {
            self.restart(None).await?;
            return Err(ClientError::Unsound(format!(
                "more bytes come than the {} that the registry announced; nothing was kept of them",
                self.blob.size
            )));
        }
        let failed = ClientError::local(format!("write {}", self.path.display()));
        self.file.write_all(bytes).await.map_err(failed)?;
        self.length = length;
        Ok(())
    }

    /// Lets go of the file, so that others see all that was written.
    pub(crate) async fn close(mut self) -> Result<(), ClientError> {
        let failed = ClientError::local(format!("write {}", self.path.display()));
        self.file.flush().await.map_err(failed)
    }
}

/// Whether an entity tag promises equal bytes, and is worth remembering.
fn is_strong(etag: &str) -> bool {
    let quoted = etag.len() >= 2 && etag.starts_with('"') && etag.ends_with('"');
    quoted && etag.len() <= LONGEST_ETAG && !etag.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::cache::blob::tests::{blob_of, cache};

    async fn fetched(cache: &Cache, blob: Blob, etag: &str, bytes: &'static [u8]) {
        let mut partial = Partial::open(cache, blob).await.unwrap();
        partial.restart(Some(etag)).await.unwrap();
        partial.write(&Bytes::from_static(bytes)).await.unwrap();
        partial.close().await.unwrap();
    }

    #[tokio::test]
    async fn what_an_earlier_attempt_left_is_taken_up_together_with_its_entity_tag() {
        let (_folder, cache, _clock) = cache();
        let blob = blob_of(b"terrain");
        fetched(&cache, blob, "\"v1\"", b"terr").await;
        let mut partial = Partial::open(&cache, blob).await.unwrap();
        assert_eq!((partial.length(), partial.etag()), (4, Some("\"v1\"")));
        partial.write(&Bytes::from_static(b"ain")).await.unwrap();
        assert!(partial.is_whole());
        partial.close().await.unwrap();
        assert_eq!(
            fs::read(cache.partial_path(blob.sha256)).unwrap(),
            b"terrain"
        );
    }

    #[tokio::test]
    async fn what_cannot_be_gone_on_with_is_forgotten() {
        let (_folder, cache, _clock) = cache();
        let blob = blob_of(b"terrain");
        for (etag, bytes) in [("W/\"weak\"", b"terr".as_slice()), ("", b"terr")] {
            fetched(&cache, blob, etag, bytes).await;
            let partial = Partial::open(&cache, blob).await.unwrap();
            assert_eq!((partial.length(), partial.etag()), (0, None), "{etag}");
        }
        fs::write(cache.partial_path(blob.sha256), b"terrain and more").unwrap();
        let partial = Partial::open(&cache, blob).await.unwrap();
        assert_eq!(partial.length(), 0);
    }

    #[tokio::test]
    async fn more_bytes_than_announced_are_refused() {
        let (_folder, cache, _clock) = cache();
        let mut partial = Partial::open(&cache, blob_of(b"terrain")).await.unwrap();
        partial.write(&Bytes::from_static(b"terr")).await.unwrap();
        let more = partial.write(&Bytes::from_static(b"itory")).await;
        assert!(matches!(more, Err(ClientError::Unsound(_))));
        assert_eq!(partial.length(), 0);
    }
}
