//! The composition root: from a configuration to the parts that work together.

use std::sync::Arc;

use cellier_model::Context;
use cellier_model::access::AccessPolicy;
use cellier_model::sessions::SessionPolicy;
use cellier_store::{PatientBlobs, Store, StoreOptions, faults};

use crate::cli::CliError;
use crate::config::Config;
use crate::formats::FormatSet;
use crate::passwords::SlowPasswords;
use crate::storage::Storage;
use crate::system::{SystemClock, SystemRandom};
use crate::telemetry::MeasuredBlobs;

/// Opens the database as the configuration says.
pub(crate) async fn open_store(config: &Config) -> Result<Store, CliError> {
    let options = StoreOptions {
        connections: config.database.connections,
        patience: config.limits.database_timeout.0,
    };
    let opened = Store::open(&config.database.url, options).await;
    opened.map_err(|error| {
        CliError::failed(format!("open the database {}", config.database.url), error)
    })
}

/// The parts that work together.
#[derive(Debug)]
pub(crate) struct Parts {
    /// What every use case is given.
    pub(crate) context: Context,
    /// The formats, for requests in a protocol of their own.
    pub(crate) formats: Arc<FormatSet>,
    /// The database, for what only its owner asks.
    pub(crate) store: Store,
    /// The store of bytes, for what only its owner asks.
    pub(crate) storage: Storage,
}

/// The parts that every use case needs, on a migrated database.
pub(crate) async fn compose(config: &Config) -> Result<Parts, CliError> {
    let store = open_store(config).await?;
    store
        .migrate()
        .await
        .map_err(|error| CliError::failed("bring the database up to date", error))?;
    assemble(config, store)
}

/// The same on a database as it is, for what must not change it: one of another version is refused.
pub(crate) async fn compose_as_it_is(config: &Config) -> Result<Parts, CliError> {
    let store = open_store(config).await?;
    let pending = store.pending_migrations().await;
    let pending =
        pending.map_err(|error| CliError::failed("learn the schema of the database", error))?;
    if pending.is_empty() {
        return assemble(config, store);
    }
    Err(CliError::Refused(format!(
        "the database {} has an older schema than this version of cellier works on, or none: use the version that runs \
         on it, or migrate it with cellier migrate",
        config.database.url
    )))
}

/// The parts on a database in whatever state.
pub(crate) fn assemble(config: &Config, store: Store) -> Result<Parts, CliError> {
    let formats =
        FormatSet::new(config).map_err(|error| CliError::failed("set up the formats", error))?;
    let formats = Arc::new(formats);
    let storage = Storage::open(&config.storage)?;
    let blobs = PatientBlobs::new(
        faults::blobs(storage.blobs()),
        config.limits.storage_timeout.0,
    );
    let access = &config.access;
    let (memory, passes) = (access.argon2_memory.0, access.argon2_passes);
    let passwords = SlowPasswords::new(memory, passes, Arc::new(SystemRandom))
        .map_err(|error| CliError::failed("set up the hash of passwords", error))?;
    let context = Context {
        catalog: Arc::new(store.clone()),
        blobs: Arc::new(MeasuredBlobs(Arc::new(blobs))),
        formats: Arc::<FormatSet>::clone(&formats),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        passwords: Arc::new(passwords),
        access: AccessPolicy {
            anonymous_downloads: access.anonymous_downloads,
        },
        sessions: SessionPolicy {
            idle: access.session_idle.0,
            lifetime: access.session_lifetime.0,
            token_lifetime: access.token_lifetime.0,
        },
    };
    Ok(Parts {
        context,
        formats,
        store,
        storage,
    })
}
