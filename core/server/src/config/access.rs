//! `[access]`: who may do what, beyond the rules.

use toml::Table;

use crate::config::section::Section;

/// Who may do what, beyond the rules.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AccessConfig {
    /// Whether anybody may download what is public.
    pub(crate) anonymous_downloads: bool,
}

impl AccessConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            anonymous_downloads: section.take("anonymous_downloads", false),
        }
    }

    pub(super) fn write(&self) -> Table {
        let mut table = Table::new();
        table.insert(
            "anonymous_downloads".to_owned(),
            self.anonymous_downloads.into(),
        );
        table
    }
}
