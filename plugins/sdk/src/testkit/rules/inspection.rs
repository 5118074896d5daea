//! Inspections: what a format may say of an upload that it takes.

use serde_json::Value;

use super::Asked;
use super::finding;
use super::text::{problem_with_line, start_of};
use crate::{
    Inspection, MediaType, OrderKey, Severity, Version, Versioning, is_identifier,
    is_safe_file_name,
};

/// Most levels of nesting in metadata: what is stored as JSON must be read again, and parsers have limits.
const DEEPEST: usize = 100;

/// Most bytes of a licence.
const LONGEST_LICENSE: usize = 1000;

/// Most dependencies of one version.
const MOST_DEPENDENCIES: usize = 10_000;

/// Most bytes of all dependencies together, as JSON.
const DEPENDENCIES_LIMIT: usize = 1 << 20;

pub(super) fn check(inspection: &Inspection, asked: Asked<'_>, problems: &mut Vec<String>) {
    check_findings(inspection, problems);
    check_name(inspection, asked, problems);
    check_version(inspection, asked, problems);
    check_category(inspection, problems);
    check_words(inspection, problems);
    check_metadata(inspection, problems);
    check_dependencies(inspection, problems);
}

fn check_findings(inspection: &Inspection, problems: &mut Vec<String>) {
    finding::check_all(&inspection.findings, problems);
    let error = |found: &&crate::Finding| found.severity == Severity::Error;
    if let Some(error) = inspection.findings.iter().find(error) {
        problems.push(format!(
            "it takes the upload with the error {} among its findings: return a rejection instead",
            error.code
        ));
    }
}

fn check_name(inspection: &Inspection, asked: Asked<'_>, problems: &mut Vec<String>) {
    let naming = asked.descriptor.names();
    if let Some(Err(error)) = inspection.name.as_deref().map(|name| naming.parse(name)) {
        problems.push(format!(
            "the name that it found breaks its own rules for names: {error}"
        ));
    }
}

fn check_version(inspection: &Inspection, asked: Asked<'_>, problems: &mut Vec<String>) {
    let version = inspection.version.as_deref();
    let problem = match asked.descriptor.versions() {
        Versioning::Revisions => version.map(|version| {
            format!(
                "it gives the version {:?}, and the core counts the revisions of this format: put it into the metadata",
                start_of(version)
            )
        }),
        Versioning::Semver => version.and_then(|version| Some(Version::semver(version).err()?.to_string())),
        Versioning::Opaque => version.and_then(|version| Some(Version::opaque(version).err()?.to_string())),
    };
    problems.extend(problem);
    check_order(inspection, asked, problems);
}

fn check_order(inspection: &Inspection, asked: Asked<'_>, problems: &mut Vec<String>) {
    let is_opaque = asked.descriptor.versions() == Versioning::Opaque;
    let has_version = inspection.version.is_some() || asked.upload.version.is_some();
    match &inspection.order {
        None if is_opaque && has_version => problems.push(
            "it gives a version and no order key: without one nobody knows which version is the newest".to_owned(),
        ),
        Some(order) if is_opaque => {
            if let Err(error) = OrderKey::new(order.as_str()) {
                problems.push(error.to_string());
            }
        }
        Some(_) => problems.push(
            "it gives an order key, and the core orders the versions of this format by itself".to_owned(),
        ),
        None => {}
    }
}

fn check_category(inspection: &Inspection, problems: &mut Vec<String>) {
    // Operators may add categories to a format: whether this one is known is theirs to say, how it is spelt is not.
    if let Some(category) = inspection
        .category
        .as_deref()
        .filter(|category| !is_identifier(category))
    {
        problems.push(format!(
            "the category {:?} is not 1 to 32 of a-z, 0-9 and -, starting with a letter",
            start_of(category)
        ));
    }
}

fn check_words(inspection: &Inspection, problems: &mut Vec<String>) {
    if let Some(problem) = inspection
        .license
        .as_deref()
        .and_then(|license| problem_with_line(license, LONGEST_LICENSE))
    {
        problems.push(format!("the licence {problem}"));
    }
    if let Some(media_type) = inspection.media_type.as_deref()
        && media_type.parse::<MediaType>().is_err()
    {
        problems.push(format!("{:?} is not a media type", start_of(media_type)));
    }
    if let Some(file_name) = inspection.file_name.as_deref()
        && !is_safe_file_name(file_name)
    {
        problems.push(format!(
            "{:?} is not a file name: 1 to 255 bytes without / \\ and control characters",
            start_of(file_name)
        ));
    }
}

