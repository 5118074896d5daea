//! Bodies on their way in: none may stall for ever, and what is not read is cleared away.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, HttpBody as _};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use tokio::runtime::Handle;
use tokio::time::{Instant, Sleep, sleep, timeout};

use crate::http::problem::Problem;

/// How much of a refused body is read and thrown away, and for how long.
const DISCARDED: usize = 4 << 20;
const DISCARDING: Duration = Duration::from_secs(2);

/// Limits the body of a request, whoever reads it, or nobody.
pub(crate) fn limited(request: Request, idle: Duration) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    let waits_for_continue = request.headers().contains_key(header::EXPECT);
    request.map(|body| Body::from_stream(LimitedBody::new(body, idle, waits_for_continue)))
}

/// A body that fails when nothing comes for too long.
///
/// When it is dropped before its end, a little more of it is read and thrown away, beside the answer: a connection that
/// is closed on unread bytes is reset, and the client would lose the answer that says why. A client that waits for
/// `100 Continue` has sent nothing before the body is first asked for, and is then not asked to.
#[derive(Debug)]
struct LimitedBody {
    body: Option<BodyDataStream>,
    comes: bool,
    idle: Duration,
    waiting: bool,
    deadline: Pin<Box<Sleep>>,
}

impl LimitedBody {
    fn new(body: Body, idle: Duration, waits_for_continue: bool) -> Self {
        Self {
            body: Some(body.into_data_stream()),
            comes: !waits_for_continue,
            idle,
            waiting: false,
            deadline: Box::pin(sleep(idle)),
        }
    }

    /// Fails once the client has been waited for too long. Time that the server itself took does not count.
    fn poll_patience(&mut self, task: &mut Context<'_>) -> Poll<io::Error> {
        if !self.waiting {
            self.waiting = true;
            self.deadline.as_mut().reset(Instant::now() + self.idle);
        }
        self.deadline
            .poll_unpin(task)
            .map(|()| io::ErrorKind::TimedOut.into())
    }
}

impl Stream for LimitedBody {
    type Item = io::Result<Bytes>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        this.comes = true;
        let piece = match body.poll_next_unpin(task) {
            Poll::Ready(piece) => piece.map(|piece| piece.map_err(io::Error::other)),
            Poll::Pending => Some(Err(ready!(this.poll_patience(task)))),
        };
        this.waiting = false;
        if !matches!(piece, Some(Ok(_))) {
            this.body = None;
        }
        Poll::Ready(piece)
    }
}

impl Drop for LimitedBody {
    fn drop(&mut self) {
        if let (true, Some(body), Ok(runtime)) =
            (self.comes, self.body.take(), Handle::try_current())
        {
            runtime.spawn(timeout(DISCARDING, discard(body)));
        }
    }
}

async fn discard(mut body: BodyDataStream) {
    let mut discarded = 0;
    while let Some(Ok(bytes)) = body.next().await {
        discarded += bytes.len();
        if discarded > DISCARDED {
            break;
        }
    }
}

/// The kind of the first error of input among the causes of an error.
pub(crate) fn io_error(error: &(dyn StdError + 'static)) -> Option<io::ErrorKind> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return Some(error.kind());
        }
        cause = error.source();
    }
    None
}

/// What a body that broke off is called.
pub(crate) fn broken_body(error: &(dyn StdError + 'static)) -> Problem {
    if io_error(error) == Some(io::ErrorKind::TimedOut) {
        let detail = "nothing came for too long in the middle of the body; nothing was changed, send it again";
        return Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail);
    }
    Problem::bad_request(
        "bad_body",
        "the body broke off or is malformed; nothing was changed, send it again",
    )
}
