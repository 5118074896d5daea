//! `[gc]`: when space is freed.

use std::time::Duration;

use toml::Table;

use crate::config::Period;
use crate::config::section::Section;

/// When space is freed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GcConfig {
    /// How often the server applies the retention policies and frees what nothing uses; never if `0s`.
    pub(crate) every: Period,
    /// How long bytes must have been unused before they are freed.
    pub(crate) grace: Period,
}

impl GcConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            every: section.take("every", Period(Duration::from_hours(1))),
            grace: section.take("grace", Period(Duration::from_hours(24))),
        }
    }

    pub(super) fn write(&self) -> Table {
        let mut table = Table::new();
        table.insert("every".to_owned(), self.every.to_string().into());
        table.insert("grace".to_owned(), self.grace.to_string().into());
        table
    }
}
