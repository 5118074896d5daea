//! What is kept of a package beside its bytes.
//!
//! | key | value |
//! |---|---|
//! | `manifest` | all of `package.json` |
//! | `readme`, `readmeTruncated` | at most 64 KiB of the readme, and whether it goes on |
//! | `fileCount`, `unpackedSize` | how many files there are, and how many bytes in them |
//! | `bin` | the programs by name, whichever way the manifest names them |
//! | `engines` | the versions of node and others that it asks for |
//! | `types` | where its types are declared |
//! | `installScripts`, `hasInstallScript` | what runs when it is installed |
//! | `hasShrinkwrap` | whether it pins its dependencies |
//! | `processingConfigSchema`, `applicationConfigSchema` | the schemas below `registry` |

use cellier_sdk::{Inspection, LanguageTag, LocalizedText};
use serde_json::{Map, Value};

use crate::findings::Findings;
use crate::manifest::Manifest;
use crate::tarball::Tarball;
use crate::{MEDIA_TYPE, codes};

/// The language of a description whose language nobody says (ISO 639-3).
const UNDETERMINED: &str = "und";

/// Words everything that was learnt.
pub(crate) fn inspection(
    manifest: Manifest,
    tarball: Tarball,
    findings: &mut Findings,
) -> Inspection {
    let mut inspection = Inspection::new().media_type(MEDIA_TYPE);
    if let (Some(name), Some(version)) = (&manifest.name, &manifest.version) {
        inspection = inspection
            .name(name.as_str())
            .version(version.as_str())
            .file_name(format!("{}-{version}.tgz", name.unscoped()));
    }
    inspection.description = description(&manifest);
    inspection.license.clone_from(&manifest.license);
    inspection.category.clone_from(&manifest.registry.category);
    inspection.metadata = metadata(&manifest, tarball, findings);
    inspection.dependencies = manifest.dependencies;
    let metadata = &mut inspection.metadata;
    metadata.extend(manifest.registry.schemas);
    metadata.insert("manifest".to_owned(), manifest.whole.into());
    check_size(metadata, findings);
    inspection
}

/// Everything but the manifest itself and its schemas.
fn metadata(manifest: &Manifest, tarball: Tarball, findings: &mut Findings) -> Map<String, Value> {
    let scripts = manifest.install_scripts(tarball.has_gyp_file);
    if !scripts.is_empty() {
        let names: Vec<_> = scripts.keys().map(String::as_str).collect();
        let message = format!("installing runs scripts: {}", names.join(", "));
        findings.push(codes::INSTALL_SCRIPTS.info(message));
    }
    let types = manifest.text("types").or_else(|| manifest.text("typings"));
    let (readme, readme_truncated) = match tarball.readme {
        Some(readme) => (Some(readme.text), readme.truncated),
        None => (None, false),
    };
    let entries = [
        ("fileCount", Some(tarball.files.into())),
        ("unpackedSize", Some(tarball.unpacked_size.into())),
        ("bin", manifest.programs(findings).map(Value::from)),
        (
            "engines",
            manifest.object("engines", findings).map(Value::from),
        ),
        ("types", types.map(Value::from)),
        ("hasInstallScript", Some((!scripts.is_empty()).into())),
        ("installScripts", Some(scripts.into())),
        ("hasShrinkwrap", Some(tarball.has_shrinkwrap.into())),
        (
            "readmeTruncated",
            readme.as_ref().map(|_| readme_truncated.into()),
        ),
        ("readme", readme.map(Value::from)),
    ];
    let known = entries
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    known.collect()
}

/// The description as the contract takes one: not too long, and nothing in it that would upset a terminal.
fn description(manifest: &Manifest) -> LocalizedText {
    let mut texts = LocalizedText::default();
    let visible: String = manifest
        .text("description")
        .unwrap_or_default()
        .trim()
        .chars()
        .filter(|character| !character.is_control() || "\n\r\t".contains(*character))
        .take(LocalizedText::LONGEST)
        .collect();
    if let Ok(language) = UNDETERMINED.parse::<LanguageTag>()
        && !visible.is_empty()
    {
        // Should the contract become stricter, the whole text is still in the manifest.
        let _ = texts.set(language, visible);
    }
    texts
}

fn check_size(metadata: &Map<String, Value>, findings: &mut Findings) {
    let mut counter = Counter(0);
    // Neither the counter nor a map with keys of text can fail.
    let _ = serde_json::to_writer(&mut counter, metadata);
    if counter.0 > Inspection::METADATA_LIMIT {
        let message = format!(
            "package.json and the readme come to {} bytes of JSON, at most {} can be kept",
            counter.0,
            Inspection::METADATA_LIMIT
        );
        findings.push(codes::METADATA_TOO_LARGE.error(message));
    }
}

/// Counts what is written to it.
struct Counter(usize);

impl std::io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use cellier_sdk::Rejection;
    use serde_json::json;

    use super::*;
    use crate::manifest;

    fn inspect(manifest: &Value, tarball: Tarball) -> Result<Inspection, Rejection> {
        let mut findings = Findings::default();
        let text = serde_json::to_vec(manifest).unwrap();
        let manifest = manifest::read(&text, &mut findings).unwrap();
        let inspection = inspection(manifest, tarball, &mut findings);
        findings.conclude(inspection)
    }

    #[test]
    fn what_a_manifest_says_is_where_readers_look_for_it() {
        let manifest = json!({
            "name": "@acme/tool", "version": "1.2.3", "license": "MIT", "description": " Does\u{1b} it. ",
            "bin": "cli.js", "engines": { "node": ">=20" }, "typings": "index.d.ts",
            "scripts": { "postinstall": "node setup.js" },
            "registry": { "category": "processing", "processingConfigSchema": { "type": "object" } },
        });
        let inspection = inspect(&manifest, Tarball::default()).unwrap();
        assert_eq!(inspection.name.as_deref(), Some("@acme/tool"));
        assert_eq!(inspection.file_name.as_deref(), Some("tool-1.2.3.tgz"));
        assert_eq!(inspection.category.as_deref(), Some("processing"));
        assert_eq!(inspection.description.get("und"), Some("Does it."));
        let metadata = &inspection.metadata;
        assert_eq!(metadata["manifest"], manifest);
        assert_eq!(metadata["bin"], json!({ "tool": "cli.js" }));
        assert_eq!(metadata["types"], "index.d.ts");
        assert_eq!(metadata["hasInstallScript"], true);
        assert_eq!(
            metadata["processingConfigSchema"],
            json!({ "type": "object" })
        );
        assert_eq!(inspection.findings[0].code, codes::INSTALL_SCRIPTS.id);
    }

    #[test]
    fn more_than_can_be_kept_is_refused() {
        let long = "x".repeat(Inspection::METADATA_LIMIT);
        let manifest = json!({ "name": "a", "version": "1.0.0", "license": "MIT", "x": long });
        let findings = inspect(&manifest, Tarball::default()).unwrap_err();
        assert_eq!(
            findings.into_findings()[0].code,
            codes::METADATA_TOO_LARGE.id
        );
    }
}
