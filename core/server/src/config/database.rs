//! `[database]`: where the catalogue is.

use cellier_store::DatabaseUrl;
use toml::{Table, Value};

use crate::config::problem::mask_password;
use crate::config::section::Section;
use crate::config::value::ConfigValue;

/// Where the catalogue is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DatabaseConfig {
    /// `sqlite://PATH` or `postgres://USER@HOST/NAME`.
    pub(crate) url: DatabaseUrl,
    /// Connections that are used at the same time.
    pub(crate) connections: u32,
}

impl ConfigValue for DatabaseUrl {
    const ALLOWED: &'static str = "sqlite://PATH or postgres://USER@HOST/NAME";

    fn read(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl DatabaseConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            url: section.take("url", DatabaseUrl::Sqlite("data/cellier.db".into())),
            connections: section.take_checked(
                "connections",
                8,
                "a whole number from 1 to 1000",
                |count| (1..=1000).contains(count),
            ),
        }
    }

    pub(super) fn write(&self) -> Table {
        let url = match &self.url {
            DatabaseUrl::Sqlite(_) => self.url.to_string(),
            DatabaseUrl::Postgres(url) => mask_password(url),
        };
        let mut table = Table::new();
        table.insert("url".to_owned(), url.into());
        table.insert("connections".to_owned(), i64::from(self.connections).into());
        table
    }
}
