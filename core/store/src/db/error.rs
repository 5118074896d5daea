//! Errors of the databases, sorted by what a caller can do about them.

use cellier_model::ports::CatalogError;

/// Sorts an error. `doing` completes "failed to …".
pub(crate) fn from_sqlx(doing: &'static str, error: sqlx::Error) -> CatalogError {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code)
        .map(std::borrow::Cow::into_owned);
    if let sqlx::Error::Io(error) = &error
        && error.kind() == std::io::ErrorKind::StorageFull
    {
        return CatalogError::Full;
    }
    match code.as_deref() {
        // PostgreSQL: unique violation, serialization failure, deadlock. SQLite: a snapshot that is out of date, and the
        // unique constraints. Not its plain "busy" (5): that is said only after a long wait for the lock, and whoever
        // holds it for so long will not be gone at the next try.
        Some("23505" | "40001" | "40P01" | "517" | "1555" | "2067") => CatalogError::Conflict,
        // PostgreSQL: disk full. SQLite: SQLITE_FULL.
        Some("53100" | "13") => CatalogError::Full,
        _ => CatalogError::Unavailable {
            doing,
            source: Box::new(error),
        },
    }
}

/// Whether a statement of PostgreSQL gave up because somebody else held a lock for longer than `lock_timeout`.
pub(crate) fn is_lock_timeout(error: &CatalogError) -> bool {
    let CatalogError::Unavailable { source, .. } = error else {
        return false;
    };
    let error = source.downcast_ref::<sqlx::Error>();
    let code = error
        .and_then(sqlx::Error::as_database_error)
        .and_then(sqlx::error::DatabaseError::code);
    code.as_deref() == Some("55P03")
}
