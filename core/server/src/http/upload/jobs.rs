//! Uploads that are finished after their answer (`Prefer: respond-async`, RFC 7240).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cellier_model::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// How long the outcome of an upload is kept.
const KEPT: Duration = Duration::from_hours(1);

/// How many are kept at most; the oldest go first.
const MOST: usize = 10_000;

/// The identifier of a job: nobody can guess it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JobId(String);

impl JobId {
    pub(crate) fn random() -> Self {
        Self(uuid::Uuid::now_v7().simple().to_string())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// How far an upload is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase", tag = "status")]
#[schema(as = UploadStatus)]
pub(crate) enum JobState {
    /// Its format is still looking at it.
    Pending,
    /// It is published.
    Published {
        /// What the publish would have answered at once: `artefact` and `version`.
        #[schema(value_type = Object)]
        result: Value,
        /// Whether these bytes were published before: a publish that is answered at once says so with 200 instead of 201.
        #[serde(rename = "alreadyThere")]
        already_there: bool,
    },
    /// It is refused.
    Refused {
        /// What the publish would have answered at once (RFC 9457).
        #[schema(value_type = Object)]
        problem: Value,
    },
}

/// The uploads that this server finishes, or lately has finished, after their answer.
///
/// They live in this process: after a restart the status is gone, and publishing again tells what became of it.
#[derive(Debug, Default)]
pub(crate) struct Jobs(Mutex<HashMap<JobId, Job>>);

#[derive(Debug)]
struct Job {
    /// The key or account that uploaded: only it, and a superadmin, may look.
    owner: Option<String>,
    state: JobState,
    touched: Timestamp,
}

impl Jobs {
    pub(crate) fn begin(&self, id: JobId, owner: Option<String>, now: Timestamp) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|_, job| now.since(job.touched) < KEPT);
        if jobs.len() >= MOST
            && let Some(oldest) = jobs
                .iter()
                .min_by_key(|(_, job)| job.touched)
                .map(|(id, _)| id.clone())
        {
            jobs.remove(&oldest);
        }
        jobs.insert(
            id,
            Job {
                owner,
                state: JobState::Pending,
                touched: now,
            },
        );
    }

    pub(crate) fn end(&self, id: &JobId, state: JobState, now: Timestamp) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = jobs.get_mut(id) {
            job.state = state;
            job.touched = now;
        }
    }

    /// The state of a job, for those who may look.
    pub(crate) fn look(&self, id: &JobId, asks: Option<&str>, is_admin: bool) -> Option<JobState> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let job = jobs.get(id)?;
        let is_owner = asks.is_some() && job.owner.as_deref() == asks;
        (is_owner || is_admin).then(|| job.state.clone())
    }
}
