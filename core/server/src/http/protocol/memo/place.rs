//! What is asked for.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use cellier_model::FormatId;

/// Through which door a request comes: the URLs in answers are of that door.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::http::protocol) enum Entrance {
    /// Below the mount, on the server's own host.
    Mount,
    /// At the root of a host that the format has to itself.
    HostRoot,
}

/// What is asked for, as the client has written it: whoever writes the same otherwise is given an answer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::http::protocol) struct Place<'a> {
    pub(in crate::http::protocol) format: &'a FormatId,
    pub(in crate::http::protocol) entrance: Entrance,
    /// The path below the mount, percent-encoded as it came.
    pub(in crate::http::protocol) path: &'a str,
    /// The query, percent-encoded as it came.
    pub(in crate::http::protocol) query: Option<&'a str>,
}

impl Place<'_> {
    /// What stands for it in tables. The key of the hash is chosen anew by each process, so that no client knows two places
    /// that have the same.
    pub(super) fn hash(&self) -> u64 {
        static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        STATE.hash_one(self)
    }

    /// The same for longer than the request.
    pub(super) fn keep(&self) -> KeptPlace {
        KeptPlace {
            format: self.format.clone(),
            entrance: self.entrance,
            path: self.path.into(),
            query: self.query.map(Into::into),
        }
    }
}

/// A place that is kept.
#[derive(Clone, Debug)]
pub(super) struct KeptPlace {
    format: FormatId,
    entrance: Entrance,
    path: Box<str>,
    query: Option<Box<str>>,
}

impl KeptPlace {
    /// Whether it is this place: a hash alone may be that of another.
    pub(super) fn is(&self, place: &Place<'_>) -> bool {
        self.path.as_ref() == place.path
            && self.query.as_deref() == place.query
            && self.entrance == place.entrance
            && self.format == *place.format
    }

    /// How many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        self.path.len() + self.query.as_ref().map_or(0, |query| query.len())
    }
}
