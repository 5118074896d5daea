//! The configuration: one file per section, each section a type that validates itself.
//!
//! Values come from a TOML file and from `CELLIER_SECTION__KEY` variables, which win. Everything that is wrong is told at
//! once, each mistake with its key, what was found, where, and what is allowed.
//!
//! # To add a key
//!
//! 1. A field of its section, one line in the section's `read` and one in its `write`.
//! 2. A line with a comment in `examples/cellier.toml`, which a test reads.

mod access;
mod database;
mod error;
mod formats;
mod gc;
mod host_name;
mod limits;
mod log;
mod origins;
mod problem;
mod section;
mod server;
mod signing;
mod source;
mod storage;
mod value;

use std::collections::BTreeSet;

use cellier_sdk::Descriptor;

pub(crate) use self::access::AccessConfig;
pub(crate) use self::database::DatabaseConfig;
pub(crate) use self::error::ConfigError;
pub(crate) use self::formats::{FormatConfig, FormatsConfig};
pub(crate) use self::gc::GcConfig;
pub(crate) use self::host_name::HostName;
pub(crate) use self::limits::LimitsConfig;
pub(crate) use self::log::{LogConfig, LogFormat};
pub(crate) use self::origins::Origins;
use self::section::Sections;
use self::server::ServerConfig;
pub(crate) use self::signing::SigningConfig;
pub(crate) use self::source::Source;
pub(crate) use self::storage::{Redirect, StorageConfig, StorageUrl};
pub(crate) use cellier_model::Period;

/// Everything that an operator can say.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Config {
    /// Where the server listens and what it is called outside.
    pub(crate) server: ServerConfig,
    /// Where the catalogue is.
    pub(crate) database: DatabaseConfig,
    /// Where the bytes are.
    pub(crate) storage: StorageConfig,
    /// Who may do what, beyond the rules.
    pub(crate) access: AccessConfig,
    /// What one client, and all of them together, may ask for.
    pub(crate) limits: LimitsConfig,
    /// When space is freed.
    pub(crate) gc: GcConfig,
    /// The key that signs.
    pub(crate) signing: SigningConfig,
    /// How the formats are set up.
    pub(crate) formats: FormatsConfig,
    /// What the log looks like.
    pub(crate) log: LogConfig,
}

impl Config {
    /// Reads and checks everything; `formats` are those that are there to be configured.
    pub(crate) fn load(source: Source, formats: &[Descriptor]) -> Result<Self, ConfigError> {
        let mut sections = Sections::new(source.read()?);
        let server = sections.read("server", ServerConfig::read);
        let database = sections.read("database", DatabaseConfig::read);
        let storage = sections.read("storage", StorageConfig::read);
        let access = sections.read("access", AccessConfig::read);
        let limits = sections.read("limits", LimitsConfig::read);
        let gc = sections.read("gc", GcConfig::read);
        let signing = sections.read("signing", SigningConfig::read);
        let formats = FormatsConfig::read(&mut sections, formats, &limits, &server);
        let log = sections.read("log", LogConfig::read);
        sections.finish()?;
        Ok(Self {
            server,
            database,
            storage,
            access,
            limits,
            gc,
            signing,
            formats,
            log,
        })
    }

    /// All of it as TOML, passwords masked.
    pub(crate) fn show(&self) -> String {
        let mut document = toml::Table::new();
        let mut write = |name: &str, section: toml::Table| {
            document.insert(name.to_owned(), section.into());
        };
        write("server", self.server.write());
        write("database", self.database.write());
        write("storage", self.storage.write());
        write("access", self.access.write());
        write("limits", self.limits.write());
        write("gc", self.gc.write());
        write("signing", self.signing.write());
        write("formats", self.formats.write());
        write("log", self.log.write());
        document.to_string()
    }
}

/// A list of words for a message: `a, b, c`.
fn listed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let sorted: BTreeSet<_> = words.into_iter().collect();
    sorted.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
