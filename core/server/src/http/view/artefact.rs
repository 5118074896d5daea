//! An artefact as JSON.

use std::collections::BTreeMap;

use cellier_model::retention::RetentionPolicy;
use cellier_model::{AccountRef, Artefact, Tag};
use cellier_sdk::{LocalizedText, Version};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::credential::Caller;
use crate::http::view::{AccountRefBody, VersionView};

/// An artefact.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Artefact)]
pub(crate) struct ArtefactView {
    /// Its identifier; it stays the same for as long as the artefact is there.
    id: String,
    /// Its format.
    #[schema(example = "tileset")]
    format: String,
    /// Its name.
    #[schema(example = "terrain")]
    name: String,
    /// What it is for.
    #[schema(example = "tileset")]
    category: String,
    /// Its title by language (BCP 47).
    #[schema(value_type = BTreeMap<String, String>)]
    title: LocalizedText,
    /// Its description by language.
    #[schema(value_type = BTreeMap<String, String>)]
    description: LocalizedText,
    /// Whether everybody may see it.
    public: bool,
    /// Who may see it though it is private; shown to its owners and to superadmins.
    #[serde(skip_serializing_if = "Option::is_none")]
    private_access: Option<Vec<AccountRefBody>>,
    /// Who owns it; shown to its owners and to superadmins.
    #[serde(skip_serializing_if = "Option::is_none")]
    owners: Option<Vec<AccountRefBody>>,
    /// What is kept of its versions, if not what its format keeps; shown to superadmins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    retention: Option<RetentionPolicy>,
    /// The highest stable version.
    latest: Option<String>,
    /// Size in bytes of the files of the version that it shows.
    size: u64,
    /// When it was made (RFC 3339).
    created_at: String,
    /// When anything of it last changed.
    updated_at: String,
    /// When its bytes last changed.
    data_updated_at: String,
}

impl ArtefactView {
    pub(crate) fn new(artefact: &Artefact, caller: &Caller) -> Self {
        let shown = |accounts: &[AccountRef]| {
            let is_insider = caller.sees_internals_of(artefact);
            is_insider.then(|| accounts.iter().map(AccountRefBody::from).collect())
        };
        Self {
            id: artefact.id.to_string(),
            format: artefact.format.to_string(),
            name: artefact.name.to_string(),
            category: artefact.category.clone(),
            title: artefact.title.clone(),
            description: artefact.description.clone(),
            public: artefact.public,
            private_access: shown(&artefact.private_access),
            owners: shown(&artefact.owners),
            retention: artefact.retention.filter(|_| caller.is_admin()),
            latest: artefact.latest.as_ref().map(ToString::to_string),
            size: artefact.size,
            created_at: artefact.created_at.to_string(),
            updated_at: artefact.updated_at.to_string(),
            data_updated_at: artefact.data_updated_at.to_string(),
        }
    }
}

/// An artefact with its tags, newest versions and the metadata of the version that it shows.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ArtefactDetails {
    #[serde(flatten)]
    artefact: ArtefactView,
    /// Its tags and the versions that they name, `latest` among them.
    #[schema(example = json!({"latest": "1.2.3", "beta": "2.0.0-beta.1"}))]
    tags: BTreeMap<String, String>,
    /// What its format learnt from the version that it shows.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    /// Its newest versions, newest first, without their metadata.
    versions: Vec<VersionView>,
}

impl ArtefactDetails {
    pub(crate) fn new(
        artefact: &Artefact,
        caller: &Caller,
        tags: Vec<(Tag, Version)>,
        metadata: Map<String, Value>,
        versions: Vec<VersionView>,
    ) -> Self {
        let mut tags: BTreeMap<_, _> = tags
            .into_iter()
            .map(|(tag, version)| (tag.as_str().to_owned(), version.to_string()))
            .collect();
        if let Some(latest) = &artefact.latest {
            tags.insert(Tag::LATEST.to_owned(), latest.to_string());
        }
        Self {
            artefact: ArtefactView::new(artefact, caller),
            tags,
            metadata,
            versions,
        }
    }
}