fn check_metadata(inspection: &Inspection, problems: &mut Vec<String>) {
    // Depth first: whatever writes JSON would overflow the stack on it.
    if inspection
        .metadata
        .values()
        .any(|value| !is_flatter_than(value, DEEPEST))
    {
        problems.push(format!(
            "its metadata is nested deeper than {DEEPEST} levels"
        ));
        return;
    }
    match serde_json::to_string(&inspection.metadata) {
        Ok(text) if text.len() > Inspection::METADATA_LIMIT => problems.push(format!(
            "it gives {} bytes of metadata, at most {} are kept",
            text.len(),
            Inspection::METADATA_LIMIT
        )),
        Ok(_) => check_round_trip(inspection, problems),
        Err(error) => problems.push(format!("its metadata cannot be written as JSON: {error}")),
    }
}

/// A plugin that is loaded hands its answers over as JSON, and the catalogue keeps them so.
fn check_round_trip(inspection: &Inspection, problems: &mut Vec<String>) {
    let written = serde_json::to_string(inspection);
    let read = written.and_then(|text| serde_json::from_str::<Inspection>(&text));
    match read {
        Ok(read) if read == *inspection => {}
        Ok(_) => {
            problems.push("its inspection is another one after it went through JSON".to_owned());
        }
        Err(error) => problems.push(format!("its inspection does not survive JSON: {error}")),
    }
}

fn check_dependencies(inspection: &Inspection, problems: &mut Vec<String>) {
    let count = inspection.dependencies.len();
    if count > MOST_DEPENDENCIES {
        problems.push(format!(
            "it gives {count} dependencies, at most {MOST_DEPENDENCIES} are kept"
        ));
    }
    let bytes: usize = inspection
        .dependencies
        .iter()
        .map(|dependency| {
            dependency.name.len() + dependency.requirement.len() + dependency.kind.len()
        })
        .sum();
    if bytes > DEPENDENCIES_LIMIT {
        problems.push(format!(
            "its dependencies have {bytes} bytes, at most {DEPENDENCIES_LIMIT} are kept"
        ));
    }
}

/// Walks with a list of its own instead of recursion: the value may be deeper than any stack.
fn is_flatter_than(value: &Value, deepest: usize) -> bool {
    let mut waiting = vec![(value, 1)];
    while let Some((value, depth)) = waiting.pop() {
        if depth > deepest {
            return false;
        }
        match value {
            Value::Array(items) => waiting.extend(items.iter().map(|item| (item, depth + 1))),
            Value::Object(object) => waiting.extend(object.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Descriptor, Finding, Upload};

    fn problems_with(versioning: Versioning, inspection: &Inspection) -> Vec<String> {
        let descriptor = Descriptor::new("toy", "1")
            .versioning(versioning)
            .category("other");
        let upload = Upload::new("toy");
        let asked = Asked {
            descriptor: &descriptor,
            upload: &upload,
            local_path: None,
            readable: true,
        };
        let mut problems = Vec::new();
        check(inspection, asked, &mut problems);
        problems
    }

    #[test]
    fn a_plain_inspection_is_fine_with_every_versioning() {
        assert_eq!(
            problems_with(Versioning::Revisions, &Inspection::new()),
            [""; 0]
        );
        let semver = Inspection::new()
            .version("1.2.3")
            .name("toy")
            .metadata("a", 1);
        assert_eq!(problems_with(Versioning::Semver, &semver), [""; 0]);
        let order = OrderKey::new("2026.01").unwrap();
        let opaque = Inspection::new().version("january").order(order);
        assert_eq!(problems_with(Versioning::Opaque, &opaque), [""; 0]);
    }

    #[test]
    fn each_thing_that_no_host_could_use_is_one_problem() {
        let order = OrderKey::new("1").unwrap();
        let long = "x".repeat(Inspection::METADATA_LIMIT);
        for (versioning, bad) in [
            (Versioning::Revisions, Inspection::new().version("1.0")),
            (Versioning::Revisions, Inspection::new().order(order)),
            (Versioning::Semver, Inspection::new().version("v1")),
            (Versioning::Opaque, Inspection::new().version("january")),
            (Versioning::Semver, Inspection::new().name("../x")),
            (
                Versioning::Semver,
                Inspection::new().category("No Category"),
            ),
            (Versioning::Semver, Inspection::new().license("MIT\r\nx: y")),
            (
                Versioning::Semver,
                Inspection::new().media_type("text/html\r\nx: y"),
            ),
            (
                Versioning::Semver,
                Inspection::new().file_name("../../etc/passwd"),
            ),
            (Versioning::Semver, Inspection::new().metadata("long", long)),
            (
                Versioning::Semver,
                Inspection::new().finding(Finding::error("A1", "bad")),
            ),
        ] {
            assert_eq!(problems_with(versioning, &bad).len(), 1, "{bad:?}");
        }
    }

    #[test]
    fn metadata_that_no_parser_would_read_again_is_refused_whatever_its_depth() {
        let mut deep = Value::Null;
        for _ in 0..DEEPEST {
            deep = Value::Array(vec![deep]);
        }
        let inspection = Inspection::new().metadata("deep", deep);
        assert_eq!(problems_with(Versioning::Semver, &inspection).len(), 1);
    }
}
