//! The checks of an exam, one concern a file.

mod crowd;
mod descriptor;
mod documents;
mod golden;
mod mutations;
mod protocol;
mod reading;
mod sizes;
mod strangers;
mod words;

use super::exam::Exam;

pub(super) use self::descriptor::descriptor;
pub(super) use self::documents::documents;
pub(super) use self::golden::{Known, golden, read_golden};
pub(super) use self::protocol::{Exchange, protocol};
pub(super) use self::strangers::strangers;

/// Everything that is made of one good (or well-known bad) upload.
pub(super) fn sample(exam: &mut Exam, known: &Known) {
    reading::crumbs(exam, known);
    reading::errors(exam, known);
    reading::lost_bytes(exam, known);
    sizes::huge(exam, known);
    sizes::bomb_of(exam, known);
    crowd::together(exam, known);
    words::said(exam, known);
    words::settings(exam, known);
    mutations::mutations(exam, known);
}
