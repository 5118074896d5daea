//! What was read and has not changed since.
//!
//! A download reads a key, an artefact and a version: small things, and mostly the same ones. On SQLite it costs next to
//! nothing to learn that nothing in the database has changed ([`DataVersion`]), so these reads are remembered until
//! anything does. A revoked key is dead at once, whoever revoked it, because the very next read finds another number.
//! PostgreSQL has no such number without a round trip, which is all that a read costs; there nothing is remembered.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cellier_model::keys::ApiKey;
use cellier_model::ports::CatalogError;
use cellier_model::{Artefact, FormatId, Id, Release};

use crate::db::{DataVersion, Database};

/// How many reads of a kind are remembered; then all are forgotten, and those that are hot are soon there again.
const MOST: usize = 4_000;

/// Reads that are remembered until anything changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Reads {
    watched: Option<Arc<DataVersion>>,
    remembered: Arc<Mutex<Remembered>>,
}

/// What is remembered of one kind, by what was asked for.
pub(super) type Answers<Question, Answer> = HashMap<Question, Option<Answer>>;

#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// The number of the database before the first of them was read.
    version: i64,
    pub(super) keys: Answers<String, ApiKey>,
    pub(super) artefacts: Answers<(FormatId, String), Artefact>,
    pub(super) releases: Answers<(Id<Artefact>, String), Release>,
}

impl Reads {
    /// Remembers what is read of a database, if it can be watched.
    pub(super) fn of(database: &Database) -> Self {
        Self {
            watched: database.watch().map(Arc::new),
            remembered: Arc::default(),
        }
    }

    /// Gives the answer that is remembered, or reads and remembers it.
    pub(super) async fn get<Question: Clone + Eq + Hash, Answer: Clone>(
        &self,
        kind: fn(&mut Remembered) -> &mut Answers<Question, Answer>,
        question: Question,
        read: impl Future<Output = Result<Option<Answer>, CatalogError>>,
    ) -> Result<Option<Answer>, CatalogError> {
        // The number is looked up first. What is read after it may be newer than the number says, never older, and the
        // next look finds that out.
        let Some(version) = self.watched.as_ref().and_then(|watched| watched.now()) else {
            return read.await;
        };
        if let Some(answer) = kind(&mut self.at(version)).get(&question) {
            return Ok(answer.clone());
        }
        let answer = read.await?;
        let mut remembered = self.lock();
        if remembered.version == version {
            let answers = kind(&mut remembered);
            if answers.len() >= MOST {
                answers.clear();
            }
            answers.insert(question, answer.clone());
        }
        Ok(answer)
    }

    /// What is remembered of this version of the database; everything of another one is forgotten.
    fn at(&self, version: i64) -> MutexGuard<'_, Remembered> {
        let mut remembered = self.lock();
        if remembered.version != version {
            *remembered = Remembered {
                version,
                ..Remembered::default()
            };
        }
        remembered
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
