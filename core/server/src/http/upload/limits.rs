//! Limits for bodies on their way in.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, StreamExt as _};
use tokio::runtime::Handle;
use tokio::time::{Sleep, sleep, timeout};

use crate::http::problem::Problem;

/// How much of a refused body is read and thrown away, and for how long.
const DISCARDED: usize = 4 << 20;
const DISCARDING: Duration = Duration::from_secs(2);

/// A body that fails when nothing comes for too long.
///
/// When it is dropped before its end, a little more of it is read and thrown away, beside the answer: a connection that
/// is closed on unread bytes is reset, and the client would lose the answer that says why.
#[derive(Debug)]
pub(crate) struct LimitedBody {
    body: Option<BodyDataStream>,
    idle: Duration,
    deadline: Pin<Box<Sleep>>,
}

impl LimitedBody {
    pub(crate) fn new(body: Body, idle: Duration) -> Self {
        Self {
            body: Some(body.into_data_stream()),
            idle,
            deadline: Box::pin(sleep(idle)),
        }
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
        match body.poll_next_unpin(task) {
            Poll::Ready(Some(Ok(bytes))) => {
                let deadline = tokio::time::Instant::now() + this.idle;
                this.deadline.as_mut().reset(deadline);
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.body = None;
                Poll::Ready(Some(Err(io::Error::other(error))))
            }
            Poll::Ready(None) => {
                this.body = None;
                Poll::Ready(None)
            }
            Poll::Pending => this.deadline.poll_unpin(task).map(|()| {
                this.body = None;
                Some(Err(io::ErrorKind::TimedOut.into()))
            }),
        }
    }
}

impl Drop for LimitedBody {
    fn drop(&mut self) {
        if let (Some(body), Ok(runtime)) = (self.body.take(), Handle::try_current()) {
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

/// Gives up a request that is refused before its body was looked at. A client that waits for `100 Continue` has sent
/// nothing yet and is not asked to.
pub(crate) fn refuse_body(request: Request, idle: Duration) {
    if !request.headers().contains_key(header::EXPECT) {
        drop(LimitedBody::new(request.into_body(), idle));
    }
}

/// What a body that broke off is called.
pub(crate) fn broken_body(error: &(dyn std::error::Error + 'static)) -> Problem {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let timed_out = error
            .downcast_ref::<io::Error>()
            .is_some_and(|error| error.kind() == io::ErrorKind::TimedOut);
        if timed_out {
            let detail = "nothing came for too long in the middle of the body; nothing was published, send it again";
            return Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail);
        }
        cause = error.source();
    }
    Problem::bad_request(
        "bad_body",
        "the body broke off or is malformed; nothing was published, send it again",
    )
}
