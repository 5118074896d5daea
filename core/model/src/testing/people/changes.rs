//! Changing people, as part of a transaction in memory.

use std::cmp::Reverse;

use async_trait::async_trait;

use crate::accounts::{AccessGrant, Account, AccountName, Granted, Member, Person};
use crate::keys::{ApiKey, KeyType};
use crate::ports::{AccountChanges, CatalogError, PasswordHash, SessionChanges};
use crate::sessions::{Session, TokenHash};
use crate::testing::catalog::MemoryTransaction;
use crate::{AccountRef, Id, Timestamp};

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

    async fn replace_hash(
        &mut self,
        name: &AccountName,
        before: &PasswordHash,
        after: &PasswordHash,
    ) -> Result<bool, CatalogError> {
        let is_there = self.lock_password(name, before).await?;
        if is_there {
            self.set_password(name, Some(after)).await?;
        }
        Ok(is_there)
    }

    async fn lock_password(
        &mut self,
        name: &AccountName,
        hash: &PasswordHash,
    ) -> Result<bool, CatalogError> {
        let stored = self.working.people.passwords.get(name.as_str());
        Ok(stored == Some(hash))
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

    async fn revoke_tokens_of(
        &mut self,
        user: &AccountName,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let owner = Some(AccountRef::user(user));
        let is_token = |key: &&mut ApiKey| key.kind == KeyType::User && key.owner == owner;
        for key in self.working.keys.iter_mut().filter(is_token) {
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
