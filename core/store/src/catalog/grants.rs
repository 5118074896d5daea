//! Grants and their scopes.

use async_trait::async_trait;
use cellier_model::accounts::{AccessGrant, Granted};
use cellier_model::keys::{NamePattern, Scope};
use cellier_model::ports::{CatalogError, Grants};
use cellier_model::{AccountRef, FormatId, Id};
use serde::{Deserialize, Serialize};

use crate::catalog::Store;
use crate::catalog::records::{id, json, time};
use crate::db::{Query, Row};

macro_rules! grant_columns {
    () => {
        "id, account, kind, download, publish, granted_by, granted_at"
    };
}

/// A scope as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredScope {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
}

#[async_trait]
impl Grants for Store {
    async fn grant(&self, id: Id<AccessGrant>) -> Result<Option<AccessGrant>, CatalogError> {
        let select = concat!(
            "SELECT ",
            grant_columns!(),
            " FROM access_grants WHERE id = $1"
        );
        let query = Query::new("read a grant", select).bind(id.to_string());
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(grant).transpose()
    }

    async fn grant_of(&self, account: &str) -> Result<Option<AccessGrant>, CatalogError> {
        let select = concat!(
            "SELECT ",
            grant_columns!(),
            " FROM access_grants WHERE account = $1"
        );
        let query = Query::new("read the grant of an account", select).bind(account);
        let row = self.database.fetch_optional(query).await?;
        row.as_ref().map(grant).transpose()
    }

    async fn grants(
        &self,
        before: Option<Id<AccessGrant>>,
        limit: u32,
    ) -> Result<Vec<AccessGrant>, CatalogError> {
        let select = concat!(
            "SELECT ",
            grant_columns!(),
            " FROM access_grants WHERE 1 = 1"
        );
        let mut query = Query::new("list grants", select);
        if let Some(before) = before {
            query.push(" AND id < ").push_value(before.to_string());
        }
        query.push(" ORDER BY id DESC LIMIT ").push_value(limit);
        let rows = self.database.fetch_all(query).await?;
        rows.iter().map(grant).collect()
    }
}

fn grant(row: &Row) -> Result<AccessGrant, CatalogError> {
    Ok(AccessGrant {
        id: id(row, "id")?,
        account: AccountRef {
            kind: row.parsed("kind", str::parse)?,
            id: row.text("account")?,
        },
        granted: granted(row)?,
        granted_by: row.json("granted_by")?,
        granted_at: time(row, "granted_at")?,
    })
}

/// What a row of a grant, or one that a grant is joined to, allows.
pub(super) fn granted(row: &Row) -> Result<Granted, CatalogError> {
    Ok(Granted {
        download: scopes(row, "download")?,
        publish: scopes(row, "publish")?,
    })
}

fn scopes(row: &Row, column: &str) -> Result<Vec<Scope>, CatalogError> {
    let stored: Vec<StoredScope> = row.json(column)?;
    let scope = |stored: StoredScope| {
        let name = stored.name.as_deref().map(NamePattern::parse).transpose();
        Ok(Scope {
            name: name.map_err(|error| CatalogError::Broken {
                what: "grant",
                problem: error.to_string(),
            })?,
            format: stored.format.map(FormatId::new),
            category: stored.category,
        })
    };
    stored.into_iter().map(scope).collect()
}

/// Scopes for a column.
pub(super) fn write_scopes(scopes: &[Scope]) -> Result<String, CatalogError> {
    let stored = |scope: &Scope| StoredScope {
        name: scope.name.as_ref().map(|name| name.as_str().to_owned()),
        format: scope.format.as_ref().map(ToString::to_string),
        category: scope.category.clone(),
    };
    json("grant", &scopes.iter().map(stored).collect::<Vec<_>>())
}
