//! The composition root: from a configuration to the parts that work together.

use std::sync::Arc;

use cellier_model::Context;
use cellier_model::access::AccessPolicy;
use cellier_model::sessions::SessionPolicy;
use cellier_store::{Migration, OpenError, Opening, PatientBlobs, Store, StoreOptions, faults};

use crate::cli::CliError;
use crate::config::Config;
use crate::formats::FormatSet;
use crate::passwords::SlowPasswords;
use crate::storage::Storage;
use crate::system::{SystemClock, SystemRandom};
use crate::telemetry::MeasuredBlobs;

/// Opens the database as the configuration says.
pub(crate) async fn open_store(config: &Config, opening: Opening) -> Result<Store, CliError> {
    let options = StoreOptions {
        connections: config.database.connections,
        patience: config.limits.database_timeout.0,
        opening,
    };
    let opened = Store::open(&config.database.url, options).await;
    opened.map_err(|error| match error {
        OpenError::Missing { .. } => CliError::Refused(format!(
            "{error}: start the server once or run cellier migrate; if there should be one, database.url names another place"
        )),
        error => CliError::failed(format!("open the database {}", config.database.url), error),
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
    let store = open_store(config, Opening::MayCreate).await?;
    migrate(&store).await?;
    assemble(config, store)
}

/// The same on a database as it is: none is made, and one of another version is refused. For everything that works beside
/// a server, which may be of the version before, and for what must not change a database.
pub(crate) async fn compose_as_it_is(config: &Config) -> Result<Parts, CliError> {
    let store = open_store(config, Opening::Existing).await?;
    let pending = pending(&store).await?;
    if pending.is_empty() {
        return assemble(config, store);
    }
    Err(older_schema(config, &pending))
}

/// The same for what may come before the first start: where there is no database, or nothing in it, one is made.
pub(crate) async fn compose_for_first_use(config: &Config) -> Result<Parts, CliError> {
    let store = open_store(config, Opening::MayCreate).await?;
    let pending = pending(&store).await?;
    if pending == Migration::all() {
        migrate(&store).await?;
    } else if !pending.is_empty() {
        return Err(older_schema(config, &pending));
    }
    assemble(config, store)
}

async fn migrate(store: &Store) -> Result<(), CliError> {
    let migrated = store.migrate().await;
    migrated
        .map(drop)
        .map_err(|error| CliError::failed("bring the database up to date", error))
}

async fn pending(store: &Store) -> Result<Vec<Migration>, CliError> {
    let pending = store.pending_migrations().await;
    pending.map_err(|error| CliError::failed("learn the schema of the database", error))
}

fn older_schema(config: &Config, pending: &[Migration]) -> CliError {
    let url = &config.database.url;
    CliError::Refused(if pending == Migration::all() {
        format!(
            "there is nothing of cellier in the database {url}: start the server once or run cellier migrate; if there \
             should be, database.url names another place"
        )
    } else {
        format!(
            "the database {url} has an older schema than this version of cellier works on: run cellier migrate first, or \
             use the version that runs on it"
        )
    })
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
