//! Contents as a host may lend them: in memory or in a file, in full or in crumbs, failing, and larger than life.

mod failing;
mod short;
mod sparse;
mod staged;
mod watched;

use std::sync::Arc;

use crate::ReadAt;

pub(super) use self::failing::{Failing, Lasting};
pub(super) use self::short::Short;
pub(super) use self::sparse::{Ends, Sparse};
pub(super) use self::staged::{Memory, stage};
pub(super) use self::watched::{Allowance, Meter, Watched};

/// A content that is lent: several threads may read it, and a thread that hangs may keep it.
pub(super) type Lent = Arc<dyn ReadAt>;
