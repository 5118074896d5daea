//! Picking one file of a version.

use crate::{FileRecord, Release};

/// What is said about the file that is meant.
#[derive(Clone, Debug, Default)]
pub struct PickFile {
    /// Its variant, such as an architecture.
    pub variant: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

impl PickFile {
    /// Whether it means this file, which was picked for it, for ever: no file that the version may yet get can be meant
    /// instead, or leave it unclear which one is. `open` is whether the version may get files of other names.
    pub fn means_for_ever(&self, picked: &FileRecord, open: bool) -> bool {
        let variant_is_certain = picked.variant.is_none() || self.variant.is_some();
        let name_is_certain = self.name.is_some() || !open;
        variant_is_certain && name_is_certain
    }
}

/// Picks the file that is meant. If no variant is said it is the one without a variant, whatever others there are; only
/// where there is none it is the only one.
pub fn pick_file<'a>(release: &'a Release, wanted: &PickFile) -> Result<&'a FileRecord, PickError> {
    let has_wanted_variant = |file: &&FileRecord| match &wanted.variant {
        Some(variant) => file
            .variant
            .as_ref()
            .is_some_and(|of_file| of_file.as_str() == variant),
        None => true,
    };
    let has_wanted_name = |file: &&FileRecord| {
        wanted
            .name
            .as_ref()
            .is_none_or(|name| file.name.as_str() == name)
    };
    let matching: Vec<_> = release
        .files
        .iter()
        .filter(has_wanted_variant)
        .filter(has_wanted_name)
        .collect();
    match matching.as_slice() {
        [] => Err(PickError::NoSuchFile {
            choices: choices(release),
        }),
        [file] => Ok(file),
        several => {
            let mut plain = several.iter().filter(|file| file.variant.is_none());
            match (plain.next(), plain.next()) {
                (Some(file), None) => Ok(file),
                _ => Err(PickError::Ambiguous {
                    choices: choices(release),
                }),
            }
        }
    }
}

fn choices(release: &Release) -> Vec<String> {
    let describe = |file: &FileRecord| match &file.variant {
        Some(variant) => format!("{} (architecture {})", file.name.as_str(), variant.as_str()),
        None => file.name.as_str().to_owned(),
    };
    release.files.iter().map(describe).collect()
}

/// Why no file was picked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PickError {
    /// Nothing fits.
    #[error("the version has no such file; it has {}", .choices.join(", "))]
    NoSuchFile {
        /// The files that it has.
        choices: Vec<String>,
    },
    /// Several fit.
    #[error("the version has several files, say which with ?architecture= or ?file=: {}", .choices.join(", "))]
    Ambiguous {
        /// The files that it has.
        choices: Vec<String>,
    },
}
