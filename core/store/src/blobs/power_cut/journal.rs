//! Files whose every change is written down.

use std::cell::Cell;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cellier_model::BlobKey;

use super::turns::Turns;
use crate::files::{Files, RealFiles};

/// Something that happened; its paths are those below the folder of the test.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Created(PathBuf),
    Appended(PathBuf, Vec<u8>),
    Synced(PathBuf),
    Linked(PathBuf, PathBuf),
    Removed(PathBuf),
    MadeFolder(PathBuf),
    SyncedFolder(PathBuf),
    /// The bytes under this key were said to be durable.
    Answered(BlobKey),
}

/// A kind of sync that can be left out, to see whether that is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SyncKind {
    /// Of the bytes of a file.
    Bytes,
    /// Of the folder that a blob was linked into.
    NewBlob,
    /// Of the folder in which another was just made.
    NewFolder,
    /// Of the folder in which another was found, that somebody else may just have made.
    FoundFolder,
    /// Of the folders above, when the store was opened.
    Root,
}

impl SyncKind {
    pub(super) const ALL: [Self; 5] = [
        Self::Bytes,
        Self::NewBlob,
        Self::NewFolder,
        Self::FoundFolder,
        Self::Root,
    ];
}

thread_local! {
    /// What this thread did last, as far as it tells why it syncs a folder next.
    static BEFORE: Cell<SyncKind> = const { Cell::new(SyncKind::Root) };
}

/// Files whose every change is written down. They are real, but nothing is really synced: the power is not really cut.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    base: PathBuf,
    turns: Turns,
    left_out: Option<SyncKind>,
    events: Arc<Mutex<Vec<Event>>>,
}

impl Journal {
    /// Files below `base`; one kind of sync may be left out.
    pub(super) fn new(base: &Path, turns: Turns, left_out: Option<SyncKind>) -> Self {
        Self {
            base: base.to_owned(),
            turns,
            left_out,
            events: Arc::default(),
        }
    }

    /// Notes that bytes were said to be durable.
    pub(super) fn answered(&self, key: BlobKey) {
        self.events().push(Event::Answered(key));
    }

    /// Whether the bytes under a key were said to be durable by the first so many events.
    pub(super) fn was_answered(&self, key: BlobKey, events: usize) -> bool {
        let answers = |event: &Event| matches!(event, Event::Answered(other) if *other == key);
        self.first(events).iter().any(answers)
    }

    /// How much happened.
    pub(super) fn len(&self) -> usize {
        self.events().len()
    }

    /// What happened first.
    pub(super) fn first(&self, count: usize) -> Vec<Event> {
        self.events()[..count].to_vec()
    }

    fn events(&self) -> MutexGuard<'_, Vec<Event>> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The path below the folder of the test; `None` for what lies outside.
    fn below(&self, path: &Path) -> Option<PathBuf> {
        path.strip_prefix(&self.base).ok().map(Path::to_owned)
    }

    /// Waits for its turn, does something, and writes it down if it was done.
    fn note<T>(
        &self,
        path: &Path,
        work: impl FnOnce() -> io::Result<T>,
        event: impl FnOnce(PathBuf) -> Event,
    ) -> io::Result<T> {
        self.turns.wait();
        let done = work()?;
        if let Some(path) = self.below(path) {
            self.events().push(event(path));
        }
        Ok(done)
    }

    fn note_sync(
        &self,
        kind: SyncKind,
        path: &Path,
        event: fn(PathBuf) -> Event,
    ) -> io::Result<()> {
        if self.left_out == Some(kind) {
            return Ok(());
        }
        self.note(path, || Ok(()), event)
    }
}

impl Files for Journal {
    fn create(&self, path: &Path) -> io::Result<File> {
        self.note(path, || RealFiles.create(path), Event::Created)
    }

    fn append(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.note(
            path,
            || RealFiles.append(file, path, bytes),
            |path| Event::Appended(path, bytes.to_vec()),
        )
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        self.note_sync(SyncKind::Bytes, path, Event::Synced)
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        BEFORE.set(SyncKind::NewBlob);
        let source = self.below(from).unwrap_or_default();
        self.note(
            to,
            || RealFiles.link(from, to),
            |to| Event::Linked(source, to),
        )
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.note(path, || RealFiles.remove(path), Event::Removed)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        let made = self.note(path, || RealFiles.make_folder(path), Event::MadeFolder);
        let is_root = !path.to_string_lossy().contains("sha256/");
        BEFORE.set(match (is_root, &made) {
            (true, _) => SyncKind::Root,
            (false, Ok(())) => SyncKind::NewFolder,
            (false, Err(_)) => SyncKind::FoundFolder,
        });
        made
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.note_sync(BEFORE.get(), path, Event::SyncedFolder)
    }
}
