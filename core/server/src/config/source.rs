//! Where the configuration comes from: a TOML file, and variables of the environment that win over it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::config::ConfigError;

const PREFIX: &str = "CELLIER_";

/// Where the configuration comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    file: Option<PathBuf>,
    variables: Vec<(String, String)>,
}

impl Source {
    /// A file, or none, and the variables of this process.
    pub(crate) fn of_this_process(file: Option<&Path>) -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            file: file.map(Path::to_owned),
            variables,
        }
    }

    /// Reads the file and lays the variables over it.
    pub(super) fn read(self) -> Result<Raw, ConfigError> {
        let mut raw = Raw::default();
        if let Some(path) = self.file {
            raw.table = read_file(&path)?;
            raw.origins.file = Some(path.display().to_string());
        }
        for (name, value) in self.variables {
            if let Some(path) = path_of(&name) {
                raw.origins.variables.insert(path.join("."), name);
                set(&mut raw.table, &path, parse_variable(&value));
            }
        }
        Ok(raw)
    }
}

/// What was given, before anything is checked.
#[derive(Debug, Default)]
pub(super) struct Raw {
    pub(super) table: Table,
    pub(super) origins: Origins,
}

/// Which value came from where.
#[derive(Debug, Default)]
pub(super) struct Origins {
    file: Option<String>,
    variables: BTreeMap<String, String>,
}

impl Origins {
    /// Where a key was given, for a message.
    pub(super) fn of(&self, key: &str) -> Option<String> {
        let inner = format!("{key}.");
        let variable = self
            .variables
            .iter()
            .find(|(path, _)| path.as_str() == key || path.starts_with(&inner));
        match variable {
            Some((_, name)) => Some(format!("the variable {name}")),
            None => self.file.clone(),
        }
    }
}

fn read_file(path: &Path) -> Result<Table, ConfigError> {
    let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    text.parse().map_err(|error: toml::de::Error| {
        let offset = error.span().map_or(0, |span| span.start);
        let before = text.get(..offset).unwrap_or(&text);
        ConfigError::Syntax {
            path: path.to_owned(),
            line: before.matches('\n').count() + 1,
            problem: error.message().to_owned(),
        }
    })
}

/// The key that a variable stands for: `CELLIER_SERVER__LISTEN` is `server.listen`.
///
/// A name without a double underscore is none of ours: `CELLIER_CONFIG` and `CELLIER_URL` are options of commands, and
/// Kubernetes sets `CELLIER_PORT` and the like for a service of that name.
fn path_of(name: &str) -> Option<Vec<String>> {
    let path: Vec<_> = name
        .strip_prefix(PREFIX)?
        .split("__")
        .map(str::to_ascii_lowercase)
        .collect();
    let whole = path.len() >= 2 && path.iter().all(|part| !part.is_empty());
    whole.then(|| hyphenate_format(path))
}

/// The ids of formats may have hyphens, the names of variables not.
fn hyphenate_format(mut path: Vec<String>) -> Vec<String> {
    if path[0] == "formats" {
        path[1] = path[1].replace('_', "-");
    }
    path
}

/// A value of TOML where the text is one, else the text itself.
fn parse_variable(text: &str) -> Value {
    match format!("value = {text}").parse::<Table>() {
        // A text of several lines could hold further keys; such a one is no value.
        Ok(mut table) if table.len() == 1 => table.remove("value"),
        _ => None,
    }
    .unwrap_or_else(|| Value::String(text.to_owned()))
}

/// Sets a value, making the sections on its way; what stands there and is no section is replaced.
fn set(table: &mut Table, path: &[String], value: Value) {
    let Some((key, inner)) = path.split_first() else {
        return;
    };
    if inner.is_empty() {
        table.insert(key.clone(), value);
        return;
    }
    let section = table
        .entry(key.clone())
        .or_insert_with(|| Table::new().into());
    if !section.is_table() {
        *section = Table::new().into();
    }
    if let Value::Table(section) = section {
        set(section, inner, value);
    }
}

#[cfg(test)]
impl Source {
    /// A source that a test owns.
    pub(crate) fn fake(file: Option<&Path>, variables: &[(&str, &str)]) -> Self {
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            file: file.map(Path::to_owned),
            variables: variables.iter().map(owned).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_read_as_toml_where_it_is_toml() {
        for (text, expected) in [
            ("true", Value::Boolean(true)),
            ("17", Value::Integer(17)),
            ("20GiB", Value::from("20GiB")),
            ("127.0.0.1:8080", Value::from("127.0.0.1:8080")),
            ("\"true\"", Value::from("true")),
            ("[\"10.0.0.0/8\"]", Value::Array(vec!["10.0.0.0/8".into()])),
            ("1\nother = 2", Value::from("1\nother = 2")),
            ("", Value::from("")),
        ] {
            assert_eq!(parse_variable(text), expected, "{text:?}");
        }
    }

    #[test]
    fn only_names_with_a_double_underscore_are_keys() {
        assert_eq!(
            path_of("CELLIER_SERVER__LISTEN").unwrap(),
            ["server", "listen"]
        );
        assert_eq!(
            path_of("CELLIER_FORMATS__MAP_STYLE__MAX_SIZE").unwrap(),
            ["formats", "map-style", "max_size"]
        );
        for foreign in [
            "CELLIER_CONFIG",
            "CELLIER_PORT",
            "CELLIER___X",
            "PATH",
            "CELLIER_A__",
        ] {
            assert_eq!(path_of(foreign), None, "{foreign}");
        }
    }
}
