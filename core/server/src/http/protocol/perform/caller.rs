//! Changes about the caller and not about artefacts: signing in, and tokens.

use std::time::Duration;

use axum::http::StatusCode;
use cellier_model::access::Actor;
use cellier_model::audit::Origin;
use cellier_model::keys::{CreatedKey, NamePattern, Scope};
use cellier_model::ports::FormatInfo;
use cellier_model::sessions::{NewToken, Visitor, issue_token, revoke_token};
use cellier_model::web_login::begin_web_login;
use cellier_sdk::{Change, Performed};

use super::broken;
use crate::http::credential::Caller;
use crate::http::problem::Problem;
use crate::http::protocol::token_view::token_view;
use crate::state::AppState;

/// The seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Whether it is about the caller. Such a change is performed alone: it is no part of a transaction with others.
pub(super) fn is_about_caller(change: &Change) -> bool {
    is_signing_in(change)
        || matches!(
            change,
            Change::IssueToken { .. } | Change::RevokeToken { .. }
        )
}

/// Whether it is how somebody gets a credential, for which none is needed.
pub(super) fn is_signing_in(change: &Change) -> bool {
    matches!(change, Change::SignIn { .. } | Change::BeginWebLogin { .. })
}

/// Somebody who asks a format for a change about themselves.
pub(super) struct Asking<'a> {
    pub(super) state: &'a AppState,
    pub(super) caller: &'a Caller,
    pub(super) visitor: &'a Visitor,
    pub(super) format: &'a FormatInfo,
}

impl Asking<'_> {
    pub(super) async fn perform(&self, change: Change) -> Result<Performed, Problem> {
        let origin = &self.caller.0;
        match change {
            Change::SignIn { account, password } => self.sign_in(&account, &password).await,
            Change::BeginWebLogin { label } => self.begin_web_login(&label).await,
            Change::IssueToken {
                name,
                password,
                read_only,
                only,
                days,
            } => {
                if let Some(password) = password {
                    self.check_password(&password).await?;
                }
                let wanted = NewToken {
                    name,
                    read_only,
                    scope: self.scope(only)?,
                    lifetime: days.map(|days| Duration::from_secs(u64::from(days) * DAY)),
                };
                self.issue(origin, wanted).await
            }
            Change::RevokeToken { token } => {
                revoke_token(&self.state.context, origin, &token).await?;
                Ok(Performed::Done)
            }
            other => Err(broken(
                self.format,
                format!("{other:?} is not about the caller"),
            )),
        }
    }

    /// What a token is limited to: who names artefacts in a protocol means those of its format.
    fn scope(&self, only: Option<String>) -> Result<Scope, Problem> {
        let Some(only) = only else {
            return Ok(Scope::default());
        };
        let name = NamePattern::parse(&only);
        let name = name.map_err(|error| Problem::bad_request("bad_text", error.to_string()))?;
        Ok(Scope {
            name: Some(name),
            category: None,
            format: Some(self.format.id.clone()),
        })
    }

    /// Whatever credential the client had before is not asked about: it signs in as somebody else, perhaps.
    async fn sign_in(&self, account: &str, password: &str) -> Result<Performed, Problem> {
        let context = &self.state.context;
        let sign_in = &self.state.sign_in;
        let person = sign_in.sign_in(context, self.visitor, account, password);
        let origin = Origin {
            actor: Actor::Account(Box::new(person.await?)),
            address: self.visitor.address,
        };
        let wanted = NewToken {
            name: format!("{} sign-in", self.format.id),
            read_only: false,
            scope: Scope::default(),
            lifetime: None,
        };
        self.issue(&origin, wanted).await
    }

    async fn begin_web_login(&self, label: &str) -> Result<Performed, Problem> {
        let base = self.state.public_url.as_ref();
        let base = base.ok_or_else(|| {
            let status = StatusCode::NOT_IMPLEMENTED;
            let detail = "the server does not know its own address: set server.public_url";
            Problem::new(status, "not_implemented", detail)
        })?;
        let begun = begin_web_login(&self.state.context, self.visitor, label).await?;
        let base = base.as_str().trim_end_matches('/');
        Ok(Performed::WebLoginBegun {
            url: format!("{base}/login?request={}", begun.page.reveal()),
            id: begun.id.reveal().to_owned(),
        })
    }

    /// A wrong one counts like one of somebody who signs in.
    async fn check_password(&self, password: &str) -> Result<(), Problem> {
        let user = match self.caller.actor() {
            Actor::Account(acting) => acting.user.as_ref(),
            _ => None,
        };
        let Some(user) = user else {
            // Who is no person gets no token anyway.
            return Ok(());
        };
        let context = &self.state.context;
        let sign_in = &self.state.sign_in;
        let person = sign_in.sign_in(context, self.visitor, user.as_str(), password);
        person.await?;
        Ok(())
    }

    async fn issue(&self, origin: &Origin, wanted: NewToken) -> Result<Performed, Problem> {
        let CreatedKey { key, token } = issue_token(&self.state.context, origin, wanted).await?;
        Ok(Performed::TokenIssued {
            token: token.reveal().to_owned(),
            view: token_view(&key),
        })
    }
}
