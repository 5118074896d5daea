//! Sessions, and who has one, as JSON.

use cellier_model::access::{Acting, Through};
use cellier_model::accounts::{Role, Standing};
use cellier_model::sessions::Session;
use serde::Serialize;
use utoipa::ToSchema;

/// A session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Its identifier, which is no secret.
    id: String,
    /// Whether it is the one that asks.
    current: bool,
    /// When somebody signed in (RFC 3339).
    created_at: String,
    /// When it was last used, to within ten minutes.
    last_used_at: String,
    /// When it ends, however much it is used.
    expires_at: String,
    /// From which address somebody signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// What the browser called itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
}

impl SessionView {
    pub(crate) fn new(session: &Session, asks: Option<&Acting>) -> Self {
        let is_current =
            |acting: &Acting| matches!(acting.through, Through::Session(id) if id == session.id);
        Self {
            id: session.id.to_string(),
            current: asks.is_some_and(is_current),
            created_at: session.created_at.to_string(),
            last_used_at: session.last_used_at.to_string(),
            expires_at: session.expires_at.to_string(),
            address: session.address.map(|address| address.to_string()),
            user_agent: session.user_agent.clone(),
        }
    }
}

/// Who has signed in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignedIn)]
pub(crate) struct WhoView {
    /// The user.
    #[schema(example = "anna")]
    user: String,
    /// Whether the user may do everything.
    superadmin: bool,
    /// The organizations that the user belongs to.
    organizations: Vec<MembershipView>,
}

/// An organization that somebody belongs to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub(crate) struct MembershipView {
    /// The organization.
    #[schema(example = "acme")]
    name: String,
    /// `member` or `admin`.
    role: String,
}

impl WhoView {
    /// `None` if it is no person who acts.
    pub(crate) fn new(acting: &Acting) -> Option<Self> {
        let membership = |standing: &Standing| {
            let role = standing.role.map(Role::as_str)?;
            Some(MembershipView {
                name: standing.account.id.clone(),
                role: role.to_owned(),
            })
        };
        Some(Self {
            user: acting.user.as_ref()?.to_string(),
            superadmin: acting.superadmin,
            organizations: acting.standings.iter().filter_map(membership).collect(),
        })
    }
}
