//! Uploads that are finished after their answer (`Prefer: respond-async`, RFC 7240).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use cellier_model::{Clock, Random, Timestamp};

use crate::http::upload::Outcome;

/// How long the outcome of an upload is kept.
const KEPT: Duration = Duration::from_hours(1);

/// How many are kept at most; the oldest go first.
const MOST: usize = 10_000;

/// How many of one key or account are kept: nobody makes the server forget the uploads of everybody else.
const MOST_OF_ONE: usize = 1000;

/// The identifier of a job: nobody can guess it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct JobId(String);

impl JobId {
    pub(crate) fn fresh(clock: &dyn Clock, random: &dyn Random) -> Self {
        let millis = u64::try_from(clock.now().as_micros() / 1000).unwrap_or(0);
        let mut bytes = [0; 10];
        random.fill(&mut bytes);
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
        Self(id.simple().to_string())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        plain.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
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
    outcome: Outcome,
    touched: Timestamp,
}

impl Jobs {
    pub(crate) fn begin(&self, id: JobId, owner: Option<String>, now: Timestamp) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.retain(|_, job| now.since(job.touched) < KEPT);
        let theirs = jobs.values().filter(|job| job.owner == owner).count();
        if theirs >= MOST_OF_ONE {
            remove_oldest(&mut jobs, |job| job.owner == owner);
        } else if jobs.len() >= MOST {
            remove_oldest(&mut jobs, |_anybodys| true);
        }
        let outcome = Outcome::Pending;
        jobs.insert(
            id,
            Job {
                owner,
                outcome,
                touched: now,
            },
        );
    }

    pub(crate) fn end(&self, id: &JobId, outcome: Outcome, now: Timestamp) {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = jobs.get_mut(id) {
            job.outcome = outcome;
            job.touched = now;
        }
    }

    /// What became of an upload, for those who may look.
    pub(crate) fn look(&self, id: &JobId, asks: Option<&str>, is_admin: bool) -> Option<Outcome> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let job = jobs.get(id)?;
        let is_owner = asks.is_some() && job.owner.as_deref() == asks;
        (is_owner || is_admin).then(|| job.outcome.clone())
    }
}

fn remove_oldest(jobs: &mut HashMap<JobId, Job>, among: impl Fn(&Job) -> bool) {
    let oldest = jobs
        .iter()
        .filter(|(_, job)| among(job))
        .min_by_key(|(_, job)| job.touched)
        .map(|(id, _)| id.clone());
    if let Some(id) = oldest {
        jobs.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::{SystemClock, SystemRandom};

    fn fresh() -> JobId {
        JobId::fresh(&SystemClock, &SystemRandom)
    }

    #[test]
    fn an_identifier_is_read_back_and_never_the_same_twice() {
        let id = fresh();
        assert_eq!(JobId::parse(id.as_str()), Some(id.clone()));
        assert_ne!(fresh(), id);
    }

    #[test]
    fn who_uploads_very_often_makes_only_its_own_uploads_forgotten() {
        let jobs = Jobs::default();
        let (mine, first_of_theirs) = (fresh(), fresh());
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        let them = || Some("key:them".to_owned());
        jobs.begin(mine.clone(), Some("key:me".to_owned()), at(0));
        jobs.begin(first_of_theirs.clone(), them(), at(1));
        let mut last = first_of_theirs.clone();
        for _ in 0..MOST_OF_ONE {
            last = fresh();
            jobs.begin(last.clone(), them(), at(2));
        }
        assert!(jobs.look(&mine, Some("key:me"), false).is_some());
        assert!(jobs.look(&last, Some("key:them"), false).is_some());
        assert!(jobs.look(&first_of_theirs, None, true).is_none());
        assert_eq!(jobs.0.lock().unwrap().len(), MOST_OF_ONE + 1);
    }
}
