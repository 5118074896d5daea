//! The threads that formats run on.
//!
//! They are not the runtime's blocking threads: a format that waits for a read of the host must never starve the pool that
//! serves that read.

use std::ops::Add;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;

/// How often it is looked whether a pool gets on with its work.
const LOOK_EVERY: Duration = Duration::from_millis(20);

type Work = Box<dyn FnOnce() + Send>;

/// A fixed number of threads with a bounded queue.
#[derive(Debug)]
pub(super) struct Pool {
    queue: mpsc::SyncSender<Work>,
    working: Arc<AtomicU32>,
    waiting: Arc<AtomicU32>,
    done: Arc<AtomicU64>,
}

/// Pieces of work at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InHand {
    /// Those that a thread works on.
    pub(crate) working: u32,
    /// Those that wait for a thread.
    pub(crate) waiting: u32,
}

impl Add for InHand {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            working: self.working + other.working,
            waiting: self.waiting + other.waiting,
        }
    }
}

impl Pool {
    /// Starts so many threads of this name; `waiting` pieces of work may wait for one.
    pub(super) fn start(name: &str, threads: u32, waiting: u32) -> Self {
        let (queue, work) = mpsc::sync_channel::<Work>(waiting as usize);
        let work = Arc::new(Mutex::new(work));
        for number in 0..threads {
            let work = Arc::clone(&work);
            let thread = std::thread::Builder::new().name(format!("{name}-{number}"));
            let started = thread.spawn(move || {
                loop {
                    let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    match next {
                        Ok(work) => work(),
                        Err(_pool_is_gone) => return,
                    }
                }
            });
            if let Err(error) = started {
                tracing::error!(%error, "a thread for the formats could not be started: {error}");
            }
        }
        Self {
            queue,
            working: Arc::default(),
            waiting: Arc::default(),
            done: Arc::default(),
        }
    }

    /// How many pieces of work have been done so far.
    pub(super) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Waits until more pieces of work are done than these; false if none is within `patience`.
    pub(super) async fn gets_beyond(&self, done: u64, patience: Duration) -> bool {
        let gets_on = async {
            while self.done() == done {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(patience, gets_on).await.is_ok()
    }

    /// How much there is to do right now.
    pub(super) fn in_hand(&self) -> InHand {
        InHand {
            working: self.working.load(Ordering::Relaxed),
            waiting: self.waiting.load(Ordering::Relaxed),
        }
    }

    /// Runs a piece of work; `None` if too many wait already.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let (working, waiting) = (Arc::clone(&self.working), Arc::clone(&self.waiting));
        let all_done = Arc::clone(&self.done);
        let work = Box::new(move || {
            waiting.fetch_sub(1, Ordering::Relaxed);
            working.fetch_add(1, Ordering::Relaxed);
            let done = work();
            working.fetch_sub(1, Ordering::Relaxed);
            all_done.fetch_add(1, Ordering::Relaxed);
            drop(answer.send(done));
        });
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if self.queue.try_send(work).is_err() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        answered.await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_beyond_the_queue_is_refused_at_once() {
        let pool = Arc::new(Pool::start("test", 1, 1));
        let (let_go, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        let busy = Arc::clone(&pool);
        let busy = tokio::spawn(async move {
            let hold = move || begun.send(()).is_ok() && wait.recv().is_ok();
            busy.run(hold).await
        });
        tokio::task::spawn_blocking(move || has_begun.recv())
            .await
            .unwrap()
            .unwrap();
        let waiting = Arc::clone(&pool);
        let waiting = tokio::spawn(async move { waiting.run(|| 2).await });
        tokio::task::yield_now().await;
        assert_eq!(
            pool.run(|| 3).await,
            None,
            "one works, one waits, the third is refused"
        );
        let_go.send(()).unwrap();
        assert_eq!(busy.await.unwrap(), Some(true));
        assert_eq!(waiting.await.unwrap(), Some(2));
    }
}
