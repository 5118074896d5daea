//! `[storage]`: where the bytes are.

use std::path::PathBuf;
use std::time::Duration;

use cellier_store::S3Location;
use toml::{Table, Value};

use crate::config::Period;
use crate::config::section::Section;
use crate::config::value::{ByteSize, ConfigValue};

/// Where the bytes are.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StorageConfig {
    /// The folder or the bucket of the bytes.
    pub(crate) url: StorageUrl,
    /// The folder that uploads are staged in, where the bytes are not on local disk.
    pub(crate) staging: PathBuf,
    /// The folder of copies that formats need as files, where the bytes are not on local disk.
    pub(crate) cache_path: PathBuf,
    /// How much these copies may have together.
    pub(crate) cache: ByteSize,
    /// Which downloads are sent to the store itself.
    pub(crate) redirect: Redirect,
    /// How long a client that was sent to the store may take until it asks there.
    pub(crate) redirect_lifetime: Period,
}

/// The URL of a store of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StorageUrl {
    /// A folder on local disk: `file://PATH`.
    File(PathBuf),
    /// A bucket: `s3://BUCKET/PREFIX?endpoint=…&region=…`.
    S3(S3Location),
}

impl StorageUrl {
    /// Reads a URL, or says what is allowed.
    fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with("s3:") {
            let location: Result<S3Location, _> = text.parse();
            return location.map(Self::S3).map_err(|error| error.to_string());
        }
        match text.strip_prefix("file://") {
            Some(path) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err(
                "file://PATH, such as \"file://data/blobs\" or \"file:///srv/cellier/blobs\", \
                      or s3://BUCKET/PREFIX?endpoint=…&region=…"
                    .to_owned(),
            ),
        }
    }
}

impl std::fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => write!(f, "file://{}", path.display()),
            Self::S3(location) => location.fmt(f),
        }
    }
}

/// Which downloads are answered with a signed URL of the store instead of the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirect {
    /// None.
    Never,
    /// Those that no client follows with a key in its hand: without a key, or with one in `Authorization`, which clients
    /// drop when they are sent to another host. They do not drop `x-api-key`.
    Auto,
    /// All, also those that would show the store the client's key.
    Always,
}

impl Redirect {
    const WORDS: [(&str, Self); 3] = [
        ("never", Self::Never),
        ("auto", Self::Auto),
        ("always", Self::Always),
    ];

    fn as_str(self) -> &'static str {
        let word = Self::WORDS.iter().find(|(_, redirect)| *redirect == self);
        word.map_or("never", |(word, _)| word)
    }
}

impl ConfigValue for Redirect {
    const ALLOWED: &'static str = "\"never\", \"auto\" or \"always\"";

    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        let word = Self::WORDS.iter().find(|(word, _)| *word == text)?;
        Some(word.1)
    }
}

impl ConfigValue for PathBuf {
    const ALLOWED: &'static str = "the path of a folder";

    fn read(value: &Value) -> Option<Self> {
        let path = value.as_str().filter(|path| !path.is_empty())?;
        Some(path.into())
    }
}

/// S3 signs for seven days at most, and nobody needs a second of them for less than it takes to connect.
const LIFETIMES: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(10)..=Duration::from_hours(7 * 24);

impl StorageConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            url: section.take_parsed(
                "url",
                StorageUrl::File("data/blobs".into()),
                StorageUrl::parse,
            ),
            staging: section.take("staging", "data/staging".into()),
            cache_path: section.take("cache_path", "data/cache".into()),
            cache: section.take("cache", ByteSize(10 << 30)),
            redirect: section.take("redirect", Redirect::Never),
            redirect_lifetime: section.take_checked(
                "redirect_lifetime",
                Period(Duration::from_mins(15)),
                "a period from \"10s\" to \"7d\"",
                |lifetime| LIFETIMES.contains(&lifetime.0),
            ),
        }
    }

    pub(super) fn write(&self) -> Table {
        let mut table = Table::new();
        let mut insert =
            |key: &str, value: String| drop(table.insert(key.to_owned(), value.into()));
        insert("url", self.url.to_string());
        insert("staging", self.staging.display().to_string());
        insert("cache_path", self.cache_path.display().to_string());
        insert("cache", self.cache.to_string());
        insert("redirect", self.redirect.as_str().to_owned());
        insert("redirect_lifetime", self.redirect_lifetime.to_string());
        table
    }
}
