//! `backup.json`: what a folder holds, and whether it is complete.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use cellier_model::Timestamp;
use cellier_sdk::Sha256;
use cellier_store::{Store, Table, tables};
use serde::{Deserialize, Serialize};

use crate::backup::BackupError;
use crate::backup::create::Tally;
use crate::backup::folder::{new_file, sync_folder};

/// What every `backup.json` calls itself.
const FORMAT: &str = "cellier-backup";

/// The layout of the folder that this version writes.
const FORMAT_VERSION: u32 = 1;

/// The largest `backup.json` that is read.
const LARGEST: u64 = 1 << 20;

/// The file's name.
const NAME: &str = "backup.json";

/// What it is called until it is whole.
pub(super) const PARTIAL: &str = "backup.json.partial";

/// What a folder holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    format: String,
    format_version: u32,
    /// Whether the first backup of this folder has ever been completed.
    pub(super) state: State,
    /// Counts the backups of this folder; the rows lie in a folder of this name.
    pub(super) snapshot: u64,
    /// When the backup began: what was published before is in it.
    pub(super) created_at: String,
    /// The version that made it.
    cellier: String,
    /// The number of the schema that the rows are of.
    pub(super) schema: u32,
    /// The tables.
    pub(super) tables: Vec<TableFile>,
    /// How many blobs there are.
    pub(super) blobs: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// Whether a folder holds a whole backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum State {
    /// It does.
    Complete,
    /// The first one was begun and is not there yet.
    Unfinished,
}

/// The rows of a table, as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TableFile {
    /// The table.
    pub(super) name: String,
    /// How many rows there are.
    pub(super) rows: u64,
    /// The digest of the file.
    pub(super) sha256: String,
}

/// What is looked at before the rest is understood.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    format: String,
    format_version: u32,
    #[serde(default)]
    cellier: String,
}

impl Manifest {
    /// Of a backup that is begun in an empty folder.
    pub(super) fn unfinished(now: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            state: State::Unfinished,
            snapshot: 0,
            created_at: now.to_string(),
            cellier: env!("CARGO_PKG_VERSION").to_owned(),
            schema: Store::schema(),
            tables: Vec::new(),
            blobs: 0,
            bytes: 0,
        }
    }

    /// Of the backup that was begun at this time and is complete now.
    pub(super) fn complete(
        snapshot: u64,
        began: Timestamp,
        tables: Vec<TableFile>,
        held: Tally,
    ) -> Self {
        Self {
            state: State::Complete,
            snapshot,
            tables,
            blobs: held.blobs,
            bytes: held.bytes,
            ..Self::unfinished(began)
        }
    }

    /// Reads the file in a folder; `None` if there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let path = folder.join(NAME);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BackupError::io("open", &path)(error)),
        };
        let mut text = String::new();
        file.take(LARGEST)
            .read_to_string(&mut text)
            .map_err(BackupError::io("read", &path))?;
        Self::parse(&text, folder).map(Some)
    }

    fn parse(text: &str, folder: &Path) -> Result<Self, BackupError> {
        let no_backup = |problem: String| BackupError::NoBackup {
            folder: folder.to_owned(),
            problem,
        };
        let unreadable = |error: serde_json::Error| {
            no_backup(format!("its {NAME} cannot be understood: {error}"))
        };
        let header: Header = serde_json::from_str(text).map_err(unreadable)?;
        if header.format != FORMAT {
            return Err(no_backup(format!("its {NAME} is that of something else")));
        }
        let newer = |problem: String, made_by: String| BackupError::Newer {
            folder: folder.to_owned(),
            made_by: made_by.chars().take(32).collect(),
            problem,
        };
        if header.format_version > FORMAT_VERSION {
            let problem = format!(
                "its format is {}, this version knows {FORMAT_VERSION}",
                header.format_version
            );
            return Err(newer(problem, header.cellier));
        }
        let manifest: Self = serde_json::from_str(text).map_err(unreadable)?;
        if manifest.schema > Store::schema() {
            let problem = format!(
                "its schema is {}, this version knows {}",
                manifest.schema,
                Store::schema()
            );
            return Err(newer(problem, manifest.cellier));
        }
        Ok(manifest)
    }

    /// Writes the file in one move: whoever reads sees this one or the one before.
    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let (path, partial) = (folder.join(NAME), folder.join(PARTIAL));
        let mut text = serde_json::to_string_pretty(self)
            .map_err(std::io::Error::other)
            .map_err(BackupError::io("write", &path))?;
        text.push('\n');
        let write = || {
            let mut file = new_file().open(&partial)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            std::fs::rename(&partial, &path)?;
            sync_folder(folder)
        };
        write().map_err(BackupError::io("write", &path))
    }

    /// How many rows there are in all tables.
    pub(super) fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// The tables of its schema with their files: all of them, and nothing else.
    pub(super) fn table_files(
        &self,
        folder: &Path,
    ) -> Result<Vec<(&'static Table, &TableFile)>, BackupError> {
        let no_backup = |problem: String| BackupError::NoBackup {
            folder: folder.to_owned(),
            problem,
        };
        let mut files = Vec::new();
        for table in tables(self.schema) {
            let file = self.tables.iter().find(|file| file.name == table.name());
            let file = file.ok_or_else(|| {
                no_backup(format!(
                    "its {NAME} does not name the table {}",
                    table.name()
                ))
            })?;
            files.push((table, file));
        }
        if files.len() != self.tables.len() {
            return Err(no_backup(format!(
                "its {NAME} names tables that schema {} does not have",
                self.schema
            )));
        }
        Ok(files)
    }
}

