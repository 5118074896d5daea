//! What is released has no faults on purpose.

use std::process::Command;

/// The features that the store has when a package is built alone, as a release builds it.
fn features_of_the_store(package: &str) -> Vec<String> {
    let told = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "--package", package])
        .args(["--edges", "no-dev", "--prefix", "none"])
        .args(["--format", "{p}\t{f}"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let store = told.lines().find(|line| line.starts_with("cellier-store "));
    let store = store.unwrap_or_else(|| panic!("{package} has no store:\n{told}"));
    let (_, features) = store.split_once('\t').expect("a package and its features");
    features
        .trim_end_matches(" (*)")
        .split(',')
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_released_server_has_no_fail_points_and_the_one_under_test_has() {
    let has = |package: &str| {
        let features = features_of_the_store(package);
        features.iter().any(|feature| feature == "faults")
    };
    assert!(!has("cellier-server"));
    assert!(has("cellier-tests"));
}
