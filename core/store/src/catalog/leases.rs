//! Leases.

use std::time::Duration;

use async_trait::async_trait;
use cellier_model::Timestamp;
use cellier_model::ports::{CatalogError, Lease, LeaseTaken, Leases, WantedLease};

use crate::catalog::Store;
use crate::catalog::records::time;
use crate::db::{Query, Session};

/// No lease is ever taken for so long. One that ends later was taken when a clock was wrong, that of this machine or that of
/// the database, and would hold for as long as it was wrong by.
const TOO_LONG: Duration = Duration::from_hours(1);

/// What the clock of PostgreSQL shows, in microseconds; unlike `now()` also when the transaction has waited for another one.
const CLOCK_OF_POSTGRES: &str = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)";

#[async_trait]
impl Leases for Store {
    async fn acquire_lease(
        &self,
        wanted: &WantedLease,
        now: Timestamp,
    ) -> Result<LeaseTaken, CatalogError> {
        let mut session = self.database.begin().await?;
        let taken = session.execute(take(&session, wanted, now)).await?;
        if taken == 1 {
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

/// Takes a lease that is free, over, ours, or of the wrong time.
fn take(session: &Session, wanted: &WantedLease, now: Timestamp) -> Query {
    let insert = "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3 + ";
    let mut upsert = Query::new("take a lease", insert)
        .bind(wanted.name.as_str())
        .bind(wanted.holder.as_str())
        .bind(micros(wanted.term));
    push_now(&mut upsert, session, now);
    upsert.push(") ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = $3 + ");
    push_now(&mut upsert, session, now);
    upsert.push(" WHERE leases.holder = excluded.holder OR leases.expires_at <= ");
    push_now(&mut upsert, session, now);
    upsert.push(" OR leases.expires_at > ");
    upsert.push_value(micros(TOO_LONG)).push(" + ");
    push_now(&mut upsert, session, now);
    upsert
}

/// The time: on PostgreSQL what its own clock shows, because the clocks of the machines that ask it differ; on SQLite, which
/// is a file of this machine, what the clock of this process shows.
fn push_now(query: &mut Query, session: &Session, now: Timestamp) {
    if session.locks_rows() {
        query.push(CLOCK_OF_POSTGRES);
    } else {
        query.push_value(now.as_micros());
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
