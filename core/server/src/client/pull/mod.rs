//! Pulling: a name is resolved by the registry, its bytes come from the cache or over the network, and whichever it is,
//! their digest is verified before anybody gets them.
//!
//! Where the registry is out of reach, what it last answered to the same question still counts. Where it answers, its word
//! counts: what it refuses is never given out of the cache, since the right to it may have been taken away.

mod fetch;
mod resolve;

use std::path::PathBuf;
use std::sync::Arc;

use cellier_model::{Clock, Random};

use self::fetch::{ask_leave, fetch};
use self::resolve::resolve;
use crate::cli::in_one_line;
use crate::client::cache::{Cache, Found, Hold, Lease, Question, Resolution};
use crate::client::{ClientError, Connection, Patience, Progress, words};

/// How often it is tried again where the cache can help out anyway.
const HURRIED: u32 = 1;

/// All that pulling needs.
#[derive(Debug)]
pub(crate) struct Puller {
    /// The registry; `None` if the network is not to be used.
    pub(crate) connection: Option<Connection>,
    pub(crate) cache: Cache,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    /// How often it is tried again.
    pub(crate) retries: u32,
    pub(crate) progress: Progress,
}

/// Verified bytes. They are held until this is dropped.
#[derive(Debug)]
pub(crate) struct Pulled {
    /// What the registry said, now or when it was last asked.
    pub(crate) resolution: Resolution,
    /// Where the bytes lie.
    pub(crate) path: PathBuf,
    /// How it went.
    pub(crate) way: Way,
    /// Keeps others from removing them meanwhile.
    _lease: Lease,
}

/// How verified bytes were come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// They were fetched.
    Fetched,
    /// They were in the cache, and the registry says that they are the right ones.
    Cached,
    /// They were in the cache, and the registry was not asked or did not answer.
    Offline,
}

impl Way {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::Cached => "cached",
            Self::Offline => "offline",
        }
    }
}

impl Puller {
    /// Gives the bytes that a question means.
    pub(crate) async fn pull(&self, question: &Question) -> Result<Pulled, ClientError> {
        let known = self.cache.recall(question)?;
        let Some(connection) = &self.connection else {
            let known = known.ok_or_else(|| never_asked(question))?;
            return self.take_cached(known).await;
        };
        match self
            .ask_registry(connection, question, known.as_ref())
            .await
        {
            Err(error) if error.is_out_of_reach() => self.fall_back(error, known).await,
            outcome => outcome,
        }
    }

    async fn ask_registry(
        &self,
        connection: &Connection,
        question: &Question,
        known: Option<&Resolution>,
    ) -> Result<Pulled, ClientError> {
        let mut patience = self.patience(known.is_some());
        let resolution = patience
            .try_hard(&self.progress, async || {
                resolve(connection, question, known, &self.progress).await
            })
            .await?;
        let (lease, way) = self.obtain(connection, &resolution).await?;
        // Only now: until the bytes are there, the old answer is the one that works offline.
        let resolution = self.cache.remember(resolution)?;
        Ok(self.pulled(resolution, way, lease))
    }

    /// The bytes of an answer, from the cache if they are there and sound.
    async fn obtain(
        &self,
        connection: &Connection,
        wanted: &Resolution,
    ) -> Result<(Lease, Way), ClientError> {
        let look = || self.cache.look(wanted.blob(), &self.progress);
        let lease = self.lease(wanted, Hold::Shared).await?;
        if look().await? == Found::Sound {
            self.ask_leave(connection, wanted).await?;
            return Ok((lease, Way::Cached));
        }
        drop(lease);
        let lease = self.lease(wanted, Hold::Alone).await?;
        match look().await? {
            // While the lease was waited for, another process has fetched them.
            Found::Sound => {
                self.ask_leave(connection, wanted).await?;
                return Ok((lease, Way::Cached));
            }
            Found::Damaged(problem) => self.progress.warn(&format!(
                "the cached copy is damaged ({problem}): fetching it again"
            )),
            Found::Missing => {}
        }
        let patience = self.patience(false);
        fetch(connection, &self.cache, wanted, patience, &self.progress).await?;
        self.cache.record_use(&lease)?;
        Ok((lease, Way::Fetched))
    }

    async fn ask_leave(
        &self,
        connection: &Connection,
        wanted: &Resolution,
    ) -> Result<(), ClientError> {
        self.patience(true)
            .try_hard(&self.progress, async || ask_leave(connection, wanted).await)
            .await
    }

    async fn lease(&self, of: &Resolution, hold: Hold) -> Result<Lease, ClientError> {
        self.cache.lease(of.sha256, hold, &self.progress).await
    }

    /// What the registry last answered, where it is out of reach.
    async fn fall_back(
        &self,
        error: ClientError,
        known: Option<Resolution>,
    ) -> Result<Pulled, ClientError> {
        let Some(known) = known else {
            return Err(error);
        };
        let pulled = match self.take_cached(known).await {
            Ok(pulled) => pulled,
            Err(problem) => {
                self.progress.warn(&in_one_line(&problem));
                return Err(error);
            }
        };
        let resolution = &pulled.resolution;
        let age = self.clock.now().since(resolution.resolved_at());
        self.progress.warn(&format!(
            "{}: using version {} from the cache, resolved {} ago",
            in_one_line(&error),
            words::printable(&resolution.version),
            words::span(age)
        ));
        Ok(pulled)
    }

    async fn take_cached(&self, known: Resolution) -> Result<Pulled, ClientError> {
        let lease = self.lease(&known, Hold::Shared).await?;
        let name = &known.question.name;
        let version = words::printable(&known.version);
        match self.cache.look(known.blob(), &self.progress).await? {
            Found::Sound => Ok(self.pulled(known, Way::Offline, lease)),
            Found::Damaged(problem) => Err(ClientError::Unable(format!(
                "the cached copy of {name} {version} is damaged: {problem}; pull it again when the registry can be reached"
            ))),
            Found::Missing => Err(ClientError::Unable(format!(
                "{name} {version} is not in the cache any more; pull it again when the registry can be reached"
            ))),
        }
    }

    fn pulled(&self, resolution: Resolution, way: Way, lease: Lease) -> Pulled {
        Pulled {
            path: self.cache.blob_path(resolution.sha256),
            resolution,
            way,
            _lease: lease,
        }
    }

    fn patience(&self, hurried: bool) -> Patience {
        let retries = if hurried {
            self.retries.min(HURRIED)
        } else {
            self.retries
        };
        Patience::new(retries, Arc::clone(&self.random))
    }
}

fn never_asked(question: &Question) -> ClientError {
    let selector = question.selector.as_deref().map(|text| format!("@{text}"));
    ClientError::Unable(format!(
        "{}{} of {} is not in the cache: it was never pulled from there with these very words; pull it once without --offline",
        question.name,
        selector.unwrap_or_default(),
        question.server
    ))
}
