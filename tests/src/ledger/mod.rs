//! What was asked of a server and what it answered, so that its promises can be checked afterwards.

mod check;
mod entry;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

pub use self::check::Checked;
use self::entry::{Entry, State};
pub use self::entry::{EntryId, Sent};
use crate::{Actor, Answer};

/// What was asked of a server and what it answered.
///
/// The promises: what was acknowledged is there, with its bytes; what was not is whole or absent, and asking again works;
/// what was deleted is gone. Several may write into one ledger at the same time.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Mutex<Vec<Entry>>,
}

impl Ledger {
    /// Publishes, and notes what was answered; the status, if there was an answer.
    pub async fn publish(&self, actor: &Actor, sent: Sent) -> (EntryId, Option<u16>) {
        let id = self.note(sent.clone());
        let status = self.publish_again(actor, id).await;
        (id, status)
    }

    /// Publishes once more what has an entry.
    pub async fn publish_again(&self, actor: &Actor, id: EntryId) -> Option<u16> {
        let sent = self.entry(id).sent;
        let answer = sent.publish(actor).await.ok();
        let state = answer.as_ref().map_or(State::Unknown, state_of);
        let known = matches!(self.entry(id).state, State::Acknowledged { .. });
        // An answer that does not come takes nothing back.
        if !(known && state == State::Unknown) {
            self.set(id, state);
        }
        answer.map(|answer| answer.status())
    }

    /// Deletes a version that was acknowledged, and notes what was answered; the status, if there was an answer.
    pub async fn delete(&self, actor: &Actor, id: EntryId) -> Option<u16> {
        let path = self.entry(id).version_path()?;
        self.may_go(id);
        let answer = actor
            .request(reqwest::Method::DELETE, &path)
            .try_send()
            .await
            .ok()?;
        // 404: an earlier request, whose answer did not come, had done it.
        if [204, 404].contains(&answer.status()) {
            self.is_gone(id);
        } else {
            answer.assert_unavailable();
        }
        Some(answer.status())
    }

    /// Notes that a version may be gone from now on, or not.
    pub fn may_go(&self, id: EntryId) {
        if let Some(version) = self.entry(id).version() {
            self.set(id, State::Going { version });
        }
    }

    /// Notes that of a file's revisions only the last is sure to stay.
    pub fn all_but_the_last_may_go(&self, name: &str) {
        let of_name = |entry: &&mut Entry| entry.sent.name == name;
        let mut entries = self.lock();
        let mut entries: Vec<_> = entries.iter_mut().filter(of_name).collect();
        entries.pop();
        for entry in entries {
            if let State::Acknowledged { version } = &entry.state {
                entry.state = State::Going {
                    version: version.clone(),
                };
            }
        }
    }

    /// Notes that a version must be gone.
    pub fn is_gone(&self, id: EntryId) {
        if let Some(version) = self.entry(id).version() {
            self.set(id, State::Gone { version });
        }
    }

    /// How many versions were acknowledged and are not deleted.
    pub fn acknowledged(&self) -> usize {
        let acknowledged = |entry: &&Entry| matches!(entry.state, State::Acknowledged { .. });
        self.lock().iter().filter(acknowledged).count()
    }

    fn note(&self, sent: Sent) -> EntryId {
        let mut entries = self.lock();
        entries.push(Entry {
            sent,
            state: State::Unknown,
        });
        EntryId(entries.len() - 1)
    }

    fn entry(&self, id: EntryId) -> Entry {
        self.lock()[id.0].clone()
    }

    fn set(&self, id: EntryId, state: State) {
        self.lock()[id.0].state = state;
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an answer to a publish says of the version.
fn state_of(answer: &Answer) -> State {
    let status = answer.status();
    if status == 200 || status == 201 {
        let body = answer.json();
        let version = body["version"]["version"].as_str().map(str::to_owned);
        return State::Acknowledged {
            version: version.expect("an answer names the version"),
        };
    }
    if status < 500 {
        return State::Refused;
    }
    answer.assert_unavailable();
    State::Unknown
}

/// The versions of a page.
fn results(page: &Value) -> Vec<Value> {
    page["results"].as_array().cloned().unwrap_or_default()
}
