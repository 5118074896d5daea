//! Changing accounts, memberships and grants.

use async_trait::async_trait;
use cellier_model::accounts::{AccessGrant, Account, AccountName, Granted, Member, Person};
use cellier_model::ports::{AccountChanges, CatalogError, PasswordHash};
use cellier_model::{AccountRef, Id, Timestamp};

use crate::catalog::accounts::{account, account_columns, person, person_query};
use crate::catalog::grants::write_scopes;
use crate::catalog::records::json;
use crate::catalog::transaction::StoreTransaction;
use crate::db::Query;

#[async_trait]
impl AccountChanges for StoreTransaction {
    async fn lock_account(&mut self, name: &str) -> Result<Option<Account>, CatalogError> {
        let select = concat!(
            "SELECT ",
            account_columns!(),
            " FROM accounts a WHERE a.name = $1"
        );
        let mut query = Query::new("lock an account", select).bind(name);
        if self.0.locks_rows() {
            query.push(" FOR UPDATE");
        }
        let row = self.0.fetch_optional(query).await?;
        row.as_ref().map(account).transpose()
    }

    async fn insert_account(
        &mut self,
        account: &Account,
        password: Option<&PasswordHash>,
    ) -> Result<bool, CatalogError> {
        let insert = "INSERT INTO accounts (name, kind, superadmin, password, created_by, created_at, disabled_at, \
                      deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING";
        let query = Query::new("make an account", insert)
            .bind(account.name.as_str())
            .bind(account.kind.as_str())
            .bind(account.superadmin)
            .bind(password.map(|hash| hash.as_str().to_owned()))
            .bind(json("uploader", &account.created_by)?)
            .bind(account.created_at.as_micros())
            .bind(account.disabled_at.map(Timestamp::as_micros))
            .bind(account.deleted_at.map(Timestamp::as_micros));
        Ok(self.0.execute(query).await? == 1)
    }

    async fn update_account(&mut self, account: &Account) -> Result<(), CatalogError> {
        let update = "UPDATE accounts SET superadmin = $2, disabled_at = $3, deleted_at = $4 WHERE name = $1";
        let query = Query::new("write an account", update)
            .bind(account.name.as_str())
            .bind(account.superadmin)
            .bind(account.disabled_at.map(Timestamp::as_micros))
            .bind(account.deleted_at.map(Timestamp::as_micros));
        self.execute(query).await
    }

    async fn set_password(
        &mut self,
        name: &AccountName,
        password: Option<&PasswordHash>,
    ) -> Result<(), CatalogError> {
        let update = "UPDATE accounts SET password = $2 WHERE name = $1";
        let query = Query::new("set a password", update)
            .bind(name.as_str())
            .bind(password.map(|hash| hash.as_str().to_owned()));
        self.execute(query).await
    }

    async fn replace_hash(
        &mut self,
        name: &AccountName,
        before: &PasswordHash,
        after: &PasswordHash,
    ) -> Result<bool, CatalogError> {
        let update = "UPDATE accounts SET password = $3 WHERE name = $1 AND password = $2";
        let query = Query::new("renew the hash of a password", update)
            .bind(name.as_str())
            .bind(before.as_str())
            .bind(after.as_str());
        Ok(self.0.execute(query).await? == 1)
    }

    async fn lock_password(
        &mut self,
        name: &AccountName,
        hash: &PasswordHash,
    ) -> Result<bool, CatalogError> {
        let select = "SELECT name FROM accounts WHERE name = $1 AND password = $2";
        let mut query = Query::new("lock a password", select)
            .bind(name.as_str())
            .bind(hash.as_str());
        if self.0.locks_rows() {
            query.push(" FOR UPDATE");
        }
        Ok(self.0.fetch_optional(query).await?.is_some())
    }

    async fn lock_superadmins(&mut self) -> Result<Vec<String>, CatalogError> {
        let select = "SELECT name FROM accounts WHERE superadmin AND disabled_at IS NULL AND deleted_at IS NULL \
                      ORDER BY name";
        let mut query = Query::new("lock the superadmins", select);
        if self.0.locks_rows() {
            query.push(" FOR UPDATE");
        }
        let rows = self.0.fetch_all(query).await?;
        rows.iter().map(|row| row.text("name")).collect()
    }

