//! Reading uploads: a body is staged as it streams by, never held in memory.

mod form;
mod jobs;
mod outcome;
mod paced;
mod parts;
mod publish;
mod stage;

pub(crate) use self::form::{read_form, refuse_declared_size};
pub(crate) use self::jobs::{JobId, Jobs};
pub(crate) use self::outcome::{JobState, Outcome, PublishedFile};
pub(crate) use self::parts::TextParts;
pub(crate) use self::publish::{PublishAnswer, note_published, publish_staged};
pub(crate) use self::stage::stage;
