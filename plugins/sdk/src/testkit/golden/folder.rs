//! Reading a folder of golden uploads.

use std::fs;
use std::path::{Path, PathBuf};

use super::Golden;
use super::said::Said;
use crate::testkit::Sample;

/// What the publisher said, beside the file.
const SAID: &str = "upload.json";

/// What the format should answer.
const EXPECTED: &str = "expected.json";

/// The golden uploads of a folder, sorted by name, or what is wrong with the folder.
pub(in crate::testkit) fn read_folder(folder: &Path) -> Result<Vec<Sample>, String> {
    let mut cases: Vec<_> = list(folder)?
        .into_iter()
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    if cases.is_empty() {
        return Err(format!(
            "{} has no golden upload: make a folder for each, with the file in it",
            folder.display()
        ));
    }
    cases.iter().map(|case| read_case(case)).collect()
}

fn read_case(case: &Path) -> Result<Sample, String> {
    let name = case
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let said = read_said(&case.join(SAID))?;
    let file = match &said.file {
        Some(file) => case.join(file),
        None => only_file(case)?,
    };
    let bytes =
        fs::read(&file).map_err(|error| format!("failed to read {}: {error}", file.display()))?;
    let file_name = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let upload = said.into_upload(&name, file_name.as_deref());
    let golden = Golden::new(case.join(EXPECTED));
    Ok(Sample::new(&name, bytes).said(upload).with_golden(golden))
}

fn read_said(path: &Path) -> Result<Said, String> {
    match fs::read(path) {
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|error| format!("{} cannot be read: {error}", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Said::default()),
        Err(error) => Err(format!("failed to read {}: {error}", path.display())),
    }
}

/// The file of a case that is neither of the other two.
fn only_file(case: &Path) -> Result<PathBuf, String> {
    let is_upload = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        path.is_file() && name != SAID && name != EXPECTED
    };
    let files: Vec<_> = list(case)?.into_iter().filter(is_upload).collect();
    match files.as_slice() {
        [file] => Ok(file.clone()),
        files => Err(format!(
            "{} has {} files to upload: put exactly one there, or name it with \"file\" in {SAID}",
            case.display(),
            files.len()
        )),
    }
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |error| format!("failed to list the folder {}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(wrong)?;
    entries
        .map(|entry| Ok(entry.map_err(wrong)?.path()))
        .collect()
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_case_is_a_file_and_what_was_said_about_it() {
        let folder = TempDir::new().unwrap();
        let case = folder.path().join("sunset");
        fs::create_dir(&case).unwrap();
        fs::write(case.join("sunset.palette"), "PALETTE\n").unwrap();
        fs::write(
            case.join(SAID),
            r#"{"name":"evening","category":"palette"}"#,
        )
        .unwrap();
        let samples = read_folder(folder.path()).unwrap();
        assert_eq!(samples[0].name(), "sunset");
        assert_eq!(samples[0].bytes().as_ref(), b"PALETTE\n");
        assert_eq!(samples[0].upload().name, "evening");
        assert_eq!(
            samples[0].upload().file_name.as_deref(),
            Some("sunset.palette")
        );
    }

    #[test]
    fn a_file_may_lie_elsewhere_so_that_its_bytes_are_kept_once() {
        let folder = TempDir::new().unwrap();
        let case = folder.path().join("cases/sunset");
        fs::create_dir_all(&case).unwrap();
        fs::write(folder.path().join("shared.palette"), "x").unwrap();
        fs::write(case.join(SAID), r#"{"file":"../../shared.palette"}"#).unwrap();
        let samples = read_folder(&folder.path().join("cases")).unwrap();
        assert_eq!(samples[0].bytes().as_ref(), b"x");
        assert_eq!(samples[0].upload().name, "sunset");
    }

    #[test]
    fn what_is_wrong_with_a_folder_is_said_with_its_path() {
        let folder = TempDir::new().unwrap();
        assert!(
            read_folder(folder.path())
                .unwrap_err()
                .contains("has no golden upload")
        );
        let case = folder.path().join("empty");
        fs::create_dir(&case).unwrap();
        assert!(
            read_folder(folder.path())
                .unwrap_err()
                .contains("has 0 files")
        );
        fs::write(case.join(SAID), r#"{"nmae":"x"}"#).unwrap();
        assert!(read_folder(folder.path()).unwrap_err().contains("nmae"));
        assert!(
            read_folder(&case.join("missing"))
                .unwrap_err()
                .contains("missing")
        );
    }
}
