//! The part of the catalogue in memory that knows people.

mod changes;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::accounts::{AccessGrant, Account, AccountName, Member, Person, Standing};
use crate::ports::{AccountQuery, Accounts, CatalogError, Grants, PasswordHash, Sessions};
use crate::sessions::{Session, SessionPolicy, TokenHash};
use crate::testing::MemoryCatalog;
use crate::{AccountKind, AccountRef, Id, Timestamp};

/// What is known about people.
#[derive(Clone, Debug, Default)]
pub(in crate::testing) struct People {
    accounts: BTreeMap<String, Account>,
    passwords: BTreeMap<String, PasswordHash>,
    members: Vec<Member>,
    grants: Vec<AccessGrant>,
    sessions: Vec<Session>,
    setup_link: Option<(TokenHash, Timestamp)>,
}

impl People {
    fn account(&self, name: &str) -> Option<&Account> {
        self.accounts
            .get(name)
            .filter(|account| account.deleted_at.is_none())
    }

    fn person(&self, name: &str) -> Option<Person> {
        let is_active_user =
            |account: &&Account| account.is_active() && account.kind == AccountKind::User;
        let user = self.account(name).filter(is_active_user)?;
        let mut standings = vec![self.standing(&user.reference())?];
        let memberships = self.members.iter().filter(|one| one.user == user.name);
        for membership in memberships {
            let organization = AccountRef::organization(&membership.organization);
            standings.extend(self.standing(&organization).map(|standing| Standing {
                role: Some(membership.role),
                ..standing
            }));
        }
        Some(Person {
            name: user.name.clone(),
            superadmin: user.superadmin,
            standings,
        })
    }

    fn standing(&self, account: &AccountRef) -> Option<Standing> {
        let found = self.account(&account.id)?;
        let grant = self.grants.iter().find(|grant| grant.account == *account);
        (found.is_active() && found.kind == account.kind).then(|| Standing {
            account: account.clone(),
            role: None,
            grant: grant.map(|grant| grant.granted.clone()),
        })
    }
}

#[async_trait]
impl Accounts for MemoryCatalog {
    async fn account(&self, name: &str) -> Result<Option<Account>, CatalogError> {
        Ok(self.lock().people.account(name).cloned())
    }

    async fn password_of(&self, name: &AccountName) -> Result<Option<PasswordHash>, CatalogError> {
        Ok(self.lock().people.passwords.get(name.as_str()).cloned())
    }

    async fn accounts(&self, query: &AccountQuery) -> Result<Vec<Account>, CatalogError> {
        let tables = self.lock();
        let people = &tables.people;
        let wanted = |account: &&Account| {
            account.deleted_at.is_none()
                && query.kind.is_none_or(|kind| account.kind == kind)
                && query
                    .after
                    .as_ref()
                    .is_none_or(|after| account.name.as_str() > after.as_str())
                && query.with_member.as_ref().is_none_or(|user| {
                    let is_in =
                        |one: &Member| one.user == *user && one.organization == account.name;
                    people.members.iter().any(is_in)
                })
        };
        let accounts = people.accounts.values().filter(wanted);
        Ok(accounts.take(query.limit as usize).cloned().collect())
    }

    async fn person(&self, name: &str) -> Result<Option<Person>, CatalogError> {
        Ok(self.lock().people.person(name))
    }

    async fn standing(&self, account: &AccountRef) -> Result<Option<Standing>, CatalogError> {
        Ok(self.lock().people.standing(account))
    }

    async fn members(
        &self,
        organization: &AccountName,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Member>, CatalogError> {
        let tables = self.lock();
        let wanted = |one: &&Member| {
            one.organization == *organization && after.is_none_or(|after| one.user.as_str() > after)
        };
        let mut members: Vec<_> = tables
            .people
            .members
            .iter()
            .filter(wanted)
            .cloned()
            .collect();
        members.sort_by(|one, other| one.user.cmp(&other.user));
        members.truncate(limit as usize);
        Ok(members)
    }

    async fn has_superadmin(&self) -> Result<bool, CatalogError> {
        let tables = self.lock();
        let mut accounts = tables.people.accounts.values();
        Ok(accounts.any(|account| account.superadmin && account.deleted_at.is_none()))
    }

    async fn setup_link_works(
        &self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let link = self.lock().people.setup_link;
        Ok(link.is_some_and(|(offered, expires_at)| offered == *hash && now < expires_at))
    }
}

#[async_trait]
impl Grants for MemoryCatalog {
    async fn grant(&self, id: Id<AccessGrant>) -> Result<Option<AccessGrant>, CatalogError> {
        let tables = self.lock();
        Ok(tables
            .people
            .grants
            .iter()
            .find(|one| one.id == id)
            .cloned())
    }

    async fn grant_of(&self, account: &str) -> Result<Option<AccessGrant>, CatalogError> {
        let tables = self.lock();
        let mut grants = tables.people.grants.iter();
        Ok(grants.find(|one| one.account.id == account).cloned())
    }

    async fn grants(
        &self,
        before: Option<Id<AccessGrant>>,
        limit: u32,
    ) -> Result<Vec<AccessGrant>, CatalogError> {
        let mut grants = self.lock().people.grants.clone();
        grants.sort_by_key(|grant| Reverse(grant.id.to_string()));
        grants
            .retain(|grant| before.is_none_or(|before| grant.id.to_string() < before.to_string()));
        grants.truncate(limit as usize);
        Ok(grants)
    }
}

#[async_trait]
impl Sessions for MemoryCatalog {
    async fn session(&self, hash: &TokenHash) -> Result<Option<Session>, CatalogError> {
        let tables = self.lock();
        Ok(tables
            .people
            .sessions
            .iter()
            .find(|one| one.hash == *hash)
            .cloned())
    }

    async fn session_of_id(&self, id: Id<Session>) -> Result<Option<Session>, CatalogError> {
        let tables = self.lock();
        Ok(tables
            .people
            .sessions
            .iter()
            .find(|one| one.id == id)
            .cloned())
    }

    async fn sessions(
        &self,
        user: &AccountName,
        (policy, now): (SessionPolicy, Timestamp),
        before: Option<Id<Session>>,
        limit: u32,
    ) -> Result<Vec<Session>, CatalogError> {
        let mut sessions = self.lock().people.sessions.clone();
        sessions.retain(|one| one.user == *user && one.is_alive(policy, now));
        sessions.sort_by_key(|one| Reverse(one.id.to_string()));
        sessions.retain(|one| before.is_none_or(|before| one.id.to_string() < before.to_string()));
        sessions.truncate(limit as usize);
        Ok(sessions)
    }

    async fn note_session_use(
        &self,
        uses: &[(Id<Session>, Timestamp)],
    ) -> Result<(), CatalogError> {
        let mut tables = self.lock();
        for (id, at) in uses {
            let sessions = tables.people.sessions.iter_mut();
            for session in sessions.filter(|session| session.id == *id) {
                session.last_used_at = session.last_used_at.max(*at);
            }
        }
        Ok(())
    }

    async fn forget_sessions(&self, expired_before: Timestamp) -> Result<(), CatalogError> {
        let sessions = &mut self.lock().people.sessions;
        sessions.retain(|session| session.expires_at >= expired_before);
        Ok(())
    }
}
