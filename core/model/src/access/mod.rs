//! The one access decision: every read and every change of an artefact passes [`decide`], default deny.

mod actor;
mod decide;

pub use self::actor::Actor;
pub use self::decide::{AccessPolicy, Action, Decision, Denial, Target, decide, visible_to};
