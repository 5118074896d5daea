//! `[limits]`: what one client, and all of them together, may ask for.

use std::time::Duration;

use toml::Table;

use crate::config::Period;
use crate::config::section::Section;
use crate::config::value::ByteSize;

/// What one client, and all of them together, may ask for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LimitsConfig {
    /// The largest upload.
    pub(crate) upload: ByteSize,
    /// Uploads that formats look at at the same time.
    pub(crate) inspections: u32,
    /// Uploads that may wait for that; more are answered with 503.
    pub(crate) waiting_inspections: u32,
    /// Connections at the same time.
    pub(crate) connections: u32,
    /// How long a client may take until the headers of its first request are there.
    pub(crate) header_timeout: Period,
    /// How long a connection is kept for the next request.
    pub(crate) keep_alive: Period,
    /// How long a client may send nothing in the middle of a body, or take nothing of an answer.
    pub(crate) idle_timeout: Period,
    /// Bytes of memory for answers of formats that are given again.
    pub(crate) held_answers: ByteSize,
    /// How long a statement of the database may take.
    pub(crate) database_timeout: Period,
    /// How long an operation of the storage may take, beside the time that its bytes need.
    pub(crate) storage_timeout: Period,
}

impl LimitsConfig {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let cores = std::thread::available_parallelism()
            .map_or(2, |cores| u32::try_from(cores.get()).unwrap_or(2));
        let count = "a whole number from 1 to 100000";
        let is_count = |number: &u32| (1..=100_000).contains(number);
        let some_time = "a period of more than nothing, such as \"500ms\", \"30s\" or \"10m\"";
        let is_some_time = |period: &Period| period.0 > Duration::ZERO;
        let patience = "a period from \"100ms\" to \"1h\"";
        let is_patience = |period: &Period| {
            (Duration::from_millis(100)..=Duration::from_hours(1)).contains(&period.0)
        };
        Self {
            upload: section.take("upload", ByteSize(20 << 30)),
            inspections: section.take_checked("inspections", cores.max(2), count, is_count),
            waiting_inspections: section.take_checked("waiting_inspections", 256, count, is_count),
            connections: section.take_checked("connections", 10_000, count, is_count),
            header_timeout: section.take_checked(
                "header_timeout",
                Period(Duration::from_secs(10)),
                some_time,
                is_some_time,
            ),
            keep_alive: section.take_checked(
                "keep_alive",
                Period(Duration::from_secs(75)),
                some_time,
                is_some_time,
            ),
            idle_timeout: section.take_checked(
                "idle_timeout",
                Period(Duration::from_secs(30)),
                some_time,
                is_some_time,
            ),
            held_answers: section.take("held_answers", ByteSize(64 << 20)),
            database_timeout: section.take_checked(
                "database_timeout",
                Period(Duration::from_secs(30)),
                patience,
                is_patience,
            ),
            storage_timeout: section.take_checked(
                "storage_timeout",
                Period(Duration::from_mins(1)),
                patience,
                is_patience,
            ),
        }
    }

    pub(super) fn write(&self) -> Table {
        let mut table = Table::new();
        let mut insert = |key: &str, value: toml::Value| drop(table.insert(key.to_owned(), value));
        insert("upload", self.upload.to_string().into());
        insert("inspections", i64::from(self.inspections).into());
        insert(
            "waiting_inspections",
            i64::from(self.waiting_inspections).into(),
        );
        insert("connections", i64::from(self.connections).into());
        insert("header_timeout", self.header_timeout.to_string().into());
        insert("keep_alive", self.keep_alive.to_string().into());
        insert("idle_timeout", self.idle_timeout.to_string().into());
        insert("held_answers", self.held_answers.to_string().into());
        insert("database_timeout", self.database_timeout.to_string().into());
        insert("storage_timeout", self.storage_timeout.to_string().into());
        table
    }
}
