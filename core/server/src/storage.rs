//! The store of bytes that a configuration names.

use std::sync::Arc;

use cellier_model::ports::{BlobError, Blobs};
use cellier_store::{
    LocalBlobs, Marker, Patience, RemoteBlobs, RemoteOptions, RemoteStore, S3Location,
};

use crate::cli::CliError;
use crate::config::{Redirect, StorageConfig, StorageUrl};
use crate::system::{SystemClock, SystemRandom};

/// The store of bytes that a configuration names.
#[derive(Clone, Debug)]
pub(crate) enum Storage {
    /// A folder on local disk.
    Local(LocalBlobs),
    /// A store in the network.
    Remote {
        /// The store.
        blobs: Box<RemoteBlobs>,
        /// Whether clients will be sent to it.
        links: bool,
    },
}

impl Storage {
    /// Opens the store. A folder is made; of a store in the network nothing is asked yet.
    pub(crate) fn open(config: &StorageConfig) -> Result<Self, CliError> {
        match &config.url {
            StorageUrl::File(folder) => match LocalBlobs::open(folder) {
                Ok(blobs) => Ok(Self::Local(blobs)),
                Err(error) => {
                    let doing = format!("open the storage {}", folder.display());
                    Err(CliError::failed(doing, error))
                }
            },
            StorageUrl::S3(location) => Ok(Self::Remote {
                blobs: Box::new(open_bucket(config, location)?),
                links: config.redirect != Redirect::Never,
            }),
        }
    }

    /// The store as the use cases know it.
    pub(crate) fn blobs(&self) -> Arc<dyn Blobs> {
        match self {
            Self::Local(blobs) => Arc::new(blobs.clone()),
            Self::Remote { blobs, .. } => Arc::new(blobs.as_ref().clone()),
        }
    }

    /// What a marker says; `None` if there is none.
    pub(crate) async fn marker(&self, marker: Marker) -> Result<Option<String>, BlobError> {
        match self {
            Self::Local(blobs) => blobs.marker(marker).await,
            Self::Remote { blobs, .. } => blobs.marker(marker).await,
        }
    }

    /// Sets a marker that is not there; `false` if there is one.
    pub(crate) async fn set_marker(&self, marker: Marker, text: &str) -> Result<bool, BlobError> {
        match self {
            Self::Local(blobs) => blobs.set_marker(marker, text).await,
            Self::Remote { blobs, .. } => blobs.set_marker(marker, text).await,
        }
    }

    /// Takes a marker away.
    pub(crate) async fn remove_marker(&self, marker: Marker) -> Result<(), BlobError> {
        match self {
            Self::Local(blobs) => blobs.remove_marker(marker).await,
            Self::Remote { blobs, .. } => blobs.remove_marker(marker).await,
        }
    }

    /// Tries everything that will be asked of the store.
    pub(crate) async fn probe(&self) -> Result<(), CliError> {
        match self {
            Self::Local(blobs) => {
                let checked = blobs.check().await;
                checked.map_err(|error| CliError::failed("use the storage", error))
            }
            Self::Remote { blobs, links } => Ok(blobs.probe(*links).await?),
        }
    }
}

fn open_bucket(config: &StorageConfig, location: &S3Location) -> Result<RemoteBlobs, CliError> {
    let patience = Patience::default();
    let variable = |name: &str| std::env::var(name).ok();
    let store = RemoteStore::s3(location, variable, patience).map_err(|error| {
        CliError::failed(format!("use the bucket {}", location.bucket()), error)
    })?;
    let options = RemoteOptions {
        staging: config.staging.clone(),
        cache: config.cache_path.clone(),
        cache_limit: config.cache.0,
        patience,
    };
    let opened = RemoteBlobs::open(
        store,
        &options,
        Arc::new(SystemClock),
        Arc::new(SystemRandom),
    );
    opened.map_err(|error| {
        let folders = format!(
            "use the folders {} (storage.staging) and {} (storage.cache_path)",
            options.staging.display(),
            options.cache.display()
        );
        CliError::failed(folders, error)
    })
}
