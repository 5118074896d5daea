//! `[log]`: what the log looks like.

use toml::{Table, Value};

use crate::config::section::Section;
use crate::config::value::ConfigValue;

/// What the log looks like.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LogConfig {
    /// For people or for machines.
    pub(crate) format: LogFormat,
    /// What is logged: `error`, `warn`, `info`, `debug` or `trace`.
    pub(crate) level: LogLevel,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// A sentence with fields.
    Text,
    /// A JSON object.
    Json,
}

impl ConfigValue for LogFormat {
    const ALLOWED: &'static str = "\"text\" or \"json\"";

    fn read(value: &Value) -> Option<Self> {
        match value.as_str()? {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// How much is logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogLevel(pub(crate) String);

impl ConfigValue for LogLevel {
    const ALLOWED: &'static str = "error, warn, info, debug or trace";

    fn read(value: &Value) -> Option<Self> {
        let text = value.as_str()?;
        ["error", "warn", "info", "debug", "trace"]
            .contains(&text)
            .then(|| Self(text.to_owned()))
    }
}

impl LogConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            format: section.take("format", LogFormat::Text),
            level: section.take("level", LogLevel("info".to_owned())),
        }
    }

    pub(super) fn write(&self) -> Table {
        let format = match self.format {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        };
        let mut table = Table::new();
        table.insert("format".to_owned(), format.into());
        table.insert("level".to_owned(), self.level.0.clone().into());
        table
    }
}
