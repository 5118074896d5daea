//! Errors of a store, sorted by what a caller can do about them.

use std::error::Error as _;

use cellier_model::BlobKey;
use cellier_model::ports::BlobError;
use object_store::Error;

/// The store says that it has no space left.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the store has no space left")]
pub(super) struct StoreFull;

/// What became of an operation that should not have failed.
pub(super) fn failed(doing: &'static str, error: Error) -> BlobError {
    if is_full(&error) {
        return BlobError::Full;
    }
    BlobError::Unavailable {
        doing,
        source: Box::new(error),
    }
}

/// The same for an operation on a blob that should be there.
pub(super) fn failed_on(key: BlobKey, doing: &'static str, error: Error) -> BlobError {
    match error {
        Error::NotFound { .. } => BlobError::Missing { key },
        error => failed(doing, error),
    }
}

/// What became of an operation that the store says it has done, and has not.
pub(super) fn unkept(doing: &'static str, found: String) -> BlobError {
    BlobError::Unavailable {
        doing,
        source: found.into(),
    }
}

fn is_full(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<StoreFull>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use object_store::client::{HttpError, HttpErrorKind};

    use super::*;

    #[test]
    fn a_full_store_is_told_from_one_that_does_not_answer() {
        let of = |source: HttpError| Error::Generic {
            store: "test",
            source: Box::new(source),
        };
        let full = of(HttpError::new(HttpErrorKind::Unknown, StoreFull));
        assert!(matches!(failed("store a blob", full), BlobError::Full));
        let timeout = of(HttpError::new(
            HttpErrorKind::Timeout,
            std::io::Error::from(std::io::ErrorKind::TimedOut),
        ));
        assert!(matches!(
            failed("store a blob", timeout),
            BlobError::Unavailable { .. }
        ));
    }
}
