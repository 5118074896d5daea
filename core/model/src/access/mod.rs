//! The one access decision: every read and every change of an artefact passes [`decide`], default deny.

mod actor;
mod decide;
#[cfg(test)]
mod tests;

pub use self::actor::Actor;
pub use self::decide::{AccessPolicy, Action, Decision, Denial, Target, decide, visible_to};
