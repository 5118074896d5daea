//! Somebody who acts for accounts.

use std::sync::Arc;

use crate::access::of_key::check_scope;
use crate::access::{Denial, Target};
use crate::accounts::{AccountName, Person, Standing};
use crate::keys::{ApiKey, KeyType, Scope};
use crate::ports::PasswordHash;
use crate::sessions::Session;
use crate::{AccountRef, Id};

/// Somebody who acts for accounts, with all that follows from that at this moment. Read anew for every request.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The person; `None` for a read key, which acts for its account alone.
    pub user: Option<AccountName>,
    /// Whether the person may do everything.
    pub superadmin: bool,
    /// The accounts: the user's own and the organizations that the user belongs to, each with its grant.
    pub standings: Vec<Standing>,
    /// How the rights came here, and what limits them on the way.
    pub through: Through,
}

/// How somebody's rights came into a request.
#[derive(Clone, Debug)]
pub enum Through {
    /// By the password, a moment ago. With the hash that it was compared with: whoever opens a session or issues a token by
    /// it makes sure that this is still the password.
    Password(Option<PasswordHash>),
    /// By a session.
    Session(Id<Session>),
    /// By a key, whose type and scope limit them.
    Key(Arc<ApiKey>),
}

impl Acting {
    /// A person.
    pub fn person(person: Person, through: Through) -> Self {
        Self {
            user: Some(person.name),
            superadmin: person.superadmin,
            standings: person.standings,
            through,
        }
    }

    /// A read key of an account.
    pub fn read_key(standing: Standing, key: Arc<ApiKey>) -> Self {
        Self {
            user: None,
            superadmin: false,
            standings: vec![standing],
            through: Through::Key(key),
        }
    }

    /// What it is called: the person, or the account of a read key.
    pub fn name(&self) -> Option<&str> {
        match &self.user {
            Some(user) => Some(user.as_str()),
            None => self.accounts().next().map(|account| account.id.as_str()),
        }
    }

    /// The key, if the rights came by one.
    pub fn key(&self) -> Option<&ApiKey> {
        match &self.through {
            Through::Key(key) => Some(key),
            Through::Password(_) | Through::Session(_) => None,
        }
    }

    /// The accounts that are acted for.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountRef> {
        self.standings.iter().map(|standing| &standing.account)
    }

    /// The standing in an account, if it is one that is acted for.
    pub fn standing(&self, account: &AccountRef) -> Option<&Standing> {
        self.standings
            .iter()
            .find(|standing| standing.account == *account)
    }

    /// Whether one of these is acted for.
    pub(super) fn acts_for_any(&self, accounts: &[AccountRef]) -> bool {
        accounts
            .iter()
            .any(|account| self.standing(account).is_some())
    }

    /// What may be published, by the grants of all accounts together.
    pub(super) fn publish_scopes(&self) -> impl Iterator<Item = &Scope> {
        let grants = self.standings.iter().filter_map(|one| one.grant.as_ref());
        grants.flat_map(|granted| &granted.publish)
    }

    /// Whether a grant lets the accounts publish the target.
    pub(super) fn may_publish_by_grant(&self, target: Target<'_>) -> bool {
        self.publish_scopes()
            .any(|scope| check_scope(scope, target).is_ok())
    }

    /// Whether a grant lets the accounts download the target.
    pub(super) fn may_download_by_grant(&self, target: Target<'_>) -> bool {
        let mut grants = self.standings.iter().filter_map(|one| one.grant.as_ref());
        grants.any(|granted| {
            let mut scopes = granted.download.iter();
            scopes.any(|scope| check_scope(scope, target).is_ok())
        })
    }

    /// Whether the key through which the rights came covers the target.
    pub(super) fn check_limit(&self, target: Target<'_>) -> Result<(), Denial> {
        match self.key() {
            Some(key) => check_scope(&key.scope, target),
            None => Ok(()),
        }
    }

    /// Whether the key through which the rights came lets anything be changed.
    pub(super) fn check_may_change(&self) -> Result<(), Denial> {
        match self.key() {
            Some(key) if key.kind != KeyType::User => Err(Denial::WrongKeyType {
                has: key.kind,
                needs: "an upload key",
            }),
            Some(key) if key.read_only => Err(Denial::ReadOnlyToken),
            _ => Ok(()),
        }
    }

    /// Whether nothing limits the rights: what is not about artefacts is done in person, or with a token as good as that.
    pub(super) fn check_unlimited(&self) -> Result<(), Denial> {
        match self.key() {
            Some(key) if key.kind != KeyType::User => Err(Denial::SessionNeeded),
            Some(key) if key.read_only || !key.scope.is_unlimited() => Err(Denial::LimitedToken),
            _ => Ok(()),
        }
    }

    /// A read key is worth as much as its account's grant: without one it reads nothing, not even what is public, so that
    /// whoever relies on it notices.
    pub(super) fn check_grant_of_read_key(&self) -> Result<(), Denial> {
        let is_read_key = self.key().is_some_and(|key| key.kind == KeyType::Read);
        if is_read_key
            && self
                .standings
                .iter()
                .all(|standing| standing.grant.is_none())
        {
            Err(Denial::KeyWithoutGrant)
        } else {
            Ok(())
        }
    }
}
