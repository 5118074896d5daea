//! `[access]`: who may do what, beyond the rules, and how people sign in.

use std::time::Duration;

use toml::Table;

use crate::config::Period;
use crate::config::section::Section;
use crate::config::value::ByteSize;

const MIB: u64 = 1 << 20;
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

/// Who may do what, beyond the rules, and how people sign in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AccessConfig {
    /// Whether anybody may download what is public.
    pub(crate) anonymous_downloads: bool,
    /// How long a session may be left alone.
    pub(crate) session_idle: Period,
    /// How long a session holds at most.
    pub(crate) session_lifetime: Period,
    /// The memory that hashing a password takes.
    pub(crate) argon2_memory: ByteSize,
    /// The passes over that memory.
    pub(crate) argon2_passes: u32,
}

impl AccessConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let days = |count: u64| Period(Duration::from_secs(count * DAY));
        // When a session was last used is known to within some minutes: a shorter time would end those that are in use.
        let shortest = Period(Duration::from_secs(5 * MINUTE));
        let in_range = |period: &Period| (shortest..=days(365)).contains(period);
        let periods = "a period from \"5m\" to \"365d\"";
        Self {
            anonymous_downloads: section.take("anonymous_downloads", false),
            session_idle: section.take_checked(
                "session_idle",
                Period(Duration::from_secs(DAY / 2)),
                periods,
                in_range,
            ),
            session_lifetime: section.take_checked("session_lifetime", days(7), periods, in_range),
            argon2_memory: section.take_checked(
                "argon2_memory",
                ByteSize(64 * MIB),
                "a size from \"19MiB\" to \"1GiB\"",
                |size| (19 * MIB..=1024 * MIB).contains(&size.0),
            ),
            argon2_passes: section.take_checked(
                "argon2_passes",
                3,
                "a whole number from 2 to 20",
                |passes| (2..=20).contains(passes),
            ),
        }
    }

    pub(super) fn write(&self) -> Table {
        let mut table = Table::new();
        let mut insert = |key: &str, value: toml::Value| drop(table.insert(key.to_owned(), value));
        insert("anonymous_downloads", self.anonymous_downloads.into());
        insert("session_idle", self.session_idle.to_string().into());
        insert("session_lifetime", self.session_lifetime.to_string().into());
        insert("argon2_memory", self.argon2_memory.to_string().into());
        insert("argon2_passes", i64::from(self.argon2_passes).into());
        table
    }
}
