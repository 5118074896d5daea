//! What the registry answers to an upload.

use serde::Deserialize;
use serde_json::Value;

use crate::client::{ClientError, FindingText};

/// What is published, as far as somebody is told.
#[derive(Clone, Debug)]
pub(crate) struct Published {
    /// The format that took it.
    pub(crate) format: String,
    /// The name.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: String,
    /// The SHA-256 of the bytes that the registry stored, in hexadecimal.
    pub(crate) sha256: String,
    /// Warnings and notices of the format.
    pub(crate) findings: Vec<FindingText>,
    /// Whether these bytes were published before.
    pub(crate) already_there: bool,
    /// The artefact and the version as they came.
    pub(crate) body: Value,
}

#[derive(Deserialize)]
struct Body {
    artefact: Artefact,
    version: StoredVersion,
}

#[derive(Deserialize)]
struct Artefact {
    format: String,
    name: String,
}

#[derive(Deserialize)]
struct StoredVersion {
    version: String,
    sha256: String,
    #[serde(default)]
    findings: Vec<FindingText>,
}

impl Published {
    pub(super) fn read(body: Value, already_there: bool) -> Result<Self, ClientError> {
        let Body { artefact, version } =
            serde_json::from_value(body.clone()).map_err(|error| {
                ClientError::Unsound(format!(
                    "the answer to the upload is not that of a registry: {error}; is the URL of the server right?"
                ))
            })?;
        Ok(Self {
            format: artefact.format,
            name: artefact.name,
            version: version.version,
            sha256: version.sha256,
            findings: version.findings,
            already_there,
            body,
        })
    }
}
