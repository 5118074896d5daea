//! Real packages pass unchanged.

use std::path::Path;
use std::process::Command;

use cellier_sdk::{Inspection, Severity};

use crate::support::inspect;

/// Fifty of the packages that others use most, small and large.
const FIFTY: [&str; 50] = [
    "@babel/core",
    "@babel/runtime",
    "@sindresorhus/is",
    "acorn",
    "ajv",
    "ansi-styles",
    "async",
    "axios",
    "chalk",
    "color-convert",
    "commander",
    "cross-spawn",
    "debug",
    "dotenv",
    "esbuild",
    "eslint",
    "express",
    "fs-extra",
    "glob",
    "inherits",
    "is-number",
    "js-yaml",
    "lodash",
    "lru-cache",
    "minimatch",
    "minimist",
    "mkdirp",
    "moment",
    "ms",
    "postcss",
    "prettier",
    "react",
    "react-dom",
    "readable-stream",
    "rimraf",
    "rollup",
    "rxjs",
    "safe-buffer",
    "semver",
    "string-width",
    "strip-ansi",
    "tslib",
    "typescript",
    "uuid",
    "vite",
    "vue",
    "webpack",
    "ws",
    "yargs",
    "zod",
];

fn inspect_file(path: &Path) -> Inspection {
    let content = std::fs::read(path).unwrap();
    match inspect(&content) {
        Ok(inspection) => inspection,
        Err(rejection) => panic!("{}: {:?}", path.display(), rejection.into_findings()),
    }
}

#[test]
fn small_real_packages_pass_unchanged() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    for (file, name, version, license, files) in [
        ("inherits-2.0.4.tgz", "inherits", "2.0.4", "ISC", 5),
        ("is-number-7.0.0.tgz", "is-number", "7.0.0", "MIT", 4),
        ("ms-2.1.3.tgz", "ms", "2.1.3", "MIT", 4),
        ("semver-7.8.6.tgz", "semver", "7.8.6", "ISC", 54),
        (
            "sindresorhus-is-7.2.0.tgz",
            "@sindresorhus/is",
            "7.2.0",
            "MIT",
            9,
        ),
    ] {
        let inspection = inspect_file(&folder.join(file));
        assert_eq!(inspection.name.as_deref(), Some(name));
        assert_eq!(inspection.version.as_deref(), Some(version));
        assert_eq!(inspection.license.as_deref(), Some(license));
        assert_eq!(inspection.metadata["fileCount"], files);
        assert_eq!(inspection.metadata["manifest"]["name"], name);
        assert!(inspection.metadata["readme"].as_str().unwrap().len() > 100);
        assert_eq!(inspection.findings, []);
    }
}

#[test]
#[ignore = "fetches fifty packages with npm: make test-all"]
fn fifty_of_the_most_used_packages_pass_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let npm = Command::new("npm")
        .args(["pack", "--silent"])
        .args(FIFTY)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(npm.status.success(), "{}", npm.stderr.escape_ascii());
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let inspection = inspect_file(&file.unwrap().path());
        let warned = |severity| severity != Severity::Info;
        let odd = inspection
            .findings
            .iter()
            .filter(|found| warned(found.severity));
        assert_eq!(odd.count(), 0, "{:?}", inspection.findings);
        names.extend(inspection.name);
    }
    names.sort();
    assert_eq!(names, FIFTY);
}
