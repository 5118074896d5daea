//! The kit examined itself: a sound format passes, and for each rule there is a format that breaks it and fails.
// Tells clippy that the helpers are tests as well.
#![cfg(test)]

mod answers;
mod golden;
mod hostile;
mod protocol;
mod reading;
mod sound;
mod toy;