impl TableFile {
    /// The file of a table.
    pub(super) fn new(table: &Table, rows: u64, sha256: Sha256) -> Self {
        Self {
            name: table.name().to_owned(),
            rows,
            sha256: sha256.to_hex(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete() -> Manifest {
        let tables = tables(Store::schema()).map(|table| TableFile {
            name: table.name().to_owned(),
            rows: 1,
            sha256: "ab".repeat(32),
        });
        let held = Tally::default();
        Manifest::complete(3, Timestamp::from_micros(0), tables.collect(), held)
    }

    /// What reading the file says after one part of it was replaced.
    fn refused(from: &str, to: &str) -> String {
        let text = serde_json::to_string(&complete()).unwrap();
        assert!(text.contains(from), "{text}");
        let read = Manifest::parse(&text.replacen(from, to, 1), Path::new("/b"));
        let refused = read.and_then(|manifest| manifest.table_files(Path::new("/b")).map(drop));
        refused.unwrap_err().to_string()
    }

    #[test]
    fn a_file_reads_back_and_is_replaced_in_one_move() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::read(folder.path()).unwrap(), None);
        let first = Manifest::unfinished(Timestamp::from_micros(0));
        first.write(folder.path()).unwrap();
        complete().write(folder.path()).unwrap();
        let read = Manifest::read(folder.path()).unwrap().unwrap();
        assert_eq!(read, complete());
        let files = read.table_files(folder.path()).unwrap();
        assert_eq!(files.len(), complete().tables.len());
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 1, "nothing lies beside it");
    }

    #[test]
    fn what_is_no_backup_or_a_newer_one_is_refused() {
        assert_eq!(
            refused("cellier-backup", "tar"),
            "/b holds no backup: its backup.json is that of something else"
        );
        assert!(
            refused("\"state\":\"complete\"", "\"state\":\"half\"").contains("unknown variant")
        );
        let newer = format!("its schema is 9{}", Store::schema());
        assert!(refused("\"schema\":", "\"schema\":9").contains(&newer));
        assert!(
            refused("\"formatVersion\":1", "\"formatVersion\":2")
                .contains("its format is 2, this version knows 1; use that version")
        );
        assert!(
            refused("\"door_names\"", "\"../../etc\"")
                .contains("does not name the table door_names")
        );
        assert!(
            refused(
                "\"tables\":[",
                r#""tables":[{"name":"/etc/passwd","rows":1,"sha256":""},"#
            )
            .contains("its backup.json names tables that schema")
        );
    }
}
