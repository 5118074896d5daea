//! Databases that stay open between requests for their tiles.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cellier_sdk::{ReadAt, Sha256};

use super::database::Database;
use super::{local_path, lookup};
use crate::place::Place;
use crate::stop::Stop;

/// Most databases that are kept open while nobody uses them, those of one file counted each.
const MOST_IDLE: usize = 24;

/// How many KiB of its pages each of them keeps in memory.
const CACHE: u32 = 2048;

/// After so many uses of others a database is closed, so that the space of a file that was deleted becomes free. Uses and
/// not seconds: a format knows no time.
const LONGEST_IDLE: u64 = 10_000;

/// Databases that stay open, by the digests of their files. What a digest names never changes, so neither do they.
///
/// SQLite works for one thread at a time in each, so a file that several threads read is open several times.
#[derive(Debug, Default)]
pub(crate) struct Databases(Mutex<Idle>);

/// Those that nobody uses, the ones used last at the end.
#[derive(Debug, Default)]
struct Idle {
    databases: VecDeque<Open>,
    uses: u64,
}

#[derive(Debug)]
struct Open {
    digest: Sha256,
    used: u64,
    database: Database,
}

impl Databases {
    /// The bytes of a tile; none where there is none.
    pub(crate) fn tile(
        &self,
        digest: Sha256,
        content: &dyn ReadAt,
        place: Place,
    ) -> Result<Option<Vec<u8>>, Stop> {
        self.with(digest, content, |database| {
            lookup::tile(database, content.size(), place)
        })
    }

    /// Shows every tile and how long it is.
    pub(crate) fn sizes(
        &self,
        digest: Sha256,
        content: &dyn ReadAt,
        visit: &mut dyn FnMut(Place, u64),
    ) -> Result<(), Stop> {
        self.with(digest, content, |database| {
            lookup::sizes(database, content.size(), visit)
        })
    }

    /// Works with a database. One that fails is not used again.
    fn with<T>(
        &self,
        digest: Sha256,
        content: &dyn ReadAt,
        work: impl FnOnce(&Database) -> Result<T, Stop>,
    ) -> Result<T, Stop> {
        let database = match self.take(digest) {
            Some(database) => database,
            None => Database::open(local_path(content)?, content.size(), CACHE)?,
        };
        let done = work(&database)?;
        self.give_back(digest, database);
        Ok(done)
    }

    fn take(&self, digest: Sha256) -> Option<Database> {
        let mut idle = self.idle();
        let position = idle
            .databases
            .iter()
            .rposition(|open| open.digest == digest)?;
        idle.databases.remove(position).map(|open| open.database)
    }

    fn give_back(&self, digest: Sha256, database: Database) {
        let mut idle = self.idle();
        idle.uses += 1;
        let used = idle.uses;
        idle.databases.push_back(Open {
            digest,
            used,
            database,
        });
        let closed = idle.close();
        // Closing a file may take a while; nobody should wait for it.
        drop(idle);
        drop(closed);
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    /// Takes out those that are too many, and those that nobody has used for long.
    fn close(&mut self) -> Vec<Open> {
        let mut closed = Vec::new();
        while let Some(oldest) = self.databases.front() {
            let is_stale = self.uses - oldest.used > LONGEST_IDLE;
            if self.databases.len() <= MOST_IDLE && !is_stale {
                break;
            }
            closed.extend(self.databases.pop_front());
        }
        closed
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use rusqlite::Connection;
    use tempfile::NamedTempFile;

    use super::*;

    /// A database with one tile, and nothing else that a tileset has.
    struct Local(NamedTempFile);

    impl Local {
        fn new() -> Self {
            let file = NamedTempFile::new().unwrap();
            let connection = Connection::open(file.path()).unwrap();
            connection
                .execute_batch(
                    "CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data);
                     INSERT INTO tiles VALUES (1, 0, 0, x'07')",
                )
                .unwrap();
            Self(file)
        }
    }

    impl ReadAt for Local {
        fn size(&self) -> u64 {
            self.0.path().metadata().unwrap().len()
        }

        fn read_at(&self, _offset: u64, _buffer: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::Unsupported.into())
        }

        fn local_path(&self) -> Option<&Path> {
            Some(self.0.path())
        }
    }

    fn digest(number: u16) -> Sha256 {
        let mut bytes = [0; 32];
        bytes[..2].copy_from_slice(&number.to_be_bytes());
        Sha256::new(bytes)
    }

    const SOUTH_WEST: Place = Place {
        zoom: 1,
        x: 0,
        y: 1,
    };

    fn count(databases: &Databases) -> usize {
        databases.idle().databases.len()
    }

    #[test]
    fn a_database_is_opened_once_and_used_again() {
        let (databases, content) = (Databases::default(), Local::new());
        for _ in 0..3 {
            let tile = databases.tile(digest(1), &content, SOUTH_WEST).unwrap();
            assert_eq!(tile, Some(vec![7]));
            assert_eq!(count(&databases), 1);
        }
        let nowhere = databases.tile(digest(1), &content, Place { y: 0, ..SOUTH_WEST });
        assert_eq!(nowhere.unwrap(), None);
    }

    #[test]
    fn thousands_of_tilesets_keep_a_few_files_open() {
        let (databases, content) = (Databases::default(), Local::new());
        for number in 0..2000 {
            let tile = databases.tile(digest(number), &content, SOUTH_WEST);
            assert_eq!(tile.unwrap(), Some(vec![7]));
            assert!(count(&databases) <= MOST_IDLE);
        }
        let (first, last) = (databases.take(digest(0)), databases.take(digest(1999)));
        assert!(first.is_none() && last.is_some());
    }

    #[test]
    fn what_nobody_uses_any_more_is_closed() {
        let (databases, content) = (Databases::default(), Local::new());
        databases.tile(digest(1), &content, SOUTH_WEST).unwrap();
        for _ in 0..=LONGEST_IDLE {
            databases.tile(digest(2), &content, SOUTH_WEST).unwrap();
        }
        assert!(databases.take(digest(1)).is_none());
        assert_eq!(count(&databases), 1);
    }

    #[test]
    fn a_database_that_fails_is_not_used_again() {
        let (databases, content) = (Databases::default(), Local::new());
        Connection::open(content.0.path())
            .unwrap()
            .execute_batch("DROP TABLE tiles")
            .unwrap();
        let failed = databases.tile(digest(1), &content, SOUTH_WEST);
        assert!(matches!(failed, Err(Stop::Refused(_))), "{failed:?}");
        assert_eq!(count(&databases), 0);
    }
}
