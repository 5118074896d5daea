//! Files that have nothing to do with the format, and files that only pretend to.

use std::sync::Arc;

use super::sizes::{check_bomb, check_sizes};
use crate::testkit::exam::Exam;
use crate::testkit::hostile::{behind_magic, files};
use crate::{Claim, Settings, Upload};

/// One of everything that people send by mistake or on purpose.
pub(in crate::testkit) fn strangers(exam: &mut Exam) {
    let upload = stranger(exam);
    let with_file = exam.options().local_files;
    exam.check_mutants("any other file is answered", files(), &upload, with_file);
    let pretenders = behind_magic(exam.descriptor());
    if !pretenders.is_empty() {
        let name = "what begins as the format claims is answered";
        exam.check_mutants(name, pretenders, &upload, with_file);
    }
    let nothing: Arc<[u8]> = Arc::default();
    let name = "a huge file of zeros is answered within the budget of a small one";
    check_sizes(exam, name.to_owned(), &nothing, &upload, with_file);
    let name = "a bomb is given up early";
    check_bomb(exam, name.to_owned(), b"", &upload);
}

/// A file whose name says that it is of this format, and about which nothing else is said.
fn stranger(exam: &Exam) -> Upload {
    let descriptor = exam.descriptor();
    let extension = descriptor.claims().iter().find_map(|claim| match claim {
        Claim::Extension(extension) => Some(extension.as_str()),
        _ => None,
    });
    let file_name = format!("stranger.{}", extension.unwrap_or("bin"));
    // Defaults that are refused are reported where the descriptor is checked.
    let settings = Settings::from_operator(descriptor.settings(), &serde_json::Map::new());
    Upload::new("stranger")
        .file_name(file_name)
        .settings(settings.unwrap_or_default())
}
