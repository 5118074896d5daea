//! Uploads whose answer is known.

use std::path::Path;
use std::sync::Arc;

use crate::testkit::answer::Answer;
use crate::testkit::content::{Allowance, stage};
use crate::testkit::exam::{Exam, Question};
use crate::testkit::golden::read_folder;
use crate::testkit::report::Check;
use crate::testkit::sample::Sample;
use crate::{Settings, Upload};

/// An upload whose answer is known: what everything else is compared with.
pub(in crate::testkit) struct Known {
    /// What it is called.
    pub(in crate::testkit) name: String,
    /// Its bytes.
    pub(in crate::testkit) bytes: Arc<[u8]>,
    /// What the publisher said, the settings complete with defaults.
    pub(in crate::testkit) upload: Upload,
    /// The answer.
    pub(in crate::testkit) answer: Answer,
    /// Whether the format has to be given a file that it opens itself.
    pub(in crate::testkit) needs_file: bool,
    /// How often it reads.
    pub(in crate::testkit) reads: u64,
}

/// Reads a folder of golden uploads.
pub(in crate::testkit) fn read_golden(exam: &mut Exam, folder: &Path) -> Vec<Sample> {
    match read_folder(folder) {
        Ok(samples) => samples,
        Err(problem) => {
            let mut check = Check::new("golden uploads");
            check.fail(problem);
            exam.add(check);
            Vec::new()
        }
    }
}

/// Asks about every sample and compares with what is expected.
pub(in crate::testkit) fn golden(exam: &mut Exam, samples: Vec<Sample>) -> Vec<Known> {
    let mut known = Vec::new();
    for sample in samples {
        let mut check = Check::new(format!("{}: the answer is the expected one", sample.name()));
        match meet(exam, &sample, &mut check) {
            Ok(met) => {
                check.case("as it is", Ok(()));
                known.push(met);
            }
            Err(problem) => check.case("as it is", Err(problem)),
        }
        exam.add(check);
    }
    let mut check = Check::new("there is an upload that the format takes");
    let any_taken = known.iter().any(|known| known.answer.is_taken());
    let lacking =
        "give at least one, with golden() or sample(): what is made of it is most of the exam";
    let outcome = if any_taken {
        Ok(())
    } else {
        Err(lacking.to_owned())
    };
    check.case("among the samples", outcome);
    exam.add(check);
    known
}

fn meet(exam: &mut Exam, sample: &Sample, check: &mut Check) -> Result<Known, String> {
    let upload = complete_settings(exam, sample.upload())?;
    let bytes = sample.bytes();
    let plain = ask_plainly(exam, &upload, bytes, false)?;
    let needs_file = plain.0.is_unreadable() && exam.options().local_files;
    let (answer, reads) = if needs_file {
        check.note("the format has to be given a file that it opens itself");
        ask_plainly(exam, &upload, bytes, true)?
    } else {
        plain
    };
    let again = exam.ask_about(bytes, &upload, needs_file)?;
    if let Some(difference) = answer.difference(&again) {
        return Err(format!(
            "it answers differently to the same upload: {difference}"
        ));
    }
    if !needs_file && exam.options().local_files {
        let with_file = exam.ask_about(bytes, &upload, true)?;
        if let Some(difference) = answer.difference(&with_file) {
            return Err(format!(
                "with a local file beside it answers differently: {difference}"
            ));
        }
    }
    check_category(exam, &upload, &answer)?;
    if let Some(note) = sample.expected().compare(&answer, exam.options().bless)? {
        check.note(note);
    }
    Ok(Known {
        name: sample.name().to_owned(),
        bytes: Arc::clone(bytes),
        upload,
        answer,
        needs_file,
        reads,
    })
}

/// Asks once, without holding it against the format if it cannot read: whether it needs a file is being found out.
fn ask_plainly(
    exam: &mut Exam,
    upload: &Upload,
    bytes: &Arc<[u8]>,
    with_file: bool,
) -> Result<(Answer, u64), String> {
    let question = Question {
        upload,
        content: &|| stage(bytes, with_file),
        allowance: Allowance::WITHOUT_END,
        readable: false,
    };
    let (answer, meter) = exam.ask_once(&question)?;
    Ok((answer, meter.spent().reads))
}

fn complete_settings(exam: &Exam, said: &Upload) -> Result<Upload, String> {
    let settings = Settings::from_operator(exam.descriptor().settings(), said.settings.as_map());
    let settings = settings.map_err(|mistakes| {
        let mistakes: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        format!("its settings are refused: {}", mistakes.join("; "))
    })?;
    Ok(said.clone().settings(settings))
}

/// A category that the format does not have itself is one that an operator has added, and then the publisher says it.
fn check_category(exam: &Exam, upload: &Upload, answer: &Answer) -> Result<(), String> {
    let Answer::Taken(inspection) = answer else {
        return Ok(());
    };
    match &inspection.category {
        Some(category)
            if !exam.descriptor().categories().contains(category)
                && upload.category.as_ref() != Some(category) =>
        {
            Err(format!(
                "the category {category:?} is not among those of the format"
            ))
        }
        _ => Ok(()),
    }
}