    async fn put_member(&mut self, member: &Member) -> Result<(), CatalogError> {
        let upsert = "INSERT INTO members (organization, user_name, role, added_at) VALUES ($1, $2, $3, $4) \
                      ON CONFLICT (organization, user_name) DO UPDATE SET role = excluded.role";
        let query = Query::new("add a member", upsert)
            .bind(member.organization.as_str())
            .bind(member.user.as_str())
            .bind(member.role.as_str())
            .bind(member.added_at.as_micros());
        self.execute(query).await
    }

    async fn memberships_of(&mut self, user: &AccountName) -> Result<u64, CatalogError> {
        let select = "SELECT count(*) AS count FROM members WHERE user_name = $1";
        let query = Query::new("count memberships", select).bind(user.as_str());
        let row = self.0.fetch_optional(query).await?;
        row.map_or(Ok(0), |row| row.unsigned("count"))
    }

    async fn remove_member(
        &mut self,
        organization: &AccountName,
        user: &AccountName,
    ) -> Result<bool, CatalogError> {
        let delete = "DELETE FROM members WHERE organization = $1 AND user_name = $2";
        let query = Query::new("remove a member", delete)
            .bind(organization.as_str())
            .bind(user.as_str());
        Ok(self.0.execute(query).await? == 1)
    }

    async fn remove_memberships(&mut self, account: &AccountName) -> Result<(), CatalogError> {
        for delete in [
            "DELETE FROM members WHERE organization = $1",
            "DELETE FROM members WHERE user_name = $1",
        ] {
            let query = Query::new("remove memberships", delete).bind(account.as_str());
            self.execute(query).await?;
        }
        Ok(())
    }

    async fn insert_grant(&mut self, grant: &AccessGrant) -> Result<(), CatalogError> {
        let insert = "INSERT INTO access_grants (id, account, kind, download, publish, granted_by, granted_at) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let query = Query::new("make a grant", insert)
            .bind(grant.id.to_string())
            .bind(grant.account.id.as_str())
            .bind(grant.account.kind.as_str())
            .bind(write_scopes(&grant.granted.download)?)
            .bind(write_scopes(&grant.granted.publish)?)
            .bind(json("uploader", &grant.granted_by)?)
            .bind(grant.granted_at.as_micros());
        self.execute(query).await
    }

    async fn update_grant(
        &mut self,
        id: Id<AccessGrant>,
        granted: &Granted,
    ) -> Result<bool, CatalogError> {
        let update = "UPDATE access_grants SET download = $2, publish = $3 WHERE id = $1";
        let query = Query::new("write a grant", update)
            .bind(id.to_string())
            .bind(write_scopes(&granted.download)?)
            .bind(write_scopes(&granted.publish)?);
        Ok(self.0.execute(query).await? == 1)
    }

    async fn delete_grant_of(&mut self, account: &str) -> Result<bool, CatalogError> {
        let delete = "DELETE FROM access_grants WHERE account = $1";
        let query = Query::new("delete a grant", delete).bind(account);
        Ok(self.0.execute(query).await? == 1)
    }

    async fn revoke_keys_of(
        &mut self,
        account: &AccountRef,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let update = "UPDATE api_keys SET revoked_at = $3 \
                      WHERE owner_name = $1 AND owner_kind = $2 AND revoked_at IS NULL";
        let query = Query::new("revoke the keys of an account", update)
            .bind(account.id.as_str())
            .bind(account.kind.as_str())
            .bind(now.as_micros());
        self.execute(query).await
    }

    async fn revoke_tokens_of(
        &mut self,
        user: &AccountName,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        let update = "UPDATE api_keys SET revoked_at = $2 WHERE owner_name = $1 AND owner_kind = 'user' \
                      AND kind = 'user' AND revoked_at IS NULL";
        let query = Query::new("revoke the tokens of a user", update)
            .bind(user.as_str())
            .bind(now.as_micros());
        self.execute(query).await
    }

    async fn person_to_rely_on(&mut self, name: &str) -> Result<Option<Person>, CatalogError> {
        if self.0.locks_rows() {
            let select = "SELECT a.name FROM accounts a \
                          WHERE a.name IN (SELECT $1 UNION ALL SELECT organization FROM members WHERE user_name = $1) \
                          ORDER BY a.name FOR SHARE OF a";
            let query = Query::new("share the lock of a person's accounts", select).bind(name);
            self.0.fetch_all(query).await?;
        }
        let rows = self.0.fetch_all(person_query(name)).await?;
        person(&rows, name)
    }
}
