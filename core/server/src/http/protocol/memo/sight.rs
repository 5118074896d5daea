//! What a caller may see of an artefact.

use cellier_model::access::{Action, Decision, Target, decide};
use cellier_model::{Artefact, Context};

use crate::http::credential::Caller;

/// What a caller may see of an artefact, as far as answers depend on it. Who may see the same is told the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http::protocol) struct Sight {
    /// Who owns it, and what else only those in charge are shown.
    internals: bool,
    /// The bytes of its files.
    download: Decision,
}

impl Sight {
    /// Decides, for a caller who may see that it is there.
    pub(in crate::http::protocol) fn of(
        context: &Context,
        caller: &Caller,
        artefact: &Artefact,
    ) -> Self {
        let target = Target::artefact(artefact);
        Self {
            internals: caller.sees_internals_of(artefact),
            download: decide(context.access, caller.actor(), Action::Download, target),
        }
    }

    /// Of somebody who is shown no internals.
    #[cfg(test)]
    pub(super) fn for_tests(download: Decision) -> Self {
        Self {
            internals: false,
            download,
        }
    }
}
