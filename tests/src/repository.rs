//! Files of the repository that stories hold the server to.

use std::path::Path;

/// The text of a file of the repository, such as `docs/operating.md`.
pub fn repository_file(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) => panic!("{} cannot be read: {error}", path.display()),
    }
}
