//! A version as JSON.

use cellier_model::{FileRecord, Release, Uploader};
use cellier_sdk::{Dependency, DigestAlgorithm, Finding};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::view::FindingView;

/// A version, described by one of its files: the one that was asked for, or the first.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Version)]
pub(crate) struct VersionView {
    /// The version.
    #[schema(example = "1.2.3")]
    version: String,
    #[serde(flatten)]
    file: FileView,
    /// What the format learnt from the file. Left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Map<String, Value>>,
    /// The licence, as an SPDX expression where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    /// What it needs of other artefacts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    dependencies: Vec<Dependency>,
    /// Warnings and notices of the format. Left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<FindingView>>)]
    findings: Option<Vec<Finding>>,
    /// Since when only the exact selector finds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    yanked: Option<String>,
    /// What its users are told, if it is deprecated.
    #[serde(skip_serializing_if = "Option::is_none")]
    deprecated: Option<String>,
    /// All its files, where it has several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileView>,
}

/// A file of a version.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = File)]
pub(crate) struct FileView {
    /// What tells it from the version's other files.
    #[serde(skip_serializing_if = "Option::is_none")]
    architecture: Option<String>,
    /// Its name.
    #[schema(example = "terrain.mbtiles")]
    file_name: String,
    /// Its media type.
    #[schema(example = "application/vnd.sqlite3")]
    media_type: String,
    /// Its size in bytes.
    size: u64,
    /// Its SHA-256 digest in hexadecimal.
    sha256: String,
    /// Its strongest digest in the form of W3C Subresource Integrity.
    #[schema(example = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")]
    integrity: String,
    /// Its SHA-1 digest in hexadecimal, where the ecosystem still asks for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    shasum: Option<String>,
    /// When it was published (RFC 3339).
    published_at: String,
    /// Who published it.
    uploaded_by: UploaderView,
}

/// Who published a file. Which key or account it was is shown to superadmins and to that key or account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Uploader)]
pub(crate) struct UploaderView {
    /// `key`, `account` or `command-line`.
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
}

impl VersionView {
    /// A version with everything that is known of it and of the file.
    pub(crate) fn whole(release: &Release, file: &FileRecord, caller: &Caller) -> Self {
        let details = file.details.clone();
        Self {
            metadata: Some(details.metadata),
            license: details.license,
            dependencies: details.dependencies,
            findings: Some(details.findings),
            ..Self::brief(release, file, caller)
        }
    }

    /// A version as it stands in a list; `None` for one without files.
    pub(crate) fn in_list(release: &Release, caller: &Caller) -> Option<Self> {
        release
            .files
            .first()
            .map(|file| Self::brief(release, file, caller))
    }

    fn brief(release: &Release, file: &FileRecord, caller: &Caller) -> Self {
        let several = release.files.len() > 1;
        let files = if several {
            release
                .files
                .iter()
                .map(|file| FileView::new(file, caller))
                .collect()
        } else {
            vec![]
        };
        Self {
            version: release.version.version.to_string(),
            file: FileView::new(file, caller),
            metadata: None,
            license: None,
            dependencies: Vec::new(),
            findings: None,
            yanked: release.version.yanked_at.map(|at| at.to_string()),
            deprecated: release.version.deprecated.clone(),
            files,
        }
    }
}

impl FileView {
    fn new(file: &FileRecord, caller: &Caller) -> Self {
        let digest = |algorithm| {
            file.digests
                .iter()
                .find(move |digest| digest.algorithm() == algorithm)
        };
        let strongest = digest(DigestAlgorithm::Sha512).map(cellier_sdk::Digest::to_integrity);
        Self {
            architecture: file
                .variant
                .as_ref()
                .map(|variant| variant.as_str().to_owned()),
            file_name: file.name.as_str().to_owned(),
            media_type: file.media_type.to_string(),
            size: file.size,
            sha256: file.sha256().to_hex(),
            integrity: strongest.unwrap_or_else(|| file.sha256().to_integrity()),
            shasum: digest(DigestAlgorithm::Sha1).map(cellier_sdk::Digest::to_hex),
            published_at: file.published_at.to_string(),
            uploaded_by: UploaderView::for_caller(&file.uploaded_by, caller),
        }
    }
}

impl UploaderView {
    pub(crate) fn whole(uploader: &Uploader) -> Self {
        let Uploader {
            kind,
            key_id,
            key_name,
            short_id,
            account,
        } = uploader.clone();
        Self {
            kind,
            key_id,
            key_name,
            short_id,
            account,
        }
    }

    fn for_caller(uploader: &Uploader, caller: &Caller) -> Self {
        let asks = caller.actor().as_uploader();
        let same_key = uploader.key_id.is_some() && uploader.key_id == asks.key_id;
        let same_account = uploader.account.is_some() && uploader.account == asks.account;
        if same_key || same_account || caller.is_admin() {
            return Self::whole(uploader);
        }
        Self {
            kind: uploader.kind.clone(),
            key_id: None,
            key_name: None,
            short_id: None,
            account: None,
        }
    }
}
