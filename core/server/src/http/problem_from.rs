//! How the errors of the use cases look to clients. One place, so that the same error always looks the same.

use axum::http::StatusCode;
use cellier_model::access::{Decision, Denial};
use cellier_model::change::ChangeError;
use cellier_model::keys::{CreateKeyError, RevokeKeyError, UnknownWord};
use cellier_model::ports::{BlobError, CatalogError, InspectError};
use cellier_model::publish::{Conflict, PublishError};
use cellier_model::read::{FindError, PickError, ResolveError};

use crate::http::problem::{Problem, chain};

impl From<CatalogError> for Problem {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Full => storage_full("database"),
            CatalogError::Conflict => Self::unavailable(&error),
            error => part_unavailable("database", &error),
        }
    }
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Full => storage_full("storage"),
            error => part_unavailable("storage", &error),
        }
    }
}

/// A part of ours does not do what it should. Its last answer may have got lost, so nobody knows whether a change was made.
fn part_unavailable(part: &str, error: &(dyn std::error::Error + 'static)) -> Problem {
    Problem::unavailable(error).with_detail(format!(
        "the registry cannot do this right now, its {part} does not answer as it should; a change that was asked for may \
         have been made or not, asking again in a moment is safe"
    ))
}

fn storage_full(part: &str) -> Problem {
    tracing::error!(part, "no space is left for the {part}");
    Problem::new(
        StatusCode::INSUFFICIENT_STORAGE,
        "storage_full",
        format!(
            "the registry has no space left for its {part}; nothing was changed, ask its operator"
        ),
    )
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        let code = match denial {
            Denial::OutOfScopeName | Denial::OutOfScopeFormat | Denial::OutOfScopeCategory => {
                "scope"
            }
            Denial::GrantMissing | Denial::KeyWithoutGrant => "grant_missing",
            Denial::PublishNotGranted => "publish_not_granted",
            Denial::NotOwner => "not_owner",
            Denial::NotYourAccount => "not_your_account",
            Denial::ReadOnlyToken | Denial::LimitedToken => "token_limited",
            _ => "not_allowed",
        };
        Self::new(StatusCode::FORBIDDEN, code, denial.to_string())
    }
}

/// A credential is needed.
pub(crate) fn key_missing() -> Problem {
    Problem::unauthorized(
        "key_missing",
        "a key is needed for this: send it in the header x-api-key; or sign in",
    )
}

impl From<Decision> for Problem {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Denied(denial) => denial.into(),
            Decision::CredentialNeeded => key_missing(),
            Decision::Invisible | Decision::Allowed => {
                Self::not_found("there is nothing here, or nothing that you may see")
            }
        }
    }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        match error {
            FindError::NotFound => Self::not_found(error.to_string()),
            FindError::CredentialNeeded => key_missing(),
            FindError::Denied(denial) => denial.into(),
            FindError::Catalog(error) => error.into(),
        }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Invalid(_) => Self::bad_request("bad_selector", error.to_string()),
            ResolveError::NoMatch => Self::not_found("no version matches"),
            ResolveError::Catalog(error) => error.into(),
        }
    }
}

impl From<PickError> for Problem {
    fn from(error: PickError) -> Self {
        match error {
            PickError::NoSuchFile { .. } => Self::not_found(error.to_string()),
            PickError::Ambiguous { .. } => {
                Self::bad_request("architecture_needed", error.to_string())
            }
        }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        let detail = error.to_string();
        match error {
            ChangeError::Find(error) => error.into(),
            ChangeError::Catalog(error) => error.into(),
            ChangeError::NoSuchVersion { version, .. } => {
                Self::not_found(detail).about_version(version)
            }
            ChangeError::NoSuchTag { .. } => Self::not_found(detail),
            ChangeError::Yanked { version, .. } => {
                Self::new(StatusCode::CONFLICT, "yanked", detail).about_version(version.as_str())
            }
            ChangeError::LatestMovesByItself => Self::bad_request("latest_moves_by_itself", detail),
            ChangeError::Selector(_) => Self::bad_request("bad_selector", detail),
            ChangeError::Text(_) => Self::bad_request("bad_text", detail),
            ChangeError::Retention(_) => Self::bad_request("bad_retention", detail),
            ChangeError::UnknownCategory { .. } => unknown_category(detail),
            ChangeError::UnknownAccount { .. } => unknown_account(detail),
            ChangeError::TooManyAccounts { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many", detail)
            }
            ChangeError::OwnerNeeded => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "owner_needed", detail)
            }
            ChangeError::Outdated => Self::new(
                StatusCode::PRECONDITION_FAILED,
                "precondition_failed",
                detail,
            ),
            error => Self::unavailable(&error),
        }
    }
}

