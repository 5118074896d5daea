//! Making consistent what the format, the publisher and the registry say about an upload.

use cellier_sdk::{Inspection, MediaType, OrderKey, Version, Versioning};

use serde_json::{Map, Value};

use crate::ports::FormatInfo;
use crate::publish::request::{Draft, Number};
use crate::publish::{PublishError, PublishRequest};
use crate::{Artefact, ArtefactName, Context, FileDetails, FileName, Id};

/// Drafts the version. `existing` is the artefact as it was a moment ago.
pub(super) fn prepare(
    context: &Context,
    request: &PublishRequest,
    format: &FormatInfo,
    inspection: Inspection,
    existing: Option<&Artefact>,
) -> Result<Draft, PublishError> {
    let name = format.descriptor.names().parse(&request.name)?;
    if let Some(in_content) = inspection
        .name
        .as_deref()
        .filter(|in_content| *in_content != request.name)
    {
        return Err(PublishError::NameMismatch {
            in_path: request.name.clone(),
            in_content: in_content.chars().take(256).collect(),
        });
    }
    if request.claims.tags.iter().any(crate::Tag::is_latest) {
        return Err(PublishError::LatestMovesByItself);
    }
    let category = choose_category(request, format, &inspection, existing)?;
    let number = number(request, format, &inspection)?;
    let name: ArtefactName = name.into();
    let file_name = choose_file_name(request, &inspection, &name)?;
    let media_type = choose_media_type(request, &inspection);

    let now = context.clock.now();
    let artefact = Artefact {
        id: Id::new(now, context.random.as_ref()),
        format: format.id.clone(),
        name,
        category,
        title: request.claims.title.clone().unwrap_or(inspection.title),
        description: request
            .claims
            .description
            .clone()
            .unwrap_or(inspection.description),
        public: false,
        private_access: Vec::new(),
        owners: request.origin.actor.as_owner().into_iter().collect(),
        retention: None,
        latest: None,
        size: 0,
        revision: 0,
        created_at: now,
        updated_at: now,
        data_updated_at: now,
        deleted_at: None,
    };
    let details = FileDetails {
        metadata: join_metadata(request, inspection.metadata)?,
        findings: inspection.findings,
        license: inspection.license,
        dependencies: inspection.dependencies,
    };
    let open = format.descriptor.is_open();
    Ok(Draft {
        artefact,
        number,
        file_name,
        media_type,
        details,
        digests: Vec::new(),
        open,
    })
}

/// What the content says, and of what was said beside it the rest.
fn join_metadata(
    request: &PublishRequest,
    in_content: Map<String, Value>,
) -> Result<Map<String, Value>, PublishError> {
    if request.claims.metadata.is_empty() {
        return Ok(in_content);
    }
    let mut joined = request.claims.metadata.clone();
    joined.extend(in_content);
    let size = serde_json::to_string(&joined).map_or(usize::MAX, |text| text.len());
    if size > Inspection::METADATA_LIMIT {
        return Err(PublishError::TooMuchMetadata { size });
    }
    Ok(joined)
}

/// The category that is said wins; who says it is the publisher, the content, the artefact as it is, or the format.
fn choose_category(
    request: &PublishRequest,
    format: &FormatInfo,
    inspection: &Inspection,
    existing: Option<&Artefact>,
) -> Result<String, PublishError> {
    let claimed = request.claims.category.as_deref();
    let in_content = inspection.category.as_deref();
    if let (Some(claimed), Some(in_content)) = (claimed, in_content)
        && claimed != in_content
    {
        let shown = |text: &str| text.chars().take(64).collect();
        return Err(PublishError::CategoryMismatch {
            claimed: shown(claimed),
            in_content: shown(in_content),
        });
    }
    let kept = existing
        .map(|artefact| artefact.category.as_str())
        .filter(|kept| !kept.is_empty());
    let by_default = format.descriptor.category_by_default();
    let category = claimed
        .or(in_content)
        .or(kept)
        .or(by_default)
        .unwrap_or_default();
    if !category.is_empty() && !format.categories.iter().any(|allowed| allowed == category) {
        return Err(PublishError::UnknownCategory {
            found: category.chars().take(64).collect(),
            allowed: format.categories.clone(),
        });
    }
    Ok(category.to_owned())
}

fn number(
    request: &PublishRequest,
    format: &FormatInfo,
    inspection: &Inspection,
) -> Result<Number, PublishError> {
    let said = request.claims.version.as_deref();
    let in_content = inspection.version.as_deref();
    if let (Some(said), Some(in_content)) = (said, in_content)
        && said != in_content
    {
        let shown = |text: &str| text.chars().take(64).collect();
        return Err(PublishError::VersionMismatch {
            said: shown(said),
            in_content: shown(in_content),
        });
    }
    let text = in_content.or(said);
    match format.descriptor.versions() {
        Versioning::Semver => {
            let (version, parsed) = Version::semver(text.ok_or(PublishError::VersionNeeded)?)?;
            let order = OrderKey::of_semver(&parsed);
            Ok(Number::Known {
                version,
                order,
                stable: parsed.pre.is_empty(),
            })
        }
        Versioning::Opaque => {
            let version = Version::opaque(text.ok_or(PublishError::VersionNeeded)?)?;
            let order = match &inspection.order {
                // What comes out of a plugin is checked like anything else from outside.
                Some(order) => OrderKey::new(order.as_str())?,
                None => OrderKey::new(version.as_str())?,
            };
            Ok(Number::Known {
                version,
                order,
                stable: true,
            })
        }
        Versioning::Revisions => match text {
            None => Ok(Number::NextRevision),
            Some(text) => {
                let version = Version::opaque(text)?;
                let number: u64 =
                    text.parse()
                        .map_err(|_not_a_number| cellier_sdk::InvalidVersion {
                            found: text.chars().take(64).collect(),
                            problem:
                                "this format counts its revisions 1, 2, 3 …: leave the version out"
                                    .to_owned(),
                        })?;
                let version_of_number = Version::revision(number);
                if number == 0 || version_of_number != version {
                    let problem = "a revision is a whole number from 1 on".to_owned();
                    return Err(PublishError::Version(cellier_sdk::InvalidVersion {
                        found: text.to_owned(),
                        problem,
                    }));
                }
                Ok(Number::Known {
                    version,
                    order: OrderKey::of_revision(number),
                    stable: true,
                })
            }
        },
    }
}

/// What the publisher says in a text part is taken as it is; what merely came along with the file is made fit.
fn choose_file_name(
    request: &PublishRequest,
    inspection: &Inspection,
    name: &ArtefactName,
) -> Result<FileName, PublishError> {
    if let Some(in_content) = &inspection.file_name {
        return Ok(FileName::parse(in_content)?);
    }
    if let Some(said) = &request.claims.file_name {
        return Ok(said.clone());
    }
    Ok(FileName::lenient(name.as_str(), "file"))
}

fn choose_media_type(request: &PublishRequest, inspection: &Inspection) -> MediaType {
    let in_content = inspection
        .media_type
        .as_deref()
        .and_then(|text| text.parse().ok());
    in_content
        .or_else(|| request.claims.media_type.clone())
        .unwrap_or_else(MediaType::octet_stream)
}
