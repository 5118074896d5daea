//! Why a store cannot be used.

use object_store::Error;

/// What an operator can do when the store cannot be reached, or does not know us.
const REACH: &str = "see that storage.url names the right endpoint, region and bucket, that the store is up, and that the credentials are set (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)";

/// What an operator can do when the store refuses us.
const ALLOW: &str = "see that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are right, and that they may read, write, list and delete below the prefix";

/// What an operator can do when bytes come back as others, or not at all.
pub(super) const OTHER_STORE: &str =
    "use another store, and see that nothing between it and this server changes what is sent";

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the object storage cannot be used: {ability}: {found}; {fix}")]
pub struct ProbeError {
    ability: &'static str,
    found: String,
    fix: &'static str,
    #[source]
    source: Option<Box<Error>>,
}

impl ProbeError {
    /// The store failed where it should not.
    pub(super) fn broken(ability: &'static str, source: Error) -> Self {
        let fix = match &source {
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => ALLOW,
            _ => REACH,
        };
        Self {
            ability,
            found: "it failed".to_owned(),
            fix,
            source: Some(source.into()),
        }
    }

    /// The store did something else than it was asked.
    pub(super) fn wrong(
        ability: &'static str,
        found: impl Into<String>,
        fix: &'static str,
    ) -> Self {
        Self {
            ability,
            found: found.into(),
            fix,
            source: None,
        }
    }
}
