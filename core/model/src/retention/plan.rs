//! Which versions a policy removes: the one place that decides it, for a dry run and for a real one.

use std::collections::{BTreeMap, BTreeSet};

use crate::retention::RetentionPolicy;
use crate::{Timestamp, VersionRecord};

/// A version that is there, as a policy sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Retained {
    /// The version.
    pub version: VersionRecord,
    /// The bytes of its files.
    pub size: u64,
    /// Whether a tag names it.
    pub tagged: bool,
}

/// What becomes of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It stays, because it is the one that the artefact shows.
    Shown,
    /// It stays, because a tag names it.
    Tagged,
    /// It stays, because it is among the newest.
    Newest,
    /// It stays, because its patch number is among the highest of its line.
    Patch,
    /// It stays, because it is a prerelease, which this rule leaves alone.
    Prerelease,
    /// It stays, because it is young.
    Young,
    /// It stays, because everything does.
    Everything,
    /// It goes: no rule wants it.
    Removed,
}

impl Verdict {
    /// Why, in a few words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Shown => "it is the version that the artefact shows",
            Self::Tagged => "a tag names it",
            Self::Newest => "it is among the newest",
            Self::Patch => "its patch number is among the highest of its line",
            Self::Prerelease => "it is a prerelease",
            Self::Young => "it is young",
            Self::Everything => "everything is kept",
            Self::Removed => "no rule keeps it",
        }
    }
}

/// Says of each version, in the order given, what becomes of it. `versions` stand newest first.
pub fn plan(policy: &RetentionPolicy, versions: &[Retained], now: Timestamp) -> Vec<Verdict> {
    let shown = shown(versions);
    let patches = policy
        .patches_per_minor
        .map(|count| highest_patches(versions, count as usize));
    let among_newest = |index: usize| {
        policy
            .newest
            .is_some_and(|count| index < usize::try_from(count).unwrap_or(usize::MAX))
    };
    let mut verdicts = Vec::with_capacity(versions.len());
    for (index, one) in versions.iter().enumerate() {
        let version = &one.version;
        let is_young = policy
            .younger_than
            .is_some_and(|period| now.since(version.published_at) < period.0);
        let verdict = if policy.keeps_everything() {
            Verdict::Everything
        } else if Some(index) == shown {
            Verdict::Shown
        } else if one.tagged {
            Verdict::Tagged
        } else if among_newest(index) {
            Verdict::Newest
        } else if is_young {
            Verdict::Young
        } else if let Some(patches) = &patches {
            match line_and_patch(version) {
                Some(of) if patches.contains(&of) => Verdict::Patch,
                Some(_) => Verdict::Removed,
                None => Verdict::Prerelease,
            }
        } else {
            Verdict::Removed
        };
        verdicts.push(verdict);
    }
    verdicts
}

/// The version that the artefact shows: the newest stable one that is not yanked, else the newest that is not.
fn shown(versions: &[Retained]) -> Option<usize> {
    let not_yanked = |one: &&Retained| one.version.yanked_at.is_none();
    let stable = versions
        .iter()
        .position(|one| one.version.stable && not_yanked(&one));
    stable.or_else(|| versions.iter().position(|one| not_yanked(&one)))
}

type Line = (u64, u64);

/// The highest patch numbers of each line, so many for each.
fn highest_patches(versions: &[Retained], count: usize) -> BTreeSet<(Line, u64)> {
    let mut by_line: BTreeMap<Line, BTreeSet<u64>> = BTreeMap::new();
    for (line, patch) in versions
        .iter()
        .filter_map(|one| line_and_patch(&one.version))
    {
        by_line.entry(line).or_default().insert(patch);
    }
    let mut highest = BTreeSet::new();
    for (line, patches) in by_line {
        highest.extend(
            patches
                .into_iter()
                .rev()
                .take(count)
                .map(|patch| (line, patch)),
        );
    }
    highest
}

