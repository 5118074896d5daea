//! The composition root: from a configuration to the parts that work together.

use std::sync::Arc;

use cellier_model::Context;
use cellier_model::access::AccessPolicy;
use cellier_store::{PatientBlobs, Store, StoreOptions, faults};

use crate::cli::CliError;
use crate::config::Config;
use crate::formats::FormatSet;
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
    let formats =
        FormatSet::new(config).map_err(|error| CliError::failed("set up the formats", error))?;
    let formats = Arc::new(formats);
    let store = open_store(config).await?;
    store
        .migrate()
        .await
        .map_err(|error| CliError::failed("bring the database up to date", error))?;
    let storage = Storage::open(&config.storage)?;
    let blobs = PatientBlobs::new(
        faults::blobs(storage.blobs()),
        config.limits.storage_timeout.0,
    );
    let context = Context {
        catalog: Arc::new(store.clone()),
        blobs: Arc::new(MeasuredBlobs(Arc::new(blobs))),
        formats: Arc::<FormatSet>::clone(&formats),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        access: AccessPolicy {
            anonymous_downloads: config.access.anonymous_downloads,
        },
    };
    Ok(Parts {
        context,
        formats,
        store,
        storage,
    })
}
