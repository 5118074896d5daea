//! A form piece by piece, so that its reader never gathers more than it can use.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

/// Bytes that may come without a part of the form, or a piece of one, coming out of them: headers of a part, or what
/// stands before the first. A piece of the network is at most half of that.
const MOST: usize = 128 * 1024;

/// How many bytes have come since the reader of a form last made something of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Unused(Arc<AtomicUsize>);

impl Unused {
    /// Notes that something came out.
    pub(super) fn made_use(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// A body that gives one piece at a time and fails when too many bytes come to nothing.
///
/// The reader of forms takes everything that is there before it looks at it, and looks for ever for the end of a
/// part's headers. Left alone with a hostile form it would fill the memory.
pub(super) struct PacedBody {
    body: BodyDataStream,
    unused: Unused,
    rests: bool,
}

impl PacedBody {
    pub(super) fn new(body: Body, unused: Unused) -> Self {
        Self {
            body: body.into_data_stream(),
            unused,
            rests: false,
        }
    }
}

impl Stream for PacedBody {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.rests) {
            task.waker().wake_by_ref();
            return Poll::Pending;
        }
        let piece = self.body.poll_next_unpin(task);
        if let Poll::Ready(Some(Ok(bytes))) = &piece {
            self.rests = true;
            let before = self.unused.0.fetch_add(bytes.len(), Ordering::Relaxed);
            if before.saturating_add(bytes.len()) > MOST {
                let too_many = io::Error::from(io::ErrorKind::FileTooLarge);
                return Poll::Ready(Some(Err(axum::Error::new(too_many))));
            }
        }
        piece
    }
}
