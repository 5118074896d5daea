//! Files of the repository that stories hold the server to.

use std::path::{Path, PathBuf};

/// The text of a file of the repository, such as `docs/operating.md`.
pub fn repository_file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => panic!("{} cannot be read: {error}", path.display()),
    }
}

/// The folder of the build, in which `.ci/install` puts what only tests use.
pub fn build_folder() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // A path that is absolute replaces the one that it is joined to.
    workspace.join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}