/// `((1, 2), 3)` of `1.2.3`; nothing of prereleases and of versions that are no semantic ones.
fn line_and_patch(version: &VersionRecord) -> Option<(Line, u64)> {
    let parsed = semver::Version::parse(version.version.as_str()).ok()?;
    parsed
        .pre
        .is_empty()
        .then_some(((parsed.major, parsed.minor), parsed.patch))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use cellier_sdk::{OrderKey, Version};

    use super::*;
    use crate::{Id, Period};

    const DAY: Duration = Duration::from_hours(24);

    fn now() -> Timestamp {
        Timestamp::parse("2026-06-01T00:00:00Z").unwrap()
    }

    /// Versions given oldest first, published a day apart, the last one a day ago.
    fn versions(texts: &[&str]) -> Vec<Retained> {
        let mut all: Vec<_> = texts
            .iter()
            .rev()
            .enumerate()
            .map(|(days, text)| retained(text, u32::try_from(days).unwrap() + 1))
            .collect();
        all.sort_by(|a, b| b.version.order.cmp(&a.version.order));
        all
    }

    fn retained(text: &str, days_ago: u32) -> Retained {
        let (version, order, stable) = match Version::semver(text) {
            Ok((version, parsed)) => {
                let order = OrderKey::of_semver(&parsed);
                (version, order, parsed.pre.is_empty())
            }
            Err(_a_revision) => {
                let number = text.parse().unwrap();
                (
                    Version::revision(number),
                    OrderKey::of_revision(number),
                    true,
                )
            }
        };
        Retained {
            version: VersionRecord {
                id: Id::nil(),
                artefact: Id::nil(),
                version,
                order,
                stable,
                published_at: Timestamp::from_micros(
                    now().as_micros() - i64::from(days_ago) * 86_400_000_000,
                ),
                yanked_at: None,
                deprecated: None,
                deleted_at: None,
            },
            size: 1,
            tagged: false,
        }
    }

    /// What is left, newest first.
    fn left(policy: RetentionPolicy, versions: &[Retained]) -> Vec<&str> {
        plan(&policy, versions, now())
            .into_iter()
            .zip(versions)
            .filter(|(verdict, _)| *verdict != Verdict::Removed)
            .map(|(_, one)| one.version.version.as_str())
            .collect()
    }

    #[test]
    fn without_rules_everything_stays() {
        let versions = versions(&["1", "2", "3"]);
        assert_eq!(
            left(RetentionPolicy::everything(), &versions),
            ["3", "2", "1"]
        );
    }

    #[test]
    fn the_newest_stay_and_so_does_what_a_tag_names() {
        let mut versions = versions(&["1", "2", "3", "4", "5", "6", "7"]);
        versions[5].tagged = true;
        let policy = RetentionPolicy {
            newest: Some(3),
            ..RetentionPolicy::default()
        };
        assert_eq!(left(policy, &versions), ["7", "6", "5", "2"]);
    }

    #[test]
    fn of_each_line_the_highest_patches_stay_and_prereleases_are_left_alone() {
        let versions = versions(&[
            "1.0.0",
            "1.0.1",
            "1.0.2",
            "1.0.2+linux",
            "1.1.0-beta.1",
            "1.1.0",
            "2.0.9",
            "2.0.10",
            "2.0.11",
        ]);
        let policy = RetentionPolicy {
            patches_per_minor: Some(2),
            ..RetentionPolicy::default()
        };
        assert_eq!(
            left(policy, &versions),
            [
                "2.0.11",
                "2.0.10",
                "1.1.0",
                "1.1.0-beta.1",
                "1.0.2+linux",
                "1.0.2",
                "1.0.1"
            ]
        );
    }

    #[test]
    fn a_version_stays_if_one_of_several_rules_wants_it() {
        let versions = versions(&["1", "2", "3", "4", "5"]);
        let policy = RetentionPolicy {
            newest: Some(1),
            younger_than: Some(Period(DAY * 3)),
            ..RetentionPolicy::default()
        };
        assert_eq!(left(policy, &versions), ["5", "4"]);
    }

    #[test]
    fn the_version_that_the_artefact_shows_stays_however_old() {
        let mut versions = versions(&["1.0.0", "1.1.0", "2.0.0-rc.1"]);
        versions[1].version.yanked_at = Some(now());
        let policy = RetentionPolicy {
            younger_than: Some(Period(DAY / 2)),
            ..RetentionPolicy::default()
        };
        assert_eq!(
            left(policy, &versions),
            ["1.0.0"],
            "1.1.0 is yanked, 2.0.0-rc.1 is not stable"
        );
    }
}
