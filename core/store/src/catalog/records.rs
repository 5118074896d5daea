//! From rows to records and back.

use cellier_model::ports::CatalogError;
use cellier_model::retention::RetentionPolicy;
use cellier_model::{
    Artefact, ArtefactName, FileDetails, FileName, FileRecord, FormatId, Id, Release, Tag,
    Timestamp, Variant, VersionRecord,
};
use cellier_sdk::{Digest, DigestAlgorithm, OrderKey, Version};
use serde_json::Value as Json;

use crate::db::Row;

pub(super) const ARTEFACT_COLUMNS: &str = "id, format, name, category, title, description, public, private_access, \
     owners, retention, latest, size, revision, created_at, updated_at, data_updated_at, deleted_at";

/// The columns of a version `v`.
macro_rules! version_columns {
    () => {
        "v.id AS v_id, v.artefact_id, v.version, v.sort_key, v.stable, v.published_at AS v_published_at, v.yanked_at, \
         v.deprecated, v.deleted_at"
    };
}
pub(super) use version_columns;

/// The columns of a version `v` and its file `f`, without the file's details.
macro_rules! release_columns {
    () => {
        "v.id AS v_id, v.artefact_id, v.version, v.sort_key, v.stable, v.published_at AS v_published_at, v.yanked_at, \
         v.deprecated, v.deleted_at, f.id AS f_id, f.name, f.variant, f.media_type, f.size, f.blob_key, f.digests, \
         f.published_at AS f_published_at, f.uploaded_by"
    };
}
pub(super) use release_columns;

pub(super) fn id<Kind>(row: &Row, column: &str) -> Result<Id<Kind>, CatalogError> {
    row.parsed(column, str::parse)
}

pub(super) fn time(row: &Row, column: &str) -> Result<Timestamp, CatalogError> {
    row.int(column).map(Timestamp::from_micros)
}

pub(super) fn optional_time(row: &Row, column: &str) -> Result<Option<Timestamp>, CatalogError> {
    Ok(row.optional_int(column)?.map(Timestamp::from_micros))
}

pub(super) fn tag(row: &Row) -> Result<Tag, CatalogError> {
    row.parsed("tag", Tag::parse)
}

pub(super) fn artefact(row: &Row) -> Result<Artefact, CatalogError> {
    let latest = row
        .optional_text("latest")?
        .map(|text| version_of("latest", &text))
        .transpose()?;
    let retention = row
        .optional_text("retention")?
        .map(|text| retention_of(&text))
        .transpose()?;
    Ok(Artefact {
        id: id(row, "id")?,
        format: FormatId::new(row.text("format")?),
        name: ArtefactName::stored(row.text("name")?),
        category: row.text("category")?,
        title: row.json("title")?,
        description: row.json("description")?,
        public: row.bool("public")?,
        private_access: row.json("private_access")?,
        owners: row.json("owners")?,
        retention,
        latest,
        size: row.unsigned("size")?,
        revision: row.unsigned("revision")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        data_updated_at: time(row, "data_updated_at")?,
        deleted_at: optional_time(row, "deleted_at")?,
    })
}

fn retention_of(text: &str) -> Result<RetentionPolicy, CatalogError> {
    serde_json::from_str(text).map_err(|error| CatalogError::Broken {
        what: "retention policy",
        problem: error.to_string(),
    })
}

fn version_of(column: &str, text: &str) -> Result<Version, CatalogError> {
    Version::opaque(text).map_err(|error| CatalogError::Broken {
        what: "version",
        problem: format!("{column}: {error}"),
    })
}

/// Groups rows of versions and their files, which come ordered by version, into releases.
pub(super) fn releases(rows: &[Row]) -> Result<Vec<Release>, CatalogError> {
    let mut releases: Vec<Release> = Vec::new();
    for row in rows {
        let version_id: Id<VersionRecord> = id(row, "v_id")?;
        if releases
            .last()
            .is_none_or(|last| last.version.id != version_id)
        {
            releases.push(Release {
                version: version(row)?,
                files: Vec::new(),
            });
        }
        if row.optional_text("f_id")?.is_some()
            && let Some(last) = releases.last_mut()
        {
            last.files.push(file(row, version_id)?);
        }
    }
    Ok(releases)
}

pub(super) fn version(row: &Row) -> Result<VersionRecord, CatalogError> {
    Ok(VersionRecord {
        id: id(row, "v_id")?,
        artefact: id(row, "artefact_id")?,
        version: row.parsed("version", Version::opaque)?,
        order: row.parsed("sort_key", |text| OrderKey::new(text))?,
        stable: row.bool("stable")?,
        published_at: time(row, "v_published_at")?,
        yanked_at: optional_time(row, "yanked_at")?,
        deprecated: row.optional_text("deprecated")?,
        deleted_at: optional_time(row, "deleted_at")?,
    })
}

fn file(row: &Row, version: Id<VersionRecord>) -> Result<FileRecord, CatalogError> {
    let variant = row.text("variant")?;
    Ok(FileRecord {
        id: id(row, "f_id")?,
        version,
        name: row.parsed("name", FileName::parse)?,
        variant: if variant.is_empty() {
            None
        } else {
            Some(row.parsed("variant", Variant::parse)?)
        },
        media_type: row.parsed("media_type", str::parse)?,
        size: row.unsigned("size")?,
        blob: row.parsed("blob_key", str::parse)?,
        digests: read_digests(&row.json("digests")?),
        published_at: time(row, "f_published_at")?,
        uploaded_by: row.json("uploaded_by")?,
        details: FileDetails::default(),
    })
}

/// Digests as `{"sha1": "…", "sha512": "…"}`, in hexadecimal.
pub(super) fn write_digests(digests: &[Digest]) -> String {
    let pairs = digests.iter().map(|digest| {
        (
            digest.algorithm().as_str().to_owned(),
            Json::from(digest.to_hex()),
        )
    });
    Json::Object(pairs.collect()).to_string()
}

/// A digest of an algorithm that this version does not know is left alone.
fn read_digests(json: &Json) -> Vec<Digest> {
    let of = |algorithm: DigestAlgorithm| {
        let hex = json.get(algorithm.as_str())?.as_str()?;
        Digest::from_hex(algorithm, hex).ok()
    };
    [DigestAlgorithm::Sha1, DigestAlgorithm::Sha512]
        .into_iter()
        .filter_map(of)
        .collect()
}

/// JSON for a column.
pub(super) fn json<T: serde::Serialize>(
    what: &'static str,
    value: &T,
) -> Result<String, CatalogError> {
    serde_json::to_string(value).map_err(|error| CatalogError::Broken {
        what,
        problem: error.to_string(),
    })
}

/// JSON for a column that may be empty.
pub(super) fn optional_json<T: serde::Serialize>(
    what: &'static str,
    value: Option<&T>,
) -> Result<Option<String>, CatalogError> {
    value.map(|value| json(what, value)).transpose()
}

/// The end of the texts that start so: no stored text has a character as great as this one.
pub(super) fn end_of_prefix(prefix: &str) -> String {
    format!("{prefix}\u{10ffff}")
}
