//! How the errors of accounts and sessions look to clients.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use cellier_model::accounts::AccountError;
use cellier_model::keys::UnknownWord;
use cellier_model::ports::PasswordsError;
use cellier_model::sessions::SignInError;

use crate::http::problem::Problem;

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let detail = error.to_string();
        match error {
            SignInError::Wrong => Self::unauthorized("sign_in_failed", detail),
            SignInError::TooMany { wait } => too_many_attempts(wait, detail),
            SignInError::Passwords(error) => error.into(),
            SignInError::Catalog(error) => error.into(),
            error => Self::unavailable(&error),
        }
    }
}

impl From<PasswordsError> for Problem {
    fn from(error: PasswordsError) -> Self {
        match error {
            PasswordsError::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", error.to_string())
                    .header(header::RETRY_AFTER, HeaderValue::from_static("3"))
            }
            error => Self::unavailable(&error),
        }
    }
}

fn too_many_attempts(wait: Duration, detail: String) -> Problem {
    let seconds = HeaderValue::from(wait.as_secs() + 1);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail)
        .header(header::RETRY_AFTER, seconds)
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let detail = error.to_string();
        let conflict = |code| Self::new(StatusCode::CONFLICT, code, detail.clone());
        let refused = |code| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.clone());
        match error {
            AccountError::NotAllowed(decision) => decision.into(),
            AccountError::NotFound(_) | AccountError::SetupOver => Self::not_found(detail),
            AccountError::Name(_) => Self::bad_request("bad_name", detail),
            AccountError::NameTaken(_) => conflict("name_taken"),
            AccountError::AlreadyGranted(_) => conflict("already_granted"),
            AccountError::LastSuperadmin(_) => conflict("last_superadmin"),
            AccountError::UnknownAccount(_) => refused("unknown_account"),
            AccountError::TooManyScopes { .. } | AccountError::TooManyOrganizations { .. } => {
                refused("too_many")
            }
            AccountError::UnknownWord(UnknownWord::Format { .. }) => refused("unknown_format"),
            AccountError::UnknownWord(UnknownWord::Category { .. }) => refused("unknown_category"),
            AccountError::NotAPerson(_) => refused("not_a_user"),
            AccountError::Password(_) => refused("weak_password"),
            AccountError::WrongPassword => {
                Self::new(StatusCode::FORBIDDEN, "wrong_password", detail)
            }
            AccountError::TooManyAttempts { wait } => too_many_attempts(wait, detail),
            AccountError::Passwords(error) => error.into(),
            AccountError::Catalog(error) => error.into(),
            error => Self::unavailable(&error),
        }
    }
}
