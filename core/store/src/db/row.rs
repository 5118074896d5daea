//! A row of either database.

use cellier_model::ports::CatalogError;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row as _, Type};

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    fn get<'r, T>(&'r self, column: &str) -> Result<T, CatalogError>
    where
        T: Decode<'r, sqlx::Sqlite>
            + Type<sqlx::Sqlite>
            + Decode<'r, sqlx::Postgres>
            + Type<sqlx::Postgres>,
    {
        let value = match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        };
        value.map_err(|error| CatalogError::Broken {
            what: "row",
            problem: format!("{column}: {error}"),
        })
    }

    pub(crate) fn text(&self, column: &str) -> Result<String, CatalogError> {
        self.get(column)
    }

    pub(crate) fn optional_text(&self, column: &str) -> Result<Option<String>, CatalogError> {
        self.get(column)
    }

    pub(crate) fn int(&self, column: &str) -> Result<i64, CatalogError> {
        self.get(column)
    }

    pub(crate) fn optional_int(&self, column: &str) -> Result<Option<i64>, CatalogError> {
        self.get(column)
    }

    pub(crate) fn bool(&self, column: &str) -> Result<bool, CatalogError> {
        self.get(column)
    }

    /// A text that something is made of.
    pub(crate) fn parsed<T, E: std::fmt::Display>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, CatalogError> {
        let text = self.text(column)?;
        parse(&text).map_err(|error| CatalogError::Broken {
            what: "row",
            problem: format!("{column}: {error}"),
        })
    }

    /// A text of JSON that something is made of.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &str,
    ) -> Result<T, CatalogError> {
        self.parsed(column, |text| serde_json::from_str(text))
    }

    /// A count or a size.
    pub(crate) fn unsigned(&self, column: &str) -> Result<u64, CatalogError> {
        let number = self.int(column)?;
        u64::try_from(number).map_err(|_negative| CatalogError::Broken {
            what: "row",
            problem: format!("{column} is negative: {number}"),
        })
    }
}
