//! Golden uploads: written when asked, compared ever after.

use std::fs;
use std::path::Path;

use cellier_sdk::testkit::{Conformance, Report, Sample};
use tempfile::TempDir;

use crate::toy::{Toy, assert_fails, inspect_soundly};

fn folder() -> TempDir {
    let folder = TempDir::new().unwrap();
    for (case, content) in [("good", "TOY\none\n"), ("other", "no toy")] {
        let case = folder.path().join(case);
        fs::create_dir(&case).unwrap();
        fs::write(case.join("file.toy"), content).unwrap();
    }
    folder
}

fn exam(toy: Toy, folder: &Path, bless: bool) -> Report {
    Conformance::of(toy)
        .golden(folder)
        .bless(bless)
        .mutations(4)
        .run()
}

#[test]
fn answers_are_written_when_asked_and_compared_ever_after() {
    let folder = folder();
    let missing = exam(Toy::new(), folder.path(), false);
    assert_fails(
        &missing,
        "good: the answer is the expected one",
        "set CELLIER_BLESS=1",
    );

    let written = exam(Toy::new(), folder.path(), true);
    assert!(written.has_passed(), "{written}");
    let other = fs::read_to_string(folder.path().join("other/expected.json")).unwrap();
    assert_eq!(other, "{\n  \"notThisFormat\": \"TOY1\"\n}\n");
    let compared = exam(Toy::new(), folder.path(), false);
    assert!(compared.has_passed(), "{compared}");
}

#[test]
fn an_answer_that_has_changed_fails_with_the_lines_that_differ() {
    let folder = folder();
    assert!(exam(Toy::new(), folder.path(), true).has_passed());
    let changed =
        || Toy::new().inspect(|_, content| Ok(inspect_soundly(content)?.metadata("lines", "many")));
    let report = exam(changed(), folder.path(), false);
    assert_fails(
        &report,
        "good: the answer is the expected one",
        "+       \"lines\": \"many\"",
    );
}

#[test]
fn a_sample_that_is_not_answered_as_expected_fails_with_what_was_found() {
    let exam = || {
        Conformance::of(Toy::new())
            .sample(Sample::new("good", "TOY\n"))
            .mutations(4)
    };
    let report = exam().sample(Sample::new("bad", "no toy")).run();
    assert_fails(
        &report,
        "bad: the answer",
        "expected is taken, the answer is not this format (TOY1)",
    );
    let report = exam()
        .sample(Sample::new("bad", "TOY").refused(&["TOY2"]))
        .run();
    assert_fails(
        &report,
        "bad: the answer",
        "expected is invalid (TOY2), the answer is taken",
    );
}

#[test]
fn a_folder_without_uploads_fails() {
    let folder = TempDir::new().unwrap();
    assert_fails(
        &exam(Toy::new(), folder.path(), false),
        "golden uploads",
        "has no golden upload",
    );
}

#[test]
fn settings_that_the_format_does_not_have_fail() {
    let folder = folder();
    let said = r#"{"settings":{"strict":true}}"#;
    fs::write(folder.path().join("good/upload.json"), said).unwrap();
    let report = exam(Toy::new(), folder.path(), true);
    assert_fails(&report, "good: the answer", "the format has no settings");
}
