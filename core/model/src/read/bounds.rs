//! Between which keys of the order all versions stand that fulfil a requirement.

use cellier_sdk::OrderKey;
use semver::{Comparator, Op, Version, VersionReq};

/// A part of the order of versions. It may hold versions that do not fulfil the requirement, and leaves none out that do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// They stand here or after it.
    pub(super) from: Option<OrderKey>,
    /// They stand before this.
    pub(super) below: Option<OrderKey>,
    /// They are all stable.
    pub(super) stable_only: bool,
}

impl Bounds {
    pub(super) fn of(requirement: &VersionReq) -> Self {
        let comparators = &requirement.comparators;
        Self {
            from: comparators.iter().filter_map(first).max(),
            below: comparators.iter().filter_map(first_beyond).min(),
            // A prerelease only fulfils a requirement that names one.
            stable_only: comparators.iter().all(|one| one.pre.is_empty()),
        }
    }
}

/// The key at which the versions of a comparator begin; none of an operator that has no such end, or that is not known here.
fn first(comparator: &Comparator) -> Option<OrderKey> {
    let is_whole = comparator.patch.is_some();
    match comparator.op {
        // Beyond 1 is 2, beyond 1.2 is 1.3; beyond 1.2.3 may be 1.2.3 with other metadata of its build.
        Op::Greater if !is_whole => after_the_line(comparator),
        Op::Exact | Op::Greater | Op::GreaterEq | Op::Tilde | Op::Caret | Op::Wildcard => {
            Some(key_itself(comparator))
        }
        _ => None,
    }
}

/// The key at which those begin that are too new for a comparator; none in the same cases.
fn first_beyond(comparator: &Comparator) -> Option<OrderKey> {
    match comparator.op {
        Op::Less => Some(key_itself(comparator)),
        Op::Exact | Op::LessEq | Op::Wildcard => after_the_line(comparator),
        Op::Tilde => match comparator.minor {
            Some(minor) => next_minor(comparator.major, minor),
            None => next_major(comparator.major),
        },
        Op::Caret => match (comparator.major, comparator.minor, comparator.patch) {
            (0, Some(0), Some(patch)) => next_patch(0, 0, patch),
            (0, Some(minor), _) => next_minor(0, minor),
            (major, ..) => next_major(major),
        },
        _ => None,
    }
}

/// The first version after all that begin with the numbers of a comparator.
fn after_the_line(comparator: &Comparator) -> Option<OrderKey> {
    match (comparator.major, comparator.minor, comparator.patch) {
        (major, None, _) => next_major(major),
        (major, Some(minor), None) => next_minor(major, minor),
        (major, Some(minor), Some(patch)) => next_patch(major, minor, patch),
    }
}

fn next_major(major: u64) -> Option<OrderKey> {
    Some(key(major.checked_add(1)?, 0, 0))
}

fn next_minor(major: u64, minor: u64) -> Option<OrderKey> {
    Some(key(major, minor.checked_add(1)?, 0))
}

fn next_patch(major: u64, minor: u64, patch: u64) -> Option<OrderKey> {
    Some(key(major, minor, patch.checked_add(1)?))
}

fn key(major: u64, minor: u64, patch: u64) -> OrderKey {
    OrderKey::of_semver(&Version::new(major, minor, patch))
}

fn key_itself(comparator: &Comparator) -> OrderKey {
    let (minor, patch) = (comparator.minor, comparator.patch);
    let mut version = Version::new(
        comparator.major,
        minor.unwrap_or_default(),
        patch.unwrap_or_default(),
    );
    version.pre = comparator.pre.clone();
    OrderKey::of_semver(&version)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bounds(requirement: &str) -> Bounds {
        Bounds::of(&VersionReq::parse(requirement).unwrap())
    }

    #[test]
    fn a_requirement_is_as_narrow_as_its_narrowest_comparators() {
        let found = bounds(">=1, >=1.2.3, <2, <4");
        assert_eq!(found.from, Some(key(1, 2, 3)));
        assert_eq!(found.below, Some(key(2, 0, 0)));
        assert!(found.stable_only);
        let found = bounds(">999");
        assert_eq!((found.from, found.below), (Some(key(1000, 0, 0)), None));
        assert_eq!(bounds("*").from, None);
        assert!(!bounds("^1.0.0-beta").stable_only);
        let last = format!("^{}", u64::MAX);
        assert_eq!(bounds(&last).below, None, "nothing comes after the last");
    }

    fn numbers() -> impl Strategy<Value = String> {
        prop_oneof![
            (0..4_u64).prop_map(|major| major.to_string()),
            (0..4_u64, 0..4_u64).prop_map(|(major, minor)| format!("{major}.{minor}")),
            version(),
        ]
    }

    fn version() -> impl Strategy<Value = String> {
        let pre = prop_oneof![
            Just(""),
            Just(""),
            Just("-0"),
            Just("-beta.1"),
            Just("-beta")
        ];
        (0..4_u64, 0..4_u64, 0..4_u64, pre)
            .prop_map(|(major, minor, patch, pre)| format!("{major}.{minor}.{patch}{pre}"))
    }

    fn comparator() -> impl Strategy<Value = String> {
        let operator = prop_oneof![
            Just("="),
            Just("<"),
            Just("<="),
            Just(">"),
            Just(">="),
            Just("~"),
            Just("^"),
        ];
        prop_oneof![
            (operator, numbers()).prop_map(|(operator, numbers)| format!("{operator}{numbers}")),
            (0..4_u64).prop_map(|major| format!("{major}.*")),
            (0..4_u64, 0..4_u64).prop_map(|(major, minor)| format!("{major}.{minor}.*")),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn nothing_that_fulfils_a_requirement_stands_outside_its_bounds(
            comparators in prop::collection::vec(comparator(), 1..3),
            version in version(),
            build in prop_oneof![Just(""), Just("+build.7")],
        ) {
            let requirement = VersionReq::parse(&comparators.join(", ")).unwrap();
            let version = Version::parse(&format!("{version}{build}")).unwrap();
            if requirement.matches(&version) {
                let bounds = Bounds::of(&requirement);
                let key = OrderKey::of_semver(&version);
                prop_assert!(bounds.from.is_none_or(|from| key >= from));
                prop_assert!(bounds.below.is_none_or(|below| key < below));
                prop_assert!(!bounds.stable_only || version.pre.is_empty());
            }
        }
    }
}
