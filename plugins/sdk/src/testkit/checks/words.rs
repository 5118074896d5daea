//! What publishers and operators may say beside the bytes.

use super::Known;
use crate::Upload;
use crate::testkit::exam::Exam;
use crate::testkit::hostile::{HOSTILE_FILE_NAMES, HOSTILE_TEXTS};

/// Media types that pass the host's checks and say nothing true.
const MEDIA_TYPES: [&str; 4] = [
    "application/octet-stream",
    "text/html; charset=utf-7",
    "image/svg+xml",
    "x/y; z=\"'",
];

/// Versions that somebody might name, whatever the format's versions look like.
const VERSIONS: [&str; 6] = [
    "1",
    "0.0.0-0",
    "v1",
    "99999999999999999999.0.0",
    "latest",
    "..a",
];

/// The hints of a publisher are hints: whatever they say, the answer comes and keeps to the rules.
pub(super) fn said(exam: &mut Exam, known: &Known) {
    let plain = &known.upload;
    let mut cases: Vec<(String, Upload)> = vec![
        (
            "nothing but a name".to_owned(),
            Upload::new(&plain.name).settings(plain.settings.clone()),
        ),
        (
            "a name of 128 letters".to_owned(),
            with(plain, |upload| upload.name = "x".repeat(128)),
        ),
    ];
    for name in HOSTILE_FILE_NAMES {
        cases.push((
            format!("the file name {name:?}"),
            plain.clone().file_name(name),
        ));
    }
    for media_type in MEDIA_TYPES {
        cases.push((
            format!("the media type {media_type:?}"),
            plain.clone().media_type(media_type),
        ));
    }
    for version in VERSIONS {
        cases.push((
            format!("the version {version:?}"),
            plain.clone().version(version),
        ));
    }
    let categories = exam.descriptor().categories().iter().cloned();
    for category in categories.chain(["unheard-of".to_owned()]) {
        cases.push((
            format!("the category {category:?}"),
            plain.clone().category(category),
        ));
    }
    let name = format!(
        "{}: whatever the publisher says beside it is answered",
        known.name
    );
    exam.check(name, cases, |exam, upload| {
        exam.ask_about(&known.bytes, &upload, known.needs_file)
            .map(drop)
    });
}

/// Each setting at each edge of what an operator may set.
pub(super) fn settings(exam: &mut Exam, known: &Known) {
    let mut cases = Vec::new();
    for setting in exam.descriptor().settings() {
        for value in setting.extremes(&HOSTILE_TEXTS) {
            let mut label = format!("{} = {value}", setting.key());
            label.truncate(label.floor_char_boundary(80));
            let settings = known.upload.settings.clone().with(setting.key(), value);
            cases.push((label, known.upload.clone().settings(settings)));
        }
    }
    if cases.is_empty() {
        return;
    }
    let name = format!(
        "{}: whatever the operator may set, the upload is answered",
        known.name
    );
    exam.check(name, cases, |exam, upload| {
        exam.ask_about(&known.bytes, &upload, known.needs_file)
            .map(drop)
    });
}

fn with(upload: &Upload, change: impl FnOnce(&mut Upload)) -> Upload {
    let mut upload = upload.clone();
    change(&mut upload);
    upload
}
