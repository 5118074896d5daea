//! Documents that somebody can check: they may come from anybody, so they are read like hostile uploads.

use std::sync::Arc;

use crate::testkit::content::Memory;
use crate::testkit::exam::Exam;
use crate::testkit::hostile::{Mutant, cuts, files, flips, frames, inner};
use crate::testkit::rules::check_findings;
use crate::{Document, Rejection};

/// Every document is read, and whatever is made of it is answered.
pub(in crate::testkit) fn documents(exam: &mut Exam, documents: &[Arc<[u8]>]) {
    let numbered = (1..).zip(documents);
    let whole = numbered.map(|(number, bytes)| (format!("document {number}"), Arc::clone(bytes)));
    exam.check("a document is read", whole, |exam, bytes| {
        match read(exam, &bytes)? {
            Ok(document) if document == Document::default() => {
                Err("it says nothing that could be checked".to_owned())
            }
            Ok(_) => Ok(()),
            Err(rejection) => Err(format!("it is refused: {rejection:?}")),
        }
    });
    for bytes in documents {
        let count = exam.options().mutations_of(bytes.len());
        let edited = [cuts(bytes, count), flips(bytes, count), frames(bytes)];
        let mutants = edited.into_iter().flatten().chain(inner(bytes, count));
        answered(exam, "a hostile document is answered", mutants);
    }
    if !documents.is_empty() {
        answered(exam, "what is no document is answered", files());
    }
}

fn answered(exam: &mut Exam, name: &str, mutants: impl IntoIterator<Item = Mutant>) {
    let cases = mutants
        .into_iter()
        .map(|mutant| (mutant.label, mutant.bytes));
    exam.check(name, cases, |exam, bytes| match read(exam, &bytes)? {
        Ok(_) => Ok(()),
        Err(Rejection::Unreadable(error)) => {
            Err(format!("it says that the bytes cannot be read: {error}"))
        }
        Err(rejection) => check_findings(&rejection.into_findings()),
    });
}

/// Reads twice: the same bytes say the same.
fn read(exam: &mut Exam, bytes: &Arc<[u8]>) -> Result<Result<Document, Rejection>, String> {
    let content = Memory(Arc::clone(bytes));
    let (first, second) = exam.call("read_document", move |format| {
        (
            format.read_document(&content),
            format.read_document(&content),
        )
    })?;
    if format!("{first:?}") == format!("{second:?}") {
        Ok(first)
    } else {
        Err("it reads the same document in different ways".to_owned())
    }
}
