//! A file on its way to the registry: read once, hashed while it is read, and refused when it changes meanwhile.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use cellier_sdk::Sha256;
use futures_util::stream::poll_fn;
use sha2::Digest as _;
use tokio::sync::mpsc;

use crate::client::{ClientError, Sent, Travel};

/// How much is read at a time.
const PIECE: usize = 256 * 1024;

/// How many pieces are read ahead of the network.
const AHEAD: usize = 4;

/// A file to be published.
#[derive(Clone, Debug)]
pub(super) struct Source {
    path: PathBuf,
    stamp: Stamp,
}

/// What tells that a file is another one, or has other bytes, than a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }
}

impl Source {
    /// Looks at a file. A pipe or a folder is refused: an upload may have to start again, and needs its size first.
    pub(super) fn look(path: &Path) -> Result<Self, ClientError> {
        let doing = || ClientError::local(format!("read {}", path.display()));
        let metadata = std::fs::metadata(path).map_err(doing())?;
        if !metadata.is_file() {
            let odd =
                io::Error::other("it is no regular file; write what you publish to one first");
            return Err(doing()(odd));
        }
        Ok(Self {
            path: path.to_owned(),
            stamp: Stamp::of(&metadata),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn size(&self) -> u64 {
        self.stamp.size
    }

    /// Starts to read, on a thread of its own, as fast as the network takes the bytes.
    pub(super) fn send(&self, travel: Travel) -> Sending {
        let (pieces, mut received) = mpsc::channel(AHEAD);
        let state = Arc::new(State::default());
        let reader = Reader {
            source: self.clone(),
            state: Arc::clone(&state),
            pieces,
            travel,
        };
        tokio::task::spawn_blocking(move || reader.run());
        Sending {
            body: reqwest::Body::wrap_stream(poll_fn(move |task| received.poll_recv(task))),
            state,
        }
    }
}

/// A file that is being sent.
pub(super) struct Sending {
    /// Its bytes, as the network takes them.
    pub(super) body: reqwest::Body,
    /// How far it is.
    pub(super) state: Arc<State>,
}

/// How far a file is that is being sent.
#[derive(Debug, Default)]
pub(super) struct State {
    sent: AtomicU64,
    end: OnceLock<Result<Sha256, String>>,
}

impl State {
    pub(super) fn sent(&self) -> Sent {
        match self.end.get() {
            Some(_) => Sent::Whole,
            None => Sent::Part(self.sent.load(Ordering::Relaxed)),
        }
    }

    /// The digest of what was sent once all of it is on its way, or what is wrong with the file.
    pub(super) fn end(&self) -> Option<&Result<Sha256, String>> {
        self.end.get()
    }
}

/// What ended the reading of a file.
enum Stop {
    /// Nobody wants the rest.
    Unwanted,
    /// The file is at fault.
    File(io::Error),
}

struct Reader {
    source: Source,
    state: Arc<State>,
    pieces: mpsc::Sender<io::Result<Bytes>>,
    travel: Travel,
}

impl Reader {
    fn run(self) {
        match self.read_all() {
            Ok(()) | Err(Stop::Unwanted) => {}
            Err(Stop::File(error)) => {
                let _ = self.state.end.set(Err(error.to_string()));
                // An error in the body breaks the request off, so that the registry never sees the end of the form.
                let _ = self.pieces.blocking_send(Err(error));
            }
        }
    }

    /// The last piece is held back until it is certain that the file is still what it was at the start: what changed on
    /// the way is never published.
    fn read_all(&self) -> Result<(), Stop> {
        let mut file = File::open(&self.source.path).map_err(Stop::File)?;
        self.check_unchanged(&file)?;
        let mut hasher = sha2::Sha256::new();
        let mut left = self.source.size();
        let mut held_back = Bytes::new();
        while left > 0 {
            let piece = read_piece(&mut file, left).map_err(Stop::File)?;
            hasher.update(&piece);
            left -= piece.len() as u64;
            self.send(std::mem::replace(&mut held_back, piece))?;
        }
        self.check_unchanged(&file)?;
        let digest = Sha256::new(hasher.finalize().into());
        let _ = self.state.end.set(Ok(digest));
        self.send(held_back)
    }

    fn send(&self, piece: Bytes) -> Result<(), Stop> {
        if piece.is_empty() {
            return Ok(());
        }
        let size = piece.len() as u64;
        let taken = self.pieces.blocking_send(Ok(piece));
        taken.map_err(|_nobody_listens| Stop::Unwanted)?;
        self.state.sent.fetch_add(size, Ordering::Relaxed);
        self.travel.advance(size);
        Ok(())
    }

    fn check_unchanged(&self, file: &File) -> Result<(), Stop> {
        let now = Stamp::of(&file.metadata().map_err(Stop::File)?);
        if now == self.source.stamp {
            Ok(())
        } else {
            Err(Stop::File(changed()))
        }
    }
}

/// The next piece of a file, of which `left` bytes are still to come.
fn read_piece(file: &mut impl Read, left: u64) -> io::Result<Bytes> {
    let wanted = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
    let mut piece = vec![0; wanted];
    file.read_exact(&mut piece)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => changed(),
            _ => error,
        })?;
    Ok(piece.into())
}

fn changed() -> io::Error {
    io::Error::other(
        "the file changed while it was read; publish it when nothing writes to it any more",
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::client::Progress;

    fn source(content: &[u8]) -> (tempfile::NamedTempFile, Source) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        let source = Source::look(file.path()).unwrap();
        (file, source)
    }

    /// Reads a source to its end, doing something after the first piece.
    async fn read(source: &Source, meanwhile: impl FnOnce()) -> (Vec<u8>, Result<Sha256, String>) {
        let (pieces, mut received) = mpsc::channel(1);
        let state = Arc::new(State::default());
        let reader = Reader {
            source: source.clone(),
            state: Arc::clone(&state),
            pieces,
            travel: Progress::Quiet.start("sending", 0, source.size()),
        };
        let thread = tokio::task::spawn_blocking(move || reader.run());
        let mut content = Vec::new();
        let mut meanwhile = Some(meanwhile);
        while let Some(piece) = received.recv().await {
            content.extend_from_slice(&piece.unwrap_or_default());
            if let Some(meanwhile) = meanwhile.take() {
                meanwhile();
            }
        }
        thread.await.unwrap();
        (content, state.end().unwrap().clone())
    }

    #[tokio::test]
    async fn a_file_is_sent_whole_and_its_digest_is_known() {
        for size in [0, 1, PIECE, 3 * PIECE + 7] {
            let content: Vec<u8> = (0..=250).cycle().take(size).collect();
            let (_file, source) = source(&content);
            let (sent, end) = read(&source, || {}).await;
            assert_eq!(sent, content);
            assert_eq!(
                end.unwrap().as_bytes()[..],
                sha2::Sha256::digest(&content)[..]
            );
        }
    }

    #[tokio::test]
    async fn a_file_that_grows_shrinks_or_is_replaced_on_the_way_never_gets_to_its_end() {
        let content = vec![7; 8 * PIECE];
        let grow = |path: &Path| {
            let mut file = File::options().append(true).open(path).unwrap();
            file.write_all(b"more").unwrap();
        };
        let shrink = |path: &Path| {
            let file = File::options().write(true).open(path).unwrap();
            file.set_len(PIECE as u64).unwrap();
        };
        for change in [&grow as &dyn Fn(&Path), &shrink] {
            let (file, source) = source(&content);
            let (sent, end) = read(&source, || change(file.path())).await;
            assert!(sent.len() < content.len());
            assert!(end.unwrap_err().contains("changed while it was read"));
        }
        let (file, source) = source(&content);
        std::fs::remove_file(file.path()).unwrap();
        std::fs::write(file.path(), &content).unwrap();
        let (sent, end) = read(&source, || {}).await;
        assert!(sent.is_empty());
        assert!(end.is_err());
    }

    #[test]
    fn a_folder_is_no_source() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(
            Source::look(folder.path()),
            Err(ClientError::Local { .. })
        ));
    }
}
