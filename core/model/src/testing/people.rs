//! The part of the catalogue in memory that knows people.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::accounts::{AccessGrant, Account, AccountName, Granted, Member, Person, Standing};
use crate::ports::{
    AccountChanges, AccountQuery, Accounts, CatalogError, Grants, PasswordHash, SessionChanges,
    Sessions,
};
use crate::sessions::{Session, SessionPolicy, TokenHash};
use crate::testing::MemoryCatalog;
use crate::testing::catalog::MemoryTransaction;
use crate::{AccountKind, AccountRef, Id, Timestamp};

/// What is known about people.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
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

#[async_trait]
impl AccountChanges for MemoryTransaction {
    async fn lock_account(&mut self, name: &str) -> Result<Option<Account>, CatalogError> {
        Ok(self.working.people.accounts.get(name).cloned())
    }

    async fn insert_account(
        &mut self,
        account: &Account,
        password: Option<&PasswordHash>,
    ) -> Result<bool, CatalogError> {
        let name = account.name.to_string();
        if self.working.people.accounts.contains_key(&name) {
            return Ok(false);
        }
        self.working.people.accounts.insert(name, account.clone());
        self.set_password(&account.name, password).await?;
        Ok(true)
    }

    async fn update_account(&mut self, account: &Account) -> Result<(), CatalogError> {
        let accounts = &mut self.working.people.accounts;
        accounts.insert(account.name.to_string(), account.clone());
        Ok(())
    }

    async fn set_password(
        &mut self,
        name: &AccountName,
        password: Option<&PasswordHash>,
    ) -> Result<(), CatalogError> {
        let passwords = &mut self.working.people.passwords;
        match password {
            Some(password) => passwords.insert(name.to_string(), password.clone()),
            None => passwords.remove(name.as_str()),
        };
        Ok(())
    }

    async fn lock_superadmins(&mut self) -> Result<Vec<String>, CatalogError> {
        let accounts = self.working.people.accounts.values();
        let superadmins = accounts.filter(|account| account.superadmin && account.is_active());
        Ok(superadmins
            .map(|account| account.name.to_string())
            .collect())
    }

    async fn put_member(&mut self, member: &Member) -> Result<(), CatalogError> {
        self.remove_member(&member.organization, &member.user)
            .await?;
        self.working.people.members.push(member.clone());
        Ok(())
    }

    async fn memberships_of(&mut self, user: &AccountName) -> Result<u64, CatalogError> {
        let members = self.working.people.members.iter();
        Ok(members.filter(|member| member.user == *user).count() as u64)
    }

    async fn remove_member(
        &mut self,
        organization: &AccountName,
        user: &AccountName,
    ) -> Result<bool, CatalogError> {
        let members = &mut self.working.people.members;
        let before = members.len();
        members.retain(|member| (&member.organization, &member.user) != (organization, user));
        Ok(members.len() < before)
    }

    async fn remove_memberships(&mut self, account: &AccountName) -> Result<(), CatalogError> {
        let members = &mut self.working.people.members;
        members.retain(|member| member.organization != *account && member.user != *account);
        Ok(())
    }

    async fn insert_grant(&mut self, grant: &AccessGrant) -> Result<(), CatalogError> {
        let grants = &mut self.working.people.grants;
        if grants.iter().any(|one| one.account.id == grant.account.id) {
            return Err(CatalogError::Conflict);
        }
        grants.push(grant.clone());
        Ok(())
    }

    async fn update_grant(
        &mut self,
        id: Id<AccessGrant>,
        granted: &Granted,
    ) -> Result<bool, CatalogError> {
        let grants = &mut self.working.people.grants;
        let found = grants.iter_mut().find(|grant| grant.id == id);
        Ok(found
            .map(|grant| grant.granted.clone_from(granted))
            .is_some())
    }

    async fn delete_grant_of(&mut self, account: &str) -> Result<bool, CatalogError> {
        let grants = &mut self.working.people.grants;
        let before = grants.len();
        grants.retain(|grant| grant.account.id != account);
        Ok(grants.len() < before)
    }

    async fn revoke_keys_of(
        &mut self,
        account: &AccountRef,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let keys = self.working.keys.iter_mut();
        for key in keys.filter(|key| key.owner.as_ref() == Some(account)) {
            key.revoked_at.get_or_insert(now);
        }
        Ok(())
    }

    async fn person_to_rely_on(&mut self, name: &str) -> Result<Option<Person>, CatalogError> {
        Ok(self.working.people.person(name))
    }
}

#[async_trait]
impl SessionChanges for MemoryTransaction {
    async fn insert_session(&mut self, session: &Session, kept: u32) -> Result<(), CatalogError> {
        let sessions = &mut self.working.people.sessions;
        sessions.push(session.clone());
        let own = sessions.iter().filter(|one| one.user == session.user);
        let mut own: Vec<_> = own.map(|one| one.id.to_string()).collect();
        own.sort_by_key(|id| Reverse(id.clone()));
        let oldest = own.split_off(own.len().min(kept as usize));
        sessions.retain(|one| !oldest.contains(&one.id.to_string()));
        Ok(())
    }

    async fn end_session(&mut self, id: Id<Session>) -> Result<bool, CatalogError> {
        let sessions = &mut self.working.people.sessions;
        let before = sessions.len();
        sessions.retain(|session| session.id != id);
        Ok(sessions.len() < before)
    }

    async fn end_session_of_token(&mut self, hash: &TokenHash) -> Result<(), CatalogError> {
        let sessions = &mut self.working.people.sessions;
        sessions.retain(|session| session.hash != *hash);
        Ok(())
    }

    async fn end_sessions_of(
        &mut self,
        user: &AccountName,
        but: Option<Id<Session>>,
    ) -> Result<(), CatalogError> {
        let sessions = &mut self.working.people.sessions;
        sessions.retain(|session| session.user != *user || Some(session.id) == but);
        Ok(())
    }

    async fn session_is_there(&mut self, id: Id<Session>) -> Result<bool, CatalogError> {
        let mut sessions = self.working.people.sessions.iter();
        Ok(sessions.any(|session| session.id == id))
    }

    async fn put_setup_link(
        &mut self,
        hash: &TokenHash,
        expires_at: Timestamp,
    ) -> Result<(), CatalogError> {
        self.working.people.setup_link = Some((*hash, expires_at));
        Ok(())
    }

    async fn take_setup_link(
        &mut self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let link = &mut self.working.people.setup_link;
        let is_the_one =
            link.is_some_and(|(offered, expires_at)| offered == *hash && now < expires_at);
        if is_the_one {
            *link = None;
        }
        Ok(is_the_one)
    }

    async fn withdraw_setup_link(&mut self) -> Result<(), CatalogError> {
        self.working.people.setup_link = None;
        Ok(())
    }
}
