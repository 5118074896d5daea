//! What is stored about a session, and for how long it holds.

use std::net::IpAddr;
use std::time::Duration;

use crate::accounts::AccountName;
use crate::sessions::TokenHash;
use crate::{Id, Timestamp};

/// A browser that somebody has signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its identifier, which is no secret.
    pub id: Id<Session>,
    /// The hash of its token.
    pub hash: TokenHash,
    /// Who signed in.
    pub user: AccountName,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to within some minutes.
    pub last_used_at: Timestamp,
    /// When it ends, however much it is used.
    pub expires_at: Timestamp,
    /// From which address somebody signed in.
    pub address: Option<IpAddr>,
    /// What the browser called itself.
    pub user_agent: Option<String>,
}

impl Session {
    /// Whether it still holds: neither over nor left alone for too long.
    pub fn is_alive(&self, policy: SessionPolicy, now: Timestamp) -> bool {
        now < self.expires_at && now.since(self.last_used_at) < policy.idle
    }
}

/// For how long sessions hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionPolicy {
    /// How long one may be left alone.
    pub idle: Duration,
    /// How long one holds at most.
    pub lifetime: Duration,
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self {
            idle: Duration::from_hours(12),
            lifetime: Duration::from_hours(7 * 24),
        }
    }
}

/// From where somebody comes who signs in.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The address.
    pub address: Option<IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl Visitor {
    /// What is kept of the client's word for itself: it is shown in lists, so it must be short and plain.
    pub(super) fn shown_agent(&self) -> Option<String> {
        let plain = |text: &String| {
            text.chars()
                .filter(|character| !character.is_control())
                .take(200)
                .collect()
        };
        self.user_agent.as_ref().map(plain)
    }
}
