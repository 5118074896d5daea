//! Checking the promises.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use super::entry::{Entry, EntryId, Sent, State};
use super::{Ledger, results};
use crate::{Actor, TestServer, encoded, sha256_hex};

/// What a check has found.
#[must_use]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Versions that were acknowledged.
    pub acknowledged: u64,
    /// Uploads that nobody had acknowledged and that were there all the same, whole.
    pub whole: u64,
    /// Uploads that nobody had acknowledged and that were not there.
    pub absent: u64,
    /// Versions that were acknowledged and were not there.
    pub lost: u64,
    /// Versions that were listed and had not all their bytes, or other ones.
    pub half: u64,
}

impl Checked {
    /// Expects that no promise was broken. What was is printed before.
    ///
    /// # Panics
    ///
    /// If one was.
    #[track_caller]
    pub fn assert_sound(&self) {
        assert_eq!((self.lost, self.half), (0, 0), "lost and half versions");
    }
}

/// A version as the server lists it.
#[derive(Clone, Debug)]
struct Listed {
    version: String,
    sha256: String,
    size: u64,
}

impl Ledger {
    /// Checks everything.
    pub async fn check(&self, actor: &Actor) -> Checked {
        self.check_from(actor, 0).await
    }

    /// Checks the entries from a number on, and asks again for what was not answered. What is lost or half there is counted
    /// and printed.
    ///
    /// # Panics
    ///
    /// If another promise is broken.
    pub async fn check_from(&self, actor: &Actor, first: usize) -> Checked {
        let artefacts: BTreeSet<_> = self.lock()[first..]
            .iter()
            .map(|entry| (entry.sent.path(), entry.sent.format))
            .collect();
        let mut checked = Checked::default();
        for (path, _) in artefacts {
            let listed = list(actor, &path).await;
            let entries = self.entries_of(&path);
            for version in &listed {
                if let Err(problem) = check_listed(actor, &path, version, &entries).await {
                    eprintln!("HALF: {path}@{}: {problem}", version.version);
                    checked.half += 1;
                }
            }
            for (id, entry) in entries.iter().filter(|(id, _)| id.0 >= first) {
                self.check_entry(actor, *id, entry, &listed, &mut checked)
                    .await;
            }
        }
        checked
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nothing was asked yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn entries_of(&self, path: &str) -> Vec<(EntryId, Entry)> {
        let entries = self.lock();
        let numbered = entries.iter().enumerate();
        let of_artefact = numbered.filter(|(_, entry)| entry.sent.path() == path);
        of_artefact
            .map(|(index, entry)| (EntryId(index), entry.clone()))
            .collect()
    }

    async fn check_entry(
        &self,
        actor: &Actor,
        id: EntryId,
        entry: &Entry,
        listed: &[Listed],
        checked: &mut Checked,
    ) {
        let sent = &entry.sent;
        let found = match entry.version() {
            Some(version) => listed.iter().find(|listed| listed.version == version),
            None => listed.iter().find(|listed| listed.sha256 == sent.sha256),
        };
        let path = sent.path();
        match (&entry.state, found) {
            (State::Acknowledged { version }, None) => {
                eprintln!("LOST: {path}@{version} was acknowledged and is not there");
                checked.lost += 1;
            }
            (State::Acknowledged { .. }, Some(_)) => checked.acknowledged += 1,
            (State::Refused, Some(_)) => panic!("{path} was refused and is there"),
            (State::Gone { version }, Some(_)) => {
                panic!("{path}@{version} was deleted and is there")
            }
            (State::Refused | State::Gone { .. }, None) => {}
            (State::Going { .. }, _) => {
                let status = self.delete(actor, id).await;
                assert!(
                    matches!(status, Some(204 | 404)),
                    "deleting {path} again: {status:?}"
                );
            }
            (State::Unknown, Some(_)) => {
                checked.whole += 1;
                let status = self.publish_again(actor, id).await;
                assert_eq!(status, Some(200), "publishing {path} again");
            }
            (State::Unknown, None) => {
                checked.absent += 1;
                // Of several who sent the same bytes the first who asks again publishes them.
                let expected = if self.has_acknowledged(sent) {
                    200
                } else {
                    201
                };
                let status = self.publish_again(actor, id).await;
                assert_eq!(status, Some(expected), "publishing {path} again");
            }
        }
    }

    /// Whether the same bytes were acknowledged for the same artefact.
    fn has_acknowledged(&self, sent: &Sent) -> bool {
        self.lock().iter().any(|entry| {
            let is_same = entry.sent.path() == sent.path() && entry.sent.sha256 == sent.sha256;
            is_same && matches!(entry.state, State::Acknowledged { .. })
        })
    }

    /// Lets the server's own check look for damage, sweeps, and checks that the storage holds exactly what the versions need,
    /// each file with the bytes that its name promises, and nothing staged. Nobody may publish meanwhile.
    pub async fn check_storage(&self, server: &TestServer) {
        // Whoever has just been answered may still be removing what he staged.
        crate::eventually("nothing is staged any more", async || {
            server.staged().is_empty()
        })
        .await;
        // Before the sweep, which would take away what tells of a fault.
        server.run(&["fsck"]).assert_success();
        server.run_after_leases(&["gc"]).assert_success();
        server.run(&["fsck"]).assert_success();
        let mut stored = BTreeMap::new();
        for path in server.stored_blobs() {
            let digest = sha256_hex(&fs::read(&path).expect("a stored blob can be read"));
            let name = path.display().to_string();
            assert!(
                name.contains(&digest),
                "{name} holds other bytes than it says"
            );
            *stored.entry(digest).or_insert(0) += 1;
        }
        let entries = self.lock();
        let needed: BTreeSet<_> = entries
            .iter()
            .filter(|entry| matches!(entry.state, State::Acknowledged { .. }))
            .map(|entry| &entry.sent.sha256)
            .collect();
        let kept: BTreeSet<_> = stored.keys().collect();
        assert_eq!(kept, needed, "the blobs are not those that versions need");
    }
}

/// Whatever is listed must be whole, and must be something that was sent.
async fn check_listed(
    actor: &Actor,
    path: &str,
    listed: &Listed,
    entries: &[(EntryId, Entry)],
) -> Result<(), String> {
    let sent = entries
        .iter()
        .map(|(_, entry)| &entry.sent)
        .find(|sent| sent.sha256 == listed.sha256);
    let Some(sent) = sent else {
        return Err(format!("it has bytes that nobody sent: {listed:?}"));
    };
    if listed.size != sent.size() as u64 {
        let expected = sent.size();
        return Err(format!("it has {} of {expected} bytes", listed.size));
    }
    let version = encoded(&listed.version);
    let answer = actor
        .get(&format!("{path}/versions/{version}/download"))
        .await;
    if answer.status() != 200 {
        let status = answer.status();
        return Err(format!(
            "its download is answered {status}: {}",
            answer.text()
        ));
    }
    if sha256_hex(answer.bytes()) != sent.sha256 {
        return Err("its download has other bytes".to_owned());
    }
    Ok(())
}

/// All versions of an artefact; none if there is no artefact.
async fn list(actor: &Actor, path: &str) -> Vec<Listed> {
    let mut all = Vec::new();
    let mut next = format!("{path}/versions?limit=100");
    loop {
        let answer = actor.get(&next).await;
        if answer.status() == 404 {
            return all;
        }
        let page = answer.assert_ok().json();
        all.extend(results(&page).iter().map(listed));
        match page["next"].as_str() {
            Some(cursor) => next = format!("{path}/versions?limit=100&cursor={}", encoded(cursor)),
            None => return all,
        }
    }
}

fn listed(version: &Value) -> Listed {
    let text = |member: &str| version[member].as_str().unwrap_or_default().to_owned();
    Listed {
        version: text("version"),
        sha256: text("sha256"),
        size: version["size"].as_u64().unwrap_or_default(),
    }
}
