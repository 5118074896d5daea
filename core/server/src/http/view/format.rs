//! A format as JSON.

use cellier_model::ports::FormatInfo;
use cellier_sdk::{LocalizedText, Settings, Versioning};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::formats::FormatHealth;

/// A format of this server.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Format)]
pub(crate) struct FormatView {
    /// Its id.
    #[schema(example = "tileset")]
    id: String,
    /// Its title by language.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    titles: LocalizedText,
    /// Whether the operator lets it work. A disabled one takes no uploads; what was published stays.
    enabled: bool,
    /// `built-in`, `native` or `component`.
    origin: String,
    /// The version of the format itself.
    version: String,
    /// How its versions are numbered: `semver`, `revisions` or `opaque`.
    #[schema(value_type = String)]
    versioning: Versioning,
    /// The categories that its artefacts may have.
    categories: Vec<String>,
    /// Where it speaks a protocol of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    mount: Option<String>,
    limits: FormatLimits,
    /// JSON Schema of its settings in the configuration.
    #[schema(value_type = Object)]
    settings_schema: Value,
    #[schema(value_type = Object)]
    health: FormatHealth,
}

/// The limits of a format.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct FormatLimits {
    /// The largest upload in bytes.
    upload: u64,
}

impl FormatView {
    pub(crate) fn new(format: &FormatInfo, health: FormatHealth) -> Self {
        let descriptor = &format.descriptor;
        Self {
            id: format.id.to_string(),
            titles: descriptor.titles().clone(),
            enabled: format.enabled,
            origin: format.origin.as_str().to_owned(),
            version: descriptor.format_version().to_owned(),
            versioning: descriptor.versions(),
            categories: format.categories.clone(),
            mount: descriptor.mount_segment().map(|mount| format!("/{mount}/")),
            limits: FormatLimits {
                upload: format.largest_upload,
            },
            settings_schema: Settings::json_schema(descriptor.settings()),
            health,
        }
    }
}
