//! Accounts and memberships.

use async_trait::async_trait;
use cellier_model::accounts::{Account, AccountName, Granted, Member, Person, Standing};
use cellier_model::ports::{AccountQuery, Accounts, CatalogError, PasswordHash};
use cellier_model::sessions::TokenHash;
use cellier_model::{AccountKind, AccountRef, Timestamp};

use crate::catalog::Store;
use crate::catalog::grants::granted;
use crate::catalog::records::{optional_time, time};
use crate::catalog::sessions::setup_link_query;
use crate::db::{Query, Row};

macro_rules! account_columns {
    () => {
        "a.name, a.kind, a.superadmin, a.created_by, a.created_at, a.disabled_at, a.deleted_at"
    };
}
pub(super) use account_columns;

#[async_trait]
impl Accounts for Store {
    async fn account(&self, name: &str) -> Result<Option<Account>, CatalogError> {
        let select = concat!(
            "SELECT ",
            account_columns!(),
            " FROM accounts a WHERE a.name = $1 AND a.deleted_at IS NULL"
        );
        let query = Query::new("read an account", select).bind(name);
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(account).transpose()
    }

    async fn password_of(&self, name: &AccountName) -> Result<Option<PasswordHash>, CatalogError> {
        let select = "SELECT password FROM accounts WHERE name = $1";
        let query = Query::new("read a password's hash", select).bind(name.as_str());
        match self.database.fetch_optional(query).await? {
            Some(row) => Ok(row.optional_text("password")?.map(PasswordHash::stored)),
            None => Ok(None),
        }
    }

    async fn accounts(&self, wanted: &AccountQuery) -> Result<Vec<Account>, CatalogError> {
        let select = concat!(
            "SELECT ",
            account_columns!(),
            " FROM accounts a WHERE a.deleted_at IS NULL"
        );
        let mut query = Query::new("list accounts", select);
        if let Some(kind) = wanted.kind {
            query.push(" AND a.kind = ").push_value(kind.as_str());
        }
        if let Some(user) = &wanted.with_member {
            query.push(" AND a.name IN (SELECT organization FROM members WHERE user_name = ");
            query.push_value(user.as_str()).push(")");
        }
        if let Some(after) = &wanted.after {
            query.push(" AND a.name > ").push_value(after.as_str());
        }
        query
            .push(" ORDER BY a.name LIMIT ")
            .push_value(wanted.limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(account).collect()
    }

    async fn person(&self, name: &str) -> Result<Option<Person>, CatalogError> {
        let rows = self.database.fetch_all(person_query(name)).await?;
        person(&rows, name)
    }

    async fn standing(&self, account: &AccountRef) -> Result<Option<Standing>, CatalogError> {
        let select = "SELECT a.name, a.kind, NULL AS role, g.download, g.publish \
                      FROM accounts a LEFT JOIN access_grants g ON g.account = a.name \
                      WHERE a.name = $1 AND a.kind = $2 AND a.disabled_at IS NULL AND a.deleted_at IS NULL";
        let query = Query::new("read what an account may do", select)
            .bind(account.id.as_str())
            .bind(account.kind.as_str());
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(standing).transpose()
    }

    async fn members(
        &self,
        organization: &AccountName,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Member>, CatalogError> {
        let select =
            "SELECT organization, user_name, role, added_at FROM members WHERE organization = ";
        let mut query = Query::new("list members", select);
        query.push_value(organization.as_str());
        if let Some(after) = after {
            query.push(" AND user_name > ").push_value(after);
        }
        query.push(" ORDER BY user_name LIMIT ").push_value(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(member).collect()
    }

    async fn has_superadmin(&self) -> Result<bool, CatalogError> {
        let select =
            "SELECT 1 AS one FROM accounts WHERE superadmin AND deleted_at IS NULL LIMIT 1";
        let query = Query::new("look for a superadmin", select);
        Ok(self.database.fetch_optional(query).await?.is_some())
    }

    async fn setup_link_works(
        &self,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let query = setup_link_query(hash, now);
        Ok(self.database.fetch_optional(query).await?.is_some())
    }
}

pub(super) fn account(row: &Row) -> Result<Account, CatalogError> {
    Ok(Account {
        name: row.parsed("name", AccountName::parse)?,
        kind: row.parsed("kind", str::parse)?,
        superadmin: row.bool("superadmin")?,
        created_by: row.json("created_by")?,
        created_at: time(row, "created_at")?,
        disabled_at: optional_time(row, "disabled_at")?,
        deleted_at: optional_time(row, "deleted_at")?,
    })
}

fn member(row: &Row) -> Result<Member, CatalogError> {
    Ok(Member {
        organization: row.parsed("organization", AccountName::parse)?,
        user: row.parsed("user_name", AccountName::parse)?,
        role: row.parsed("role", str::parse)?,
        added_at: time(row, "added_at")?,
    })
}

/// The user's own account and those of the organizations, each with role and grant.
pub(super) fn person_query(name: &str) -> Query {
    let select = "SELECT a.name, a.kind, a.superadmin, m.role, g.download, g.publish FROM accounts a \
                  LEFT JOIN members m ON m.organization = a.name AND m.user_name = $1 \
                  LEFT JOIN access_grants g ON g.account = a.name \
                  WHERE a.name IN (SELECT $1 UNION ALL SELECT organization FROM members WHERE user_name = $1) \
                  AND a.disabled_at IS NULL AND a.deleted_at IS NULL ORDER BY a.name";
    Query::new("read what a person may do", select).bind(name)
}

/// Reads the rows of [`person_query`]: the user's own account stands first.
pub(super) fn person(rows: &[Row], name: &str) -> Result<Option<Person>, CatalogError> {
    let mut standings = rows.iter().map(standing).collect::<Result<Vec<_>, _>>()?;
    let is_user = |one: &Standing| one.account.kind == AccountKind::User && one.account.id == name;
    let Some(place) = standings.iter().position(is_user) else {
        return Ok(None);
    };
    let superadmin = rows[place].bool("superadmin")?;
    let own = standings.remove(place);
    standings.insert(0, own);
    Ok(Some(Person {
        name: rows[place].parsed("name", AccountName::parse)?,
        superadmin,
        standings,
    }))
}

fn standing(row: &Row) -> Result<Standing, CatalogError> {
    let role = match row.optional_text("role")? {
        Some(_) => Some(row.parsed("role", str::parse)?),
        None => None,
    };
    let grant: Option<Granted> = match row.optional_text("download")? {
        Some(_) => Some(granted(row)?),
        None => None,
    };
    Ok(Standing {
        account: AccountRef {
            kind: row.parsed("kind", str::parse)?,
            id: row.text("name")?,
        },
        role,
        grant,
    })
}
