//! Formats whose answers break a rule.

use std::sync::atomic::{AtomicBool, Ordering};

use cellier_sdk::testkit::Sample;
use cellier_sdk::{
    Descriptor, Finding, Inspection, ReadAt, ReadAtExt as _, Rejection, Setting, Versioning,
};

use crate::toy::{Toy, assert_fails, descriptor, inspect_soundly};

/// A format that takes toys with something about them that no host could use.
fn taking(change: impl Fn(Inspection) -> Inspection + Send + Sync + 'static) -> Toy {
    Toy::new().inspect(move |_, content| inspect_soundly(content).map(&change))
}

fn first_line(content: &dyn ReadAt) -> std::io::Result<String> {
    let head = content.read_head(200)?;
    let line = head.split(|&byte| byte == b'\n').nth(1).unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

#[test]
fn a_format_that_takes_an_upload_with_an_error_fails() {
    let toy = taking(|inspection| inspection.finding(Finding::error("TOY2", "bad")));
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "with the error TOY2",
    );
}

#[test]
fn a_format_that_refuses_without_an_error_fails() {
    let toy = Toy::new().inspect(|_, content| {
        inspect_soundly(content)
            .map_err(|_no_toy| Rejection::invalid([Finding::warning("TOY2", "hm")]))
    });
    assert_fails(
        &toy.report(),
        "any other file",
        "without an error among its findings",
    );
}

#[test]
fn a_format_whose_reason_is_merely_a_warning_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let reason = Finding::warning("TOY1", "no toy");
        inspect_soundly(content).map_err(|_no_toy| Rejection::not_this_format(reason))
    });
    assert_fails(&toy.report(), "any other file", "is no error");
}

#[test]
fn a_format_that_makes_a_media_type_of_what_a_file_says_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let media_type = format!("text/{}", first_line(content)?);
        inspect_soundly(content).map(|inspection| inspection.media_type(media_type))
    });
    let report = toy
        .exam()
        .sample(Sample::new("two lines", "TOY\nplain\n"))
        .run();
    assert_fails(
        &report,
        "the answer is the expected one",
        "is not a media type",
    );
}

#[test]
fn a_format_that_repeats_a_file_in_its_messages_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let head = content.read_head(100)?;
        inspect_soundly(content).map_err(|_no_toy| {
            let message = format!("starts with {}", String::from_utf8_lossy(&head));
            Rejection::not_this_format(Finding::error("TOY1", message))
        })
    });
    assert_fails(
        &toy.report(),
        "any other file",
        "which would reach logs and terminals",
    );
}

#[test]
fn a_format_with_a_code_that_is_none_fails() {
    let toy = taking(|inspection| inspection.finding(Finding::info("toy-2", "fine")));
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "the code \"toy-2\"",
    );
}

#[test]
fn a_format_that_lists_findings_without_end_fails() {
    let toy = taking(|mut inspection| {
        inspection.findings = vec![Finding::info("TOY2", "fine"); 1000];
        inspection
    });
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "it gives 1000 findings",
    );
}

#[test]
fn a_format_that_keeps_too_much_of_an_upload_fails() {
    let toy = Toy::new().inspect(|_, content| {
        let all = content.read_head(8 << 20)?;
        Ok(Inspection::new().metadata("all", String::from_utf8_lossy(&all)))
    });
    assert_fails(&toy.report(), "any other file", "bytes of metadata");
}

#[test]
fn a_format_that_gives_away_where_a_file_lies_fails() {
    let toy = Toy::new().inspect(|_, content| {
        inspect_soundly(content).map_err(|_no_toy| {
            let path = content
                .local_path()
                .unwrap_or(std::path::Path::new("memory"));
            let message = format!("{} is no toy", path.display());
            Rejection::not_this_format(Finding::error("TOY1", message))
        })
    });
    assert_fails(
        &toy.report(),
        "any other file",
        "the path of the staged file",
    );
}

#[test]
fn a_format_with_versions_that_nobody_can_order_fails() {
    let toy = taking(|inspection| inspection.version("january"))
        .describe(|| descriptor().versioning(Versioning::Opaque));
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "no order key",
    );
    let counted = taking(|inspection| inspection.version("1"));
    assert_fails(
        &counted.report(),
        "the answer is the expected one",
        "the core counts",
    );
}

#[test]
fn a_format_with_a_category_that_it_does_not_have_fails() {
    let toy = taking(|inspection| inspection.category("song"));
    assert_fails(
        &toy.report(),
        "the answer is the expected one",
        "not among those of the format",
    );
}

#[test]
fn a_format_that_a_setting_upsets_fails() {
    let toy = Toy::new()
        .describe(|| descriptor().setting(Setting::integer("lines", 0..=9, 5, "How many.")))
        .inspect(|upload, content| {
            let lines = upload.settings.integer("lines").unwrap_or(1);
            let inspection = inspect_soundly(content)?;
            Ok(inspection.metadata("share", 100 / lines))
        });
    assert_fails(
        &toy.report(),
        "whatever the operator may set",
        "divide by zero",
    );
}

#[test]
fn a_format_that_a_file_name_upsets_fails() {
    let toy = Toy::new().inspect(|upload, content| {
        let name = upload.file_name.as_deref().unwrap_or("none.toy");
        let extension = &name[name.len() - 4..];
        let inspection = inspect_soundly(content)?;
        Ok(inspection.metadata("extension", extension))
    });
    assert_fails(
        &toy.report(),
        "whatever the publisher says",
        "subtract with overflow",
    );
}

#[test]
fn a_format_that_describes_itself_wrongly_or_each_time_anew_fails() {
    let toy = Toy::new().describe(|| {
        Descriptor::new("Toy", "1")
            .title("en", "Toy")
            .category("toy")
    });
    assert_fails(&toy.report(), "the descriptor is sound", "its id is not");

    let first = AtomicBool::new(true);
    let toy = Toy::new().describe(move || {
        if first.swap(false, Ordering::Relaxed) {
            descriptor()
        } else {
            descriptor().category("more")
        }
    });
    assert_fails(
        &toy.report(),
        "the descriptor does not change",
        "in another way than before",
    );
}

#[test]
fn a_format_that_cannot_describe_itself_has_a_report_of_that_alone() {
    let report = Toy::new().describe(|| panic!("no words")).report();
    assert_eq!(report.checks().len(), 1);
    assert_fails(&report, "describe", "it panics: no words");
}
