//! Everything goes wrong, on purpose: at each step, at any moment, on the disk, in the storage, in the database and with
//! the clock. Whatever happens, what was acknowledged is there, and what was not is whole or absent.
//!
//! What is promised, and how often it was tried, stands in `docs/reliability.md`.

mod clock;
mod database;
mod disk;
mod kills;
mod operation;
mod released;
mod scene;
mod steps;
mod storage;
mod trial;
