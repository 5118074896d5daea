//! The registry that a protocol is asked about.

use std::collections::BTreeMap;

use crate::testkit::answer::Answer;
use crate::testkit::checks::Known;
use crate::testkit::exam::Exam;
use crate::testkit::registry::{FakeArtefact, FakeRegistry, FakeVersion};
use crate::{MediaType, Registry, Settings, Version};

/// A registry in which the samples that are taken were published.
pub(super) fn of(exam: &Exam, known: &[Known]) -> FakeRegistry {
    let mut artefacts: BTreeMap<String, FakeArtefact> = BTreeMap::new();
    for known in known {
        let Answer::Taken(inspection) = &known.answer else {
            continue;
        };
        let name = inspection.name.as_ref().unwrap_or(&known.upload.name);
        let version = inspection
            .version
            .as_ref()
            .or(known.upload.version.as_ref());
        let version = version.map_or("1", String::as_str);
        if exam.descriptor().names().parse(name).is_err() || Version::opaque(version).is_err() {
            continue;
        }
        let file_name = inspection
            .file_name
            .as_ref()
            .or(known.upload.file_name.as_ref());
        let media_type = inspection.media_type.as_deref().unwrap_or_default();
        let media_type: MediaType = media_type
            .parse()
            .unwrap_or_else(|_none| MediaType::octet_stream());
        let version = FakeVersion::new(version)
            .file(file_name.unwrap_or(name), media_type.as_str(), &known.bytes)
            .all_metadata(&inspection.metadata);
        let artefact = artefacts
            .remove(name)
            .unwrap_or_else(|| FakeArtefact::new(name));
        artefacts.insert(name.clone(), artefact.version(version));
    }
    artefacts
        .into_values()
        .fold(FakeRegistry::new(), FakeRegistry::with_artefact)
}

/// With the digests that the format asks for and with settings that are complete.
pub(super) fn complete(exam: &Exam, registry: FakeRegistry) -> FakeRegistry {
    let descriptor = exam.descriptor();
    let said = registry.settings().as_map().clone();
    // Settings that are refused are reported where the descriptor is checked.
    let settings = Settings::from_operator(descriptor.settings(), &said).unwrap_or_default();
    descriptor
        .digests()
        .iter()
        .fold(registry.with_settings(settings), |registry, digest| {
            registry.with_digest(*digest)
        })
}
