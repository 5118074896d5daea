//! How much a tarball may hold.
//!
//! Nothing is ever inflated, walked or kept beyond these, whatever the archive's own headers promise.

use cellier_sdk::{Setting, Settings};

/// Most bytes that a tarball may unpack to, tar headers and padding included, unless the operator says otherwise.
pub const UNPACKED: u64 = 512 * MIB;

/// How many times its packed size a tarball may unpack to, once it has unpacked to more than [`RATIO_FROM`].
pub const RATIO: u64 = 100;

/// Up to this many unpacked bytes the [`RATIO`] is nobody's concern: small packages may be very repetitive.
pub const RATIO_FROM: u64 = 64 * MIB;

/// Most entries of a tarball, unless the operator says otherwise.
pub const ENTRIES: u64 = 20_000;

/// Most bytes of an entry's path.
pub const PATH: usize = 1024;

/// Most bytes of one component of a path: what common file systems allow.
pub const COMPONENT: usize = 255;

/// Most components of a path.
pub const DEPTH: usize = 32;

/// Most bytes of one PAX header or GNU long name.
pub const EXTENSION_HEADER: usize = 64 * 1024;

/// Most bytes of `package.json`.
pub const MANIFEST: usize = 1 << 20;

/// Most levels of nesting in `package.json`.
pub const JSON_DEPTH: usize = 64;

/// Most dependencies of all kinds together.
pub const DEPENDENCIES: usize = 2000;

/// Most bytes of the readme that are kept.
pub const README: usize = 64 * 1024;

/// Most findings that are listed; the rest are counted.
pub const FINDINGS: usize = 100;

const MIB: u64 = 1 << 20;

const MAX_UNPACKED_MIB: &str = "max_unpacked_mib";
const MAX_ENTRIES: &str = "max_entries";

/// The limits that the operator may move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Most bytes that a tarball may unpack to.
    pub(crate) unpacked: u64,
    /// Most entries of a tarball.
    pub(crate) entries: u64,
}

impl Limits {
    /// What the operator may set.
    pub(crate) fn settings() -> [Setting; 2] {
        [
            Setting::integer(
                MAX_UNPACKED_MIB,
                1..=16 * 1024,
                (UNPACKED / MIB).cast_signed(),
                "Most MiB that a tarball may unpack to.",
            ),
            Setting::integer(
                MAX_ENTRIES,
                1..=200_000,
                ENTRIES.cast_signed(),
                "Most files and folders that a tarball may hold.",
            ),
        ]
    }

    /// The limits as the operator set them.
    pub(crate) fn of(settings: &Settings) -> Self {
        let number = |key| {
            settings
                .integer(key)
                .and_then(|number| u64::try_from(number).ok())
        };
        Self {
            unpacked: number(MAX_UNPACKED_MIB).map_or(UNPACKED, |mib| mib.saturating_mul(MIB)),
            entries: number(MAX_ENTRIES).unwrap_or(ENTRIES),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: UNPACKED,
            entries: ENTRIES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_does_not_set_has_its_default() {
        assert_eq!(Limits::of(&Settings::default()), Limits::default());
        let defaults = Settings::from_operator(&Limits::settings(), &serde_json::Map::new());
        assert_eq!(Limits::of(&defaults.unwrap()), Limits::default());
        let raised = Settings::default().with(MAX_ENTRIES, 50_000);
        assert_eq!(Limits::of(&raised).entries, 50_000);
    }
}
