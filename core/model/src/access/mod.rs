//! The one access decision: every read and every change passes [`decide`], default deny.
//!
//! What is asked is an [`Action`] on a [`Target`] by an [`Actor`]; the answer is a [`Decision`]. [`visible_to`] gives the
//! rule of [`Action::See`] as a filter for listings. The rules of each kind of actor have a file of their own.

mod acting;
mod action;
mod actor;
mod decide;
mod decision;
mod of_account;
mod of_key;
mod target;
mod visible_to;

#[cfg(test)]
mod exhaustive;
#[cfg(test)]
mod tests;

pub use self::acting::{Acting, Through};
pub use self::action::Action;
pub use self::actor::Actor;
pub use self::decide::{AccessPolicy, decide};
pub use self::decision::{Decision, Denial};
pub use self::target::Target;
pub use self::visible_to::visible_to;