fn unknown_category(detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_category", detail)
}

fn unknown_account(detail: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_account", detail)
}

impl From<CreateKeyError> for Problem {
    fn from(error: CreateKeyError) -> Self {
        let detail = error.to_string();
        let malformed =
            |field: &str| Self::bad_request("bad_key_request", format!("{field}: {detail}"));
        match error {
            CreateKeyError::NotAllowed(decision) => decision.into(),
            CreateKeyError::Catalog(error) => error.into(),
            CreateKeyError::UnknownWord(UnknownWord::Category { .. }) => {
                unknown_category(format!("allowedCategory: {detail}"))
            }
            CreateKeyError::UnknownWord(UnknownWord::Format { .. }) => malformed("allowedFormat"),
            CreateKeyError::UnknownAccount(_) => unknown_account(format!("owner: {detail}")),
            CreateKeyError::AlreadyExpired => malformed("expiresAt"),
            CreateKeyError::Name(_) => malformed("name"),
            CreateKeyError::OnlyByLogin
            | CreateKeyError::OwnerOfOtherType
            | CreateKeyError::OwnerNeeded
            | CreateKeyError::ScopedAdmin => Self::bad_request("bad_key_request", detail),
        }
    }
}

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        tracing::error!(error = %chain(&error), "a format failed: {}", chain(&error));
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "format_unavailable",
            error.to_string(),
        )
    }
}

impl From<RevokeKeyError> for Problem {
    fn from(error: RevokeKeyError) -> Self {
        match error {
            RevokeKeyError::NotAllowed(decision) => decision.into(),
            RevokeKeyError::NotFound => Self::not_found(error.to_string()),
            RevokeKeyError::Catalog(error) => error.into(),
        }
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        let detail = conflict.to_string();
        let problem = |code| Self::new(StatusCode::CONFLICT, code, detail);
        match conflict {
            Conflict::NameTaken { .. } => problem("name_taken"),
            Conflict::Yanked { version, .. } => problem("yanked").about_version(version.as_str()),
            Conflict::OtherBytes { version, .. } | Conflict::Deleted { version, .. } => {
                problem("version_exists").about_version(version.as_str())
            }
            Conflict::OtherRevision { said, .. } => {
                problem("version_exists").about_version(said.as_str())
            }
        }
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        let detail = error.to_string();
        let unprocessable =
            |code| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone());
        match error {
            PublishError::CredentialNeeded => key_missing(),
            PublishError::Denied(denial) => denial.into(),
            PublishError::CredentialDied => Self::unauthorized("key_invalid", detail),
            PublishError::Name(_) => Self::bad_request("bad_name", detail),
            PublishError::Text(_) => Self::bad_request("bad_text", detail),
            PublishError::LatestMovesByItself => {
                Self::bad_request("latest_moves_by_itself", detail)
            }
            PublishError::UnknownFormat { .. } => Self::not_found(detail),
            PublishError::FormatDisabled { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "format_disabled", detail)
            }
            PublishError::FormatUnavailable { .. } => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "format_unavailable",
                detail,
            ),
            PublishError::TooLarge { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
            }
            PublishError::UnknownCategory { .. } => unknown_category(detail),
            PublishError::CategoryMismatch { .. } => unprocessable("category_mismatch"),
            PublishError::Unrecognised { findings } => {
                unprocessable("unrecognised").findings(findings)
            }
            PublishError::Refused { findings, .. } => unprocessable("refused").findings(findings),
            PublishError::NameMismatch { .. } => unprocessable("name_mismatch"),
            PublishError::VersionMismatch { said, .. } => {
                unprocessable("version_mismatch").about_version(said)
            }
            PublishError::VersionNeeded => unprocessable("version_needed"),
            PublishError::Version(error) => unprocessable("bad_version").about_version(error.found),
            PublishError::TooMuchMetadata { .. } => unprocessable("too_much_metadata"),
            PublishError::Change(error) => error.into(),
            PublishError::Outdated { .. } => Self::new(StatusCode::CONFLICT, "outdated", detail),
            PublishError::Conflict(conflict) => conflict.into(),
            PublishError::Blob(error) => error.into(),
            PublishError::Catalog(error) => error.into(),
            error => Self::unavailable(&error),
        }
    }
}
