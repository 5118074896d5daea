//! Where the format meets its host: what it is, what it leaves to others, and what it cannot do without.

use std::io;
use std::path::{Path, PathBuf};

use cellier_format_tileset::Tileset;
use cellier_format_tileset::codes::mbtiles::{CUT_OFF, DAMAGED, TABLE_MISSING};
use cellier_sdk::{
    Format as _, Inspection, ReadAt, Rejection, Retention, Upload, Versioning, built_in_formats,
};

use crate::archive::Archive;
use crate::database::Database;
use crate::support::{Verdict, inspect, inspect_lenient, upload, verdict};

/// Content that lies at a path of its own.
pub(crate) struct Local {
    pub(crate) bytes: Vec<u8>,
    pub(crate) path: PathBuf,
}

impl ReadAt for Local {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(offset, buffer)
    }

    fn local_path(&self) -> Option<&Path> {
        Some(&self.path)
    }
}

/// Asks the format about content of any kind.
pub(crate) fn ask(content: &dyn ReadAt) -> Result<Inspection, Rejection> {
    Tileset.inspect(&Upload::new("terrain"), content)
}

/// Content that fails to be read behind so many bytes.
struct Failing {
    bytes: Vec<u8>,
    behind: u64,
}

impl ReadAt for Failing {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset + buffer.len() as u64 > self.behind {
            return Err(io::Error::other("the disk is gone"));
        }
        self.bytes.read_at(offset, buffer)
    }
}

#[test]
fn the_format_describes_itself() {
    let descriptor = Tileset.describe();
    descriptor.check().unwrap();
    assert_eq!(descriptor.id(), "tileset");
    assert_eq!(descriptor.titles().get("fr"), Some("Jeu de tuiles"));
    assert_eq!(descriptor.versions(), Versioning::Revisions);
    assert_eq!(descriptor.categories(), ["tileset"]);
    assert_eq!(descriptor.default_retention(), Retention::Newest(5));
    assert_eq!(descriptor.settings()[0].key(), "strict");
    assert_eq!(descriptor.settings()[0].default_value(), false);
    let ids: Vec<_> = built_in_formats()
        .unwrap()
        .iter()
        .map(|format| format.describe().id().to_owned())
        .collect();
    assert_eq!(ids, ["tileset"]);
}

#[test]
fn a_database_of_another_kind_is_left_to_other_formats() {
    for sql in [
        "CREATE TABLE notes (text)",
        "CREATE TABLE metadata (key TEXT, value TEXT)",
        "CREATE TABLE tiles (id INTEGER, colour TEXT)",
        "CREATE TABLE gpkg_contents (table_name)",
    ] {
        let bytes = Database::empty().sql(sql).bytes();
        for name in ["notes.sqlite", "notes.mbtiles"] {
            let answer = verdict(inspect(&upload(name, false), &bytes));
            assert_eq!(answer, Verdict::Other("error mb005".to_owned()), "{sql}");
        }
    }
    let geopackage = Database::empty().sql("CREATE TABLE gpkg_contents (table_name)");
    let Err(Rejection::NotThisFormat(finding)) = inspect_lenient(&geopackage.bytes()) else {
        panic!("taken for a tileset");
    };
    assert!(
        finding
            .message
            .contains("GeoPackage (found: gpkg_contents)"),
        "{}",
        finding.message
    );
}

#[test]
fn a_database_that_says_it_is_mbtiles_is_judged_as_such() {
    let bytes = Database::empty()
        .sql("CREATE TABLE notes (text); PRAGMA application_id = 0x4d504258")
        .bytes();
    assert_eq!(
        verdict(inspect_lenient(&bytes)),
        Verdict::Refused(vec!["error mb005".to_owned(); 2])
    );
    assert_eq!(TABLE_MISSING.id, "MB005");
}

#[test]
fn damage_counts_against_a_tileset_only_where_somebody_says_it_is_one() {
    let whole = Database::vector().bytes();
    let cut = &whole[..300];
    let mut no_header = whole.clone();
    no_header[16] = 7;
    for (bytes, code) in [(cut, &CUT_OFF), (&no_header, &DAMAGED)] {
        let word = format!("error {}", code.id).to_lowercase();
        let anonymous = inspect(&upload("backup", false), bytes);
        assert_eq!(verdict(anonymous), Verdict::Other(word.clone()));
        let by_name = inspect(&upload("terrain.mbtiles", false), bytes);
        assert_eq!(verdict(by_name), Verdict::Refused(vec![word.clone()]));
        let by_category = inspect(&upload("x", false).category("tileset"), bytes);
        assert_eq!(verdict(by_category), Verdict::Refused(vec![word]));
    }
}

#[test]
fn a_host_without_files_is_told_so() {
    let Err(Rejection::Unreadable(error)) = ask(&Database::vector().bytes()) else {
        panic!("inspected without a file");
    };
    assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    let archive = Archive::vector().bytes();
    assert!(ask(&archive).is_ok(), "archives need no file");
}

#[test]
fn a_host_that_cannot_read_is_not_the_fault_of_the_upload() {
    let bytes = Archive::vector().bytes();
    for behind in [0, 64, 200, bytes.size() - 1] {
        let failing = Failing {
            bytes: bytes.clone(),
            behind,
        };
        let answer = ask(&failing);
        assert!(
            matches!(answer, Err(Rejection::Unreadable(_))),
            "{behind}: {answer:?}"
        );
    }
    let gone = Local {
        bytes: Database::vector().bytes(),
        path: PathBuf::from("/nowhere/at/all.mbtiles"),
    };
    assert!(matches!(ask(&gone), Err(Rejection::Unreadable(_))));
}

#[test]
fn the_same_upload_gets_the_same_answer() {
    for bytes in [
        Database::vector().without("bounds").bytes(),
        Archive::vector().bytes(),
    ] {
        let answers: Vec<_> = (0..3).map(|_| inspect_lenient(&bytes).unwrap()).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]));
    }
}
