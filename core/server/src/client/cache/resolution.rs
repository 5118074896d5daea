//! What names meant when they were last asked for.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use cellier_model::Timestamp;
use cellier_sdk::Sha256;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::client::ClientError;
use crate::client::cache::{Blob, Cache, replace_file};

/// Most bytes that a record may have.
const LONGEST: u64 = 64 * 1024;

/// What was asked for. Two questions have the same answer only if they are equal in everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Question {
    /// The URL of the registry.
    pub(crate) server: String,
    /// The format, if it was said.
    pub(crate) format: Option<String>,
    /// The name.
    pub(crate) name: String,
    /// Which version, if it was said.
    pub(crate) selector: Option<String>,
    /// Which of the version's files, if it was said.
    pub(crate) architecture: Option<String>,
}

/// What a registry answered to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resolution {
    #[serde(flatten)]
    pub(crate) question: Question,
    /// The version.
    pub(crate) version: String,
    /// The digest of its bytes.
    pub(crate) sha256: Sha256,
    /// How many they are.
    pub(crate) size: u64,
    /// The name of the file.
    pub(crate) file_name: String,
    /// The entity tag of the answer, to ask with next time.
    pub(crate) etag: Option<String>,
    /// When the registry last said so (RFC 3339).
    pub(crate) resolved_at: String,
}

impl Question {
    /// The name of its record: no path is made of what a user or a server wrote.
    fn file_name(&self) -> Result<String, ClientError> {
        let text = serde_json::to_vec(self)
            .map_err(|error| ClientError::local("write JSON")(error.into()))?;
        Ok(format!(
            "{}.json",
            Sha256::new(sha2::Sha256::digest(text).into())
        ))
    }

    /// Whether the version was said itself, so that no other one will ever be the answer.
    fn names(&self, version: &str) -> bool {
        self.selector.as_deref() == Some(version)
    }
}

impl Resolution {
    pub(crate) fn blob(&self) -> Blob {
        Blob {
            sha256: self.sha256,
            size: self.size,
        }
    }

    /// Whether a selector that moves means this now: a tag, a range, or nothing said at all.
    pub(crate) fn is_newest(&self) -> bool {
        !self.question.names(&self.version)
    }

    /// When the registry last said so; long ago if the record does not tell.
    pub(crate) fn resolved_at(&self) -> Timestamp {
        Timestamp::parse(&self.resolved_at).unwrap_or(Timestamp::from_micros(0))
    }
}

impl Cache {
    /// What a question was last answered with.
    pub(crate) fn recall(&self, question: &Question) -> Result<Option<Resolution>, ClientError> {
        let path = self.resolution_path(question)?;
        let known = read(&path).map_err(ClientError::local(format!("read {}", path.display())))?;
        Ok(known.filter(|known| known.question == *question))
    }

    /// Remembers an answer, which the registry has given just now.
    pub(crate) fn remember(&self, resolution: Resolution) -> Result<Resolution, ClientError> {
        let resolution = Resolution {
            resolved_at: self.clock.now().to_string(),
            ..resolution
        };
        let path = self.resolution_path(&resolution.question)?;
        let text = serde_json::to_vec_pretty(&resolution)
            .map_err(|error| ClientError::local("write JSON")(error.into()))?;
        replace_file(&path, |file| file.write_all(&text))
            .map_err(ClientError::local(format!("write {}", path.display())))?;
        Ok(resolution)
    }

    /// All that is remembered, with the path of each record.
    pub(crate) fn resolutions(&self) -> Result<Vec<(PathBuf, Resolution)>, ClientError> {
        let folder = self.root.join("resolutions");
        let mut all =
            read_all(&folder).map_err(ClientError::local(format!("read {}", folder.display())))?;
        all.sort_by(|(_, a), (_, b)| {
            let key = |one: &Resolution| (one.question.name.clone(), one.question.selector.clone());
            key(a).cmp(&key(b))
        });
        Ok(all)
    }

    fn resolution_path(&self, question: &Question) -> Result<PathBuf, ClientError> {
        Ok(self.root.join("resolutions").join(question.file_name()?))
    }
}

fn read_all(folder: &Path) -> io::Result<Vec<(PathBuf, Resolution)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
            && let Some(resolution) = read(&path)?
        {
            all.push((path, resolution));
        }
    }
    Ok(all)
}

/// Reads a record. One that makes no sense, as a crash of the machine may leave it, is as good as none.
fn read(path: &Path) -> io::Result<Option<Resolution>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    file.take(LONGEST).read_to_end(&mut text)?;
    Ok(serde_json::from_slice(&text).ok())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::client::cache::blob::tests::{blob_of, cache};

    pub(in crate::client::cache) fn resolution(
        name: &str,
        selector: Option<&str>,
        blob: Blob,
    ) -> Resolution {
        Resolution {
            question: Question {
                server: "https://registry.example.com".to_owned(),
                format: None,
                name: name.to_owned(),
                selector: selector.map(str::to_owned),
                architecture: None,
            },
            version: "3".to_owned(),
            sha256: blob.sha256,
            size: blob.size,
            file_name: "terrain.mbtiles".to_owned(),
            etag: Some("\"abc\"".to_owned()),
            resolved_at: String::new(),
        }
    }

    #[test]
    fn an_answer_is_remembered_for_exactly_its_question() {
        let (_folder, cache, _clock) = cache();
        let answer = resolution("terrain", Some("latest"), blob_of(b"terrain"));
        let remembered = cache.remember(answer).unwrap();
        assert_eq!(remembered.resolved_at, "2026-03-01T12:00:00Z");
        let question = remembered.question.clone();
        assert_eq!(cache.recall(&question).unwrap(), Some(remembered));
        let others: [fn(&mut Question); 5] = [
            |q| q.server = "https://other.example.com".to_owned(),
            |q| q.format = Some("tileset".to_owned()),
            |q| q.name = "relief".to_owned(),
            |q| q.selector = None,
            |q| q.architecture = Some("linux-arm64".to_owned()),
        ];
        for change in others {
            let mut other = question.clone();
            change(&mut other);
            assert_eq!(cache.recall(&other).unwrap(), None, "{other:?}");
        }
    }

    #[test]
    fn a_record_that_makes_no_sense_is_as_good_as_none() {
        let (_folder, cache, _clock) = cache();
        let answer = resolution("../../terrain", None, blob_of(b"terrain"));
        let question = cache.remember(answer).unwrap().question;
        let path = cache.resolution_path(&question).unwrap();
        fs::write(&path, b"{\"server\":").unwrap();
        assert_eq!(cache.recall(&question).unwrap(), None);
        assert_eq!(cache.resolutions().unwrap(), []);
    }

    #[test]
    fn a_version_that_was_said_itself_is_not_the_newest_of_anything() {
        let blob = blob_of(b"terrain");
        assert!(resolution("terrain", None, blob).is_newest());
        assert!(resolution("terrain", Some("latest"), blob).is_newest());
        assert!(!resolution("terrain", Some("3"), blob).is_newest());
    }
}
