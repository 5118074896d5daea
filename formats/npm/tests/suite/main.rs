//! The format as its host sees it.
// Tells clippy that the helpers are tests as well.
#![cfg(test)]

mod conformance;
mod differential;
mod hostile;
mod kinds;
mod protocol;
mod real;
mod support;
mod writing;
