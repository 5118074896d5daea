//! The catalogue on either database.

mod access;
mod account_changes;
mod accounts;
mod artefacts;
mod audit;
mod blobs;
mod check;
mod crowd;
mod grants;
mod keys;
mod leases;
mod listing;
mod reads;
mod records;
mod registry;
mod search;
mod sessions;
mod signing_keys;
mod space;
mod transaction;
mod versions;
mod web_logins;

use async_trait::async_trait;
use cellier_model::ports::{Catalog, CatalogError, Transaction};

use self::reads::Reads;
use self::transaction::StoreTransaction;
use crate::db::{
    ConnectionUsage, Database, DatabaseUrl, MigrateError, Migration, OpenError, Query,
    StoreOptions, migrate, pending,
};

/// The catalogue on SQLite or PostgreSQL.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) database: Database,
    reads: Reads,
}

impl Store {
    /// Opens a database; its schema may have to be migrated before anything else.
    pub async fn open(url: &DatabaseUrl, options: StoreOptions) -> Result<Self, OpenError> {
        let database = Database::open(url, options).await?;
        Ok(Self {
            reads: Reads::of(&database),
            database,
        })
    }

    /// Brings the schema up to date and says what that took.
    pub async fn migrate(&self) -> Result<Vec<Migration>, MigrateError> {
        migrate(&self.database).await
    }

    /// How many connections there are, and how many of them work.
    pub fn connections(&self) -> ConnectionUsage {
        self.database.usage()
    }

    /// Forgets what was read, because everything has changed.
    pub(crate) fn forget_reads(&self) {
        self.reads.forget();
    }

    /// What [`Store::migrate`] would do.
    pub async fn pending_migrations(&self) -> Result<Vec<Migration>, MigrateError> {
        pending(&self.database).await
    }
}

#[async_trait]
impl Catalog for Store {
    async fn begin(&self) -> Result<Box<dyn Transaction>, CatalogError> {
        Ok(Box::new(StoreTransaction::new(
            self.database.begin().await?,
            self.reads.clone(),
        )))
    }

    async fn check(&self) -> Result<(), CatalogError> {
        let query = Query::new("ask the database whether it is there", "SELECT 1 AS one");
        self.database.fetch_optional(query).await.map(drop)
    }
}
