//! The pieces of an open file.
//!
//! No thread is held for as long as a client takes: each piece is a read of its own, and while one is on its way to the
//! client the next is read, no more. So clients that do not go on reading cost memory, but nobody else waits for them.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::task::{JoinHandle, spawn_blocking};

/// How much is read from disk at a time.
pub(super) const PIECE: u64 = 256 * 1024;

/// Reads one piece, on the thread that asks.
pub(super) fn read_piece(file: &File, range: Range<u64>) -> io::Result<Bytes> {
    let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
    let mut piece = vec![0; length];
    file.read_exact_at(&mut piece, range.start)?;
    Ok(piece.into())
}

/// A piece that is there already, and then the rest of the range.
pub(super) fn pieces(
    file: File,
    first: Bytes,
    rest: Range<u64>,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let mut pieces = Pieces {
        file: Arc::new(file),
        first: Some(first),
        rest,
        ahead: None,
    };
    pieces.read_ahead();
    stream::try_unfold(pieces, Pieces::next)
}

/// What is still to come of a file.
struct Pieces {
    file: Arc<File>,
    first: Option<Bytes>,
    rest: Range<u64>,
    /// The next piece, which a thread reads or has read.
    ahead: Option<JoinHandle<io::Result<Bytes>>>,
}

impl Pieces {
    async fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        if let Some(first) = self.first.take() {
            return Ok(Some((first, self)));
        }
        let Some(ahead) = self.ahead.take() else {
            return Ok(None);
        };
        let piece = ahead.await.map_err(io::Error::other)??;
        self.read_ahead();
        Ok(Some((piece, self)))
    }

    fn read_ahead(&mut self) {
        let end = self.rest.end.min(self.rest.start.saturating_add(PIECE));
        let piece = self.rest.start..end;
        self.rest.start = end;
        if !piece.is_empty() {
            let file = Arc::clone(&self.file);
            self.ahead = Some(spawn_blocking(move || read_piece(&file, piece)));
        }
    }
}
