//! Every file that fuzzing ever found worth keeping goes through its parser once more, on stable.

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use cellier_fuzz::TARGETS;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

#[test]
fn every_file_of_the_corpus_is_answered() {
    let mut failed = Vec::new();
    for (name, target) in TARGETS {
        let folder = corpus().join(name);
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "{} holds no file", folder.display());
        for file in files {
            let data = fs::read(&file).unwrap();
            if catch_unwind(|| target(&data)).is_err() {
                failed.push(file);
            }
        }
    }
    assert!(failed.is_empty(), "these files break a parser: {failed:#?}");
}

#[test]
fn every_corpus_and_every_fuzz_target_belongs_to_a_function() {
    let known: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let stems = |folder: PathBuf| -> BTreeSet<String> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect()
    };
    assert_eq!(stems(corpus()), known);
    let fuzz_targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    assert_eq!(stems(fuzz_targets), known);
}
