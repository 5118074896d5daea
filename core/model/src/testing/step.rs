//! A fake that never waits would hide what happens between two of its calls.

use std::future::poll_fn;
use std::task::Poll;

/// Lets others go first, once, as every call of a real database or store does.
pub(super) async fn step() {
    let mut has_waited = false;
    poll_fn(|task| {
        if has_waited {
            return Poll::Ready(());
        }
        has_waited = true;
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
