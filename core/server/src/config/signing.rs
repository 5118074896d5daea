//! `[signing]`: the key that signs what formats say.

use std::path::PathBuf;

use toml::Table;

use crate::config::section::Section;

/// The key that signs what formats say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SigningConfig {
    /// The file that it lies in; without one it is made, and lies in the database.
    pub(crate) key_file: Option<PathBuf>,
}

impl SigningConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            key_file: section.take_optional("key_file"),
        }
    }

    pub(super) fn write(&self) -> Table {
        let mut table = Table::new();
        if let Some(path) = &self.key_file {
            table.insert("key_file".to_owned(), path.display().to_string().into());
        }
        table
    }
}
