//! What the publisher said about a golden upload.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Settings, Upload};

/// The file `upload.json` of a golden upload. Everything in it may be left out, and so may the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Said {
    /// The file to upload, from the folder of the case, if it lies somewhere else.
    pub(super) file: Option<String>,
    name: Option<String>,
    version: Option<String>,
    category: Option<String>,
    file_name: Option<String>,
    media_type: Option<String>,
    settings: Map<String, Value>,
}

impl Said {
    /// The upload; its name is that of the case and its file name that of the file if nothing else is said.
    pub(super) fn into_upload(self, case: &str, file_name: Option<&str>) -> Upload {
        let mut upload = Upload::new(self.name.unwrap_or_else(|| case.to_owned()));
        upload.version = self.version;
        upload.category = self.category;
        upload.file_name = self.file_name.or_else(|| file_name.map(str::to_owned));
        upload.media_type = self.media_type;
        upload.settings = self
            .settings
            .into_iter()
            .fold(Settings::default(), |settings, (key, value)| {
                settings.with(&key, value)
            });
        upload
    }
}
