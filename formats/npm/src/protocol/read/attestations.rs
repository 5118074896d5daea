//! What others have attested about a version, such as the workflow that built it.
//!
//! The bundles are kept as they were published, below the key [`KEY`] of a version's metadata: a list of
//! `{ "predicateType": …, "bundle": … }`.

use cellier_sdk::{Failure, Hold, Registry, Response, VersionView};
use serde::Serialize;
use serde_json::{Value, json};

use super::find;
use crate::protocol::error::error;
use crate::protocol::route::Package;

/// The key of a version's metadata under which its attestations are kept.
pub(crate) const KEY: &str = "attestations";

/// With what the type of an attestation starts that says how something was built (SLSA).
const PROVENANCE: &str = "https://slsa.dev/provenance/";

/// Answers with all attestations of a version.
pub(super) fn serve(
    package: &Package<'_>,
    version: &str,
    registry: &dyn Registry,
) -> Result<Response, Failure> {
    let artefact = find(package, registry)?;
    let found = registry.version(&artefact.name, version)?;
    let found = found.filter(|found| found.version.as_str() == version);
    let attestations = found.as_ref().map(all).unwrap_or_default();
    if attestations.is_empty() {
        let sentence = format!("nothing is attested about {package}@{version} here");
        return Ok(error(404, &sentence));
    }
    let answer = json!({ "attestations": attestations });
    Ok(Response::json(200, &answer).hold(Hold::UntilArtefactChanges))
}

fn all(version: &VersionView) -> &[Value] {
    let kept = version.metadata.get(KEY).and_then(Value::as_array);
    kept.map(Vec::as_slice).unwrap_or_default()
}

/// Where the attestations of a version are: `dist.attestations`.
#[derive(Serialize)]
pub(super) struct Pointer<'a> {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    provenance: Option<Provenance<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provenance<'a> {
    predicate_type: &'a str,
}

impl<'a> Pointer<'a> {
    /// None if nothing is attested.
    pub(super) fn of(name: &str, version: &'a VersionView, base_url: &str) -> Option<Self> {
        let all = all(version);
        let mut types = all
            .iter()
            .filter_map(|one| one.get("predicateType")?.as_str());
        let provenance = types.find(|predicate_type| predicate_type.starts_with(PROVENANCE));
        let escaped = name.replace('/', "%2f");
        (!all.is_empty()).then(|| Self {
            url: format!(
                "{base_url}/-/npm/v1/attestations/{escaped}@{}",
                version.version
            ),
            provenance: provenance.map(|predicate_type| Provenance { predicate_type }),
        })
    }
}
