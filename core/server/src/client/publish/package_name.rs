//! The name that stands inside a package.

use std::fmt::Write as _;
use std::path::Path;

use cellier_sdk::{Claim, Format, Rejection, Upload, built_in_formats};

use crate::client::ClientError;
use crate::local_file::LocalFile;

/// The name that stands inside a package, as the format reads it that will look at it in the registry, too.
pub(super) fn name_inside(path: &Path) -> Result<String, ClientError> {
    let file =
        LocalFile::open(path).map_err(ClientError::local(format!("read {}", path.display())))?;
    let mut problem = String::new();
    for format in formats_for(path) {
        match format.inspect(&Upload::new("unknown"), &file) {
            Ok(inspection) => {
                if let Some(name) = inspection.name {
                    return Ok(name);
                }
            }
            Err(Rejection::Unreadable(error)) => {
                return Err(ClientError::local(format!("read {}", path.display()))(
                    error,
                ));
            }
            Err(rejection) => {
                for finding in rejection.into_findings() {
                    let _ = write!(problem, "\n  {}: {}", finding.code, finding.message);
                }
            }
        }
    }
    Err(ClientError::Unable(format!(
        "{} does not say which name it is to be published under; say it with --name{problem}",
        path.display()
    )))
}

/// The formats that know the file by its extension.
fn formats_for(path: &Path) -> Vec<Box<dyn Format>> {
    let knows = |claim: &Claim| match (claim, path.extension()) {
        (Claim::Extension(known), Some(extension)) => extension.eq_ignore_ascii_case(known),
        _ => false,
    };
    let mut formats = built_in_formats().unwrap_or_default();
    formats.retain(|format| format.describe().claims().iter().any(knows));
    formats
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_no_name_is_told_with_what_was_found() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["broken.tgz", "notes.txt"] {
            let path = folder.path().join(name);
            std::fs::write(&path, b"no tarball").unwrap();
            let error = name_inside(&path).unwrap_err().to_string();
            assert!(error.contains("say it with --name"), "{error}");
        }
    }
}
