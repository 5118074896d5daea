//! What the server does by itself every now and then.

mod collect;
mod lease;
mod upkeep;

pub(crate) use self::collect::{GC_LEASE, collect_regularly};
pub(crate) use self::lease::{Holder, under_lease, wait_for_lease};
pub(crate) use self::upkeep::upkeep;
