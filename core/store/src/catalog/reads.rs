//! What was read and has not changed since.
//!
//! A download reads a key, an artefact and a version: small things, and mostly the same ones. On SQLite they are
//! remembered until anything changes. What this process commits is forgotten before anybody is told of it; what another
//! process commits, such as `cellier key revoke`, shows in a file that both share ([`LogIndex`]) and is noticed within a
//! millisecond. PostgreSQL tells nothing of the kind without a round trip, which is all that a read costs; there nothing
//! is remembered.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cellier_model::keys::ApiKey;
use cellier_model::ports::CatalogError;
use cellier_model::{Artefact, FormatId, Id, Release};

use crate::db::{Database, LogIndex, LogIndexHeader};

/// How many reads of a kind are remembered; then all are forgotten, and those that are hot are soon there again.
const MOST: usize = 4_000;

/// How often it is looked whether another process has changed anything, in microseconds.
const LOOK_EVERY: u64 = 1_000;

/// Reads that are remembered until anything changes.
#[derive(Clone, Debug)]
pub(super) struct Reads {
    watched: Option<Arc<Watched>>,
    remembered: Arc<Mutex<Remembered>>,
}

/// What is remembered of one kind, by what was asked for.
pub(super) type Answers<Question, Answer> = HashMap<Question, Arc<Answer>>;

#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// How often everything was forgotten.
    age: u64,
    /// The state of the database at the last look.
    state: Option<LogIndexHeader>,
    pub(super) keys: Answers<String, ApiKey>,
    pub(super) artefacts: Answers<(FormatId, String), Artefact>,
    pub(super) releases: Answers<(Id<Artefact>, String), Release>,
}

impl Reads {
    /// Remembers what is read of a database, if it can be watched.
    pub(super) fn of(database: &Database) -> Self {
        let remembered = Remembered::default();
        Self {
            watched: database.watch().map(|index| {
                Arc::new(Watched {
                    index,
                    started: Instant::now(),
                    looked: AtomicU64::new(0),
                })
            }),
            remembered: Arc::new(Mutex::new(remembered)),
        }
    }

    /// Gives the answer that is remembered, or reads and remembers it. What reading takes gets a place of its own, only when
    /// it is needed: it is many times what is needed to remember.
    pub(super) async fn get<Question: Eq + Hash, Answer, Reading>(
        &self,
        kind: fn(&mut Remembered) -> &mut Answers<Question, Answer>,
        question: Question,
        read: impl FnOnce() -> Reading,
    ) -> Result<Option<Arc<Answer>>, CatalogError>
    where
        Reading: Future<Output = Result<Option<Answer>, CatalogError>>,
    {
        let Some(watched) = &self.watched else {
            return Ok(Box::pin(read()).await?.map(Arc::new));
        };
        let age = {
            let mut remembered = self.lock();
            if watched.is_to_be_looked_at() {
                remembered.forget_unless(watched.index.now());
            }
            if let Some(answer) = kind(&mut remembered).get(&question) {
                return Ok(Some(Arc::clone(answer)));
            }
            remembered.age
        };
        // That something is not there is not remembered: anybody can ask for as many such things, of any length, as memory
        // has room for.
        let Some(answer) = Box::pin(read()).await?.map(Arc::new) else {
            return Ok(None);
        };
        let mut remembered = self.lock();
        // What was read before everything was forgotten may be what had to be forgotten.
        if remembered.age == age {
            let answers = kind(&mut remembered);
            if answers.len() >= MOST {
                answers.clear();
            }
            answers.insert(question, Arc::clone(&answer));
        }
        Ok(Some(answer))
    }

    /// Forgets everything, because this process has committed a change; to be called before anybody is told.
    pub(super) fn forget(&self) {
        if self.watched.is_some() {
            self.lock().forget();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembered {
    fn forget(&mut self) {
        *self = Self {
            age: self.age + 1,
            state: self.state,
            ..Self::default()
        };
    }

    /// Forgets everything unless the database is still in the state that it was in at the last look.
    fn forget_unless(&mut self, state: Option<LogIndexHeader>) {
        if state.is_none() || self.state != state {
            self.state = state;
            self.forget();
        }
    }
}

/// The database's own sign of change, and when it was last looked at.
#[derive(Debug)]
struct Watched {
    index: LogIndex,
    started: Instant,
    looked: AtomicU64,
}

impl Watched {
    /// Whether the last look was longer ago than [`LOOK_EVERY`].
    fn is_to_be_looked_at(&self) -> bool {
        let now = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let looked = self.looked.load(Ordering::Relaxed);
        let is_due = now.saturating_sub(looked) >= LOOK_EVERY;
        if is_due {
            self.looked.store(now, Ordering::Relaxed);
        }
        is_due
    }
}
