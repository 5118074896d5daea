//! The part of the catalogue that knows people: accounts, memberships, grants, sessions.

use async_trait::async_trait;

use crate::accounts::{AccessGrant, Account, AccountName, Granted, Member, Person, Standing};
use crate::ports::{CatalogError, PasswordHash};
use crate::sessions::{Session, SessionPolicy, TokenHash};
use crate::{AccountKind, AccountRef, Id, Timestamp};

/// Reading accounts. Deleted ones are never found, disabled ones are.
#[async_trait]
pub trait Accounts {
    /// One account.
    async fn account(&self, name: &str) -> Result<Option<Account>, CatalogError>;

    /// The hash of an account's password, if it has one.
    async fn password_of(&self, name: &AccountName) -> Result<Option<PasswordHash>, CatalogError>;

    /// A page of accounts, by name.
    async fn accounts(&self, query: &AccountQuery) -> Result<Vec<Account>, CatalogError>;

    /// A user who may act right now, with all standings; `None` if the user is not there, disabled or no user.
    async fn person(&self, name: &str) -> Result<Option<Person>, CatalogError>;

    /// The standing of one account alone; `None` if it is not there or disabled.
    async fn standing(&self, account: &AccountRef) -> Result<Option<Standing>, CatalogError>;

    /// A page of the members of an organization, by name; those after `after` if it is given.
    async fn members(
        &self,
        organization: &AccountName,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Member>, CatalogError>;

    /// Whether there is a superadmin, be it a disabled one.
    async fn has_superadmin(&self) -> Result<bool, CatalogError>;

    /// Whether this is the set-up link that is offered right now.
    async fn setup_link_works(
        &self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, CatalogError>;
}

/// Reading grants.
#[async_trait]
pub trait Grants {
    /// A grant.
    async fn grant(&self, id: Id<AccessGrant>) -> Result<Option<AccessGrant>, CatalogError>;

    /// The grant of an account.
    async fn grant_of(&self, account: &str) -> Result<Option<AccessGrant>, CatalogError>;

    /// A page of grants, newest first; those before `before` if it is given.
    async fn grants(
        &self,
        before: Option<Id<AccessGrant>>,
        limit: u32,
    ) -> Result<Vec<AccessGrant>, CatalogError>;
}

/// Reading sessions.
#[async_trait]
pub trait Sessions {
    /// The session of a token, one that has expired too.
    async fn session(&self, hash: &TokenHash) -> Result<Option<Session>, CatalogError>;

    /// A session by its identifier.
    async fn session_of_id(&self, id: Id<Session>) -> Result<Option<Session>, CatalogError>;

    /// A page of the sessions of a user that hold at a time, newest first; those before `before` if it is given.
    async fn sessions(
        &self,
        user: &AccountName,
        (policy, now): (SessionPolicy, Timestamp),
        before: Option<Id<Session>>,
        limit: u32,
    ) -> Result<Vec<Session>, CatalogError>;

    /// Notes when sessions were last used; a time that is older than the stored one changes nothing.
    async fn note_session_use(&self, uses: &[(Id<Session>, Timestamp)])
    -> Result<(), CatalogError>;

    /// Removes sessions that expired before this time.
    async fn forget_sessions(&self, expired_before: Timestamp) -> Result<(), CatalogError>;
}

/// Changing accounts, memberships and grants, as part of a transaction.
///
/// A right that is taken away waits until every change that relies on it is through: whoever relies on an account's
/// rights shares its lock ([`AccountChanges::person_to_rely_on`]), whoever changes them takes it
/// ([`AccountChanges::lock_account`]).
#[async_trait]
pub trait AccountChanges {
    /// Locks an account and gives it as it is now, deleted ones too.
    async fn lock_account(&mut self, name: &str) -> Result<Option<Account>, CatalogError>;

    /// Makes an account unless its name is taken, now or once; whether it was made.
    async fn insert_account(
        &mut self,
        account: &Account,
        password: Option<&PasswordHash>,
    ) -> Result<bool, CatalogError>;

    /// Writes whether an account is a superadmin, disabled, deleted.
    async fn update_account(&mut self, account: &Account) -> Result<(), CatalogError>;

    /// Sets an account's password or takes it away.
    async fn set_password(
        &mut self,
        name: &AccountName,
        password: Option<&PasswordHash>,
    ) -> Result<(), CatalogError>;

    /// Puts a hash into the place of another of the same password; `false` if that is not the account's any more.
    async fn replace_hash(
        &mut self,
        name: &AccountName,
        before: &PasswordHash,
        after: &PasswordHash,
    ) -> Result<bool, CatalogError>;

    /// Whether an account still has this hash, locked so that it keeps it until the transaction ends.
    async fn lock_password(
        &mut self,
        name: &AccountName,
        hash: &PasswordHash,
    ) -> Result<bool, CatalogError>;

    /// Locks the superadmins that are neither disabled nor deleted, and gives their names. To be called before any other
    /// account is locked.
    async fn lock_superadmins(&mut self) -> Result<Vec<String>, CatalogError>;

    /// Makes somebody a member, or gives a member another role.
    async fn put_member(&mut self, member: &Member) -> Result<(), CatalogError>;

    /// How many organizations a user belongs to.
    async fn memberships_of(&mut self, user: &AccountName) -> Result<u64, CatalogError>;

    /// Ends a membership; whether there was one.
    async fn remove_member(
        &mut self,
        organization: &AccountName,
        user: &AccountName,
    ) -> Result<bool, CatalogError>;

    /// Ends every membership of a user, or in an organization.
    async fn remove_memberships(&mut self, account: &AccountName) -> Result<(), CatalogError>;

    /// Makes a grant; [`CatalogError::Conflict`] if the account has one.
    async fn insert_grant(&mut self, grant: &AccessGrant) -> Result<(), CatalogError>;

    /// Writes what a grant allows; whether it was there.
    async fn update_grant(
        &mut self,
        id: Id<AccessGrant>,
        granted: &Granted,
    ) -> Result<bool, CatalogError>;

    /// Takes away the grant of an account; whether there was one.
    async fn delete_grant_of(&mut self, account: &str) -> Result<bool, CatalogError>;

    /// Revokes every key of an account.
    async fn revoke_keys_of(
        &mut self,
        account: &AccountRef,
        now: Timestamp,
    ) -> Result<(), CatalogError>;

    /// Revokes the tokens that a user got by signing in with clients; no other key of the user.
    async fn revoke_tokens_of(
        &mut self,
        user: &AccountName,
        now: Timestamp,
    ) -> Result<(), CatalogError>;

    /// The same as [`Accounts::person`], locked so that none of the rights is taken away before the transaction ends.
    async fn person_to_rely_on(&mut self, name: &str) -> Result<Option<Person>, CatalogError>;
}

/// Changing sessions and the set-up link, as part of a transaction.
#[async_trait]
pub trait SessionChanges {
    /// Makes a session. Of those of its user only the newest so many are kept.
    async fn insert_session(&mut self, session: &Session, kept: u32) -> Result<(), CatalogError>;

    /// Ends a session; whether it was there.
    async fn end_session(&mut self, id: Id<Session>) -> Result<bool, CatalogError>;

    /// Ends the session of a token, if it is one.
    async fn end_session_of_token(&mut self, hash: &TokenHash) -> Result<(), CatalogError>;

    /// Ends the sessions of a user, all but one if that is given.
    async fn end_sessions_of(
        &mut self,
        user: &AccountName,
        but: Option<Id<Session>>,
    ) -> Result<(), CatalogError>;

    /// Whether a session is still there. Asked again before a long upload is committed.
    async fn session_is_there(&mut self, id: Id<Session>) -> Result<bool, CatalogError>;

    /// Offers a set-up link in place of the one before.
    async fn put_setup_link(
        &mut self,
        hash: &TokenHash,
        expires_at: Timestamp,
    ) -> Result<(), CatalogError>;

    /// Uses the set-up link up: whether this is the one, and has not expired.
    async fn take_setup_link(
        &mut self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, CatalogError>;

    /// Withdraws the set-up link, if one is offered.
    async fn withdraw_setup_link(&mut self) -> Result<(), CatalogError>;
}

/// Which accounts to list, by name.
#[derive(Clone, Debug)]
pub struct AccountQuery {
    /// Only of this kind.
    pub kind: Option<AccountKind>,
    /// Only organizations that this user belongs to.
    pub with_member: Option<AccountName>,
    /// Only those whose names come after this one: the last of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: u32,
}
