//! Passing a fail point.

use std::io;
use std::process::abort;
use std::thread;
use std::time::Duration;

use bytes::Bytes;

use super::effect::Effect;
use super::state::{effect_at, is_armed, is_current};

/// How often it is looked whether a hang has ended.
const LOOK: Duration = Duration::from_millis(10);

/// Does something that waits for the world, between two fail points.
pub(crate) async fn step<T, E>(
    room: &'static str,
    doing: &'static str,
    wrap: fn(io::Error) -> E,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    if !is_armed() {
        return work.await;
    }
    pass(&format!("{room}:{doing}:before"))
        .await
        .map_err(wrap)?;
    let done = work.await;
    pass(&format!("{room}:{doing}:after")).await.map_err(wrap)?;
    done
}

/// The same on a thread that may wait.
pub(super) fn step_here<T>(
    room: &'static str,
    doing: &'static str,
    work: impl FnOnce() -> io::Result<T>,
) -> io::Result<T> {
    if !is_armed() {
        return work();
    }
    pass_here(&format!("{room}:{doing}:before"))?;
    let done = work();
    pass_here(&format!("{room}:{doing}:after"))?;
    done
}

/// What a store claims to have read; `None` if it says that nothing more comes.
pub(super) async fn read(point: &str, bytes: Bytes) -> io::Result<Option<Bytes>> {
    let Some((effect, plan)) = effect_at(point) else {
        return Ok(Some(bytes));
    };
    match effect {
        Effect::Corrupt => {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            if let Some(byte) = bytes.get_mut(middle) {
                *byte ^= 1;
            }
            Ok(Some(bytes.into()))
        }
        Effect::Short => Ok(None),
        effect => happen(effect, plan).await.map(|()| Some(bytes)),
    }
}

async fn pass(point: &str) -> io::Result<()> {
    match effect_at(point) {
        Some((effect, plan)) => happen(effect, plan).await,
        None => Ok(()),
    }
}

async fn happen(effect: Effect, plan: u64) -> io::Result<()> {
    match effect {
        Effect::Hang => {
            while is_current(plan) {
                tokio::time::sleep(LOOK).await;
            }
            Ok(())
        }
        Effect::Delay(delay) => {
            tokio::time::sleep(delay).await;
            Ok(())
        }
        effect => happen_at_once(effect),
    }
}

fn pass_here(point: &str) -> io::Result<()> {
    match effect_at(point) {
        Some((Effect::Hang, plan)) => {
            while is_current(plan) {
                thread::sleep(LOOK);
            }
            Ok(())
        }
        Some((Effect::Delay(delay), _)) => {
            thread::sleep(delay);
            Ok(())
        }
        Some((effect, _)) => happen_at_once(effect),
        None => Ok(()),
    }
}

fn happen_at_once(effect: Effect) -> io::Result<()> {
    match effect {
        Effect::Kill => abort(),
        Effect::Full => Err(io::ErrorKind::StorageFull.into()),
        Effect::ReadOnly => Err(io::ErrorKind::ReadOnlyFilesystem.into()),
        _ => Err(io::Error::other("a fault on purpose")),
    }
}
