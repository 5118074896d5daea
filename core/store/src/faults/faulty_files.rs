//! Files that fail where the plan says so.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use super::point::step_here;
use crate::files::{Files, RealFiles};

/// The files of this machine, with the faults of the plan.
pub(crate) fn files() -> Arc<dyn Files> {
    Arc::new(FaultyFiles)
}

#[derive(Debug)]
struct FaultyFiles;

/// Does something to a file between two fail points.
fn step<T>(doing: &'static str, work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    step_here("disk", doing, work)
}

impl Files for FaultyFiles {
    fn create(&self, path: &Path) -> io::Result<File> {
        step("create", || RealFiles.create(path))
    }

    fn append(&self, file: &mut File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        step("append", || RealFiles.append(file, path, bytes))
    }

    fn sync(&self, path: &Path) -> io::Result<()> {
        step("sync", || RealFiles.sync(path))
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        step("link", || RealFiles.link(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        step("remove", || RealFiles.remove(path))
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        step("make a folder", || RealFiles.make_folder(path))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        step("sync a folder", || RealFiles.sync_folder(path))
    }
}
