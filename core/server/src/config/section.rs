//! Reading sections so that every mistake is noted and none ends the reading.

use toml::{Table, Value};

use crate::config::problem::{ConfigProblem, shown};
use crate::config::source::{Origins, Raw};
use crate::config::value::ConfigValue;
use crate::config::{ConfigError, listed};

/// The sections of a configuration that is being read.
#[derive(Debug)]
pub(super) struct Sections {
    given: Table,
    known: Vec<&'static str>,
    noted: Noted,
}

impl Sections {
    pub(super) fn new(raw: Raw) -> Self {
        Self {
            given: raw.table,
            known: Vec::new(),
            noted: Noted {
                origins: raw.origins,
                problems: Vec::new(),
            },
        }
    }

    /// Reads a section of keys; one that is not given is read as an empty one.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> T {
        let given = self.take(name);
        self.noted.section(name, given, read)
    }

    /// Reads a section of sections, such as `formats`, with `read` for the one of each name.
    pub(super) fn read_nested(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&mut Noted, &str, Table),
    ) {
        for (inner, value) in self.take(name) {
            match value {
                Value::Table(given) => read(&mut self.noted, &inner, given),
                other => {
                    let key = format!("{name}.{inner}");
                    self.noted.refuse(&key, &other, "a section");
                }
            }
        }
    }

    /// Reads an inner section that [`Sections::read_nested`] has found.
    pub(super) fn inner<T>(
        &mut self,
        name: &str,
        given: Table,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> T {
        self.noted.section(name, given, read)
    }

    fn take(&mut self, name: &'static str) -> Table {
        self.known.push(name);
        match self.given.remove(name) {
            None => Table::new(),
            Some(Value::Table(section)) => section,
            Some(other) => {
                self.noted.refuse(name, &other, "a section");
                Table::new()
            }
        }
    }

    /// Refuses sections that nobody read, and tells all mistakes.
    pub(super) fn finish(mut self) -> Result<(), ConfigError> {
        let allowed = format!("one of the sections {}", listed(self.known));
        for (name, value) in self.given {
            match value {
                // The whole content of an unknown section would only hide its name.
                Value::Table(_) => self.noted.refuse_text(&name, "{…}".to_owned(), &allowed),
                other => self.noted.refuse(&name, &other, &allowed),
            }
        }
        if self.noted.problems.is_empty() {
            Ok(())
        } else {
            Err(ConfigError::Wrong(self.noted.problems))
        }
    }
}

/// The mistakes so far.
#[derive(Debug)]
pub(super) struct Noted {
    origins: Origins,
    problems: Vec<ConfigProblem>,
}

impl Noted {
    /// Reads the keys of one section and refuses those that `read` did not ask for.
    pub(super) fn section<T>(
        &mut self,
        name: &str,
        given: Table,
        read: impl FnOnce(&mut Section<'_>) -> T,
    ) -> T {
        let mut section = Section {
            name,
            given,
            known: Vec::new(),
            noted: self,
        };
        let value = read(&mut section);
        section.finish();
        value
    }

    /// Notes that a value is not allowed.
    pub(super) fn refuse(&mut self, key: &str, found: &Value, allowed: &str) {
        self.refuse_text(key, shown(key, found), allowed);
    }

    fn refuse_text(&mut self, key: &str, found: String, allowed: &str) {
        self.problems.push(ConfigProblem {
            key: key.to_owned(),
            found,
            origin: self.origins.of(key),
            allowed: allowed.to_owned(),
        });
    }
}

/// One section that is being read.
#[derive(Debug)]
pub(super) struct Section<'a> {
    name: &'a str,
    given: Table,
    known: Vec<&'static str>,
    noted: &'a mut Noted,
}

impl Section<'_> {
    /// Reads a key; the default where it is not given or wrong.
    pub(super) fn take<T: ConfigValue>(&mut self, key: &'static str, default: T) -> T {
        self.take_checked(key, default, T::ALLOWED, |_| true)
    }

    /// Reads a key that need not be there.
    pub(super) fn take_optional<T: ConfigValue>(&mut self, key: &'static str) -> Option<T> {
        self.known.push(key);
        let value = self.given.remove(key)?;
        let read = T::read(&value);
        if read.is_none() {
            self.refuse(key, &value, T::ALLOWED);
        }
        read
    }

    /// Reads a key whose values are limited further; `allowed` says how.
    pub(super) fn take_checked<T: ConfigValue>(
        &mut self,
        key: &'static str,
        default: T,
        allowed: &str,
        check: impl FnOnce(&T) -> bool,
    ) -> T {
        self.known.push(key);
        let Some(value) = self.given.remove(key) else {
            return default;
        };
        if let Some(read) = T::read(&value).filter(check) {
            read
        } else {
            self.refuse(key, &value, allowed);
            default
        }
    }

    /// Reads a key whose text is parsed by `parse`, which says what is allowed where it is not.
    pub(super) fn take_parsed<T>(
        &mut self,
        key: &'static str,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> T {
        self.known.push(key);
        let Some(value) = self.given.remove(key) else {
            return default;
        };
        match parse(value.as_str().unwrap_or_default()) {
            Ok(parsed) => parsed,
            Err(allowed) => {
                self.refuse(key, &value, &allowed);
                default
            }
        }
    }

    /// Takes all keys that were not asked for yet: their meaning lies elsewhere.
    pub(super) fn take_rest(&mut self) -> Table {
        std::mem::take(&mut self.given)
    }

    /// Notes that a value of this section is not allowed.
    pub(super) fn refuse(&mut self, key: &str, found: &Value, allowed: &str) {
        let key = format!("{}.{key}", self.name);
        self.noted.refuse(&key, found, allowed);
    }

    fn finish(mut self) {
        let allowed = format!("one of the keys {}", listed(self.known.iter().copied()));
        for (key, value) in std::mem::take(&mut self.given) {
            self.refuse(&key, &value, &allowed);
        }
    }
}
