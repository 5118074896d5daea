//! An exam that is being held: it asks, and it judges what is true of every answer.

use std::sync::Arc;

use super::answer::Answer;
use super::content::{Allowance, Lent, Meter, Watched};
use super::guard::{Breach, call};
use super::hostile::Mutant;
use super::options::Options;
use super::report::{Check, Report};
use super::rules::{Asked, check_answer};
use crate::{Descriptor, Format, Upload};

/// After so many calls that never return an exam is broken off: each of them costs a thread and all its patience.
const MOST_HANGS: u32 = 3;

/// An exam that is being held.
pub(super) struct Exam {
    format: Arc<dyn Format>,
    descriptor: Arc<Descriptor>,
    options: Options,
    report: Report,
    hangs: u32,
    /// The case that is being judged: the name of the thread that a stack overflow would name.
    case: String,
}

/// An upload to ask about.
pub(super) struct Question<'a> {
    /// What the publisher said.
    pub(super) upload: &'a Upload,
    /// Lends the content, anew for each call.
    pub(super) content: &'a dyn Fn() -> std::io::Result<Lent>,
    /// How much of it may be read.
    pub(super) allowance: Allowance,
    /// Whether the bytes can be had. An answer that they cannot is then wrong.
    pub(super) readable: bool,
}

impl Exam {
    /// Begins with what the format says of itself. Without that there is no exam, only a report.
    pub(super) fn begin(format: Arc<dyn Format>, options: Options) -> Result<Self, Report> {
        let asked = Arc::clone(&format);
        match call("describe", options.deadline, move || asked.describe()) {
            Ok(descriptor) => Ok(Self {
                format,
                report: Report::new(descriptor.id()),
                descriptor: Arc::new(descriptor),
                options,
                hangs: 0,
                case: String::new(),
            }),
            Err(breach) => {
                let mut report = Report::new("that cannot describe itself");
                let mut check = Check::new("describe");
                check.case("the first call", Err(breach.to_string()));
                report.add(check);
                Err(report)
            }
        }
    }

    pub(super) fn end(self) -> Report {
        self.report
    }

    pub(super) fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    pub(super) fn options(&self) -> Options {
        self.options
    }

    /// Adds a check that was made elsewhere.
    pub(super) fn add(&mut self, check: Check) {
        self.report.add(check);
    }

    /// Makes a check of many cases.
    pub(super) fn check<C>(
        &mut self,
        name: impl Into<String>,
        cases: impl IntoIterator<Item = (String, C)>,
        mut judge: impl FnMut(&mut Self, C) -> Result<(), String>,
    ) {
        let mut check = Check::new(name);
        for (label, case) in cases {
            if self.hangs >= MOST_HANGS {
                check.fail(format!(
                    "the exam was broken off before {label}: {MOST_HANGS} calls have never returned"
                ));
                break;
            }
            self.case.clone_from(&label);
            let outcome = judge(self, case);
            check.case(&label, outcome);
        }
        self.report.add(check);
    }

    /// Checks that the format answers to each of these uploads, whatever it answers.
    pub(super) fn check_mutants(
        &mut self,
        name: impl Into<String>,
        mutants: impl IntoIterator<Item = Mutant>,
        upload: &Upload,
        with_file: bool,
    ) {
        let cases = mutants
            .into_iter()
            .map(|mutant| (mutant.label.clone(), mutant));
        self.check(name, cases, |exam, mutant| {
            exam.ask_about(&mutant.bytes, upload, with_file).map(drop)
        });
    }

    /// Asks about bytes that can be read.
    pub(super) fn ask_about(
        &mut self,
        bytes: &Arc<[u8]>,
        upload: &Upload,
        with_file: bool,
    ) -> Result<Answer, String> {
        let question = Question {
            upload,
            content: &|| super::content::stage(bytes, with_file),
            allowance: self.options.budget.allowance(bytes.len() as u64),
            readable: true,
        };
        self.ask(&question)
    }

    /// Asks twice, and judges what is true of every answer: it comes, it is the same again, it keeps to the rules, and
    /// no more was read for it than the budget allows.
    pub(super) fn ask(&mut self, question: &Question<'_>) -> Result<Answer, String> {
        let (answer, _) = self.ask_once(question)?;
        let (again, _) = self.ask_once(question)?;
        if let Some(difference) = answer.difference(&again) {
            return Err(format!(
                "it answers differently to the same upload: {difference}"
            ));
        }
        Ok(answer)
    }

    /// Asks once; also says what was read.
    pub(super) fn ask_once(&mut self, question: &Question<'_>) -> Result<(Answer, Meter), String> {
        let content = (question.content)()
            .map_err(|error| format!("the kit cannot stage the upload: {error}"))?;
        let local_path = content.local_path().map(|path| path.display().to_string());
        let (watched, meter) = Watched::new(content, question.allowance);
        let upload = question.upload.clone();
        let answer = self.call("inspect", move |format| {
            Answer::of(format.inspect(&upload, &watched))
        })?;
        if let Some(excess) = meter.excess() {
            return Err(excess);
        }
        let asked = Asked {
            descriptor: &self.descriptor,
            upload: question.upload,
            local_path: local_path.as_deref(),
            readable: question.readable,
        };
        check_answer(&answer, asked)?;
        Ok((answer, meter))
    }

    /// Calls the format on a thread of its own.
    pub(super) fn call<T: Send + 'static>(
        &mut self,
        name: &str,
        work: impl FnOnce(&dyn Format) -> T + Send + 'static,
    ) -> Result<T, String> {
        let format = Arc::clone(&self.format);
        let name = format!("{name}: {}", self.case);
        let called = call(&name, self.options.deadline, move || work(format.as_ref()));
        called.map_err(|breach| {
            if matches!(breach, Breach::Hung(_)) {
                self.hangs += 1;
            }
            breach.to_string()
        })
    }
}
