//! Databases of older schemas.

use crate::catalog::Store;
use crate::db::{MigrateError, Migration, migrate_to};

impl Store {
    /// Migrates no further than to this number, as a version did that knew no later migration; says what was applied.
    pub async fn migrate_only_to(&self, number: u32) -> Result<Vec<Migration>, MigrateError> {
        let mut session = self.database.begin_unhurried().await?;
        let applied = migrate_to(&mut session, number).await?;
        session.commit().await?;
        Ok(applied)
    }
}
