//! `[storage]`: where the bytes are.

use std::path::PathBuf;

use toml::{Table, Value};

use crate::config::section::Section;
use crate::config::value::ConfigValue;

/// Where the bytes are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StorageConfig {
    /// The folder of the bytes.
    pub(crate) url: StorageUrl,
}

/// The URL of a store of bytes: `file://PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StorageUrl {
    /// A folder on local disk.
    File(PathBuf),
}

impl ConfigValue for StorageUrl {
    const ALLOWED: &'static str =
        "file://PATH, such as \"file://data/blobs\" or \"file:///srv/cellier/blobs\"";

    fn read(value: &Value) -> Option<Self> {
        let path = value.as_str()?.strip_prefix("file://")?;
        (!path.is_empty()).then(|| Self::File(path.into()))
    }
}

impl StorageConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            url: section.take("url", StorageUrl::File("data/blobs".into())),
        }
    }

    pub(super) fn write(&self) -> Table {
        let StorageUrl::File(path) = &self.url;
        let mut table = Table::new();
        table.insert(
            "url".to_owned(),
            format!("file://{}", path.display()).into(),
        );
        table
    }
}
