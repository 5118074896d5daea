//! Leases.

use std::time::Duration;

use async_trait::async_trait;
use cellier_model::Timestamp;
use cellier_model::ports::{CatalogError, Lease, LeaseTaken, Leases};

use crate::catalog::Store;
use crate::catalog::records::time;
use crate::db::Query;

/// No lease is ever taken for so long. One that ends later was taken by a clock that was wrong, and would hold for as long
/// as it was wrong by.
const TOO_LONG: Duration = Duration::from_hours(1);

#[async_trait]
impl Leases for Store {
    async fn acquire_lease(
        &self,
        wanted: &Lease,
        now: Timestamp,
    ) -> Result<LeaseTaken, CatalogError> {
        let upsert = "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
                      SET holder = excluded.holder, expires_at = excluded.expires_at \
                      WHERE leases.holder = excluded.holder OR leases.expires_at <= $4 \
                      OR leases.expires_at > $5";
        let query = Query::new("take a lease", upsert)
            .bind(wanted.name.as_str())
            .bind(wanted.holder.as_str())
            .bind(wanted.until.as_micros())
            .bind(now.as_micros())
            .bind(now.plus(TOO_LONG).as_micros());
        let mut session = self.database.begin().await?;
        if session.execute(query).await? == 1 {
            session.commit().await?;
            return Ok(LeaseTaken::Ours);
        }
        let select = "SELECT holder, expires_at FROM leases WHERE name = $1";
        let query = Query::new("read who has a lease", select).bind(wanted.name.as_str());
        let row = session
            .fetch_optional(query)
            .await?
            .ok_or(CatalogError::Conflict)?;
        Ok(LeaseTaken::HeldBy(Lease {
            name: wanted.name.clone(),
            holder: row.text("holder")?,
            until: time(&row, "expires_at")?,
        }))
    }

    async fn release_lease(&self, name: &str, holder: &str) -> Result<(), CatalogError> {
        let delete = "DELETE FROM leases WHERE name = $1 AND holder = $2";
        let query = Query::new("give up a lease", delete)
            .bind(name)
            .bind(holder);
        let mut session = self.database.begin().await?;
        session.execute(query).await?;
        session.commit().await
    }
}
