//! The plan of this process.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use cellier_model::Timestamp;

use super::effect::Effect;
use super::plan::Plan;

static ARMED: OnceLock<Mutex<State>> = OnceLock::new();

/// The plan, and where it comes from.
#[derive(Debug, Default)]
struct State {
    plan: Plan,
    file: Option<PathBuf>,
    /// What the file was when it was read.
    seen: Option<Stamp>,
    /// How often the plan has changed.
    changes: u64,
    log: Option<File>,
}

/// What tells a file from the one that lay there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    seconds: i64,
    nanoseconds: i64,
}

/// Lets the faults happen that the environment of this process asks for. Only a program that is there to be tested calls
/// it, before it does anything else.
///
/// # Panics
///
/// If the environment asks for what there is not.
pub fn arm() {
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let mut state = State {
        file: path("CELLIER_FAULTS_FILE"),
        ..State::default()
    };
    if let Ok(text) = std::env::var("CELLIER_FAULTS") {
        state.plan = Plan::parse(&text).expect("a plan in CELLIER_FAULTS");
    }
    if let Some(log) = path("CELLIER_FAULTS_LOG") {
        let opened = File::options().create(true).append(true).open(log);
        state.log = Some(opened.expect("a file in CELLIER_FAULTS_LOG"));
    }
    let _ = ARMED.set(Mutex::new(state));
}

/// The time, as wrong as the plan says.
pub fn shifted(now: Timestamp) -> Timestamp {
    match current() {
        Some(state) => state.plan.shifted(now),
        None => now,
    }
}

/// What happens at a point that is passed now, and the number of the plan that says so.
pub(super) fn effect_at(point: &str) -> Option<(Effect, u64)> {
    let mut state = current()?;
    let effect = state.plan.effect_at(point);
    if let Some(log) = &mut state.log {
        let line = match effect {
            Some(effect) => format!("{point}\t{effect:?}\t{}\n", std::process::id()),
            None => format!("{point}\n"),
        };
        // In one piece, because the process may be gone the next moment.
        log.write_all(line.as_bytes()).expect("a log of the faults");
    }
    effect.map(|effect| (effect, state.changes))
}

/// Whether the plan of this number is still the one that counts.
pub(super) fn is_current(changes: u64) -> bool {
    current().is_some_and(|state| state.changes == changes)
}

/// Whether anything can happen at all.
pub(super) fn is_armed() -> bool {
    ARMED.get().is_some()
}

/// The state with the plan as it is now.
fn current() -> Option<MutexGuard<'static, State>> {
    let mut state = ARMED.get()?.lock().unwrap_or_else(PoisonError::into_inner);
    state.read_again();
    Some(state)
}

impl State {
    /// Reads the file again if it is another one than before.
    fn read_again(&mut self) {
        let Some(path) = &self.file else {
            return;
        };
        let stamp = fs::metadata(path).ok().map(|metadata| Stamp {
            inode: metadata.ino(),
            seconds: metadata.mtime(),
            nanoseconds: metadata.mtime_nsec(),
        });
        if stamp == self.seen {
            return;
        }
        let text = fs::read_to_string(path).unwrap_or_default();
        self.plan = Plan::parse(&text).expect("a plan in the file of CELLIER_FAULTS_FILE");
        self.seen = stamp;
        self.changes += 1;
    }
}
