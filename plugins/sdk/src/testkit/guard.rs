//! Calling what may panic or never return.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Why a call gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Breach {
    /// It panicked.
    #[error("it panics: {0}")]
    Panicked(String),
    /// It had not returned in time. Its thread is left to itself: nothing can stop a thread from outside.
    #[error("it has not answered after {0:?}")]
    Hung(Duration),
    /// No thread could be started for it.
    #[error("no thread could be started for the call: {0}")]
    NotStarted(String),
}

/// Calls something on a thread of its own, which is named so that a stack overflow says where it happened.
pub(super) fn call<T: Send + 'static>(
    name: &str,
    deadline: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Breach> {
    let (answer, answered) = mpsc::channel();
    // What the closure shares is thrown away with the panic: nothing half-changed is seen again.
    let guarded = move || {
        let done = catch_unwind(AssertUnwindSafe(work)).map_err(|panic| reason(panic.as_ref()));
        drop(answer.send(done));
    };
    let name = name.replace('\0', "?");
    let thread = thread::Builder::new().name(name).spawn(guarded);
    let thread = thread.map_err(|error| Breach::NotStarted(error.to_string()))?;
    match answered.recv_timeout(deadline) {
        Ok(done) => {
            drop(thread.join());
            done.map_err(Breach::Panicked)
        }
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Breach::Hung(deadline)),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(Breach::Panicked("while it was unwound".to_owned()))
        }
    }
}

fn reason(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no reason given")
        .chars()
        .take(500)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_a_panic_and_a_hang_are_told_apart() {
        let soon = Duration::from_millis(100);
        assert_eq!(call("fine", Duration::from_mins(1), || 7), Ok(7));
        let panicked = call("panics", Duration::from_mins(1), || panic!("too bad"));
        assert_eq!(
            panicked,
            Err::<(), _>(Breach::Panicked("too bad".to_owned()))
        );
        let hung = call("hangs", soon, || {
            loop {
                thread::park();
            }
        });
        assert_eq!(hung, Err::<(), _>(Breach::Hung(soon)));
    }
}
