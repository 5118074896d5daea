//! Keeping what must be kept and freeing what may be: policies remove versions, the sweep frees bytes.
//!
//! # Why a sweep never takes a blob that a publish uses
//!
//! The row of a blob decides, not the bytes. A publish notes a fresh key in a transaction of its own before it stores
//! bytes under it, and takes it into use in the transaction that makes the file; both lock the row, and so does a publish
//! that shares a blob. A sweep *condemns* a blob in a transaction: it locks the row, looks whether anything uses it, and
//! marks it as dying. Whoever comes second sees what the first did: a publish finds the blob dying, or gone, and stores
//! its bytes under a fresh key; a sweep finds it used and leaves it. Bytes are deleted only after the mark is committed,
//! and a key is never written twice, so a delete that comes late, or twice, hits nothing else. The grace period is for
//! downloads that are under way, not for this: `tests/sweeping.rs` tries every order of the steps without any.

mod collect;
mod free;
mod orphans;
mod plan;
mod policy;
mod prune;
mod sweep;

pub use self::collect::{Collected, Collection, collect};
pub use self::plan::{Retained, Verdict, plan};
pub use self::policy::{EmptyRule, RetentionPolicy};
pub use self::prune::{Pruned, policy_of, prune_artefact};
pub use self::sweep::{Sweep, SweepError, Swept, sweep};
