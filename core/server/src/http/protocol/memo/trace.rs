//! What a format has looked at for an answer.

use std::sync::{Arc, Mutex, PoisonError};

use cellier_model::{Artefact, Id};

use crate::http::protocol::memo::Sight;

/// What a format has looked at while it answered one request. It is noted where the format is lent its view of the
/// registry, so that no answer is held by a format's word alone.
#[derive(Clone, Debug, Default)]
pub(in crate::http::protocol) struct Trace(Arc<Mutex<Looked>>);

#[derive(Clone, Debug, Default)]
enum Looked {
    #[default]
    AtNothing,
    AtOne(Seen),
    /// At several artefacts, at one that changed meanwhile, at a list, or at the caller.
    Beyond,
}

/// An artefact as a format has seen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    /// Its name.
    pub(super) name: String,
    /// What of it, and when.
    pub(super) as_it_was: AsItWas,
}

/// What an answer about an artefact depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AsItWas {
    /// Which artefact: a name may come to mean another.
    pub(super) id: Id<Artefact>,
    /// Counts every change of the artefact and its versions.
    pub(super) revision: u64,
    /// What the caller may see of it.
    pub(super) sight: Sight,
}

impl AsItWas {
    /// An artefact as it is now, for a caller who may see as much.
    pub(super) fn of(artefact: &Artefact, sight: Sight) -> Self {
        Self {
            id: artefact.id,
            revision: artefact.revision,
            sight,
        }
    }
}

impl Trace {
    /// Notes that an artefact was looked at.
    pub(in crate::http::protocol) fn saw(&self, artefact: &Artefact, sight: Sight) {
        let as_it_was = AsItWas::of(artefact, sight);
        let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*looked {
            Looked::AtNothing => {
                let name = artefact.name.to_string();
                *looked = Looked::AtOne(Seen { name, as_it_was });
            }
            Looked::AtOne(seen) if seen.as_it_was == as_it_was => {}
            Looked::AtOne(_) | Looked::Beyond => *looked = Looked::Beyond,
        }
    }

    /// Notes that something was looked at of which nobody can cheaply tell whether it is still the same.
    pub(in crate::http::protocol) fn went_beyond(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Looked::Beyond;
    }

    /// The one artefact that was looked at, if nothing else was.
    pub(super) fn one(&self) -> Option<Seen> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Looked::AtOne(seen) => Some(seen.clone()),
            Looked::AtNothing | Looked::Beyond => None,
        }
    }
}
