//! Many at once: a host calls a format from as many threads as it has.

use std::sync::Barrier;
use std::thread;

use super::Known;
use crate::testkit::answer::Answer;
use crate::testkit::content::stage;
use crate::testkit::exam::Exam;

/// How many threads ask at once.
const THREADS: usize = 4;

/// The same upload, inspected by several threads at the same moment.
pub(super) fn together(exam: &mut Exam, known: &Known) {
    let name = format!(
        "{}: {THREADS} threads get the same answer at once",
        known.name
    );
    let cases = [("all at the same moment".to_owned(), ())];
    exam.check(name, cases, |exam, ()| {
        let content = stage(&known.bytes, known.needs_file)
            .map_err(|error| format!("the kit cannot stage the upload: {error}"))?;
        let upload = known.upload.clone();
        let answers = exam.call("inspect at once", move |format| {
            let start = Barrier::new(THREADS);
            let ask = || {
                start.wait();
                Answer::of(format.inspect(&upload, content.as_ref()))
            };
            thread::scope(|scope| {
                let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(ask)).collect();
                threads
                    .into_iter()
                    .map(|thread| thread.join().ok())
                    .collect::<Vec<_>>()
            })
        })?;
        for answer in answers {
            let answer = answer.ok_or("it panics when several threads ask at once")?;
            if let Some(difference) = known.answer.difference(&answer) {
                return Err(format!(
                    "several threads get other answers than one: {difference}"
                ));
            }
        }
        Ok(())
    });
}
