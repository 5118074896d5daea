//! Connections to a PostgreSQL server.

use std::io;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use tokio::time::timeout;

use crate::db::StoreOptions;

/// How long a connection may lie idle before it is asked whether it still works. One that was used a moment ago works,
/// or will tell.
const FRESH: Duration = Duration::from_secs(1);

/// How long a connection may take to say that it works. After a statement that was given up this is also how long that
/// one may still take to end, before the connection is closed.
const PING: Duration = Duration::from_secs(5);

/// What the database is told about us. It must notice when we are gone without a word, because a machine stopped or a
/// cable broke: a transaction that nobody will end holds its locks, and everybody else waits for them, by default for
/// two hours. Settings that an older server does not have are left out.
const SETTINGS: &str = "SELECT set_config(name, wanted, false) FROM (VALUES \
     ('tcp_keepalives_idle', '30'), \
     ('tcp_keepalives_interval', '10'), \
     ('tcp_keepalives_count', '3'), \
     ('client_connection_check_interval', '10s'), \
     ('idle_in_transaction_session_timeout', '60s') \
     ) AS ours (ours, wanted) JOIN pg_settings ON name = ours";

pub(super) async fn open_postgres(url: &str, options: StoreOptions) -> Result<PgPool, sqlx::Error> {
    let connect = PgConnectOptions::from_str(url)?.application_name("cellier");
    let pool = PgPoolOptions::new()
        .acquire_timeout(options.wait())
        .max_connections(options.connections)
        .after_connect(|connection, _| Box::pin(introduce(connection)))
        .test_before_acquire(false)
        .before_acquire(|connection, seen| {
            Box::pin(async move { Ok(seen.idle_for < FRESH || answers(connection).await?) })
        })
        // sqlx asks a connection that comes back whether it works, and waits for ever if no answer comes. So it is asked
        // here before: one that was cut off silently is closed, and its place in the pool is free again.
        .after_release(|connection, _| Box::pin(answers(connection)));
    pool.connect_with(connect).await
}

async fn introduce(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(SETTINGS).fetch_all(connection).await.map(drop)
}

async fn answers(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match timeout(PING, connection.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_elapsed) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;
    use crate::testing::TestPostgres;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_server_is_told_to_notice_when_we_are_gone() {
        let url = TestPostgres::shared().new_database();
        let pool = open_postgres(&url, StoreOptions::default()).await.unwrap();
        for (setting, expected) in [
            ("tcp_keepalives_idle", "30"),
            ("client_connection_check_interval", "10s"),
            ("idle_in_transaction_session_timeout", "1min"),
        ] {
            let show = sqlx::query("SELECT current_setting($1)").bind(setting);
            let row = show.fetch_one(&pool).await.unwrap();
            assert_eq!(row.get::<String, _>(0), expected, "{setting}");
        }
    }
}
